"""Rappeler l’échéance aux porteurs qui ont un brouillon : sept jours avant, puis la veille."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from projets.models import AppelAProjets, Projet
from projets.notifications.rappel import rappel_d_echeance
from projets.states import EtatProjet

RAPPELS = (7, 1)  # jours avant la clôture


def rappeler_les_echeances(instant: datetime) -> int:
    """Un courriel par personne et par appel, qui liste ses brouillons ; jamais deux fois le même rappel.

    Sans danger à repasser : chaque rappel a sa clé. Rend le nombre de courriels déposés.
    """
    faits = 0
    for appel in AppelAProjets.objects.ouverts().filter(ferme_le__lte=instant + timedelta(days=max(RAPPELS))):
        jours = min(jours for jours in RAPPELS if appel.ferme_le <= instant + timedelta(days=jours))
        for personne, projets in _brouillons_par_personne(appel):
            deposer_courriel(message=rappel_d_echeance(personne, appel, projets, jours))
            faits += 1
    return faits


def _brouillons_par_personne(appel: AppelAProjets) -> Iterable[tuple[Personne, list[Projet]]]:
    brouillons = Projet.objects.filter(appel=appel, etat=EtatProjet.BROUILLON)
    personnes = Personne.objects.filter(is_active=True, adhesions__organisme__projets__in=brouillons).distinct()
    for personne in personnes.order_by("pk"):
        siens = brouillons.filter(organisme__adhesions__personne=personne)
        yield personne, list(siens.select_related("organisme").order_by("intitule_tri"))
