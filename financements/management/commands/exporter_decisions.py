"""`manage.py exporter_decisions APPEL --format xlsx --sortie FICHIER` : un fichier d’échange d’un appel."""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from financements.exports.decisions import FORMATS
from financements.management.echanges import Ecrire, decisions, donnees_ouvertes, envoi
from financements.management.sorties import appel_connu, controler_la_sortie
from financements.states.echanges import EXPORTEES, SorteDeProfil
from projets.chiffres.export_de_l_instruction import ExportIncomplet

OFFERTS = (*FORMATS, "scdl", "scdl-etendu", *map(str, EXPORTEES))


class Command(BaseCommand):
    """Export des actions votées d’un appel, de ses subventions en données ouvertes, de ses engagements."""

    help = f"Écrit un fichier d’échange d’un appel. Formats : {', '.join(OFFERTS)}."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """APPEL --format FORMAT --sortie FICHIER, et ce qui précise un format."""
        parser.add_argument("appel", help="adresse de l’appel (nord-2016-2018)")
        parser.add_argument("--format", required=True, metavar="FORMAT", help=", ".join(OFFERTS))
        parser.add_argument("--sortie", required=True, type=Path, metavar="FICHIER")
        parser.add_argument(
            "--profil", default="", metavar="NOM", help="engagements, liquidations : profil d’échange, réglé à l’écran"
        )
        parser.add_argument(
            "--exercice", type=int, metavar="ANNÉE", help="engagements, liquidations : un seul exercice"
        )
        parser.add_argument(
            "--seuil-legal", action="store_true", help="scdl : seulement ce que la loi oblige à publier"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature de Django)
        """Écrit le fichier, entier ou pas du tout ; dit ses lignes et ce qu’elles font."""
        ecrire = self._format(options)
        appel = appel_connu(options["appel"])
        sortie: Path = options["sortie"]
        try:
            controler_la_sortie(sortie, options["format"].upper())
            with tempfile.TemporaryDirectory(dir=sortie.parent) as dossier, transaction.atomic():
                chemin = Path(dossier, "export")
                with chemin.open("wb") as fichier:
                    dit = ecrire(fichier, appel)
                os.replace(chemin, sortie)  # noqa: PTH105 (le fichier n’existe jamais à moitié)
        except ExportIncomplet as change:
            raise CommandError(f"Les données ont changé pendant l’export ({change}) : relancez la commande.") from None
        except OSError as refus:
            raise CommandError(f"« {sortie} » n’a pas pu être écrit : {refus.strerror or refus}.") from None
        self.stdout.write(f"{sortie} : {dit}, {-(-sortie.stat().st_size // 1024)} Kio")

    def _format(self, options: dict[str, Any]) -> Ecrire:
        nom: str = options["format"]
        if nom in FORMATS:
            return decisions(nom)
        if nom in {"scdl", "scdl-etendu"}:
            return donnees_ouvertes(seuil=options["seuil_legal"], etendue=nom == "scdl-etendu")
        if nom in EXPORTEES:
            return envoi(SorteDeProfil(nom), profil=options["profil"], exercice=options["exercice"])
        raise CommandError(f"Format « {nom} » inconnu. Formats offerts : {', '.join(OFFERTS)}.")
