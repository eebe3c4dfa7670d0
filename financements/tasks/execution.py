"""Conduire l’import d’un retour d’exécution hors de la requête, avec son avancement réel et son échec honnête."""

from celery import shared_task
from django.db import IntegrityError

from config.socle.execution import EchecDit, executer, mettre_en_file
from config.socle.refus import phrase_de_la_base
from financements.imports.execution.compte_rendu import CompteRenduDuRetour
from financements.imports.execution.conduite import conduire_le_retour
from financements.models import ImportDExecution
from financements.tasks.fichiers import fichier_depose

SANS_PHRASE = "une de ses règles s’y oppose."


def lancer_le_retour(pk: int) -> None:
    """Met l’import dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(importer_un_retour, pk, "le retour d’exécution")


@shared_task(name="financements.importer_un_retour")
def importer_un_retour(pk: int) -> None:
    """Conduit l’import et garde son compte rendu. Livrée deux fois, la tâche ne fait rien la seconde."""
    with executer(ImportDExecution, pk) as en_main:
        if en_main is None:
            return
        travail, _ = en_main
        rendu = _conduire(travail)
        ImportDExecution.objects.filter(pk=pk).update(resultat=rendu.en_json(), empreinte=rendu.empreinte)
        if rendu.erreurs and not travail.est_simulation:
            raise EchecDit("Le fichier a des erreurs : rien n’a été importé.")


def _conduire(travail: ImportDExecution) -> CompteRenduDuRetour:
    with fichier_depose(travail) as (chemin, suivi):
        try:
            return conduire_le_retour(travail, chemin, suivi.avancer)
        except IntegrityError as refus:
            raise EchecDit(
                f"La base refuse ce retour, rien n’a été importé : {phrase_de_la_base(refus, SANS_PHRASE)}"
            ) from refus
