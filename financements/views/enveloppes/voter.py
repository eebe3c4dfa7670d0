"""Voter l’enveloppe d’un appel, et la réviser par un acte daté."""

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.reviser import Revision, reviser_l_enveloppe
from financements.actions.voter_enveloppe import voter_enveloppe
from financements.forms.enveloppes import RevisionForm, VoteForm
from financements.models import CreditAnnuel, Enveloppe, RevisionEnveloppe
from financements.permissions import peut_arbitrer
from financements.views.enveloppes.commun import appel_et_enveloppe, contexte, reporter
from projets.models import AppelAProjets


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def voter(request: HttpRequest, slug: str) -> HttpResponse:
    """Ouvre l’enveloppe d’un appel qui n’en a pas ; une enveloppe votée se révise."""
    appel, enveloppe = appel_et_enveloppe(request, slug)
    if enveloppe:
        messages.info(request, "L’enveloppe de cet appel est déjà votée : elle se révise.")
        return redirect("financements:enveloppes", slug=slug)
    form = VoteForm(appel.annees, request.POST or None)
    if request.method == "POST" and form.is_valid() and _voter(request, appel, form):
        messages.success(request, "L’enveloppe est votée. Répartissez-la entre les territoires.")
        return redirect("financements:enveloppes", slug=slug)
    return render(request, "financements/enveloppes/voter.html", contexte(request, appel, "enveloppes", form=form))


def _voter(request: HttpRequest, appel: AppelAProjets, form: VoteForm) -> bool:
    """Vrai si c’est fait ; deux votes à la fois n’en font qu’un."""
    try:
        voter_enveloppe(
            auteur=personne_de(request),
            appel=appel,
            credits_annuels=form.credits_annuels,
            deliberation=form.cleaned_data["deliberation"],
            votee_le=form.cleaned_data["adoptee_le"],
        )
    except PassageRefuse as refus:
        reporter(refus, form)
    except IntegrityError:
        form.add_error(None, "Quelqu’un vient de voter cette enveloppe : elle se révise désormais.")
    else:
        return True
    return False


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def reviser(request: HttpRequest, slug: str) -> HttpResponse:
    """Les crédits d’aujourd’hui, à changer, et l’acte qui les change."""
    appel, enveloppe = appel_et_enveloppe(request, slug)
    if enveloppe is None:
        return redirect("financements:voter_enveloppe", slug=slug)
    presents = dict(CreditAnnuel.objects.filter(enveloppe=enveloppe).values_list("annee", "montant_cp"))
    annees = sorted({*appel.annees, *presents})
    form = RevisionForm(annees, request.POST or None, initial=_initial(enveloppe, presents, annees))
    if request.method == "POST" and form.is_valid() and _reviser(request, enveloppe, form):
        return redirect("financements:enveloppes", slug=slug)
    return render(
        request,
        "financements/enveloppes/reviser.html",
        contexte(request, appel, "enveloppes", form=form, enveloppe=enveloppe),
    )


def _initial(enveloppe: Enveloppe, presents: dict[int, Decimal], annees: list[int]) -> dict[str, object]:
    lues = RevisionEnveloppe.objects.filter(enveloppe=enveloppe).count()
    return {f"cp_{annee}": presents.get(annee) for annee in annees} | {"lues": lues, "repartir": True}


def _reviser(request: HttpRequest, enveloppe: Enveloppe, form: RevisionForm) -> bool:
    """Vrai si c’est fait ; sinon les refus sont dans le formulaire."""
    lus = form.cleaned_data
    revision = Revision(
        credits_annuels=form.credits_annuels,
        deliberation=lus["deliberation"],
        adoptee_le=lus["adoptee_le"],
        motif=lus["motif"],
        repartir=lus["repartir"],
        lues=lus["lues"],
    )
    try:
        ecrite = reviser_l_enveloppe(auteur=personne_de(request), enveloppe=enveloppe, revision=revision)
    except (ValidationError, PassageRefuse) as refus:
        reporter(refus, form)
    except VersionPerimee:
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["lues"] = str(RevisionEnveloppe.objects.filter(enveloppe=enveloppe).count())  # type: ignore[index]
        form.add_error(None, "L’enveloppe vient d’être révisée : relisez ses crédits, puis envoyez de nouveau.")
    else:
        messages.success(request, f"{ecrite} enregistrée.")
        return True
    return False
