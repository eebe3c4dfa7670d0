"""Les rapports pluriannuels : ceux qui existent, en demander un, suivre sa production, le télécharger."""

from typing import Any

from django.contrib import messages
from django.core.files.storage import default_storage
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.transitions import PassageRefuse
from config.socle.travaux import ACTIFS, EtatTravail
from financements.actions.rapport import Demande, annuler_rapport, demander_rapport, relancer_rapport
from financements.chiffres.rapports import avec_mesures, juger
from financements.forms.rapport import RapportForm
from financements.models import Rapport, Volume
from financements.pdf.cle import perimetre_du_rapport
from financements.pdf.production import nom_de_fichier
from financements.permissions import (
    peut_annuler_un_travail,
    peut_demander_un_rapport,
    peut_lire_les_financements,
)
from financements.states import SorteDeRapport
from financements.views.travaux import avancement_de
from projets.models import AppelAProjets

PAR_PAGE = 20
EN_COURS_MONTRES = 5


@require_safe
@reservee_a(peut_lire_les_financements)
def rapports(request: HttpRequest) -> HttpResponse:
    """Rapports en cours, rapports produits, et la demande pour qui peut en faire une."""
    personne = personne_de(request)
    visibles = Rapport.objects.visibles_par(personne)
    page = Paginator(avec_mesures(visibles), PAR_PAGE).get_page(request.GET.get("page"))
    en_cours = visibles.filter(etat__in=ACTIFS).select_related("territoire", "axe")[:EN_COURS_MONTRES]
    return render(
        request,
        "financements/rapports/liste.html",
        {
            "page": page,
            "vus": juger(list(page)),
            "en_cours": [(rapport, _peut_annuler(personne, rapport)) for rapport in en_cours],
            **_demande(personne, request.GET.get("appel")),
        },
    )


def _demande(personne: Personne, slug: str | None, donnees: Any = None) -> dict[str, Any]:
    """Le formulaire de demande sur l’appel choisi (le dernier par défaut) ; vide si la personne ne peut demander."""
    if not peut_demander_un_rapport(personne):
        return {}
    appels = list(AppelAProjets.objects.visibles_par(personne).votes_d_abord())
    appel = next((autre for autre in appels if autre.slug == slug), appels[0] if appels else None)
    if appel is None:
        return {}
    return {"appels": appels, "appel": appel, "form": RapportForm(donnees, appel=appel)}


@reservee_a(peut_demander_un_rapport)
def demander(request: HttpRequest) -> HttpResponse:
    """Le formulaire seul ; à l’envoi, mène au rapport créé ou à celui qui dit déjà la même chose."""
    saisie = request.POST if request.method == "POST" else None
    contexte = _demande(personne_de(request), (saisie or request.GET).get("appel"), saisie)
    form = contexte.get("form")
    if form is None:
        return redirect("financements:rapports")
    if saisie is not None and form.is_valid():
        auteur, perimetre = personne_de(request), form.perimetre()
        return _mener(request, demander_rapport(auteur=auteur, perimetre=perimetre, sorte=form.sorte_demandee))
    return render(request, "financements/rapports/demander.html", contexte)


def _mener(request: HttpRequest, demande: Demande) -> HttpResponse:
    rapport = demande.rapport
    if demande.est_nouveau:
        messages.success(request, "La production du rapport est lancée.")
    elif rapport.etat == EtatTravail.TERMINE:
        messages.info(request, "Ce rapport existait déjà et ses données sont à jour : le voici.")
    else:
        messages.info(request, "Ce rapport est déjà en cours de production : le voici.")
    return redirect(rapport)


def _peut_annuler(personne: Personne, rapport: Rapport) -> bool:
    return peut_annuler_un_travail(personne, rapport.demande_par_id)


def _rapport_visible(request: HttpRequest, pk: int) -> Any:
    return get_object_or_404(avec_mesures(Rapport.objects.visibles_par(personne_de(request))), pk=pk)


@require_safe
@reservee_a(peut_lire_les_financements)
def rapport(request: HttpRequest, pk: int) -> HttpResponse:
    """Suivi de la production, puis fichiers."""
    trouve = _rapport_visible(request, pk)
    personne = personne_de(request)
    return render(
        request,
        "financements/rapports/rapport.html",
        {
            "rapport": trouve,
            "est_a_jour": juger([trouve])[0].est_a_jour,
            "volumes": trouve.volumes.all(),
            "peut_annuler": _peut_annuler(personne, trouve),
            "peut_demander": peut_demander_un_rapport(personne),
        },
    )


@require_GET
@reservee_a(peut_lire_les_financements)
def avancement(request: HttpRequest, pk: int) -> HttpResponse:
    """Le fragment d’avancement. Une fois le travail fini, la page qui le montre est rechargée pour offrir la suite."""
    trouve = _rapport_visible(request, pk)
    contexte = {"rapport": trouve, "peut_annuler": _peut_annuler(personne_de(request), trouve)}
    return avancement_de(request, trouve, "financements/rapports/_avancement.html", contexte)


@require_POST
@reservee_a(peut_lire_les_financements)
def annuler(request: HttpRequest, pk: int) -> HttpResponse:
    """Arrête la production : celle de la personne, ou toute production pour un pilote."""
    trouve = _rapport_a_conduire(request, pk)
    try:
        annule = annuler_rapport(auteur=personne_de(request), rapport=trouve)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        est_fait = annule.etat == EtatTravail.ANNULE
        messages.success(request, "La production est annulée." if est_fait else "L’annulation est demandée.")
    return redirect(trouve)


@require_POST
@reservee_a(peut_demander_un_rapport)
def relancer(request: HttpRequest, pk: int) -> HttpResponse:
    """Reprend un rapport échoué ou annulé, sur les données présentes."""
    trouve = _rapport_a_conduire(request, pk)
    try:
        demande = relancer_rapport(auteur=personne_de(request), rapport=trouve)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
        return redirect(trouve)
    return _mener(request, demande)


@require_POST
@reservee_a(peut_demander_un_rapport)
def produire_a_jour(request: HttpRequest, pk: int) -> HttpResponse:
    """Le même rapport sur les données présentes."""
    ancien = _rapport_visible(request, pk)
    perimetre, sorte = perimetre_du_rapport(ancien), SorteDeRapport(ancien.sorte)
    return _mener(request, demander_rapport(auteur=personne_de(request), perimetre=perimetre, sorte=sorte))


def _rapport_a_conduire(request: HttpRequest, pk: int) -> Any:
    """Lève `Http404` si la personne ne peut ni annuler ni relancer ce rapport."""
    trouve = _rapport_visible(request, pk)
    if not _peut_annuler(personne_de(request), trouve):
        raise Http404
    return trouve


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger(request: HttpRequest, pk: int, numero: int) -> HttpResponseBase:
    """Le fichier d’un volume, s’il est produit et que le rapport est terminé."""
    visibles = Rapport.objects.visibles_par(personne_de(request)).filter(etat=EtatTravail.TERMINE)
    volumes = Volume.objects.select_related("rapport__appel", "rapport__territoire", "rapport__axe")
    volume = get_object_or_404(volumes.filter(rapport__in=visibles), rapport=pk, numero=numero)
    if not volume.fichier.name or not default_storage.exists(volume.fichier.name):
        raise Http404("Le fichier a disparu.")
    rapport = volume.rapport
    nom = nom_de_fichier(perimetre_du_rapport(rapport), numero, rapport.volumes.count(), rapport.sorte)
    return FileResponse(volume.fichier.open("rb"), as_attachment=True, filename=nom, content_type="application/pdf")
