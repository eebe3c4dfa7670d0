"""Affecter à la main ce qui est voté et ne l’est pas encore : après une AE révisée, ou un import sans AE."""

from django.db import transaction

from comptes.models import Personne
from config.socle.montants import format_euros
from config.socle.transitions import PassageRefuse
from financements.actions.execution.acces import exiger_de_pouvoir_executer, verrouiller_les_credits
from financements.imports.credits import Besoin, affecter_ce_qui_est_vote
from projets.models import AppelAProjets


@transaction.atomic
def affecter_les_credits(*, auteur: Personne, appel: AppelAProjets) -> Besoin:
    """Chaque axe reçoit ce qui lui manque. Lève `PermissionDenied`, `PassageRefuse` (rien ne manque, ou l’AE)."""
    exiger_de_pouvoir_executer(auteur)
    verrouiller_les_credits(appel)
    besoin = affecter_ce_qui_est_vote(auteur=auteur, appel=appel, motif="Crédits votés")
    if not besoin.par_axe:
        raise PassageRefuse("Tout ce qui est voté est déjà affecté.")
    if not besoin.est_couvert:
        raise PassageRefuse(
            f"Il manque {format_euros(besoin.total)} aux axes, l’AE ne laisse que {format_euros(besoin.libre)}\u00a0: "
            "révisez l’enveloppe d’abord."
        )
    return besoin
