"""Le cachet d’un échange : HMAC-SHA256, sous la clé partagée, de ce qui est dit, de quand et de son contenu."""

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import uuid4

from django.conf import settings

HORODATAGE, IDENTIFIANT, CACHET = "X-Horodatage", "X-Identifiant", "X-Cachet"
ECART_ADMIS = 300  # secondes entre l’horodatage d’un message reçu et notre horloge
FORME_DE_L_IDENTIFIANT = re.compile(r"[0-9A-Za-z-]{8,64}")
FORME_DE_L_HORODATAGE = re.compile(r"[0-9]{9,11}")


class CachetRefuse(Exception):
    """Un message dont le cachet est faux, ou l’horodatage trop ancien : on ne sait pas de qui il est."""


@dataclass(frozen=True, slots=True)
class Requete:
    """Ce que scelle le cachet d’une requête. `chemin` : celui de l’adresse, depuis sa première barre."""

    methode: str
    chemin: str
    corps: bytes


def est_regle() -> bool:
    """Un prestataire est réglé, et sa clé aussi."""
    return bool(settings.SIGNATURE_URL and settings.SIGNATURE_CLE)


def entetes_de(requete: Requete) -> dict[str, str]:
    """Les trois en-têtes d’une requête qui part."""
    horodatage, identifiant = str(int(time.time())), str(uuid4())
    scelle = cachet_d_une_requete(requete, horodatage, identifiant)
    return {HORODATAGE: horodatage, IDENTIFIANT: identifiant, CACHET: scelle}


def cachet_d_une_requete(requete: Requete, horodatage: str, identifiant: str) -> str:
    """En hexadécimal."""
    return _cachet("requete", horodatage, identifiant, requete.methode, requete.chemin, corps=requete.corps)


def cachet_d_une_reponse(identifiant: str, code: int, corps: bytes) -> str:
    """En hexadécimal ; `identifiant` : celui de la requête, pour qu’une réponse ne serve pas deux fois."""
    return _cachet("reponse", identifiant, str(code), corps=corps)


def verifier_une_requete(requete: Requete, entetes: Mapping[str, str]) -> str:
    """L’identifiant d’une requête reçue, dont le cachet est juste et l’heure la nôtre. Lève `CachetRefuse`."""
    horodatage, identifiant = entetes.get(HORODATAGE, ""), entetes.get(IDENTIFIANT, "")
    if not FORME_DE_L_HORODATAGE.fullmatch(horodatage) or not FORME_DE_L_IDENTIFIANT.fullmatch(identifiant):
        raise CachetRefuse("horodatage ou identifiant absent ou mal formé")
    _exiger(cachet_d_une_requete(requete, horodatage, identifiant), entetes.get(CACHET, ""))
    if abs(time.time() - int(horodatage)) > ECART_ADMIS:
        raise CachetRefuse(f"horodatage à plus de {ECART_ADMIS} s")
    return identifiant


def verifier_une_reponse(identifiant: str, code: int, corps: bytes, donne: str) -> None:
    """Lève `CachetRefuse`."""
    _exiger(cachet_d_une_reponse(identifiant, code, corps), donne)


def _exiger(attendu: str, donne: str) -> None:
    if not hmac.compare_digest(attendu.encode(), donne.encode("utf-8", "replace")):
        raise CachetRefuse("cachet faux")


def _cachet(*lignes: str, corps: bytes) -> str:
    """HMAC des lignes et du SHA-256 du corps, séparés par un saut de ligne : aucune n’en contient."""
    texte = "\n".join((*lignes, hashlib.sha256(corps).hexdigest()))
    return hmac.new(settings.SIGNATURE_CLE.encode(), texte.encode(), hashlib.sha256).hexdigest()
