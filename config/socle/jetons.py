"""Les adresses qui portent un secret (invitation, avis extérieur, mot de passe) : leur jeton ne s’écrit nulle part."""

import logging
import re

# Un jeton signé porte un deux-points, une clé de mot de passe un tiret : « /12/avis/associe/ » n’en a pas.
SECRETES = re.compile(
    r"(/(?:avis|invitation|inscription/confirmer)/)[^/\s\"?]*(?::|%3A)[^/\s\"?]*"
    r"|(/mot-de-passe/oublie/)\w+-[^/\s\"?]+"
)


def masquer(texte: str) -> str:
    """« /avis/abc:def/ » → « /avis/…/ »."""
    return SECRETES.sub(lambda trouve: f"{trouve[1] or trouve[2]}…", texte)


class SansJeton(logging.Filter):
    """Écrit la ligne sans son jeton, qu’il soit dans le texte ou dans les arguments."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Toujours vrai : on garde la ligne."""
        record.msg, record.args = masquer(record.getMessage()), None
        return True
