"""Planifier un rapport, le régler ; et, à l’échéance, le produire et prévenir ses destinataires."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.travaux import EtatTravail
from config.socle.versions import exiger_la_version
from financements.actions.rapport import demander_rapport
from financements.chiffres import Perimetre
from financements.models import EcheanceDeRapport, PlanificationDeRapport, Rapport
from financements.notifications.rapport_planifie import courriel_du_rapport
from financements.permissions import peut_demander_un_rapport, peut_lire_les_financements
from financements.rules.planification import echeance_due
from financements.states import SorteDeRapport

ESSAIS_ADMIS = 3


@dataclass(frozen=True)
class Reglages:
    """Ce qu’un rapport planifié produit, quand, pour qui. L’appel est celui du périmètre."""

    perimetre: Perimetre
    sorte: SorteDeRapport
    frequence: str
    destinataires: Sequence[Personne]


@transaction.atomic
def planifier_un_rapport(*, auteur: Personne, reglages: Reglages) -> PlanificationDeRapport:
    """Crée la planification, active. Lève `PermissionDenied` si l’auteur ne demande pas de rapport."""
    if not peut_demander_un_rapport(auteur):
        raise PermissionDenied
    planification = PlanificationDeRapport(appel=reglages.perimetre.appel, creee_par=auteur)
    _ecrire(planification, reglages)
    journaliser(auteur=auteur, acte="planifier_un_rapport", objet=planification, apres=_etat(planification))
    return planification


@transaction.atomic
def regler_la_planification(
    *,
    auteur: Personne,
    planification: PlanificationDeRapport,
    version: int,
    reglages: Reglages,
    est_active: bool,
) -> PlanificationDeRapport:
    """Change la planification. Reprise, elle n’a d’échéance qu’à partir de ce jour.

    Lève `PermissionDenied`, et `VersionPerimee` si quelqu’un l’a réglée depuis `version`.
    """
    if not peut_demander_un_rapport(auteur):
        raise PermissionDenied
    lue = PlanificationDeRapport.objects.select_for_update(of=("self",)).get(pk=planification.pk)
    exiger_la_version(lue, version)
    avant = _etat(lue)
    if est_active and not lue.est_active:
        lue.depuis_le = timezone.localdate()
    lue.est_active = est_active
    lue.version += 1
    _ecrire(lue, reglages)
    journaliser(auteur=auteur, acte="regler_la_planification", objet=lue, avant=avant, apres=_etat(lue))
    return lue


def _ecrire(planification: PlanificationDeRapport, reglages: Reglages) -> None:
    planification.sorte, planification.frequence = reglages.sorte, reglages.frequence
    planification.territoire, planification.axe = reglages.perimetre.territoire, reglages.perimetre.axe
    planification.save()
    planification.destinataires.set(reglages.destinataires)


def _etat(planification: PlanificationDeRapport) -> dict[str, Any]:
    noms = planification.destinataires.order_by("pk").values_list("email", flat=True)
    return {
        "sorte": str(planification.sorte),
        "perimetre": planification.perimetre,
        "frequence": str(planification.frequence),
        "destinataires": list(noms),
        "est_active": planification.est_active,
    }


def suivre_les_planifications(instant: datetime) -> None:
    """Produit ce qui est dû, reprend ce qui a échoué, prévient de ce qui est prêt. Refait, ne refait rien."""
    jour = timezone.localdate(instant)
    for pk in PlanificationDeRapport.objects.filter(est_active=True).order_by("pk").values_list("pk", flat=True):
        _produire(pk, jour)
    ouvertes = EcheanceDeRapport.objects.filter(prevenus_le=None)
    for pk in ouvertes.filter(rapport__etat=EtatTravail.ECHOUE, essais__lt=ESSAIS_ADMIS).values_list("pk", flat=True):
        _reessayer(pk)
    for pk in ouvertes.filter(rapport__etat=EtatTravail.TERMINE).values_list("pk", flat=True):
        _prevenir(pk, instant)


@transaction.atomic
def _produire(pk: int, jour: date) -> None:
    """Demande le rapport de l’échéance due, si personne ne l’a fait."""
    lues = PlanificationDeRapport.objects.select_for_update(of=("self",))
    planification = lues.select_related("appel", "territoire", "axe").get(pk=pk)
    due = echeance_due(planification.frequence, depuis=planification.depuis_le, jour=jour)
    if not planification.est_active or due is None or planification.echeances.filter(jour=due).exists():
        return
    rapport = _demander(planification)
    echeance = EcheanceDeRapport.objects.create(planification=planification, jour=due, rapport=rapport)
    apres = {"echeance": due.isoformat(), "rapport": rapport.pk}
    journaliser(auteur=None, acte="produire_un_rapport_planifie", objet=echeance.planification, apres=apres)


def _demander(planification: PlanificationDeRapport) -> Rapport:
    appel = planification.appel
    perimetre = Perimetre(appel, tuple(appel.annees), planification.territoire, planification.axe)
    return demander_rapport(auteur=None, perimetre=perimetre, sorte=SorteDeRapport(planification.sorte)).rapport


@transaction.atomic
def _reessayer(pk: int) -> None:
    """Redemande un rapport qui a échoué."""
    echeance = EcheanceDeRapport.objects.select_for_update(of=("self",)).get(pk=pk)
    lues = PlanificationDeRapport.objects.select_related("appel", "territoire", "axe")
    if echeance.rapport.etat != EtatTravail.ECHOUE:
        return
    echeance.rapport = _demander(lues.get(pk=echeance.planification_id))
    echeance.essais += 1
    echeance.save(update_fields=["rapport", "essais"])


@transaction.atomic
def _prevenir(pk: int, instant: datetime) -> None:
    """Dépose un courriel par destinataire qui lit encore les financements."""
    echeance = EcheanceDeRapport.objects.select_for_update(of=("self",)).get(pk=pk)
    if echeance.prevenus_le is not None:
        return
    actifs = echeance.planification.destinataires.filter(is_active=True).order_by("pk")
    for personne in filter(peut_lire_les_financements, actifs):
        deposer_courriel(message=courriel_du_rapport(echeance, personne))
    echeance.prevenus_le = instant
    echeance.save(update_fields=["prevenus_le"])
