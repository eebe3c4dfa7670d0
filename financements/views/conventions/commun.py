"""L’action et la convention d’une adresse, et ce qui entoure leurs pages."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from comptes.models import Personne
from financements.models import Action, Avenant, Convention, DemandeDeSignature
from financements.permissions import peut_conventionner
from financements.views.appels import appel_visible, onglets
from projets.models import AppelAProjets


def action_visible(personne: Personne, slug: str, numero: int) -> Action:
    """L’action de ce numéro, avec tout ce que sa page montre. Lève `Http404`."""
    appel = appel_visible(personne, slug)
    lies = ("projet__organisme__commune", "projet__appel", "projet__axe", "deliberation", "convention")
    actions = Action.objects.visibles_par(personne).filter(projet__appel=appel).select_related(*lies)
    return get_object_or_404(actions, projet__numero=numero)


def convention_visible(personne: Personne, slug: str, numero: int) -> Convention:
    """La convention de cette action. Lève `Http404` s’il n’y en a pas."""
    action = action_visible(personne, slug, numero)
    convention = getattr(action, "convention", None)
    if convention is None:
        raise Http404
    trouvee: Convention = convention
    trouvee.action = action
    return trouvee


def derniere_demande(convention: Convention, avenant: Avenant | None = None) -> DemandeDeSignature | None:
    """La dernière demande faite au prestataire de signature ; None s’il n’y en a jamais eu."""
    demandes = DemandeDeSignature.objects.filter(convention=convention, avenant=avenant)
    return demandes.select_related("demandee_par").first()


def autour(personne: Personne, appel: AppelAProjets, *etapes: tuple[str, str]) -> dict[str, Any]:
    """Fil, onglets, droits."""
    adresse = reverse("financements:conventions", args=[appel.slug])
    return {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "conventions",
        "fil": [
            (appel.intitule, reverse("financements:credits", args=[appel.slug])),
            ("Conventions", adresse),
            *etapes,
        ],
        "peut_conventionner": peut_conventionner(personne),
    }
