"""La fiche d’un organisme."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.models import Organisme
from comptes.permissions import personne_de


@require_safe
def organisme(request: HttpRequest, pk: int) -> HttpResponse:
    """Les siens pour un porteur, tous pour un agent ; celui d’autrui est un 404."""
    personne = personne_de(request)
    lu = get_object_or_404(Organisme.objects.visibles_par(personne).select_related("commune"), pk=pk)
    fil = [] if personne.est_agent else [("Mon organisme", reverse("mon_organisme"))]
    contexte = {"organisme": lu, "est_agent": personne.est_agent, "fil": fil}
    return render(request, "comptes/organisme.html", contexte)
