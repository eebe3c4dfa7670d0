"""Lire ce que répond le prestataire. Tout y est suspect, types, longueurs, dates ; ce qui manque est une faute."""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from comptes.registre.lecture import INVISIBLES

FORME_DE_L_IDENTIFIANT = re.compile(r"[0-9A-Za-z_.-]{1,100}")
FORME_DE_L_EMPREINTE = re.compile(r"[0-9a-f]{64}")
LONGUEUR_DU_MOTIF, LONGUEUR_DU_NOM = 500, 160


class ReponseIllisible(Exception):
    """La réponse n’a pas la forme documentée."""


class Sort(StrEnum):
    """Où en est une demande chez le prestataire."""

    EN_ATTENTE = "en_attente"
    SIGNEE = "signee"
    REFUSEE = "refusee"
    EXPIREE = "expiree"
    ANNULEE = "annulee"


@dataclass(frozen=True, slots=True)
class Signature:
    """Le jour, à l’heure d’ici, et le nom du signataire."""

    le: date
    par: str


@dataclass(frozen=True, slots=True)
class Releve:
    """Signée : les deux signatures et l’empreinte du PDF signé ; refusée : le motif, s’il est dit."""

    sort: Sort
    motif: str = ""
    organisme: Signature | None = None
    departement: Signature | None = None
    empreinte: str = ""


def lire_l_identifiant(donnees: Any, reference: str) -> str:
    """L’identifiant que le prestataire donne à notre demande. Lève `ReponseIllisible`."""
    objet = _de_la_demande(donnees, reference)
    identifiant = objet.get("identifiant")
    if not isinstance(identifiant, str) or not FORME_DE_L_IDENTIFIANT.fullmatch(identifiant):
        raise ReponseIllisible("pas d’« identifiant » bien formé")
    return identifiant


def lire_le_releve(donnees: Any, reference: str) -> Releve:
    """Où en est notre demande. Lève `ReponseIllisible`."""
    objet = _de_la_demande(donnees, reference)
    try:
        sort = Sort(str(objet.get("etat")))
    except ValueError as inconnu:
        raise ReponseIllisible("« etat » inconnu") from inconnu
    if sort != Sort.SIGNEE:
        return Releve(sort, motif=texte(objet.get("motif"), LONGUEUR_DU_MOTIF))
    empreinte, signatures = objet.get("empreinte"), _objet(objet.get("signatures"))
    if not isinstance(empreinte, str) or not FORME_DE_L_EMPREINTE.fullmatch(empreinte):
        raise ReponseIllisible("pas d’« empreinte » du PDF signé")
    organisme, departement = _signature(signatures.get("organisme")), _signature(signatures.get("departement"))
    return Releve(sort, organisme=organisme, departement=departement, empreinte=empreinte)


def lire_le_refus(donnees: Any) -> str:
    """Pourquoi le prestataire refuse une requête ; vide s’il ne le dit pas."""
    return texte(_objet(donnees).get("motif"), LONGUEUR_DU_MOTIF)


def texte(valeur: Any, longueur: int) -> str:
    """Une ligne, sans caractère invisible, coupée à `longueur` ; vide si ce n’est pas un texte."""
    if not isinstance(valeur, str):
        return ""
    ecrit = (
        valeur[: 4 * longueur].encode("utf-8", "ignore").decode()
    )  # JSON admet des moitiés de caractère, pas la base
    return " ".join(INVISIBLES.sub(" ", ecrit).split())[:longueur]


def _de_la_demande(donnees: Any, reference: str) -> dict[str, Any]:
    objet = _objet(donnees)
    if objet.get("reference") != reference:
        raise ReponseIllisible("pas la « reference » de cette demande")
    return objet


def _signature(valeur: Any) -> Signature:
    objet = _objet(valeur)
    ecrite = objet.get("le")
    try:
        instant = parse_datetime(ecrite) if isinstance(ecrite, str) and len(ecrite) < LONGUEUR_DU_NOM else None
        jour = timezone.localdate(instant) if instant and timezone.is_aware(instant) else None
    except (ValueError, OverflowError) as faute:
        raise ReponseIllisible("une date de signature qui n’existe pas") from faute
    if jour is None:
        raise ReponseIllisible("une signature sans date et heure ISO 8601, fuseau compris")
    return Signature(jour, texte(objet.get("par"), LONGUEUR_DU_NOM))


def _objet(valeur: Any) -> dict[str, Any]:
    return valeur if isinstance(valeur, dict) else {}
