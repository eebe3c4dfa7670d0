"""Demander à entrer dans un organisme connu, et répondre à la demande."""

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.actions.organisme import verrouiller_l_organisme
from comptes.models import Adhesion, DemandeEntree, Organisme, Personne
from comptes.notifications.entree import demande_faite, demande_repondue
from comptes.permissions import est_porteur
from comptes.states import EtatDemande, Role, RoleOrganisme
from config.socle.journal import journaliser


@transaction.atomic
def demander_l_entree(*, auteur: Personne, organisme: Organisme, message: str = "") -> DemandeEntree:
    """Demande aux responsables, qui reçoivent un courriel ; sans responsable, aux pilotes de l’appel.

    Lève `ValidationError` si l’auteur agit déjà pour l’organisme ou attend déjà une réponse.
    """
    if not est_porteur(auteur):
        raise PermissionDenied
    organisme = verrouiller_l_organisme(organisme.pk)
    if Adhesion.objects.filter(personne=auteur, organisme=organisme).exists():
        raise ValidationError("Vous agissez déjà pour cet organisme.")
    demande = DemandeEntree(organisme=organisme, personne=auteur, message=message.strip())
    demande.full_clean()
    demande.save()
    journaliser(auteur=auteur, acte="demander_l_entree", objet=organisme, apres={"demande": demande.pk})
    for destinataire in _destinataires(organisme):
        deposer_courriel(message=demande_faite(demande, destinataire))
    return demande


@transaction.atomic
def accepter_la_demande(*, auteur: Personne, demande: DemandeEntree, role: RoleOrganisme) -> Adhesion:
    """La personne agit désormais pour l’organisme, dans ce rôle, et l’apprend par courriel.

    Lève `ValidationError` si la demande n’attend plus de réponse.
    """
    reprise = _reprendre(auteur, demande)
    adhesion, _ = Adhesion.objects.get_or_create(
        personne=reprise.personne, organisme=reprise.organisme, defaults={"role": role}
    )
    _clore(reprise, auteur, EtatDemande.ACCEPTEE)
    apres = {"personne": reprise.personne_id, "role": str(role)}
    journaliser(auteur=auteur, acte="accepter_la_demande", objet=reprise.organisme, apres=apres)
    deposer_courriel(message=demande_repondue(reprise))
    return adhesion


@transaction.atomic
def refuser_la_demande(*, auteur: Personne, demande: DemandeEntree) -> None:
    """La personne l’apprend par courriel. Lève `ValidationError` si la demande n’attend plus de réponse."""
    reprise = _reprendre(auteur, demande)
    _clore(reprise, auteur, EtatDemande.REFUSEE)
    apres = {"personne": reprise.personne_id}
    journaliser(auteur=auteur, acte="refuser_la_demande", objet=reprise.organisme, apres=apres)
    deposer_courriel(message=demande_repondue(reprise))


@transaction.atomic
def retirer_la_demande(*, auteur: Personne, demande: DemandeEntree) -> None:
    """L’auteur renonce à sa demande. Lève `ValidationError` si elle a déjà reçu une réponse."""
    if demande.personne_id != auteur.pk:
        raise PermissionDenied
    verrouiller_l_organisme(demande.organisme_id)
    reprise = _relire(demande)
    _clore(reprise, auteur, EtatDemande.RETIREE)
    journaliser(auteur=auteur, acte="retirer_la_demande", objet=reprise.organisme, apres={"demande": reprise.pk})


def _destinataires(organisme: Organisme) -> list[Personne]:
    responsables = Personne.objects.filter(
        adhesions__in=Adhesion.objects.des_responsables().filter(organisme=organisme)
    )
    return list(responsables) or list(Personne.objects.filter(role=Role.PILOTE, is_active=True))


def _reprendre(auteur: Personne, demande: DemandeEntree) -> DemandeEntree:
    verrouiller_l_organisme(demande.organisme_id)
    if not DemandeEntree.objects.a_traiter_par(auteur).filter(pk=demande.pk).exists():
        raise PermissionDenied
    return _relire(demande)


def _relire(demande: DemandeEntree) -> DemandeEntree:
    reprise = DemandeEntree.objects.select_related("organisme", "personne").get(pk=demande.pk)
    if reprise.etat != EtatDemande.EN_ATTENTE:
        raise ValidationError(f"Cette demande a déjà reçu sa réponse : elle est {reprise.get_etat_display()}.")
    return reprise


def _clore(demande: DemandeEntree, auteur: Personne, etat: EtatDemande) -> None:
    demande.etat, demande.traitee_le, demande.traitee_par = etat, timezone.now(), auteur
    demande.save(update_fields=["etat", "traitee_le", "traitee_par"])
