"""Demander à ClamAV, par son socket, ce qu’il pense d’un fichier. Éteint quand `CLAMAV_ADRESSE` est vide."""

import logging
from dataclasses import dataclass
from enum import Enum
from typing import BinaryIO

from clamav_client.clamd import BufferTooLongError, ClamdError, ClamdNetworkSocket, ClamdUnixSocket
from django.conf import settings

from config.socle.fichiers.defauts import FichierRefuse

DELAI_PENDANT_L_ENVOI = 20.0  # secondes : la personne attend, et le serveur web coupe au bout d’une minute
journal = logging.getLogger(__name__)


class AntivirusInjoignable(Exception):
    """Il ne répond pas, ou pas entièrement : rien n’est su du fichier, il faudra redemander."""


class Avis(Enum):
    """Ce que dit l’antivirus."""

    SAIN = "sain"
    INFECTE = "infecté"
    ILLISIBLE = "illisible"  # il répond, mais ne peut pas examiner ce fichier : redemander n’y changerait rien


REFUS = {
    Avis.INFECTE: "«\u00a0{nom}\u00a0» est infecté ({detail})\u00a0: il n’est pas reçu. "
    "Prévenez le service informatique.",
    Avis.ILLISIBLE: "«\u00a0{nom}\u00a0» n’a pas pu être examiné par l’antivirus ({detail})\u00a0: il n’est pas reçu.",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """`detail` : le nom de l’infection, ou ce que l’antivirus reproche au fichier."""

    avis: Avis
    detail: str = ""


def est_actif() -> bool:
    """Un antivirus est réglé."""
    return bool(settings.CLAMAV_ADRESSE)


def exiger_sain(flux: BinaryIO, nom: str) -> None:
    """Pour un fichier qui servira aussitôt : l’avis se demande pendant l’envoi. Sans effet si l’antivirus est éteint.

    Lève `FichierRefuse`, même quand il ne répond pas. Le fichier revient à son début.
    """
    if not est_actif():
        return
    flux.seek(0)
    try:
        verdict = analyser(flux, min(settings.CLAMAV_DELAI, DELAI_PENDANT_L_ENVOI))
    except AntivirusInjoignable as panne:
        journal.warning("L’antivirus n’a pas examiné un fichier pendant son envoi : %s", panne)
        raise FichierRefuse(
            f"L’antivirus ne répond pas\u00a0: «\u00a0{nom}\u00a0» n’est pas reçu. Réessayez dans quelques minutes."
        ) from panne
    finally:
        flux.seek(0)
    if verdict.avis is not Avis.SAIN:
        raise FichierRefuse(REFUS[verdict.avis].format(nom=nom, detail=verdict.detail))


def analyser(flux: BinaryIO, delai: float | None = None) -> Verdict:
    """Envoie le contenu (commande INSTREAM) et lit le verdict. Lève `AntivirusInjoignable`.

    `delai` : secondes de silence admises, `CLAMAV_DELAI` si None.
    """
    try:
        reponse = _client(settings.CLAMAV_DELAI if delai is None else delai).instream(flux)
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


def _client(delai: float) -> ClamdNetworkSocket:
    """`CLAMAV_ADRESSE` : « hôte:port », ou le chemin d’un socket unix. Sinon, lève `ValueError`."""
    adresse = settings.CLAMAV_ADRESSE
    if adresse.startswith("/"):
        return ClamdUnixSocket(adresse, timeout=delai)  # type: ignore[arg-type]  # le socket admet des fractions
    hote, _, port = adresse.rpartition(":")
    return ClamdNetworkSocket(hote, int(port), timeout=delai)
