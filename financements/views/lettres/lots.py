"""Les lettres d’une délibération, toutes à la fois : archive, fichier à imprimer, relance de celles qui dorment."""

from functools import partial

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.travaux import EtatTravail
from financements.actions.lettres.lots import annuler_un_lot, demander_un_lot, reprendre_un_lot
from financements.chiffres.lettres import CHOIX_DE_LETTRES, NON_LUES, comptes_des_lettres
from financements.models import Deliberation, LotDeLettres
from financements.permissions import (
    peut_annuler_un_travail,
    peut_lire_les_financements,
    peut_suivre_la_deliberation,
)
from financements.planning import lancer_un_lot_de_lettres
from financements.states import SorteDeLot
from financements.views.lettres.agents import fil_des_lettres
from financements.views.travaux import adresse_d_annulation
from financements.views.vote.deliberation import deliberation_visible
from projets.views.gestes import agir

PAR_PAGE = 10
FICHIERS = (SorteDeLot.ARCHIVE, SorteDeLot.IMPRESSION)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_financements)
def lettres(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Combien de lettres, lues ou non, et les fichiers demandés ; l’envoi en demande un (`sorte`, `choix`)."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    if request.method == "POST":
        if not peut_suivre_la_deliberation(personne):
            raise PermissionDenied
        return _demander(request, vue, request.POST.get("sorte", ""), request.POST.get("choix", ""), FICHIERS)
    lots = LotDeLettres.objects.visibles_par(personne).filter(deliberation=vue).select_related("demande_par")
    page = page_de(request, lots, PAR_PAGE)
    comptes = comptes_des_lettres(vue, personne)
    contexte = {
        "appel": vue.appel,
        "deliberation": vue,
        "comptes": comptes,
        "recus": f"{comptes['recus']} {'accusés' if comptes['recus'] > 1 else 'accusé'} de réception",
        "choix": CHOIX_DE_LETTRES.items(),
        "choisi": request.GET.get("choix", ""),
        "page": page,
        "vus": [(lot, _adresses(personne, vue, lot), CHOIX_DE_LETTRES.get(lot.choix, "")) for lot in page],
        "peut_suivre": peut_suivre_la_deliberation(personne),
        "fil": fil_des_lettres(vue),
    }
    return render(request, "financements/lettres/lettres.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_la_deliberation)
def relancer_les_lectures(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Confirmer, puis relancer par courriel les lettres que personne n’a ouvertes."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    if request.method == "POST":
        return _demander(request, vue, SorteDeLot.RELANCE, NON_LUES, (SorteDeLot.RELANCE,))
    contexte = {
        "appel": vue.appel,
        "deliberation": vue,
        "nombre": comptes_des_lettres(vue, personne)["non_lues"],
        "fil": [*fil_des_lettres(vue), ("Lettres", reverse("financements:lettres", args=[slug, pk]))],
    }
    return render(request, "financements/lettres/relancer.html", contexte)


def _demander(
    request: HttpRequest, vue: Deliberation, sorte: str, choix: str, permises: tuple[SorteDeLot, ...]
) -> HttpResponse:
    if sorte not in permises or choix not in CHOIX_DE_LETTRES:
        raise Http404
    acte = partial(
        demander_un_lot,
        auteur=personne_de(request),
        deliberation=vue,
        sorte=SorteDeLot(sorte),
        choix=choix,
        lancer=lancer_un_lot_de_lettres,
    )
    agir(request, acte, "C’est demandé\u00a0: suivez l’avancement ci-dessous.")
    slug = vue.appel.slug if vue.appel else ""
    return redirect("financements:lettres", slug=slug, pk=vue.pk)


@require_safe
@reservee_a(peut_lire_les_financements)
def avancement(request: HttpRequest, slug: str, pk: int, lot: int) -> HttpResponse:
    """Le fragment d’avancement d’un lot."""
    vue, vu = _lot(request, slug, pk, lot)
    titre, liens = f"{vu}, {CHOIX_DE_LETTRES.get(vu.choix, '')}", _adresses(personne_de(request), vue, vu)
    return render(request, "composants/_travail.html", {"travail": vu, "titre": titre} | liens)


@require_POST
@reservee_a(peut_suivre_la_deliberation)
def annuler(request: HttpRequest, slug: str, pk: int, lot: int) -> HttpResponse:
    """Arrêter un lot ; seuls un pilote ou qui l’a demandé le font."""
    _, vu = _lot(request, slug, pk, lot)
    personne = personne_de(request)
    if not peut_annuler_un_travail(personne, vu.demande_par_id):
        raise Http404
    agir(request, partial(annuler_un_lot, auteur=personne, lot=vu), "L’annulation est demandée.")
    return redirect(vu)


@require_POST
@reservee_a(peut_suivre_la_deliberation)
def reprendre(request: HttpRequest, slug: str, pk: int, lot: int) -> HttpResponse:
    """Reprendre un lot échoué ou annulé."""
    _, vu = _lot(request, slug, pk, lot)
    acte = partial(reprendre_un_lot, auteur=personne_de(request), lot=vu, lancer=lancer_un_lot_de_lettres)
    agir(request, acte, "Le travail reprend.")
    return redirect(vu)


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger(request: HttpRequest, slug: str, pk: int, lot: int) -> HttpResponseBase:
    """Le fichier, une fois produit."""
    _, vu = _lot(request, slug, pk, lot)
    if vu.etat != EtatTravail.TERMINE:
        raise Http404
    return telechargement(vu.fichier, vu.nom_de_fichier)


def _lot(request: HttpRequest, slug: str, pk: int, lot: int) -> tuple[Deliberation, LotDeLettres]:
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    visibles = LotDeLettres.objects.visibles_par(personne).filter(deliberation=vue)
    return vue, get_object_or_404(visibles.select_related("deliberation__appel"), pk=lot)


def _adresses(personne: Personne, vue: Deliberation, lot: LotDeLettres) -> dict[str, str]:
    """Celles dont le suivi a besoin."""
    args = [vue.appel.slug if vue.appel else "", vue.pk, lot.pk]
    return {
        "adresse": reverse("financements:avancement_des_lettres", args=args),
        "annuler": adresse_d_annulation(personne, lot, "financements:annuler_des_lettres", args),
        "reprendre": reverse("financements:reprendre_des_lettres", args=args),
        "resultat": reverse("financements:telecharger_les_lettres", args=args) if lot.fichier else "",
    }
