"""Demander l’avis de l’antivirus sur un document, et en tirer les conséquences."""

import logging
from datetime import timedelta
from functools import partial
from typing import BinaryIO, cast

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Document
from comptes.notifications.documents import document_ecarte
from comptes.states import EtatDocument
from config.socle.fichiers import antivirus
from config.socle.fichiers.antivirus import AntivirusInjoignable, Avis, Verdict
from config.socle.journal import journaliser

REPRISE = timedelta(minutes=5)  # entre deux essais, quand l’antivirus ne répond pas
PERDU = Verdict(Avis.ILLISIBLE, "le fichier n’est plus dans le stockage")
journal = logging.getLogger(__name__)
ETATS = {Avis.SAIN: EtatDocument.SAIN, Avis.INFECTE: EtatDocument.INFECTE, Avis.ILLISIBLE: EtatDocument.REFUSE}


def analyser_un_document(*, pk: int) -> None:
    """Interroge l’antivirus hors de toute transaction. S’il ne répond pas, le document attend la reprise."""
    document = Document.objects.a_analyser().filter(pk=pk).first()
    if document is None or not antivirus.est_actif():
        return
    try:
        verdict = _interroger(document)
    except AntivirusInjoignable as panne:
        journal.warning("L’antivirus n’a pas examiné le document n° %s : %s", pk, panne)
        prochaine = timezone.now() + REPRISE
        Document.objects.filter(pk=pk).update(essais=F("essais") + 1, prochaine_analyse_le=prochaine)
        return
    rendre_le_verdict(pk=pk, verdict=verdict)


def _interroger(document: Document) -> Verdict:
    try:
        with document.fichier.open("rb") as flux:
            return antivirus.analyser(cast(BinaryIO, flux))
    except FileNotFoundError:
        return PERDU


@transaction.atomic
def rendre_le_verdict(*, pk: int, verdict: Verdict) -> None:
    """Libère le document, ou l’écarte : le fichier est effacé, qui l’a envoyé reçoit un courriel. Une seule fois."""
    document = Document.objects.select_for_update(of=("self",)).a_analyser().filter(pk=pk).first()
    if document is None:
        return
    avant, fichier = document.etat, document.fichier.name
    document.etat, document.analyse_le = ETATS[verdict.avis], timezone.now()
    if document.est_ecarte:
        document.motif, document.fichier = verdict.detail[:200], ""
        transaction.on_commit(partial(Document.fichier.field.storage.delete, str(fichier)))
        if document.envoye_par is not None and document.envoye_par.is_active:
            deposer_courriel(message=document_ecarte(document, document.envoye_par))
    document.save(update_fields=["etat", "analyse_le", "motif", "fichier"])
    journaliser(
        auteur=None,
        acte="rendre_le_verdict",
        objet=document,
        avant={"etat": avant},
        apres={"etat": document.etat, "motif": document.motif, "empreinte": document.empreinte},
    )
