"""Demander un SIRET au registre : une requête, un temps et une taille bornés, aucune redirection.

À appeler hors de toute transaction. Rien de ce qui arrive ici ne remonte en exception : le registre aide, il ne
bloque pas.
"""

import http
import json
import logging
from dataclasses import dataclass
from urllib.parse import urlencode
from urllib.request import Request

from django.conf import settings
from django.db import models

from comptes.registre.lecture import Etablissement, ReponseIllisible, lire
from config.socle.requetes import PANNES, ServiceMuet, agent, envoyer

TAILLE_MAXIMALE = 512 * 1024  # octets ; une réponse « minimale » en fait quelques milliers
# Sans les dirigeants ni les finances : on ne demande que ce dont on se sert.
CHAMPS = {"minimal": "true", "include": "siege,matching_etablissements,complements", "page": "1", "per_page": "1"}
ERREURS = (*PANNES, RecursionError)

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


def demander(siret: str) -> Reponse:
    """Ce que le registre dit de ce SIRET (quatorze chiffres), en `REGISTRE_DELAI` secondes au plus."""
    if not settings.REGISTRE_URL:
        return Reponse(Issue.ETEINT)
    try:
        etablissement = lire(json.loads(_corps(siret)), siret)
    except (ReponseIllisible, *ERREURS) as panne:
        journal.warning("Le registre des entreprises n’a pas répondu pour %s : %s", siret, panne)
        return Reponse(Issue.EN_PANNE)
    return Reponse(Issue.TROUVE, etablissement) if etablissement else Reponse(Issue.ABSENT)


def _corps(siret: str) -> bytes:
    """Le corps de la réponse. Lève les `ERREURS`, dont `ServiceMuet` pour un autre code que 200."""
    adresse = f"{settings.REGISTRE_URL}/search?{urlencode({'q': siret, **CHAMPS})}"
    requete = Request(adresse, headers={"Accept": "application/json", "User-Agent": agent()})  # noqa: S310 (http et https seulement, voir config.socle.requetes)
    recue = envoyer(requete, delai=settings.REGISTRE_DELAI, taille_maximale=TAILLE_MAXIMALE)
    if recue.code != http.HTTPStatus.OK:
        raise ServiceMuet(f"code {recue.code}")
    return recue.corps
