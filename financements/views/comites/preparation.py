"""Les comités d’un appel ; en préparer un, le régler, noter les présents, l’ouvrir."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.comite.preparer import Reglages, ouvrir_un_comite, preparer_un_comite, regler_un_comite
from financements.actions.comite.presents import noter_un_elu_present, retirer_un_elu
from financements.chiffres.comite.point import points_vus
from financements.chiffres.deports import points_tus
from financements.forms.comite import ComiteForm, EluForm
from financements.models import Comite
from financements.permissions import conduit_le_comite, peut_arbitrer
from financements.states import APPELS_ARBITRABLES, EtatComite
from financements.views.appels import appel_visible, onglets
from financements.views.arbitrage.navigation import pages_de_l_arbitrage
from financements.views.comites.commun import autour, comite_visible

PAR_PAGE = 50


@require_safe
@reservee_a(peut_arbitrer)
def comites(request: HttpRequest, slug: str) -> HttpResponse:
    """Les comités que l’on voit, le plus récent d’abord."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    lignes = Comite.objects.visibles_par(personne).filter(appel=appel).select_related("scenario", "appel")
    contexte = {
        "appel": appel,
        "page": page_de(request, lignes.annotate(nombre_de_points=Count("points")).order_by("-tenu_le", "-pk")),
        "est_arbitrable": appel.etat in APPELS_ARBITRABLES,
        "onglets": onglets(personne, appel),
        "onglet": "arbitrage",
        "pages": pages_de_l_arbitrage(appel),
        "ici": "comites",
    }
    return render(request, "financements/comites/liste.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def nouveau(request: HttpRequest, slug: str) -> HttpResponse:
    """Préparer un comité ; `?scenario=` choisit celui que l’on examine."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    depart = {"scenario": request.GET.get("scenario")}
    form = ComiteForm(request.POST or None, personne=personne, appel=appel, initial=depart)
    if request.method == "POST" and form.is_valid():
        try:
            cree = preparer_un_comite(
                auteur=personne, scenario=form.cleaned_data["scenario"], reglages=_reglages(form)
            )
        except (PassageRefuse, ValidationError) as refus:
            form.add_error(None, str(refus) if isinstance(refus, PassageRefuse) else refus.messages)
        else:
            messages.success(request, "Comité préparé\u00a0: notez les élus présents, puis ouvrez la séance.")
            return redirect(cree)
    fil = [("Comités", reverse("financements:comites", args=[slug]))]
    return render(request, "financements/comites/reglages.html", {"appel": appel, "form": form, "fil": fil})


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def regler(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Changer date, lieu, présidence, axes : l’ordre du jour est tiré de nouveau."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    form = ComiteForm(request.POST or None, personne=personne, appel=vu.appel, comite=vu)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"] or 0
        try:
            regler_un_comite(auteur=personne, comite=vu, reglages=_reglages(form), version=version)
        except VersionPerimee:
            form.add_error(None, "Ce comité a changé depuis que vous avez ouvert la page\u00a0: rouvrez-la.")
        except (PassageRefuse, ValidationError) as refus:
            form.add_error(None, str(refus) if isinstance(refus, PassageRefuse) else refus.messages)
        else:
            messages.success(request, "Comité enregistré, ordre du jour tiré de nouveau.")
            return redirect(vu)
    fil = [("Comités", reverse("financements:comites", args=[slug])), (str(vu), vu.get_absolute_url())]
    return render(
        request, "financements/comites/reglages.html", {"appel": vu.appel, "form": form, "fil": fil, "comite": vu}
    )


@require_safe
@reservee_a(peut_arbitrer)
def comite(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """L’ordre du jour, page par page, et les élus présents."""
    personne = personne_de(request)
    return render(
        request, "financements/comites/comite.html", _contexte(request, personne, comite_visible(personne, slug, pk))
    )


@require_POST
@reservee_a(peut_arbitrer)
def noter_un_elu(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ajouter un élu aux présents."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    form = EluForm(request.POST)
    if form.is_valid():
        try:
            noter_un_elu_present(auteur=personne, comite=vu, **form.cleaned_data)
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        except ValidationError as refus:
            form.add_error("nom", refus.messages)
        else:
            messages.success(request, f"Présence notée\u00a0: {form.cleaned_data['nom']}.")
            return redirect(vu)
    return render(request, "financements/comites/comite.html", _contexte(request, personne, vu, form))


@require_POST
@reservee_a(peut_arbitrer)
def retirer_elu(request: HttpRequest, slug: str, pk: int, elu: int) -> HttpResponse:
    """Retirer un élu noté par erreur."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    try:
        retirer_un_elu(auteur=personne, elu=get_object_or_404(vu.elus.select_related("comite"), pk=elu))
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Retiré des présents.")
    return redirect(vu)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def ouvrir(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Demander confirmation, puis ouvrir la séance."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    if request.method == "POST":
        try:
            ouvrir_un_comite(auteur=personne, comite=vu)
        except PassageRefuse as refus:
            messages.error(request, str(refus))
            return redirect(vu)
        messages.success(request, "La séance est ouverte.")
        return redirect("financements:seance", slug=slug, pk=pk)
    contexte = {"appel": vu.appel, "comite": vu, "elus": vu.elus.count(), "points": vu.points.count()}
    fil = [("Comités", reverse("financements:comites", args=[slug])), (str(vu), vu.get_absolute_url())]
    return render(request, "financements/comites/ouvrir.html", contexte | {"fil": fil})


def _contexte(request: HttpRequest, personne: Personne, vu: Comite, form: EluForm | None = None) -> dict[str, Any]:
    points = vu.points.visibles_par(personne).select_related("axe", "territoire")
    page = page_de(request, points, PAR_PAGE)
    contexte = autour(personne, vu, "comite")
    return contexte | {
        "page": page,
        "points": points_vus(vu, list(page)),
        "tues": points_tus(personne, vu),
        "annees": list(vu.appel.annees),
        "elus": list(vu.elus.all()),
        "form": form or EluForm(),
        "est_ouvert": contexte["conduit"] and vu.etat != EtatComite.CLOS,
    }


def _a_conduire(personne: Personne, slug: str, pk: int) -> Comite:
    """Lève `Http404`, ou `PermissionDenied` si elle le voit sans le conduire."""
    vu = comite_visible(personne, slug, pk)
    if not conduit_le_comite(personne, vu):
        raise PermissionDenied
    return vu


def _reglages(form: ComiteForm) -> Reglages:
    noms = ("tenu_le", "lieu", "preside_par", "axes", "regle_ex_aequo")
    return Reglages(**{nom: form.cleaned_data[nom] for nom in noms})
