"""Parler au prestataire de signature : déposer, relever, rapporter le PDF signé, annuler.

À appeler hors de toute transaction.
"""

import base64
import hashlib
import http
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit
from urllib.request import Request

from django.conf import settings

from config.socle.requetes import PANNES, Recue, agent, envoyer
from financements.registre.cachet import CACHET, IDENTIFIANT, CachetRefuse, Requete, entetes_de, verifier_une_reponse
from financements.registre.lecture import Releve, ReponseIllisible, lire_l_identifiant, lire_le_refus, lire_le_releve

T = TypeVar("T")
TAILLE_D_UNE_REPONSE = 64 * 1024  # octets
TAILLE_DU_PDF = 60 * 1024 * 1024  # octets
PASSAGERS = {http.HTTPStatus.REQUEST_TIMEOUT, http.HTTPStatus.TOO_EARLY, http.HTTPStatus.TOO_MANY_REQUESTS}


class PrestataireMuet(Exception):
    """Il ne répond pas, ou pas comme convenu : à redemander plus tard. Le message est pour le journal du serveur."""


class PrestataireRefuse(Exception):
    """Il refuse la demande : redemander n’y changerait rien. Le message est son motif, peut-être vide."""


@dataclass(frozen=True, slots=True)
class Depot:
    """Ce que l’on donne à signer. `reference` : la nôtre ; un second dépôt de même référence ne crée rien."""

    reference: str
    intitule: str
    organisme: dict[str, str]
    departement: dict[str, str]
    expire_le: date
    notification: str
    pdf: bytes


def deposer(depot: Depot) -> str:
    """L’identifiant de la demande chez le prestataire. Lève `PrestataireMuet`, `PrestataireRefuse`."""
    contenu = {
        "reference": depot.reference,
        "intitule": depot.intitule,
        "signataires": {"organisme": depot.organisme, "departement": depot.departement},
        "expire_le": depot.expire_le.isoformat(),
        "notification": depot.notification,
        "empreinte": hashlib.sha256(depot.pdf).hexdigest(),
        "pdf": base64.b64encode(depot.pdf).decode(),
    }
    recue = _demander("POST", "/demandes", contenu)
    return _lue(lire_l_identifiant, recue, depot.reference)


def relever(identifiant: str, reference: str) -> Releve:
    """Où en est la demande. Lève `PrestataireMuet`, `PrestataireRefuse`."""
    return _lue(lire_le_releve, _demander("GET", f"/demandes/{quote(identifiant, safe='')}"), reference)


def rapporter(identifiant: str, empreinte: str) -> bytes:
    """Le PDF signé, d’empreinte `empreinte` (SHA-256, hexadécimal). Lève `PrestataireMuet`, `PrestataireRefuse`."""
    chemin = f"/demandes/{quote(identifiant, safe='')}/document"
    recue = _demander("GET", chemin, taille_maximale=TAILLE_DU_PDF)
    if hashlib.sha256(recue.corps).hexdigest() != empreinte:
        raise PrestataireMuet("le PDF n’a pas l’empreinte annoncée")
    return recue.corps


def annuler(reference: str) -> None:
    """Plus personne ne signe : demande déposée, ou dont le dépôt s’est perdu. Lève les mêmes."""
    _demander("POST", "/annulations", {"reference": reference})


def _demander(
    methode: str, chemin: str, contenu: dict[str, Any] | None = None, taille_maximale: int = TAILLE_D_UNE_REPONSE
) -> Recue:
    """La réponse, scellée par le prestataire. Sans cachet juste, elle ne vaut ni accord ni refus."""
    corps = json.dumps(contenu, ensure_ascii=False).encode() if contenu is not None else b""
    adresse = settings.SIGNATURE_URL + chemin
    entetes = entetes_de(Requete(methode, urlsplit(adresse).path, corps))
    autres = {"Content-Type": "application/json", "User-Agent": agent()}
    try:
        requete = Request(adresse, corps or None, {**autres, **entetes}, method=methode)  # noqa: S310 (http et https seulement, voir config.socle.requetes)
        recue = envoyer(requete, delai=settings.SIGNATURE_DELAI, taille_maximale=taille_maximale)
        verifier_une_reponse(entetes[IDENTIFIANT], recue.code, recue.corps, recue.entetes.get(CACHET, ""))
    except (CachetRefuse, *PANNES) as panne:
        raise PrestataireMuet(str(panne) or type(panne).__name__) from panne
    est_un_refus = http.HTTPStatus.BAD_REQUEST <= recue.code < http.HTTPStatus.INTERNAL_SERVER_ERROR
    if est_un_refus and recue.code not in PASSAGERS:
        raise PrestataireRefuse(lire_le_refus(_json(recue)))
    if recue.code not in {http.HTTPStatus.OK, http.HTTPStatus.CREATED}:
        raise PrestataireMuet(f"code {recue.code}")
    return recue


def _json(recue: Recue) -> Any:
    """Le corps lu, None s’il ne se lit pas."""
    try:
        return json.loads(recue.corps)
    except (ValueError, RecursionError):
        return None


def _lue(lire: Callable[[Any, str], T], recue: Recue, reference: str) -> T:
    try:
        return lire(_json(recue), reference)
    except ReponseIllisible as faute:
        raise PrestataireMuet(str(faute)) from faute
