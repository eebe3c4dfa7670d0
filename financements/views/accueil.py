"""L’accueil : page publique, page du porteur, ou tableau de bord des agents."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from comptes.models import Personne
from comptes.permissions import est_porteur, personne_de
from financements.chiffres import Perimetre, Programme
from financements.chiffres.dessins import (
    Lien,
    carte_par_allocataire,
    dessin_des_axes,
    dessin_des_ecarts,
    dessin_du_partage,
)
from financements.chiffres.execution.programme import Execution
from financements.permissions import peut_lire_les_financements, peut_voir_le_tableau_de_bord
from financements.views.attentes import a_faire_apres_le_vote
from financements.views.chiffres_cles import chiffres_cles, chiffres_publics
from financements.views.suivi.figures import figures_de_l_execution
from projets.models import AppelAProjets, Projet
from projets.models.attentes import attentes
from projets.states import EtatAppel

VOTES = (EtatAppel.DELIBERE, EtatAppel.EXECUTION, EtatAppel.SOLDE)
PROJETS_RECENTS = 5
LARGE, ETROIT = 800, 480  # unités d’un dessin placé dans deux tiers, dans un tiers de page


@require_safe
@login_not_required
def accueil(request: HttpRequest) -> HttpResponse:
    """Chacun trouve ici ce qui le concerne."""
    if not request.user.is_authenticated:
        return _public(request)
    personne = personne_de(request)
    if est_porteur(personne):
        return _du_porteur(request, personne)
    return _tableau_de_bord(request, personne)


def _public(request: HttpRequest) -> HttpResponse:
    """Appels ouverts et à venir, chiffres du dernier programme voté."""
    contexte = _appels_du_moment()
    vote = AppelAProjets.objects.filter(etat__in=VOTES).first()
    if vote is not None:
        programme = Programme(Perimetre.entier(vote))
        contexte |= {
            "vote": vote,
            "programme": programme,
            "chiffres": chiffres_publics(programme),
            "partage": dessin_du_partage(programme, largeur=560) if programme.total else None,
        }
    return render(request, "financements/accueil_public.html", contexte)


def _appels_du_moment() -> dict[str, object]:
    return {
        "ouverts": AppelAProjets.objects.ouverts().order_by("ferme_le"),
        "a_venir": AppelAProjets.objects.a_venir().order_by("ouvre_le"),
    }


def _du_porteur(request: HttpRequest, personne: Personne) -> HttpResponse:
    """Ce qu’on attend de lui, ses projets, les appels où déposer ; sans organisme, ce qu’il doit faire d’abord."""
    est_sans_organisme = not personne.adhesions.exists()
    siens = Projet.objects.visibles_par(personne).distinct()
    projets = siens.select_related("appel", "axe", "organisme")
    contexte = {
        **_appels_du_moment(),
        "attentes": attentes(siens),
        "a_faire": a_faire_apres_le_vote(personne, timezone.localdate()),
        "projets": projets.order_by("-cree_le", "-pk")[:PROJETS_RECENTS],
        "est_sans_organisme": est_sans_organisme,
        "attend_une_reponse": est_sans_organisme and personne.demandes_d_entree.en_attente().exists(),
    }
    return render(request, "financements/accueil_porteur.html", contexte)


def _tableau_de_bord(request: HttpRequest, personne: Personne) -> HttpResponse:
    """Les chiffres clés d’un programme : le dernier, ou celui de `?appel=`."""
    appels = list(AppelAProjets.objects.visibles_par(personne).votes_d_abord())
    demande = request.GET.get("appel", "")
    appel = next((appel for appel in appels if appel.slug == demande), appels[0] if appels else None)
    if appel is None or not peut_voir_le_tableau_de_bord(personne):
        return render(request, "financements/vide.html")
    programme = Programme(Perimetre.entier(appel), avec_contours=True)
    peut_lire = peut_lire_les_financements(personne)
    contexte = {
        "appel": appel,
        "appels": appels,
        "programme": programme,
        "peut_lire": peut_lire,
        "chiffres": chiffres_cles(programme),
        "partage": dessin_du_partage(programme, largeur=520) if programme.total else None,
        "axes": dessin_des_axes(programme, hauteur=470) if programme.total else None,
        "ecarts": dessin_des_ecarts(programme, largeur=LARGE),
        "carte": carte_par_allocataire(programme, lien=_lien(appel) if peut_lire else None, largeur=ETROIT),
        "suivi": reverse("financements:suivi", args=[appel.slug]) if peut_lire else "",
        **figures_de_l_execution(Execution(programme)),
    }
    return render(request, "financements/tableau_de_bord.html", contexte)


def _lien(appel: AppelAProjets) -> Lien:
    return lambda territoire: reverse("financements:territoire", args=[appel.slug, territoire.code])
