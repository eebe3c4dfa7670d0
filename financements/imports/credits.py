"""Affecter l’AE à ce qui est voté : chaque axe reçoit de quoi couvrir ses actions, ou rien ne l’est et c’est dit."""

from dataclasses import dataclass
from decimal import Decimal

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.chiffres.execution.affectations import affectes_par_axe, votes_par_axe
from financements.chiffres.tableaux import ZERO
from financements.models import AffectationDeCredits, Deliberation, Enveloppe
from projets.models import AppelAProjets


@dataclass(frozen=True, slots=True)
class Besoin:
    """Ce qu’il faudrait affecter (axe → euros), et ce que l’AE laisse ; `libre` est None sans enveloppe."""

    par_axe: dict[int, Decimal]
    libre: Decimal | None

    @property
    def total(self) -> Decimal:
        """Euros, tous axes."""
        return sum(self.par_axe.values(), ZERO)

    @property
    def est_couvert(self) -> bool:
        """L’AE suffit."""
        return self.libre is not None and self.total <= self.libre


def besoin_d_affectation(appel: AppelAProjets, ajouts: dict[int, Decimal] | None = None) -> Besoin:
    """Voté moins affecté, axe par axe, quand il manque. `ajouts` : axe → euros qui vont être votés. Trois requêtes."""
    votes, affectes = votes_par_axe(appel), affectes_par_axe(appel)
    for axe, montant in (ajouts or {}).items():
        votes[axe] = votes.get(axe, ZERO) + montant
    manquent = {axe: vote - affectes.get(axe, ZERO) for axe, vote in votes.items() if vote > affectes.get(axe, ZERO)}
    ae = Enveloppe.objects.filter(appel=appel).values_list("montant_ae", flat=True).first()
    libre = None if ae is None else ae - sum(affectes.values(), ZERO)
    return Besoin(dict(sorted(manquent.items())), libre)


def affecter_ce_qui_est_vote(
    *, auteur: Personne | None, appel: AppelAProjets, deliberation: Deliberation | None = None, motif: str = ""
) -> Besoin:
    """Écrit ce qu’il manque à chaque axe, si l’AE le couvre ; sinon rien : le vote existe, l’enveloppe est à revoir.

    Rend ce qu’il fallait. À appeler dans une transaction. Verrouille l’enveloppe.
    """
    enveloppe = Enveloppe.objects.select_for_update(of=("self",)).filter(appel=appel).first()
    besoin = besoin_d_affectation(appel)
    if enveloppe is None or not besoin.par_axe or not besoin.est_couvert:
        return besoin
    AffectationDeCredits.objects.bulk_create(
        AffectationDeCredits(
            enveloppe=enveloppe, axe_id=axe, montant=montant, deliberation=deliberation, motif=motif, faite_par=auteur
        )
        for axe, montant in besoin.par_axe.items()
    )
    journaliser(
        auteur=auteur,
        acte="affecter_les_credits",
        objet=enveloppe,
        apres={"montant": str(besoin.total), "axes": len(besoin.par_axe), **({"motif": motif} if motif else {})},
    )
    return besoin
