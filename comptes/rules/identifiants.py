"""Identifiants d’organismes : SIRET (La Poste comprise) et RNA (Corse comprise)."""

import re

from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as stdnum_siret

# `W`, le département (2A et 2B compris), puis le rang ; le registre n’a pas de clé de contrôle.
MOTIF_RNA = r"^W\d[A-Z\d]\d{7}$"
MOTIF_SIRET = r"^\d{14}$"
SIRET_NUL = "0" * 14  # franchit la clé de Luhn sans désigner personne


# Tels qu’on les écrit : « 130 005 481 00010 », « 130 005 481 », « W59 1234567 ».
_ECRITS = re.compile(r"(?<!\w)(?:\d{3}\s?\d{3}\s?\d{3}(?:\s?\d{5})?|w\d[a-z\d](?:\s?\d){7})(?!\w)", re.IGNORECASE)
_TAILLES_D_ENTREPRISE = (9, 14)  # SIREN, SIRET


def recoller(texte: str) -> str:
    """Le texte, où chaque SIRET, SIREN ou RNA écrit en plusieurs groupes tient en un mot."""
    return _ECRITS.sub(lambda ecrit: re.sub(r"\s", "", ecrit[0]), texte)


def est_un_numero_d_entreprise(mot: str) -> bool:
    """Vrai pour un mot de la forme d’un SIREN ou d’un SIRET, juste ou non."""
    return mot.isdecimal() and len(mot) in _TAILLES_D_ENTREPRISE


def siret_est_valide(siret: str) -> bool:
    """Quatorze chiffres dont la clé est juste (règle propre à La Poste comprise), sauf quatorze zéros."""
    if not re.match(MOTIF_SIRET, siret) or siret == SIRET_NUL:
        return False
    try:
        stdnum_siret.validate(siret)
    except NumeroInvalide:
        return False
    return True


def rna_est_valide(rna: str) -> bool:
    """Forme d’un numéro du répertoire national des associations."""
    return re.match(MOTIF_RNA, rna) is not None
