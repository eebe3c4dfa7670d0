"""Le lien d’une invitation : entrer, ou créer son compte, puis accepter."""

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comptes.actions.invitations import accepter_l_invitation
from comptes.models import Invitation, Personne
from comptes.permissions import personne_de
from comptes.views.acte import faire


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, jeton: str) -> HttpResponse:
    """Public : qui tient le lien a prouvé son adresse. Rien n’est accepté sans un envoi de formulaire."""
    invitation = Invitation.objects.du_jeton(jeton)
    if invitation is None or not invitation.est_ouverte:
        return render(request, "comptes/invitation_close.html", status=404 if invitation is None else 410)
    if not request.user.is_authenticated:
        return _a_la_porte(request, invitation)
    personne = personne_de(request)
    if request.method == "POST":
        succes = f"Vous agissez désormais pour {invitation.organisme}."
        if faire(request, lambda: accepter_l_invitation(auteur=personne, invitation=invitation), succes=succes):
            return redirect("organisme", invitation.organisme_id)
    contexte = {"invitation": invitation, "est_pour_moi": personne.email == invitation.email}
    return render(request, "comptes/invitation.html", contexte)


def _a_la_porte(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    """Se connecter, ou s’inscrire sans avoir à confirmer une adresse que le lien vient de prouver."""
    a_un_compte = Personne.objects.filter(email=invitation.email).exists()
    if not a_un_compte:
        get_adapter(request).stash_verified_email(request, invitation.email)
    contexte = {"invitation": invitation, "a_un_compte": a_un_compte, "suite": request.path}
    return render(request, "comptes/invitation_porte.html", contexte)
