"""Produire les lettres hors de la requête : le PDF de chacune, puis l’archive ou le fichier à imprimer de toutes."""

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from celery import shared_task
from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils.text import slugify

from config.socle.execution import EchecDit, Suivi, mettre_en_file
from financements.chiffres.lettres import lettres_choisies
from financements.models import FichierDeLettre, LotDeLettres, Notification
from financements.pdf.lettres import Liasse, composer_la_lettre, pages_de
from financements.states import SorteDeLot

PAR_LECTURE = 50  # notifications tenues en mémoire à la fois
ECRITURE = 90  # pour cent d’avancement quand toutes les lettres sont lues


def lancer_la_lettre(pk: int) -> None:
    """Met la production dans la file. Si la file ne répond pas, la reprise périodique s’en chargera."""
    mettre_en_file(produire_la_lettre, pk, "la lettre")


@shared_task(name="financements.produire_la_lettre")
def produire_la_lettre(pk: int) -> None:
    """Une fois, même livrée deux fois."""
    fichier_de(Notification.objects.en_lettres().get(pk=pk))


def fichier_de(notification: Notification) -> FichierDeLettre:
    """Le fichier gardé de la lettre, produit s’il ne l’est pas encore."""
    garde = FichierDeLettre.objects.filter(notification=notification).first()
    if garde is not None:
        return garde
    octets = composer_la_lettre(notification.contenu)
    with transaction.atomic():
        Notification.objects.select_for_update(of=("self",)).get(pk=notification.pk)
        garde = FichierDeLettre.objects.filter(notification=notification).first()
        return garde or FichierDeLettre.objects.create(
            notification=notification,
            fichier=ContentFile(octets, "lettre.pdf"),
            empreinte=hashlib.sha256(octets).hexdigest(),
            pages=pages_de(octets),
        )


def produire_un_lot(lot: LotDeLettres, suivi: Suivi) -> None:
    """L’archive ou le fichier à imprimer, rangé avec son nombre de lettres et de pages.

    Lève `TravailAnnule`, `EchecDit` si plus aucune lettre n’est concernée.
    """
    with tempfile.TemporaryDirectory() as dossier:
        cible = Path(dossier, "lettres.zip" if lot.sorte == SorteDeLot.ARCHIVE else "lettres.pdf")
        ecrire = _archiver if lot.sorte == SorteDeLot.ARCHIVE else _relier
        lettres, pages = ecrire(_fichiers(lot, suivi), cible)
        if not lettres:
            raise EchecDit("Plus aucune lettre n’est concernée.")
        suivi.avancer(99, "Rangement du fichier", toujours=True)
        with cible.open("rb") as lu:
            lot.fichier.save(cible.name, File(lu), save=False)
        LotDeLettres.objects.filter(pk=lot.pk).update(
            fichier=lot.fichier.name, lettres=lettres, pages=pages, taille=cible.stat().st_size
        )


def nom_dans_l_archive(notification: Notification) -> str:
    """« AAP16-0001-centre-social-les-cinq-peupliers-retenu.pdf », de ce que la notification a figé."""
    lettre, sens = notification.lettre, slugify(notification.contenu["sens"].replace("_", "-"))
    nom = slugify(lettre["destinataire"]["nom"])[:60].strip("-")
    return f"{slugify(lettre['numero']).upper()}-{nom}-{sens}.pdf"


def _fichiers(lot: LotDeLettres, suivi: Suivi) -> Iterator[tuple[Notification, FichierDeLettre]]:
    """Chaque lettre choisie et son fichier, quelques dizaines à la fois en mémoire."""
    cles = list(lettres_choisies(lot.deliberation, lot.choix, lot.demande_par).values_list("pk", flat=True))
    for debut in range(0, len(cles), PAR_LECTURE):
        morceau = Notification.objects.filter(pk__in=cles[debut : debut + PAR_LECTURE])
        lues = {une.pk: une for une in morceau.select_related("fichier")}
        for rang, cle in enumerate(cles[debut : debut + PAR_LECTURE], start=debut + 1):
            suivi.avancer(ECRITURE * rang // len(cles), f"Lettre {rang} sur {len(cles)}")
            yield lues[cle], fichier_de(lues[cle])


def _archiver(fichiers: Iterator[tuple[Notification, FichierDeLettre]], cible: Path) -> tuple[int, int]:
    """Une archive de PDF, déjà comprimés ; rend (lettres, pages)."""
    lettres = pages = 0
    with zipfile.ZipFile(cible, "w", zipfile.ZIP_STORED) as archive:
        for notification, garde in fichiers:
            with garde.fichier.open("rb") as lu:
                archive.writestr(nom_dans_l_archive(notification), lu.read())
            lettres, pages = lettres + 1, pages + garde.pages
    return lettres, pages


def _relier(fichiers: Iterator[tuple[Notification, FichierDeLettre]], cible: Path) -> tuple[int, int]:
    """Un seul PDF, chaque lettre sur une page impaire ; rend (lettres, pages)."""
    liasse, lettres = Liasse(), 0
    for _, garde in fichiers:
        with garde.fichier.open("rb") as lu:
            liasse.ajouter(lu.read())
        lettres += 1
    return lettres, liasse.ecrire(cible)
