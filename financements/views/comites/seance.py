"""La séance : un point à la fois, amender, déporter ; et ce que la salle regarde."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, Max
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.saisir import Saisie
from financements.actions.comite.amender import Proposition, amender
from financements.actions.comite.presents import deporter_un_elu, retirer_un_deport_d_elu
from financements.actions.comite.seance import aller_au_point
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.comite.point import (
    PointVu,
    amendements_du_point,
    deports_du_projet,
    point_courant,
    points_vus,
    restes_du_projet,
)
from financements.forms.comite import AmendementForm, DeportForm
from financements.models import Comite, DeportDElu
from financements.models.deports import projets_fermes_a
from financements.permissions import conduit_le_comite, peut_arbitrer
from financements.rules.saisie import SaisieRefusee
from financements.states import Choix, EtatComite
from financements.views.comites.commun import autour, comite_visible

RIEN_DE_NEUF = 204


@require_safe
@reservee_a(peut_arbitrer)
def seance(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le point courant, de quoi l’amender, et ce qui reste. Close, la séance est son compte rendu."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    if vu.etat != EtatComite.OUVERT:
        return redirect(vu) if vu.etat == EtatComite.PREPARATION else redirect("financements:compte_rendu", slug, pk)
    return render(request, "financements/comites/seance.html", _contexte(personne, vu, point_courant(vu, personne)))


@require_POST
@reservee_a(peut_arbitrer)
def avancer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Aller au point `rang` : la salle suit."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    rang = request.POST.get("rang", "")
    try:
        aller_au_point(auteur=personne, comite=vu, rang=int(rang) if rang.isdecimal() and len(rang) < 7 else 1)  # noqa: PLR2004
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect("financements:seance", slug=slug, pk=pk)


@require_POST
@reservee_a(peut_arbitrer)
def amender_le_point(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Enregistre l’amendement du point que la page montrait, même si la séance est passée à un autre."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    point = _point(personne, vu, request.POST.get("point", ""))
    form = AmendementForm(request.POST, comite=vu, vue=point.vue, rang=point.point.rang)
    if form.is_valid():
        lues = form.cleaned_data
        saisie = Saisie(point.vue.projet, Choix(lues["choix"]), lues["montants"], lues["version"])
        try:
            amender(
                auteur=personne,
                comite=vu,
                proposition=Proposition(point.point, saisie, lues["elu"], lues["motif"]),
            )
        except SaisieRefusee as refus:
            form.add_error(f"m-{refus.annee}", str(refus))
        except VersionPerimee:
            return _perime(request, personne, vu)
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        else:
            messages.success(request, f"Amendement enregistré sur {point.reference}.")
            return redirect("financements:seance", slug=slug, pk=pk)
    return render(request, "financements/comites/seance.html", _contexte(personne, vu, point, form))


@require_POST
@reservee_a(peut_arbitrer)
def deporter(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Noter le déport d’un élu du point que la page montrait."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    point = _point(personne, vu, request.POST.get("deport-point", ""))
    form = DeportForm(request.POST, comite=vu)
    if form.is_valid():
        lues = form.cleaned_data
        try:
            deporter_un_elu(auteur=personne, elu=lues["elu"], projet=point.vue.projet, motif=lues["motif"])
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        except ValidationError as refus:
            form.add_error("elu", refus.messages)
        else:
            messages.success(request, f"Déport noté\u00a0: {lues['elu']}, {point.reference}.")
            return redirect("financements:seance", slug=slug, pk=pk)
    contexte = _contexte(personne, vu, point, deport=form)
    return render(request, "financements/comites/seance.html", contexte)


@require_POST
@reservee_a(peut_arbitrer)
def retirer_deport(request: HttpRequest, slug: str, pk: int, deport: int) -> HttpResponse:
    """Retirer un déport noté par erreur."""
    personne = personne_de(request)
    vu = _a_conduire(personne, slug, pk)
    ouverts = vu.points.visibles_par(personne).values("projet")
    lus = DeportDElu.objects.filter(elu__comite=vu, projet__in=ouverts).select_related("elu__comite", "projet")
    try:
        retirer_un_deport_d_elu(auteur=personne, deport=get_object_or_404(lus, pk=deport))
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        messages.success(request, "Déport retiré.")
    return redirect("financements:seance", slug=slug, pk=pk)


@require_safe
@reservee_a(peut_arbitrer)
def projection(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ce que la salle regarde. HTMX redemande le cadre ; rien de neuf depuis `?vu=` : 204, et l’écran ne bouge pas."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    deports = DeportDElu.objects.filter(elu__comite=vu).aggregate(Count("pk"), Max("pk"))
    tu = vu.etat == EtatComite.OUVERT and _se_tait(personne, vu)  # qui se déporte cesse aussitôt de projeter le point
    marque = (
        f"{vu.etat}.{vu.rang_courant}.{vu.scenario.modifie_le.timestamp()}"
        f".{deports['pk__count']}.{deports['pk__max']}.{int(tu)}"
    )
    partiel = bool(request.headers.get("HX-Request"))
    if partiel and request.GET.get("vu") == marque:
        return HttpResponse(status=RIEN_DE_NEUF)
    courant = point_courant(vu, personne) if vu.etat == EtatComite.OUVERT else None
    contexte: dict[str, Any] = {"appel": vu.appel, "comite": vu, "courant": courant, "marque": marque, "tu": tu}
    if courant:
        panneau = Panneau(vu.scenario)
        contexte |= {
            "panneau": panneau,
            "restes": restes_du_projet(panneau, courant.vue.projet),
            "deports": deports_du_projet(vu, courant.vue.projet),
            "nombre": vu.points.count(),
        }
    gabarit = "financements/comites/_salle.html" if partiel else "financements/comites/projection.html"
    reponse = render(request, gabarit, contexte)
    patch_vary_headers(reponse, ("HX-Request",))
    return reponse


def _contexte(
    personne: Personne,
    vu: Comite,
    courant: PointVu | None,
    form: AmendementForm | None = None,
    deport: DeportForm | None = None,
) -> dict[str, Any]:
    rang = courant.point.rang if courant else vu.rang_courant
    contexte = autour(personne, vu, "seance") | {"courant": courant, "rang": rang, "nombre": vu.points.count()}
    if courant is None:
        return contexte | {"tu": _se_tait(personne, vu)}
    panneau = Panneau(vu.scenario)
    return contexte | {
        "panneau": panneau,
        "restes": restes_du_projet(panneau, courant.vue.projet),
        "deports": deports_du_projet(vu, courant.vue.projet),
        "amendements": amendements_du_point(courant.point),
        "form": form or AmendementForm(comite=vu, vue=courant.vue, rang=rang),
        "deport": deport or DeportForm(comite=vu, initial={"point": rang}),
        "est_amendable": contexte["conduit"] and vu.scenario.est_modifiable,
    }


def _perime(request: HttpRequest, personne: Personne, vu: Comite) -> HttpResponse:
    """L’état d’à présent, ce qui a été tapé, et la version à jour : le prochain envoi le remplace."""
    point = _point(personne, vu, request.POST["point"])
    donnees = request.POST.copy()
    donnees["version"] = str(point.vue.ligne.version)
    neuf = AmendementForm(donnees, comite=vu, vue=point.vue, rang=point.point.rang)
    neuf.add_error(
        None,
        "Ce point a été amendé entre-temps\u00a0: l’état d’à présent est au-dessus, votre saisie est gardée. "
        "Enregistrez de nouveau pour le remplacer.",
    )
    return render(request, "financements/comites/seance.html", _contexte(personne, vu, point, neuf))


def _point(personne: Personne, vu: Comite, rang: str) -> PointVu:
    """Lève `Http404` si le rang n’existe pas ou porte sur un projet dont la personne s’est déportée."""
    point = get_object_or_404(
        vu.points.visibles_par(personne).select_related("axe", "territoire", "projet"),
        rang=int(rang) if rang.isdecimal() and len(rang) < 7 else 0,  # noqa: PLR2004
    )
    return points_vus(vu, [point])[0]


def _se_tait(personne: Personne, vu: Comite) -> bool:
    """Vrai si le point que l’on examine porte sur un projet dont elle s’est déportée."""
    return vu.points.filter(rang=vu.rang_courant, projet__in=projets_fermes_a(personne)).exists()


def _a_conduire(personne: Personne, slug: str, pk: int) -> Comite:
    vu = comite_visible(personne, slug, pk)
    if not conduit_le_comite(personne, vu):
        raise PermissionDenied
    return vu
