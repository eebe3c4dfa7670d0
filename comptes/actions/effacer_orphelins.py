"""Effacer les fichiers qu’aucun document ne nomme : un processus tué entre l’écriture du fichier et la validation."""

from datetime import timedelta

from django.utils import timezone

from comptes.models import Document
from comptes.models.document import DOSSIER

AGE = timedelta(days=1)  # un envoi en cours n’est pas un orphelin


def effacer_les_orphelins() -> int:
    """Efface ceux de plus d’un jour ; rend leur nombre. Rien n’en reste en base, il n’y a rien à journaliser."""
    stockage = Document.fichier.field.storage
    try:
        _, noms = stockage.listdir(DOSSIER)
    except FileNotFoundError:
        return 0
    connus = set(Document.objects.exclude(fichier="").values_list("fichier", flat=True))
    limite = timezone.now() - AGE
    inconnus = [chemin for nom in noms if (chemin := f"{DOSSIER}/{nom}") not in connus]
    orphelins = [chemin for chemin in inconnus if stockage.get_modified_time(chemin) < limite]
    for chemin in orphelins:
        stockage.delete(chemin)
    return len(orphelins)
