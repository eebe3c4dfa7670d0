"""Importer un programme à l’écran : déposer, suivre, lire les erreurs, importer ce qui a été contrôlé."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.lecture.erreurs import erreurs_en_csv
from config.socle.listes import page_de
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.imports import annuler_import, deposer_import, importer_apres_simulation, relancer_import
from financements.forms.imports import ImportForm
from financements.imports.compte_rendu import CompteRendu
from financements.imports.modele import modele_csv, modele_xlsx
from financements.models import ImportProgramme
from financements.permissions import peut_annuler_un_travail, peut_importer, peut_lire_les_imports
from financements.views.appels import appel_visible
from financements.views.travaux import avancement_de, deposes
from projets.models import AppelAProjets

PAR_PAGE = 20
ERREURS_PAR_PAGE = 50
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@require_safe
@reservee_a(peut_lire_les_imports)
def imports(request: HttpRequest) -> HttpResponse:
    """Mène aux imports du dernier appel qui a un programme, à défaut du dernier appel."""
    appel = AppelAProjets.objects.visibles_par(personne_de(request)).votes_d_abord().first()
    if appel is None:
        return render(request, "financements/vide.html")
    return redirect("financements:imports_appel", appel.slug)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(peut_lire_les_imports)
def imports_appel(request: HttpRequest, slug: str) -> HttpResponse:
    """Les imports d’un appel ; le pilote y dépose un fichier."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    if request.method == "POST" and not peut_importer(personne):
        raise Http404
    if request.method == "POST" and form.is_valid():
        fichier = form.cleaned_data["fichier"]
        depose = deposer_import(
            auteur=personne, appel=appel, fichier=fichier, nom_fichier=fichier.name, simuler=form.est_simulation
        )
        return redirect(depose)
    visibles = ImportProgramme.objects.visibles_par(personne).filter(appel=appel)
    contexte = {
        "appel": appel,
        "appels": AppelAProjets.objects.visibles_par(personne),
        "form": form if peut_importer(personne) else None,
        "page": page_de(request, deposes(visibles), PAR_PAGE),
    }
    return render(request, "financements/imports/liste.html", contexte)


def _import_visible(request: HttpRequest, slug: str, pk: int) -> ImportProgramme:
    visibles = ImportProgramme.objects.visibles_par(personne_de(request)).select_related("appel", "demande_par")
    trouve: ImportProgramme = get_object_or_404(visibles, appel__slug=slug, pk=pk)
    return trouve


def _peut_conduire(personne: Personne, import_: ImportProgramme) -> bool:
    return peut_importer(personne) and peut_annuler_un_travail(personne, import_.demande_par_id)


@require_safe
@reservee_a(peut_lire_les_imports)
def suivre(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """L’avancement, puis le compte rendu : nombres, totaux, avertissements, erreurs paginées."""
    import_ = _import_visible(request, slug, pk)
    personne = personne_de(request)
    rendu = CompteRendu.depuis_json(import_.resultat) if import_.resultat else None
    erreurs = Paginator(rendu.erreurs if rendu else [], ERREURS_PAR_PAGE)
    contexte = {
        "import": import_,
        "rendu": rendu,
        "page": erreurs.get_page(request.GET.get("page")),
        "peut_annuler": _peut_conduire(personne, import_),
        "peut_importer": peut_importer(personne) and _est_pret(import_, rendu),
        "peut_relancer": _peut_conduire(personne, import_) and _est_a_relancer(import_, rendu),
    }
    return render(request, "financements/imports/import.html", contexte)


def _est_pret(import_: ImportProgramme, rendu: CompteRendu | None) -> bool:
    """Une simulation sans erreur, qui apporterait quelque chose."""
    est_juste = rendu is not None and not rendu.erreurs and rendu.creees > 0
    return est_juste and import_.est_simulation and import_.etat == EtatTravail.TERMINE


def _est_a_relancer(import_: ImportProgramme, rendu: CompteRendu | None) -> bool:
    """Un échec qui ne vient pas du fichier lui-même."""
    return import_.etat in {EtatTravail.ECHOUE, EtatTravail.ANNULE} and not (rendu and rendu.erreurs)


@require_GET
@reservee_a(peut_lire_les_imports)
def avancement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement ; une fois l’import fini, la page est rechargée pour montrer le compte rendu."""
    import_ = _import_visible(request, slug, pk)
    contexte = {"import": import_, "peut_annuler": _peut_conduire(personne_de(request), import_)}
    return avancement_de(request, import_, "financements/imports/_avancement.html", contexte)


@require_POST
@reservee_a(peut_importer)
def annuler(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Arrête l’import : rien ne sera écrit."""
    import_ = _import_visible(request, slug, pk)
    try:
        annule = annuler_import(auteur=personne_de(request), import_=import_)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        est_fait = annule.etat == EtatTravail.ANNULE
        messages.success(request, "L’import est annulé." if est_fait else "L’annulation est demandée.")
    return redirect(import_)


@require_POST
@reservee_a(peut_importer)
def relancer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Reprend un import échoué ou annulé."""
    import_ = _import_visible(request, slug, pk)
    try:
        relancer_import(auteur=personne_de(request), import_=import_)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect(import_)


@require_POST
@reservee_a(peut_importer)
def importer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Importe pour de bon le fichier que cette simulation a contrôlé."""
    simulation = _import_visible(request, slug, pk)
    try:
        return redirect(importer_apres_simulation(auteur=personne_de(request), simulation=simulation))
    except PassageRefuse as refus:
        messages.error(request, str(refus))
        return redirect(simulation)


@require_safe
@reservee_a(peut_lire_les_imports)
def erreurs(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Toutes les erreurs en CSV, à renvoyer à qui a préparé le fichier."""
    import_ = _import_visible(request, slug, pk)
    if not import_.resultat:
        raise Http404
    rendu = CompteRendu.depuis_json(import_.resultat)
    return StreamingHttpResponse(
        erreurs_en_csv([*rendu.erreurs, *rendu.avertissements]),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="erreurs-import-{import_.pk}.csv"'},
    )


@require_safe
@reservee_a(peut_lire_les_imports)
def modele(request: HttpRequest, slug: str, extension: str) -> HttpResponseBase:
    """Le modèle de fichier de cet appel, en XLSX ou en CSV."""
    appel = appel_visible(personne_de(request), slug)
    if extension not in {"xlsx", "csv"}:
        raise Http404
    contenu: bytes | str = modele_xlsx(appel.annees) if extension == "xlsx" else modele_csv(appel.annees)
    reponse = HttpResponse(contenu, content_type=XLSX if extension == "xlsx" else "text/csv; charset=utf-8")
    reponse["Content-Disposition"] = f'attachment; filename="modele-{appel.slug}.{extension}"'
    return reponse
