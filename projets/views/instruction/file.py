"""La file d’instruction : portées, filtres, colonnes et vues de chacun ; la page d’abord, ses montants ensuite."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.colonnes import corps
from projets.actions.vues import retenir_la_presentation
from projets.chiffres.file import lignes_de_la_file
from projets.filters import TOUS_LES_APPELS
from projets.models import VueEnregistree
from projets.permissions import peut_suivre_l_instruction
from projets.tables import TOUJOURS, cles_choisies, colonnes_de_la_file, colonnes_possibles
from projets.views.instruction.lots import actes_offerts
from projets.views.instruction.onglets import onglets
from projets.views.instruction.selection import FILTRES, GARDES, Selection

PAR_PAGE = 50
REPRIS = tuple(nom for nom in GARDES if nom != "q")  # ce que l’on cherche ne se retrouve pas le lendemain


@require_safe
@reservee_a(peut_suivre_l_instruction)
def instruction(request: HttpRequest) -> HttpResponse:
    """La file. Sans rien dans l’adresse, elle reprend les derniers filtres choisis, et l’adresse les dit."""
    personne = personne_de(request)
    vues = list(VueEnregistree.objects.filter(personne=personne))
    derniere = next((vue for vue in vues if not vue.nom), VueEnregistree())
    if not request.GET and derniere.parametres:
        return redirect(f"{reverse('projets:instruction')}?{derniere.parametres}")
    contexte = {"vues": [vue for vue in vues if vue.nom], **_file(request, personne, derniere.colonnes)}
    return render(request, "projets/instruction/file.html", {**contexte, **onglets(personne, "file")})


def _file(request: HttpRequest, personne: Personne, colonnes_retenues: str) -> dict[str, Any]:
    selection = Selection(personne, request.GET)
    pages = Paginator(selection.cles, PAR_PAGE)
    pages.count = selection.nombre  # déjà compté, avec les portées et les états
    page = pages.get_page(request.GET.get("page"))
    cles = cles_choisies(request.GET.get("colonnes", "") or colonnes_retenues)
    requete = selection.requete
    colonnes = colonnes_de_la_file(cles, requete)
    return {
        "form": selection.filtre.form,
        "portees": [
            (portee, selection.comptes.de_la_portee(portee.cle, selection.etat_retenu))
            for portee in selection.portees_montrees
        ],
        "portee": selection.portee,
        "etats": selection.comptes.des_etats(selection.portee),
        "etat": selection.etat_retenu,
        "tri": selection.tri,
        "page": page,
        "colonnes": colonnes[1:],
        "corps": corps(colonnes, lignes_de_la_file(list(page.object_list), personne)),
        "colonnes_offertes": [(c, c.cle in cles) for c in colonnes_possibles() if c.cle not in TOUJOURS],
        "cles": ",".join(cles),
        "requete": requete,
        "est_filtree": any(request.GET.get(nom) for nom in FILTRES),
        "tous_les_appels": "" if request.GET.get("appel") else TOUS_LES_APPELS,
        "actes": actes_offerts(),
    }


@require_POST
@reservee_a(peut_suivre_l_instruction)
def filtrer(request: HttpRequest) -> HttpResponse:
    """Retient les filtres pour la prochaine fois et mène à la file filtrée : l’adresse les dit tous."""
    choisis = {nom: valeur for nom in GARDES if (valeur := request.POST.get(nom, ""))}
    repris = urlencode({nom: valeur for nom, valeur in choisis.items() if nom in REPRIS})
    retenir_la_presentation(auteur=personne_de(request), parametres=repris[:1000])
    if colonnes := request.POST.get("colonnes", ""):
        choisis["colonnes"] = colonnes
    return _vers_la_file(urlencode(choisis))


@require_POST
@reservee_a(peut_suivre_l_instruction)
def choisir_les_colonnes(request: HttpRequest) -> HttpResponse:
    """Retient les colonnes cochées ; l’adresse les dit aussi, pour qu’on puisse l’envoyer."""
    colonnes = ",".join(cles_choisies(",".join([*request.POST.getlist("colonne"), *TOUJOURS])))
    retenir_la_presentation(auteur=personne_de(request), colonnes=colonnes)
    requete = request.POST.get("requete", "")
    return _vers_la_file("&".join(filter(None, [requete, f"colonnes={colonnes}"])))


def _vers_la_file(requete: str) -> HttpResponse:
    adresse = reverse("projets:instruction")
    return redirect(f"{adresse}?{requete}" if requete else adresse)
