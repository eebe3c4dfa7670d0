"""La fiche d’un projet déposé, pour qui l’instruit : un onglet à gauche, les panneaux de l’instruction à droite."""

from collections.abc import Callable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from projets.models import DemandeDeComplement, Projet
from projets.permissions import peut_classer, peut_suivre_l_instruction
from projets.rules.delais import DelaiDeRejet, delai_de_rejet
from projets.states import NON_DECIDES
from projets.views.instruction.affectation import panneau_affectation
from projets.views.instruction.avis import panneau_avis
from projets.views.instruction.lecture import Lecture
from projets.views.instruction.notation import panneau_notation
from projets.views.instruction.onglets_de_la_fiche import ONGLETS
from projets.views.instruction.parcours import file_d_avant_l_acte, parcours
from projets.views.instruction.recevabilite import panneau_recevabilite
from projets.views.suivi import impossible

# Chaque panneau rend les variables de son fragment, que `fiche.html` inclut dans cet ordre.
PANNEAUX: tuple[Callable[[Lecture], dict[str, Any]], ...] = (
    panneau_recevabilite,
    panneau_notation,
    panneau_avis,
    panneau_affectation,
)


@require_safe
@reservee_a(peut_suivre_l_instruction)
def fiche_instruction(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche d’un projet déposé ; hors de son périmètre, c’est un 404. Un onglet inconnu est le premier."""
    personne = personne_de(request)
    projet = get_object_or_404(Projet.objects.visibles_par(personne).en_instruction(), pk=pk)
    if retrouvee := file_d_avant_l_acte(request):
        return redirect(retrouvee)
    cle = request.GET.get("onglet", "")
    onglet = ONGLETS.get(cle) or ONGLETS["projet"]
    lecture = Lecture(personne, projet, request.GET)
    contexte = {
        "projet": projet,
        "fil": [("Instruction", reverse("projets:instruction"))],
        "ici": projet.reference,
        "delai": delai_du_projet(projet, lecture.demandes),
        "peut_classer": peut_classer(personne) and not impossible("classer_sans_suite", projet, "se classer"),
        "onglet": onglet.cle,
        "onglets": [(o.cle, o.libelle, getattr(projet, o.nombre, None)) for o in ONGLETS.values()],
        "gabarit": f"projets/instruction/onglets/{onglet.cle}.html",
        **parcours(request, personne, projet),
        **onglet.contexte(lecture),
    }
    for panneau in PANNEAUX:
        contexte |= panneau(lecture)
    return render(request, "projets/instruction/fiche.html", contexte)


def delai_du_projet(projet: Projet, demandes: Sequence[DemandeDeComplement]) -> DelaiDeRejet | None:
    """Le délai de rejet implicite ; None une fois la décision prise, ou si le dépôt n’est pas passé par ici."""
    if projet.depose_le is None or projet.etat not in NON_DECIDES:
        return None
    suspensions = [demande.suspension for demande in demandes]
    return delai_de_rejet(timezone.localdate(projet.depose_le), suspensions, timezone.localdate())
