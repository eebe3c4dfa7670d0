"""Importer un programme voté : tout ou rien, sans effet la seconde fois."""

from pathlib import Path

from comptes.models import Personne
from financements.imports.compte_rendu import CompteRendu
from financements.imports.conduite import Avancer, conduire_import, sans_suivi
from projets.models import AppelAProjets


def importer_programme(
    *,
    auteur: Personne | None,
    appel: AppelAProjets,
    chemin: Path,
    nom_fichier: str = "",
    simuler: bool = False,
    avancer: Avancer = sans_suivi,
) -> CompteRendu:
    """L’acte d’import, sur place : la commande et la démonstration. À l’écran, il passe par la file (`imports.py`).

    Rend le compte rendu, erreurs comprises. Lève `FichierIllisible`, `ImportRefuse` (voir `conduire_import`).
    """
    return conduire_import(
        auteur=auteur, appel=appel, chemin=chemin, nom_fichier=nom_fichier, simuler=simuler, avancer=avancer
    )
