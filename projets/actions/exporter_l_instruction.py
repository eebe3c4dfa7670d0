"""Emporter l’instruction dans un tableur : la trace dit qui, combien de lignes, avec quels filtres."""

from collections.abc import Mapping, Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from projets.chiffres.export_de_l_instruction import Export, preparer_l_export
from projets.models import Projet
from projets.permissions import peut_suivre_l_instruction


@transaction.atomic
def exporter_l_instruction(*, auteur: Personne, pks: Sequence[int], genre: str, filtres: Mapping[str, str]) -> Export:
    """L’export de ces projets, dans cet ordre. `genre` : « csv » ou « xlsx » ; `filtres` : ceux qui les ont choisis.

    Lève `PermissionDenied` si un seul d’entre eux n’est pas visible de l’auteur.
    """
    visibles = Projet.objects.visibles_par(auteur).filter(pk__in=pks).count()
    if not peut_suivre_l_instruction(auteur) or visibles != len(pks):
        raise PermissionDenied
    journaliser(
        auteur=auteur,
        acte="exporter_l_instruction",
        objet=auteur,
        apres={"format": genre, "lignes": len(pks), "filtres": dict(filtres)},
    )
    return preparer_l_export(auteur, pks)
