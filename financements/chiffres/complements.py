"""Tableaux du rapport que l’écran ne montre pas : crédits de la période, prorata par exercice, FSE par axe."""

from dataclasses import dataclass
from decimal import Decimal

from financements.chiffres.programme import Programme
from financements.chiffres.tableaux import ZERO, LigneFse, pourcent
from territoires.models import Territoire


@dataclass(frozen=True)
class TotalCredits:
    """Les exercices du périmètre ensemble (euros) : crédits ouverts (None sans enveloppe) et voté."""

    cp: Decimal | None
    vote: Decimal

    @property
    def disponible(self) -> Decimal | None:
        """Ce qui reste à voter ; None sans enveloppe."""
        return None if self.cp is None else self.cp - self.vote


@dataclass(frozen=True)
class LigneProrata:
    """Un territoire (None : le total) une année : dotation au prorata et voté (euros)."""

    territoire: Territoire | None
    dotation: Decimal
    vote: Decimal

    @property
    def ecart(self) -> Decimal:
        """Voté − dotation (euros)."""
        return self.vote - self.dotation

    @property
    def ecart_pourcent(self) -> Decimal | None:
        """Écart, en % de la dotation."""
        return pourcent(self.ecart, self.dotation)


@dataclass(frozen=True)
class ProrataAnnuel:
    """Un exercice : une ligne par territoire, et le total."""

    annee: int
    lignes: list[LigneProrata]
    total: LigneProrata


def total_credits(programme: Programme) -> TotalCredits:
    """Somme des exercices du périmètre."""
    ouverts = [annee.cp for annee in programme.par_annee if annee.cp is not None]
    entier = len(ouverts) == len(programme.par_annee)
    return TotalCredits(sum(ouverts, ZERO) if entier else None, programme.total)


def prorata_par_annee(programme: Programme) -> list[ProrataAnnuel]:
    """Dotation et voté par territoire, exercice par exercice. Vide sans répartition, et pour un axe."""
    if not programme.dotations or programme.perimetre.axe:
        return []
    dotations = {(d.annee, d.territoire_id): d.montant for d in programme.dotations}
    tableaux = []
    for annee in programme.annees:
        rangees = [
            LigneProrata(ligne.territoire, dotations.get((annee, ligne.territoire.pk), ZERO), ligne.par_annee[annee])
            for ligne in programme.par_territoire
        ]
        total = LigneProrata(None, sum((r.dotation for r in rangees), ZERO), sum((r.vote for r in rangees), ZERO))
        tableaux.append(ProrataAnnuel(annee, rangees, total))
    return tableaux


def fse_par_axe(programme: Programme) -> list[LigneFse]:
    """Une ligne par axe cofinancé, puis le total. Vide si aucune action ne l’est."""
    synthese = programme.synthese
    total = LigneFse(None, synthese.actions_fse, synthese.montant_fse, synthese.vote_fse)
    return [*programme.fse_par_axe, total] if programme.fse_par_axe else []
