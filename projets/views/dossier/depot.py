"""Vérifier, déposer, garder le récépissé, imprimer."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from comptes.models import Personne
from comptes.permissions import est_responsable, personne_de, reservee_a
from config.socle.transitions import PassageRefuse
from projets.actions.deposer import completer, deposer
from projets.forms.dossier.copie import copie
from projets.forms.dossier.dossier import PAR_CLE, Dossier
from projets.forms.dossier.verification import DepotForm, verifier
from projets.models import Depot, Projet
from projets.permissions import depot_est_possible, est_porteur, lit_le_recepisse
from projets.states import EtatProjet
from projets.views.dossier.etapes import contexte, projet_de


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """La dernière étape : ce qui manque, les déclarations, le dépôt. Un second envoi ne dépose pas deux fois."""
    projet = projet_de(request, pk)
    if not projet.est_modifiable:
        return redirect("projets:mon_projet", pk=pk)
    dossier = Dossier(projet)
    form = DepotForm(projet, request.POST or None)
    if form.is_valid() and not dossier.manques and _a_depose(request, dossier, form):
        return redirect("projets:mon_projet", pk=pk)
    page = contexte(dossier, PAR_CLE["verification"], form=form, **_situation(personne_de(request), projet))
    return render(request, "projets/dossier/verification.html", page)


def _situation(personne: Personne, projet: Projet) -> dict[str, Any]:
    """Ce qui, hors du dossier, empêche de déposer."""
    est_un_complement = projet.etat == EtatProjet.INCOMPLET
    return {
        "est_un_complement": est_un_complement,
        "peut_signer": est_responsable(personne, projet.organisme),
        "est_ouvert": est_un_complement or depot_est_possible(projet.appel, projet.organisme, timezone.now()),
    }


def _a_depose(request: HttpRequest, dossier: Dossier, form: DepotForm) -> bool:
    """Dépose ; un refus s’écrit en haut du formulaire. Déjà déposé par un autre envoi : c’est fait."""
    acte = completer if dossier.projet.etat == EtatProjet.INCOMPLET else deposer
    try:
        depot = acte(
            auteur=personne_de(request),
            projet=dossier.projet,
            verifie=verifier(dossier, form.cleaned_data["version"]),
        )
    except PassageRefuse as refus:
        if not Projet.objects.get(pk=dossier.projet.pk).est_modifiable:
            return True
        form.add_error(None, str(refus))
        return False
    messages.success(request, f"Projet reçu sous le numéro {depot.contenu['reference']}.")
    return True


@require_safe
@reservee_a(est_porteur)
def imprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Le projet entier sur une page, à imprimer ou à enregistrer en PDF par le navigateur ; déposé, sa copie figée."""
    projet = projet_de(request, pk)
    depot = projet.depots.last()
    contenu = depot.contenu if depot and not projet.est_modifiable else copie(Dossier(projet))
    fil = [
        ("Mes projets", reverse("projets:mes_projets")),
        (projet.intitule, reverse("projets:mon_projet", args=[pk])),
    ]
    return render(
        request,
        "projets/dossier/imprimer.html",
        {"projet": projet, "contenu": contenu, "fil": fil, "ici": "À imprimer"},
    )


@require_safe
@reservee_a(lit_le_recepisse)
def recepisse(request: HttpRequest, pk: int, version: int) -> FileResponse:
    """Le PDF de l’accusé de réception, pour l’organisme et les agents qui voient le projet."""
    visibles = Projet.objects.visibles_par(personne_de(request))
    lignes = Depot.objects.filter(projet__in=visibles).select_related("recepisse")
    depot = get_object_or_404(lignes, projet=pk, version=version)
    if not hasattr(depot, "recepisse"):
        raise Http404("Le récépissé n’est pas encore prêt.")
    nom = f"recepisse-{depot.contenu['reference']}.pdf"
    return FileResponse(depot.recepisse.fichier.open("rb"), as_attachment=True, filename=nom)
