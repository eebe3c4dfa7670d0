"""Les données ouvertes à l’écran : compter, emporter le fichier ou lire ses fautes, dire qu’il est en ligne."""

import tempfile
from collections.abc import Mapping
from functools import partial

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.lecture.erreurs import ErreurLigne
from financements.actions.exports.publier import mettre_en_ligne, preparer_les_donnees_ouvertes
from financements.chiffres.exports.publications import restes_a_publier
from financements.chiffres.exports.scdl import Subventions
from financements.exports.ecrit import FichierRefuse
from financements.exports.scdl import TYPE_SCDL
from financements.filters import ActionFilterSet
from financements.forms.echanges import ETENDUE, LEGAL, TOUT, DonneesOuvertesForm, MiseEnLigneForm
from financements.models import Action, Publication
from financements.permissions import peut_exporter_les_decisions
from financements.views.appels import appel_visible
from financements.views.echanges.commun import (
    FAUTES_MONTREES,
    dire_que_tout_a_change,
    fichier_a_emporter,
    fil_des_echanges,
)
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.models import AppelAProjets
from projets.views.gestes import agir

PAR_PAGE = 10


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(peut_exporter_les_decisions)
def donnees_ouvertes(request: HttpRequest, slug: str) -> HttpResponseBase:
    """Lire combien de lignes le fichier aura, puis l’emporter s’il est conforme ; sinon ses fautes."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    donnees = request.POST if request.method == "POST" else request.GET
    toutes = Action.objects.filter(projet__appel=appel)  # même celles d’un déport : la loi les publie
    filtre = ActionFilterSet(donnees, queryset=toutes, appel=appel)
    subventions = _subventions(appel, filtre, donnees)
    if request.method != "POST":
        return _page(request, filtre, subventions)
    if donnees.get("annonce", str(subventions.nombre)) != str(subventions.nombre):
        return _a_redemander(request, filtre, subventions)
    return _emporter(request, personne, filtre, subventions)


def _subventions(appel: AppelAProjets, filtre: ActionFilterSet, donnees: Mapping[str, str]) -> Subventions:
    choix = DonneesOuvertesForm(donnees)
    return Subventions(appel, filtre.qs, seuil=choix.est_au_seuil, etendue=donnees.get("forme") == ETENDUE)


def _emporter(
    request: HttpRequest, personne: Personne, filtre: ActionFilterSet, subventions: Subventions
) -> HttpResponseBase:
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        preparer_les_donnees_ouvertes(
            auteur=personne, subventions=subventions, fichier=fichier, filtres=filtre.remplis
        )
    except FichierRefuse as refus:
        fichier.close()
        return _page(request, filtre, subventions, refus.fautes)
    except ExportIncomplet:
        fichier.close()
        return _a_redemander(request, filtre, subventions)
    forme = "-etendue" if subventions.etendue else ""
    nom = f"subventions{forme}-{subventions.appel.slug}"
    return fichier_a_emporter(fichier, nom=nom, nombre=subventions.nombre, extension="csv", type_mime=TYPE_SCDL)


def _page(
    request: HttpRequest, filtre: ActionFilterSet, subventions: Subventions, fautes: list[ErreurLigne] | None = None
) -> HttpResponse:
    appel = filtre.appel
    publications = Publication.objects.visibles_par(personne_de(request)).filter(appel=appel)
    perimetre = LEGAL if subventions.seuil else TOUT
    contexte = {
        "appel": appel,
        "filtre": filtre,
        "form": DonneesOuvertesForm({"perimetre": perimetre}),
        "perimetre": perimetre,
        "subventions": subventions,
        "comptes": {situation.value: compte for situation, compte in subventions.comptes.items()},
        "fautes": fautes or [],
        "fautes_montrees": (fautes or [])[:FAUTES_MONTREES],
        "restes": restes_a_publier(appel),
        "page": Paginator(publications.select_related("preparee_par"), PAR_PAGE).get_page(request.GET.get("page")),
        "fil": fil_des_echanges(appel),
    }
    return render(request, "financements/echanges/scdl.html", contexte)


def _a_redemander(request: HttpRequest, filtre: ActionFilterSet, subventions: Subventions) -> HttpResponse:
    dire_que_tout_a_change(request, subventions.nombre, subventions.montant)
    suite = {**filtre.remplis, **({"perimetre": LEGAL} if subventions.seuil else {})}
    adresse = reverse("financements:donnees_ouvertes", args=[filtre.appel.slug])
    return redirect(f"{adresse}?{urlencode(suite)}" if suite else adresse)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(peut_exporter_les_decisions)
def en_ligne(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Dire où et depuis quand un fichier est publié."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    publication = get_object_or_404(Publication.objects.visibles_par(personne), appel=appel, pk=pk)
    form = MiseEnLigneForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data
        acte = partial(
            mettre_en_ligne,
            auteur=personne,
            publication=publication,
            jour=lues["en_ligne_le"],
            adresse=lues["adresse"],
        )
        agir(request, acte, "La publication est dite en ligne.")
        return redirect("financements:donnees_ouvertes", slug)
    adresse = reverse("financements:donnees_ouvertes", args=[slug])
    contexte = {
        "appel": appel,
        "publication": publication,
        "form": form,
        "fil": [*fil_des_echanges(appel), ("Données ouvertes", adresse)],
    }
    return render(request, "financements/echanges/en_ligne.html", contexte)
