"""Demander le journal d’un projet en PDF."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import transaction

from comptes.models import Personne
from config.socle import execution
from projets.models import ExportDuJournal, Projet
from projets.permissions import lit_les_journaux
from projets.tasks.journal import lancer_le_journal


@transaction.atomic
def exporter_le_journal(*, auteur: Personne, projet: Projet) -> ExportDuJournal:
    """La demande, et sa production lancée ; celle qui est en cours, si la personne l’a déjà faite.

    Lève `PermissionDenied` si le journal de ce projet ne lui est pas ouvert. La demande est elle-même la trace de qui
    a demandé, et quand : le journal du projet n’en change pas.
    """
    visible = Projet.objects.visibles_par(auteur).filter(pk=projet.pk).exists()
    if not (lit_les_journaux(auteur) and visible):
        raise PermissionDenied
    demande = {"projet": projet, "demande_par": auteur}
    export, est_neuf = execution.inscrire(ExportDuJournal, cle=demande, demande_par=auteur)
    if est_neuf:
        transaction.on_commit(partial(lancer_le_journal, export.pk))
    return export
