"""Les formes que rend la couche d’exécution. Montants en euros (`Decimal`), taux en pour cent."""

from dataclasses import dataclass, fields
from decimal import Decimal

from financements.chiffres.tableaux import ZERO, pourcent
from financements.models import Imputation
from projets.models import Axe
from territoires.models import Territoire


@dataclass(frozen=True, slots=True)
class Chiffres:
    """Ce qu’une part du programme est devenue (euros). Chaque montant comprend le suivant, de l’engagé au payé.

    `attribue` : voté, avenants compris ; `engage` : somme des mouvements ; `prevu` : versements pas encore liquidés ;
    `liquide`, `mandate`, `paye` : cumulés ; `repris` : titres de recette émis.
    """

    attribue: Decimal = ZERO
    engage: Decimal = ZERO
    prevu: Decimal = ZERO
    liquide: Decimal = ZERO
    mandate: Decimal = ZERO
    paye: Decimal = ZERO
    repris: Decimal = ZERO

    def __add__(self, autre: "Chiffres") -> "Chiffres":
        return Chiffres(*(getattr(self, f.name) + getattr(autre, f.name) for f in fields(self)))

    def __sub__(self, autre: "Chiffres") -> "Chiffres":
        return Chiffres(*(getattr(self, f.name) - getattr(autre, f.name) for f in fields(self)))

    @property
    def reste_a_engager(self) -> Decimal:
        """Attribué et pas encore engagé."""
        return self.attribue - self.engage

    @property
    def reste_a_liquider(self) -> Decimal:
        """Engagé, service pas encore constaté."""
        return self.engage - self.liquide

    @property
    def reste_a_mandater(self) -> Decimal:
        """Engagé et pas encore mandaté : le « RAM »."""
        return self.engage - self.mandate

    @property
    def a_mandater(self) -> Decimal:
        """Liquidé et pas encore mandaté."""
        return self.liquide - self.mandate

    @property
    def reste_a_payer(self) -> Decimal:
        """Mandaté et pas encore payé par le comptable."""
        return self.mandate - self.paye

    @property
    def net(self) -> Decimal:
        """Payé, moins ce que les titres de recette reprennent."""
        return self.paye - self.repris

    @property
    def taux_d_engagement(self) -> Decimal | None:
        """Engagé, en % de l’attribué."""
        return pourcent(self.engage, self.attribue)

    @property
    def taux_de_mandatement(self) -> Decimal | None:
        """Mandaté, en % de l’engagé."""
        return pourcent(self.mandate, self.engage)


def somme(suite: "list[Chiffres]") -> Chiffres:
    """La somme, colonne par colonne."""
    return sum(suite, Chiffres())


@dataclass(frozen=True)
class LigneExercice:
    """Un exercice : crédits de paiement votés (None hors du programme entier), reports reçus et cédés, exécution."""

    exercice: int
    chiffres: Chiffres
    cp: Decimal | None = None
    recus: Decimal = ZERO
    cedes: Decimal = ZERO
    couverture: Decimal | None = None

    @property
    def reports(self) -> Decimal:
        """Crédits reçus d’un exercice antérieur, moins ceux cédés."""
        return self.recus - self.cedes

    @property
    def cp_ouverts(self) -> Decimal | None:
        """Crédits votés, reports compris."""
        return None if self.cp is None else self.cp + self.recus - self.cedes

    @property
    def disponible(self) -> Decimal | None:
        """Crédits ouverts que rien n’a encore pris : ni liquidé, ni reporté."""
        return None if self.cp_ouverts is None else self.cp_ouverts - self.chiffres.liquide

    @property
    def taux_de_realisation(self) -> Decimal | None:
        """Mandaté, en % des crédits ouverts de l’exercice."""
        return None if self.cp_ouverts is None else pourcent(self.chiffres.mandate, self.cp_ouverts)


@dataclass(frozen=True)
class LigneDAxe:
    """Un axe : ce que l’assemblée lui a affecté (None à l’échelle d’un territoire) et son exécution."""

    axe: Axe
    chiffres: Chiffres
    par_exercice: dict[int, Chiffres]
    affecte: Decimal | None = None

    @property
    def reste_sur_affecte(self) -> Decimal | None:
        """Affecté et pas encore engagé."""
        return None if self.affecte is None else self.affecte - self.chiffres.engage


@dataclass(frozen=True)
class LigneDeTerritoire:
    """Un territoire, à hauteur de ses parts."""

    territoire: Territoire
    chiffres: Chiffres
    par_exercice: dict[int, Chiffres]


@dataclass(frozen=True)
class LigneDImputation:
    """Une ligne du budget ; `imputation` est None pour ce qui n’en a pas encore."""

    imputation: Imputation | None
    chiffres: Chiffres

    @property
    def libelle(self) -> str:
        """« 9356-564 / 6574 », ou « sans imputation »."""
        return self.imputation.code if self.imputation else "sans imputation"


@dataclass(frozen=True)
class TrancheDAge:
    """Les restes à mandater des exercices d’une même ancienneté."""

    libelle: str
    exercices: list[int]
    montant: Decimal
    part: Decimal | None


@dataclass(frozen=True)
class Parcours:
    """L’autorisation d’engagement, d’un bout à l’autre : `ae` et `affecte` sont None hors du programme entier."""

    chiffres: Chiffres
    ae: Decimal | None = None
    affecte: Decimal | None = None

    @property
    def reste_a_affecter(self) -> Decimal | None:
        """AE que rien n’a encore réservé."""
        return None if self.ae is None or self.affecte is None else self.ae - self.affecte

    @property
    def reste_a_engager(self) -> Decimal | None:
        """AE pas encore engagée."""
        return None if self.ae is None else self.ae - self.chiffres.engage

    @property
    def taux_d_affectation(self) -> Decimal | None:
        """Affecté, en % de l’AE."""
        return None if self.ae is None or self.affecte is None else pourcent(self.affecte, self.ae)

    @property
    def taux_d_engagement(self) -> Decimal | None:
        """Engagé, en % de l’AE ; à défaut, de l’attribué."""
        return self.chiffres.taux_d_engagement if self.ae is None else pourcent(self.chiffres.engage, self.ae)

    @property
    def taux_de_realisation(self) -> Decimal | None:
        """Mandaté, en % de l’AE, donc de tous ses crédits de paiement ; à défaut, de l’attribué."""
        return pourcent(self.chiffres.mandate, self.chiffres.attribue if self.ae is None else self.ae)
