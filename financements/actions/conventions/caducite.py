"""Prévenir qu’une convention va devenir caduque : une fois, à l’organisme et au service."""

from datetime import date

from django.db import transaction

from comptes.actions.deposer_courriel import deposer_courriel
from config.socle.journal import journaliser
from financements.chiffres.liste_des_conventions import bientot_caduques
from financements.models import Convention
from financements.notifications.convention import CADUCITE, courriels_de_convention

PAR_PASSAGE = 200


def alerter_de_la_caducite(*, jour: date) -> int:
    """Alerte celles qui ne l’ont pas été, une transaction chacune ; rend combien l’ont été à ce passage."""
    a_dire = bientot_caduques(jour).filter(alerte_le=None, action__projet__decision_reservee=False)
    cles = list(a_dire.order_by("caduque_le", "pk").values_list("pk", flat=True)[:PAR_PASSAGE])
    return sum(_alerter(pk, jour) for pk in cles)


@transaction.atomic
def _alerter(pk: int, jour: date) -> bool:
    """Faux si elle n’est plus à dire, ou si un autre processus l’a prise."""
    proches = bientot_caduques(jour).filter(pk=pk, alerte_le=None).values("pk")
    convention = (
        Convention.objects.select_for_update(of=("self",), skip_locked=True)
        .filter(pk__in=proches)
        .select_related("action__projet__organisme", "action__projet__appel")
        .first()
    )
    if convention is None:
        return False
    messages = courriels_de_convention(convention, CADUCITE, au_service=True)
    for message in messages:
        deposer_courriel(message=message)
    Convention.objects.filter(pk=pk).update(alerte_le=jour)
    journaliser(
        auteur=None,
        acte="alerter_de_la_caducite",
        objet=convention,
        apres={
            "caduque_le": convention.caduque_le,
            "destinataires": [message.destinataire for message in messages],
        },
    )
    return True
