"""Les tâches de la file d’attente, un fichier par sorte de travail."""

from financements.tasks.bilans import lancer_le_pdf, produire_le_pdf
from financements.tasks.comite import lancer_le_document, produire_le_document
from financements.tasks.conventions import lancer_le_tirage, produire_le_tirage
from financements.tasks.fse import lancer_l_attestation, produire_l_attestation
from financements.tasks.imports import importer_un_programme, lancer_import
from financements.tasks.rapport import lancer_rapport, produire_rapport, produire_volume

__all__ = [
    "importer_un_programme",
    "lancer_import",
    "lancer_l_attestation",
    "lancer_le_document",
    "lancer_le_pdf",
    "lancer_le_tirage",
    "lancer_rapport",
    "produire_l_attestation",
    "produire_le_document",
    "produire_le_pdf",
    "produire_le_tirage",
    "produire_rapport",
    "produire_volume",
]
