"""Des montants et des parts tels qu’on les écrit : « 12 345,67 », « 10 % »."""

import re
from decimal import Decimal
from typing import Any

from django import forms

from config.socle.lecture.cellules import ValeurRefusee, lire_montant
from config.socle.montants import en_centimes, format_nombre
from financements.rules.repartition import Quotite

_POURCENT = re.compile(r"([0-9]{1,3})(?:[.,]([0-9]{1,2}))?")
CENT = 100
CENTIEMES = 2  # décimales d’un pourcentage
LONGUEUR = 30


class EurosField(forms.CharField):
    """Un montant positif ou nul, en euros ; rend un `Decimal`, None si la case est vide."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_avec_la_saisie(kwargs))

    def prepare_value(self, value: Any) -> Any:
        """« 1 234,50 » pour un `Decimal`, la saisie telle quelle sinon."""
        return format_nombre(value, 2) if isinstance(value, Decimal) else value

    def clean(self, value: Any) -> Decimal | None:
        """Lève `ValidationError` avec ce qui était attendu."""
        texte = super().clean(value)
        return _montant(texte) if texte else None


class PourcentField(forms.CharField):
    """Un pourcentage positif ou nul, à deux décimales au plus ; rend des centièmes de pour cent, None si vide."""

    def __init__(self, *, maximum: int = CENT, **kwargs: Any) -> None:
        self.maximum = maximum
        super().__init__(**_avec_la_saisie({"required": False} | kwargs))

    def clean(self, value: Any) -> int | None:
        """Lève `ValidationError` avec ce qui était attendu."""
        texte = super().clean(value)
        return _centiemes(texte, self.maximum) if texte else None


class QuotiteField(forms.CharField):
    """« 10 % », ou un montant en euros ; rend une `Quotite`, None si vide ou nul."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**_avec_la_saisie({"required": False} | kwargs))

    def clean(self, value: Any) -> Quotite | None:
        """Lève `ValidationError` avec ce qui était attendu."""
        texte = super().clean(value)
        if not texte:
            return None
        if texte.endswith("%"):
            centiemes = _centiemes(texte, CENT)
            return Quotite(centiemes=centiemes) if centiemes else None
        centimes = en_centimes(_montant(texte))
        return Quotite(centimes=centimes) if centimes else None


def en_case(champ: forms.CharField) -> forms.CharField:
    """Le champ d’une case de tableau : son libellé ne se voit pas, il se lit."""
    champ.widget.attrs |= {"class": "form-control form-control-sm en-case", "aria-label": str(champ.label)}
    return champ


def _avec_la_saisie(options: dict[str, Any]) -> dict[str, Any]:
    """Un clavier de nombres, et aucune suggestion du navigateur."""
    saisie = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return {"max_length": LONGUEUR, "widget": saisie} | options


def _montant(texte: str) -> Decimal:
    try:
        return lire_montant(texte)
    except ValeurRefusee as refus:
        raise forms.ValidationError(f"Il faut {refus.attendu}.") from refus


def _centiemes(texte: str, maximum: int) -> int:
    lu = _POURCENT.fullmatch(texte.removesuffix("%").strip())
    centiemes = int(lu[1]) * CENT + int((lu[2] or "0").ljust(CENTIEMES, "0")) if lu else None
    if centiemes is None or centiemes > maximum * CENT:
        raise forms.ValidationError(f"Il faut un pourcentage de 0 à {format_nombre(maximum)}, comme 5 ou 2,5.")
    return centiemes
