"""`manage.py sceller_le_journal [JOUR]` : sceller tout de suite les jours finis du journal."""

import argparse
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from config.socle.models import SceauDuJournal
from config.socle.sceaux import MARGE, dernier_jour_a_sceller, sceller_le_journal


def jour(texte: str) -> date:
    """« 2026-11-25 »."""
    try:
        return date.fromisoformat(texte)
    except ValueError:
        raise argparse.ArgumentTypeError(f"« {texte} » : attendu un jour, comme 2026-11-25") from None


class Command(BaseCommand):
    help = "Scelle les jours finis du journal qui ne le sont pas encore, jusqu’au jour donné."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """[JOUR]."""
        parser.add_argument("jour", nargs="?", type=jour, metavar="JOUR", help="le dernier jour à sceller")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature de Django)
        """Dit ce qui a été scellé, et la dernière empreinte."""
        instant, demande = timezone.now(), options["jour"]
        if demande and demande > dernier_jour_a_sceller(instant):
            heures = int(MARGE.total_seconds() // 3600)
            raise CommandError(f"Le {demande:%d/%m/%Y} ne se scelle que {heures} heures après sa fin.")
        faits = sceller_le_journal(instant=instant, jusqu_au=demande)
        dernier = SceauDuJournal.objects.defer("releve").last()
        if faits:
            self.stdout.write(
                f"{len(faits)} jour(s) scellé(s), du {faits[0].jour:%d/%m/%Y} au {faits[-1].jour:%d/%m/%Y}."
            )
        else:
            self.stdout.write("Rien à sceller.")
        if demande and (dernier is None or dernier.jour < demande):
            raise CommandError(
                f"Un acte dure encore, ou le journal est vide : le {demande:%d/%m/%Y} n’est pas scellé."
            )
        if dernier:
            self.stdout.write(f"Dernier sceau, {dernier.jour:%d/%m/%Y} : {dernier.empreinte}")
