"""Après le dépôt : écrire un message, demander un complément. Chacun est prévenu, par un courriel groupé."""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Personne
from config.socle.journal import journaliser
from projets.models import DemandeDeComplement, MessageDuProjet, Projet
from projets.permissions import echange_sur, instruit
from projets.states import CYCLE_PROJET


@transaction.atomic
def ecrire_un_message(*, auteur: Personne, projet: Projet, texte: str) -> MessageDuProjet:
    """Écrit au service, ou au porteur. Lève `PermissionDenied`, `ValidationError` si le message est vide."""
    verrouille = _verrouiller(projet)
    if not echange_sur(auteur, verrouille):
        raise PermissionDenied
    message = MessageDuProjet(projet=verrouille, auteur=auteur, texte=texte.strip())
    message.full_clean()
    message.save()
    journaliser(auteur=auteur, acte="ecrire_un_message", objet=verrouille, apres={"message": message.pk})
    prevenir(
        personnes=interlocuteurs(verrouille, sauf=auteur),
        texte=f"{auteur} vous a écrit au sujet de « {verrouille.intitule} ».",
        lien=_page(verrouille),
    )
    return message


@transaction.atomic
def demander_un_complement(*, auteur: Personne, projet: Projet, texte: str, echeance: date) -> DemandeDeComplement:
    """Le projet devient incomplet : le porteur peut de nouveau l’écrire, et le rendre complété.

    Lève `PermissionDenied`, `PassageRefuse` dans le mauvais état, `ValidationError` (texte, échéance).
    """
    verrouille = _verrouiller(projet)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("demander_une_piece", verrouille.etat)
    demande = DemandeDeComplement(
        projet=verrouille,
        texte=texte.strip(),
        echeance=echeance,
        demandee_par=auteur,
        demandee_le=timezone.now(),
    )
    demande.full_clean()
    demande.save()
    verrouille.save(update_fields=["etat"])
    journaliser(
        auteur=auteur,
        acte="demander_une_piece",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "echeance": echeance},
    )
    prevenir(
        personnes=interlocuteurs(verrouille, sauf=auteur),
        texte=f"Complément demandé avant le {echeance:%d/%m/%Y} sur « {verrouille.intitule} ».",
        lien=_page(verrouille),
    )
    return demande


def interlocuteurs(projet: Projet, *, sauf: Personne) -> Iterable[Personne]:
    """À qui écrit un agent : les membres de l’organisme ; à qui écrit un membre : les instructeurs du territoire."""
    if sauf.est_agent:
        personnes = Personne.objects.filter(adhesions__organisme=projet.organisme_id)
    else:
        personnes = Personne.objects.filter(role="instructeur", territoires__parts_projets__projet=projet)
    return personnes.filter(is_active=True).exclude(pk=sauf.pk).distinct()


def _verrouiller(projet: Projet) -> Projet:
    return Projet.objects.select_for_update(of=("self",)).select_related("organisme", "appel").get(pk=projet.pk)


def _page(projet: Projet) -> str:
    """L’adresse commune aux deux : elle mène chacun à sa fiche."""
    return reverse("projets:projet", args=[projet.pk])
