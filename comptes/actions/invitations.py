"""Inviter une personne par son adresse, révoquer l’invitation, l’accepter."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.actions.organisme import verrouiller_l_organisme
from comptes.models import Adhesion, DemandeEntree, Invitation, Organisme, Personne
from comptes.notifications.entree import invitation_faite
from comptes.permissions import est_porteur, est_responsable
from comptes.states import EtatDemande, EtatInvitation, RoleOrganisme
from config.socle.journal import journaliser


@transaction.atomic
def inviter(*, auteur: Personne, organisme: Organisme, email: str, role: RoleOrganisme) -> Invitation:
    """Envoie à l’adresse un lien valable sept jours, une fois. Une invitation périmée laisse la place à la nouvelle.

    Lève `ValidationError` si la personne agit déjà pour l’organisme ou est déjà invitée.
    """
    organisme = verrouiller_l_organisme(organisme.pk)
    if not est_responsable(auteur, organisme):
        raise PermissionDenied
    email = email.strip().lower()
    if Adhesion.objects.filter(organisme=organisme, personne__email=email).exists():
        raise ValidationError({"email": "Cette personne agit déjà pour l’organisme."})
    envoyees = Invitation.objects.filter(organisme=organisme, email=email, etat=EtatInvitation.ENVOYEE)
    if envoyees.ouvertes().exists():
        raise ValidationError({"email": "Cette adresse est déjà invitée : révoquez d’abord l’invitation en cours."})
    envoyees.update(etat=EtatInvitation.REVOQUEE)
    invitation = Invitation(organisme=organisme, email=email, role=role, invite_par=auteur)
    invitation.full_clean()
    invitation.save()
    apres = {"invitation": invitation.pk, "email": email, "role": str(role)}
    journaliser(auteur=auteur, acte="inviter", objet=organisme, apres=apres)
    deposer_courriel(message=invitation_faite(invitation))
    return invitation


@transaction.atomic
def revoquer(*, auteur: Personne, invitation: Invitation) -> None:
    """Le lien ne sert plus. Lève `ValidationError` s’il a déjà servi ou est déjà révoqué."""
    organisme = verrouiller_l_organisme(invitation.organisme_id)
    if not est_responsable(auteur, organisme):
        raise PermissionDenied
    reprise = Invitation.objects.get(pk=invitation.pk)
    if reprise.etat != EtatInvitation.ENVOYEE:
        raise ValidationError(f"Cette invitation est déjà {reprise.get_etat_display()}.")
    reprise.etat = EtatInvitation.REVOQUEE
    reprise.save(update_fields=["etat"])
    journaliser(auteur=auteur, acte="revoquer", objet=organisme, avant={"invitation": reprise.pk})


@transaction.atomic
def accepter_l_invitation(*, auteur: Personne, invitation: Invitation) -> Adhesion:
    """L’auteur agit désormais pour l’organisme. L’invitation a servi ; sa demande d’entrée, s’il en avait une, aussi.

    Lève `ValidationError` si l’invitation ne sert plus, ou si elle est adressée à quelqu’un d’autre.
    """
    organisme = verrouiller_l_organisme(invitation.organisme_id)
    reprise = Invitation.objects.get(pk=invitation.pk)
    if not reprise.est_ouverte:
        raise ValidationError("Cette invitation ne sert plus : demandez-en une autre à un responsable de l’organisme.")
    if not est_porteur(auteur):
        raise ValidationError("Un agent du département n’agit pas pour un organisme.")
    if reprise.email != auteur.email:
        raise ValidationError(f"Cette invitation est adressée à {reprise.email} : connectez-vous avec cette adresse.")
    adhesion, _ = Adhesion.objects.get_or_create(personne=auteur, organisme=organisme, defaults={"role": reprise.role})
    reprise.etat, reprise.acceptee_par = EtatInvitation.ACCEPTEE, auteur
    reprise.save(update_fields=["etat", "acceptee_par"])
    DemandeEntree.objects.en_attente().filter(organisme=organisme, personne=auteur).update(
        etat=EtatDemande.ACCEPTEE, traitee_le=timezone.now(), traitee_par=reprise.invite_par
    )
    apres = {"invitation": reprise.pk, "role": str(adhesion.role)}
    journaliser(auteur=auteur, acte="accepter_l_invitation", objet=organisme, apres=apres)
    return adhesion
