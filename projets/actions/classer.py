"""Classer un projet sans suite : le pilote y met fin avant la décision, avec un motif."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from config.socle.journal import journaliser
from projets.actions.collisions import refuser_si_change
from projets.actions.echanges import prevenir_l_autre_cote
from projets.actions.motiver import exiger_un_motif
from projets.actions.reserve import refuser_la_decision_a_notifier
from projets.models import DemandeDeComplement, Projet
from projets.permissions import classe_sans_suite
from projets.rules.motifs import LONGUEUR_DU_MOTIF_DE_FIN
from projets.states import CYCLE_PROJET


@transaction.atomic
def classer_sans_suite(*, auteur: Personne, projet: Projet, motif: str, vu: int | None = None) -> Projet:
    """Le projet est classé : il reste lisible, plus rien ne s’y fait, une demande de complément en cours se clôt.
    `vu` : voir `projets.actions.collisions`.

    Lève `PermissionDenied` si l’auteur n’est pas pilote, `PassageRefuse` une fois le projet voté,
    `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not classe_sans_suite(auteur, verrouille):
        raise PermissionDenied
    refuser_si_change(verrouille, auteur, vu)
    refuser_la_decision_a_notifier(verrouille)
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("classer_sans_suite", verrouille.etat)
    motif = exiger_un_motif(motif, LONGUEUR_DU_MOTIF_DE_FIN)
    verrouille.save(update_fields=["etat"])
    DemandeDeComplement.objects.filter(projet=verrouille, repondue_le__isnull=True).update(repondue_le=timezone.now())
    journaliser(
        auteur=auteur,
        acte="classer_sans_suite",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "motif": motif},
    )
    prevenir_l_autre_cote(verrouille, auteur, f"«\u00a0{verrouille.intitule}\u00a0» est classé sans suite.")
    return verrouille
