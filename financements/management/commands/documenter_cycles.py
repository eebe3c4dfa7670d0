"""`manage.py documenter_cycles` : écrire docs/cycle-de-vie.md d’après les tables de passage."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config.socle.documentation import en_markdown
from config.socle.travaux import CYCLE_TRAVAIL
from financements.states import CYCLE_COMITE, CYCLE_SCENARIO
from financements.states.execution import (
    CYCLE_AVENANT,
    CYCLE_BILAN,
    CYCLE_CONVENTION,
    CYCLE_PROCEDURE,
    CYCLE_SIGNATURE,
    CYCLE_TITRE,
    CYCLE_VERSEMENT,
)
from projets.states import CYCLE_APPEL, CYCLE_PROJET

FICHIER = Path(settings.RACINE) / "docs" / "cycle-de-vie.md"
TITRES = {
    "L’appel à projets": (CYCLE_APPEL, "projets/states.py"),
    "Le projet": (CYCLE_PROJET, "projets/states.py"),
    "Le scénario d’arbitrage": (CYCLE_SCENARIO, "financements/states/__init__.py"),
    "Le comité": (CYCLE_COMITE, "financements/states/__init__.py"),
    "La convention": (CYCLE_CONVENTION, "financements/states/execution.py"),
    "L’avenant": (CYCLE_AVENANT, "financements/states/execution.py"),
    "La demande de signature": (CYCLE_SIGNATURE, "financements/states/execution.py"),
    "Le versement": (CYCLE_VERSEMENT, "financements/states/execution.py"),
    "Le titre de recette": (CYCLE_TITRE, "financements/states/execution.py"),
    "La procédure contradictoire": (CYCLE_PROCEDURE, "financements/states/execution.py"),
    "Le bilan": (CYCLE_BILAN, "financements/states/execution.py"),
    "Le travail long (import, rapport)": (CYCLE_TRAVAIL, "config/socle/travaux.py"),
}


def texte() -> str:
    """La page entière."""
    parties = [
        f"## {titre}\n\nSource : `{source}`.\n\n{en_markdown(cycle)}" for titre, (cycle, source) in TITRES.items()
    ]
    return (
        "# Cycles de vie\n\nPage engendrée par `manage.py documenter_cycles` : ne pas la modifier à la main.\n\n"
        + "\n".join(parties)
    )


class Command(BaseCommand):
    help = "Écrit docs/cycle-de-vie.md d’après les tables de passage du code."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 (signature de Django)
        """Remplace la page."""
        FICHIER.write_text(texte(), encoding="utf-8")
        self.stdout.write(f"{FICHIER} est à jour.")
