"""Les vues enregistrées : donner un nom à la présentation de la file, la renommer, la supprimer."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from projets.actions.vues import enregistrer_la_vue, renommer_la_vue, supprimer_la_vue
from projets.models import VueEnregistree
from projets.permissions import peut_suivre_l_instruction
from projets.tables import cles_choisies
from projets.views.instruction.selection import GARDES


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def vues_enregistrees(request: HttpRequest) -> HttpResponse:
    """Ses vues ; l’envoi en ajoute une, de la présentation que l’adresse `requete` dit."""
    personne = personne_de(request)
    if request.method == "POST":
        lue = QueryDict(request.POST.get("requete", ""))
        parametres = urlencode({nom: lue[nom] for nom in GARDES if lue.get(nom)})
        colonnes = ",".join(cles_choisies(request.POST.get("colonnes", "")))
        fait = _faire(
            request,
            lambda: enregistrer_la_vue(
                auteur=personne, nom=request.POST.get("nom", ""), parametres=parametres, colonnes=colonnes
            ),
            "Vue enregistrée.",
        )
        if fait:
            suite = "&".join(filter(None, [parametres, f"colonnes={colonnes}"]))
            return redirect(f"{reverse('projets:instruction')}?{suite}")
    vues = VueEnregistree.objects.filter(personne=personne).exclude(nom="")
    contexte = {
        "vues": vues,
        "fil": [("Instruction", reverse("projets:instruction"))],
        "nom": request.POST.get("nom", ""),
        "requete": request.POST.get("requete", ""),
        "colonnes": request.POST.get("colonnes", ""),
    }
    return render(request, "projets/instruction/vues.html", contexte)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def renommer(request: HttpRequest, pk: int) -> HttpResponse:
    """Le nouveau nom ; refusé, l’ancien reste."""
    vue = _sienne(request, pk)
    nom = request.POST.get("nom", "")
    _faire(request, lambda: renommer_la_vue(auteur=personne_de(request), vue=vue, nom=nom), "Vue renommée.")
    return redirect("projets:vues")


@require_POST
@reservee_a(peut_suivre_l_instruction)
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """La vue disparaît, la file ne change pas."""
    vue = _sienne(request, pk)
    _faire(request, lambda: supprimer_la_vue(auteur=personne_de(request), vue=vue), "Vue supprimée.")
    return redirect("projets:vues")


def _sienne(request: HttpRequest, pk: int) -> VueEnregistree:
    lignes = VueEnregistree.objects.filter(personne=personne_de(request)).exclude(nom="")
    return get_object_or_404(lignes, pk=pk)


def _faire(request: HttpRequest, acte: Callable[[], object], fait: str) -> bool:
    try:
        acte()
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    except ValidationError as erreur:
        messages.error(request, " ".join(erreur.messages))
    else:
        messages.success(request, fait)
        return True
    return False
