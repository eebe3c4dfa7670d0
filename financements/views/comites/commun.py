"""Le comité d’une adresse, et ce qui entoure chacune de ses pages."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from comptes.models import Personne
from financements.models import Comite
from financements.permissions import conduit_le_comite
from financements.states import EtatComite
from financements.views.appels import Onglet
from projets.models import AppelAProjets


def comite_visible(personne: Personne, slug: str, pk: int) -> Comite:
    """Le comité de cette adresse, appel et scénario lus. Lève `Http404` s’il n’est pas de son périmètre."""
    appels = AppelAProjets.objects.visibles_par(personne).filter(slug=slug)
    visibles = Comite.objects.visibles_par(personne).filter(appel__in=appels)
    return get_object_or_404(visibles.select_related("appel", "scenario__appel"), pk=pk)


def autour(personne: Personne, comite: Comite, ici: str) -> dict[str, Any]:
    """Fil, onglets du comité et droits."""
    adresse = [comite.appel.slug, comite.pk]
    pages = [Onglet("comite", "Ordre du jour et présents", comite.get_absolute_url())]
    if comite.etat == EtatComite.OUVERT:
        pages += [
            Onglet("seance", "Séance", reverse("financements:seance", args=adresse)),
            Onglet("ecarts", "Écarts à la note", reverse("financements:ecarts_du_comite", args=adresse)),
        ]
    if comite.etat != EtatComite.PREPARATION:
        pages.append(Onglet("compte_rendu", "Compte rendu", reverse("financements:compte_rendu", args=adresse)))
    pages.append(Onglet("documents", "Documents", reverse("financements:documents_du_comite", args=adresse)))
    return {
        "appel": comite.appel,
        "comite": comite,
        "conduit": conduit_le_comite(personne, comite),
        "fil": [("Comités", reverse("financements:comites", args=[comite.appel.slug]))],
        "pages": pages,
        "ici": ici,
    }
