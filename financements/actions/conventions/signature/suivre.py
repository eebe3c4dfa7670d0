"""Suivre une demande de signature : la déposer, la relever, dire au prestataire qu’on y renonce.

Rien ne se demande au prestataire pendant une transaction : on prend la demande, on lui parle, puis on écrit ce qu’il a
dit, si elle est encore en cours.
"""

import hashlib
import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.notifications.message import adresse_entiere
from financements.actions.conventions.signature.conclure import echouer, franchir
from financements.actions.conventions.signature.recevoir import recevoir
from financements.models import Convention, DemandeDeSignature
from financements.registre import client
from financements.registre.cachet import est_regle
from financements.registre.client import Depot, PrestataireMuet, PrestataireRefuse
from financements.registre.lecture import Releve, Sort
from financements.states.execution import EtatConvention, EtatSignature

RELEVE = timedelta(minutes=10)  # entre deux relevés ; une notification du prestataire n’attend pas
SURSIS = timedelta(days=3)  # laissés au prestataire pour dire lui-même qu’une demande a expiré
BAIL = timedelta(minutes=3)  # plus les délais réglés : au-delà, qui suivait la demande est tenu pour mort
ECHANGES_D_UN_PAS = 2
ESSAIS_ADMIS = 8  # d’un dépôt ou d’une annulation sans réponse : quatre heures, de plus en plus espacés
ATTENTE_MAXIMALE = 60  # minutes entre deux essais
SANS_RAISON = "Le prestataire n’en dit pas la raison."
IMPREVUE = "une erreur imprévue, qui est consignée"
journal = logging.getLogger(__name__)


def suivre_la_signature(*, pk: int) -> None:
    """Fait le pas que la demande attend. Livré deux fois, ou par deux processus, un seul parle au prestataire."""
    demande = _prendre(pk) if est_regle() else None
    if demande is None:
        return
    try:
        _faire_le_pas(demande)
    except PrestataireRefuse as refus:
        _refusee(demande, str(refus) or SANS_RAISON)
    except PrestataireMuet as panne:
        journal.warning("Le prestataire de signature n’a pas répondu pour %s : %s", demande.reference, panne)
        _sans_reponse(demande, str(panne))
    except Exception:  # la demande ne se perd pas : elle se reprend, et l’écran le dit
        journal.exception("Le suivi de la demande de signature n° %s a échoué", pk)
        _sans_reponse(demande, IMPREVUE)
    else:
        _rendre(demande, 0, "", timezone.now() + RELEVE)


def _prendre(pk: int) -> DemandeDeSignature | None:
    """La demande, à nous pour le temps du bail ; None s’il n’y a rien à faire, ou si un autre processus l’a."""
    maintenant = timezone.now()
    libres = Q(suivie_jusqu_a=None) | Q(suivie_jusqu_a__lte=maintenant)
    bail = BAIL + timedelta(seconds=settings.SIGNATURE_DELAI) * ECHANGES_D_UN_PAS
    if not DemandeDeSignature.objects.a_suivre().filter(libres, pk=pk).update(suivie_jusqu_a=maintenant + bail):
        return None
    liees = ("convention__action__projet__organisme", "avenant", "demandee_par")
    return DemandeDeSignature.objects.select_related(*liees).get(pk=pk)


def _rendre(demande: DemandeDeSignature, essais: int, defaut: str, prochain: datetime) -> None:
    """Fin du bail. L’heure du prochain essai reste celle d’une annulation arrivée entre-temps."""
    sienne = DemandeDeSignature.objects.filter(pk=demande.pk)
    sienne.update(suivie_jusqu_a=None)
    sienne.filter(annulation_a_dire=demande.annulation_a_dire).update(
        essais=essais, defaut=defaut[:200], prochain_essai_le=prochain
    )


def _faire_le_pas(demande: DemandeDeSignature) -> None:
    """Lève `PrestataireMuet`, `PrestataireRefuse`."""
    if demande.annulation_a_dire:
        client.annuler(str(demande.reference))
        _ne_plus_dire(demande)
    elif demande.etat == EtatSignature.A_ENVOYER:
        _deposer(demande)
    else:
        _constater(demande, client.relever(demande.identifiant, str(demande.reference)))


def _deposer(demande: DemandeDeSignature) -> None:
    objet = demande.avenant or demande.convention
    with objet.fichier.open("rb") as lu:
        pdf = lu.read()
    if hashlib.sha256(pdf).hexdigest() != demande.empreinte:
        echouer(demande, "Le PDF a changé depuis la demande\u00a0: envoyez-le de nouveau.")
        return
    organisme = demande.convention.action.projet.organisme
    signataire = dict(objet.contenu or {}).get("signataires") or [["", ""]]
    depot = Depot(
        reference=str(demande.reference),
        intitule=str(objet),
        organisme={"nom": organisme.representant_nom or organisme.nom, "courriel": organisme.courriel},
        departement={"nom": settings.NOM_DEPARTEMENT, "qualite": signataire[0][1]},
        expire_le=demande.expire_le,
        notification=adresse_entiere(reverse("financements:notification_de_signature")),
        pdf=pdf,
    )
    _noter_le_depot(demande, client.deposer(depot))


@transaction.atomic
def _noter_le_depot(demande: DemandeDeSignature, identifiant: str) -> None:
    """Déposée ; annulée entre-temps, elle garde l’identifiant, et l’annulation reste à dire."""
    if demande.avenant_id is None:
        editees = Convention.objects.filter(pk=demande.convention_id, etat=EtatConvention.EDITEE)
        editees.update(transmise_le=timezone.localdate())
    quand = {"identifiant": identifiant, "deposee_le": timezone.now()}
    if franchir(demande, "deposer", acte="deposer_une_demande_de_signature", **quand) is None:
        DemandeDeSignature.objects.filter(pk=demande.pk).update(**quand)


def _constater(demande: DemandeDeSignature, releve: Releve) -> None:
    """Écrit ce que dit le relevé."""
    DemandeDeSignature.objects.filter(pk=demande.pk).update(relevee_le=timezone.now())
    if releve.sort == Sort.SIGNEE:
        recevoir(demande, releve)
    elif releve.sort == Sort.REFUSEE:
        motif = releve.motif or SANS_RAISON
        franchir(demande, "refuser", acte="constater_un_refus_de_signature", motif=motif)
    elif releve.sort == Sort.EXPIREE:
        _expirer(demande, releve.motif or f"Personne n’a signé avant le {demande.expire_le:%d/%m/%Y}.")
    elif releve.sort == Sort.ANNULEE:
        echouer(demande, f"Annulée chez le prestataire. {releve.motif or SANS_RAISON}")
    elif _a_trop_attendu(demande):
        _expirer_de_nous_memes(demande)


def _a_trop_attendu(demande: DemandeDeSignature) -> bool:
    return demande.etat == EtatSignature.EN_ATTENTE and demande.expire_le + SURSIS < timezone.localdate()


def _expirer(demande: DemandeDeSignature, motif: str, *, a_dire: bool = False) -> None:
    acte = "constater_l_expiration_d_une_signature"
    franchir(demande, "expirer", acte=acte, motif=motif, annulation_a_dire=a_dire, essais=0)


def _expirer_de_nous_memes(demande: DemandeDeSignature) -> None:
    _expirer(demande, f"Personne n’a signé avant le {demande.expire_le:%d/%m/%Y}.", a_dire=True)


def _refusee(demande: DemandeDeSignature, motif: str) -> None:
    """Le prestataire ne fera pas ce qu’on lui demande : redemander n’y changerait rien."""
    if demande.annulation_a_dire:  # signée, refusée ou expirée chez lui, ou jamais connue : plus personne n’y signe
        journal.warning("Le prestataire refuse d’annuler la demande de signature %s : %s", demande.reference, motif)
        _ne_plus_dire(demande)
    else:
        echouer(demande, f"Le prestataire refuse la demande. {motif}")
    _rendre(demande, 0, "", timezone.now() + RELEVE)


def _sans_reponse(demande: DemandeDeSignature, defaut: str) -> None:
    """À reprendre plus tard ; au bout du compte, un dépôt échoue, et une annulation n’insiste plus."""
    essais = demande.essais + 1
    if _a_trop_attendu(demande):
        _expirer_de_nous_memes(demande)
    elif demande.annulation_a_dire and essais >= ESSAIS_ADMIS:
        _ne_plus_dire(demande)
    elif demande.etat == EtatSignature.A_ENVOYER and essais >= ESSAIS_ADMIS:
        motif = f"Le prestataire ne répond pas ({defaut[:200]})\u00a0: envoyez de nouveau la demande plus tard."
        echouer(demande, motif, annulation_a_dire=True, essais=0)  # le dépôt a pu arriver sans que la réponse revienne
    _rendre(demande, essais, defaut, timezone.now() + timedelta(minutes=min(2**essais, ATTENTE_MAXIMALE)))


def _ne_plus_dire(demande: DemandeDeSignature) -> None:
    DemandeDeSignature.objects.filter(pk=demande.pk).update(annulation_a_dire=False)
    demande.annulation_a_dire = False
