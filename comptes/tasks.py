"""Hors de la requête : envoyer un courriel de la boîte d’envoi, demander l’analyse d’un document."""

import logging
from datetime import timedelta
from smtplib import SMTPException

from celery import current_app, shared_task
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from comptes.models import Courriel
from comptes.states import EtatCourriel
from config.socle.execution import mettre_en_file

# Ce qui sépare un essai manqué du suivant ; après le dernier, le courriel est tenu pour échoué.
DELAIS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
journal = logging.getLogger(__name__)


def lancer_l_envoi(pk: int) -> None:
    """Met l’envoi dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(envoyer_courriel, pk, "le courriel")


def lancer_l_analyse(pk: int) -> None:
    """Met l’analyse dans la file. Si la file ne répond pas, la reprise périodique s’en chargera.

    La tâche est appelée par son nom : elle fait un acte (`planning`), et ce module-ci est sous les actes.
    """
    mettre_en_file(current_app.signature("comptes.analyser_document"), pk, "le document")


@shared_task(name="comptes.envoyer_courriel")
def envoyer_courriel(pk: int) -> None:
    """Envoie, ou note l’échec et l’heure du prochain essai. La ligne verrouillée, un courriel part une fois."""
    with transaction.atomic():
        lignes = Courriel.objects.select_for_update(of=("self",), skip_locked=True)
        courriel = lignes.filter(pk=pk, etat=EtatCourriel.A_ENVOYER).first()
        if courriel is None or (courriel.essais and courriel.prochain_essai_le > timezone.now()):
            return
        courriel.essais += 1
        try:
            _remettre(courriel)
        except (SMTPException, OSError) as echec:
            _noter_l_echec(courriel, echec)
        else:
            courriel.etat, courriel.envoye_le, courriel.erreur = EtatCourriel.ENVOYE, timezone.now(), ""
        courriel.save()


def _remettre(courriel: Courriel) -> None:
    message = EmailMultiAlternatives(
        courriel.objet, courriel.texte, to=[courriel.destinataire], headers={"Auto-Submitted": "auto-generated"}
    )
    message.attach_alternative(courriel.html, "text/html")
    message.send()


def _noter_l_echec(courriel: Courriel, echec: Exception) -> None:
    courriel.erreur = f"{type(echec).__name__} : {echec}"
    journal.warning("Le courriel n° %s n’est pas parti (essai %s) : %s", courriel.pk, courriel.essais, courriel.erreur)
    if courriel.essais > len(DELAIS):
        courriel.etat = EtatCourriel.ECHOUE
    else:
        courriel.prochain_essai_le = timezone.now() + DELAIS[courriel.essais - 1]
