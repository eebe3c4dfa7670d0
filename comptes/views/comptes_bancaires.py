"""Les comptes bancaires d’un organisme, tenus par ses responsables."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comptes.actions.comptes_bancaires import NouveauCompte, ajouter_un_compte, archiver_un_compte
from comptes.forms import CompteBancaireForm
from comptes.models import CompteBancaire, Organisme
from comptes.permissions import est_porteur, est_responsable, personne_de, reservee_a
from comptes.views.acte import faire, faire_depuis


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def ajouter_compte(request: HttpRequest, pk: int) -> HttpResponse:
    """Un nouveau compte, pour un responsable ; l’IBAN n’est entier que dans ce formulaire."""
    personne = personne_de(request)
    organisme = get_object_or_404(Organisme.objects.visibles_par(personne), pk=pk)
    if not est_responsable(personne, organisme):
        raise PermissionDenied
    instance = CompteBancaire(organisme=organisme, titulaire=organisme.nom[:120])
    form = CompteBancaireForm(request.POST or None, instance=instance)
    if form.is_valid():
        champs = form.cleaned_data
        nouveau = NouveauCompte(champs["libelle"], champs["titulaire"], champs["iban"], champs["bic"])
        if faire_depuis(form, lambda: ajouter_un_compte(auteur=personne, organisme=organisme, nouveau=nouveau)):
            messages.success(request, f"Le compte « {nouveau.libelle} » est ajouté.")
            return redirect("organisme", pk)
    fil = [("Mon organisme", reverse("mon_organisme")), (organisme.nom, reverse("organisme", args=[pk]))]
    return render(request, "comptes/compte_bancaire.html", {"form": form, "organisme": organisme, "fil": fil})


@require_POST
@reservee_a(est_porteur)
def archiver(request: HttpRequest, pk: int) -> HttpResponse:
    """Le compte ne se propose plus."""
    return _archiver(request, pk, est_archive=True)


@require_POST
@reservee_a(est_porteur)
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Le compte se propose de nouveau."""
    return _archiver(request, pk, est_archive=False)


def _archiver(request: HttpRequest, pk: int, *, est_archive: bool) -> HttpResponse:
    personne = personne_de(request)
    miens = Organisme.objects.visibles_par(personne)
    compte = get_object_or_404(CompteBancaire.objects.select_related("organisme"), pk=pk, organisme__in=miens)
    faire(
        request,
        lambda: archiver_un_compte(auteur=personne, compte=compte, est_archive=est_archive),
        succes=f"Le compte « {compte.libelle} » est {'archivé' if est_archive else 'repris'}.",
    )
    return redirect("organisme", compte.organisme_id)
