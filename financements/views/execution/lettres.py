"""Les lettres d’une procédure contradictoire, à imprimer ; et la date de remise de celle qui l’ouvre."""

from functools import partial

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from financements.actions.execution.remise import noter_la_remise
from financements.forms.execution import RemiseForm
from financements.models import ProcedureContradictoire
from financements.pdf.procedure import composer_la_lettre_de_procedure
from financements.permissions import peut_executer, peut_lire_les_financements
from financements.views.execution.commun import action_visible
from projets.views.gestes import agir


def _procedure_visible(personne: Personne, slug: str, numero: int, pk: int) -> ProcedureContradictoire:
    action = action_visible(personne, slug, numero)
    vue = get_object_or_404(ProcedureContradictoire, pk=pk, action=action)
    vue.action = action
    return vue


@require_safe
@reservee_a(peut_lire_les_financements)
def lettre_d_ouverture(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Ce qui est reproché et envisagé, le délai, les droits de l’organisme, en PDF."""
    vue = _procedure_visible(personne_de(request), slug, numero, pk)
    return _en_pdf(vue, f"procedure-{vue.action.projet.reference}-{vue.pk}.pdf", conclut=False)


@require_safe
@reservee_a(peut_lire_les_financements)
def lettre_de_decision(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Ce qui est décidé, pourquoi, et les recours, ou l’abandon, en PDF. Lève `Http404` avant."""
    vue = _procedure_visible(personne_de(request), slug, numero, pk)
    if vue.est_en_cours:
        raise Http404
    return _en_pdf(vue, f"decision-{vue.action.projet.reference}-{vue.pk}.pdf", conclut=True)


def _en_pdf(vue: ProcedureContradictoire, nom: str, *, conclut: bool) -> HttpResponse:
    lettre = composer_la_lettre_de_procedure(vue, conclut=conclut)
    reponse = HttpResponse(lettre, content_type="application/pdf")
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom) or "attachment"
    reponse["Cache-Control"] = "private, no-store"
    return reponse


@require_POST
@reservee_a(peut_executer)
def noter(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Noter la date de remise de la lettre d’ouverture."""
    personne = personne_de(request)
    vue = _procedure_visible(personne, slug, numero, pk)
    form = RemiseForm(request.POST)
    if form.is_valid():
        acte = partial(noter_la_remise, auteur=personne, procedure=vue, **form.cleaned_data)
        agir(request, acte, "La remise est notée\u00a0: le délai de l’organisme court de ce jour-là.")
    else:
        messages.error(request, "Donnez la date de remise\u00a0: JJ/MM/AAAA.")
    return redirect("financements:procedure", slug, numero, pk)
