"""Déposer un courriel dans la boîte d’envoi ; il part une fois la transaction validée."""

from functools import partial

from django.db import transaction

from comptes.models import Courriel
from comptes.notifications.message import Message
from comptes.tasks import lancer_l_envoi


@transaction.atomic
def deposer_courriel(*, message: Message) -> Courriel:
    """Écrit le courriel. S’il porte la clé d’un courriel déjà déposé, rend celui-là : rien ne part deux fois."""
    champs = {
        "destinataire": message.destinataire,
        "objet": message.objet[:200],
        "texte": message.texte,
        "html": message.html,
        "est_sensible": message.est_sensible,
    }
    if message.cle is None:
        courriel, est_neuf = Courriel.objects.create(**champs), True
    else:
        courriel, est_neuf = Courriel.objects.get_or_create(cle=message.cle, defaults=champs)
    if est_neuf:
        transaction.on_commit(partial(lancer_l_envoi, courriel.pk))
    return courriel
