"""Déposer des exemplaires signés et numérisés, les lire, rattacher à la main ce qui n’a pas pu l’être."""

import shutil
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, BinaryIO

from django.core.files import File
from django.db import IntegrityError, transaction

from comptes.models import Personne
from config.socle.execution import EchecDit, Suivi
from config.socle.fichiers.antivirus import exiger_sain
from config.socle.fichiers.controle import controler
from config.socle.journal import journaliser
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.commun import exiger_le_droit
from financements.imports.retours import codes_des_pages, extraire, le_notre
from financements.models import Avenant, Convention, ExemplaireSigne, PageDeRetour, RetourSigne
from financements.rules.appariement import apparier
from projets.models import AppelAProjets

FORMATS = ("pdf", "jpg", "png")
TAILLE_MAXIMALE = 60  # Mo
ILLISIBLE = "Aucun code lisible\u00a0: rattachez cette page à la main, ou numérisez-la plus finement."
ETRANGER = "Un code est lu, qui n’est pas d’une convention d’ici."
PERIME = "Ce code n’est celui d’aucune convention de cet appel\u00a0: le texte a pu être repris depuis l’impression."


def deposer_un_retour(*, auteur: Personne, appel: AppelAProjets, fichier: BinaryIO, nom: str) -> RetourSigne:
    """Contrôle le fichier (contenu, pièges, antivirus) et le garde ; `planning.lancer_la_lecture` le lira.

    Lève `PermissionDenied`, `FichierRefuse`, `PassageRefuse` si ce fichier est déjà déposé.
    """
    exiger_le_droit(auteur)
    fiche = controler(fichier, nom, formats=FORMATS, taille_maximale=TAILLE_MAXIMALE)
    exiger_sain(fichier, fiche.nom)
    with transaction.atomic():
        retour = RetourSigne(
            appel=appel,
            nom=fiche.nom,
            format=fiche.genre,
            taille=fiche.taille,
            empreinte=fiche.empreinte,
            demande_par=auteur,
        )
        if RetourSigne.objects.filter(appel=appel, empreinte=fiche.empreinte).exists():
            raise PassageRefuse(f"«\u00a0{fiche.nom}\u00a0» a déjà été déposé.")
        retour.fichier.save(fiche.nom, File(fichier), save=False)
        try:
            with transaction.atomic():
                retour.save()
        except IntegrityError as deja:
            raise PassageRefuse(f"«\u00a0{fiche.nom}\u00a0» a déjà été déposé.") from deja
        journaliser(auteur=auteur, acte="deposer_un_retour", objet=retour, apres={"empreinte": fiche.empreinte})
    return retour


def lire_le_retour(retour: RetourSigne, suivi: Suivi) -> None:
    """Lit le code de chaque page, la rattache, et range un exemplaire par convention. Refait, il ne double rien.

    Lève `EchecDit` si le fichier ne se lit pas, `TravailAnnule`.
    """
    with tempfile.TemporaryDirectory() as dossier:
        chemin = _copie(retour, Path(dossier))
        lues: list[tuple[int, list[str]]] = []
        try:
            for rang, codes in codes_des_pages(chemin, retour.format):
                lues.append((rang, codes))
                suivi.avancer(min(90, rang), f"Page {rang}")
        except (OSError, RuntimeError, ValueError) as erreur:
            raise EchecDit("Ce fichier ne se laisse pas lire\u00a0: numérisez-le de nouveau.") from erreur
        with transaction.atomic():
            PageDeRetour.objects.filter(retour=retour, a_la_main=False).delete()
            gardees = set(PageDeRetour.objects.filter(retour=retour).values_list("rang", flat=True))
            PageDeRetour.objects.bulk_create(_page(retour, rang, codes) for rang, codes in lues if rang not in gardees)
            _ranger(retour, chemin, Path(dossier))


@transaction.atomic
def rattacher_une_page(
    *, auteur: Personne, page: PageDeRetour, convention: Convention, avenant: Avenant | None, numero: int
) -> PageDeRetour:
    """Dit de quelle convention est une page, et laquelle ; son exemplaire se refait, et celui d’où elle vient.

    Lève `PermissionDenied`, `PassageRefuse` (convention d’un autre appel ou pas éditée, page qu’elle n’a pas).
    """
    exiger_le_droit(auteur)
    retour = RetourSigne.objects.select_for_update(of=("self",)).get(pk=page.retour_id)
    if retour.est_actif:
        raise PassageRefuse("Ce fichier est encore en cours de lecture\u00a0: attendez qu’elle finisse.")
    objet = avenant or convention
    if objet.jeton is None or convention.action.projet.appel_id != retour.appel_id:
        raise PassageRefuse("Aucune convention éditée de cet appel n’a ce numéro.")
    if not 1 <= numero <= (objet.pages or 0):
        raise PassageRefuse(f"{objet} a {objet.pages or 0}\u00a0pages\u00a0: la page {numero} n’en est pas.")
    page = retour.pages.select_related("convention", "avenant__convention").get(pk=page.pk)
    change = {objet, page.avenant or page.convention}
    avant = {"numero": str(page.convention or ""), "rang": page.page}
    page.convention, page.avenant, page.page, page.a_la_main, page.defaut = convention, avenant, numero, True, ""
    page.save()
    with tempfile.TemporaryDirectory() as dossier:
        _ranger(retour, _copie(retour, Path(dossier)), Path(dossier), change)
    apres = {"numero": str(objet), "rang": numero, "page": page.rang}
    journaliser(auteur=auteur, acte="rattacher_une_page", objet=retour, avant=avant, apres=apres)
    return page


def _copie(retour: RetourSigne, dossier: Path) -> Path:
    """Le fichier sur le disque : le stockage peut être ailleurs."""
    chemin = dossier / f"retour.{retour.format}"
    with retour.fichier.open("rb") as lu, chemin.open("wb") as ecrit:
        shutil.copyfileobj(lu, ecrit)
    return chemin


def _page(retour: RetourSigne, rang: int, codes: list[str]) -> PageDeRetour:
    """La page rattachée, ou ce qui l’empêche."""
    code, lu = le_notre(codes)
    page = PageDeRetour(retour=retour, rang=rang, code=code)
    if lu is None:
        page.defaut = ETRANGER if codes else ILLISIBLE
        return page
    jeton, numero = lu
    conventions = Convention.objects.filter(action__projet__appel=retour.appel_id)
    avenants = Avenant.objects.filter(convention__action__projet__appel=retour.appel_id)
    convention = conventions.filter(jeton=jeton).first()
    avenant = None if convention else avenants.select_related("convention").filter(jeton=jeton).first()
    if convention is None and avenant is None:
        page.defaut = PERIME
        return page
    page.convention = avenant.convention if avenant else convention
    page.avenant, page.page = avenant, numero
    return page


def _ranger(retour: RetourSigne, chemin: Path, dossier: Path, seuls: Collection[Any] | None = None) -> None:
    """Un exemplaire par convention ou avenant, refait d’après les pages rattachées ; de tous, ou de `seuls`."""
    suite: list[tuple[int, Any, int]] = [
        (page.rang, objet, page.page or 0)
        for page in retour.pages.select_related("convention", "avenant__convention").order_by("rang")
        if (objet := page.avenant or page.convention) and (seuls is None or objet in seuls)
    ]
    attendues = {objet: objet.pages or 0 for _, objet, _ in suite}
    for ancien in retour.exemplaires.select_related("convention", "avenant"):
        if seuls is None or (ancien.avenant or ancien.convention) in seuls:
            ancien.delete()
    for numero, un in enumerate(apparier(suite, attendues)):
        cible = dossier / f"exemplaire-{numero}.pdf"
        extraire(chemin, retour.format, un.rangs, cible)
        avenant = un.objet if isinstance(un.objet, Avenant) else None
        exemplaire = ExemplaireSigne(
            retour=retour,
            convention=avenant.convention if avenant else un.objet,
            avenant=avenant,
            manquantes=un.manquantes,
            en_double=un.en_double,
        )
        with cible.open("rb") as lu:
            exemplaire.fichier.save(cible.name, File(lu), save=False)
        exemplaire.save()
