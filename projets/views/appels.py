"""Les appels à projets, publics : la liste, et la page d’un appel."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from projets.models import AppelAProjets


@login_not_required
@require_safe
def appels(request: HttpRequest) -> HttpResponse:
    """Tous les appels publiés, du plus récent au plus ancien."""
    return render(request, "projets/appels.html", {"appels": AppelAProjets.objects.publics()})


@login_not_required
@require_safe
def appel(request: HttpRequest, slug: str) -> HttpResponse:
    """Calendrier, axes, crédits annoncés, contact. Un brouillon est un 404 pour tout le monde."""
    trouve = get_object_or_404(AppelAProjets.objects.publics(), slug=slug)
    fil = [("Appels à projets", reverse("projets:appels"))]
    contexte = {"appel": trouve, "axes": trouve.axes.order_by("numero"), "fil": fil}
    return render(request, "projets/appel.html", contexte)
