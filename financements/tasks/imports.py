"""Conduire un import hors de la requête, avec son avancement réel et son échec honnête."""

from celery import shared_task

from config.socle.execution import EchecDit, executer, mettre_en_file
from financements.imports.compte_rendu import CompteRendu
from financements.imports.conduite import ImportRefuse, conduire_import
from financements.models import ImportProgramme
from financements.tasks.fichiers import fichier_depose


def lancer_import(pk: int) -> None:
    """Met l’import dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(importer_un_programme, pk, "l’import")


@shared_task(name="financements.importer_programme")
def importer_un_programme(pk: int) -> None:
    """Conduit l’import et garde son compte rendu. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(ImportProgramme, pk) as en_main:
        if en_main is None:
            return
        travail, _ = en_main
        rendu = _conduire(travail)
        ImportProgramme.objects.filter(pk=pk).update(resultat=rendu.en_json(), empreinte=rendu.empreinte)
        if rendu.erreurs and not travail.est_simulation:
            raise EchecDit("Le fichier a des erreurs : rien n’a été importé.")


def _conduire(travail: ImportProgramme) -> CompteRendu:
    with fichier_depose(travail) as (chemin, suivi):
        try:
            return conduire_import(
                auteur=travail.demande_par,
                appel=travail.appel,
                chemin=chemin,
                nom_fichier=travail.nom_fichier,
                simuler=travail.est_simulation,
                avancer=suivi.avancer,
            )
        except ImportRefuse as refus:
            raise EchecDit(str(refus)) from refus
