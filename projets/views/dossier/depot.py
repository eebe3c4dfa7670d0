"""Vérifier, déposer, garder le récépissé, imprimer."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from comptes.models import Personne
from comptes.permissions import est_porteur, est_responsable, personne_de, reservee_a
from comptes.states import UTILISABLES
from config.socle.fichiers.envoi import dans_la_page, telechargement
from config.socle.transitions import PassageRefuse
from projets.actions.deposer import completer, deposer
from projets.forms.dossier.copie import copie
from projets.forms.dossier.dossier import PAR_CLE, Dossier
from projets.forms.dossier.verification import DepotForm, verifier
from projets.models import Depot, DocumentDepose, Projet
from projets.permissions import depot_est_possible, suit_un_projet
from projets.states import EtatProjet
from projets.views.dossier.etapes import contexte, projet_de
from projets.views.suivi import page_du_projet


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def verification(request: HttpRequest, pk: int) -> HttpResponse:
    """La dernière étape : ce qui manque, les déclarations, le dépôt. Un second envoi ne dépose pas deux fois."""
    projet = projet_de(request, pk)
    if not projet.est_modifiable:
        return redirect("projets:mon_projet", pk=pk)
    dossier = Dossier(projet)
    form = DepotForm(dossier, request.POST or None)
    if request.method == "POST" and dossier.manques:
        messages.error(request, "Le projet n’est pas déposé : voyez ce qui reste à faire.")
    elif form.is_valid() and _a_depose(request, dossier, form):
        return redirect("projets:mon_projet", pk=pk)
    situation = _situation(personne_de(request), projet)
    page = contexte(dossier, PAR_CLE["verification"], form=form, **situation)
    return render(request, "projets/dossier/verification.html", page)


def _situation(personne: Personne, projet: Projet) -> dict[str, Any]:
    """Ce qui, hors du dossier, empêche de déposer."""
    est_un_complement = projet.etat == EtatProjet.INCOMPLET
    peut_signer = est_responsable(personne, projet.organisme)
    return {
        "est_un_complement": est_un_complement,
        "peut_signer": peut_signer,
        "peut_retirer": peut_signer or not est_un_complement,
        "est_ouvert": est_un_complement or depot_est_possible(projet.appel, projet.organisme, timezone.now()),
    }


def _a_depose(request: HttpRequest, dossier: Dossier, form: DepotForm) -> bool:
    """Dépose ; un refus s’écrit en haut du formulaire. Déjà déposé par un autre envoi : c’est fait."""
    est_un_complement = dossier.projet.etat == EtatProjet.INCOMPLET
    acte = completer if est_un_complement else deposer
    try:
        depot = acte(
            auteur=personne_de(request), projet=dossier.projet, verifie=verifier(dossier, form.declarations())
        )
    except PassageRefuse as refus:
        if not Projet.objects.get(pk=dossier.projet.pk).est_modifiable:
            return True
        form.add_error(None, str(refus))
        return False
    recu = "Complément reçu" if est_un_complement else "Projet reçu"
    messages.success(request, f"{recu} sous le numéro {depot.contenu['reference']}.")
    return True


@require_safe
@reservee_a(suit_un_projet)
def imprimer(request: HttpRequest, pk: int) -> HttpResponse:
    """Le projet entier sur une page, à imprimer ou à enregistrer en PDF par le navigateur.

    Déposé, c’est sa copie figée. Le porteur lit aussi ce qu’il est en train d’écrire ; avec `?depose`, ce qu’il a
    déposé avant le complément demandé. L’instruction ne lit que le déposé.
    """
    projet, personne = projet_de(request, pk), personne_de(request)
    depot = projet.depots.last()
    est_en_cours = est_porteur(personne) and projet.est_modifiable and "depose" not in request.GET
    if depot is None and not est_porteur(personne):
        raise Http404("Ce projet vient d’un programme déjà voté : il n’a pas de copie déposée.")
    page = {
        "projet": projet,
        "depot": None if est_en_cours else depot,
        "contenu": copie(Dossier(projet)) if est_en_cours or depot is None else depot.contenu,
        "fil": [(projet.intitule, page_du_projet(personne, projet))],
        "ici": "À imprimer",
    }
    return render(request, "projets/dossier/imprimer.html", page)


@require_safe
@reservee_a(suit_un_projet)
def recepisse(request: HttpRequest, pk: int, version: int) -> HttpResponseBase:
    """Le PDF de l’accusé de réception, pour l’organisme et pour qui instruit le projet."""
    visibles = Projet.objects.visibles_par(personne_de(request))
    lignes = Depot.objects.filter(projet__in=visibles).select_related("recepisse")
    depot = get_object_or_404(lignes, projet=pk, version=version)
    if not hasattr(depot, "recepisse"):
        raise Http404("Le récépissé n’est pas encore prêt.")
    return telechargement(depot.recepisse.fichier, f"recepisse-{depot.contenu['reference']}.pdf")


@require_safe
@reservee_a(suit_un_projet)
def piece_deposee(request: HttpRequest, pk: int, version: int, rang: int) -> HttpResponseBase:
    """Le fichier d’une pièce de la copie figée, à qui voit le projet, même si elle en a été retirée depuis.

    `rang` : celui de la pièce dans la copie, de zéro. En quarantaine, ou écartée depuis par l’antivirus, c’est un 404.
    Avec `?voir`, un PDF ou une image se montre dans un cadre de la fiche au lieu de se télécharger.
    """
    visibles = Projet.objects.visibles_par(personne_de(request))
    lignes = DocumentDepose.objects.filter(depot__projet__in=visibles, document__etat__in=UTILISABLES)
    depose = get_object_or_404(lignes.select_related("document"), depot__projet=pk, depot__version=version, rang=rang)
    document = depose.document
    if "voir" in request.GET:
        return dans_la_page(document.fichier, document.nom, document.format)
    return telechargement(document.fichier, document.nom)
