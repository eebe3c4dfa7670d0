"""Demander à ClamAV, par son socket, ce qu’il pense d’un fichier. Éteint quand `CLAMAV_ADRESSE` est vide."""

from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings


class AntivirusInjoignable(Exception):
    """Il ne répond pas, ou pas entièrement : rien n’est su du fichier, il faudra redemander."""


class Avis(Enum):
    """Ce que dit l’antivirus."""

    SAIN = "sain"
    INFECTE = "infecté"
    ILLISIBLE = "illisible"  # il répond, mais ne peut pas examiner ce fichier : redemander n’y changerait rien


@dataclass(frozen=True, slots=True)
class Verdict:
    """`detail` : le nom de l’infection, ou ce que l’antivirus reproche au fichier."""

    avis: Avis
    detail: str = ""


def est_actif() -> bool:
    """Un antivirus est réglé."""
    return bool(settings.CLAMAV_ADRESSE)


def analyser(flux: BinaryIO) -> Verdict:
    """Envoie le contenu (commande INSTREAM) et lit le verdict. Lève `AntivirusInjoignable`."""
    try:
        reponse = _client().instream(flux)
    except BufferTooLongError:
        return Verdict(Avis.ILLISIBLE, "plus gros que ce que l’antivirus examine")
    except (ClamdError, OSError, ValueError) as panne:  # ValueError : une réponse qui n’est pas du texte
        raise AntivirusInjoignable(f"{type(panne).__name__} : {panne}") from panne
    etat, detail = next(iter(reponse.values()), (None, None))
    if etat == "OK":
        return Verdict(Avis.SAIN)
    if etat == "FOUND":
        return Verdict(Avis.INFECTE, detail or "infection sans nom")
    if etat == "ERROR":
        return Verdict(Avis.ILLISIBLE, detail or "examen impossible")
    raise AntivirusInjoignable("réponse vide ou coupée")


def _client() -> ClamdNetworkSocket:
    """`CLAMAV_ADRESSE` : « hôte:port », ou le chemin d’un socket unix. Sinon, lève `ValueError`."""
    adresse, delai = settings.CLAMAV_ADRESSE, settings.CLAMAV_DELAI
    if adresse.startswith("/"):
        return ClamdUnixSocket(adresse, timeout=delai)  # type: ignore[arg-type]  # le socket admet des fractions
    hote, _, port = adresse.rpartition(":")
    return ClamdNetworkSocket(hote, int(port), timeout=delai)
