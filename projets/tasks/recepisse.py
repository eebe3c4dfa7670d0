"""Produire le PDF de l’accusé de réception. Le dépôt vaut sans lui : le courriel est déjà dans la boîte d’envoi."""

import hashlib

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction

from config.socle.execution import mettre_en_file
from projets.models import Depot, Recepisse
from projets.pdf.recepisse import composer_le_recepisse


def lancer_le_recepisse(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_le_recepisse, pk, "le récépissé du dépôt")


@shared_task(name="projets.produire_le_recepisse")
def produire_le_recepisse(pk: int) -> None:
    """Une fois, même livrée deux fois : le dépôt est verrouillé le temps d’écrire son récépissé."""
    with transaction.atomic():
        depot = Depot.objects.select_for_update(of=("self",)).select_related("projet__organisme").get(pk=pk)
        if Recepisse.objects.filter(depot=depot).exists():
            return
        octets = composer_le_recepisse(depot)
        Recepisse.objects.create(
            depot=depot,
            fichier=ContentFile(octets, f"{depot.contenu['reference']}.pdf"),
            empreinte=hashlib.sha256(octets).hexdigest(),
        )


@shared_task(name="projets.rattraper_un_recepisse")
def rattraper_un_recepisse(pk: int) -> None:
    """Le même, que personne n’attend plus devant son écran : il passe après tout le reste (`config.celery`)."""
    produire_le_recepisse(pk)
