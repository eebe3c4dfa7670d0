"""Mesurer et couper un texte sans moteur de rendu, d’après les chasses de Source Sans 3."""

_FAMILLES = (
    (" \u00a0", 0.2),
    ("\u202f", 0.13),
    ("ijl.,:;’'!|()[]·", 0.27),
    ("frt-–", 0.36),
    ("mwMW%€@—", 0.85),
)


def _chasse(caractere: str) -> float:
    """Chasse en cadratins, arrondie par excès."""
    courante = 0.6 if caractere.isupper() else 0.51
    return next((chasse for famille, chasse in _FAMILLES if caractere in famille), courante)


def largeur_texte(texte: str, corps: float) -> float:
    """Largeur approchée (par excès) d’une ligne de ce corps."""
    return sum(map(_chasse, texte)) * corps


def couper(texte: str, corps: float, largeur: float, lignes: int = 2) -> tuple[str, ...]:
    """Coupe aux espaces en `lignes` lignes au plus ; la dernière finit par « … » si tout ne tient pas."""
    faites: list[str] = []
    courante = ""
    for mot in texte.split(" "):
        essai = f"{courante} {mot}".strip()
        if not courante or largeur_texte(essai, corps) <= largeur:
            courante = essai
            continue
        faites.append(courante)
        courante = mot
    faites.append(courante)
    if len(faites) <= lignes:
        return tuple(faites)
    return (*faites[: lignes - 1], _abreger(" ".join(faites[lignes - 1 :]), corps, largeur))


def _abreger(texte: str, corps: float, largeur: float) -> str:
    while texte and largeur_texte(f"{texte}…", corps) > largeur:
        texte = texte[:-1].rstrip()
    return f"{texte}…"
