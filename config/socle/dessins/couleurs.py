"""Couleurs des dessins : les mêmes jetons que `static/css/mille-actions.css` (un essai les compare)."""

from typing import Final

ENCRE: Final = "#16233b"
ENCRE_DOUCE: Final = "#4d5b75"
PAPIER: Final = "#ffffff"
FILET: Final = "#dce1ea"
PISTE: Final = "#e6eaf1"
TRAIT: Final = "#76849c"  # contours et repères fins : au moins 3:1 sur le papier

TONS: Final[dict[str, str]] = {
    "axe-1": "#14574a",
    "axe-2": "#23805f",
    "axe-3": "#5f9a45",
    "axe-4": "#21698f",
    "axe-5": "#bd5520",
    "pro": "#1b6e53",
    "social": "#b2491a",
    "bleu": "#1f4e9e",
    "attente": "#7a5600",
    "alerte": "#a3160f",
    "neutre": "#5f6f8a",
}
SEUIL_LINEAIRE = 0.04045  # sRGB : en dessous, la courbe est une droite
DEGRADE: Final = ("#dbe6f5", "#b3c9e8", "#7fa1d3", "#4671b6", "#1b458d")  # du plus faible au plus fort


def luminance(couleur: str) -> float:
    """Luminance relative (0 à 1) d’une couleur « #rrggbb », formule des WCAG 2.1."""

    def lineaire(composante: int) -> float:
        c = composante / 255
        return c / 12.92 if c <= SEUIL_LINEAIRE else float(((c + 0.055) / 1.055) ** 2.4)

    rouge, vert, bleu = (int(couleur[i : i + 2], 16) for i in (1, 3, 5))
    return 0.2126 * lineaire(rouge) + 0.7152 * lineaire(vert) + 0.0722 * lineaire(bleu)


def contraste(une: str, autre: str) -> float:
    """Rapport de contraste des WCAG 2.1, de 1 à 21."""
    claire, sombre = sorted((luminance(une), luminance(autre)), reverse=True)
    return (claire + 0.05) / (sombre + 0.05)


def encre_sur(fond: str) -> str:
    """Du papier ou de l’encre, ce qui se lit le mieux sur ce fond."""
    return max((PAPIER, ENCRE), key=lambda encre: contraste(encre, fond))


def degrade(classes: int) -> tuple[str, ...]:
    """Autant de teintes que de classes (1 à 5), réparties du clair au foncé."""
    if classes == 1:
        return (DEGRADE[2],)
    pas = (len(DEGRADE) - 1) / (classes - 1)
    return tuple(DEGRADE[round(rang * pas)] for rang in range(classes))
