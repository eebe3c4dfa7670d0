"""Les formes que rend la couche de chiffres. Montants en euros (`Decimal`), parts et écarts en pour cent."""

from dataclasses import dataclass
from decimal import Decimal

from comptes.models import Organisme
from projets.models import Axe
from territoires.models import Territoire

ZERO = Decimal("0.00")


def pourcent(partie: Decimal, tout: Decimal) -> Decimal | None:
    """Part en %, sans arrondi ; None si le tout est nul."""
    return partie * 100 / tout if tout else None


@dataclass(frozen=True)
class TotalAnnuel:
    """Une année : crédits de paiement ouverts (None sans enveloppe) et voté."""

    annee: int
    cp: Decimal | None
    vote: Decimal

    @property
    def disponible(self) -> Decimal | None:
        """Ce qui reste à voter sur les crédits de l’année ; None sans enveloppe."""
        return None if self.cp is None else self.cp - self.vote


@dataclass(frozen=True)
class LigneAxe:
    """Un axe : actions, montant voté par année et en tout, part du total."""

    axe: Axe
    actions: int
    par_annee: dict[int, Decimal]
    total: Decimal
    part: Decimal | None


@dataclass(frozen=True)
class LigneTerritoire:
    """Un territoire face au prorata : voté, dotation au prorata, écart, euros par allocataire."""

    territoire: Territoire
    actions: int
    par_annee: dict[int, Decimal]
    vote: Decimal
    part: Decimal | None
    allocataires: int | None
    prorata: Decimal | None

    @property
    def ecart(self) -> Decimal | None:
        """Voté − prorata (euros)."""
        return None if self.prorata is None else self.vote - self.prorata

    @property
    def ecart_pourcent(self) -> Decimal | None:
        """Écart au prorata, en % du prorata."""
        return None if self.prorata is None or self.ecart is None else pourcent(self.ecart, self.prorata)

    @property
    def par_allocataire(self) -> Decimal | None:
        """Euros votés par allocataire du territoire, sur toute la période."""
        return self.vote / self.allocataires if self.allocataires else None


@dataclass(frozen=True)
class Partage:
    """Partage entre insertion professionnelle et sociale d’une année (ou de la période si `annee` est None).

    `est_reference` : parts constatées avant le programme, sans montants.
    """

    annee: int | None
    part_pro: Decimal
    part_social: Decimal
    pro: Decimal | None = None
    social: Decimal | None = None
    est_reference: bool = False

    @property
    def libelle(self) -> str:
        """« 2017 » ou « Ensemble »."""
        return str(self.annee) if self.annee else "Ensemble"


@dataclass(frozen=True)
class Croisement:
    """Matrice axe × territoire : `valeurs[axe.pk][territoire.pk]` en euros, avec ses deux marges."""

    axes: list[Axe]
    territoires: list[Territoire]
    valeurs: dict[int, dict[int, Decimal]]
    par_axe: dict[int, Decimal]
    par_territoire: dict[int, Decimal]
    total: Decimal


@dataclass(frozen=True)
class LigneOrganisme:
    """Un organisme : nombre d’actions et montant voté dans le périmètre."""

    organisme: Organisme
    actions: int
    total: Decimal
    part: Decimal | None


@dataclass(frozen=True)
class LigneForme:
    """Une forme juridique de porteur : organismes, actions, montant voté."""

    libelle: str
    organismes: int
    actions: int
    total: Decimal
    part: Decimal | None


@dataclass(frozen=True)
class LigneFse:
    """Un axe (None : le total) : actions cofinancées par le FSE, aide du FSE, voté par le département (euros)."""

    axe: Axe | None
    actions: int
    montant_fse: Decimal
    vote: Decimal


@dataclass(frozen=True)
class Synthese:
    """Les chiffres clés du périmètre."""

    vote: Decimal
    ae: Decimal | None
    actions: int
    organismes: int
    allocataires_accompagnes: int
    cout_total: Decimal
    actions_fse: int
    montant_fse: Decimal
    vote_fse: Decimal
    part_pro: Decimal | None
    part_social: Decimal | None

    @property
    def reste_ae(self) -> Decimal | None:
        """Autorisation d’engagement non votée ; None sans enveloppe."""
        return None if self.ae is None else self.ae - self.vote

    @property
    def part_departement(self) -> Decimal | None:
        """Part de l’aide départementale dans le coût des actions (%)."""
        return pourcent(self.vote, self.cout_total)
