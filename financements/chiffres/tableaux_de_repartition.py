"""Une version à lire : avant et après par territoire, l’arrondi expliqué, la vérification."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from config.socle.montants import CENTIME, en_euros
from financements.chiffres.consommation import par_annee
from financements.chiffres.reliquats import redistribution_de
from financements.chiffres.tableaux import pourcent
from financements.chiffres.versions_de_repartition import Version
from financements.rules.reliquats import RELIQUATS
from financements.rules.repartition import AnneeRepartie, Donnees, calculer, depuis_json
from territoires.models import Territoire
from territoires.rules.amortisseur import Situation
from territoires.rules.refus import RepartitionRefusee

MILLIEME = Decimal("0.001")


@dataclass(frozen=True)
class Avant:
    """Ce à quoi l’on compare. `montants` : (code, année) → centimes ; `effectifs` : ceux de ce temps-là."""

    libelle: str
    montants: Mapping[tuple[str, int], int]
    effectifs: Mapping[str, int]


@dataclass(frozen=True)
class LigneAvantApres:
    """Un territoire ou le total (euros) ; `avant` None s’il n’y a rien à comparer."""

    libelle: str
    allocataires: int
    avant: Decimal | None
    allocataires_avant: int
    apres: Decimal
    situation: str = ""

    @property
    def ecart(self) -> Decimal | None:
        """Après − avant."""
        return None if self.avant is None else self.apres - self.avant

    @property
    def ecart_pourcent(self) -> Decimal | None:
        """En % de l’avant."""
        return None if self.avant is None or self.ecart is None else pourcent(self.ecart, self.avant)

    @property
    def par_allocataire(self) -> Decimal | None:
        """Euros par allocataire, après."""
        return euros_par_allocataire(self.apres, self.allocataires)

    @property
    def par_allocataire_avant(self) -> Decimal | None:
        """Euros par allocataire, avant, aux effectifs d’avant."""
        return euros_par_allocataire(self.avant, self.allocataires_avant)


@dataclass(frozen=True)
class LigneArrondi:
    """D’où vient une dotation : part (%) du poids total, partie entière, reste, rang du reste, arrondi (euros)."""

    territoire: Territoire
    part: Decimal | None
    situation: str
    part_entiere: Decimal
    reste: Decimal
    rang: int
    arrondi: Decimal
    montant: Decimal


@dataclass(frozen=True)
class TableauAvantApres:
    """Une année ou la période ; `arrondis` : vide pour la période, et quand le calcul ne se refait pas."""

    libelle: str
    lignes: list[LigneAvantApres]
    total: LigneAvantApres
    reserve: Decimal
    arrondis: list[LigneArrondi]

    @property
    def plus_grand_ecart(self) -> Decimal:
        """L’échelle des barres d’écart."""
        return max((abs(ligne.ecart or Decimal(0)) for ligne in self.lignes), default=Decimal(0))

    @property
    def distribues(self) -> int:
        """Nombre d’unités d’arrondi données, une par territoire."""
        return sum(1 for arrondi in self.arrondis if arrondi.arrondi)


@dataclass(frozen=True)
class Mouvement:
    """Une année, un territoire (euros) : ce qu’il a reversé au pot, ou ce qu’il en a reçu."""

    annee: int
    territoire: Territoire
    reverse: Decimal | None
    recu: Decimal | None


@dataclass(frozen=True)
class Verification:
    """Ce qui se refait : l’empreinte depuis la base, et les montants depuis les paramètres gardés."""

    empreinte: str
    empreinte_connue: bool
    empreinte_identique: bool
    calcul_identique: bool


def euros_par_allocataire(montant: Decimal | None, allocataires: int) -> Decimal | None:
    """Au centime ; None sans montant ou sans allocataire."""
    return None if montant is None or not allocataires else (montant / allocataires).quantize(CENTIME)


def avant_version(version: Version) -> Avant:
    """Comparer à une version enregistrée."""
    return Avant(f"version {version.repartition.version}", version.montants, version.effectifs)


def tableaux_de(
    version: Version, avant: Avant | None, calcul: Mapping[int, AnneeRepartie]
) -> tuple[TableauAvantApres, list[TableauAvantApres]]:
    """La période, puis chaque année. `calcul` : celui qui a fait la version, pour expliquer l’arrondi."""
    annees = version.annees
    periode = f"{annees[0]}-{annees[-1]}" if len(annees) > 1 else str(annees[0])
    return (
        _tableau(version, avant, annees, periode),
        [_tableau(version, avant, [annee], str(annee), calcul.get(annee)) for annee in annees],
    )


def calcul_de(version: Version) -> dict[int, AnneeRepartie]:
    """Refait le calcul d’une version, de ses seuls paramètres ; vide pour un reversement."""
    parametres = version.repartition.parametres
    if parametres.get("nature") == RELIQUATS:
        return {}
    if parametres:
        return calculer(depuis_json(parametres)).annees
    # Une version d’avant les paramètres : le prorata simple de ce qu’elle distribue.
    return calculer(Donnees(version.effectifs, par_annee(version.montants), version.repartition.unite_centimes)).annees


def mouvements_de(version: Version) -> list[Mouvement]:
    """D’où viennent les reliquats et vers qui ils sont allés ; vide hors d’un reversement."""
    parametres = version.repartition.parametres
    if parametres.get("nature") != RELIQUATS:
        return []
    reverse, recu = parametres["reverse"], parametres["recu"]
    return [
        Mouvement(annee, territoire, _euros(reverse, annee, territoire), _euros(recu, annee, territoire))
        for annee in version.annees
        for territoire in version.territoires
        if territoire.code in reverse.get(str(annee), {}) or territoire.code in recu.get(str(annee), {})
    ]


def _euros(montants: Mapping[str, Mapping[str, int]], annee: int, territoire: Territoire) -> Decimal | None:
    centimes = montants.get(str(annee), {}).get(territoire.code)
    return None if centimes is None else en_euros(centimes)


def verifier(version: Version) -> Verification:
    """Compare ce que la base garde à ce qui se recalcule."""
    ecrite = version.repartition.empreinte
    return Verification(
        ecrite, bool(ecrite), ecrite == version.empreinte, _montants_refaits(version) == version.montants
    )


def _montants_refaits(version: Version) -> dict[tuple[str, int], int]:
    repartition = version.repartition
    if repartition.parametres.get("nature") == RELIQUATS:
        try:
            return redistribution_de(repartition.parametres, repartition.unite_centimes).montants
        except RepartitionRefusee:
            return {}
    return {(code, annee): m for annee, calcul in calcul_de(version).items() for code, m in calcul.montants.items()}


def _tableau(
    version: Version, avant: Avant | None, annees: Sequence[int], libelle: str, calcul: AnneeRepartie | None = None
) -> TableauAvantApres:
    lignes = [
        LigneAvantApres(
            territoire.nom,
            version.effectifs[territoire.code],
            _somme(avant.montants, [territoire.code], annees) if avant else None,
            avant.effectifs.get(territoire.code, 0) if avant else 0,
            _somme(version.montants, [territoire.code], annees),
            _situation(calcul, territoire.code),
        )
        for territoire in version.territoires
    ]
    total = LigneAvantApres(
        "Total",
        sum(ligne.allocataires for ligne in lignes),
        # Tout l’avant, y compris les territoires qui ne reçoivent plus rien.
        _somme(avant.montants, {code for code, _ in avant.montants}, annees) if avant else None,
        sum(avant.effectifs.values()) if avant else 0,
        sum((ligne.apres for ligne in lignes), Decimal(0)),
    )
    reserve = en_euros(sum(version.reserve.get(annee, 0) for annee in annees))
    return TableauAvantApres(libelle, lignes, total, reserve, lignes_d_arrondi(version, calcul) if calcul else [])


def _somme(montants: Mapping[tuple[str, int], int], codes: Sequence[str] | set[str], annees: Sequence[int]) -> Decimal:
    return en_euros(sum(montants.get((code, annee), 0) for code in codes for annee in annees))


def _situation(calcul: AnneeRepartie | None, code: str) -> str:
    """« plancher », « plafond », ou rien : le prorata va de soi."""
    if calcul is None:
        return ""
    situation = calcul.amortissement.situations[code]
    return "" if situation == Situation.PRORATA else str(situation)


def lignes_d_arrondi(version: Version, calcul: AnneeRepartie) -> list[LigneArrondi]:
    """D’où vient chaque unité d’arrondi d’une année, territoire par territoire."""
    somme = sum(calcul.poids.values())
    parts = calcul.amortissement.parts
    return [
        LigneArrondi(
            territoire=territoire,
            part=pourcent(Decimal(calcul.poids[territoire.code]), Decimal(somme)),
            situation=_situation(calcul, territoire.code),
            part_entiere=en_euros(part.part_entiere),
            reste=decimales(part.reste),
            rang=part.rang,
            arrondi=en_euros(part.arrondi),
            montant=en_euros(part.montant),
        )
        for territoire in version.territoires
        for part in [parts[territoire.code]]
    ]


def decimales(reste: Fraction) -> Decimal:
    """Un reste, à trois décimales, pour l’œil."""
    return (Decimal(reste.numerator) / Decimal(reste.denominator)).quantize(MILLIEME)
