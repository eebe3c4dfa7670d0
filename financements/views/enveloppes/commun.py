"""Ce que partagent les écrans de l’enveloppe."""

from typing import Any

from django.core.exceptions import ValidationError
from django.forms.forms import BaseForm
from django.http import HttpRequest

from comptes.permissions import personne_de
from config.socle.transitions import PassageRefuse
from financements.models import Enveloppe
from financements.views.appels import appel_visible, onglets
from financements.views.arbitrage.navigation import pages_de_l_arbitrage
from projets.models import AppelAProjets
from projets.views import gestes
from territoires.rules.refus import RepartitionRefusee


def contexte(request: HttpRequest, appel: AppelAProjets, ici: str, **autres: Any) -> dict[str, Any]:
    """Les deux rangs d’onglets ; `ici` : la page de l’arbitrage où l’on est."""
    personne = personne_de(request)
    return {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "arbitrage",
        "pages": pages_de_l_arbitrage(appel),
        "ici": ici,
    } | autres


def appel_et_enveloppe(request: HttpRequest, slug: str) -> tuple[AppelAProjets, Enveloppe | None]:
    """L’appel de cette adresse et son enveloppe, s’il en a une. Lève `Http404`."""
    appel = appel_visible(personne_de(request), slug)
    return appel, Enveloppe.objects.select_related("appel").filter(appel=appel).first()


def reporter(refus: ValidationError | PassageRefuse | RepartitionRefusee, form: BaseForm) -> None:
    """Les refus d’un acte, chacun près de son champ ; en haut ce qui n’en a pas."""
    if not isinstance(refus, ValidationError):
        form.add_error(None, str(refus))
        return
    gestes.reporter(form, refus)
