"""Déposer un retour d’exécution, l’annuler, le relancer, importer ce qu’une simulation a contrôlé."""

from django.core.exceptions import PermissionDenied
from django.core.files.base import File
from django.db import transaction

from comptes.models import Personne
from config.socle import execution
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.models import ImportDExecution, ProfilDExport
from financements.permissions import peut_echanger_avec_le_progiciel
from financements.tasks.execution import lancer_le_retour
from projets.models import AppelAProjets


@transaction.atomic
def deposer_un_retour(
    *, auteur: Personne, appel: AppelAProjets, profil: ProfilDExport | None, fichier: File[bytes], simuler: bool
) -> ImportDExecution:
    """Garde le fichier et met son import, ou sa simulation, dans la file. Lève `PermissionDenied`."""
    _exiger_les_finances(auteur)
    depose = ImportDExecution.objects.create(
        appel=appel,
        profil=profil,
        fichier=fichier,
        nom_fichier=(fichier.name or "")[:200],
        est_simulation=simuler,
        demande_par=auteur,
    )
    return _mettre_dans_la_file(auteur, depose)


@transaction.atomic
def importer_le_retour_controle(*, auteur: Personne, simulation: ImportDExecution) -> ImportDExecution:
    """Importe pour de bon le fichier d’une simulation sans erreur. Lève `PassageRefuse` sinon."""
    _exiger_les_finances(auteur)
    resultat = simulation.resultat or {}
    if not simulation.est_simulation or simulation.etat != EtatTravail.TERMINE or resultat.get("erreurs", True):
        raise PassageRefuse("Seul un fichier contrôlé sans erreur peut être importé.")
    import_ = ImportDExecution.objects.create(
        appel=simulation.appel,
        profil=simulation.profil,
        fichier=simulation.fichier.name,
        nom_fichier=simulation.nom_fichier,
        est_simulation=False,
        demande_par=auteur,
    )
    return _mettre_dans_la_file(auteur, import_)


def _mettre_dans_la_file(auteur: Personne, import_: ImportDExecution) -> ImportDExecution:
    apres = {"fichier": import_.nom_fichier, "simulation": import_.est_simulation}
    journaliser(auteur=auteur, acte="deposer_un_retour", objet=import_, apres=apres)
    transaction.on_commit(lambda: lancer_le_retour(import_.pk))
    return import_


def annuler_le_retour(*, auteur: Personne, import_: ImportDExecution) -> ImportDExecution:
    """Demande l’arrêt : rien ne sera écrit. Lève `PassageRefuse` si l’import est déjà fini."""
    _exiger_les_finances(auteur)
    return execution.demander_l_annulation(modele=ImportDExecution, pk=import_.pk, auteur=auteur)


def relancer_le_retour(*, auteur: Personne, import_: ImportDExecution) -> ImportDExecution:
    """Reprend un import échoué ou annulé, sur le même fichier. Lève `PassageRefuse` dans un autre état."""
    _exiger_les_finances(auteur)
    return execution.relancer(modele=ImportDExecution, pk=import_.pk, auteur=auteur, lancer=lancer_le_retour)


def _exiger_les_finances(auteur: Personne) -> None:
    if not peut_echanger_avec_le_progiciel(auteur):
        raise PermissionDenied
