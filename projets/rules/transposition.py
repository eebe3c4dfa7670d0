"""Reprendre les saisies d’un projet dans un autre appel : les années glissent, les questions se retrouvent."""

import re
from collections.abc import Mapping, Sequence

from projets.rules.fusion import Valeur

_ANNUELLE = re.compile(r"^(?!question_)(.+)_(\d{4})$")
_QUESTION = re.compile(r"^question_(\d+)$")
DATES = frozenset({"debut", "fin"})  # propres aux années de l’appel : on les redonne


def transposer(
    saisies: Mapping[str, Valeur], *, annees: Mapping[int, int], questions: Mapping[int, int], meme_appel: bool
) -> dict[str, Valeur]:
    """Les saisies, sous les clés de l’autre appel.

    `annees` : année de départ → année d’arrivée (la première devient la première) ; `questions` : identifiant →
    identifiant de la question de même texte. Ce qui n’a pas de place dans l’autre appel n’est pas repris.
    """
    reprises: dict[str, Valeur] = {}
    for champ, valeur in saisies.items():
        nom = _nom(champ, annees, questions)
        if nom and valeur and (meme_appel or champ not in DATES):
            reprises[nom] = valeur
    return reprises


def _nom(champ: str, annees: Mapping[int, int], questions: Mapping[int, int]) -> str | None:
    if trouve := _QUESTION.match(champ):
        question = questions.get(int(trouve[1]))
        return f"question_{question}" if question else None
    if trouve := _ANNUELLE.match(champ):
        annee = annees.get(int(trouve[2]))
        return f"{trouve[1]}_{annee}" if annee else None
    return champ


def annees_en_regard(depart: Sequence[int], arrivee: Sequence[int]) -> dict[int, int]:
    """La première année en face de la première, et ainsi de suite ; les années de trop n’ont rien en face."""
    return dict(zip(depart, arrivee, strict=False))
