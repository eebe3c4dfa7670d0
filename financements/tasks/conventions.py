"""Produire hors de la requête le PDF d’une convention ou d’un avenant, ou tous ceux d’une délibération."""

import tempfile
import zipfile
from pathlib import Path

from celery import shared_task
from django.core.files import File
from django.db import transaction
from pypdf import PdfWriter

from config.socle.execution import EchecDit, Suivi, executer, mettre_en_file
from financements.models import Avenant, Convention, TirageDeConventions
from financements.pdf.convention import ConventionTropLongue, imprimer_la_convention
from financements.states.execution import EtatConvention, SorteDeTirage

TROP_LONGUE = "Le texte fait trop de pages\u00a0: raccourcissez le modèle de convention."
ESSAIS = 3  # un texte repris et réédité pendant la mise en page se remet en page


def lancer_le_tirage(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_le_tirage, pk, "le PDF de la convention")


@shared_task(name="financements.produire_tirage_de_conventions")
def produire_le_tirage(pk: int) -> None:
    """Met en page et range. Livrée deux fois, elle ne fait rien la seconde."""
    with executer(TirageDeConventions, pk) as en_main:
        if en_main is None:
            return
        _, suivi = en_main
        tirage = TirageDeConventions.objects.select_related(
            "convention", "avenant", "deliberation", "demande_par"
        ).get(pk=pk)
        with tempfile.TemporaryDirectory() as dossier:
            if seul := tirage.avenant or tirage.convention:
                pages = _mettre_en_page(seul, Path(dossier), suivi)
            else:
                pages = _produire_le_lot(tirage, Path(dossier), suivi)
        TirageDeConventions.objects.filter(pk=pk).update(pages=pages)


def _mettre_en_page(objet: Convention | Avenant, dossier: Path, suivi: Suivi) -> int:
    """Le PDF de `objet`, rangé avec lui ; rend son nombre de pages."""
    modele = type(objet)
    for _ in range(ESSAIS):
        objet = modele._default_manager.get(pk=objet.pk)
        if objet.contenu is None or objet.jeton is None:
            raise EchecDit("La rédaction a été reprise\u00a0: il n’y a plus de texte à mettre en page.")
        cible = dossier / f"{modele._meta.model_name}-{objet.pk}.pdf"
        try:
            pages = imprimer_la_convention(
                objet.contenu, objet.jeton, objet.empreinte, cible, lambda etape, numero: _dire(suivi, etape, numero)
            )
        except ConventionTropLongue as erreur:
            raise EchecDit(TROP_LONGUE) from erreur
        if _ranger(objet, cible, pages):
            return pages
    raise EchecDit("Le texte a changé pendant sa mise en page\u00a0: relancez.")


@transaction.atomic
def _ranger(objet: Convention | Avenant, cible: Path, pages: int) -> bool:
    """Faux si le texte n’est plus celui que l’on a mis en page."""
    modele = type(objet)
    lu = modele._default_manager.select_for_update(of=("self",)).get(pk=objet.pk)
    if lu.jeton != objet.jeton:
        return False
    with cible.open("rb") as ouvert:
        lu.fichier.save(cible.name, File(ouvert), save=False)
    lu.pages = pages
    lu.save(update_fields=["fichier", "pages"])
    return True


def _produire_le_lot(tirage: TirageDeConventions, dossier: Path, suivi: Suivi) -> int:
    """Archive ou fichier à imprimer de celles que le demandeur a à signer ; met en page celles qui ne le sont pas."""
    siennes = Convention.objects.all()
    if tirage.demande_par is not None:
        siennes = siennes.visibles_par(tirage.demande_par)
    a_signer = siennes.filter(action__deliberation=tirage.deliberation, etat=EtatConvention.EDITEE)
    conventions = list(a_signer.order_by("action__projet__numero"))
    if not conventions:
        raise EchecDit("Aucune convention de cette délibération n’est à signer.")
    for rang, convention in enumerate(conventions):
        if not convention.fichier:
            _mettre_en_page(convention, dossier, suivi)
        suivi.avancer(90 * (rang + 1) // len(conventions), f"{rang + 1} conventions sur {len(conventions)}")
    nom = "conventions.zip" if tirage.sorte == SorteDeTirage.ARCHIVE else "conventions.pdf"
    produit, total = dossier / nom, 0
    relues = list(Convention.objects.filter(pk__in=[une.pk for une in conventions]).exclude(fichier=""))
    relues.sort(key=lambda une: une.numero or "")
    assembler = _archiver if tirage.sorte == SorteDeTirage.ARCHIVE else _joindre
    total = assembler(relues, produit)
    suivi.avancer(98, "Rangement", toujours=True)
    with produit.open("rb") as ouvert:
        tirage.fichier.save(nom, File(ouvert), save=False)
    TirageDeConventions.objects.filter(pk=tirage.pk).update(fichier=tirage.fichier.name)
    return total


def _archiver(conventions: list[Convention], produit: Path) -> int:
    with zipfile.ZipFile(produit, "w", zipfile.ZIP_STORED) as archive:  # des PDF, déjà comprimés
        for convention in conventions:
            with convention.fichier.open("rb") as lu:
                archive.writestr(f"{convention.numero}.pdf", lu.read())
    return sum(convention.pages or 0 for convention in conventions)


def _joindre(conventions: list[Convention], produit: Path) -> int:
    """Pour l’imprimante seulement : joindre des PDF perd leurs balises. Recto verso, chacune part sur un recto."""
    tout = PdfWriter()
    for convention in conventions:
        with convention.fichier.open("rb") as lu:
            tout.append(lu)
        if (convention.pages or 0) % 2:
            tout.add_blank_page()
    tout.write(produit)
    return len(tout.pages)


def _dire(suivi: Suivi, etape: str, numero: int) -> None:
    if etape == "page":
        suivi.avancer(min(80, 10 + 10 * numero), f"Mise en page, page {numero}")
    else:
        suivi.avancer(85, "Écriture du fichier balisé")
