"""Ce que porte le code QR d’une page de convention : un jeton tiré au hasard et le numéro de la page. Rien d’autre."""

import re

_CODE = re.compile(r"MA1/([A-Z2-7]{26})/([1-9][0-9]?)")


def code_de_la_page(jeton: str, page: int) -> str:
    """« MA1/<jeton>/3 »."""
    return f"MA1/{jeton}/{page}"


def lire_le_code(texte: str) -> tuple[str, int] | None:
    """(jeton, page), None si ce code n’est pas l’un des nôtres."""
    trouve = _CODE.fullmatch(texte)
    return (trouve[1], int(trouve[2])) if trouve else None
