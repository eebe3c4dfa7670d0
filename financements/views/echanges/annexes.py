"""Les annexes annuelles du compte administratif : les lire, les emporter, saisir le produit des organismes."""

import tempfile
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Organisme
from comptes.permissions import personne_de, reservee_a
from config.socle.ecriture import Genre
from config.socle.montants import format_euros, format_nombre
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.exports.annexes import declarer_un_produit, exporter_une_annexe
from financements.chiffres.exports.annexes import Annexe, SorteDAnnexe, exercices_connus, organismes_aides
from financements.exports.feuille import LIBELLES, TYPES
from financements.forms.echanges import ProduitForm
from financements.models import ProduitDOrganisme
from financements.permissions import peut_exporter_les_decisions, peut_lire_les_financements
from financements.views.echanges.commun import dire_que_tout_a_change, fichier_a_emporter
from projets.chiffres.export_de_l_instruction import ExportIncomplet

PAR_PAGE = 50
ECRITS: dict[Genre, Callable[[Any], str]] = {
    Genre.MONTANT: format_euros,
    Genre.ENTIER: format_nombre,
    Genre.NOMBRE: lambda valeur: format_nombre(valeur, 2),
}


@require_safe
@reservee_a(peut_lire_les_financements)
def annexes(request: HttpRequest) -> HttpResponse:
    """Une annexe d’un exercice, page par page."""
    connus = exercices_connus()
    if not connus:
        return render(request, "financements/vide.html")
    demande = request.GET.get("exercice", "")
    exercice = next((an for an in connus if str(an) == demande), connus[0])
    sorte = request.GET.get("annexe", "")
    annexe = Annexe(SorteDAnnexe(sorte) if sorte in list(SorteDAnnexe) else SorteDAnnexe.CONCOURS, exercice)
    page = Paginator(range(annexe.nombre), PAR_PAGE).get_page(request.GET.get("page"))
    contexte = {
        "annexe": annexe,
        "toutes": [Annexe(une, exercice) for une in SorteDAnnexe],
        "exercices": connus,
        "page": page,
        "rangees": [_cases(annexe, rangee) for rangee in annexe.page(max(page.start_index() - 1, 0), PAR_PAGE)],
        "formats": LIBELLES,
        "peut_exporter": peut_exporter_les_decisions(personne_de(request)),
    }
    return render(request, "financements/echanges/annexes.html", contexte)


def _cases(annexe: Annexe, rangee: Sequence[Any]) -> list[tuple[str, bool]]:
    """Le texte de chaque case, et si c’est un nombre."""
    return [
        ("" if valeur is None else ECRITS.get(champ.genre, str)(valeur), champ.genre != Genre.TEXTE)
        for champ, valeur in zip(annexe.forme.champs, rangee, strict=True)
    ]


@require_POST
@reservee_a(peut_exporter_les_decisions)
def emporter(request: HttpRequest, exercice: int, sorte: str, extension: str) -> HttpResponseBase:
    """Le fichier d’une annexe."""
    if sorte not in list(SorteDAnnexe) or extension not in TYPES:
        raise Http404
    annexe, retour = Annexe(SorteDAnnexe(sorte), exercice), redirect(_adresse(exercice, sorte))
    if request.POST.get("annonce", str(annexe.nombre)) != str(annexe.nombre):
        dire_que_tout_a_change(request, annexe.nombre, annexe.compte[1])
        return retour
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        exporter_une_annexe(auteur=personne_de(request), annexe=annexe, extension=extension, fichier=fichier)
    except ExportIncomplet:
        fichier.close()
        dire_que_tout_a_change(request, annexe.nombre, annexe.compte[1])
        return retour
    nom = f"annexe-{sorte}-{exercice}"
    return fichier_a_emporter(fichier, nom=nom, nombre=annexe.nombre, extension=extension, type_mime=TYPES[extension])


def _adresse(exercice: int, sorte: str) -> str:
    return f"{reverse('financements:annexes')}?exercice={exercice}&annexe={sorte}"


@require_safe
@reservee_a(peut_exporter_les_decisions)
def produits(request: HttpRequest, exercice: int) -> HttpResponse:
    """Les organismes aidés, et leur produit s’il est connu."""
    demandee = request.GET.get("page", "1")
    numero = max(int(demandee), 1) if demandee.isdecimal() and len(demandee) < 6 else 1  # noqa: PLR2004
    aides, combien, inconnus = organismes_aides(exercice, (numero - 1) * PAR_PAGE, PAR_PAGE)
    contexte = {
        "exercice": exercice,
        "aides": aides,
        "inconnus": inconnus,
        "page": Paginator(range(combien), PAR_PAGE).get_page(numero),
        "fil": [("Annexes", _adresse(exercice, SorteDAnnexe.ORGANISMES))],
    }
    return render(request, "financements/echanges/produits.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_exporter_les_decisions)
def produit(request: HttpRequest, exercice: int, pk: int) -> HttpResponse:
    """Saisir, ou corriger, le produit d’un organisme."""
    personne = personne_de(request)
    organisme = get_object_or_404(Organisme.objects.visibles_par(personne), pk=pk)
    connu = ProduitDOrganisme.objects.filter(organisme=organisme, annee=exercice).first()
    form = ProduitForm(request.POST or None, initial={"montant": connu.montant if connu else None})
    retour = reverse("financements:produits", args=[exercice])
    if request.method == "POST" and form.is_valid():
        montant = form.cleaned_data["montant"]
        declarer_un_produit(auteur=personne, organisme=organisme, annee=exercice, montant=montant)
        messages.success(request, f"Produit {exercice} de «\u00a0{organisme}\u00a0» enregistré.")
        return redirect(retour)
    contexte = {
        "organisme": organisme,
        "exercice": exercice,
        "form": form,
        "fil": [("Annexes", _adresse(exercice, SorteDAnnexe.ORGANISMES)), (f"Produits {exercice}", retour)],
    }
    return render(request, "financements/echanges/produit.html", contexte)
