"""Produire le PDF d’une attestation de cofinancement."""

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction

from config.socle.execution import mettre_en_file
from financements.models import AttestationFse, PdfDAttestation
from financements.pdf.fse import composer_l_attestation


def lancer_l_attestation(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_l_attestation, pk, "l’attestation")


@shared_task(name="financements.produire_l_attestation")
def produire_l_attestation(pk: int) -> None:
    """Une fois, même livrée deux fois : l’attestation est verrouillée le temps d’écrire son PDF."""
    with transaction.atomic():
        attestation = AttestationFse.objects.select_for_update(of=("self",)).get(pk=pk)
        if PdfDAttestation.objects.filter(attestation=attestation).exists():
            return
        octets = composer_l_attestation(attestation)
        PdfDAttestation.objects.create(
            attestation=attestation, fichier=ContentFile(octets, f"{attestation.numero}.pdf")
        )
