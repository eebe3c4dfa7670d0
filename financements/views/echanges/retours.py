"""Les retours d’exécution à l’écran : déposer, suivre, lire les erreurs, importer ce qui a été contrôlé."""

from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.lecture.erreurs import erreurs_en_csv
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.exports.retours import (
    annuler_le_retour,
    deposer_un_retour,
    importer_le_retour_controle,
    relancer_le_retour,
)
from financements.forms.retours import RetourForm
from financements.imports.execution.compte_rendu import CompteRenduDuRetour
from financements.models import ImportDExecution
from financements.permissions import peut_echanger_avec_le_progiciel
from financements.views.appels import appel_visible
from financements.views.echanges.commun import fil_du_progiciel
from financements.views.travaux import avancement_de, deposes

PAR_PAGE = 20
ERREURS_PAR_PAGE = 50


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_echanger_avec_le_progiciel)
def retours(request: HttpRequest, slug: str) -> HttpResponse:
    """Les retours d’un appel, et de quoi en déposer un."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    form = RetourForm(request.POST, request.FILES) if request.method == "POST" else RetourForm()
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data
        return redirect(
            deposer_un_retour(
                auteur=personne,
                appel=appel,
                profil=lues["profil"],
                fichier=lues["fichier"],
                simuler=form.est_simulation,
            )
        )
    page = page_de(request, deposes(ImportDExecution.objects.visibles_par(personne).filter(appel=appel)), PAR_PAGE)
    contexte = {"appel": appel, "form": form, "page": page, "fil": fil_du_progiciel(appel)}
    return render(request, "financements/echanges/retours.html", contexte)


def _retour(request: HttpRequest, slug: str, pk: int) -> ImportDExecution:
    visibles = ImportDExecution.objects.visibles_par(personne_de(request))
    return get_object_or_404(
        visibles.select_related("appel", "demande_par", "profil"),
        appel=appel_visible(personne_de(request), slug),
        pk=pk,
    )


@require_safe
@reservee_a(peut_echanger_avec_le_progiciel)
def retour(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """L’avancement, puis le compte rendu : ce qui est constaté, les erreurs paginées."""
    import_ = _retour(request, slug, pk)
    rendu = CompteRenduDuRetour.depuis_json(import_.resultat) if import_.resultat else None
    erreurs = Paginator(rendu.erreurs if rendu else [], ERREURS_PAR_PAGE)
    est_juste = rendu is not None and not rendu.erreurs
    est_arrete = import_.etat in {EtatTravail.ECHOUE, EtatTravail.ANNULE}
    contexte = {
        "import": import_,
        "rendu": rendu,
        "page": erreurs.get_page(request.GET.get("page")),
        "peut_importer": est_juste and rendu and rendu.nouvelles and import_.est_simulation and not est_arrete,
        "peut_relancer": est_arrete and not (rendu and rendu.erreurs),
        "fil": [
            *fil_du_progiciel(import_.appel),
            ("Retours d’exécution", reverse("financements:retours_d_execution", args=[slug])),
        ],
    }
    return render(request, "financements/echanges/retour.html", contexte)


@require_GET
@reservee_a(peut_echanger_avec_le_progiciel)
def avancement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement ; l’import fini, la page est rechargée."""
    import_ = _retour(request, slug, pk)
    return avancement_de(request, import_, "financements/echanges/_avancement.html", {"import": import_})


@require_POST
@reservee_a(peut_echanger_avec_le_progiciel)
def annuler(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Arrête l’import : rien ne sera écrit."""
    import_ = _retour(request, slug, pk)
    return _faire(request, import_, lambda auteur: annuler_le_retour(auteur=auteur, import_=import_))


@require_POST
@reservee_a(peut_echanger_avec_le_progiciel)
def relancer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Reprend un import échoué ou annulé."""
    import_ = _retour(request, slug, pk)
    return _faire(request, import_, lambda auteur: relancer_le_retour(auteur=auteur, import_=import_))


@require_POST
@reservee_a(peut_echanger_avec_le_progiciel)
def importer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Importe pour de bon le fichier que cette simulation a contrôlé."""
    simulation = _retour(request, slug, pk)
    return _faire(
        request, simulation, lambda auteur: importer_le_retour_controle(auteur=auteur, simulation=simulation)
    )


def _faire(
    request: HttpRequest, import_: ImportDExecution, acte: Callable[[Personne], ImportDExecution]
) -> HttpResponse:
    """Mène à l’import que l’acte rend ; refusé, l’acte se dit sur la page."""
    try:
        return redirect(acte(personne_de(request)))
    except PassageRefuse as refus:
        messages.error(request, str(refus))
        return redirect(import_)


@require_safe
@reservee_a(peut_echanger_avec_le_progiciel)
def erreurs(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Toutes les erreurs en CSV, à renvoyer à qui a préparé le fichier."""
    import_ = _retour(request, slug, pk)
    if not import_.resultat:
        raise Http404
    return StreamingHttpResponse(
        erreurs_en_csv(CompteRenduDuRetour.depuis_json(import_.resultat).erreurs),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="erreurs-retour-{import_.pk}.csv"'},
    )
