"""Lire un SIRET ou un numéro RNA, et reconnaître ceux qu’un tableur a abîmés."""

import re

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from config.socle.lecture.cellules import ValeurRefusee
from config.socle.lecture.tableau import Cellule, en_texte

LONGUEUR_SIRET = 14
LONGUEUR_SIREN = 9

_RNA = re.compile(r"W[0-9][A-Z0-9][0-9]{7}")  # « W » + département (2A et 2B pour la Corse) + numéro ; sans clé
_SCIENTIFIQUE = re.compile(r"[0-9]+(?:[.,][0-9]+)?E\+?[0-9]{1,2}", re.IGNORECASE)
_DECIMAL = re.compile(r"[0-9]{9,15}[.,]0+")

FORMAT_TEXTE = "mettez la colonne au format Texte, puis saisissez le SIRET de nouveau"


def lire_siret(cellule: Cellule) -> str:
    """SIRET de 14 chiffres, clé contrôlée (La Poste comprise) : « 732 829 320 00074 ».

    Un numéro passé par un nombre de tableur (« 4.5032466E+13 », « 45032466000000.0 », cellule numérique) est refusé :
    des chiffres ont pu se perdre sans laisser de trace.
    """
    texte = "".join(en_texte(cellule).split())
    if (
        (cellule is not None and not isinstance(cellule, str))
        or _SCIENTIFIQUE.fullmatch(texte)
        or _DECIMAL.fullmatch(texte)
    ):
        raise ValeurRefusee(
            f"un SIRET de 14 chiffres : celui-ci a été transformé en nombre par un tableur ; {FORMAT_TEXTE}"
        )
    if not re.fullmatch(r"[0-9]+", texte):
        raise ValeurRefusee("un SIRET de 14 chiffres, comme 732 829 320 00074")
    _verifier_longueur(texte)
    try:
        valide: str = siret.validate(texte)
    except ValidationError as erreur:
        raise ValeurRefusee("un SIRET dont la clé est juste : un chiffre est faux dans celui-ci") from erreur
    if not valide.strip("0"):
        raise ValeurRefusee("un vrai SIRET, pas quatorze zéros")
    return valide


def _verifier_longueur(chiffres: str) -> None:
    if len(chiffres) == LONGUEUR_SIRET - 1:
        raise ValeurRefusee(
            f"un SIRET de 14 chiffres : celui-ci a perdu un zéro en tête ou un chiffre ; {FORMAT_TEXTE}"
        )
    if len(chiffres) == LONGUEUR_SIREN:
        raise ValeurRefusee("un SIRET de 14 chiffres : ceci est un SIREN, il manque les 5 chiffres de l’établissement")
    if len(chiffres) != LONGUEUR_SIRET:
        raise ValeurRefusee(f"un SIRET de 14 chiffres : celui-ci en a {len(chiffres)}")


def lire_rna(cellule: Cellule) -> str:
    """Numéro RNA d’une association : « W751234567 », « W2A1234567 » (Corse)."""
    texte = "".join(en_texte(cellule).split()).upper()
    if not _RNA.fullmatch(texte):
        raise ValeurRefusee("un numéro RNA comme W751234567 (« W » et 9 caractères)")
    return texte
