"""L’AE axe par axe, ce qui reste à affecter et à engager, et la clôture d’un exercice."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.montants import en_euros, format_euros
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.execution.affecter import affecter_les_credits
from financements.actions.execution.engager import engager_les_actions
from financements.actions.execution.reporter import reporter_l_exercice
from financements.chiffres.execution.affectations import affectations_de
from financements.chiffres.execution.engagement import actions_a_engager, notifiees_a_engager
from financements.chiffres.execution.report import exercices_a_clore, previsualiser_le_report
from financements.forms.execution import ReportForm
from financements.models import AffectationDeCredits, Enveloppe, ReportDeCredits
from financements.permissions import peut_executer, peut_lire_les_financements
from financements.views.appels import appel_visible
from financements.views.execution.commun import contexte
from projets.views.gestes import agir, enregistre

MONTREES = 30


@require_safe
@reservee_a(peut_lire_les_financements)
def credits_affectes(request: HttpRequest, slug: str) -> HttpResponse:
    """Voté, affecté, engagé, libre, par axe ; les exercices à clore ; l’histoire des affectations et des reports."""
    appel = appel_visible(personne_de(request), slug)
    a_engager, attendent = actions_a_engager(appel).count(), notifiees_a_engager(appel).count()
    return render(
        request,
        "financements/execution/credits.html",
        contexte(
            request,
            appel,
            enveloppe=Enveloppe.objects.filter(appel=appel).first(),
            lignes=affectations_de(appel),
            a_engager=a_engager,
            attendent_une_convention=attendent - a_engager,
            exercices=exercices_a_clore(appel, timezone.localdate().year),
            affectations=AffectationDeCredits.objects.filter(enveloppe__appel=appel)
            .select_related("axe", "faite_par")
            .order_by("-pk")[:MONTREES],
            reports=ReportDeCredits.objects.filter(enveloppe__appel=appel).select_related("fait_par").order_by("-pk"),
        ),
    )


@require_POST
@reservee_a(peut_executer)
def affecter(request: HttpRequest, slug: str) -> HttpResponse:
    """Affecter à chaque axe ce qui lui est voté."""
    appel = appel_visible(personne_de(request), slug)
    acte = partial(affecter_les_credits, auteur=personne_de(request), appel=appel)
    agir(request, acte, "Les crédits votés sont affectés.")
    return redirect("financements:credits_affectes", slug)


@require_POST
@reservee_a(peut_executer)
def engager(request: HttpRequest, slug: str) -> HttpResponse:
    """Engager toutes les actions qui peuvent l’être."""
    appel = appel_visible(personne_de(request), slug)
    acte = partial(engager_les_actions, auteur=personne_de(request), appel=appel)
    agir(request, acte, "Les actions qui pouvaient l’être sont engagées.")
    return redirect("financements:credits_affectes", slug)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_executer)
def clore(request: HttpRequest, slug: str, exercice: int) -> HttpResponse:
    """Prévisualiser la clôture d’un exercice, puis reporter."""
    appel = appel_visible(personne_de(request), slug)
    vue = previsualiser_le_report(appel, exercice)
    depart = {
        "montant": en_euros(max(vue.libres, 0)),
        "motif": f"Clôture de l’exercice {exercice}",
        "marque": vue.marque,
    }
    form = ReportForm(request.POST or None, initial=depart)
    if request.method == "POST" and form.is_valid():
        lus = form.cleaned_data
        acte = partial(
            reporter_l_exercice,
            auteur=personne_de(request),
            appel=appel,
            exercice=exercice,
            montant=lus["montant"],
            motif=lus["motif"],
            marque_lue=lus["marque"],
        )
        if enregistre(form, acte):
            reporte = f"{format_euros(lus['montant'])} de crédits passent en {vue.suivant}"
            messages.success(request, f"L’exercice {exercice} est clos\u00a0: {reporte}.")
            return redirect("financements:credits_affectes", slug)
    return render(request, "financements/execution/cloture.html", contexte(request, appel, vue=vue, form=form))
