"""Produire le rapport à l’assemblée, suivre sa production, le télécharger."""

from functools import partial

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.travaux import EtatTravail
from financements.actions.rapport_assemblee.produire import annuler_la_production, produire_le_rapport
from financements.models import DocumentDeRapport
from financements.permissions import peut_arbitrer
from financements.views.appels import appel_visible
from projets.models import AppelAProjets
from projets.views.gestes import agir

CHIFFRES = 9


@require_POST
@reservee_a(peut_arbitrer)
def produire(request: HttpRequest, slug: str) -> HttpResponse:
    """Demander le PDF et l’ODT."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    texte = request.POST.get("version", "")
    version = int(texte) if texte.isdecimal() and len(texte) <= CHIFFRES else 0
    acte = partial(produire_le_rapport, auteur=personne, appel=appel, version=version)
    agir(request, acte, "Le rapport se prépare\u00a0: il paraîtra ci-dessous.")
    return redirect("financements:rapport_a_l_assemblee", slug=slug)


@require_GET
@reservee_a(peut_arbitrer)
def avancement(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement d’une production."""
    document = _document(request, slug, pk)
    page = {"document": document, "adresses": adresses_de(document.rapport.appel, document)}
    return render(request, "financements/rapport_assemblee/_avancement.html", page)


@require_POST
@reservee_a(peut_arbitrer)
def annuler(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Arrêter une production."""
    document = _document(request, slug, pk)
    acte = partial(annuler_la_production, auteur=personne_de(request), document=document)
    agir(request, acte, "L’annulation est demandée.")
    return redirect(document)


@require_safe
@reservee_a(peut_arbitrer)
def telecharger(request: HttpRequest, slug: str, pk: int, extension: str) -> HttpResponseBase:
    """Le PDF ou l’ODT, une fois produit."""
    document = _document(request, slug, pk)
    fichiers = {"pdf": document.pdf, "odt": document.odt}
    if document.etat != EtatTravail.TERMINE or extension not in fichiers:
        raise Http404
    return telechargement(fichiers[extension], document.nom_de_fichier(extension))


def _document(request: HttpRequest, slug: str, pk: int) -> DocumentDeRapport:
    """Celui de cette adresse. Lève `Http404`."""
    personne = personne_de(request)
    lus = DocumentDeRapport.objects.visibles_par(personne).filter(rapport__appel=appel_visible(personne, slug))
    return get_object_or_404(lus.select_related("rapport__appel", "scenario"), pk=pk)


def adresses_de(appel: AppelAProjets, document: DocumentDeRapport) -> dict[str, str]:
    """Celles dont le suivi a besoin."""
    args = [appel.slug, document.pk]
    return {
        "adresse": reverse("financements:avancement_du_rapport_produit", args=args),
        "annuler": reverse("financements:annuler_le_rapport_produit", args=args),
        "pdf": reverse("financements:rapport_produit", args=[*args, "pdf"]),
        "odt": reverse("financements:rapport_produit", args=[*args, "odt"]),
    }
