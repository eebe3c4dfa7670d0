"""La bibliothèque d’un organisme, tenue par tous ceux qui agissent pour lui."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.actions.documents import (
    Description,
    ajouter_un_document,
    archiver_un_document,
    decrire_un_document,
    supprimer_un_document,
)
from comptes.forms import DocumentForm, DocumentsForm
from comptes.models import Document, Organisme
from comptes.permissions import est_porteur, personne_de, reservee_a
from comptes.views.acte import faire, faire_depuis
from comptes.views.envoi import dire, en_json, erreurs_en_json, recevoir, veut_du_json
from config.socle.fichiers import antivirus
from config.socle.fichiers.envoi import telechargement
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE


@require_safe
@reservee_a(est_porteur)
def documents(request: HttpRequest, pk: int) -> HttpResponse:
    """La liste, les archivés en dernier."""
    organisme = _organisme(request, pk)
    page = page_de(request, organisme.documents.select_related("envoye_par"))
    contexte = {"organisme": organisme, "page": page, "antivirus": antivirus.est_actif(), "fil": _fil(organisme)[:-1]}
    return render(request, "comptes/documents.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def ajouter_documents(request: HttpRequest, pk: int) -> HttpResponse:
    """Envoyer un ou plusieurs fichiers de même nature."""
    organisme = _organisme(request, pk)
    form = DocumentsForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        saisie = form.cleaned_data
        description = Description(saisie["nature"], annee=saisie["annee"])
        sorts = recevoir(
            saisie["fichiers"],
            lambda recu: ajouter_un_document(
                auteur=personne_de(request), organisme=organisme, recu=recu, description=description
            ),
            suite="est dans la bibliothèque",
            voulue=description,
        )
        if veut_du_json(request):
            return en_json(sorts)
        refus = dire(request, sorts)
        if not refus:
            return redirect("documents", pk)
        form.add_error("fichiers", refus)
    elif form.is_bound and veut_du_json(request):
        return erreurs_en_json(form)
    contexte = {"form": form, "organisme": organisme, "antivirus": antivirus.est_actif(), "fil": _fil(organisme)}
    return render(request, "comptes/ajouter_documents.html", contexte)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def decrire(request: HttpRequest, pk: int) -> HttpResponse:
    """Corriger la nature, l’intitulé, l’année."""
    document = _document(request, pk)
    form = DocumentForm(request.POST or None, instance=document)
    if form.is_valid():
        saisie = form.cleaned_data
        description = Description(saisie["nature"], saisie["intitule"], saisie["annee"])
        personne = personne_de(request)
        if faire_depuis(
            form, lambda: decrire_un_document(auteur=personne, document=document, description=description)
        ):
            messages.success(request, f"«\u00a0{description.intitule}\u00a0» est enregistré.")
            return redirect("documents", document.organisme_id)
    return _montrer(request, document, "comptes/decrire_document.html", form=form)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def supprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Demander confirmation, puis effacer ce qui n’a servi à aucun projet."""
    document = _document(request, pk)
    if request.method != "POST":
        return _montrer(request, document, "comptes/supprimer_document.html")
    personne = personne_de(request)
    faire(
        request,
        lambda: supprimer_un_document(auteur=personne, document=document),
        succes=f"«\u00a0{document.intitule}\u00a0» est supprimé.",
    )
    return redirect("documents", document.organisme_id)


@require_POST
@reservee_a(est_porteur)
def archiver_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Le document ne se propose plus ; il reste joint là où il l’est."""
    return _archiver(request, pk, est_archive=True)


@require_POST
@reservee_a(est_porteur)
def reprendre_document(request: HttpRequest, pk: int) -> HttpResponse:
    """Le document se propose de nouveau."""
    return _archiver(request, pk, est_archive=False)


@require_safe
@reservee_a(est_porteur)
def telecharger_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Le fichier, à qui agit pour l’organisme ; en quarantaine, c’est un 404 pour tous."""
    visibles = Document.objects.visibles_par(personne_de(request)).utilisables()
    document = get_object_or_404(visibles, pk=pk)
    return telechargement(document.fichier, document.nom)


def _archiver(request: HttpRequest, pk: int, *, est_archive: bool) -> HttpResponse:
    document, personne = _document(request, pk), personne_de(request)
    faire(
        request,
        lambda: archiver_un_document(auteur=personne, document=document, est_archive=est_archive),
        succes=f"«\u00a0{document.intitule}\u00a0» est {'archivé' if est_archive else 'repris'}.",
    )
    return redirect("documents", document.organisme_id)


def _organisme(request: HttpRequest, pk: int) -> Organisme:
    return get_object_or_404(Organisme.objects.visibles_par(personne_de(request)), pk=pk)


def _document(request: HttpRequest, pk: int) -> Document:
    visibles = Document.objects.visibles_par(personne_de(request)).select_related("organisme")
    return get_object_or_404(visibles, pk=pk)


def _montrer(request: HttpRequest, document: Document, gabarit: str, **autres: Any) -> HttpResponse:
    return render(request, gabarit, {"document": document, "fil": _fil(document.organisme), **autres})


def _fil(organisme: Organisme) -> list[tuple[str, str]]:
    return [
        ("Mon organisme", reverse("mon_organisme")),
        (organisme.nom, reverse("organisme", args=[organisme.pk])),
        ("Documents", reverse("documents", args=[organisme.pk])),
    ]
