"""Voter les propositions adoptées : la délibération, et ce que la séance a changé."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.vote.voter import voter
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.comite.deports import deports_des_elus
from financements.forms.vote import AmendementForm, VoteForm, nombre_d_amendements
from financements.models import Scenario
from financements.permissions import peut_arbitrer
from financements.rules.saisie import SaisieRefusee
from financements.states import APPELS_ARBITRABLES, EtatScenario
from financements.views.appels import appel_visible
from projets.models import AppelAProjets


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def voter_les_propositions(request: HttpRequest, slug: str) -> HttpResponse:
    """Ce qui est proposé, et le formulaire du vote."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    adopte = Scenario.objects.filter(appel=appel, etat=EtatScenario.ADOPTE).select_related("appel").first()
    if adopte is None or appel.etat not in APPELS_ARBITRABLES:
        messages.error(request, "Il faut un scénario adopté, et un appel en arbitrage, pour voter.")
        return redirect("financements:scenarios", slug=slug)
    deports, tus = deports_des_elus(adopte, personne)
    form = VoteForm(request.POST or None, deports=deports, tus=tus)
    nombre = nombre_d_amendements((request.POST or request.GET).get("amendements", ""))
    lignes = [AmendementForm(request.POST or None, appel=appel, prefix=f"a{rang}") for rang in range(nombre)]
    if request.method == "POST" and all([form.is_valid(), *(ligne.is_valid() for ligne in lignes)]):
        try:
            deliberation = voter(
                auteur=personne,
                appel=appel,
                vote=form.vote(),
                amendements=[un for ligne in lignes if (un := ligne.amendement())],
                lu=request.POST.get("lu", ""),
            )
        except VersionPerimee:
            form.add_error(
                None,
                "Les propositions adoptées ont changé depuis que la page est ouverte\u00a0: relisez-les ci-dessous.",
            )
        except (PassageRefuse, SaisieRefusee) as refus:
            form.add_error(None, str(refus))
        except ValidationError as refus:
            form.add_error("reference", refus.messages)
        else:
            messages.success(request, "Les propositions sont votées. Rien n’est notifié aux organismes.")
            return redirect(deliberation)
    return render(request, "financements/vote/voter.html", _contexte(appel, adopte, form, lignes))


def _contexte(appel: AppelAProjets, adopte: Scenario, form: VoteForm, lignes: list[AmendementForm]) -> dict[str, Any]:
    return {
        "appel": appel,
        "scenario": adopte,
        "panneau": Panneau(adopte),
        "form": form,
        "lignes": lignes,
        "annees": list(appel.annees),
        "fil": [
            ("Scénarios", reverse("financements:scenarios", args=[appel.slug])),
            (adopte.nom, adopte.get_absolute_url()),
        ],
    }
