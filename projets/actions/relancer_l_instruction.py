"""Ce que l’horloge dit de l’instruction : un complément attendu ou en retard, un rejet implicite qui approche."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import cast

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Personne
from comptes.states import Role
from projets.models import DemandeDeComplement, Projet, RappelFait
from projets.permissions import charges_de, instructeurs_de
from projets.rules.delais import ALERTE
from projets.states import NON_DECIDES

VEILLE, LENDEMAIN, REJET = RappelFait.Sorte.VEILLE, RappelFait.Sorte.LENDEMAIN, RappelFait.Sorte.REJET


def rappeler_les_complements(instant: datetime) -> int:
    """La veille de l’échéance au porteur, le lendemain aux deux côtés ; une fois chacun. Rend le nombre de rappels."""
    jour = timezone.localdate(instant)
    en_cours = DemandeDeComplement.objects.filter(repondue_le__isnull=True).select_related("projet__appel")
    faits = 0
    for demande in en_cours.filter(echeance=jour + timedelta(days=1)).order_by("pk"):
        texte = f"Le complément de «\u00a0{demande.projet.intitule}\u00a0» est à rendre demain au plus tard."
        faits += _une_fois(demande.projet, VEILLE, demande.echeance, _membres(demande.projet), texte)
    for demande in en_cours.filter(echeance__lt=jour).order_by("pk"):
        texte = (
            f"Le complément de «\u00a0{demande.projet.intitule}\u00a0» était attendu le {demande.echeance:%d/%m/%Y}."
        )
        personnes = [*_membres(demande.projet), *_instruction(demande.projet, jour)]
        faits += _une_fois(demande.projet, LENDEMAIN, demande.echeance, personnes, texte)
    return faits


def alerter_des_rejets(instant: datetime) -> int:
    """Quinze jours avant le rejet implicite, à qui instruit le projet ; une fois par date de rejet. Une suspension qui
    la recule donne droit à une nouvelle alerte.
    """
    jour = timezone.localdate(instant)
    proches = Q(rejet_implicite_le__range=(jour, jour + timedelta(days=ALERTE)))
    projets = Projet.objects.deposes().filter(proches, etat__in=NON_DECIDES).select_related("appel")
    faits = 0
    for projet in projets.order_by("pk").iterator(chunk_size=500):
        rejet_le = cast(date, projet.rejet_implicite_le)  # le filtre l’a voulu
        texte = f"«\u00a0{projet.intitule}\u00a0»\u00a0: rejet implicite le {rejet_le:%d/%m/%Y}."
        faits += _une_fois(projet, REJET, rejet_le, _instruction(projet, jour), texte)
    return faits


@transaction.atomic
def _une_fois(projet: Projet, sorte: str, pour_le: date, personnes: Iterable[Personne], texte: str) -> int:
    """Écrit les avis si ce rappel n’est pas déjà fait ; deux passages simultanés n’en font qu’un."""
    _, est_neuf = RappelFait.objects.get_or_create(projet=projet, sorte=sorte, pour_le=pour_le)
    if est_neuf:
        prevenir(personnes=personnes, texte=texte, lien=reverse("projets:projet", args=[projet.pk]))
    return int(est_neuf)


def _membres(projet: Projet) -> list[Personne]:
    membres = Personne.objects.filter(is_active=True, role=Role.PORTEUR, adhesions__organisme=projet.organisme_id)
    return list(membres.order_by("pk"))


def _instruction(projet: Projet, jour: date) -> list[Personne]:
    """Ceux qui en sont chargés ce jour-là ; à défaut les pilotes, pour que rien ne passe inaperçu."""
    return list(charges_de(projet, jour).order_by("pk")) or list(instructeurs_de(projet, jour).order_by("pk"))
