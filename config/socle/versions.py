"""Une page part d’une version : qui enregistre après quelqu’un d’autre l’apprend, et n’écrase rien sans l’avoir vu."""

from typing import Any


class VersionPerimee(Exception):
    """Quelqu’un a enregistré entre-temps. `actuel` : ce que la base contient."""

    def __init__(self, actuel: Any) -> None:
        super().__init__("Cette page a changé depuis que vous l’avez ouverte.")
        self.actuel = actuel


def exiger_la_version(actuel: Any, version: int) -> None:
    """`actuel` : relu sous verrou, il a une `version` ; `version` : celle de la page. Lève `VersionPerimee`."""
    if actuel.version != version:
        raise VersionPerimee(actuel)
