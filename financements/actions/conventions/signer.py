"""Envoyer une convention à signer, enregistrer les deux signatures, la notifier à l’organisme."""

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.commun import exiger_dates, exiger_sans_demande, signable_depuis, verrouiller
from financements.actions.execution.engager import engager_l_action
from financements.models import Convention
from financements.notifications.convention import A_SIGNER, NOTIFIEE, courriels_de_convention
from financements.states.execution import CYCLE_CONVENTION, EtatConvention


@dataclass(frozen=True, slots=True)
class Signatures:
    """Ce que porte l’exemplaire signé : les deux dates, et qui a signé."""

    organisme_le: date
    departement_le: date
    par_organisme: str = ""
    par_departement: str = ""


@transaction.atomic
def envoyer_a_signer(*, auteur: Personne, convention: Convention) -> Convention:
    """Dit à l’organisme que sa convention l’attend au portail. Rien ne part avant que la décision soit notifiée.

    Lève `PermissionDenied`, `PassageRefuse` (état, PDF pas encore produit, décision pas notifiée).
    """
    lue = verrouiller(auteur, convention)
    if lue.etat != EtatConvention.EDITEE:
        raise PassageRefuse("Seule une convention éditée et pas encore signée s’envoie à signer.")
    if not lue.fichier:
        raise PassageRefuse("Le PDF n’est pas encore produit\u00a0: attendez qu’il le soit pour l’envoyer.")
    signable_depuis(lue.action)
    lue.transmise_le = timezone.localdate()
    lue.version += 1
    lue.save(update_fields=["transmise_le", "version"])
    adresses = _prevenir(lue, A_SIGNER)
    journaliser(auteur=auteur, acte="envoyer_une_convention_a_signer", objet=lue, apres={"destinataires": adresses})
    return lue


@transaction.atomic
def signer(*, auteur: Personne, convention: Convention, signatures: Signatures, version: int) -> Convention:
    """Enregistre les deux signatures : ni avant l’exécutoire, ni avant la notification, ni demain.

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse`, `DatesRefusees`, `ValidationError`.
    """
    lue = verrouiller(auteur, convention, version)
    avant = {"etat": str(lue.etat)}
    etat = CYCLE_CONVENTION.franchir("signer", lue.etat)
    exiger_sans_demande(lue)
    exiger_dates(
        signable_depuis(lue.action),
        timezone.localdate(),
        organisme_le=signatures.organisme_le,
        departement_le=signatures.departement_le,
    )
    lue.etat = etat
    lue.signee_organisme_le, lue.signee_departement_le = signatures.organisme_le, signatures.departement_le
    lue.signataire_organisme = signatures.par_organisme.strip()
    lue.signataire_departement = signatures.par_departement.strip()
    lue.version += 1
    lue.full_clean()
    lue.save()
    apres = {
        "etat": str(lue.etat),
        "engagement": _engager(auteur, lue),
        "signee_organisme_le": lue.signee_organisme_le,
        "signee_departement_le": lue.signee_departement_le,
    }
    journaliser(auteur=auteur, acte="signer_une_convention", objet=lue, avant=avant, apres=apres)
    return lue


@transaction.atomic
def notifier(*, auteur: Personne, convention: Convention) -> Convention:
    """Envoie à l’organisme la convention signée des deux, une fois. Lève `PermissionDenied`, `PassageRefuse`."""
    lue = verrouiller(auteur, convention)
    if lue.etat != EtatConvention.SIGNEE:
        raise PassageRefuse("Une convention se notifie une fois signée des deux parties.")
    if lue.notifiee_le is not None:
        raise PassageRefuse(f"Cette convention est déjà notifiée, le {lue.notifiee_le:%d/%m/%Y}.")
    lue.notifiee_le = timezone.localdate()
    lue.version += 1
    lue.save(update_fields=["notifiee_le", "version"])
    journaliser(
        auteur=auteur, acte="notifier_une_convention", objet=lue, apres={"destinataires": _prevenir(lue, NOTIFIEE)}
    )
    return lue


def _engager(auteur: Personne, convention: Convention) -> str:
    """Engage l’action signée si ses crédits sont affectés ; sinon le journal dit pourquoi, et la signature reste."""
    try:
        with transaction.atomic():
            faite = engager_l_action(auteur=auteur, action=convention.action)
    except PassageRefuse as refus:
        return str(refus)
    return "fait" if faite else "déjà fait"


def _prevenir(convention: Convention, quoi: str) -> list[str]:
    """Les adresses où un courriel part ; vide si l’organisme n’en a pas."""
    messages = courriels_de_convention(convention, quoi)
    for message in messages:
        deposer_courriel(message=message)
    return [message.destinataire for message in messages]
