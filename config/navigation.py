"""Ce que toute page sait : les entrées de la barre selon le rôle, le nom du département, le mode démonstration."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from comptes.states import AGENTS, Role

PROGRAMME = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


@dataclass(frozen=True)
class Entree:
    """Une entrée de la barre ; `roles` vide : tout le monde, même sans compte. Sans adresse connue, elle est tue."""

    libelle: str
    nom_url: str
    roles: frozenset[Role] = frozenset()


@dataclass(frozen=True)
class EntreeAffichee:
    """Une entrée résolue pour la page demandée."""

    libelle: str
    adresse: str
    est_courante: bool


BARRE = (
    Entree("Tableau de bord", "financements:accueil", AGENTS),
    Entree("Appels à projets", "projets:appels"),
    Entree("Mes projets", "projets:mes_projets", frozenset({Role.PORTEUR})),
    Entree("Mon organisme", "mon_organisme", frozenset({Role.PORTEUR})),
    Entree("Instruction", "projets:instruction", frozenset({Role.INSTRUCTEUR, Role.PILOTE})),
    Entree("Crédits", "financements:financements", PROGRAMME),
    Entree("Rapports", "financements:rapports", PROGRAMME),
    Entree("Imports", "financements:imports", frozenset({Role.PILOTE, Role.ADMINISTRATEUR})),
    Entree("Demandes d’entrée", "demandes_d_entree", frozenset({Role.PILOTE, Role.ADMINISTRATEUR})),
    Entree("Effectifs", "financements:effectifs", frozenset({Role.PILOTE, Role.ADMINISTRATEUR})),
)


def entrees(role: str | None, chemin: str) -> list[EntreeAffichee]:
    """Les entrées qu’un rôle (None : sans compte) voit depuis ce chemin ; la plus précise est la courante."""
    visibles = [
        (entree.libelle, _adresse(entree.nom_url)) for entree in BARRE if not entree.roles or role in entree.roles
    ]
    connues = [(libelle, adresse) for libelle, adresse in visibles if adresse]
    candidates = [
        adresse for _, adresse in connues if chemin == adresse or (adresse != "/" and chemin.startswith(adresse))
    ]
    courante = max(candidates, key=len, default="")
    return [EntreeAffichee(libelle, adresse, adresse == courante) for libelle, adresse in connues]


def _adresse(nom_url: str) -> str:
    try:
        return reverse(nom_url)
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Processeur de contexte : `navigation`, `mode_demonstration`, `nom_departement`."""
    return {
        "navigation": entrees(getattr(getattr(request, "user", None), "role", None), request.path),
        "mode_demonstration": settings.MODE_DEMONSTRATION,
        "nom_departement": settings.NOM_DEPARTEMENT,
    }
