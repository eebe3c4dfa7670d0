"""Produire le PDF du journal d’un projet, hors de la requête."""

from celery import shared_task
from django.core.files.base import ContentFile
from django.utils import timezone

from config.socle.execution import EchecDit, executer, mettre_en_file
from config.socle.models import SceauDuJournal
from projets.models import ExportDuJournal, Projet
from projets.models.journal import journal_du_projet
from projets.pdf.journal import composer_le_journal
from projets.permissions import journal_est_partiel


def lancer_le_journal(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_le_journal, pk, "l’export")


@shared_task(name="projets.produire_le_journal")
def produire_le_journal(pk: int) -> None:
    """Ce que la personne a le droit de lire au moment de la production, et rien si elle ne l’a plus."""
    with executer(ExportDuJournal, pk) as en_main:
        if en_main is None:
            return
        export, suivi = en_main
        personne = export.demande_par
        visibles = Projet.objects.visibles_par(personne) if personne else Projet.objects.none()
        projet = visibles.select_related("appel", "organisme").filter(pk=export.projet_id).first()
        if projet is None:
            raise EchecDit("Ce projet ne vous est plus ouvert.")
        est_partiel = personne is not None and journal_est_partiel(personne, projet)
        lignes = list(journal_du_projet(projet, personne).select_related("auteur").order_by("pk"))
        suivi.avancer(30, "Mise en page")
        produit = composer_le_journal(
            projet,
            lignes,
            sceau=SceauDuJournal.objects.defer("releve").last(),
            pour=f"{personne} (journal partiel : sans les notations des autres)" if est_partiel else str(personne),
            instant=timezone.localtime(),
        )
        export.fichier.save("journal.pdf", ContentFile(produit.octets), save=False)
        ExportDuJournal.objects.filter(pk=pk).update(
            fichier=export.fichier.name,
            nombre=produit.nombre,
            derniere_ligne=lignes[-1].pk if lignes else None,
            empreinte=produit.empreinte,
        )
