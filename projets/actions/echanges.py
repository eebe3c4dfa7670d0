"""Après le dépôt : écrire un message, demander un complément. Un message se dit dans un courriel groupé ; un
complément, qui fixe un délai, dans un courriel à lui, aussitôt.
"""

from collections.abc import Iterable
from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Personne
from comptes.states import Role
from config.socle.journal import journaliser
from projets.actions.collisions import refuser_si_change
from projets.actions.motiver import exiger_un_motif
from projets.models import DemandeDeComplement, MessageDuProjet, Projet
from projets.notifications.complement import complement_demande
from projets.permissions import charges_de, echange_sur, instructeurs_de, instruit
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF
from projets.states import CYCLE_PROJET

COMPLEMENT_DEMANDE = "Complément demandé."
COMPLEMENT_SANS_ADRESSE = (
    "Complément demandé, mais l’organisme n’a ni compte ni adresse électronique : personne n’en est prévenu. "
    "Écrivez-lui par courrier."
)


@transaction.atomic
def ecrire_un_message(*, auteur: Personne, projet: Projet, texte: str) -> MessageDuProjet:
    """Écrit au service, ou au porteur ; le dernier message envoyé deux fois ne s’écrit qu’une.

    Lève `PermissionDenied`, `ValidationError` si le message est vide.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not echange_sur(auteur, verrouille):
        raise PermissionDenied
    dernier = verrouille.messages.last()
    if dernier and (dernier.auteur_id, dernier.texte) == (auteur.pk, texte.strip()):  # un second clic
        return dernier
    message = MessageDuProjet(projet=verrouille, auteur=auteur, texte=texte.strip())
    message.full_clean()
    message.save()
    journaliser(auteur=auteur, acte="ecrire_un_message", objet=verrouille, apres={"message": message.pk})
    prevenir_l_autre_cote(verrouille, auteur, f"{auteur} vous a écrit au sujet de « {verrouille.intitule} ».")
    return message


@transaction.atomic
def demander_un_complement(
    *, auteur: Personne, projet: Projet, texte: str, echeance: date, vu: int | None = None
) -> DemandeDeComplement:
    """Le projet devient incomplet : le porteur peut de nouveau l’écrire, et le rendre complété. La même demande
    envoyée deux fois n’en fait qu’une. `vu` : voir `projets.actions.collisions`. Rend la demande, qui porte
    `prevenus` : les adresses où elle part, aucune si l’organisme n’est joignable nulle part.

    Lève `PermissionDenied`, `PassageRefuse` dans le mauvais état, `ValidationError` (texte, échéance).
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    en_cours = verrouille.demandes.filter(repondue_le__isnull=True).first()
    if en_cours and (en_cours.demandee_par_id, en_cours.texte) == (auteur.pk, texte.strip()):  # un second clic
        en_cours.prevenus = adresses_du_porteur(verrouille)
        return en_cours
    refuser_si_change(verrouille, auteur, vu)
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
    verrouille.version += 1  # une page de dépôt restée ouverte ne rend pas le complément sans qu’on l’ait relue
    verrouille.save(update_fields=["etat", "version"])
    journaliser(
        auteur=auteur,
        acte="demander_une_piece",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "echeance": echeance},
    )
    demande.prevenus = adresses_du_porteur(verrouille)
    for adresse in demande.prevenus:
        deposer_courriel(message=complement_demande(demande, adresse))
    return demande


@transaction.atomic
def lever_la_demande(
    *, auteur: Personne, projet: Projet, motif: str, vu: int | None = None
) -> DemandeDeComplement | None:
    """Le service n’attend plus le complément : le projet redevient déposé, sa dernière copie fait foi, le délai de
    rejet reprend ce jour. Le porteur lit le motif. Rend la demande levée.

    Lève `PermissionDenied`, `PassageRefuse` dans le mauvais état, `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    refuser_si_change(verrouille, auteur, vu)
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("reprendre_sans_complement", verrouille.etat)
    motif = exiger_un_motif(motif, LONGUEUR_D_UN_MOTIF)
    demande = verrouille.demandes.filter(repondue_le__isnull=True).first()
    if demande:
        demande.repondue_le, demande.levee_par = timezone.now(), auteur
        demande.save(update_fields=["repondue_le", "levee_par"])
    verrouille.version += 1  # une page de dépôt restée ouverte ne rend plus de complément
    verrouille.save(update_fields=["etat", "version"])
    journaliser(
        auteur=auteur,
        acte="reprendre_sans_complement",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "motif": motif},
    )
    texte = f"Le complément demandé sur «\u00a0{verrouille.intitule}\u00a0» n’est plus attendu."
    prevenir_l_autre_cote(verrouille, auteur, texte)
    return demande


def adresses_du_porteur(projet: Projet) -> list[str]:
    """Où joindre l’organisme : ses personnes qui ont un compte ouvert, et l’adresse de sa fiche. Vide : nulle part."""
    membres = Personne.objects.filter(is_active=True, role=Role.PORTEUR, adhesions__organisme=projet.organisme_id)
    adresses = [*membres.order_by("pk").values_list("email", flat=True), projet.organisme.courriel.lower()]
    return list(dict.fromkeys(filter(None, adresses)))


def interlocuteurs(projet: Projet, *, sauf: Personne) -> Iterable[Personne]:
    """À qui écrit un agent : les membres de l’organisme. À qui écrit un membre : ceux qui sont chargés du projet
    aujourd’hui (`charges_de`) et qui est déjà intervenu ; à tous les pilotes s’il n’y a personne, pour qu’aucun
    message ne se perde. Jamais à qui s’en est déporté.
    """
    if sauf.est_agent:
        membres = Personne.objects.filter(is_active=True, role=Role.PORTEUR).exclude(pk=sauf.pk)
        return membres.filter(adhesions__organisme=projet.organisme_id)
    instruisent = instructeurs_de(projet)
    intervenus = Q(pk__in=projet.demandes.values("demandee_par")) | Q(pk__in=projet.messages.values("auteur"))
    vises = instruisent.filter(intervenus | Q(pk__in=charges_de(projet).values("pk")))
    return list(vises) or instruisent


def prevenir_l_autre_cote(projet: Projet, auteur: Personne, texte: str) -> None:
    """Un avis à chaque interlocuteur ; le lien est commun aux deux côtés, il mène chacun à sa fiche."""
    lien = reverse("projets:projet", args=[projet.pk])
    prevenir(personnes=interlocuteurs(projet, sauf=auteur), texte=texte, lien=lien)
