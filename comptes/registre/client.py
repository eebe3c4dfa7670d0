"""Demander un SIRET au registre : une requête, un temps et une taille bornés, aucune redirection.

À appeler hors de toute transaction. Rien de ce qui arrive ici ne remonte en exception : le registre aide, il ne
bloque pas.
"""

import http.client
import json
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request, UnknownHandler

from django.conf import settings
from django.db import models

from comptes.registre.lecture import Etablissement, ReponseIllisible, lire

TAILLE_MAXIMALE = 512 * 1024  # octets ; une réponse « minimale » en fait quelques milliers
MORCEAU = 16 * 1024  # octets
# Sans les dirigeants ni les finances : on ne demande que ce dont on se sert.
CHAMPS = {"minimal": "true", "include": "siege,matching_etablissements,complements", "page": "1", "per_page": "1"}
ERREURS = (OSError, URLError, http.client.HTTPException, ValueError, RecursionError)

journal = logging.getLogger(__name__)


class Issue(models.TextChoices):
    """Ce que la question a donné. Le libellé est la phrase que lit l’usager."""

    ETEINT = "eteint", "Recopiez ces renseignements depuis votre avis de situation Insee et vos statuts."
    TROUVE = "trouve", "Ces renseignements viennent du registre public des entreprises : vérifiez-les, corrigez-les."
    ABSENT = "absent", "Le registre public des entreprises ne montre pas ce SIRET : remplissez la fiche vous-même."
    EN_PANNE = "en_panne", "Le registre public des entreprises ne répond pas : remplissez la fiche vous-même."


@dataclass(frozen=True, slots=True)
class Reponse:
    """L’issue, et l’établissement s’il est trouvé."""

    issue: Issue
    etablissement: Etablissement | None = None


class RegistreMuet(Exception):
    """Pas de réponse exploitable : trop lente, trop grosse, ou d’un autre code que 200."""


def demander(siret: str) -> Reponse:
    """Ce que le registre dit de ce SIRET (quatorze chiffres), en `REGISTRE_DELAI` secondes au plus."""
    if not settings.REGISTRE_URL:
        return Reponse(Issue.ETEINT)
    try:
        etablissement = lire(json.loads(_dans_le_delai(siret)), siret)
    except (RegistreMuet, ReponseIllisible, *ERREURS) as panne:
        journal.warning("Le registre des entreprises n’a pas répondu pour %s : %s", siret, panne)
        return Reponse(Issue.EN_PANNE)
    return Reponse(Issue.TROUVE, etablissement) if etablissement else Reponse(Issue.ABSENT)


def _dans_le_delai(siret: str) -> bytes:
    """Le corps de la réponse. Lève `RegistreMuet` et les `ERREURS`.

    Les délais d’urllib ne bornent que chaque lecture : un serveur qui égrène ses octets tiendrait la page. La requête
    se fait donc à part, et on ne l’attend que le temps dit, nom de domaine et TLS compris.
    """
    issue: list[bytes | Exception] = []
    fil = threading.Thread(target=_noter, args=(issue, siret, time.monotonic()), daemon=True)
    fil.start()
    fil.join(settings.REGISTRE_DELAI)
    if not issue:
        raise RegistreMuet(f"rien en {settings.REGISTRE_DELAI} s")
    if isinstance(issue[0], Exception):
        raise issue[0]
    return issue[0]


def _noter(issue: list[bytes | Exception], siret: str, depart: float) -> None:
    try:
        issue.append(_telecharger(siret, limite=depart + settings.REGISTRE_DELAI))
    except Exception as panne:  # rendue à qui attend, qui sait lesquelles sont prévues
        issue.append(panne)


def _telecharger(siret: str, *, limite: float) -> bytes:
    """Le corps, morceau par morceau. `limite` : instant de `time.monotonic` où l’on renonce."""
    adresse = f"{settings.REGISTRE_URL}/search?{urlencode({'q': siret, **CHAMPS})}"
    agent = f"mille-actions (+{settings.ADRESSE_PUBLIQUE})".encode("ascii", "ignore").decode()
    requete = Request(adresse, headers={"Accept": "application/json", "User-Agent": agent})  # noqa: S310 (http et https seulement, voir _ouvreur)
    corps = bytearray()
    with _ouvreur().open(requete, timeout=settings.REGISTRE_DELAI) as reponse:
        if reponse.status != http.HTTPStatus.OK:
            raise RegistreMuet(f"code {reponse.status}")
        while morceau := reponse.read1(MORCEAU):
            corps += morceau
            if len(corps) > TAILLE_MAXIMALE:
                raise RegistreMuet(f"plus de {TAILLE_MAXIMALE} octets")
            if time.monotonic() > limite:
                raise RegistreMuet("réponse trop lente")
    return bytes(corps)


def _ouvreur() -> Any:
    """HTTP et HTTPS, par le mandataire de l’environnement s’il y en a un ; ni fichiers, ni redirections suivies."""
    ouvreur = OpenerDirector()
    for traitement in (ProxyHandler(), HTTPHandler(), HTTPSHandler(), UnknownHandler()):
        ouvreur.add_handler(traitement)
    return ouvreur
