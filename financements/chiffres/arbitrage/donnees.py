"""Ce que l’arbitrage sait de chaque projet : demandé, proposé, note, parts des territoires."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, QuerySet, Subquery

from config.socle.montants import en_centimes
from financements.models import LigneDeScenario, PartDeScenario, Scenario
from financements.rules.saisie import Bornes
from financements.states import PROJETS_ARBITRABLES, Imposition
from projets.chiffres.notation import notation_des_projets
from projets.models import AppelAProjets, AvisInstruction, ExerciceProjet, PartProjet, Projet, PropositionAnnuelle


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
    """Identifiant de projet → ce que l’on en sait. Deux requêtes, quel que soit leur nombre."""
    pks = list(projets)
    lus: dict[int, Connu] = defaultdict(Connu)
    avis = AvisInstruction.objects.filter(projet=OuterRef("projet")).order_by("-version")
    propose = PropositionAnnuelle.objects.filter(avis=OuterRef("avis"), annee=OuterRef("annee")).values("montant")
    exercices = (
        ExerciceProjet.objects.filter(projet__in=pks)
        .annotate(avis=Subquery(avis.values("pk")[:1]), sens=Subquery(avis.values("sens")[:1]))
        .annotate(propose=Subquery(propose))
        .order_by("projet", "annee")
    )
    for projet, annee, demande, sens, montant in exercices.values_list(
        "projet", "annee", "montant_demande", "sens", "propose"
    ):
        lu = lus[projet]
        lu.demandes[annee], lu.sens = en_centimes(demande), sens or ""
        if montant is not None:
            lu.proposes[annee] = en_centimes(montant)
    parts = PartProjet.objects.filter(projet__in=pks).order_by("projet", "territoire__code")
    for projet, pk, code, part in parts.values_list("projet", "territoire", "territoire__code", "pourcentage"):
        lus[projet].parts[code] = en_centimes(part)
        lus[projet].territoires[code] = pk
    return lus


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
