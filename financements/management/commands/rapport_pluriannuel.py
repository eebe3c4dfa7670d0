"""`manage.py rapport_pluriannuel APPEL --sortie FICHIER.pdf` : produire le rapport sur place, sans file d’attente."""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from financements.chiffres import Perimetre
from financements.management.sorties import appel_connu, controler_la_sortie
from financements.pdf.contexte import Edition
from financements.pdf.production import DonneesChangees, dire_l_etape, plan_du_rapport, produire
from projets.models import AppelAProjets, Axe
from territoires.models import Territoire


def annees(texte: str) -> tuple[int, int]:
    """« 2016 » ou « 2016-2018 »."""
    debut, _, fin = texte.partition("-")
    try:
        return int(debut), int(fin or debut)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {texte} » : attendu une année (2016) ou deux (2016-2018)") from None


class Command(BaseCommand):
    """Rapport budgétaire pluriannuel en PDF."""

    help = "Produit le rapport budgétaire pluriannuel d’un appel (PDF/UA). Plusieurs volumes : suffixes -1, -2…"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """APPEL [--territoire CODE | --axe N] [--annees 2016-2018] --sortie FICHIER.pdf."""
        parser.add_argument("appel", help="adresse de l’appel (nord-2016-2018)")
        portee = parser.add_mutually_exclusive_group()
        portee.add_argument("--territoire", metavar="CODE", help="un seul territoire")
        portee.add_argument("--axe", type=int, metavar="N", help="un seul axe")
        parser.add_argument("--annees", type=annees, metavar="AAAA-AAAA", help="une partie des années de l’appel")
        parser.add_argument("--sortie", required=True, type=Path, metavar="FICHIER.pdf")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature de Django)
        """Écrit le ou les fichiers, et dit leur nombre de pages."""
        sortie: Path = options["sortie"]
        controler_la_sortie(sortie, "PDF")
        perimetre = self._perimetre(options)
        version, contenus = plan_du_rapport(perimetre)
        maintenant = timezone.localtime()
        for numero, contenu in enumerate(contenus, start=1):
            cible = sortie if len(contenus) == 1 else sortie.with_stem(f"{sortie.stem}-{numero}")
            controler_la_sortie(cible, "PDF")
            edition = Edition(maintenant, version, numero, len(contenus))
            with tempfile.TemporaryDirectory(dir=sortie.parent) as dossier:
                chemin = Path(dossier, "volume.pdf")
                try:
                    pages = produire(perimetre, contenu, edition, chemin, self._dire(contenu))
                except DonneesChangees:
                    raise CommandError(
                        "Les données ont changé pendant la production : relancez la commande."
                    ) from None
                os.replace(chemin, cible)  # noqa: PTH105 (le fichier n’existe jamais à moitié)
            self.stdout.write(f"{cible} : {contenu.titre}, {pages} pages, {cible.stat().st_size // 1024} Kio")

    def _dire(self, contenu: Any) -> Any:
        """Affiche l’avancement si quelqu’un regarde."""

        def rappel(etape: str, numero: int) -> None:
            if self.stderr.isatty():
                part, texte = dire_l_etape(contenu, etape, numero)
                self.stderr.write(f"\r{part:3} % {texte:70}", ending="\r")

        return rappel

    def _perimetre(self, options: dict[str, Any]) -> Perimetre:
        appel = appel_connu(options["appel"])
        debut, fin = options["annees"] or (appel.annee_debut, appel.annee_fin)
        if not appel.annee_debut <= debut <= fin <= appel.annee_fin:
            raise CommandError(f"Les années doivent se suivre, entre {appel.annee_debut} et {appel.annee_fin}.")
        return Perimetre(
            appel,
            tuple(range(debut, fin + 1)),
            self._territoire(options["territoire"]),
            self._axe(appel, options["axe"]),
        )

    def _territoire(self, code: str | None) -> Territoire | None:
        if code is None:
            return None
        trouve = Territoire.objects.defer("contour").filter(code=code.upper()).first()
        if trouve is None:
            connus = ", ".join(Territoire.objects.values_list("code", flat=True))
            raise CommandError(f"Aucun territoire « {code} ». Codes connus : {connus or 'aucun'}.")
        return trouve

    def _axe(self, appel: AppelAProjets, numero: int | None) -> Axe | None:
        if numero is None:
            return None
        trouve = Axe.objects.filter(appel=appel, numero=numero).first()
        if trouve is None:
            connus = ", ".join(str(axe.numero) for axe in appel.axes.all())
            raise CommandError(f"L’appel n’a pas d’axe {numero}. Axes : {connus or 'aucun'}.")
        return trouve
