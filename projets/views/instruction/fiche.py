"""La fiche d’un projet déposé, pour qui l’instruit."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from projets.models import Projet
from projets.permissions import peut_suivre_l_instruction
from projets.views.suivi import suivi


@require_safe
@reservee_a(peut_suivre_l_instruction)
def fiche_instruction(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche d’un projet déposé ; hors de son périmètre, c’est un 404."""
    personne = personne_de(request)
    projet = get_object_or_404(Projet.objects.visibles_par(personne).en_fiche(), pk=pk)
    fil = [("Instruction", reverse("projets:instruction"))]
    contexte = {"projet": projet, "fil": fil, "ici": projet.reference, **suivi(personne, projet)}
    return render(request, "projets/instruction/fiche.html", contexte)
