"""Produire un PDF d’un comité hors de la requête."""

import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from celery import shared_task
from django.conf import settings
from django.core.files import File

from config.socle.execution import EchecDit, Suivi, executer, mettre_en_file
from financements.chiffres.comite.fiches import Fiche, fiches
from financements.chiffres.comite.seance import seance_du_comite
from financements.models import Comite, DocumentDuComite
from financements.pdf.comite import FicheTropLongue, imprimer_le_proces_verbal, imprimer_les_fiches
from financements.pdf.document import photographie
from financements.states import EtatComite, SorteDeDocument

DEBUT = 10  # pour cent au début de la mise en page


def lancer_le_document(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_le_document, pk, "le document")


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
            produit, pages = _produire(document, Path(dossier), suivi)
            with produit.open("rb") as lu:
                document.fichier.save(produit.name, File(lu), save=False)
            DocumentDuComite.objects.filter(pk=pk).update(
                fichier=document.fichier.name, pages=pages, taille=produit.stat().st_size
            )


def _produire(document: DocumentDuComite, dossier: Path, suivi: Suivi) -> tuple[Path, int]:
    """Le fichier, un PDF ou une archive de plusieurs, et son nombre de pages."""
    comite = document.comite
    suivi.avancer(1, "Lecture de l’ordre du jour", toujours=True)
    if document.sorte == SorteDeDocument.PROCES_VERBAL:
        if comite.etat != EtatComite.CLOS:
            raise EchecDit("Le procès-verbal se produit une fois le comité clos.")
        seance, cible = seance_du_comite(comite), dossier / "document.pdf"
        rappel = _rappel(suivi, 3 + len(seance["points"]) // 15, (DEBUT, 100))
        return cible, imprimer_le_proces_verbal(comite, comite.photographie, seance, cible, rappel)
    points = comite.points.select_related("axe", "territoire")
    if document.projet:
        points = points.filter(projet=document.projet)
    elif document.axe:
        points = points.filter(axe=document.axe)
    with photographie():
        trouvees = fiches(comite, list(points))
    if not trouvees:
        raise EchecDit("Aucun projet de l’ordre du jour n’est concerné.")
    return _imprimer_le_cahier(comite, trouvees, dossier, suivi)


def _imprimer_le_cahier(comite: Comite, trouvees: Sequence[Fiche], dossier: Path, suivi: Suivi) -> tuple[Path, int]:
    """Par paquets : chacun s’écrit assez vite pour que le travail donne signe de vie."""
    parts = _paquets(trouvees, settings.FICHES_PAR_FICHIER)
    produits = []
    for numero, part in enumerate(parts):
        cible = dossier / f"points-{part[0].point.rang}-a-{part[-1].point.rang}.pdf"
        bornes = (DEBUT + (100 - DEBUT) * numero // len(parts), DEBUT + (100 - DEBUT) * (numero + 1) // len(parts))
        try:
            imprimer_les_fiches(comite, part, cible, _rappel(suivi, len(part), bornes))
        except FicheTropLongue as erreur:
            raise EchecDit("Une fiche ne tient pas sur sa page : raccourcissez son intitulé ou son avis.") from erreur
        produits.append(cible)
    if len(produits) == 1:
        return produits[0], len(trouvees)
    archive = dossier / "cahier.zip"
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as ecrite:  # des PDF, déjà comprimés
        for produit in produits:
            ecrite.write(produit, produit.name)
    return archive, len(trouvees)


def _rappel(suivi: Suivi, prevues: int, bornes: tuple[int, int]) -> Callable[[str, int], None]:
    """Dit l’avancement entre deux bornes (%) : les trois quarts à la mise en page, le reste à l’écriture."""
    debut, fin = bornes
    ecriture = debut + (fin - debut) * 3 // 4

    def dire(etape: str, numero: int) -> None:
        if etape == "page":
            au_moins = max(prevues, numero)
            part = debut + (ecriture - debut) * numero // au_moins
            suivi.avancer(part, f"Mise en page, page {numero} sur {au_moins}")
        else:
            suivi.avancer(ecriture, "Écriture du fichier balisé", toujours=True)

    return dire


def _paquets(suite: Sequence[Fiche], taille: int) -> list[Sequence[Fiche]]:
    """Des paquets de `taille` au plus, dans l’ordre."""
    return [suite[debut : debut + taille] for debut in range(0, len(suite), taille)]
