#!/usr/bin/env python
"""Commandes du projet. Démarre les serveurs embarqués le temps de la commande, ou se sert de ceux de `make demo`."""

import contextlib
import os
import sys

# Avant tout import de « config », qui prend la production pour défaut : ici l’on est au poste de travail.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.demo")

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import lieux

# Celles-ci n’ouvrent ni la base ni la file.
SANS_SERVEURS = {"help", "version", "check", "collectstatic", "diffsettings", "makemessages", "compilemessages"}
AIDE = {"-h", "--help", "--version"}


def main() -> None:
    """Exécute la commande demandée. Une erreur des serveurs embarqués est un message, pas une trace d’appel."""
    try:
        with serveurs():
            executer()
    except ErreurEmbarque as erreur:
        sys.exit(f"Erreur : {erreur}")
    except KeyboardInterrupt:
        sys.exit(130)


def serveurs() -> contextlib.AbstractContextManager[None]:
    """Les serveurs embarqués, sauf pour l’aide, pour la production, et pour les commandes qui n’en ont pas besoin."""
    commande = sys.argv[1] if len(sys.argv) > 1 else "help"
    production = os.environ["DJANGO_SETTINGS_MODULE"] == "config.settings.production"
    if production or commande in SANS_SERVEURS | AIDE or AIDE & set(sys.argv[2:]):
        return contextlib.nullcontext()
    # L’image de production n’embarque pas les serveurs : on ne charge leurs paquets que si l’on s’en sert.
    from config.embarque.usage import serveurs_embarques  # noqa: PLC0415

    return serveurs_embarques(lieux(os.environ))


def executer() -> None:
    """Passe la main à Django, chargé après que les adresses des serveurs sont dans l’environnement."""
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db import OperationalError, connection  # noqa: PLC0415

    try:
        execute_from_command_line(sys.argv)
    except OperationalError as erreur:
        if connection.connection is not None:  # la base a répondu, puis a refusé autre chose : la trace est utile
            raise
        sys.exit(f"Erreur : la base de données ne répond pas. Vérifiez DATABASE_URL.\n{erreur}")


if __name__ == "__main__":
    main()
