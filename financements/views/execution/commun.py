"""Ce que partagent les écrans de l’exécution."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.forms import Form
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from comptes.models import Personne
from comptes.permissions import personne_de
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.models import Action, Versement
from financements.permissions import peut_executer, peut_liquider
from financements.views.appels import appel_visible, onglets
from projets.models import AppelAProjets

PERIMEE = "Cette page a changé depuis que vous l’avez ouverte\u00a0: relisez-la avant de recommencer."


def contexte(request: HttpRequest, appel: AppelAProjets, **autres: Any) -> dict[str, Any]:
    """L’onglet « Versements », et ce que la personne peut faire."""
    personne = personne_de(request)
    return {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "versements",
        "peut_executer": peut_executer(personne),
        "peut_liquider": peut_liquider(personne),
    } | autres


def action_visible(personne: Personne, slug: str, numero: int) -> Action:
    """L’action de cette adresse. Lève `Http404`."""
    visibles = Action.objects.ouvertes_a(personne).select_related("projet__appel", "projet__axe", "projet__organisme")
    return get_object_or_404(visibles, projet__appel__slug=slug, projet__numero=numero)


def versement_visible(personne: Personne, slug: str, pk: int) -> Versement:
    """Le versement de cette adresse. Lève `Http404`."""
    appel_visible(personne, slug)
    visibles = Versement.objects.visibles_par(personne).select_related(
        "action__projet__appel", "action__projet__axe", "action__projet__organisme", "compte"
    )
    return get_object_or_404(visibles, pk=pk, action__projet__appel__slug=slug)


def tenter(acte: Callable[[], object], form: Form) -> bool:
    """L’acte, ou ses refus dans le formulaire : chacun près de son champ, le reste en haut. Vrai s’il est fait."""
    try:
        acte()
    except VersionPerimee:
        form.add_error(None, PERIMEE)
    except PassageRefuse as refus:
        form.add_error(None, getattr(refus, "manques", None) or str(refus))
    except ValidationError as refus:
        if not hasattr(refus, "error_dict"):
            form.add_error(None, refus)
        else:
            for nom, erreurs in refus.error_dict.items():
                form.add_error(nom if nom in form.fields else None, erreurs)
    except IntegrityError as refus:
        form.add_error(None, _phrase(refus))
    else:
        return True
    return False


def faire(request: HttpRequest, acte: Callable[[], object], reussite: str) -> bool:
    """L’acte d’un bouton : sa réussite, ou son refus, se lit en haut de la page suivante."""
    try:
        acte()
    except VersionPerimee:
        messages.error(request, PERIMEE)
    except (PassageRefuse, ValidationError) as refus:
        dits = refus.messages if isinstance(refus, ValidationError) else [str(refus)]
        messages.error(request, " ".join(dits))
    except IntegrityError as refus:
        messages.error(request, _phrase(refus))
    else:
        messages.success(request, reussite)
        return True
    return False


def _phrase(refus: IntegrityError) -> str:
    """Ce que dit la base, en français, sans son contexte technique."""
    return str(refus).splitlines()[0]
