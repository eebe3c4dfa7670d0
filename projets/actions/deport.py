"""Se déporter d’un projet où l’on a un intérêt, et lever un déport (CGFP, art. L121-5)."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.models import Avis, Personne
from comptes.states import Role
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from projets.actions.affecter import finir_les_affectations
from projets.models import Deport, Projet
from projets.permissions import instruit, peut_repartir


@transaction.atomic
def se_deporter(*, auteur: Personne, projet: Projet, motif: str) -> Deport:
    """Ferme le projet à la personne, partout, et met fin à ce qu’elle en suivait. Ce qu’un courriel allait lui en dire
    ne part pas. Les pilotes sont prévenus.

    Lève `PermissionDenied` si elle ne voit pas le projet, `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(projet.pk)
    if not instruit(auteur, verrouille):
        raise PermissionDenied
    finies = finir_les_affectations(verrouille, auteur, "déport")
    deport = Deport(projet=verrouille, personne=auteur, motif=motif.strip())
    deport.full_clean()
    deport.save()
    _taire(verrouille, auteur)
    journaliser(auteur=auteur, acte="se_deporter", objet=verrouille, apres={"motif": deport.motif})
    ecartes = Deport.objects.en_cours().filter(projet=verrouille).values("personne")
    pilotes = Personne.objects.filter(role=Role.PILOTE, is_active=True).exclude(pk__in=ecartes)
    suite = " Il faut le confier à quelqu’un d’autre." if finies else ""
    prevenir(
        personnes=pilotes,
        texte=f"{auteur} s’est déporté de « {verrouille.intitule} ».{suite}",
        lien=reverse("projets:projet", args=[verrouille.pk]),
    )
    return deport


def _taire(projet: Projet, personne: Personne) -> None:
    """Oublie les avis en attente dont le lien mène au projet."""
    vers_le_projet = Q()
    for nom in ("projet", "fiche_instruction"):
        vers_le_projet |= Q(lien__startswith=reverse(f"projets:{nom}", args=[projet.pk]))
    Avis.objects.a_grouper().filter(vers_le_projet, personne=personne).delete()


@transaction.atomic
def lever_le_deport(*, auteur: Personne, deport: Deport, motif: str) -> Deport:
    """Rouvre le projet à la personne : un pilote qui le voit, pour un motif écrit ; jamais elle-même.

    Lève `PermissionDenied`, `PassageRefuse` si le déport est déjà levé, `ValidationError` sans motif.
    """
    verrouille = Projet.objects.verrouille(deport.projet_id)
    if not peut_repartir(auteur) or not instruit(auteur, verrouille):
        raise PermissionDenied
    lu = Deport.objects.select_for_update(of=("self",)).select_related("personne").get(pk=deport.pk)
    if lu.leve_le is not None:
        raise PassageRefuse("Ce déport est déjà levé.")
    lu.leve_le, lu.leve_par, lu.motif_de_levee = timezone.now(), auteur, motif.strip()
    lu.full_clean()
    lu.save()
    journaliser(
        auteur=auteur,
        acte="lever_le_deport",
        objet=verrouille,
        avant={"personne": str(lu.personne), "motif": lu.motif},
        apres={"motif": lu.motif_de_levee},
    )
    prevenir(
        personnes=[lu.personne],
        texte=f"Votre déport de « {verrouille.intitule} » est levé : {lu.motif_de_levee}",
        lien=reverse("projets:projet", args=[verrouille.pk]),
    )
    return lu
