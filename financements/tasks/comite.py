"""Produire un PDF d’un comité hors de la requête."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path

from celery import shared_task
from django.core.files import File
from kombu.exceptions import OperationalError

from config.socle.execution import EchecDit, Suivi, executer
from financements.chiffres.comite.fiches import fiches
from financements.chiffres.comite.seance import seance_du_comite
from financements.models import DocumentDuComite
from financements.pdf.comite import FicheTropLongue, imprimer_le_proces_verbal, imprimer_les_fiches
from financements.pdf.document import photographie
from financements.states import EtatComite, SorteDeDocument

DEBUT, ECRITURE = 10, 80  # pour cent au début de la mise en page, puis de l’écriture du fichier
journal = logging.getLogger(__name__)


def lancer_le_document(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    try:
        produire_le_document.delay(pk)
    except OperationalError:
        journal.exception("La file ne répond pas : le document n° %s attendra la reprise périodique", pk)


@shared_task(name="financements.produire_document_du_comite")
def produire_le_document(pk: int) -> None:
    """Met en page, range le fichier et dit son nombre de pages. Livrée deux fois, elle ne fait rien la seconde."""
    with executer(DocumentDuComite, pk) as en_main:
        if en_main is None:
            return
        _, suivi = en_main
        documents = DocumentDuComite.objects.select_related(
            "comite__appel", "comite__scenario__appel", "projet", "axe"
        )
        document = documents.get(pk=pk)
        with tempfile.TemporaryDirectory() as dossier:
            chemin = Path(dossier, "document.pdf")
            pages = _mettre_en_page(document, chemin, suivi)
            with chemin.open("rb") as produit:
                document.fichier.save("document.pdf", File(produit), save=False)
            DocumentDuComite.objects.filter(pk=pk).update(
                fichier=document.fichier.name, pages=pages, taille=chemin.stat().st_size
            )


def _mettre_en_page(document: DocumentDuComite, chemin: Path, suivi: Suivi) -> int:
    comite = document.comite
    suivi.avancer(1, "Lecture de l’ordre du jour", toujours=True)
    if document.sorte == SorteDeDocument.PROCES_VERBAL:
        if comite.etat != EtatComite.CLOS:
            raise EchecDit("Le procès-verbal se produit une fois le comité clos.")
        seance = seance_du_comite(comite)
        rappel = _rappel(suivi, 3 + len(seance["points"]) // 15)
        return imprimer_le_proces_verbal(comite, comite.photographie, seance, chemin, rappel)
    points = comite.points.select_related("axe", "territoire")
    if document.projet:
        points = points.filter(projet=document.projet)
    elif document.axe:
        points = points.filter(axe=document.axe)
    with photographie():
        trouvees = fiches(comite, list(points))
    if not trouvees:
        raise EchecDit("Aucun projet de l’ordre du jour n’est concerné.")
    try:
        return imprimer_les_fiches(comite, trouvees, chemin, _rappel(suivi, len(trouvees)))
    except FicheTropLongue as erreur:
        raise EchecDit("Une fiche ne tient pas sur sa page : raccourcissez son intitulé ou son avis.") from erreur


def _rappel(suivi: Suivi, prevues: int) -> Callable[[str, int], None]:
    def dire(etape: str, numero: int) -> None:
        if etape == "page":
            au_moins = max(prevues, numero)
            part = DEBUT + (ECRITURE - DEBUT) * numero // au_moins
            suivi.avancer(part, f"Mise en page, page {numero} sur {au_moins}")
        else:
            suivi.avancer(ECRITURE, "Écriture du fichier balisé", toujours=True)

    return dire
