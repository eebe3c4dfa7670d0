"""Les plafonds de minimis : la liste datée, et de quoi en ajouter un."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.fse.plafonds import ajouter_un_plafond_de_minimis
from financements.chiffres.de_minimis import plafonds as plafonds_dates
from financements.forms.fse import PlafondForm
from financements.permissions import peut_fixer_les_plafonds, peut_lire_les_financements
from projets.views.gestes import enregistre


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_financements)
def plafonds(request: HttpRequest) -> HttpResponse:
    """Chaque régime et ses plafonds successifs ; le pilote ajoute celui qu’un nouveau texte fixe."""
    personne = personne_de(request)
    peut_ajouter = peut_fixer_les_plafonds(personne)
    if request.method == "POST" and not peut_ajouter:
        raise PermissionDenied
    form = PlafondForm(request.POST or None)

    def acte() -> object:
        return ajouter_un_plafond_de_minimis(auteur=personne, seuil=form.instance)

    if request.method == "POST" and enregistre(form, acte):
        messages.success(request, f"Plafond ajouté\u00a0: il vaut à partir du {form.instance.du:%d/%m/%Y}.")
        return redirect("financements:plafonds_de_minimis")
    contexte = {
        "plafonds": plafonds_dates(),
        "form": form if peut_ajouter else None,
        "fil": [("Registre des aides de minimis", reverse("financements:de_minimis"))],
    }
    return render(request, "financements/fse/plafonds.html", contexte)
