"""Ce qui suit le vote : transmettre et publier la délibération, puis notifier, jamais avant qu’elle s’exécute."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from config.socle.execution import EchecDit, Suivi
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.execution.engager import engager
from financements.actions.lettres.ecrire import Ecrivain
from financements.chiffres.deliberation import a_notifier
from financements.chiffres.execution.engagement import actions_a_engager
from financements.models import Decision, Deliberation, Enveloppe, EnvoiDesNotifications, Notification, Tranche
from financements.notifications.decision import courriels_de
from financements.permissions import peut_suivre_la_deliberation
from financements.tasks.lettres import lancer_la_lettre
from projets.models import Projet

PAR_LOT = 50  # notifications par transaction : un envoi interrompu n’en perd ni n’en répète aucune


@transaction.atomic
def dater_la_deliberation(
    *, auteur: Personne, deliberation: Deliberation, transmise_le: date | None, publiee_le: date | None, version: int
) -> Deliberation:
    """Enregistre la transmission au contrôle de légalité et la publication (CGCT L3131-1).

    Lève `PermissionDenied`, `VersionPerimee`, `PassageRefuse` si des décisions sont déjà notifiées, `ValidationError`.
    """
    if not peut_suivre_la_deliberation(auteur):
        raise PermissionDenied
    verrouillee = Deliberation.objects.select_for_update(of=("self",)).get(pk=deliberation.pk)
    exiger_la_version(verrouillee, version)
    if Notification.objects.filter(decision__deliberation=verrouillee).exists():
        raise PassageRefuse("Des décisions sont déjà notifiées\u00a0: ces dates ne changent plus.")
    avant = {"transmise_le": verrouillee.transmise_le, "publiee_le": verrouillee.publiee_le}
    verrouillee.transmise_le, verrouillee.publiee_le = transmise_le, publiee_le
    verrouillee.version += 1
    verrouillee.full_clean()
    verrouillee.save(update_fields=["transmise_le", "publiee_le", "version"])
    journaliser(
        auteur=auteur,
        acte="dater_la_deliberation",
        objet=verrouillee,
        avant=avant,
        apres={"transmise_le": transmise_le, "publiee_le": publiee_le},
    )
    return verrouillee


@transaction.atomic
def demander_l_envoi(*, auteur: Personne, deliberation: Deliberation) -> EnvoiDesNotifications:
    """Prend note de l’envoi ; `planning.lancer_les_notifications` le met dans la file.

    Lève `PermissionDenied`, `PassageRefuse` avant que la délibération soit exécutoire, si tout est notifié ou si un
    envoi est en cours.
    """
    if not peut_suivre_la_deliberation(auteur):
        raise PermissionDenied
    verrouillee = Deliberation.objects.select_for_update(of=("self",)).get(pk=deliberation.pk)
    if not verrouillee.est_executoire(timezone.localdate()):
        raise PassageRefuse("Rien ne se notifie avant que la délibération soit transmise, publiée et exécutoire.")
    restent = a_notifier(verrouillee).count()
    if not restent:
        raise PassageRefuse("Toutes les décisions sont notifiées.")
    try:
        with transaction.atomic():
            envoi = EnvoiDesNotifications.objects.create(deliberation=verrouillee, demande_par=auteur)
    except IntegrityError as erreur:
        raise PassageRefuse("Un envoi est déjà en cours.") from erreur
    journaliser(auteur=auteur, acte="demander_l_envoi", objet=verrouillee, apres={"projets": restent})
    return envoi


def envoyer_les_notifications(envoi: EnvoiDesNotifications, suivi: Suivi) -> None:
    """Notifie ce qui reste, par lots. Lève `TravailAnnule` entre deux lots si on l’a demandé, `EchecDit`."""
    restent = list(a_notifier(envoi.deliberation).values_list("pk", flat=True))
    for debut in range(0, len(restent), PAR_LOT):
        suivi.avancer(100 * debut // len(restent), f"{debut} décisions notifiées sur {len(restent)}", toujours=True)
        _notifier_un_lot(envoi, restent[debut : debut + PAR_LOT])


@transaction.atomic
def _notifier_un_lot(envoi: EnvoiDesNotifications, cles: Sequence[int]) -> None:
    """Notifie, compte, et engage ce qui n’attend pas de convention. Verrouille délibération, enveloppe, puis projets.

    Une action que l’affectation ne couvre pas est notifiée et reste à engager. Lève `EchecDit` si la délibération
    n’est plus exécutoire : ses dates ont pu changer depuis la demande.
    """
    deliberation = Deliberation.objects.select_for_update(of=("self",)).get(pk=envoi.deliberation_id)
    if not deliberation.est_executoire(timezone.localdate()):
        raise EchecDit("La délibération n’est plus exécutoire\u00a0: rien de plus n’est notifié.")
    decisions = list(
        Decision.objects.filter(pk__in=cles, notification__isnull=True)
        .select_related("projet__organisme__commune", "projet__appel", "projet__axe", "deliberation__scenario")
        .order_by("pk")
    )
    projets = [decision.projet_id for decision in decisions]
    enveloppe = Enveloppe.objects.select_for_update(of=("self",)).filter(appel=deliberation.appel_id).first()
    list(Projet.objects.select_for_update(of=("self",)).filter(pk__in=projets).order_by("pk").values_list("pk"))
    tranches: dict[int, list[Tranche]] = {}
    for tranche in Tranche.objects.filter(action__projet__in=projets).select_related("action").order_by("annee"):
        tranches.setdefault(tranche.action.projet_id, []).append(tranche)
    ecrivain = Ecrivain(decisions)
    par_la_poste = 0
    for decision in decisions:
        contenu = ecrivain.contenu(decision, tranches.get(decision.projet_id, []))
        adresses = decision.projet.organisme.destinataires()
        par_la_poste += not (adresses and contenu["a_un_compte"])
        notification = Notification.objects.create(
            decision=decision, contenu=contenu, destinataires=adresses, notifiee_par=envoi.demande_par
        )
        for message in courriels_de(decision, contenu, adresses):
            deposer_courriel(message=message)
        transaction.on_commit(partial(lancer_la_lettre, notification.pk))
        journaliser(
            auteur=envoi.demande_par,
            acte="notifier_la_decision",
            objet=decision.projet,
            apres={"etat": str(decision.projet.etat), "destinataires": adresses},
        )
    Projet.objects.filter(pk__in=projets).update(decision_reservee=False)
    if enveloppe is not None:
        a_engager = actions_a_engager(enveloppe.appel).filter(projet__in=projets)
        engager(auteur=envoi.demande_par, appel=enveloppe.appel, cles=a_engager.values_list("pk", flat=True))
    envoi.notifiees += len(decisions)
    envoi.en_recommande += par_la_poste
    envoi.save(update_fields=["notifiees", "en_recommande"])
