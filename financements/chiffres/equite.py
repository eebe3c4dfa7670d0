"""L’équité entre territoires : euros par allocataire et par an, avant, demandés, après, et un seul chiffre."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from config.socle.montants import en_centimes, en_euros
from financements.chiffres.enveloppes import Enveloppes
from financements.chiffres.reference import Reference, montants_de_reference
from financements.chiffres.tableaux import ZERO, pourcent
from financements.chiffres.tableaux_de_repartition import Avant, euros_par_allocataire
from financements.chiffres.versions_de_repartition import Version
from financements.rules.equite import EquiteIndefinie, gini, theil
from territoires.models import Territoire

PAR_AN = "par allocataire et par an"


@dataclass(frozen=True)
class Mesure:
    """Une façon de partager : `montants` en centimes par code, sur `annees` années ; euros par allocataire et par an.

    `theil`, `gini` : None si l’équité ne se mesure pas (un montant va à un territoire sans allocataire).
    """

    cle: str
    libelle: str
    montants: Mapping[str, int]
    effectifs: Mapping[str, int]
    annees: int

    def par_allocataire(self, code: str) -> Decimal | None:
        """Euros par allocataire et par an."""
        return self._par_an(self.montants.get(code, 0), self.effectifs.get(code, 0))

    @cached_property
    def moyenne(self) -> Decimal | None:
        """Celle du département : tous les euros sur tous les allocataires."""
        return self._par_an(sum(self.montants.values()), sum(self.effectifs.values()))

    @cached_property
    def theil(self) -> Decimal | None:
        """0 : chaque allocataire compte pareil partout."""
        try:
            return theil(self.montants, self.effectifs)
        except EquiteIndefinie:
            return None

    @cached_property
    def gini(self) -> Decimal | None:
        """Entre 0 et 1, arrondi pour l’œil."""
        try:
            exact = gini(self.montants, self.effectifs)
        except EquiteIndefinie:
            return None
        return Decimal(exact.numerator) / Decimal(exact.denominator)

    def _par_an(self, centimes: int, effectif: int) -> Decimal | None:
        return euros_par_allocataire(en_euros(centimes) / self.annees, effectif)


@dataclass(frozen=True)
class LigneEquite:
    """Un territoire : ses euros par allocataire et par an, mesure par mesure ; l’écart est celui de la dernière."""

    territoire: Territoire
    allocataires: int
    valeurs: list[Decimal | None]
    ecart: Decimal | None
    ecart_pourcent: Decimal | None


@dataclass(frozen=True)
class Equite:
    """Le tableau. `mesures` : l’année de comparaison si on la connaît, le demandé, la dotation s’il y en a une."""

    mesures: list[Mesure]
    lignes: list[LigneEquite]
    reference: Reference | None

    @property
    def principale(self) -> Mesure:
        """Celle que l’on juge : la dotation, ou ce qui en tient lieu."""
        return self.mesures[-1]


def mesure_de(partage: Version | Avant) -> Mesure:
    """Ce qu’une version, ou ce à quoi on la compare, donne à chaque territoire sur toutes ses années."""
    montants: dict[str, int] = defaultdict(int)
    for (code, _), montant in partage.montants.items():
        montants[code] += montant
    annees = len({annee for _, annee in partage.montants})
    return Mesure("dotation", "", dict(montants), partage.effectifs, annees)


def lire_l_equite(enveloppes: Enveloppes) -> Equite | None:
    """None sans répartition : c’est elle qui dit combien chaque territoire compte d’allocataires."""
    dotations = enveloppes.programme.dotations
    if not dotations:
        return None
    effectifs = {d.territoire.code: d.poids for d in dotations}
    reference = montants_de_reference(enveloppes.programme.appel)
    mesures = []
    if reference:
        mesures.append(Mesure("reference", str(reference.annee), reference.montants, effectifs, 1))
    annees = len(enveloppes.annees)
    demande = {ligne.cle: en_centimes(ligne.periode.demande) for ligne in enveloppes.par_territoire}
    reparti = {ligne.cle: en_centimes(ligne.periode.dotation or ZERO) for ligne in enveloppes.par_territoire}
    mesures += [
        Mesure("demande", "Demandé", demande, effectifs, annees),
        Mesure("dotation", "Dotation", reparti, effectifs, annees),
    ]
    territoires = [ligne.territoire for ligne in enveloppes.programme.par_territoire]
    return Equite(mesures, [_ligne(territoire, mesures) for territoire in territoires], reference)


def _ligne(territoire: Territoire, mesures: list[Mesure]) -> LigneEquite:
    juge = mesures[-1]
    valeur, moyenne = juge.par_allocataire(territoire.code), juge.moyenne
    ecart = None if valeur is None or moyenne is None else valeur - moyenne
    return LigneEquite(
        territoire=territoire,
        allocataires=juge.effectifs.get(territoire.code, 0),
        valeurs=[mesure.par_allocataire(territoire.code) for mesure in mesures],
        ecart=ecart,
        ecart_pourcent=None if ecart is None or moyenne is None else pourcent(ecart, moyenne),
    )
