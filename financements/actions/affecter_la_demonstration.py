"""Confier les projets inventés : un chef de file par projet, un associé si l’action va sur plusieurs territoires."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from comptes.models import Personne
from financements.actions.ecrire_projets_deposes import Contexte, Ecrit, instructeur_de
from projets.models import Affectation
from projets.states import EtatProjet, Qualite

A_PERSONNE = 6  # un projet déposé sur tant n’a pas encore de chef de file
DELAI = timedelta(hours=18)  # le lendemain matin de la clôture


def affecter_les_projets(contexte: Contexte, ecrits: Iterable[Ecrit]) -> list[Affectation]:
    """Écrit les affectations, toutes en cours, et les rend ; les projets retirés et quelques déposés n’en ont pas."""
    depuis = contexte.appel.ferme_le + DELAI
    return Affectation.objects.bulk_create(
        affectation
        for ecrit in ecrits
        if ecrit.projet.etat != EtatProjet.RETIRE and not _attend(ecrit)
        for affectation in _affectations(contexte, ecrit, depuis)
    )


def _attend(ecrit: Ecrit) -> bool:
    return ecrit.projet.etat == EtatProjet.DEPOSE and (ecrit.projet.numero or 0) % A_PERSONNE == 0


def _affectations(contexte: Contexte, ecrit: Ecrit, depuis: datetime) -> list[Affectation]:
    """Le chef de file est du territoire principal ; l’associé, du deuxième, si c’est une autre personne."""
    chef = instructeur_de(contexte, ecrit)
    affectations = [_affectation(ecrit, chef, Qualite.CHEF_DE_FILE, depuis)]
    for code, _ in ecrit.demo.parts[1:2]:
        associe = contexte.instructeurs[code]
        if associe.pk != chef.pk:
            une = _affectation(ecrit, associe, Qualite.ASSOCIE, depuis)
            une.territoire = contexte.territoires[code]
            affectations.append(une)
    return affectations


def _affectation(ecrit: Ecrit, qui: Personne, qualite: Qualite, depuis: datetime) -> Affectation:
    return Affectation(projet=ecrit.projet, instructeur=qui, qualite=qualite, depuis=depuis)
