"""De petits problèmes de sélection, au plus juste."""

from fractions import Fraction

from financements.rules.selection import Candidat, Choix, Exercice, Probleme, Resultat, resoudre

EXACT = Fraction(1, 10**6)
EURO = 100


def candidat(cle="A", note=50, euros=(100, 100), **autres):
    """Un candidat de 2017 ; `euros` : minimum et maximum ; `note` en points."""
    reglages = {
        "allocataires": 10,
        "exercices": {2017: Exercice(euros[0] * EURO, euros[1] * EURO)},
        "parts": {"DOU": 10_000},
        "axe": 1,
        "est_professionnel": True,
        "choix": Choix.LIBRE,
    }
    return Candidat(cle=cle, note=note * 100, **{**reglages, **autres})


def probleme(*candidats, **autres):
    """Un problème de 2017, sans borne ; `credits` en euros s’il est un entier."""
    if isinstance(autres.get("credits"), int):
        autres["credits"] = {2017: autres["credits"] * EURO}
    return Probleme(**{"annees": (2017,), **autres, "candidats": candidats})


def exact(pose) -> Resultat:
    """La sélection, à un millionième près."""
    return resoudre(pose, precision=EXACT)


def euros(resultat):
    """Projet → euros de 2017."""
    return {cle: annees[2017] // EURO for cle, annees in resultat.solution.montants.items()}
