"""Les appels à projets, publics : la liste, la page d’un appel, son règlement et ses modèles, l’aide."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.models import Organisme, Personne
from comptes.permissions import est_porteur
from config.socle.fichiers.envoi import telechargement
from projets.forms.dossier.creation import appels_qui_recoivent
from projets.models import AppelAProjets, PieceDemandee
from projets.permissions import peut_lire_les_reglages, peut_regler_les_appels
from projets.states import EtatAppel


@login_not_required
@require_safe
def appels(request: HttpRequest) -> HttpResponse:
    """Tous les appels publiés, du plus récent au plus ancien ; en tête, les brouillons pour qui règle les appels."""
    personne = request.user
    contexte: dict[str, Any] = {"appels": AppelAProjets.objects.publics(), "peut_regler": False, "peut_lire": False}
    if isinstance(personne, Personne) and peut_lire_les_reglages(personne):
        contexte |= {
            "brouillons": AppelAProjets.objects.filter(etat=EtatAppel.BROUILLON),
            "peut_regler": peut_regler_les_appels(personne),
            "peut_lire": True,
        }
    return render(request, "projets/appels.html", contexte)


@login_not_required
@require_safe
def appel(request: HttpRequest, slug: str) -> HttpResponse:
    """Tout ce qu’il faut pour se décider à répondre. Un brouillon est un 404 pour tout le monde."""
    trouve = get_object_or_404(AppelAProjets.objects.publics(), slug=slug)
    personne = request.user
    contexte = contexte_de_l_appel(trouve) | {
        "fil": [("Appels à projets", reverse("projets:appels"))],
        "peut_lire": isinstance(personne, Personne) and peut_lire_les_reglages(personne),
        "peut_repondre": isinstance(personne, Personne) and _peut_repondre(personne, trouve),
        "entree": "" if personne.is_authenticated else _entree(trouve),
    }
    return render(request, "projets/appel.html", contexte)


def _entree(appel: AppelAProjets) -> str:
    """Où un visiteur veut aller une fois entré : écrire un projet sur cet appel ; vide s’il ne reçoit pas."""
    if appel.etat_effectif != EtatAppel.OUVERT:
        return ""
    return f"{reverse('projets:nouveau_projet')}?appel={appel.slug}"


def _peut_repondre(personne: Personne, appel: AppelAProjets) -> bool:
    """Un porteur, tant que l’appel reçoit les projets de tous ou d’un de ses organismes."""
    if not est_porteur(personne):
        return False
    return appels_qui_recoivent(Organisme.objects.visibles_par(personne)).filter(pk=appel.pk).exists()


def contexte_de_l_appel(trouve: AppelAProjets) -> dict[str, Any]:
    """L’appel, ses axes, ses pièces (communes d’abord) et ses critères."""
    pieces = list(trouve.pieces.select_related("axe").order_by("axe__numero", "ordre"))
    return {
        "appel": trouve,
        "axes": trouve.axes.order_by("numero"),
        "pieces": sorted(pieces, key=lambda piece: piece.axe is not None),
        "criteres": trouve.criteres.order_by("ordre"),
    }


@login_not_required
@require_safe
def reglement_public(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Le règlement d’un appel publié, à télécharger ; celui d’un brouillon, pour qui le règle."""
    trouve = get_object_or_404(_lisibles(request), slug=slug)
    return telechargement(trouve.reglement, trouve.reglement_nom)


@login_not_required
@require_safe
def modele_public(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Le modèle à remplir d’une pièce demandée."""
    piece = get_object_or_404(PieceDemandee, appel__in=_lisibles(request), appel__slug=slug, pk=pk)
    return telechargement(piece.modele, piece.modele_nom)


def _lisibles(request: HttpRequest) -> Any:
    personne = request.user
    lit_tout = isinstance(personne, Personne) and peut_lire_les_reglages(personne)
    return AppelAProjets.objects.all() if lit_tout else AppelAProjets.objects.publics()


@login_not_required
@require_safe
def aide(request: HttpRequest) -> HttpResponse:
    """Comment répondre à un appel, pas à pas."""
    return render(request, "pages/aide.html")
