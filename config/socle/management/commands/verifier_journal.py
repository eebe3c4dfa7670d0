"""`manage.py verifier_journal [--temoin EMPREINTE]` : refaire chaque sceau du journal et dire ce qui a changé."""

import argparse
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.socle.verification import verifier_le_journal


class Command(BaseCommand):
    help = "Vérifie le journal contre ses sceaux quotidiens ; le code de sortie n’est 0 que si tout est intact."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """[--temoin EMPREINTE]."""
        aide = "une empreinte de sceau gardée hors de la base (sur un export du journal), qui doit s’y retrouver"
        parser.add_argument("--temoin", default="", metavar="EMPREINTE", help=aide)

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature de Django)
        """Une phrase par jour fautif, puis l’échec ; sinon, ce qui a été vérifié."""
        constat = verifier_le_journal(instant=timezone.now(), temoin=options["temoin"].strip().lower())
        if constat.anomalies:
            fautes = "\n".join(f"- {anomalie}" for anomalie in constat.anomalies)
            raise CommandError(f"Le journal n’est pas intact.\n{fautes}")
        if constat.dernier is None:
            self.stdout.write("Aucun jour n’est encore scellé.")
            return
        self.stdout.write(
            f"Journal intact : {constat.lignes} lignes sous {constat.sceaux} sceaux, jusqu’au "
            f"{constat.dernier.jour:%d/%m/%Y}. Pas encore scellées : {constat.a_sceller}."
        )
        self.stdout.write(f"Dernier sceau : {constat.dernier.empreinte}")
