"""Produire le PDF d’un bilan déposé. Le dépôt vaut sans lui : le courriel est déjà dans la boîte d’envoi."""

import hashlib

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction

from config.socle.execution import mettre_en_file
from financements.models import CopieDeBilan, PdfDeBilan
from financements.pdf.bilan import composer_le_bilan


def lancer_le_pdf(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_le_pdf, pk, "le PDF du bilan")


@shared_task(name="financements.produire_le_pdf_du_bilan")
def produire_le_pdf(pk: int) -> None:
    """Une fois, même livrée deux fois : la copie est verrouillée le temps d’écrire son PDF."""
    with transaction.atomic():
        copie = CopieDeBilan.objects.select_for_update(of=("self",)).get(pk=pk)
        if PdfDeBilan.objects.filter(copie=copie).exists():
            return
        octets = composer_le_bilan(copie)
        PdfDeBilan.objects.create(
            copie=copie,
            fichier=ContentFile(octets, copie.nom_de_fichier),
            empreinte=hashlib.sha256(octets).hexdigest(),
        )
