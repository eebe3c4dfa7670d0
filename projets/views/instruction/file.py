"""La file d’instruction : les projets déposés sur les territoires de l’instructeur, tous pour le pilote."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de, trier
from projets.filters import InstructionFilter
from projets.models import Projet
from projets.permissions import peut_suivre_l_instruction
from projets.views.instruction.onglets import onglets

TRIS = {
    "numero": "numero",
    "intitule": "intitule_tri",
    "organisme": "organisme__nom_tri",
    "axe": "axe__numero",
    "montant": "montant_demande",
}


@require_safe
@reservee_a(peut_suivre_l_instruction)
def instruction(request: HttpRequest) -> HttpResponse:
    """La liste, filtrée et triée."""
    personne = personne_de(request)
    visibles = Projet.objects.visibles_par(personne).avec_montants()
    filtre = InstructionFilter(request.GET, queryset=visibles, personne=personne)
    lignes, tri = trier(filtre.qs, request.GET.get("tri", ""), TRIS, "numero")
    lignes = lignes.select_related("organisme", "axe").prefetch_related("parts__territoire")
    contexte = {"page": page_de(request, lignes), "form": filtre.form, "tri": tri, **onglets(personne, "file")}
    return render(request, "projets/instruction/file.html", contexte)
