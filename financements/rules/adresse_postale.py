"""Une adresse saisie en une ligne, coupée comme sur une enveloppe : rue, code postal, ville."""

import re
from dataclasses import asdict, dataclass

_CODE = re.compile(r"(?<!\d)(?P<code>\d{5})(?!\d)[ ,]+(?P<ville>[^\d,][^,]*)$")


@dataclass(frozen=True, slots=True)
class AdressePostale:
    """`code_postal` et `ville` sont vides quand rien ne les dit."""

    rue: str
    code_postal: str
    ville: str

    @property
    def est_entiere(self) -> bool:
        """Le facteur la trouve : rue, code postal, ville."""
        return bool(self.rue and self.code_postal and self.ville)

    def en_json(self) -> dict[str, str]:
        """Pour la figer avec une lettre."""
        return asdict(self)


def lire_l_adresse(adresse: str, commune: str = "", codes_postaux: str = "") -> AdressePostale:
    """L’adresse dite, complétée s’il le faut par la commune du siège.

    `codes_postaux` : ceux de la commune ; plusieurs n’en disent aucun, il faut que l’adresse le dise.
    """
    plate = " ".join(adresse.split())
    if trouve := _CODE.search(plate):
        return AdressePostale(plate[: trouve.start()].rstrip(" ,"), trouve["code"], trouve["ville"].strip())
    codes = re.findall(r"\d{5}", codes_postaux)
    return AdressePostale(plate, codes[0] if len(codes) == 1 else "", commune)
