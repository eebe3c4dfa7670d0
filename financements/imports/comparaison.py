"""Comparer les lignes d’un fichier aux actions déjà en base : nouvelle, inchangée, ou différente et refusée."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from config.socle.lecture.erreurs import Releve
from config.socle.montants import en_centimes, en_euros, format_euros, format_nombre
from financements.imports.annuaire import Annuaire
from financements.imports.lignes import LigneProgramme
from financements.models import Action, Tranche
from projets.models import AppelAProjets, ExerciceProjet, PartProjet, Projet

CORRECTION = "une action votée se corrige par un acte, pas par un import"
_CHAMPS = (
    "projet_id",
    "projet__numero",
    "projet__axe__numero",
    "projet__organisme_id",
    "projet__organisme__nom",
    "projet__intitule",
    "projet__sous_type",
    "projet__allocataires_prevus",
    "deliberation__reference",
    "deliberation__adoptee_le",
    "contrepartie_fse__montant_fse",
)


@dataclass(frozen=True)
class ActionConnue:
    """Une action en base, sous la forme où une ligne la décrit. Montants en centimes."""

    axe: int
    organisme: int
    nom_organisme: str
    intitule: str
    sous_type: str
    allocataires_prevus: int
    deliberation: str
    date_deliberation: Any
    montant_fse: int
    cout_total: int = 0
    parts: dict[str, int] = field(default_factory=dict)
    montants: dict[int, int] = field(default_factory=dict)


def trier(
    appel: AppelAProjets, lignes: Sequence[LigneProgramme], annuaire: Annuaire, releve: Releve
) -> list[LigneProgramme]:
    """Les lignes à créer. Celles qui sont déjà là à l’identique sont passées ; celles qui diffèrent, relevées."""
    connues = _actions_connues(appel)
    deposes = set(Projet.objects.filter(appel=appel, action__isnull=True).values_list("numero", flat=True))
    nouvelles = []
    for ligne in lignes:
        connue = connues.get(ligne.numero)
        if connue is not None:
            _relever_les_differences(ligne, connue, annuaire, releve)
        elif ligne.numero in deposes:
            attendu = "un autre numéro : celui-ci est celui d’un projet déposé qui n’est pas encore financé"
            releve.ajouter(ligne.ligne, "numero", str(ligne.numero), attendu)
        else:
            nouvelles.append(ligne)
    return nouvelles


def _actions_connues(appel: AppelAProjets) -> dict[int, ActionConnue]:
    """Quatre requêtes, quel que soit le nombre d’actions."""
    couts = _sommes(ExerciceProjet.objects.filter(projet__appel=appel), "projet", "cout")
    parts: dict[int, dict[str, int]] = defaultdict(dict)
    lignes_parts = PartProjet.objects.filter(projet__appel=appel)
    for projet, code, part in lignes_parts.values_list("projet", "territoire__code", "pourcentage"):
        parts[projet][code] = int(part * 100)
    montants: dict[int, dict[int, int]] = defaultdict(dict)
    tranches = Tranche.objects.filter(action__projet__appel=appel, montant__gt=0)
    for projet, annee, montant in tranches.values_list("action__projet", "annee", "montant"):
        montants[projet][annee] = en_centimes(montant)
    actions: list[tuple[Any, ...]] = list(Action.objects.filter(projet__appel=appel).values_list(*_CHAMPS))
    return {
        numero: ActionConnue(
            *[*champs, en_centimes(fse or Decimal(0)), couts.get(projet, 0), parts[projet], montants[projet]]
        )
        for projet, numero, *champs, fse in actions
    }


def _sommes(lignes: Any, cle: str, champ: str) -> dict[int, int]:
    return {pk: en_centimes(somme) for pk, somme in lignes.values_list(cle).annotate(somme=Sum(champ)).order_by()}


def _relever_les_differences(ligne: LigneProgramme, connue: ActionConnue, annuaire: Annuaire, releve: Releve) -> None:
    """Une erreur par champ qui diffère, avec la valeur votée."""
    montants = dict(ligne.montants)
    annees = sorted(montants.keys() | connue.montants.keys())
    organisme = annuaire.organisme(ligne)
    comparaisons = [
        ("axe", str(ligne.axe), str(connue.axe)),
        ("intitule", ligne.intitule, connue.intitule),
        ("territoires", _dire_parts(ligne.parts), _dire_parts(sorted(connue.parts.items()))),
        ("allocataires_prevus", str(ligne.allocataires_prevus), str(connue.allocataires_prevus)),
        ("cout_total", _euros(ligne.cout_total), _euros(connue.cout_total)),
        *((f"montant_{a}", _euros(montants.get(a, 0)), _euros(connue.montants.get(a, 0))) for a in annees),
        ("montant_fse", _euros(ligne.montant_fse), _euros(connue.montant_fse)),
        ("deliberation", ligne.deliberation, connue.deliberation),
        ("date_deliberation", f"{ligne.date_deliberation:%d/%m/%Y}", f"{connue.date_deliberation:%d/%m/%Y}"),
    ]
    if organisme.pk != connue.organisme:
        comparaisons.append(("organisme", ligne.organisme, connue.nom_organisme))
    if ligne.sous_type is not None:
        comparaisons.append(("sous_type", ligne.sous_type, connue.sous_type))
    for colonne, lue, votee in comparaisons:
        if lue != votee or colonne == "organisme":
            releve.ajouter(
                ligne.ligne,
                colonne,
                lue,
                f"« {votee or 'rien'} », la valeur de l’action n° {ligne.numero} : {CORRECTION}",
            )


def _euros(centimes: int) -> str:
    return format_euros(en_euros(centimes))


def _dire_parts(parts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{code} {format_nombre(Decimal(part) / 100, 2)} %" for code, part in parts)
