"""Le porteur reprend un projet irrecevable pour le compléter, tant que court le délai que la lettre lui donne."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Personne
from comptes.permissions import est_responsable
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.actions.echanges import prevenir_l_autre_cote
from projets.models import DemandeDeComplement, Projet
from projets.states import CYCLE_PROJET

SANS_DELAI = "Ce projet ne se complète plus\u00a0: la lettre n’en donne pas le temps, ou son délai est passé."
MOTIF_DE_LA_LEVEE = "Le porteur complète son projet dans le délai donné."


@transaction.atomic
def reprendre_pour_completer(*, auteur: Personne, projet: Projet) -> DemandeDeComplement:
    """Le projet redevient incomplet : l’irrecevabilité est levée, son motif est le complément demandé et son délai en
    est l’échéance. Non rendu à temps, il peut être déclaré irrecevable de nouveau. Le service est prévenu.

    Lève `PermissionDenied` si l’auteur n’est pas responsable de l’organisme, `PassageRefuse` (état ; délai absent ou
    passé).
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not est_responsable(auteur, verrouille.organisme):
        raise PermissionDenied
    avant, verrouille.etat = verrouille.etat, CYCLE_PROJET.franchir("reprendre_pour_completer", verrouille.etat)
    irrecevabilite = verrouille.irrecevabilites.filter(levee_le__isnull=True).first()
    echeance = irrecevabilite.completable_jusqu_au if irrecevabilite else None
    if irrecevabilite is None or echeance is None or echeance < timezone.localdate():
        raise PassageRefuse(SANS_DELAI)
    irrecevabilite.levee_par, irrecevabilite.levee_le = auteur, timezone.now()
    irrecevabilite.motif_de_la_levee = MOTIF_DE_LA_LEVEE
    irrecevabilite.save(update_fields=["levee_par", "levee_le", "motif_de_la_levee"])
    demande = DemandeDeComplement(
        projet=verrouille,
        texte=irrecevabilite.motif,
        echeance=echeance,
        demandee_par=irrecevabilite.prononcee_par,
        demandee_le=irrecevabilite.prononcee_le,
    )
    demande.full_clean()
    demande.save()
    verrouille.version += 1
    verrouille.save(update_fields=["etat", "version"])
    journaliser(
        auteur=auteur,
        acte="reprendre_pour_completer",
        objet=verrouille,
        avant={"etat": avant},
        apres={"etat": verrouille.etat, "echeance": echeance},
    )
    texte = f"{auteur} complète «\u00a0{verrouille.intitule}\u00a0», déclaré irrecevable, dans le délai donné."
    prevenir_l_autre_cote(verrouille, auteur, texte)
    return demande
