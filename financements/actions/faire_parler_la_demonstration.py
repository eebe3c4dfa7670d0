"""Quelques échanges de la démonstration : le porteur d’essai et le service s’écrivent, un avis s’attend au-dehors."""

from collections.abc import Sequence
from datetime import timedelta

from django.utils import timezone

from comptes.states import Role
from financements.actions.ecrire_projets_deposes import Contexte, Ecrit, instructeur_de
from financements.demonstration.instruction.echanges import AVIS_DEMANDE, JOURS_POUR_L_AVIS, MESSAGES
from projets.actions.avis_externe import demander_un_avis_externe
from projets.actions.echanges import ecrire_un_message
from projets.models import AvisExterne, Projet
from projets.states import EtatProjet


def faire_parler(contexte: Contexte, ecrits: Sequence[Ecrit]) -> None:
    """Les messages des projets du porteur d’essai, et un avis extérieur en attente sur le premier projet recevable
    que mène un instructeur.
    """
    for ecrit in ecrits:
        porteur = contexte.deposants.get(ecrit.projet.organisme_id)
        for est_du_porteur, texte in MESSAGES.get(ecrit.projet.etat, ()) if porteur else ():
            auteur = porteur if est_du_porteur and porteur else instructeur_de(contexte, ecrit)
            ecrire_un_message(auteur=auteur, projet=_relu(ecrit), texte=texte)
    recevables = (ecrit for ecrit in ecrits if ecrit.projet.etat == EtatProjet.RECEVABLE)
    menes = (ecrit for ecrit in recevables if instructeur_de(contexte, ecrit).role == Role.INSTRUCTEUR)
    if premier := next(menes, None):
        echeance = timezone.localdate() + timedelta(days=JOURS_POUR_L_AVIS)
        avis = AvisExterne(projet=_relu(premier), echeance=echeance, montre_resume=True, **AVIS_DEMANDE)
        demander_un_avis_externe(auteur=instructeur_de(contexte, premier), avis=avis, documents=[])


def _relu(ecrit: Ecrit) -> Projet:
    return Projet.objects.get(pk=ecrit.projet.pk)
