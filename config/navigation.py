"""Ce que toute page sait : les entrées de la barre selon le rôle, le nom du département, le mode démonstration."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from comptes.models import Courriel
from comptes.states import AGENTS, Role

PROGRAMME = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


@dataclass(frozen=True)
class Entree:
    """Une entrée de la barre ; `roles` vide : tout le monde, même sans compte. Sans adresse connue, elle est tue.

    `routes` : débuts des motifs d’adresse qui lui appartiennent sans commencer par son adresse.
    """

    libelle: str
    nom_url: str
    roles: frozenset[Role] = frozenset()
    routes: tuple[str, ...] = ()


@dataclass(frozen=True)
class EntreeAffichee:
    """Une entrée résolue pour la page demandée."""

    libelle: str
    adresse: str
    est_courante: bool


GESTION = frozenset({Role.PILOTE, Role.ADMINISTRATEUR})
# La fiche d’un organisme relève des crédits pour qui les lit (motif plus long), sinon de l’instruction.
BARRE = (
    Entree("Tableau de bord", "financements:accueil", AGENTS),
    Entree("Appels à projets", "projets:appels"),
    Entree("Mes projets", "projets:mes_projets", frozenset({Role.PORTEUR}), ("mes-versements/",)),
    Entree(
        "Mon organisme",
        "mon_organisme",
        frozenset({Role.PORTEUR}),
        ("organismes/", "adhesions/", "comptes-bancaires/", "invitation/"),
    ),
    Entree("Instruction", "projets:instruction", frozenset({Role.INSTRUCTEUR, Role.PILOTE}), ("organismes/",)),
    # Les autres rôles y vont par les onglets d’un programme, que l’instructeur n’a pas.
    Entree(
        "Bilans",
        "financements:file_des_bilans",
        frozenset({Role.INSTRUCTEUR}),
        ("financements/<slug:slug>/bilans/",),
    ),
    Entree("Crédits", "financements:financements", PROGRAMME, ("arbitrage/", "organismes/<int:pk>/")),
    Entree("Rapports", "financements:rapports", PROGRAMME),
    Entree("Imports", "financements:imports", GESTION, ("financements/<slug:slug>/imports/",)),
    Entree("Demandes d’entrée", "demandes_d_entree", GESTION),
    Entree("Effectifs", "financements:effectifs", GESTION),
)


def entrees(role: str | None, chemin: str) -> list[EntreeAffichee]:
    """Les entrées qu’un rôle (None : sans compte) voit depuis ce chemin ; la plus précise est la courante."""
    visibles = [(entree, _adresse(entree.nom_url)) for entree in BARRE if not entree.roles or role in entree.roles]
    connues = [(entree, adresse) for entree, adresse in visibles if adresse]
    route = _route(chemin)
    precisions = [_precision(entree, adresse, chemin, route) for entree, adresse in connues]
    courante = precisions.index(max(precisions)) if any(precisions) else None
    return [
        EntreeAffichee(entree.libelle, adresse, rang == courante) for rang, (entree, adresse) in enumerate(connues)
    ]


def _precision(entree: Entree, adresse: str, chemin: str, route: str) -> int:
    """La longueur de ce qui rattache ce chemin à l’entrée ; 0 : rien."""
    debuts = [adresse] if chemin == adresse or (adresse != "/" and chemin.startswith(adresse)) else []
    debuts += [debut for debut in entree.routes if route.startswith(debut)]
    return max(map(len, debuts), default=0)


def _route(chemin: str) -> str:
    """Le motif de ce chemin, comme « organismes/<int:pk>/ » ; vide s’il ne mène nulle part."""
    try:
        return resolve(chemin).route
    except Resolver404:
        return ""


def _adresse(nom_url: str) -> str:
    try:
        return reverse(nom_url)
    except NoReverseMatch:
        return ""


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Processeur de contexte : `navigation`, `mode_demonstration`, `nom_departement`, `courriels_echoues`."""
    role = getattr(getattr(request, "user", None), "role", None)
    return {
        "navigation": entrees(role, request.path),
        "courriels_echoues": Courriel.objects.echoues().count if role == Role.ADMINISTRATEUR else 0,
        "mode_demonstration": settings.MODE_DEMONSTRATION,
        "nom_departement": settings.NOM_DEPARTEMENT,
    }
