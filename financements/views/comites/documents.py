"""Les PDF d’un comité : les demander, suivre leur production, les télécharger."""

from functools import partial
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.comite.documents import annuler_le_document, demander_un_document, relancer_le_document
from financements.models import Comite, DocumentDuComite
from financements.permissions import peut_annuler_un_travail, peut_arbitrer
from financements.states import EtatComite, SorteDeDocument
from financements.views.comites.commun import autour, comite_visible
from projets.views.gestes import agir

PAR_PAGE = 20
CHIFFRES = 9


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def documents(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Les documents demandés ; l’envoi en demande un (`sorte`, et au choix `axe` ou `projet`)."""
    personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    if request.method == "POST":

        def acte() -> object:
            return demander_un_document(auteur=personne, comite=vu, **_demande(request, personne, vu))

        agir(request, acte, "Le document se prépare\u00a0: il paraîtra ci-dessous.")
        return redirect("financements:documents_du_comite", slug=slug, pk=pk)
    lignes = DocumentDuComite.objects.visibles_par(personne).filter(comite=vu)
    page = page_de(request, lignes.select_related("projet", "axe", "demande_par"), PAR_PAGE)
    contexte = {
        "page": page,
        "vus": [(document, _adresses(vu, document)) for document in page],
        "axes": list(vu.points.order_by("axe__numero").values_list("axe", "axe__numero", "axe__intitule").distinct()),
        "est_clos": vu.etat == EtatComite.CLOS,
    }
    return render(request, "financements/comites/documents.html", autour(personne, vu, "documents") | contexte)


def _demande(request: HttpRequest, personne: Personne, vu: Comite) -> dict[str, Any]:
    """Lève `Http404` si ce qui est demandé n’existe pas."""
    sorte, axe, numero = (request.POST.get(nom, "") for nom in ("sorte", "axe", "numero"))
    if sorte not in SorteDeDocument.values:
        raise Http404
    voulu: dict[str, Any] = {"sorte": SorteDeDocument(sorte)}
    if sorte == SorteDeDocument.FICHE:
        point = vu.points.visibles_par(personne).select_related("projet").filter(rang=_nombre(numero)).first()
        if point is None:
            raise PassageRefuse("Donnez le rang d’un point de l’ordre du jour.")
        voulu["projet"] = point.projet
    elif sorte == SorteDeDocument.CAHIER and axe:
        voulu["axe"] = get_object_or_404(vu.appel.axes, pk=_nombre(axe))
    return voulu


def _nombre(texte: str) -> int:
    """Zéro, que rien ne porte, si ce n’est pas un nombre ou s’il ne tient pas dans la colonne."""
    return int(texte) if texte.isdecimal() and len(texte) <= CHIFFRES else 0


@require_GET
@reservee_a(peut_arbitrer)
def avancement(request: HttpRequest, slug: str, pk: int, document: int) -> HttpResponse:
    """Le fragment d’avancement d’un document."""
    vu, trouve = _document(request, slug, pk, document)
    contexte = {"travail": trouve, "titre": trouve} | _adresses(vu, trouve)
    return render(request, "composants/_travail.html", contexte)


@require_POST
@reservee_a(peut_arbitrer)
def annuler(request: HttpRequest, slug: str, pk: int, document: int) -> HttpResponse:
    """Arrêter une production."""
    _, trouve = _document(request, slug, pk, document)
    personne = personne_de(request)
    if not peut_annuler_un_travail(personne, trouve.demande_par_id):
        raise Http404
    agir(request, partial(annuler_le_document, auteur=personne, document=trouve), "L’annulation est demandée.")
    return redirect(trouve)


@require_POST
@reservee_a(peut_arbitrer)
def relancer(request: HttpRequest, slug: str, pk: int, document: int) -> HttpResponse:
    """Reprendre une production échouée ou annulée."""
    _, trouve = _document(request, slug, pk, document)
    acte = partial(relancer_le_document, auteur=personne_de(request), document=trouve)
    agir(request, acte, "Le document se prépare de nouveau.")
    return redirect(trouve)


@require_safe
@reservee_a(peut_arbitrer)
def telecharger(request: HttpRequest, slug: str, pk: int, document: int) -> HttpResponseBase:
    """Le fichier, une fois produit."""
    _, trouve = _document(request, slug, pk, document)
    if trouve.etat != EtatTravail.TERMINE:
        raise Http404
    return telechargement(trouve.fichier, trouve.nom_de_fichier)


def _document(request: HttpRequest, slug: str, pk: int, document: int) -> tuple[Comite, DocumentDuComite]:
    personne: Personne = personne_de(request)
    vu = comite_visible(personne, slug, pk)
    lus = (
        DocumentDuComite.objects.visibles_par(personne)
        .filter(comite=vu)
        .select_related("comite__appel", "projet", "axe")
    )
    return vu, get_object_or_404(lus, pk=document)


def _adresses(vu: Comite, document: DocumentDuComite) -> dict[str, str]:
    """Celles dont le suivi a besoin."""
    args = [vu.appel.slug, vu.pk, document.pk]
    return {
        "adresse": reverse("financements:avancement_du_document", args=args),
        "annuler": reverse("financements:annuler_document", args=args),
        "relancer": reverse("financements:relancer_document", args=args),
        "resultat": reverse("financements:document_du_comite", args=args),
    }
