"""Le suivi de l’instruction d’un appel : où en sont les projets, de quel âge, à quel rythme, jusqu’à quand."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from comptes.permissions import personne_de, reservee_a
from projets.chiffres.dessins_du_suivi import dessin_des_ages, dessin_des_semaines, dessin_des_territoires
from projets.chiffres.suivi import appels_suivis, suivi_de_l_instruction
from projets.permissions import peut_suivre_l_instruction
from projets.views.instruction.chiffres_du_suivi import chiffres_du_suivi
from projets.views.instruction.onglets import onglets


@require_safe
@reservee_a(peut_suivre_l_instruction)
def suivi_instruction(request: HttpRequest) -> HttpResponse:
    """Un appel à la fois (`?appel=`), celui en instruction par défaut."""
    personne = personne_de(request)
    appels = appels_suivis(personne)
    choisi = request.GET.get("appel", "")
    appel = next((appel for appel in appels if str(appel.pk) == choisi), appels[0] if appels else None)
    contexte = {"appels": appels, "appel": appel, **onglets(personne, "suivi")}
    if appel is not None:
        suivi = suivi_de_l_instruction(personne, appel, timezone.localdate())
        contexte |= {
            "suivi": suivi,
            "chiffres": chiffres_du_suivi(suivi, appel.comite_le),
            "bandes": dessin_des_territoires(suivi),
            "barres": dessin_des_semaines(suivi),
            "ages": dessin_des_ages(suivi),
        }
    return render(request, "projets/instruction/suivi.html", contexte)
