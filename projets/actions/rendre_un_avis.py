"""Rendre l’avis de l’instruction, le réviser, donner celui d’un territoire associé, présenter au comité."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import format_nombre
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from projets.actions.collisions import refuser_si_change
from projets.chiffres.notation import NotationDuProjet, notation_du_projet
from projets.models import AppelAProjets, AvisAssocie, AvisInstruction, ExerciceProjet, Projet, PropositionAnnuelle
from projets.permissions import conduit_l_instruction, instruit, lit_les_notations, territoires_associes
from projets.states import CYCLE_PROJET, NOTABLES, SensDeLAvis
from territoires.models import Territoire


@dataclass(frozen=True, slots=True)
class Proposition:
    """Une année : montant proposé et coût retenu comme éligible, en euros."""

    montant: Decimal
    cout_eligible: Decimal


@dataclass(frozen=True, slots=True)
class Contenu:
    """Ce que dit un avis. `propositions` : année → proposition."""

    sens: SensDeLAvis
    motif: str
    conditions: str = ""
    propositions: Mapping[int, Proposition] = field(default_factory=dict)


def ce_qui_manque_a_l_avis(bilan: NotationDuProjet, appel: AppelAProjets, *, est_precis: bool) -> str:
    """Ce qu’il manque de notations ; vide quand l’avis peut être rendu.

    `est_precis` : à qui lit les notations. Aux autres, ni nombre ni écart : ils diraient ce que les autres ont noté.
    """
    manquantes = bilan.manquantes(appel)
    if not manquantes:
        return ""
    if not est_precis:
        return "des notations sont encore attendues, dont la vôtre"
    combien = "une notation" if manquantes == 1 else f"{manquantes}\u00a0notations"
    if bilan.nombre >= appel.notations_attendues:
        return f"l’écart entre les totaux ({format_nombre(bilan.ecart, 2)}\u00a0points) demande {combien} de plus"
    return f"il manque {combien} sur {bilan.requises(appel)}"


@transaction.atomic
def rendre_un_avis(*, auteur: Personne, projet: Projet, contenu: Contenu, version: int) -> AvisInstruction:
    """Rend l’avis, ou une nouvelle version de l’avis : la dernière vaut, les autres restent. `version` : celle de
    l’avis que la page montrait, 0 s’il n’y en avait pas.

    Lève `PermissionDenied`, `PassageRefuse` (mauvais état, notation attendue), `VersionPerimee` si un autre avis vient
    d’être rendu, `ValidationError` (montants, motif).
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    dernier = verrouille.avis.order_by("version").last()
    if dernier is not None:
        exiger_la_version(dernier, version)
    acte = "reviser_l_avis" if dernier else "rendre_un_avis"
    avant, apres = verrouille.etat, CYCLE_PROJET.franchir(acte, verrouille.etat)
    est_precis = lit_les_notations(auteur, verrouille)
    if manque := ce_qui_manque_a_l_avis(notation_du_projet(verrouille.pk), verrouille.appel, est_precis=est_precis):
        raise PassageRefuse(f"L’avis n’est pas rendu\u00a0: {manque}.")
    avis = _ecrire(auteur, verrouille, contenu, version=(dernier.version if dernier else 0) + 1)
    verrouille.etat = apres
    verrouille.save(update_fields=["etat"])
    journaliser(
        auteur=auteur,
        acte=acte,
        objet=verrouille,
        avant={"etat": avant, **(_photographie(dernier) if dernier else {})},
        apres={"etat": apres, **_photographie(avis)},
    )
    return avis


@transaction.atomic
def rendre_un_avis_associe(
    *, auteur: Personne, projet: Projet, territoire: Territoire, sens: SensDeLAvis, motif: str
) -> AvisAssocie:
    """L’avis consultatif d’un territoire du projet, avant le comité ; le redonner ajoute une version.

    Lève `PermissionDenied` si le territoire n’est pas le sien, `PassageRefuse` hors de l’instruction,
    `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille) or territoire not in territoires_associes(auteur, verrouille):
        raise PermissionDenied
    if verrouille.etat not in NOTABLES:
        raise PassageRefuse(f"Plus d’avis associé\u00a0: le projet est «\u00a0{verrouille.get_etat_display()}\u00a0».")
    precedents = AvisAssocie.objects.filter(projet=verrouille, territoire=territoire)
    avis = AvisAssocie(
        projet=verrouille,
        territoire=territoire,
        instructeur=auteur,
        version=precedents.count() + 1,
        sens=sens,
        motif=motif.strip(),
    )
    avis.full_clean()
    avis.save()
    journaliser(
        auteur=auteur,
        acte="rendre_un_avis_associe",
        objet=verrouille,
        apres={"territoire": territoire.code, "sens": str(sens), "motif": avis.motif, "version": avis.version},
    )
    return avis


@transaction.atomic
def presenter(*, auteur: Personne, projet: Projet, vu: int | None = None) -> Projet:
    """Le projet passe devant le comité : ses notes et son avis ne changent plus. Pour le pilote.

    Lève `PermissionDenied`, `PassageRefuse` s’il n’est pas instruit ou s’il a avancé depuis `vu`.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not (conduit_l_instruction(auteur) and instruit(auteur, verrouille)):
        raise PermissionDenied
    refuser_si_change(verrouille, auteur, vu)
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("presenter", verrouille.etat)
    verrouille.save(update_fields=["etat"])
    journaliser(
        auteur=auteur, acte="presenter", objet=verrouille, avant={"etat": avant}, apres={"etat": verrouille.etat}
    )
    return verrouille


def _ecrire(auteur: Personne, projet: Projet, contenu: Contenu, version: int) -> AvisInstruction:
    exercices = list(projet.exercices.order_by("annee"))
    _verifier(contenu, exercices)
    avis = AvisInstruction(
        projet=projet,
        version=version,
        sens=contenu.sens,
        motif=contenu.motif.strip(),
        conditions=contenu.conditions.strip(),
        rendu_par=auteur,
    )
    avis.full_clean()
    avis.save()
    PropositionAnnuelle.objects.bulk_create(
        PropositionAnnuelle(
            avis=avis,
            annee=exercice.annee,
            montant=contenu.propositions[exercice.annee].montant,
            montant_demande=exercice.montant_demande,
            cout_eligible=contenu.propositions[exercice.annee].cout_eligible,
        )
        for exercice in exercices
    )
    return avis


def _verifier(contenu: Contenu, exercices: list[ExerciceProjet]) -> None:
    """Ce que la base refuserait, dit à côté du champ : `montant_<année>`, `cout_<année>`, `sens`."""
    if {e.annee for e in exercices} != set(contenu.propositions):
        raise ValidationError("Un avis propose un montant pour chaque année du projet.")
    refus = [_refus_de_l_annee(exercice, contenu.propositions[exercice.annee]) for exercice in exercices]
    erreurs = dict(filter(None, refus))
    propose = any(proposition.montant for proposition in contenu.propositions.values())
    if contenu.sens == SensDeLAvis.FAVORABLE and not propose:
        erreurs["sens"] = "Un avis favorable propose un montant, une année au moins."
    if contenu.sens == SensDeLAvis.DEFAVORABLE and propose:
        erreurs["sens"] = "Un avis défavorable ne propose aucun montant\u00a0: zéro, ou vide, chaque année."
    if erreurs:
        raise ValidationError(erreurs)


def _refus_de_l_annee(exercice: ExerciceProjet, proposition: Proposition) -> tuple[str, str] | None:
    if not 0 <= proposition.cout_eligible <= exercice.cout:
        return f"cout_{exercice.annee}", "Le coût éligible ne dépasse pas le coût de l’année."
    if not 0 <= proposition.montant <= exercice.montant_demande:
        return f"montant_{exercice.annee}", "Le montant proposé ne dépasse pas le montant demandé."
    if proposition.montant > proposition.cout_eligible:
        return f"montant_{exercice.annee}", "Le montant proposé ne dépasse pas le coût éligible."
    return None


def _photographie(avis: AvisInstruction) -> dict[str, Any]:
    return {
        "version": avis.version,
        "sens": str(avis.sens),
        "motif": avis.motif,
        "conditions": avis.conditions,
        "propositions": {
            str(p.annee): {"montant": p.montant, "cout_eligible": p.cout_eligible} for p in avis.propositions.all()
        },
    }
