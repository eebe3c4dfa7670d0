"""Après la décision : l’organisme demande les motifs, le service les communique (CRPA, art. L311-2)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from comptes.permissions import adhesion_de
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.actions.echanges import prevenir_l_autre_cote
from projets.models import DemandeDeMotifs, Projet
from projets.permissions import instruit
from projets.states import DECIDES


@transaction.atomic
def demander_les_motifs(*, auteur: Personne, projet: Projet) -> DemandeDeMotifs:
    """Un membre de l’organisme demande l’avis et les notes ; le redemander ne change rien.

    Lève `PermissionDenied`, `PassageRefuse` avant la décision, ou si rien n’a été instruit ici.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if adhesion_de(auteur, verrouille.organisme) is None:
        raise PermissionDenied
    if verrouille.etat not in DECIDES or verrouille.decision_reservee:
        raise PassageRefuse("Les motifs se demandent une fois la décision prise.")
    if not verrouille.avis.exists():
        raise PassageRefuse("Ce projet vient d’un programme déjà voté\u00a0: écrivez au service par un message.")
    demande, est_neuve = DemandeDeMotifs.objects.get_or_create(projet=verrouille, defaults={"demandee_par": auteur})
    if est_neuve:
        journaliser(auteur=auteur, acte="demander_les_motifs", objet=verrouille, apres={"demande": demande.pk})
        prevenir_l_autre_cote(verrouille, auteur, f"{auteur} demande les motifs de « {verrouille.intitule} ».")
    return demande


@transaction.atomic
def communiquer_les_motifs(*, auteur: Personne, projet: Projet) -> DemandeDeMotifs:
    """Le service donne à lire l’avis en vigueur et les totaux par critère, sans le nom de qui a noté.

    Lève `PermissionDenied`, `PassageRefuse` si rien n’est demandé ou si c’est déjà fait.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    demande = DemandeDeMotifs.objects.filter(projet=verrouille).first()
    if demande is None:
        raise PassageRefuse("L’organisme n’a pas demandé les motifs.")
    if demande.communiquee_le:
        raise PassageRefuse("Les motifs sont déjà communiqués.")
    demande.communiquee_par, demande.communiquee_le = auteur, timezone.now()
    demande.save(update_fields=["communiquee_par", "communiquee_le"])
    journaliser(auteur=auteur, acte="communiquer_les_motifs", objet=verrouille, apres={"demande": demande.pk})
    prevenir_l_autre_cote(verrouille, auteur, f"Les motifs de la décision sur « {verrouille.intitule} » sont à lire.")
    return demande
