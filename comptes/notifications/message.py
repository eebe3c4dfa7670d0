"""Composer un courriel à partir d’un gabarit."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string


@dataclass(frozen=True, slots=True)
class Message:
    """Un courriel composé, pas encore déposé. `cle` : deux messages de même clé n’en font qu’un.

    `est_sensible` : porte un lien qui ouvre une porte à lui seul ; son texte ne sera pas gardé.
    """

    destinataire: str
    objet: str
    texte: str
    html: str
    cle: str | None = None
    est_sensible: bool = False


def composer(
    *,
    gabarit: str,
    destinataire: str,
    objet: str,
    contexte: dict[str, Any],
    app: str = "comptes",
    cle: str | None = None,
) -> Message:
    """Le message du gabarit `<app>/mails/<gabarit>`, dans ses deux versions."""
    entier = {**contexte, "site": settings.ADRESSE_PUBLIQUE, "nom_departement": settings.NOM_DEPARTEMENT}
    texte = render_to_string(f"{app}/mails/{gabarit}.txt", entier)
    html = render_to_string(f"{app}/mails/{gabarit}.html", entier)
    return Message(destinataire=destinataire, objet=f"[Mille actions] {objet}", texte=texte, html=html, cle=cle)


def adresse_entiere(chemin: str) -> str:
    """L’adresse d’une page, hôte compris, pour un courriel écrit hors de toute requête."""
    return f"{settings.ADRESSE_PUBLIQUE}{chemin}"
