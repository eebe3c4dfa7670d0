"""Suivre les lettres que la poste porte : le numéro du recommandé, son accusé de réception, la liste emportée."""

from datetime import date
from typing import BinaryIO

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee, exiger_la_version
from financements.chiffres.lettres import lettres_a_poster
from financements.exports.recommandes import ecrire_les_recommandes
from financements.models import Deliberation, Notification, Recommande
from financements.permissions import peut_suivre_la_deliberation


@transaction.atomic
def saisir_un_recommande(
    *, auteur: Personne, notification: Notification, numero: str, recu_le: date | None, version: int
) -> Recommande:
    """Le numéro, et l’accusé de réception quand il est revenu ; une faute de frappe se corrige.

    `version` : celle que la page montrait, 0 si rien n’était saisi. Lève `PermissionDenied`, `PassageRefuse` (cette
    lettre ne part pas par la poste), `VersionPerimee`, `ValidationError`.
    """
    if not peut_suivre_la_deliberation(auteur):
        raise PermissionDenied
    if not Notification.objects.en_recommande().filter(pk=notification.pk).exists():
        raise PassageRefuse("Cette lettre se lit sur le portail\u00a0: elle ne part pas en recommandé.")
    actuel = Recommande.objects.select_for_update(of=("self",)).filter(notification=notification).first()
    if actuel is not None:
        exiger_la_version(actuel, version)
    avant = {"numero": actuel.numero, "recu_le": actuel.recu_le} if actuel else None
    recommande = actuel or Recommande(notification=notification, version=0)
    recommande.numero, recommande.recu_le = numero_lu(numero), recu_le
    recommande.version += 1
    recommande.saisi_par = auteur
    _controler_l_accuse(notification, recu_le)
    recommande.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            recommande.save()
    except IntegrityError as erreur:  # deux premières saisies au même instant
        raise VersionPerimee(Recommande.objects.filter(notification=notification).first()) from erreur
    journaliser(
        auteur=auteur,
        acte="saisir_un_recommande",
        objet=notification.decision.projet,
        avant=avant,
        apres={"numero": recommande.numero, "recu_le": recu_le},
    )
    return recommande


def numero_lu(texte: str) -> str:
    """« 1a 123 456 7890 1 » → « 1A12345678901 »."""
    return "".join(texte.split()).replace("-", "").upper()


@transaction.atomic
def exporter_les_recommandes(*, auteur: Personne, deliberation: Deliberation, lignes: int, fichier: BinaryIO) -> None:
    """Écrit la liste, de `lignes` lettres, dans `fichier` et le consigne.

    Lève `PermissionDenied`, `ExportIncomplet` (elles ne sont pas tant : fichier à jeter).
    """
    if not peut_suivre_la_deliberation(auteur):
        raise PermissionDenied
    ecrire_les_recommandes(fichier, lettres_a_poster(deliberation, auteur), lignes)
    journaliser(
        auteur=auteur, acte="exporter_les_recommandes", objet=deliberation, apres={"format": "csv", "lignes": lignes}
    )


def _controler_l_accuse(notification: Notification, recu_le: date | None) -> None:
    notifiee_le = timezone.localdate(notification.notifiee_le)
    if recu_le is not None and not notifiee_le <= recu_le <= timezone.localdate():
        raise ValidationError({"recu_le": f"Il faut un jour entre le {notifiee_le:%d/%m/%Y} et aujourd’hui."})
