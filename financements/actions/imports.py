"""Déposer un fichier à importer, annuler ou relancer un import, importer ce qu’une simulation a contrôlé."""

from django.core.files.base import File
from django.db import transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.models import ImportProgramme
from financements.tasks.imports import lancer_import
from projets.models import AppelAProjets


@transaction.atomic
def deposer_import(
    *, auteur: Personne, appel: AppelAProjets, fichier: File[bytes], nom_fichier: str, simuler: bool
) -> ImportProgramme:
    """Garde le fichier et met son import, ou sa simulation, dans la file."""
    depose = ImportProgramme.objects.create(
        appel=appel,
        fichier=fichier,
        nom_fichier=nom_fichier[:200],
        est_simulation=simuler,
        demande_par=auteur,
    )
    return _mettre_dans_la_file(auteur, depose)


@transaction.atomic
def importer_apres_simulation(*, auteur: Personne, simulation: ImportProgramme) -> ImportProgramme:
    """Importe pour de bon le fichier d’une simulation sans erreur. Lève `PassageRefuse` sinon."""
    resultat = simulation.resultat or {}
    if not simulation.est_simulation or simulation.etat != EtatTravail.TERMINE or resultat.get("erreurs", True):
        raise PassageRefuse("Seul un fichier contrôlé sans erreur peut être importé.")
    import_ = ImportProgramme.objects.create(
        appel=simulation.appel,
        fichier=simulation.fichier.name,
        nom_fichier=simulation.nom_fichier,
        est_simulation=False,
        demande_par=auteur,
    )
    return _mettre_dans_la_file(auteur, import_)


def _mettre_dans_la_file(auteur: Personne, import_: ImportProgramme) -> ImportProgramme:
    apres = {"fichier": import_.nom_fichier, "simulation": import_.est_simulation}
    journaliser(auteur=auteur, acte="deposer_import", objet=import_, apres=apres)
    transaction.on_commit(lambda: lancer_import(import_.pk))
    return import_


def annuler_import(*, auteur: Personne, import_: ImportProgramme) -> ImportProgramme:
    """Demande l’arrêt : rien ne sera écrit. Lève `PassageRefuse` si l’import est déjà fini."""
    return execution.demander_l_annulation(modele=ImportProgramme, pk=import_.pk, auteur=auteur)


def relancer_import(*, auteur: Personne, import_: ImportProgramme) -> ImportProgramme:
    """Reprend un import échoué ou annulé, sur le même fichier. Lève `PassageRefuse` dans un autre état."""
    return execution.relancer(modele=ImportProgramme, pk=import_.pk, auteur=auteur, lancer=lancer_import)
