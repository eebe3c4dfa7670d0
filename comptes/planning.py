"""Les tâches périodiques.

Reprendre les courriels que la file a perdus, ou dont l’heure du prochain essai est venue ; effacer le texte de ceux
qui portaient un lien secret ; demander ou redemander l’avis de l’antivirus ; effacer les fichiers orphelins.
"""

from celery import shared_task
from django.utils import timezone

from comptes.actions.analyser_document import REPRISE, analyser_un_document
from comptes.actions.avis import grouper_les_avis
from comptes.actions.effacer_courriels import effacer_les_courriels_sensibles
from comptes.actions.effacer_orphelins import effacer_les_orphelins
from comptes.models import Courriel, Document
from comptes.states import EtatDocument
from comptes.tasks import lancer_l_analyse, lancer_l_envoi
from config.socle.fichiers import antivirus

PAR_PASSAGE = 200


@shared_task(name="comptes.reprendre_les_courriels")
def reprendre_les_courriels() -> None:
    """Remet dans la file les courriels dus, les plus anciens d’abord."""
    dus = Courriel.objects.a_reprendre().order_by("prochain_essai_le").values_list("pk", flat=True)
    for pk in dus[:PAR_PASSAGE]:
        lancer_l_envoi(pk)


@shared_task(name="comptes.effacer_les_courriels_sensibles")
def effacer() -> None:
    """Chaque heure."""
    effacer_les_courriels_sensibles()


@shared_task(name="comptes.grouper_les_avis")
def grouper() -> None:
    """Toutes les dix minutes : ce que l’on a à dire à une personne tient en un courriel."""
    grouper_les_avis()


@shared_task(name="comptes.analyser_document")
def analyser_document(pk: int) -> None:
    """À l’arrivée d’un document, et à chaque reprise."""
    analyser_un_document(pk=pk)


@shared_task(name="comptes.reprendre_les_analyses")
def reprendre_les_analyses() -> None:
    """Remet dans la file les documents sans verdict ; l’antivirus allumé, aussi ceux reçus quand il était éteint.

    Chacun est repoussé avant d’être lancé : un antivirus lent ne voit pas la même demande s’empiler.
    """
    dus = Document.objects.a_reprendre()
    if not antivirus.est_actif():
        dus = dus.filter(etat=EtatDocument.EN_ANALYSE)
    for pk in list(dus.order_by("prochaine_analyse_le").values_list("pk", flat=True)[:PAR_PASSAGE]):
        Document.objects.filter(pk=pk).update(prochaine_analyse_le=timezone.now() + REPRISE)
        lancer_l_analyse(pk)


@shared_task(name="comptes.effacer_les_orphelins")
def effacer_les_fichiers_orphelins() -> None:
    """Chaque heure."""
    effacer_les_orphelins()
