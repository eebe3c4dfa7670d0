"""Ce que tous les actes d’une convention ont en commun : le droit, le verrou, les dates qu’elle ne peut précéder."""

import base64
import secrets
from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils import timezone

from comptes.models import Personne
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.models import Action, Avenant, Convention, DemandeDeSignature, ModeleDeConvention, Notification
from financements.permissions import peut_conventionner
from projets.models import AppelAProjets

_LIEES = (
    "action__projet__organisme__commune",
    "action__projet__appel",
    "action__projet__axe",
    "action__deliberation",
)
OCTETS_DU_JETON = 16


def exiger_le_droit(auteur: Personne) -> None:
    """Lève `PermissionDenied`."""
    if not peut_conventionner(auteur):
        raise PermissionDenied


def verrouiller(auteur: Personne, convention: Convention, version: int | None = None) -> Convention:
    """La convention relue sous verrou, avec ce que les actes lisent d’elle.

    `version` : celle de la page, si l’acte en part. Lève `PermissionDenied`, `VersionPerimee`.
    """
    exiger_le_droit(auteur)
    lue = Convention.objects.select_for_update(of=("self",)).select_related(*_LIEES).get(pk=convention.pk)
    if version is not None:
        exiger_la_version(lue, version)
    return lue


def exiger_sans_demande(convention: Convention, avenant: Avenant | None = None) -> None:
    """Lève `PassageRefuse` si le prestataire de signature a entre les mains le texte, ou celui de l’avenant."""
    if DemandeDeSignature.objects.en_cours().filter(convention=convention, avenant=avenant).exists():
        raise PassageRefuse("Une signature est en cours chez le prestataire\u00a0: annulez d’abord cette demande.")


def modele_de(appel: AppelAProjets) -> ModeleDeConvention:
    """Le modèle de l’appel, verrouillé ; celui qui est fourni, la première fois."""
    ModeleDeConvention.objects.get_or_create(appel=appel, defaults={"articles": ModeleDeConvention.de(appel).articles})
    return ModeleDeConvention.objects.select_for_update(of=("self",)).select_related("appel").get(appel=appel)


def jeton_neuf() -> str:
    """Vingt-six caractères au hasard (128 bits), en majuscules : un code QR les porte en peu de place."""
    return base64.b32encode(secrets.token_bytes(OCTETS_DU_JETON)).decode().rstrip("=")


def signable_depuis(action: Action) -> date:
    """Le premier jour où ce que la délibération attribue peut se signer : exécutoire, et notifié à l’organisme.

    Une délibération importée, déjà exécutée ailleurs, n’a que sa date. Lève `PassageRefuse`.
    """
    deliberation = action.deliberation
    if deliberation.appel_id is None:
        return deliberation.adoptee_le
    if deliberation.executoire_le is None:
        raise PassageRefuse(
            "La délibération n’est pas exécutoire\u00a0: datez d’abord sa transmission et sa publication."
        )
    notification = Notification.objects.filter(
        decision__deliberation=deliberation, decision__projet=action.projet_id
    ).first()
    if notification is None:
        raise PassageRefuse("La décision n’est pas encore notifiée à l’organisme\u00a0: rien ne se signe avant.")
    return max(deliberation.executoire_le, timezone.localdate(notification.notifiee_le))


def exiger_dates(depuis: date, aujourd_hui: date, **jours: date) -> None:
    """Chaque jour est entre `depuis` et aujourd’hui, inclus. Lève `DatesRefusees`, champ par champ."""
    fautes = {
        nom: f"Il faut un jour entre le {depuis:%d/%m/%Y} et aujourd’hui."
        for nom, jour in jours.items()
        if not depuis <= jour <= aujourd_hui
    }
    if fautes:
        raise DatesRefusees(fautes)


class DatesRefusees(PassageRefuse):
    """Des dates qui ne se peuvent pas ; `fautes` : champ → phrase."""

    def __init__(self, fautes: dict[str, str]) -> None:
        super().__init__(" ".join(fautes.values()))
        self.fautes = fautes
