"""Les courriels de la démonstration : personne ne les reçoit, ils se lisent ici."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.models import Courriel
from comptes.permissions import personne_de, peut_lire_les_courriels, reservee_a
from config.socle.listes import page_de


def en_demonstration(vue: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Décorateur : hors du mode démonstration, la page n’existe pas."""

    @wraps(vue)
    def gardee(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.MODE_DEMONSTRATION:
            raise Http404
        return vue(request, *args, **kwargs)

    return gardee


@require_safe
@en_demonstration
@reservee_a(peut_lire_les_courriels)
def courriels(request: HttpRequest) -> HttpResponse:
    """La liste, les plus récents d’abord."""
    lignes = Courriel.objects.visibles_par(personne_de(request)).defer("texte", "html").order_by("-pk")
    return render(request, "comptes/courriels.html", {"page": page_de(request, lignes)})


@require_safe
@en_demonstration
@reservee_a(peut_lire_les_courriels)
def courriel(request: HttpRequest, pk: int) -> HttpResponse:
    """Un courriel, dans sa version texte ; ses liens se suivent."""
    lu = get_object_or_404(Courriel.objects.visibles_par(personne_de(request)), pk=pk)
    fil = [("Courriels de la démonstration", reverse("courriels"))]
    return render(request, "comptes/courriel.html", {"courriel": lu, "fil": fil})
