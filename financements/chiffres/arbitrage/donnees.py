"""Ce que l’arbitrage sait de chaque projet : demandé, proposé, note, parts des territoires."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet

from config.socle.montants import en_centimes
from financements.models import LigneDeScenario, PartDeScenario, Scenario
from financements.rules.saisie import Bornes
from financements.states import PROJETS_ARBITRABLES, Imposition
from projets.chiffres.notation import notation_des_projets
from projets.models import AppelAProjets, AvisInstruction, ExerciceProjet, PartProjet, Projet


@dataclass(slots=True)
class Connu:
    """Un projet, en entiers : montants en centimes par année, parts en centièmes de % par code de territoire.

    `territoires` : code → identifiant.
    """

    demandes: dict[int, int] = field(default_factory=dict)
    proposes: dict[int, int] = field(default_factory=dict)
    parts: dict[str, int] = field(default_factory=dict)
    territoires: dict[str, int] = field(default_factory=dict)
    sens: str = ""

    @property
    def bornes(self) -> Bornes:
        """Ce qui borne une saisie."""
        return Bornes(self.demandes, self.proposes)


def arbitrables(appel: AppelAProjets) -> QuerySet[Projet]:
    """Les projets qu’un scénario de cet appel peut retenir : encore en course, et d’un territoire au moins."""
    parts = PartProjet.objects.filter(projet=OuterRef("pk"))
    return Projet.objects.filter(Exists(parts), appel=appel, etat__in=PROJETS_ARBITRABLES)


def connus(projets: Iterable[int]) -> Mapping[int, Connu]:
    """Identifiant de projet → ce que l’on en sait. Trois requêtes, quel que soit leur nombre.

    Aucune n’interroge projet par projet : sur des tables que PostgreSQL croit vides (mesurées pendant qu’elles se
    remplissaient), une sous-requête par exercice prend des minutes.
    """
    pks = list(projets)
    lus: dict[int, Connu] = defaultdict(Connu)
    exercices = ExerciceProjet.objects.filter(projet__in=pks).order_by("projet", "annee")
    for projet, annee, demande in exercices.values_list("projet", "annee", "montant_demande"):
        lus[projet].demandes[annee] = en_centimes(demande)
    _lire_les_avis(lus, pks)
    parts = PartProjet.objects.filter(projet__in=pks).order_by("projet", "territoire__code")
    for projet, pk, code, part in parts.values_list("projet", "territoire", "territoire__code", "pourcentage"):
        lus[projet].parts[code] = en_centimes(part)
        lus[projet].territoires[code] = pk
    return lus


def _lire_les_avis(lus: Mapping[int, Connu], pks: list[int]) -> None:
    """Le dernier avis de chaque projet : son sens, et ce qu’il propose, par année."""
    avis = AvisInstruction.objects.filter(projet__in=pks).order_by("projet", "version", "propositions__annee")
    vu = None
    for projet, version, sens, annee, montant in avis.values_list(
        "projet", "version", "sens", "propositions__annee", "propositions__montant"
    ):
        lu = lus[projet]
        if (projet, version) != vu:  # le suivant remplace le précédent en entier
            vu, lu.sens, lu.proposes = (projet, version), sens, {}
        if annee is not None:
            lu.proposes[annee] = en_centimes(montant)


def montants_des_lignes(lignes: Iterable[int]) -> dict[int, dict[int, int]]:
    """Identifiant de ligne → {année: centimes}."""
    sommes: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    parts = PartDeScenario.objects.filter(ligne__in=list(lignes)).values_list("ligne", "annee", "montant")
    for ligne, annee, montant in parts:
        sommes[ligne][annee] += en_centimes(montant)
    return {ligne: dict(par_annee) for ligne, par_annee in sommes.items()}


def impositions_de(scenario: Scenario | None) -> Mapping[int, Imposition]:
    """Identifiant de projet → ce que le scénario impose au calcul ; les projets libres n’y sont pas."""
    lignes = LigneDeScenario.objects.filter(scenario=scenario).exclude(imposition=Imposition.LIBRE)
    return {projet: Imposition(imposition) for projet, imposition in lignes.values_list("projet", "imposition")}


def notes_des_projets(projets: Iterable[int]) -> Mapping[int, int | None]:
    """Identifiant de projet → moyenne de ses notations, en centièmes de point sur 100 ; None sans notation."""
    return {
        pk: None if bilan.moyenne is None else en_centimes(bilan.moyenne)
        for pk, bilan in notation_des_projets(projets).items()
    }
