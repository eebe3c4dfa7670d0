"""Le rapport à l’assemblée : son texte, l’aperçu de ses chiffres, ses dates, ses fichiers."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.rapport_assemblee.rediger import dater_le_rapport, rapport_de, rediger_le_rapport
from financements.chiffres.rapport_assemblee.marque import marque_du_rapport
from financements.chiffres.rapport_assemblee.rapport import ChiffresDuRapport, variables_de
from financements.forms.rapport_assemblee import DatesDuRapportForm, TexteForm
from financements.models import DocumentDeRapport, RapportALAssemblee, Scenario
from financements.permissions import peut_arbitrer
from financements.rules.blocs import Bloc, remplir
from financements.rules.variables import TexteRefuse
from financements.states import APPELS_ARBITRABLES, EtatScenario
from financements.views.appels import appel_visible
from financements.views.enveloppes.commun import contexte
from financements.views.rapport_assemblee.documents import adresses_de
from projets.views.gestes import enregistre

PAR_PAGE = 10


@require_safe
@reservee_a(peut_arbitrer)
def rapport(request: HttpRequest, slug: str) -> HttpResponse:
    """L’aperçu, les dates et les fichiers produits."""
    vu = rapport_de(appel_visible(personne_de(request), slug))
    return _montrer(request, vu, DatesDuRapportForm(rapport=vu))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def texte(request: HttpRequest, slug: str) -> HttpResponse:
    """Le texte et les variables qu’il peut employer."""
    appel = appel_visible(personne_de(request), slug)
    vu, variables = rapport_de(appel), variables_de(appel)
    form = TexteForm(request.POST or None, rapport=vu, variables=variables)
    if enregistre(form, lambda: rediger_le_rapport(auteur=personne_de(request), appel=appel, **form.cleaned_data)):
        messages.success(request, "Le texte du rapport est enregistré.")
        return redirect("financements:rapport_a_l_assemblee", slug=slug)
    page = contexte(request, appel, "rapport", rapport=vu, form=form, variables=variables)
    return render(request, "financements/rapport_assemblee/texte.html", page)


@require_POST
@reservee_a(peut_arbitrer)
def dates(request: HttpRequest, slug: str) -> HttpResponse:
    """Dater la séance et l’envoi aux élus."""
    appel = appel_visible(personne_de(request), slug)
    vu = rapport_de(appel)
    form = DatesDuRapportForm(request.POST, rapport=vu)

    def acte() -> object:
        dates = form.dates(timezone.localdate())
        version = form.cleaned_data["version"]
        return dater_le_rapport(auteur=personne_de(request), appel=appel, dates=dates, version=version)

    if enregistre(form, acte):
        messages.success(request, "Les dates du rapport sont enregistrées.")
        return redirect("financements:rapport_a_l_assemblee", slug=slug)
    return _montrer(request, vu, form)


def _montrer(request: HttpRequest, vu: RapportALAssemblee, form: DatesDuRapportForm) -> HttpResponse:
    adopte = Scenario.objects.filter(appel=vu.appel, etat=EtatScenario.ADOPTE).select_related("appel").first()
    page = contexte(
        request,
        vu.appel,
        "rapport",
        rapport=vu,
        form=form,
        scenario=adopte,
        est_modifiable=vu.appel.etat in APPELS_ARBITRABLES,
        chiffres=None,
        blocs=(),
        refus="",
        **_fichiers(request, vu, adopte),
    )
    if adopte:
        chiffres = ChiffresDuRapport(adopte)
        blocs, refus = _apercu(vu, chiffres)
        page |= {"chiffres": chiffres, "blocs": blocs, "refus": refus}
    return render(request, "financements/rapport_assemblee/rapport.html", page)


def _apercu(vu: RapportALAssemblee, chiffres: ChiffresDuRapport) -> tuple[tuple[Bloc, ...], str]:
    """Le texte rempli, ou pourquoi il ne se remplit pas."""
    try:
        return remplir(vu.texte, chiffres.valeurs(vu.seance_le)), ""
    except TexteRefuse as refus:
        if vu.seance_le is None and "date_seance" in str(refus):
            return (), "Le texte dit la date de la séance\u00a0: donnez-la ci-dessous."
        return (), str(refus)


def _fichiers(request: HttpRequest, vu: RapportALAssemblee, adopte: Scenario | None) -> dict[str, Any]:
    """Les fichiers produits, et s’ils sont faits des données du jour."""
    lus = DocumentDeRapport.objects.visibles_par(personne_de(request)).filter(rapport=vu.pk)
    page = page_de(request, lus.select_related("scenario", "demande_par"), PAR_PAGE)
    marque = marque_du_rapport(vu, adopte) if adopte else ""
    return {
        "page": page,
        "documents": [(un, adresses_de(vu.appel, un), un.marque == marque) for un in page],
    }
