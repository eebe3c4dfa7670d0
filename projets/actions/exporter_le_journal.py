"""Demander le journal d’un projet en PDF."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from comptes.models import Personne
from config.socle.travaux import ACTIFS
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
    try:
        with transaction.atomic():
            export: ExportDuJournal = ExportDuJournal.objects.create(projet=projet, demande_par=auteur)
    except IntegrityError:  # un second clic : la base n’en laisse avancer qu’une
        return ExportDuJournal.objects.get(projet=projet, demande_par=auteur, etat__in=ACTIFS)
    transaction.on_commit(partial(lancer_le_journal, export.pk))
    return export
