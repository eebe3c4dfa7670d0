"""Les profils d’échange avec le progiciel financier : les lire, les régler avec un aperçu, les supprimer."""

from itertools import islice

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.exports.profils import ajouter_un_profil, modifier_un_profil, supprimer_un_profil
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.exports.progiciel import apercu
from financements.forms.profils import ProfilForm, SorteForm
from financements.models import Action, ProfilDExport
from financements.permissions import peut_echanger_avec_le_progiciel
from financements.states.echanges import EXPORTEES, SorteDeProfil
from financements.views.appels import appel_visible
from financements.views.echanges.commun import fil_des_echanges, fil_du_progiciel
from projets.models import AppelAProjets
from projets.views.gestes import enregistre, version_lue

LIGNES_D_APERCU = 5


@require_safe
@reservee_a(peut_echanger_avec_le_progiciel)
def progiciel(request: HttpRequest, slug: str) -> HttpResponse:
    """Les profils, et ce que chacun écrit."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    contexte = {
        "appel": appel,
        "profils": ProfilDExport.objects.visibles_par(personne),
        "exportees": EXPORTEES,
        "form": SorteForm(),
        "fil": fil_des_echanges(appel),
    }
    return render(request, "financements/echanges/progiciel.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_echanger_avec_le_progiciel)
def ajouter(request: HttpRequest, slug: str) -> HttpResponse:
    """Un profil nouveau, d’abord toutes les colonnes de sa sorte."""
    appel = appel_visible(personne_de(request), slug)
    demandee = request.GET.get("sorte", "")
    sorte = SorteDeProfil(demandee) if demandee in SorteDeProfil.values else SorteDeProfil.ENGAGEMENTS
    profil = ProfilDExport.par_defaut(sorte)
    profil.nom = ""
    return _regler(request, appel, profil)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_echanger_avec_le_progiciel)
def modifier(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Un profil existant ; « Aperçu » montre le fichier sans enregistrer."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    return _regler(request, appel, get_object_or_404(ProfilDExport.objects.visibles_par(personne), pk=pk))


def _regler(request: HttpRequest, appel: AppelAProjets, profil: ProfilDExport) -> HttpResponse:
    form = ProfilForm(request.POST or None, profil=profil)

    def acte() -> object:
        auteur, saisie = personne_de(request), form.saisie()
        if profil.pk is None:
            return ajouter_un_profil(auteur=auteur, sorte=form.sorte, saisie=saisie)
        return modifier_un_profil(auteur=auteur, profil=profil, saisie=saisie, version=version_lue(form))

    if "apercu" not in request.POST and enregistre(form, acte):
        messages.success(request, "Profil enregistré.")
        return redirect("financements:progiciel", appel.slug)
    montre = form.profil_saisi() if form.is_bound and form.is_valid() else profil
    contexte = {
        "appel": appel,
        "profil": profil,
        "form": form,
        "apercu": _apercu(personne_de(request), appel, montre),
        "fil": fil_du_progiciel(appel),
    }
    return render(request, "financements/echanges/profil.html", contexte)


def _apercu(personne: Personne, appel: AppelAProjets, profil: ProfilDExport) -> str:
    """Les premières lignes ; vide pour un retour, qui ne s’écrit pas."""
    sorte = SorteDeProfil(profil.sorte)
    if sorte not in EXPORTEES:
        return ""
    visibles = Action.objects.visibles_par(personne).filter(projet__appel=appel)
    donnees = EnvoiAuProgiciel(appel, visibles, sorte, toutes=True)
    return apercu(profil, list(islice(donnees.lignes(), LIGNES_D_APERCU)))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_echanger_avec_le_progiciel)
def supprimer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Demande confirmation, puis supprime."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    profil = get_object_or_404(ProfilDExport.objects.visibles_par(personne), pk=pk)
    if request.method == "POST":
        supprimer_un_profil(auteur=personne, profil=profil)
        messages.success(request, f"Profil «\u00a0{profil}\u00a0» supprimé.")
        return redirect("financements:progiciel", slug)
    contexte = {"appel": appel, "profil": profil, "fil": fil_du_progiciel(appel)}
    return render(request, "financements/echanges/supprimer_profil.html", contexte)
