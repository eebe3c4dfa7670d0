"""Répondre aux demandes d’entrée : les responsables pour leur organisme, les pilotes quand il n’y en a pas."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from comptes.actions.demandes import accepter_la_demande, refuser_la_demande
from comptes.forms import RoleForm
from comptes.models import DemandeEntree
from comptes.permissions import garde_les_demandes, personne_de, repond_aux_demandes, reservee_a
from comptes.states import RoleOrganisme
from comptes.views.acte import faire
from config.socle.listes import page_de


@require_safe
@reservee_a(garde_les_demandes)
def demandes_d_entree(request: HttpRequest) -> HttpResponse:
    """Les demandes vers des organismes sans responsable : personne d’autre ne peut y répondre."""
    lignes = DemandeEntree.objects.en_attente().a_traiter_par(personne_de(request))
    page = page_de(request, lignes.select_related("organisme", "personne").order_by("cree_le", "pk"))
    return render(request, "comptes/demandes.html", {"page": page, "roles": RoleOrganisme.choices})


@require_POST
@reservee_a(repond_aux_demandes)
def accepter(request: HttpRequest, pk: int) -> HttpResponse:
    """Faire entrer la personne, dans le rôle choisi."""
    demande, form = _demande(request, pk), RoleForm(request.POST)
    if form.is_valid():
        faire(
            request,
            lambda: accepter_la_demande(auteur=personne_de(request), demande=demande, role=form.role_choisi),
            succes=f"{demande.personne} agit désormais pour {demande.organisme}.",
        )
    return _retour(request, demande)


@require_POST
@reservee_a(repond_aux_demandes)
def refuser(request: HttpRequest, pk: int) -> HttpResponse:
    """Ne pas faire entrer la personne."""
    demande = _demande(request, pk)
    faire(
        request,
        lambda: refuser_la_demande(auteur=personne_de(request), demande=demande),
        succes=f"La demande de {demande.personne} est refusée.",
    )
    return _retour(request, demande)


def _demande(request: HttpRequest, pk: int) -> DemandeEntree:
    lignes = DemandeEntree.objects.a_traiter_par(personne_de(request)).select_related("organisme", "personne")
    return get_object_or_404(lignes, pk=pk)


def _retour(request: HttpRequest, demande: DemandeEntree) -> HttpResponse:
    if personne_de(request).est_agent:
        return redirect("demandes_d_entree")
    return redirect("personnes_de_l_organisme", demande.organisme_id)
