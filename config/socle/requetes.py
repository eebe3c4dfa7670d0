"""Parler à un service d’ailleurs : une requête, un temps et une taille bornés, aucune redirection suivie.

À appeler hors de toute transaction.
"""

import http.client
import threading
import time
from dataclasses import dataclass
from email.message import Message
from typing import Any
from urllib.error import URLError
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, UnknownHandler

from django.conf import settings

MORCEAU = 16 * 1024  # octets


class ServiceMuet(Exception):
    """Pas de réponse exploitable : trop lente, ou trop grosse."""


PANNES = (ServiceMuet, OSError, URLError, http.client.HTTPException, ValueError)


@dataclass(frozen=True, slots=True)
class Recue:
    """Une réponse, quel que soit son code."""

    code: int
    entetes: Message
    corps: bytes


def agent() -> str:
    """Ce que l’application dit d’elle-même (`User-Agent`)."""
    return f"mille-actions (+{settings.ADRESSE_PUBLIQUE})".encode("ascii", "ignore").decode()


def envoyer(requete: Request, *, delai: float, taille_maximale: int) -> Recue:
    """La réponse entière, en `delai` secondes au plus et `taille_maximale` octets au plus. Lève les `PANNES`.

    Les délais d’urllib ne bornent que chaque lecture : un serveur qui égrène ses octets tiendrait la page. La requête
    se fait donc à part, et on ne l’attend que le temps dit, nom de domaine et TLS compris.
    """
    issue: list[Recue | Exception] = []
    arguments = (issue, requete, delai, taille_maximale)
    fil = threading.Thread(target=_noter, args=arguments, daemon=True)
    fil.start()
    fil.join(delai)
    if not issue:
        raise ServiceMuet(f"rien en {delai} s")
    if isinstance(issue[0], Exception):
        raise issue[0]
    return issue[0]


def _noter(issue: list[Recue | Exception], requete: Request, delai: float, taille_maximale: int) -> None:
    try:
        issue.append(_telecharger(requete, delai, taille_maximale))
    except Exception as panne:  # rendue à qui attend, qui sait lesquelles sont prévues
        issue.append(panne)


def _telecharger(requete: Request, delai: float, taille_maximale: int) -> Recue:
    """La réponse, morceau par morceau : on renonce au bout du délai, ou dès qu’elle est trop grosse."""
    limite = time.monotonic() + delai
    corps = bytearray()
    with _ouvreur().open(requete, timeout=delai) as reponse:
        while morceau := reponse.read1(MORCEAU):
            corps += morceau
            if len(corps) > taille_maximale:
                raise ServiceMuet(f"plus de {taille_maximale} octets")
            if time.monotonic() > limite:
                raise ServiceMuet("réponse trop lente")
        return Recue(reponse.status, reponse.headers, bytes(corps))


def _ouvreur() -> Any:
    """HTTP et HTTPS, par le mandataire de l’environnement s’il y en a un ; ni fichiers, ni redirections suivies."""
    ouvreur = OpenerDirector()
    for traitement in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), UnknownHandler()):
        ouvreur.add_handler(traitement)
    return ouvreur
