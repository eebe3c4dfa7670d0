"""Les exemplaires signés et numérisés : les déposer, suivre leur lecture, rattacher ce qui reste."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.defauts import FichierRefuse
from config.socle.fichiers.envoi import telechargement
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.retours import deposer_un_retour, rattacher_une_page
from financements.forms.conventions import PageForm, RetourForm
from financements.models import Avenant, Convention, ExemplaireSigne, RetourSigne
from financements.permissions import peut_conventionner, peut_lire_les_financements
from financements.planning import lancer_la_lecture
from financements.views.appels import appel_visible
from financements.views.conventions.commun import autour, convention_visible
from projets.models import AppelAProjets
from projets.views.gestes import enregistre

PAR_PAGE = 20
PAGES_PAR_PAGE = 50


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def retours(request: HttpRequest, slug: str) -> HttpResponse:
    """Les fichiers déposés, et le dépôt d’autres."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    form = RetourForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        recus = 0
        for recu in form.cleaned_data["fichiers"]:
            try:
                retour = deposer_un_retour(auteur=personne, appel=appel, fichier=recu.file, nom=recu.name)
            except (FichierRefuse, PassageRefuse) as refus:
                form.add_error("fichiers", str(refus))
            else:
                lancer_la_lecture(retour.pk)
                recus += 1
        if recus:
            quoi = f"{recus}\u00a0fichiers reçus" if recus > 1 else "Fichier reçu"
            messages.success(request, f"{quoi}\u00a0: les pages se lisent.")
        if not form.errors:
            return redirect("financements:retours_signes", slug=slug)
    lignes = RetourSigne.objects.visibles_par(personne).filter(appel=appel).select_related("demande_par", "appel")
    contexte = autour(personne, appel) | {"form": form, "page": page_de(request, lignes, PAR_PAGE)}
    return render(request, "financements/conventions/retours.html", contexte)


@require_safe
@reservee_a(peut_conventionner)
def retour(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ce qui a été lu, page par page."""
    return _montrer(request, _retour(request, slug, pk))


def _montrer(request: HttpRequest, lu: RetourSigne, fautive: tuple[int, PageForm] | None = None) -> HttpResponse:
    pages = lu.pages.select_related("convention", "avenant").order_by("rang")
    page = page_de(request, pages, PAGES_PAR_PAGE)
    etape = ("Exemplaires signés", reverse("financements:retours_signes", args=[lu.appel.slug]))
    formulaires = {une.pk: PageForm(prefix=f"p{une.rang}") for une in page}
    if fautive is not None:
        formulaires[fautive[0]] = fautive[1]
    exemplaires = lu.exemplaires.select_related("convention__action__projet__appel", "avenant")
    contexte = autour(personne_de(request), lu.appel, etape) | {
        "retour": lu,
        "form": fautive[1] if fautive else None,
        "page": page,
        "vues": [(une, formulaires[une.pk]) for une in page],
        "exemplaires": list(exemplaires.order_by("convention__numero")),
        "non_rattachees": pages.filter(convention=None).count(),
    }
    return render(request, "financements/conventions/retour.html", contexte)


@require_safe
@reservee_a(peut_conventionner)
def avancement_du_retour(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement de la lecture."""
    lu = _retour(request, slug, pk)
    adresse = reverse("financements:avancement_retour", args=[slug, pk])
    return render(request, "composants/_travail.html", {"travail": lu, "titre": lu, "adresse": adresse})


@require_POST
@reservee_a(peut_conventionner)
def rattacher(request: HttpRequest, slug: str, pk: int, rang: int) -> HttpResponse:
    """Dire de quelle convention est cette page."""
    personne = personne_de(request)
    lu = _retour(request, slug, pk)
    page = get_object_or_404(lu.pages.all(), rang=rang)
    form = PageForm(request.POST, prefix=f"p{rang}")
    if form.is_valid():
        trouvee = _objet(lu.appel, form)
        if trouvee is not None and enregistre(
            form,
            lambda: rattacher_une_page(
                auteur=personne, page=page, convention=trouvee[0], avenant=trouvee[1], numero=form.cleaned_data["page"]
            ),
        ):
            messages.success(request, f"La page {rang} est rattachée.")
            return redirect(lu)
    return _montrer(request, lu, (page.pk, form))


def _objet(appel: AppelAProjets, form: PageForm) -> tuple[Convention, Avenant | None] | None:
    """La convention de ce numéro, et l’avenant s’il est dit ; None, la faute dite, s’ils n’existent pas."""
    conventions = Convention.objects.filter(action__projet__appel=appel).select_related("action__projet")
    convention = conventions.filter(numero__iexact=form.cleaned_data["numero"].strip()).first()
    if convention is None:
        form.add_error("numero", "Aucune convention de cet appel n’a ce numéro.")
        return None
    voulu = form.cleaned_data["avenant"]
    avenant = convention.avenants.filter(numero=voulu).first() if voulu else None
    if voulu and avenant is None:
        form.add_error("avenant", "Cette convention n’a pas d’avenant de ce numéro.")
        return None
    return convention, avenant


@require_safe
@reservee_a(peut_conventionner)
def telecharger_le_retour(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Le fichier tel qu’il a été reçu."""
    lu = _retour(request, slug, pk)
    return telechargement(lu.fichier, lu.nom)


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger_l_exemplaire(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponseBase:
    """L’exemplaire signé d’une convention, tiré du fichier reçu."""
    convention = convention_visible(personne_de(request), slug, numero)
    exemplaire: Any = ExemplaireSigne.objects.filter(convention=convention, pk=pk).first()
    if exemplaire is None:
        raise Http404
    return telechargement(exemplaire.fichier, f"convention-{convention.numero}-signee.pdf")


def _retour(request: HttpRequest, slug: str, pk: int) -> RetourSigne:
    personne = personne_de(request)
    visibles = RetourSigne.objects.visibles_par(personne).filter(appel=appel_visible(personne, slug))
    trouve: RetourSigne = get_object_or_404(visibles.select_related("appel"), pk=pk)
    return trouve
