"""Examiner un document hors de la requête : les pièges de son contenu, puis l’avis de l’antivirus, et leurs suites."""

import logging
from dataclasses import dataclass
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
from config.socle.fichiers.antivirus import AntivirusInjoignable, Avis
from config.socle.fichiers.controle import controler_les_pieges
from config.socle.fichiers.defauts import Defaut
from config.socle.journal import journaliser

REPRISE = timedelta(minutes=5)  # entre deux essais
CONTROLES_AU_PLUS = 3  # un contrôle commencé tant de fois et jamais fini : le fichier fait tomber qui le lit
journal = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Issue:
    """L’état où un examen met le document. `motif` : l’infection, ou ce que le fichier a (« contient du script. »)."""

    etat: EtatDocument
    motif: str = ""


PERDU = Issue(EtatDocument.REFUSE, "n’est plus dans le stockage.")
INCONTROLABLE = Issue(
    EtatDocument.REFUSE, "n’a pas pu être contrôlé jusqu’au bout. Imprimez-le en PDF, puis envoyez le résultat."
)


def analyser_un_document(*, pk: int) -> None:
    """Examine hors de toute transaction. Si l’antivirus ne répond pas, le document attend la reprise."""
    document = Document.objects.a_analyser().filter(pk=pk).first()
    if document is None or (document.etat == EtatDocument.NON_ANALYSE and not antivirus.est_actif()):
        return
    issue = _controler(document) if document.reste_a_controler else None
    if issue is None:
        issue = _interroger(document) if antivirus.est_actif() else Issue(EtatDocument.NON_ANALYSE)
    if issue is not None:
        rendre_le_verdict(pk=pk, issue=issue)


def _controler(document: Document) -> Issue | None:
    """None si rien n’est à redire : le contrôle ne se refait pas à chaque essai de l’antivirus."""
    ligne = Document.objects.filter(pk=document.pk)
    if document.essais >= CONTROLES_AU_PLUS:
        return INCONTROLABLE
    ligne.update(essais=F("essais") + 1, prochaine_analyse_le=timezone.now() + REPRISE)
    try:
        with document.fichier.open("rb") as flux:
            controler_les_pieges(cast(BinaryIO, flux), document.format)
    except FileNotFoundError:
        return PERDU
    except Defaut as defaut:
        return Issue(EtatDocument.REFUSE, str(defaut))
    ligne.update(essais=0, controle_le=timezone.now())
    return None


def _interroger(document: Document) -> Issue | None:
    """None si l’antivirus ne répond pas : on redemandera."""
    try:
        with document.fichier.open("rb") as flux:
            verdict = antivirus.analyser(cast(BinaryIO, flux))
    except FileNotFoundError:
        return PERDU
    except AntivirusInjoignable as panne:
        journal.warning("L’antivirus n’a pas examiné le document n° %s : %s", document.pk, panne)
        prochaine = timezone.now() + REPRISE
        Document.objects.filter(pk=document.pk).update(essais=F("essais") + 1, prochaine_analyse_le=prochaine)
        return None
    if verdict.avis is Avis.ILLISIBLE:
        return Issue(EtatDocument.REFUSE, f"n’a pas pu être examiné par l’antivirus ({verdict.detail}).")
    return Issue(EtatDocument.INFECTE, verdict.detail) if verdict.avis is Avis.INFECTE else Issue(EtatDocument.SAIN)


@transaction.atomic
def rendre_le_verdict(*, pk: int, issue: Issue) -> None:
    """Libère le document, ou l’écarte : le fichier est effacé, qui l’a envoyé reçoit un courriel. Une seule fois."""
    document = Document.objects.select_for_update(of=("self",)).a_analyser().filter(pk=pk).first()
    if document is None:
        return
    avant, fichier = document.etat, document.fichier.name
    document.etat = issue.etat
    document.analyse_le = timezone.now() if issue.etat != EtatDocument.NON_ANALYSE else None
    if document.est_ecarte:
        document.motif, document.fichier = issue.motif[:200], ""
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
