"""Compter des personnes sans en désigner une : un effectif de 1 à 4 ne s’écrit, ne se garde et ne se montre jamais.

Secret statistique : le seuil est de cinq personnes, comme l’arrondi des effectifs que publie la CNAF. Un effectif
masqué ne doit pas non plus se déduire d’un total : c’est le secret secondaire.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SEUIL = 5
MAXIMUM = 1_000_000
MOINS_DE_CINQ = "< 5"  # ce qui se garde et se tape
NON_COMMUNIQUE = "nc"
_MASQUES = {"<5", "moinsde5", "moinsdecinq"}
_NON_COMMUNIQUES = {"nc", "n.c.", "noncommuniqué", "secret"}
_ENTIER = re.compile(r"[0-9]{1,7}")


class EffectifIllisible(ValueError):
    """Ce qui est tapé n’est pas un effectif ; le message dit quoi écrire, sans répéter le nombre."""


@dataclass(frozen=True, slots=True)
class Effectif:
    """Un nombre (zéro, ou cinq et plus), ou un effectif que l’on ne dit pas. `marque` : « < 5 » ou « nc »."""

    nombre: int | None = None
    marque: str = ""

    @property
    def est_masque(self) -> bool:
        """Vrai si le nombre ne se dit pas."""
        return bool(self.marque)

    def __str__(self) -> str:
        textes = {MOINS_DE_CINQ: "moins de 5", NON_COMMUNIQUE: "non communiqué"}
        return textes.get(self.marque) or ("" if self.nombre is None else str(self.nombre))


VIDE = Effectif()


def lire_effectif(texte: str) -> Effectif:
    """« 12 » → douze ; « 3 » et « < 5 » → moins de cinq ; « nc » → non communiqué ; « » → rien de dit.

    Lève `EffectifIllisible`.
    """
    net = re.sub(r"\s", "", texte).lower()
    if not net:
        return VIDE
    if net in _MASQUES:
        return Effectif(marque=MOINS_DE_CINQ)
    if net in _NON_COMMUNIQUES:
        return Effectif(marque=NON_COMMUNIQUE)
    if not _ENTIER.fullmatch(net):
        raise EffectifIllisible("Écrivez un nombre entier, « < 5 », ou « nc » s’il ne se communique pas.")
    nombre = int(net)
    if nombre > MAXIMUM:
        raise EffectifIllisible("Ce nombre est trop grand.")
    return Effectif(marque=MOINS_DE_CINQ) if 0 < nombre < SEUIL else Effectif(nombre)


def proteger(texte: str) -> str:
    """Ce qui se garde de ce qui est tapé : un effectif de 1 à 4 devient « < 5 ». Lève `EffectifIllisible`."""
    effectif = lire_effectif(texte)
    return effectif.marque or ("" if effectif.nombre is None else str(effectif.nombre))


def refus_de_la_repartition(total: Effectif, parts: Sequence[Effectif]) -> str:
    """Pourquoi cette répartition ne va pas avec le total ; vide si elle va, ou si rien n’y est dit.

    Une seule part masquée se déduirait du total et des autres : il en faut deux, ou un total non communiqué.
    """
    if all(part == VIDE for part in parts):
        return ""
    if any(part == VIDE for part in parts):
        return "Remplissez toutes les cases de cette répartition (0 s’il n’y a personne), ou aucune."
    masquees = sum(part.est_masque for part in parts)
    somme = sum(part.nombre or 0 for part in parts)
    if total.nombre is None:
        devine = total.est_masque and not masquees
        return (
            "Cette répartition donne le total, qui est masqué\u00a0: écrivez « nc » dans une case." if devine else ""
        )
    return _refus_de_la_somme(total.nombre, somme, masquees)


def _refus_de_la_somme(total: int, somme: int, masquees: int) -> str:
    if not masquees and somme != total:
        return f"La somme fait {somme}\u00a0: il faut {total}, le nombre de personnes accompagnées."
    if somme > total:
        return f"La somme fait {somme}, plus que les {total} personnes accompagnées."
    if masquees == 1:
        return "L’effectif masqué se déduirait du total\u00a0: écrivez « nc » dans une autre case aussi."
    return ""


def refus_des_sorties(total: Effectif, sorties: Sequence[Effectif]) -> str:
    """Les sorties ne dépassent pas les personnes accompagnées ; vide si elles vont."""
    somme = sum(sortie.nombre or 0 for sortie in sorties)
    if total.nombre is not None and somme > total.nombre:
        return f"Les sorties font {somme}, plus que les {total.nombre} personnes accompagnées."
    return ""
