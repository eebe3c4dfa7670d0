"""Le registre des aides de minimis : cumuls par SIREN, ajout, retrait, export."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import PAR_PAGE
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.fse.de_minimis import noter_une_aide_de_minimis, retirer_une_aide_de_minimis
from financements.chiffres.de_minimis import registre
from financements.exports.de_minimis import csv_du_registre
from financements.forms.fse import AideDeMinimisForm
from financements.models import AideDeMinimis, SeuilDeMinimis
from financements.permissions import peut_lire_les_financements, peut_tenir_le_fse
from projets.views.gestes import enregistre


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_financements)
def de_minimis(request: HttpRequest) -> HttpResponse:
    """Les cumuls, les alertes, et de quoi noter une aide."""
    personne = personne_de(request)
    peut_ecrire = peut_tenir_le_fse(personne)
    if request.method == "POST" and not peut_ecrire:
        raise PermissionDenied
    form = AideDeMinimisForm(request.POST or None)

    def acte() -> object:
        return noter_une_aide_de_minimis(auteur=personne, aide=form.instance)

    if request.method == "POST" and enregistre(form, acte):
        messages.success(request, "Aide notée au registre.")
        return redirect("financements:de_minimis")
    lignes = registre(_cherchees(request), timezone.localdate())
    contexte = {
        "page": Paginator(lignes, PAR_PAGE).get_page(request.GET.get("page")),
        "depassements": [ligne for ligne in lignes if ligne.depasse],
        "seuils": SeuilDeMinimis.objects.all(),
        "form": form if peut_ecrire else None,
        "peut_ecrire": peut_ecrire,
        "q": request.GET.get("q", ""),
    }
    return render(request, "financements/fse/de_minimis.html", contexte)


def _cherchees(request: HttpRequest) -> Any:
    """Les aides du SIREN ou de l’organisme cherché."""
    aides = AideDeMinimis.objects.visibles_par(personne_de(request)).select_related("organisme")
    texte = request.GET.get("q", "").strip()
    if not texte:
        return aides
    chiffres = "".join(texte.split())
    if chiffres.isdecimal():
        return aides.filter(siren__startswith=chiffres[:9])
    return aides.filter(organisme__nom__icontains=texte)


@require_POST
@reservee_a(peut_tenir_le_fse)
def retirer_une_aide(request: HttpRequest, pk: int) -> HttpResponse:
    """Retirer une aide notée par erreur."""
    personne = personne_de(request)
    aide = get_object_or_404(AideDeMinimis.objects.visibles_par(personne), pk=pk)
    retirer_une_aide_de_minimis(auteur=personne, aide=aide)
    messages.success(request, "Aide retirée du registre\u00a0; le journal la garde.")
    return redirect("financements:de_minimis")


@require_safe
@reservee_a(peut_lire_les_financements)
def exporter_de_minimis(request: HttpRequest) -> HttpResponseBase:
    """Le registre en CSV, pour un tableur français."""
    reponse = StreamingHttpResponse(csv_du_registre(_cherchees(request)), content_type="text/csv; charset=utf-8")
    reponse["Content-Disposition"] = 'attachment; filename="registre-de-minimis.csv"'
    reponse["Cache-Control"] = "private, no-store"
    return reponse
