"""L’AE, axe par axe : ce qui est voté, affecté, engagé, et ce que chacun laisse (euros)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from financements.chiffres.tableaux import ZERO
from financements.models import AffectationDeCredits, MouvementDEngagement, Tranche
from projets.models import AppelAProjets, Axe


@dataclass(frozen=True, slots=True)
class LigneDAffectation:
    """Un axe, ou le total (`axe` None)."""

    axe: Axe | None
    vote: Decimal
    affecte: Decimal
    engage: Decimal

    @property
    def a_affecter(self) -> Decimal:
        """Ce qui est voté et pas encore affecté."""
        return max(self.vote - self.affecte, ZERO)

    @property
    def libre(self) -> Decimal:
        """Ce qui est affecté et que rien n’engage."""
        return self.affecte - self.engage


def votes_par_axe(appel: AppelAProjets) -> dict[int, Decimal]:
    """Axe → euros attribués, avenants compris. Une requête."""
    tranches = Tranche.objects.filter(action__projet__appel=appel).order_by()
    return dict(tranches.values_list("action__projet__axe").annotate(somme=Sum("montant")))


def affectes_par_axe(appel: AppelAProjets) -> dict[int, Decimal]:
    """Axe → euros affectés. Une requête."""
    siennes = AffectationDeCredits.objects.filter(enveloppe__appel=appel).order_by()
    return dict(siennes.values_list("axe").annotate(somme=Sum("montant")))


def engages_par_axe(appel: AppelAProjets) -> dict[int, Decimal]:
    """Axe → euros engagés. Une requête."""
    mouvements = MouvementDEngagement.objects.filter(action__projet__appel=appel).order_by()
    return dict(mouvements.values_list("action__projet__axe").annotate(somme=Sum("montant")))


def affectations_de(appel: AppelAProjets) -> list[LigneDAffectation]:
    """Une ligne par axe, puis le total. Quatre requêtes."""
    votes, affectes, engages = votes_par_axe(appel), affectes_par_axe(appel), engages_par_axe(appel)
    lignes = [
        LigneDAffectation(axe, votes.get(axe.pk, ZERO), affectes.get(axe.pk, ZERO), engages.get(axe.pk, ZERO))
        for axe in Axe.objects.filter(appel=appel).order_by("numero")
    ]
    total = LigneDAffectation(
        None,
        sum((ligne.vote for ligne in lignes), ZERO),
        sum((ligne.affecte for ligne in lignes), ZERO),
        sum((ligne.engage for ligne in lignes), ZERO),
    )
    return [*lignes, total]
