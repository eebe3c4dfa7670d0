"""`manage.py charger_demo [--si-vide | --controler]` : charger le programme de démonstration."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config.socle.montants import format_euros
from financements.actions.charger_demonstration import (
    DemonstrationRefusee,
    charger_demonstration,
    refuser_la_base_d_autrui,
)


class Command(BaseCommand):
    help = (
        "Charge le programme de démonstration (988 actions inventées, totaux publiés), un appel ouvert au dépôt, "
        "un autre en instruction (240 projets inventés), le programme rejoué au moment de l’arbitrage (1 350 projets "
        "inventés), et leurs comptes d’essai. "
        "Tout ou rien, sans effet la seconde fois ; refusé hors du mode de démonstration, et dans une base occupée "
        "par autre chose que la démonstration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Options `--si-vide` et `--controler`."""
        facons = parser.add_mutually_exclusive_group()
        facons.add_argument(
            "--si-vide", action="store_true", help="ne rien faire si la base a déjà un appel ou une personne"
        )
        facons.add_argument(
            "--controler", action="store_true", help="ne rien charger : seulement refuser la base s’il y a lieu"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Charge et dit ce que la base contient. `CommandError` si le chargement est refusé."""
        debut = time.monotonic()
        try:
            if options["controler"]:
                refuser_la_base_d_autrui()
                return
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
