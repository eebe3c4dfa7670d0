"""Produire la lettre d’irrecevabilité en PDF. La décision vaut sans elle : le courriel dit déjà tout."""

import hashlib

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction

from config.socle.execution import mettre_en_file
from projets.models import Irrecevabilite
from projets.pdf.irrecevabilite import composer_la_lettre


def lancer_la_lettre(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_la_lettre, pk, "la lettre")


@shared_task(name="projets.produire_la_lettre")
def produire_la_lettre(pk: int) -> None:
    """Une fois, même livrée deux fois : l’irrecevabilité est verrouillée le temps d’écrire sa lettre."""
    with transaction.atomic():
        irrecevabilite = Irrecevabilite.objects.select_for_update(of=("self",)).get(pk=pk)
        if irrecevabilite.fichier:
            return
        octets = composer_la_lettre(irrecevabilite)
        irrecevabilite.fichier = ContentFile(octets, "irrecevabilite.pdf")
        irrecevabilite.empreinte = hashlib.sha256(octets).hexdigest()
        irrecevabilite.save(update_fields=["fichier", "empreinte"])
