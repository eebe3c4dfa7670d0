"""Les projets d’un scénario : la page d’abord, puis ce que l’on en montre, en un nombre fixe de requêtes."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from config.socle.montants import en_euros
from financements.chiffres.arbitrage.donnees import Connu, connus
from financements.models import LigneDeScenario, PartDeScenario
from projets.rules.depot import reference
from projets.states import TONS_DES_AVIS, SensDeLAvis


@dataclass(frozen=True)
class Annee:
    """Une année de l’appel, en euros. `demande` : None si le projet n’en demande rien ; `propose` : None sans avis."""

    annee: int
    demande: Decimal | None
    propose: Decimal | None
    montant: Decimal


@dataclass(frozen=True)
class LigneMontree:
    """Une ligne du tableau d’arbitrage."""

    ligne: LigneDeScenario
    reference: str
    territoires: str
    sens: str
    annees: list[Annee]

    @property
    def projet(self) -> int:
        """Identifiant du projet."""
        return self.ligne.projet_id

    @property
    def demande(self) -> Decimal:
        """Demandé, toutes années (euros)."""
        return sum((an.demande for an in self.annees if an.demande is not None), Decimal(0))

    @property
    def propose(self) -> Decimal | None:
        """Proposé par l’instruction, toutes années ; None sans avis."""
        proposes = [an.propose for an in self.annees if an.propose is not None]
        return sum(proposes, Decimal(0)) if proposes else None

    @property
    def total(self) -> Decimal:
        """Écrit dans le scénario, toutes années."""
        return sum((an.montant for an in self.annees), Decimal(0))

    @property
    def sens_lu(self) -> str:
        """« favorable », ou vide sans avis."""
        return str(SensDeLAvis(self.sens).label) if self.sens else ""

    @property
    def ton_du_sens(self) -> str:
        """Le ton de l’avis à l’écran."""
        return TONS_DES_AVIS[self.sens] if self.sens else ""


# Ce que `lignes_montrees` lit de chaque ligne : à donner à `select_related`.
LIEES = ("projet__organisme", "projet__axe", "projet__appel")


def lignes_montrees(lignes: Sequence[LigneDeScenario]) -> list[LigneMontree]:
    """Ces lignes, dans leur ordre, avec leurs montants : trois requêtes. Chacune lue avec `LIEES`."""
    lus = connus(ligne.projet_id for ligne in lignes)
    montants, noms = _montants([ligne.pk for ligne in lignes])
    return [_montree(ligne, lus[ligne.projet_id], montants, noms) for ligne in lignes]


def _montants(pks: Sequence[int]) -> tuple[dict[tuple[int, int], Decimal], dict[int, list[str]]]:
    """(ligne, année) → euros, et les territoires de chaque ligne, le plus servi d’abord."""
    sommes: dict[tuple[int, int], Decimal] = {}
    noms: dict[int, list[str]] = {}
    parts = PartDeScenario.objects.filter(ligne__in=pks).order_by("ligne", "annee", "-montant", "territoire__nom_tri")
    for ligne, annee, montant, nom in parts.values_list("ligne", "annee", "montant", "territoire__nom"):
        sommes[ligne, annee] = sommes.get((ligne, annee), Decimal(0)) + montant
        if nom not in noms.setdefault(ligne, []):
            noms[ligne].append(nom)
    return sommes, noms


def _montree(
    ligne: LigneDeScenario, connu: Connu, montants: dict[tuple[int, int], Decimal], noms: dict[int, list[str]]
) -> LigneMontree:
    projet = ligne.projet
    return LigneMontree(
        ligne=ligne,
        reference=reference(projet.appel.prefixe, projet.numero or 0) if projet.appel.prefixe else str(projet.numero),
        territoires=", ".join(noms.get(ligne.pk, [])),
        sens=connu.sens,
        annees=[
            Annee(
                annee=annee,
                demande=en_euros(connu.demandes[annee]) if annee in connu.demandes else None,
                propose=en_euros(connu.proposes[annee]) if annee in connu.proposes else None,
                montant=montants.get((ligne.pk, annee), Decimal("0.00")),
            )
            for annee in projet.appel.annees
        ],
    )
