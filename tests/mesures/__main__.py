"""`python -m tests.mesures [pdf pages depot …]` : mesures de `MODULES`, toutes à défaut ; base dans `var/mesures`."""

import os
import sys
from importlib import import_module

import django
from django.core.management import call_command

from config.embarque.lieux import RACINE, lieux
from config.embarque.usage import serveurs_embarques

MODULES = {
    "pdf": "tests.mesures.rapport",
    "pages": "tests.mesures.pages",
    "depot": "tests.mesures.depot",
    "instruction": "tests.mesures.instruction",
    "selection": "tests.mesures.selection",
    "arbitrage": "tests.mesures.arbitrage",
    "execution": "tests.mesures.execution",
    "exports": "tests.mesures.exports",
}


def main(voulues: list[str]) -> None:
    """Prépare la base et lance les mesures demandées (toutes par défaut)."""
    inconnues = sorted(set(voulues) - set(MODULES))
    if inconnues:
        sys.exit(f"Mesures inconnues : {', '.join(inconnues)}. Connues : {', '.join(MODULES)}.")
    os.environ.setdefault("MILLE_ACTIONS_VAR", str(RACINE / "var" / "mesures"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings.demo"  # importer « config » a posé la production
    with serveurs_embarques(lieux(os.environ)):
        _mesurer(voulues or list(MODULES))


def _mesurer(voulues: list[str]) -> None:
    # Django ne se charge qu’une fois les adresses des serveurs dans l’environnement.
    django.setup()
    call_command("migrate", verbosity=0)
    for sorte in voulues:
        import_module(MODULES[sorte]).mesurer()


if __name__ == "__main__":
    main(sys.argv[1:])
