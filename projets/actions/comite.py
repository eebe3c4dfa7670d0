"""Retirer un projet du comité : ce qui défait « présenter », tant que l’appel n’est pas en arbitrage."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse

from comptes.actions.avis import prevenir
from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.actions.collisions import refuser_si_change
from projets.actions.motiver import exiger_un_motif
from projets.models import AppelAProjets, Projet
from projets.permissions import charges_de, conduit_l_instruction, instruit
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.states import CYCLE_PROJET, NOTES_ARRETEES

ARRETEES = "L’appel est en arbitrage ou au-delà\u00a0: le projet ne se retire plus du comité."


@transaction.atomic
def retirer_du_comite(*, auteur: Personne, projet: Projet, motif: str, vu: int | None = None) -> Projet:
    """Le projet redevient instruit : son avis peut se réviser, puis il se présente de nouveau. Qui le suit l’apprend.

    Lève `PermissionDenied`, `PassageRefuse` (état du projet ou de l’appel ; il a avancé depuis `vu`),
    `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not (conduit_l_instruction(auteur) and instruit(auteur, verrouille)):
        raise PermissionDenied
    refuser_si_change(verrouille, auteur, vu)
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("retirer_du_comite", verrouille.etat)
    # L’appel verrouillé : il ne passe pas en arbitrage pendant que l’on y change ce que l’arbitrage lit.
    appel = AppelAProjets.objects.select_for_update(of=("self",), no_key=True).get(pk=verrouille.appel_id)
    if appel.etat in NOTES_ARRETEES:
        raise PassageRefuse(ARRETEES)
    motif = exiger_un_motif(motif, LONGUEUR_D_UN_MOTIF)
    verrouille.save(update_fields=["etat"])
    journaliser(
        auteur=auteur,
        acte="retirer_du_comite",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "motif": motif},
    )
    prevenir(
        personnes=charges_de(verrouille).exclude(pk=auteur.pk),
        texte=f"«\u00a0{verrouille.intitule}\u00a0» est retiré du comité par {auteur}\u00a0: {motif}",
        lien=reverse("projets:projet", args=[verrouille.pk]),
    )
    return verrouille
