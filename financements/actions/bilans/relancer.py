"""Relancer les organismes dont un bilan est attendu : 30 et 7 jours avant l’échéance, 1 et 30 jours après."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Adhesion, Personne
from comptes.states import Role
from config.socle.journal import journaliser_en_lot
from financements.models import Bilan, RelanceDeBilan
from financements.notifications.bilan import relance_du_bilan
from financements.rules.bilan import RATTRAPAGE, RELANCES, relance_du_jour
from projets.models import AppelAProjets


def relancer_les_bilans(instant: datetime) -> int:
    """Un courriel par personne et par relance, qui liste ses bilans ; passé l’échéance, un avis aux agents.

    Sans danger à repasser : chaque relance d’un bilan est une ligne. Rend le nombre de bilans relancés.
    """
    jour = timezone.localdate(instant)
    debut = jour - timedelta(days=max(RELANCES) + RATTRAPAGE)
    proches = Bilan.objects.attendus().filter(du_le__range=(debut, jour - timedelta(days=min(RELANCES))))
    par_relance: dict[tuple[int, int], list[int]] = defaultdict(list)
    for pk, du_le in proches.order_by("pk").values_list("pk", "du_le"):
        jours = relance_du_jour(du_le, jour)
        if jours is not None:
            par_relance[jours, du_le.toordinal()].append(pk)
    return sum(_relancer(jours, cles) for (jours, _), cles in sorted(par_relance.items()))


@transaction.atomic
def _relancer(jours: int, cles: Sequence[int]) -> int:
    """Les bilans qui n’ont pas encore eu cette relance ; verrouillés, deux passages n’en font qu’une."""
    verrouilles = Bilan.objects.attendus().select_for_update(of=("self",)).filter(pk__in=cles)
    bilans = list(verrouilles.select_related("action__projet__organisme", "action__projet__appel").order_by("pk"))
    deja = set(RelanceDeBilan.objects.filter(bilan__in=bilans, jours=jours).values_list("bilan", "pour_le"))
    neufs = [bilan for bilan in bilans if (bilan.pk, bilan.du_le) not in deja]
    if not neufs:
        return 0
    RelanceDeBilan.objects.bulk_create(RelanceDeBilan(bilan=b, jours=jours, pour_le=b.du_le) for b in neufs)
    journaliser_en_lot(
        auteur=None, acte="relancer_le_bilan", lignes=[(b, None, {"jours": jours, "du_le": b.du_le}) for b in neufs]
    )
    for personne, siens in _par_personne(neufs):
        deposer_courriel(message=relance_du_bilan(personne, siens, jours))
    if jours > 0:
        _alerter(neufs)
    return len(neufs)


def _par_personne(bilans: Sequence[Bilan]) -> Iterable[tuple[Personne, list[Bilan]]]:
    """Chaque membre et les bilans de ses organismes ; un compte fermé ne reçoit rien."""
    par_organisme: dict[int, list[Bilan]] = defaultdict(list)
    for bilan in bilans:
        par_organisme[bilan.action.projet.organisme_id].append(bilan)
    actives = Adhesion.objects.filter(organisme__in=par_organisme, personne__is_active=True)
    par_personne: dict[Personne, list[Bilan]] = defaultdict(list)
    for adhesion in actives.select_related("personne").order_by("personne", "pk"):
        par_personne[adhesion.personne] += par_organisme[adhesion.organisme_id]
    return par_personne.items()


def _alerter(bilans: Sequence[Bilan]) -> None:
    """Un avis par appel à chaque pilote et agent des finances, et à chaque instructeur pour ses territoires."""
    par_appel: dict[AppelAProjets, list[Bilan]] = defaultdict(list)
    for bilan in bilans:
        par_appel[bilan.action.projet.appel].append(bilan)
    service = list(Personne.objects.filter(role__in=[Role.PILOTE, Role.FINANCES], is_active=True).order_by("pk"))
    for appel, siens in par_appel.items():
        lien = f"{reverse('financements:bilans', args=[appel.slug])}?etat=retard"
        prevenir(personnes=service, texte=_phrase(len(siens), appel), lien=lien)
        projets = [bilan.action.projet_id for bilan in siens]
        couples = Personne.objects.filter(
            role=Role.INSTRUCTEUR, is_active=True, territoires__parts_projets__projet__in=projets
        ).values_list("pk", "territoires__parts_projets__projet")
        comptes = Counter(pk for pk, projet in set(couples) if projet in set(projets))
        instructeurs = Personne.objects.in_bulk(list(comptes))
        for pk, combien in sorted(comptes.items()):
            prevenir(personnes=[instructeurs[pk]], texte=_phrase(combien, appel), lien=lien)


def _phrase(combien: int, appel: AppelAProjets) -> str:
    if combien == 1:
        return f"Un bilan est en retard pour «\u00a0{appel}\u00a0»."
    return f"{combien} bilans sont en retard pour «\u00a0{appel}\u00a0»."
