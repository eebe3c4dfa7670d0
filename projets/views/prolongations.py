"""Les prolongations d’un appel : qui a un délai de plus, pourquoi ; en accorder, en retirer."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from projets.actions.prolonger import PROLONGEABLES, accorder_une_prolongation, retirer_une_prolongation
from projets.forms.appel import ProlongationForm
from projets.models import AppelAProjets, Prolongation
from projets.permissions import peut_lire_les_reglages, peut_regler_les_appels
from projets.views.gestes import enregistre
from projets.views.reglages import contexte


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_reglages)
def prolongations(request: HttpRequest, slug: str) -> HttpResponse:
    """La liste, retirées comprises, et le formulaire pour en accorder une."""
    appel = get_object_or_404(AppelAProjets, slug=slug)
    personne = personne_de(request)
    if request.method == "POST" and not peut_regler_les_appels(personne):
        raise PermissionDenied
    form = ProlongationForm(request.POST or None)

    def accorder() -> None:
        saisie = form.cleaned_data
        accorder_une_prolongation(
            auteur=personne,
            appel=appel,
            organisme=saisie["identifiant"],
            jusqu_au=saisie["jusqu_au"],
            motif=saisie["motif"],
        )

    if enregistre(form, accorder):
        messages.success(request, f"Prolongation accordée à {form.cleaned_data['identifiant']}.")
        return redirect("projets:prolongations", slug=appel.slug)
    lignes = Prolongation.objects.filter(appel=appel).select_related("organisme", "accordee_par", "retiree_par")
    return render(
        request,
        "projets/reglages/prolongations.html",
        contexte(
            request,
            appel,
            "prolongations",
            form=form,
            prolongations=lignes,
            est_prolongeable=appel.etat_effectif in PROLONGEABLES,
        ),
    )


@require_POST
@reservee_a(peut_regler_les_appels)
def retirer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Retirer une prolongation en vigueur."""
    prolongation = get_object_or_404(Prolongation, appel__slug=slug, pk=pk)
    try:
        retirer_une_prolongation(auteur=personne_de(request), prolongation=prolongation)
        messages.success(request, "Prolongation retirée.")
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect("projets:prolongations", slug=slug)
