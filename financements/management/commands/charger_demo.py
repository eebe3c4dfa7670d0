"""`manage.py charger_demo [--si-vide]` : charger le programme de démonstration."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.socle.montants import format_euros
from financements.actions.charger_demonstration import DemonstrationRefusee, charger_demonstration


class Command(BaseCommand):
    help = (
        "Charge le programme de démonstration (988 actions inventées, totaux publiés) et ses six comptes. "
        "Tout ou rien, sans effet la seconde fois ; refusé hors du mode de démonstration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Option `--si-vide`."""
        parser.add_argument(
            "--si-vide", action="store_true", help="ne rien faire si la base a déjà un appel ou une personne"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Charge et dit ce que la base contient. `CommandError` si le chargement est refusé."""
        debut = time.monotonic()
        try:
            bilan = charger_demonstration(si_vide=options["si_vide"])
        except DemonstrationRefusee as refus:
            raise CommandError(str(refus)) from refus
        if not bilan.est_charge:
            self.stdout.write("La base n’est pas vide : la démonstration n’est pas chargée.")
            return
        self.stdout.write(
            f"Démonstration chargée : {bilan.actions} actions, {bilan.organismes} organismes, "
            f"{format_euros(bilan.total)} ({time.monotonic() - debut:.1f} s)."
        )
