"""Rappeler l’échéance aux porteurs qui ont un brouillon : sept jours avant, puis la veille."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Q

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Adhesion, Personne
from projets.models import Projet, Prolongation
from projets.notifications.rappel import rappel_d_echeance
from projets.rules.calendrier import depot_est_possible
from projets.states import EtatProjet

RAPPELS = (7, 1)  # jours avant la fin du dépôt


def rappeler_les_echeances(instant: datetime) -> int:
    """Un courriel par personne, par appel et par fin de dépôt, qui liste ses brouillons ; jamais deux fois le même.

    Sans danger à repasser : chaque rappel a sa clé. Rend le nombre de courriels déposés.
    """
    faits = 0
    for (_, fin), projets in _brouillons_par_fin(instant).items():
        jours = min(jours for jours in RAPPELS if fin <= instant + timedelta(days=jours))
        for personne, organismes in _par_personne(projets):
            siens = [projet for projet in projets if projet.organisme_id in organismes]
            deposer_courriel(message=rappel_d_echeance(personne, siens, fin=fin, jours=jours))
            faits += 1
    return faits


def _brouillons_par_fin(instant: datetime) -> dict[tuple[int, datetime], list[Projet]]:
    """Les brouillons dont le dépôt se termine dans sept jours au plus, par appel et fin pour leur organisme."""
    limite = instant + timedelta(days=max(RAPPELS))
    en_vigueur = Prolongation.objects.en_vigueur().filter(jusqu_au__gt=instant)
    prolonges = {(p.appel_id, p.organisme_id): p.jusqu_au for p in en_vigueur}
    bientot = Q(appel__ferme_le__gt=instant, appel__ferme_le__lte=limite)
    brouillons = Projet.objects.filter(
        bientot | Q(appel__in={appel for appel, _ in prolonges}), etat=EtatProjet.BROUILLON
    )
    par_fin: dict[tuple[int, datetime], list[Projet]] = defaultdict(list)
    for projet in brouillons.select_related("appel", "organisme").order_by("appel", "intitule_tri", "pk"):
        prolonge = prolonges.get((projet.appel_id, projet.organisme_id))
        fin = max(filter(None, [projet.appel.ferme_le, prolonge]))
        if fin <= limite and depot_est_possible(projet.appel.calendrier, instant, prolonge):
            par_fin[projet.appel_id, fin].append(projet)
    return par_fin


def _par_personne(projets: Iterable[Projet]) -> Iterable[tuple[Personne, set[int]]]:
    """Chaque personne et ceux des organismes de ces projets qui sont les siens ; un compte fermé ne reçoit rien."""
    organismes = {projet.organisme_id for projet in projets}
    actives = Adhesion.objects.filter(organisme__in=organismes, personne__is_active=True)
    par_personne: dict[Personne, set[int]] = {}
    for adhesion in actives.select_related("personne").order_by("personne", "pk"):
        par_personne.setdefault(adhesion.personne, set()).add(adhesion.organisme_id)
    return par_personne.items()
