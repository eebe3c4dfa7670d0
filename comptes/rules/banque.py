"""Coordonnées bancaires : contrôle de l’IBAN (clé modulo 97 et forme du pays) et du BIC, IBAN masqué."""

from stdnum import bic as stdnum_bic
from stdnum import iban as stdnum_iban


def compacter(numero: str) -> str:
    """Sans espaces ni casse : « fr76 3000… » → « FR763000… »."""
    return "".join(numero.split()).upper()


def iban_est_valide(iban: str) -> bool:
    """Clé et forme justes pour le pays (en France, clé RIB comprise)."""
    return bool(stdnum_iban.is_valid(iban))


def bic_est_valide(bic: str) -> bool:
    """Huit ou onze caractères, de la bonne forme."""
    return bool(stdnum_bic.is_valid(bic))


# Des places qui ont leur code de pays dans un BIC, et l’IBAN d’un autre.
_SOUS_UN_IBAN = {
    "FR": frozenset({"GP", "GF", "MQ", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF", "TF"}),
    "GB": frozenset({"GG", "JE", "IM"}),
    "FI": frozenset({"AX"}),
}


def pays_concordent(iban: str, bic: str) -> bool:
    """Vrai si le BIC (ISO 9362, cinquième et sixième caractères) est du pays de l’IBAN, outre-mer compris."""
    pays, pays_du_bic = iban[:2], bic[4:6]
    return pays_du_bic == pays or pays_du_bic in _SOUS_UN_IBAN.get(pays, frozenset())


def iban_masque(iban: str) -> str:
    """« FR76 •••• •••• 0189 », à espaces insécables : assez pour le reconnaître, pas pour s’en servir."""
    return "\u00a0".join((iban[:4], "••••", "••••", iban[-4:]))


def iban_lisible(iban: str) -> str:
    """« FR76 3000 6000 … », par groupes de quatre, à espaces insécables."""
    return "\u00a0".join(iban[rang : rang + 4] for rang in range(0, len(iban), 4))
