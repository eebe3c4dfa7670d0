"""Arrêter les propositions : lire ce qui reste, déroger au besoin, adopter ; ou revenir sur l’adoption."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import EnveloppeDepassee, Signature, adopter, revenir_sur_l_adoption
from financements.chiffres.arbitrage.panneau import Panneau
from financements.forms.adoption import DerogationForm, RetourForm
from financements.models import Scenario
from financements.permissions import modifie_le_scenario, peut_arbitrer
from financements.states import EtatComite, EtatScenario
from financements.views.arbitrage.navigation import scenario_visible


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def adopter_le_scenario(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Montre ce que l’adoption arrête ; l’envoi adopte, ou dit ce qui dépasse."""
    personne = personne_de(request)
    vu = scenario_visible(personne, slug, pk)
    if not modifie_le_scenario(personne, vu):
        raise PermissionDenied
    panneau = Panneau(vu)
    vus = [(libelle, annee, euros) for libelle, annee, euros in panneau.depassements]
    form = DerogationForm(request.POST or None, vus=vus) if vus else None
    refus = ""
    if request.method == "POST" and (form is None or form.is_valid()):
        signature = Signature(form.cleaned_data["motif"], form.cleaned_data["source"], vus) if form else None
        try:
            adopter(auteur=personne, scenario=vu, signature=signature, lu=request.POST.get("lu", ""))
        except VersionPerimee:
            refus = (
                "Ce scénario a changé depuis que la page est ouverte\u00a0: relisez-le ci-dessous, puis adoptez-le."
            )
        except (EnveloppeDepassee, PassageRefuse) as erreur:
            refus = str(erreur)
        else:
            messages.success(request, f"«\u00a0{vu.nom}\u00a0» est adopté\u00a0: ses propositions sont arrêtées.")
            return redirect(vu)
    en_cours = vu.comites.exclude(etat=EtatComite.CLOS).select_related("appel")
    contexte = _autour(vu) | {"panneau": panneau, "form": form, "refus": refus, "comites_en_cours": en_cours}
    return render(request, "financements/arbitrage/adopter.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def revenir(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Rendre le scénario à l’étude, avec un motif."""
    personne = personne_de(request)
    vu = scenario_visible(personne, slug, pk)
    form = RetourForm(request.POST or None)
    if vu.etat != EtatScenario.ADOPTE:
        messages.error(request, "Ce scénario n’est pas adopté.")
        return redirect(vu)
    if request.method == "POST" and form.is_valid():
        try:
            revenir_sur_l_adoption(auteur=personne, scenario=vu, motif=form.cleaned_data["motif"])
        except PassageRefuse as refus:
            form.add_error(None, str(refus))
        except ValidationError as refus:
            form.add_error(None, refus)
        else:
            messages.success(request, f"«\u00a0{vu.nom}\u00a0» est de nouveau à l’étude.")
            return redirect(vu)
    return render(request, "financements/arbitrage/revenir.html", _autour(vu) | {"form": form})


def _autour(vu: Scenario) -> dict[str, Any]:
    liste = reverse("financements:scenarios", args=[vu.appel.slug])
    return {"appel": vu.appel, "scenario": vu, "fil": [("Scénarios", liste), (vu.nom, vu.get_absolute_url())]}
