"""Retirer un projet, avant ou après le dépôt, avec un motif."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from comptes.permissions import adhesion_de, est_responsable
from config.socle.journal import journaliser
from projets.actions.echanges import prevenir_l_autre_cote
from projets.actions.motiver import exiger_un_motif
from projets.actions.reserve import refuser_la_decision_a_notifier
from projets.models import DemandeDeComplement, Projet
from projets.rules.motifs import LONGUEUR_DU_MOTIF_DE_FIN
from projets.states import CYCLE_PROJET, EtatProjet


@transaction.atomic
def retirer_projet(*, auteur: Personne, projet: Projet, motif: str) -> Projet:
    """Le projet est retiré : il reste lisible, plus rien ne s’y écrit. Un membre retire un brouillon ; une fois le
    projet déposé, un responsable, et ceux qui l’instruisent en sont prévenus.

    Lève `PermissionDenied`, `PassageRefuse` une fois le projet voté, `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    est_brouillon = verrouille.etat == EtatProjet.BROUILLON
    peut = (
        adhesion_de(auteur, verrouille.organisme) if est_brouillon else est_responsable(auteur, verrouille.organisme)
    )
    if not peut:
        raise PermissionDenied
    refuser_la_decision_a_notifier(verrouille)
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("retirer", verrouille.etat)
    motif = exiger_un_motif(motif, LONGUEUR_DU_MOTIF_DE_FIN)
    verrouille.save(update_fields=["etat"])
    DemandeDeComplement.objects.filter(projet=verrouille, repondue_le__isnull=True).update(repondue_le=timezone.now())
    journaliser(
        auteur=auteur,
        acte="retirer",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "motif": motif},
    )
    if verrouille.numero:
        prevenir_l_autre_cote(verrouille, auteur, f"{auteur} a retiré « {verrouille.intitule} ».")
    return verrouille
