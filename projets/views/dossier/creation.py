"""Ouvrir un projet."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_http_methods

from comptes.models import Organisme, Personne
from comptes.permissions import est_porteur, personne_de, reservee_a
from config.socle.transitions import PassageRefuse
from projets.actions.saisir import creer_projet
from projets.forms.dossier.creation import NouveauProjetForm, appels_qui_recoivent
from projets.forms.dossier.dossier import ETAPES
from projets.models import AppelAProjets, Projet

FIL = [("Mes projets", reverse_lazy("projets:mes_projets"))]


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def nouveau_projet(request: HttpRequest) -> HttpResponse:
    """Choisir l’appel (`?appel=`, ou le seul ouvert), puis l’organisme, l’axe et l’intitulé."""
    personne = personne_de(request)
    organismes = Organisme.objects.visibles_par(personne)
    appels = list(appels_qui_recoivent(organismes))
    demande = request.GET.get("appel", "")
    appel = _choisi(appels, demande)
    page = {"appels": appels, "appel": appel, "demande": demande, "fil": FIL}
    if not organismes.exists() or appel is None:
        return render(request, "projets/dossier/choisir.html", {**page, "a_un_organisme": organismes.exists()})
    form = NouveauProjetForm(request.POST or None, appel=appel, organismes=organismes)
    if form.is_valid() and (projet := _ouvrir(personne, form)):
        return redirect("projets:etape", pk=projet.pk, cle=ETAPES[0].cle)
    return render(request, "projets/dossier/nouveau.html", {**page, "form": form})


def _choisi(appels: list[AppelAProjets], demande: str) -> AppelAProjets | None:
    """Celui de l’adresse ; sans demande, le seul s’il n’y en a qu’un."""
    if demande:
        return next((appel for appel in appels if appel.slug == demande), None)
    return appels[0] if len(appels) == 1 else None


def _ouvrir(personne: Personne, form: NouveauProjetForm) -> Projet | None:
    """Le projet ; None si l’acte refuse, le motif est alors en haut du formulaire."""
    try:
        return creer_projet(auteur=personne, appel=form.appel, **form.cleaned_data)
    except PassageRefuse as refus:
        form.add_error(None, str(refus))
    except ValidationError as refus:
        form.add_error(None, refus)
    return None
