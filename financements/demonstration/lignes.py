"""Formes du programme de démonstration et chiffres publiés sur lesquels il est calé."""

from dataclasses import dataclass
from datetime import date

ANNEES = (2016, 2017, 2018)
VOTE_LE = date(2016, 6, 13)


@dataclass(frozen=True, slots=True)
class AxeDemo:
    """Un axe du programme : `actions` retenues et `total` de crédits sur trois ans, en centimes (publiés)."""

    numero: int
    intitule: str
    volet: str
    actions: int
    total: int


# Article du Département du Nord du 25 juillet 2016 (vote du 13 juin 2016).
AXES = (
    AxeDemo(1, "Médiation directe vers l’emploi", "professionnel", 38, 732_000_000),
    AxeDemo(2, "Expérimentation et innovation", "professionnel", 91, 658_000_000),
    AxeDemo(3, "Remobilisation professionnelle", "professionnel", 115, 1_519_000_000),
    AxeDemo(4, "Levée des obstacles à un retour à l’emploi et à l’activité", "professionnel", 219, 1_476_000_000),
    AxeDemo(5, "Accompagnement social individuel et collectif", "social", 525, 3_043_000_000),
)
TOTAL = sum(axe.total for axe in AXES)


@dataclass(frozen=True, slots=True)
class OrganismeDemo:
    """Un organisme inventé. `forme_juridique` : une valeur de `FormeJuridique` ; `rna` vide s’il n’en a pas.

    `genre` : sa famille, une clé de `financements.demonstration.organismes.GENRES`.
    """

    nom: str
    siret: str
    rna: str
    forme_juridique: str
    code_commune: str
    territoire: str
    genre: str = ""


@dataclass(frozen=True, slots=True)
class LigneDemo:
    """Une action votée. Montants en centimes ; `parts` : (code de territoire, part en %), somme 100.

    `montants` : année → crédits votés, seulement pour les années financées ; `allocataires_prevus` par an.
    """

    numero: int
    axe: int
    organisme: OrganismeDemo
    intitule: str
    sous_type: str
    parts: tuple[tuple[str, int], ...]
    allocataires_prevus: int
    cout_total: int
    montants: dict[int, int]
    montant_fse: int
    deliberation: str
    date_deliberation: date

    @property
    def total(self) -> int:
        """Crédits votés sur toutes les années, en centimes."""
        return sum(self.montants.values())
