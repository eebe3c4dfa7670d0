"""Le calcul d’une sélection ; et remettre en route les travaux dont le processus est mort ou le message perdu."""

import shutil
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from celery import shared_task
from django.db.models import QuerySet
from django.utils import timezone

from config.socle.execution import executer, mettre_en_file, reprendre_les_muets
from config.socle.messages_en_file import attendus_par_tache
from config.socle.models import Travail
from financements.actions.arbitrage.calculer import faire_le_calcul
from financements.actions.bilans.ouvrir import ouvrir_les_bilans_de_l_annee
from financements.actions.bilans.relancer import relancer_les_bilans
from financements.actions.conventions.caducite import alerter_de_la_caducite
from financements.actions.conventions.lots import faire_le_lot
from financements.actions.conventions.retours import lire_le_retour
from financements.actions.conventions.signature.notifications import oublier_les_notifications
from financements.actions.conventions.signature.suivre import suivre_la_signature
from financements.actions.lettres.lots import relancer_les_non_lues
from financements.actions.suivi.planifier import suivre_les_planifications
from financements.actions.vote.executoire import envoyer_les_notifications
from financements.models import (
    AttestationFse,
    CalculDeSelection,
    CopieDeBilan,
    DemandeDeSignature,
    DocumentDeRapport,
    DocumentDuComite,
    EnvoiDesNotifications,
    ImportDExecution,
    ImportProgramme,
    LotDeConventions,
    LotDeLettres,
    Notification,
    Rapport,
    RetourSigne,
    TirageDeConventions,
    Volume,
)
from financements.states import SorteDeLot
from financements.tasks.assemblee import lancer_le_rapport_a_l_assemblee, produire_le_rapport_a_l_assemblee
from financements.tasks.bilans import lancer_le_pdf, produire_le_pdf
from financements.tasks.comite import lancer_le_document, produire_le_document
from financements.tasks.conventions import lancer_le_tirage, produire_le_tirage
from financements.tasks.execution import importer_un_retour, lancer_le_retour
from financements.tasks.fse import lancer_l_attestation, produire_l_attestation
from financements.tasks.imports import importer_un_programme, lancer_import
from financements.tasks.lettres import lancer_la_lettre, produire_la_lettre, produire_un_lot
from financements.tasks.rapport import atelier, lancer_rapport, produire_rapport, produire_volume
from financements.tasks.signature import lancer_le_suivi

GRACE = timedelta(minutes=20)  # le temps de produire un millier de lettres avant de tenir l’une pour oubliée
PAR_PASSAGE = 100
DEPUIS_UNE_SEMAINE = timedelta(days=7)  # une copie plus ancienne a son PDF, ou l’aura quand on le demandera
GRACE_D_UN_PDF = timedelta(minutes=2)  # seul, produit aussitôt demandé
GRACE_D_UN_SUIVI = timedelta(minutes=5)
OUBLI = 24 * 3600  # secondes : un fichier en cours d’écriture plus vieux est le reste d’un processus mort


@shared_task(name="financements.calculer_une_selection")
def calculer_une_selection(pk: int) -> None:
    """Fait le calcul et crée son scénario. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(CalculDeSelection, pk) as en_main:
        if en_main is not None:
            faire_le_calcul(*en_main)


def lancer_un_calcul(pk: int) -> None:
    """Met le calcul dans la file. Si elle ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(calculer_une_selection, pk, "le calcul")


@shared_task(name="financements.suivre_les_planifications")
def suivre_les_rapports_planifies() -> None:
    """Toutes les dix minutes ; une échéance déjà produite ou annoncée ne l’est pas de nouveau."""
    suivre_les_planifications(timezone.now())


@shared_task(name="financements.notifier_les_decisions")
def notifier_les_decisions(pk: int) -> None:
    """Notifie ce qui reste. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(EnvoiDesNotifications, pk) as en_main:
        if en_main is not None:
            envoyer_les_notifications(*en_main)


def lancer_les_notifications(pk: int) -> None:
    """Met l’envoi dans la file. Si elle ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(notifier_les_decisions, pk, "l’envoi")


@shared_task(name="financements.produire_un_lot_de_lettres")
def produire_un_lot_de_lettres(pk: int) -> None:
    """L’archive, le fichier à imprimer ou la relance. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(LotDeLettres, pk) as en_main:
        if en_main is None:
            return
        lot, suivi = en_main
        if lot.sorte == SorteDeLot.RELANCE:
            relancer_les_non_lues(lot, suivi)
        else:
            produire_un_lot(lot, suivi)


def lancer_un_lot_de_lettres(pk: int) -> None:
    """Met le lot dans la file. Si elle ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_un_lot_de_lettres, pk, "le lot de lettres")


@shared_task(name="financements.reprendre_les_lettres_de_decision")
def reprendre_les_lettres_de_decision() -> None:
    """Remet dans la file les lettres notifiées que personne n’a produites."""
    oubliees = Notification.objects.en_lettres().filter(fichier__isnull=True, notifiee_le__lte=timezone.now() - GRACE)
    _remettre_dans_la_file(oubliees, produire_la_lettre, lancer_la_lettre)


@shared_task(name="financements.faire_un_lot_de_conventions")
def faire_un_lot_de_conventions(pk: int) -> None:
    """Prépare et édite. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(LotDeConventions, pk) as en_main:
        if en_main is not None:
            faire_le_lot(*en_main)


@shared_task(name="financements.lire_un_retour_signe")
def lire_un_retour_signe(pk: int) -> None:
    """Lit les codes d’un exemplaire numérisé. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(RetourSigne, pk) as en_main:
        if en_main is not None:
            lire_le_retour(*en_main)


def lancer_la_lecture(pk: int) -> None:
    """Met la lecture dans la file. Si elle ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(lire_un_retour_signe, pk, "la lecture d’un exemplaire signé")


@shared_task(name="financements.alerter_des_caducites")
def alerter_des_caducites() -> int:
    """Prévient, soixante jours avant, qu’une convention va devenir caduque ; rend combien."""
    return alerter_de_la_caducite(jour=timezone.localdate())


@shared_task(name="financements.suivre_une_signature")
def suivre_une_signature(pk: int) -> None:
    """Dépose, relève ou annule. Livrée deux fois, la tâche ne parle au prestataire qu’une."""
    suivre_la_signature(pk=pk)


@shared_task(name="financements.suivre_les_signatures")
def suivre_les_signatures() -> None:
    """Chaque minute : remet dans la file les demandes dues, repoussées d’abord pour ne pas s’y empiler."""
    maintenant = timezone.now()
    dues = DemandeDeSignature.objects.a_suivre().filter(prochain_essai_le__lte=maintenant)
    for pk in list(dues.order_by("prochain_essai_le").values_list("pk", flat=True)[:PAR_PASSAGE]):
        DemandeDeSignature.objects.filter(pk=pk).update(prochain_essai_le=maintenant + GRACE_D_UN_SUIVI)
        lancer_le_suivi(pk)
    oublier_les_notifications()


def lancer_le_lot_de_conventions(pk: int) -> None:
    """Met le lot dans la file. Si elle ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(faire_un_lot_de_conventions, pk, "le lot de conventions")


@shared_task(name="financements.ouvrir_les_bilans")
def ouvrir_les_bilans() -> None:
    """Chaque heure : au 1er janvier s’ouvrent ceux de l’année finie ; repasser n’en ouvre pas d’autre."""
    ouvrir_les_bilans_de_l_annee(timezone.now())


@shared_task(name="financements.relancer_les_bilans")
def relancer() -> None:
    """Chaque heure ; une relance faite ne se refait pas."""
    relancer_les_bilans(timezone.now())


@shared_task(name="financements.reprendre_les_bilans")
def reprendre_les_bilans() -> None:
    """Remet dans la file les PDF de bilans que personne n’a produits."""
    depuis = (timezone.now() - DEPUIS_UNE_SEMAINE, timezone.now() - GRACE_D_UN_PDF)
    oubliees = CopieDeBilan.objects.filter(pdf__isnull=True, deposee_le__range=depuis)
    _remettre_dans_la_file(oubliees, produire_le_pdf, lancer_le_pdf)


@shared_task(name="financements.reprendre_les_attestations")
def reprendre_les_attestations() -> None:
    """Remet dans la file les PDF d’attestations que personne n’a produits."""
    oubliees = AttestationFse.objects.filter(pdf__isnull=True, etablie_le__lte=timezone.now() - GRACE_D_UN_PDF)
    _remettre_dans_la_file(oubliees, produire_l_attestation, lancer_l_attestation)


def _remettre_dans_la_file(oublies: QuerySet[Any], tache: Any, lancer: Callable[[int], None]) -> None:
    """Les plus anciens d’abord ; ceux dont un message attend auront leur tour."""
    restent = oublies.exclude(pk__in=attendus_par_tache()[tache.name])
    for pk in restent.order_by("pk").values_list("pk", flat=True)[:PAR_PASSAGE]:
        lancer(pk)


# Travail → sa tâche, et ce qui la remet dans la file. Un volume qui attend compte pour son rapport.
REPRISES: tuple[tuple[type[Travail], Any, Callable[[int], None]], ...] = (
    (Rapport, produire_rapport, lancer_rapport),
    (ImportProgramme, importer_un_programme, lancer_import),
    (ImportDExecution, importer_un_retour, lancer_le_retour),
    (CalculDeSelection, calculer_une_selection, lancer_un_calcul),
    (DocumentDuComite, produire_le_document, lancer_le_document),
    (DocumentDeRapport, produire_le_rapport_a_l_assemblee, lancer_le_rapport_a_l_assemblee),
    (EnvoiDesNotifications, notifier_les_decisions, lancer_les_notifications),
    (LotDeLettres, produire_un_lot_de_lettres, lancer_un_lot_de_lettres),
    (RetourSigne, lire_un_retour_signe, lancer_la_lecture),
    (LotDeConventions, faire_un_lot_de_conventions, lancer_le_lot_de_conventions),
    (TirageDeConventions, produire_le_tirage, lancer_le_tirage),
)


@shared_task(name="financements.reprendre_les_travaux")
def reprendre_les_travaux() -> None:
    """Reprend les travaux muets dont aucun message n’attend : les autres auront leur tour."""
    attendus = attendus_par_tache()
    volumes = Volume.objects.filter(pk__in=attendus[produire_volume.name])
    attendus[produire_rapport.name].update(volumes.values_list("rapport", flat=True))
    for modele, tache, lancer in REPRISES:
        reprendre_les_muets(modele, lancer, sauf=attendus[tache.name])
    balayer_l_atelier(atelier())


def balayer_l_atelier(dossier: Path) -> list[str]:
    """Supprime les restes d’écritures interrompues ; rend leurs noms."""
    limite = time.time() - OUBLI
    restes = [reste for reste in dossier.iterdir() if reste.stat().st_mtime < limite]
    for reste in restes:
        shutil.rmtree(reste, ignore_errors=True)
    return [reste.name for reste in restes]
