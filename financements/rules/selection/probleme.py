"""Ce qu’on demande : des candidats, des enveloppes, un objectif. Tout en entiers, rien qui change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from functools import cached_property

EURO = 100  # centimes
CENT = 100  # %
ENTIER = 10_000  # centièmes de % dans 100 %


class Choix(StrEnum):
    """Ce que la personne a déjà décidé d’un candidat."""

    LIBRE = "libre"
    RETENU = "retenu"
    ECARTE = "ecarte"


class Ponderation(StrEnum):
    """Ce que pèse une note : une fois par projet retenu, ou une fois par euro reçu."""

    PROJET = "projet"
    EURO = "euro"


@dataclass(frozen=True, slots=True)
class Exercice:
    """Une année d’un candidat, en centimes : retenu, il reçoit entre son minimum viable et son maximum."""

    minimum: int
    maximum: int

    @property
    def bornes(self) -> tuple[int, int]:
        """Les mêmes en euros entiers : minimum à l’euro supérieur, maximum à l’euro inférieur."""
        return -(-self.minimum // EURO), self.maximum // EURO


@dataclass(frozen=True, slots=True)
class Candidat:
    """Un projet à retenir ou non, pour toute sa durée.

    `note` en centièmes de point ; `exercices` : année → montants ; `parts` : territoire → centièmes de %, en tout
    10 000 ; `nom` : comment les phrases le nomment (sa clé à défaut).
    """

    cle: str
    note: int
    allocataires: int
    exercices: Mapping[int, Exercice]
    parts: Mapping[str, int]
    axe: int
    est_professionnel: bool
    choix: Choix = Choix.LIBRE
    nom: str = ""

    @property
    def est_financable(self) -> bool:
        """Faux si, une année, aucun montant en euros entiers ne tient entre le minimum et le maximum."""
        return all(bas <= haut for bas, haut in (e.bornes for e in self.exercices.values()))

    @property
    def maximum(self) -> int:
        """Ce qu’il reçoit au plus sur toute sa durée, en euros."""
        return sum(exercice.bornes[1] for exercice in self.exercices.values())

    @property
    def minimum(self) -> int:
        """Ce qu’il reçoit au moins s’il est retenu, sur toute sa durée, en euros."""
        return sum(exercice.bornes[0] for exercice in self.exercices.values())


@dataclass(frozen=True, slots=True)
class Plancher:
    """Ce qu’un territoire reçoit au moins sur toute la durée : centimes, et projets retenus qui y ont une part."""

    montant: int = 0
    nombre: int = 0


@dataclass(frozen=True, slots=True)
class Objectif:
    """Ce qu’on maximise (docs/adr/0013).

    `part_note` en % : 100 les notes seules, 0 les allocataires seuls, entre les deux un mélange. `ponderation` : ce
    que pèse une note. `part_montant` en % : ce que le taux de financement compte dans la valeur d’un projet, pour les
    allocataires et pour les notes par projet ; le reste est acquis dès qu’il est retenu.
    """

    part_note: int = 100
    ponderation: Ponderation = Ponderation.EURO
    part_montant: int = 10


@dataclass(frozen=True, slots=True)
class Valeur:
    """Ce qu’un candidat retenu apporte : des points d’office, et des points par euro reçu."""

    acquise: Fraction
    par_euro: Fraction

    def de(self, euros: int) -> Fraction:
        """En points, s’il est retenu et reçoit ces euros sur toute sa durée."""
        return self.acquise + self.par_euro * euros


@dataclass(frozen=True)
class Probleme:
    """Les candidats et les contraintes. Montants en centimes, parts en centièmes de %.

    `territoires` et `axes` : (code ou numéro, année) → enveloppe. `credits` : année → CP. `part_professionnelle` :
    année → part minimale du volet professionnel dans les montants retenus. Ce qui n’est pas nommé n’est pas borné,
    sauf un territoire : dès qu’une enveloppe de territoire est donnée, toutes celles dont un candidat a besoin le
    sont. `noms` : code de territoire → nom, pour les phrases.
    """

    annees: tuple[int, ...]
    candidats: tuple[Candidat, ...]
    territoires: Mapping[tuple[str, int], int] = field(default_factory=dict)
    axes: Mapping[tuple[int, int], int] = field(default_factory=dict)
    credits: Mapping[int, int] = field(default_factory=dict)
    part_professionnelle: Mapping[int, int] = field(default_factory=dict)
    planchers: Mapping[str, Plancher] = field(default_factory=dict)
    objectif: Objectif = field(default_factory=Objectif)
    noms: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Lève `ProblemeRefuse` si une donnée n’a pas de sens."""
        verifier_les_donnees(self)

    @cached_property
    def valeurs(self) -> list[Valeur]:
        """Ce que vaut chaque candidat retenu, dans leur ordre (docs/adr/0013)."""
        return _valeurs(self)

    def nom_du_territoire(self, code: str) -> str:
        """Son nom, ou son code."""
        return self.noms.get(code, code)


class ProblemeRefuse(ValueError):
    """Une donnée n’a pas de sens ; le message se montre tel quel."""


def verifier_les_donnees(probleme: Probleme) -> None:
    """Lève `ProblemeRefuse` : clé en double, part ou montant impossible, enveloppe absente, pourcentage faux."""
    vues: set[str] = set()
    for candidat in probleme.candidats:
        if candidat.cle in vues:
            raise ProblemeRefuse(f"Le projet « {candidat.cle} » est donné deux fois.")
        vues.add(candidat.cle)
        _verifier_le_candidat(probleme, candidat)
    for enveloppes in (probleme.territoires, probleme.axes, probleme.credits):
        if min(enveloppes.values(), default=0) < 0:
            raise ProblemeRefuse("Une enveloppe est négative.")
    if not all(0 <= part <= ENTIER for part in probleme.part_professionnelle.values()):
        raise ProblemeRefuse("La part professionnelle minimale est comprise entre 0 et 100 %.")
    if any(plancher.montant < 0 or plancher.nombre < 0 for plancher in probleme.planchers.values()):
        raise ProblemeRefuse("Un plancher est négatif.")
    if not all(0 <= part <= CENT for part in (probleme.objectif.part_note, probleme.objectif.part_montant)):
        raise ProblemeRefuse("Les parts de l’objectif sont comprises entre 0 et 100 %.")


def _verifier_le_candidat(probleme: Probleme, candidat: Candidat) -> None:
    nom = candidat.nom or candidat.cle
    if sum(candidat.parts.values()) != ENTIER or min(candidat.parts.values()) <= 0:
        raise ProblemeRefuse(f"Les parts de « {nom} » ne font pas 100 %.")
    if candidat.note < 0 or candidat.allocataires < 0:
        raise ProblemeRefuse(f"La note ou les allocataires de « {nom} » sont négatifs.")
    if not set(candidat.exercices) <= set(probleme.annees):
        raise ProblemeRefuse(f"« {nom} » demande une année hors de l’appel.")
    if not all(0 <= e.minimum <= e.maximum for e in candidat.exercices.values()):
        raise ProblemeRefuse(f"Le minimum viable de « {nom} » n’est pas entre zéro et son maximum.")
    manquent = [
        (code, annee)
        for code in candidat.parts
        for annee, exercice in candidat.exercices.items()
        if exercice.maximum and (code, annee) not in probleme.territoires
    ]
    if probleme.territoires and manquent:
        code, annee = manquent[0]
        raise ProblemeRefuse(
            f"{probleme.nom_du_territoire(code)} n’a pas d’enveloppe en {annee} : « {nom} » y a une part."
        )


def _valeurs(probleme: Probleme) -> list[Valeur]:
    """Ce que vaut chaque candidat.

    La note est en points. Par euro, un euro vaut la note du projet rapportée à la demande moyenne : un projet moyen
    entièrement financé vaut sa note. Par projet, la note vaut un ; `part_montant` en dépend du taux de financement,
    comme pour les allocataires, que l’on ramène à l’échelle des notes (tous les allocataires valent toutes les notes).
    """
    candidats, objectif = probleme.candidats, probleme.objectif
    demande = sum(candidat.maximum for candidat in candidats)
    par_euro = objectif.ponderation is Ponderation.EURO and demande > 0
    moyenne = Fraction(demande, len(candidats)) if par_euro else Fraction(1)
    notes = sum(candidat.note * (candidat.maximum if par_euro else 1) for candidat in candidats) / (100 * moyenne)
    allocataires = sum(candidat.allocataires for candidat in candidats)
    par_allocataire = notes / allocataires if allocataires and notes else Fraction(1)
    part = Fraction(objectif.part_note, 100)
    toutes = []
    for candidat in candidats:
        note = part * Fraction(candidat.note, 100)
        par_projet = (1 - part) * par_allocataire * candidat.allocataires + (0 if par_euro else note)
        valeur = _selon_le_taux(objectif, candidat, par_projet)
        toutes.append(Valeur(valeur.acquise, valeur.par_euro + (note / moyenne if par_euro else 0)))
    return toutes


def _selon_le_taux(objectif: Objectif, candidat: Candidat, pleine: Fraction) -> Valeur:
    """La valeur d’un projet entièrement financé, dont `part_montant` dépend du taux de financement."""
    if not candidat.maximum:
        return Valeur(pleine, Fraction(0))
    variable = pleine * objectif.part_montant / 100
    return Valeur(pleine - variable, variable / candidat.maximum)
