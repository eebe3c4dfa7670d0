"""Les actes en lot : cocher, dire ce que l’on fait, lire ce qui est advenu de chaque projet."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.transitions import PassageRefuse
from projets.actions.collisions import derniers_passages
from projets.actions.lots import creer_le_lot
from projets.forms.lots import form_du_lot, parametres_du_lot
from projets.models import Lot, Projet
from projets.permissions import peut_suivre_l_instruction
from projets.planning import executer_un_lot, lancer_un_lot
from projets.states import ActeEnLot
from projets.views.instruction.cochees import cles_cochees, vu_du_projet
from projets.views.instruction.presence import presents_sur

SUR_PLACE = 25  # lignes : au-delà de deux secondes ou presque, le lot se fait hors de la requête
TITRES = {
    ActeEnLot.AFFECTER: "Affecter",
    ActeEnLot.DECLARER_RECEVABLE: "Déclarer recevables",
    ActeEnLot.DEMANDER_UN_COMPLEMENT: "Demander un complément",
}


def actes_offerts() -> list[tuple[str, str]]:
    """Ce que la file propose sur les projets cochés : (clé, bouton)."""
    return [(acte.value, titre) for acte, titre in TITRES.items()]


@require_POST
@reservee_a(peut_suivre_l_instruction)
def preparer(request: HttpRequest) -> HttpResponse:
    """Les projets cochés et l’acte choisi ; `confirme` : ce que l’acte demande est dit, on le fait."""
    personne, acte = personne_de(request), request.POST.get("acte", "")
    retour = _retour(request)
    est_confirme = "confirme" in request.POST
    cochees = cles_cochees(request.POST)
    form = form_du_lot(acte, cochees, personne, request.POST if est_confirme else None)
    if form is None or acte not in TITRES:
        messages.error(request, "Choisissez ce qu’il faut faire des projets cochés.")
        return redirect(retour)
    if est_confirme and form.is_valid():
        return _creer(request, personne, ActeEnLot(acte), cochees, parametres_du_lot(form))
    visibles = Projet.objects.visibles_par(personne).select_related("appel", "organisme")
    projets = list(visibles.filter(pk__in=cochees).order_by("numero", "pk"))
    if not projets:
        messages.error(request, "Cochez au moins un projet.")
        return redirect(retour)
    vus = derniers_passages(projet.pk for projet in projets) if not est_confirme else {}
    presents = presents_sur((projet.pk for projet in projets), personne)
    lignes = [
        (projet, vus.get(projet.pk, vu_du_projet(request.POST, projet.pk)), presents[projet.pk]) for projet in projets
    ]
    contexte = {"form": form, "acte": acte, "titre": TITRES[ActeEnLot(acte)], "lignes": lignes, "retour": retour}
    contexte |= {"fil": [("Instruction", retour)], "requete": request.POST.get("requete", "")}
    return render(request, "projets/instruction/lot_preparer.html", contexte)


def _creer(
    request: HttpRequest, personne: Personne, acte: ActeEnLot, cochees: list[int], parametres: dict[str, Any]
) -> HttpResponse:
    try:
        lus = {pk: vu_du_projet(request.POST, pk) for pk in cochees}
        lot = creer_le_lot(auteur=personne, acte=acte, projets=cochees, parametres=parametres, lus=lus)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
        return redirect(_retour(request))
    return faire(lot)


def faire(lot: Lot) -> HttpResponse:
    """Sur place s’il est petit, sinon dans la file des travaux ; le compte rendu se lit à la même adresse."""
    if lot.lignes.count() <= SUR_PLACE:
        executer_un_lot(lot.pk)
    else:
        lancer_un_lot(lot.pk)
    return redirect(lot)


@require_safe
@reservee_a(peut_suivre_l_instruction)
def lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Le compte rendu : une ligne par projet, faite, refusée avec sa raison, ou à venir."""
    lu = _visible(request, pk)
    visibles = Projet.objects.visibles_par(personne_de(request)).values("pk")
    lignes = list(
        lu.lignes.filter(projet__in=visibles).select_related("projet__appel", "projet__organisme").order_by("rang")
    )
    contexte = {
        "lot": lu,
        "lignes": lignes,
        "faits": sum(ligne.est_fait is True for ligne in lignes),
        "refuses": sum(ligne.est_fait is False for ligne in lignes),
        "fil": [("Instruction", reverse("projets:instruction"))],
    }
    return render(request, "projets/instruction/lot.html", contexte)


@require_safe
@reservee_a(peut_suivre_l_instruction)
def avancement_du_lot(request: HttpRequest, pk: int) -> HttpResponse:
    """Le fragment d’avancement ; le lot fini, la page se recharge pour montrer son compte rendu."""
    lu = _visible(request, pk)
    reponse = render(request, "projets/instruction/_lot_avancement.html", {"lot": lu})
    if not lu.est_actif:
        reponse["HX-Refresh"] = "true"
    return reponse


def _visible(request: HttpRequest, pk: int) -> Lot:
    return get_object_or_404(Lot.objects.visibles_par(personne_de(request)), pk=pk)


def _retour(request: HttpRequest) -> str:
    """La file, avec la sélection d’où l’on vient."""
    adresse, requete = reverse("projets:instruction"), request.POST.get("requete", "")
    return f"{adresse}?{requete}" if requete else adresse
