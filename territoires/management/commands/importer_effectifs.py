"""`manage.py importer_effectifs FICHIER [--date --unite --source --fictif]`."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.socle.lecture.cellules import ValeurRefusee, lire_date
from config.socle.lecture.erreurs import en_tableau, nombre_d_erreurs
from config.socle.lecture.tableau import FichierIllisible
from config.socle.montants import format_nombre
from territoires.actions.importer_effectifs import importer_effectifs
from territoires.imports.effectifs import Defauts
from territoires.models import ReleveEffectifs


class Command(BaseCommand):
    help = (
        "Importe les effectifs d’allocataires par territoire depuis un fichier XLSX, ODS ou CSV : colonnes territoire "
        "(ou code) et allocataires (ou allocataires_FICTIF) ; date, unité et source dans le fichier ou en option."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Le fichier, et ce qu’il ne dit pas."""
        parser.add_argument("fichier", type=Path, help="fichier XLSX, ODS ou CSV")
        parser.add_argument("--date", default="", help="date d’observation (29/02/2016 ou 2016-02-29)")
        parser.add_argument(
            "--unite", default="", choices=["", *ReleveEffectifs.Unite.values], help="ce que l’on compte"
        )
        parser.add_argument("--source", default="", help="d’où viennent les nombres")
        parser.add_argument("--fictif", action="store_true", help="les valeurs sont inventées, à dire partout")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Importe et dit ce qui a été créé. `CommandError` (code de sortie 1) si quelque chose ne va pas."""
        try:
            jour = lire_date(options["date"]) if options["date"] else None
            defauts = Defauts(jour, options["unite"], options["source"], options["fictif"])
            bilan = importer_effectifs(auteur=None, chemin=options["fichier"], defauts=defauts)
        except ValeurRefusee as refus:
            raise CommandError(f"--date : il fallait {refus.attendu}.") from refus
        except FichierIllisible as refus:
            raise CommandError(str(refus)) from refus
        if bilan.erreurs:
            for rangee in en_tableau(bilan.erreurs):
                self.stderr.write(rangee)
            raise CommandError(f"{nombre_d_erreurs(bilan.erreurs)} : rien n’a été importé.")
        if bilan.colonnes_ignorees:
            self.stdout.write(f"Colonnes ignorées : {', '.join(bilan.colonnes_ignorees)}")
        for releve in bilan.crees:
            total = sum(releve.effectifs.values_list("nombre", flat=True))
            self.stdout.write(f"Relevé créé : {releve}, {format_nombre(total)} en tout.")
        if bilan.inchanges:
            self.stdout.write(f"Relevés déjà là, inchangés : {bilan.inchanges}.")
