"""Les courriels de l’entrée dans un organisme."""

from dataclasses import replace

from django.urls import reverse

from comptes.models import DemandeEntree, Invitation, Personne
from comptes.notifications.message import Message, adresse_entiere, composer
from comptes.states import EtatDemande


def demande_faite(demande: DemandeEntree, destinataire: Personne) -> Message:
    """À un responsable (ou un pilote) : quelqu’un demande à entrer."""
    page = "demandes_d_entree" if destinataire.est_agent else "personnes_de_l_organisme"
    arguments = [] if destinataire.est_agent else [demande.organisme_id]
    return composer(
        gabarit="demande_faite",
        destinataire=destinataire.email,
        objet=f"{demande.personne} demande à rejoindre {demande.organisme}",
        contexte={"demande": demande, "lien": adresse_entiere(reverse(page, args=arguments))},
    )


def demande_repondue(demande: DemandeEntree) -> Message:
    """À la personne : sa demande est acceptée ou refusée."""
    est_acceptee = demande.etat == EtatDemande.ACCEPTEE
    return composer(
        gabarit="demande_repondue",
        destinataire=demande.personne.email,
        objet=f"Votre demande pour {demande.organisme} est {demande.get_etat_display()}",
        contexte={
            "demande": demande,
            "est_acceptee": est_acceptee,
            "lien": adresse_entiere(reverse("mon_organisme")),
        },
    )


def invitation_faite(invitation: Invitation) -> Message:
    """À la personne invitée : le lien, qui sert une fois."""
    message = composer(
        gabarit="invitation_faite",
        destinataire=invitation.email,
        objet=f"{invitation.invite_par} vous invite à rejoindre {invitation.organisme}",
        contexte={
            "invitation": invitation,
            "lien": adresse_entiere(reverse("invitation", args=[invitation.jeton])),
        },
    )
    return replace(message, est_sensible=True)
