"""Identifiants d’organismes : SIRET (La Poste comprise) et RNA (Corse comprise)."""

import re

from stdnum.exceptions import ValidationError as NumeroInvalide
from stdnum.fr import siret as stdnum_siret

# `W`, le département (2A et 2B compris), puis le rang ; le registre n’a pas de clé de contrôle.
MOTIF_RNA = r"^W\d[A-Z\d]\d{7}$"
MOTIF_SIRET = r"^\d{14}$"
SIRET_NUL = "0" * 14  # franchit la clé de Luhn sans désigner personne


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
