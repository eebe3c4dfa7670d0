"""Ce qui a été voté pour des projets : ce que leur porteur lit à côté de ce qu’il a demandé.

Une décision votée et pas encore notifiée se tait : elle n’est pas dans ces chiffres.
"""

from collections.abc import Iterable
from decimal import Decimal

from django.db.models import Q, Sum

from comptes.models import Organisme
from financements.chiffres.fiche import FicheAction
from financements.models import Action, Tranche


def fiche_du_projet(projet_pk: int) -> FicheAction | None:
    """La fiche de l’action née de ce projet ; None s’il n’est pas financé, ou si rien n’en est encore notifié."""
    dites = Action.objects.filter(projet__decision_reservee=False).select_related("projet__appel", "deliberation")
    action = dites.filter(projet=projet_pk).first()
    return FicheAction(action) if action else None


def votes_des_projets(projets_pk: Iterable[int]) -> dict[int, Decimal]:
    """Projet → euros votés en tout ; absent s’il n’est pas financé ou pas encore notifié. Une requête pour tous."""
    dites = Tranche.objects.filter(action__projet__in=list(projets_pk), action__projet__decision_reservee=False)
    lignes = dites.values("action__projet")
    return {ligne["action__projet"]: ligne["somme"] for ligne in lignes.annotate(somme=Sum("montant")).order_by()}


def aides_de_l_organisme(organisme: Organisme) -> list[tuple[int, Decimal]]:
    """Année → euros votés aux projets de ce SIREN, tous appels, dans l’ordre. Une requête."""
    siens = Q(action__projet__organisme=organisme)
    if organisme.siret:
        siens |= Q(action__projet__organisme__siret__startswith=organisme.siret[:9])
    lignes = Tranche.objects.filter(siens).values("annee").annotate(somme=Sum("montant")).order_by("annee")
    return [(ligne["annee"], ligne["somme"]) for ligne in lignes]
