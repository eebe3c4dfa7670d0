"""Lire un montant tapé en euros entiers (Cerfa 12156 : « ne pas indiquer les centimes »)."""

import re

MAXIMUM = 99_999_999  # euros : dix ans de quarante lignes tiennent dans une colonne à dix chiffres
_ENTIER = re.compile(r"0*([0-9]{1,8})(?:[.,]0{1,2})?")
_CENTIMES = re.compile(r"[0-9]+[.,][0-9]{1,2}")
_SIGNE = re.compile(r"[-\u2212\u2013]")


class MontantIllisible(ValueError):
    """Ce qui est tapé n’est pas un nombre entier d’euros ; le message dit quoi écrire."""


def lire_euros(texte: str) -> int:
    """« 1 234 », « 1 234,00 € », « » → centimes. Lève `MontantIllisible`.

    `static/js/budget.js` lit de même : les deux changent ensemble.
    """
    net = re.sub(r"\s", "", texte).removesuffix("€")
    trouve = _ENTIER.fullmatch(net or "0")
    if trouve:
        return int(trouve[1]) * 100
    raise MontantIllisible(_raison(net))


def _raison(net: str) -> str:
    if _SIGNE.match(net):
        return "Un montant n’est pas négatif."
    if _CENTIMES.fullmatch(net):
        return "Écrivez des euros entiers, sans centimes."
    if net.isascii() and net.isdecimal():
        return "Ce montant dépasse 99\u202f999\u202f999\u00a0€."
    return "Écrivez un nombre entier d’euros, comme 1\u202f234."
