"""`manage.py exporter_decisions APPEL --format xlsx --sortie FICHIER` : les actions votées dans un fichier."""

import argparse
import os
import tempfile
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from config.socle.montants import format_euros, format_nombre
from financements.actions.exporter_les_decisions import exporter_les_decisions
from financements.chiffres import Perimetre
from financements.chiffres.decisions import Decisions
from financements.exports.decisions import FORMATS
from financements.management.sorties import appel_connu, controler_la_sortie
from financements.models import Action
from projets.chiffres.export_de_l_instruction import ExportIncomplet


class Command(BaseCommand):
    """Export des actions votées d’un appel."""

    help = f"Écrit les actions votées d’un appel, une ligne par action. Formats : {', '.join(FORMATS)}."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """APPEL --format xlsx|ods|csv --sortie FICHIER."""
        parser.add_argument("appel", help="adresse de l’appel (nord-2016-2018)")
        parser.add_argument("--format", required=True, metavar="FORMAT", help=", ".join(FORMATS))
        parser.add_argument("--sortie", required=True, type=Path, metavar="FICHIER")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature de Django)
        """Écrit le fichier, entier ou pas du tout ; dit son nombre de lignes et ce qu’elles font."""
        format_ = FORMATS.get(options["format"])
        if format_ is None:
            raise CommandError(f"Format « {options['format']} » inconnu. Formats offerts : {', '.join(FORMATS)}.")
        appel = appel_connu(options["appel"])
        sortie: Path = options["sortie"]
        decisions = Decisions(Perimetre.entier(appel), Action.objects.filter(projet__appel=appel))
        try:
            controler_la_sortie(sortie, format_.extension.upper())
            with tempfile.TemporaryDirectory(dir=sortie.parent) as dossier:
                chemin = Path(dossier, "export")
                with chemin.open("wb") as fichier:
                    format_.ecrire(fichier, decisions, {})
                exporter_les_decisions(auteur=None, decisions=decisions, genre=format_.extension, filtres={})
                os.replace(chemin, sortie)  # noqa: PTH105 (le fichier n’existe jamais à moitié)
        except ExportIncomplet as change:
            raise CommandError(f"Les données ont changé pendant l’export ({change}) : relancez la commande.") from None
        except OSError as refus:
            raise CommandError(f"« {sortie} » n’a pas pu être écrit : {refus.strerror or refus}.") from None
        lignes = f"{format_nombre(decisions.actions)} {'lignes' if decisions.actions > 1 else 'ligne'}"
        taille = -(-sortie.stat().st_size // 1024)
        self.stdout.write(f"{sortie} : {lignes}, {format_euros(decisions.total)}, {taille} Kio")
