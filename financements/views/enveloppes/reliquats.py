"""Reverser au pot les restes de territoires choisis, et les repartager : la même page lit, puis valide."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.montants import en_euros
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.repartir import reverser_les_reliquats
from financements.chiffres.consommation import consommation, scenario_adopte
from financements.chiffres.reliquats import ApercuDuReversement, previsualiser_le_reversement, restes
from financements.chiffres.tableaux_de_repartition import avant_version, tableaux_de
from financements.chiffres.versions_de_repartition import Version, derniere_version
from financements.forms.enveloppes import ReversementForm, ValidationForm
from financements.models import Enveloppe, Repartition
from financements.permissions import peut_arbitrer
from financements.views.enveloppes.commun import appel_et_enveloppe, contexte, reporter
from financements.views.enveloppes.repartir import PERIMEE
from territoires.rules.refus import RepartitionRefusee


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def reliquats(request: HttpRequest, slug: str) -> HttpResponse:
    """Les montants et les receveurs sont dans l’adresse ; POST valide ce qui a été lu."""
    appel, enveloppe = appel_et_enveloppe(request, slug)
    courante = derniere_version(enveloppe) if enveloppe else None
    if enveloppe is None or courante is None:
        messages.info(request, "Rien n’est encore réparti : il n’y a pas de reste à reverser.")
        return redirect("financements:enveloppes", slug=slug)
    form = ReversementForm(courante.territoires, courante.annees, request.GET or None)
    validation = ValidationForm(request.POST or None)
    apercu = _apercu(courante, form) if form.is_bound else None
    if apercu and request.method == "POST" and validation.is_valid():
        ecrite = _valider(request, enveloppe, form, validation)
        if ecrite:
            messages.success(request, f"{ecrite} validée : les reliquats sont repartagés.")
            return redirect("financements:repartition", slug=slug, version=ecrite.version)
    return render(
        request,
        "financements/enveloppes/reliquats.html",
        contexte(
            request,
            appel,
            "enveloppes",
            courante=courante,
            rangees=_rangees(courante, form),
            form=form,
            validation=validation,
            adopte=scenario_adopte(appel),
            apercu=apercu,
            **(_lecture(courante, apercu) if apercu else {}),
        ),
    )


def _apercu(courante: Version, form: ReversementForm) -> ApercuDuReversement | None:
    """Un refus va en haut du formulaire."""
    if not form.is_valid():
        return None
    try:
        return previsualiser_le_reversement(
            courante, form.reversement(), consommation(courante.repartition.enveloppe.appel)
        )
    except RepartitionRefusee as refus:
        form.add_error(None, str(refus))
        return None


def _valider(
    request: HttpRequest, enveloppe: Enveloppe, form: ReversementForm, validation: ValidationForm
) -> Repartition | None:
    try:
        return reverser_les_reliquats(
            auteur=personne_de(request),
            enveloppe=enveloppe,
            reversement=form.reversement(),
            motif=validation.cleaned_data["motif"],
            empreinte_lue=validation.cleaned_data["empreinte"],
        )
    except (ValidationError, PassageRefuse, RepartitionRefusee) as refus:
        reporter(refus, validation)
    except VersionPerimee:
        validation.add_error(None, PERIMEE)
    return None


def _rangees(courante: Version, form: ReversementForm) -> list[dict[str, Any]]:
    """Un territoire : ce qui lui reste chaque année, et ce qu’il en reverse."""
    constates = restes(courante, consommation(courante.repartition.enveloppe.appel))
    return [
        {
            "territoire": territoire,
            "cases": [
                (en_euros(constates.get((territoire.code, annee), 0)), form.champ(territoire.code, annee))
                for annee in courante.annees
            ],
        }
        for territoire in courante.territoires
    ]


def _lecture(courante: Version, apercu: ApercuDuReversement) -> dict[str, Any]:
    periode, annees = tableaux_de(apercu.version, avant_version(courante), {})
    changees = [tableau for tableau in annees if tableau.plus_grand_ecart]
    return {"periode": periode, "annees": changees, "avant": avant_version(courante)}
