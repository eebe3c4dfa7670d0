"""Les personnes d’un organisme : qui en est, qui demande à en être, qui est invité."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.actions.invitations import inviter, revoquer
from comptes.actions.organisme import changer_le_role, quitter, retirer
from comptes.forms import InvitationForm, RoleForm
from comptes.models import Adhesion, Invitation, Organisme
from comptes.permissions import adhesion_de, est_porteur, est_responsable, personne_de, reservee_a
from comptes.states import RoleOrganisme
from comptes.views.acte import faire, faire_depuis


def _organisme(request: HttpRequest, pk: int) -> Organisme:
    return get_object_or_404(Organisme.objects.visibles_par(personne_de(request)), pk=pk)


def _fil(organisme: Organisme) -> list[tuple[str, str]]:
    return [("Mon organisme", reverse("mon_organisme")), (organisme.nom, reverse("organisme", args=[organisme.pk]))]


@require_safe
@reservee_a(est_porteur)
def personnes(request: HttpRequest, pk: int) -> HttpResponse:
    """Tous les voient ; un responsable répond aux demandes, change les rôles, retire et révoque."""
    organisme, personne = _organisme(request, pk), personne_de(request)
    est_resp = est_responsable(personne, organisme)
    contexte = {
        "organisme": organisme,
        "est_responsable": est_resp,
        "roles": RoleOrganisme.choices,
        "adhesions": organisme.adhesions.select_related("personne").order_by("-role", "personne__nom", "pk"),
        "demandes": organisme.demandes.en_attente().select_related("personne") if est_resp else [],
        "invitations": organisme.invitations.ouvertes().select_related("invite_par") if est_resp else [],
        "fil": _fil(organisme),
    }
    return render(request, "comptes/personnes.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def inviter_une_personne(request: HttpRequest, pk: int) -> HttpResponse:
    """Le formulaire d’invitation, pour un responsable."""
    organisme, personne = _organisme(request, pk), personne_de(request)
    if not est_responsable(personne, organisme):
        raise PermissionDenied
    form = InvitationForm(request.POST or None)
    if form.is_valid():
        email, role = form.cleaned_data["email"], RoleOrganisme(form.cleaned_data["role"])
        if faire_depuis(form, lambda: inviter(auteur=personne, organisme=organisme, email=email, role=role)):
            messages.success(request, f"Une invitation part vers {email}. Elle sert une fois, pendant sept jours.")
            return redirect("personnes_de_l_organisme", pk)
    fil = [*_fil(organisme), ("Personnes", reverse("personnes_de_l_organisme", args=[pk]))]
    return render(request, "comptes/inviter.html", {"form": form, "organisme": organisme, "fil": fil})


@require_POST
@reservee_a(est_porteur)
def revoquer_une_invitation(request: HttpRequest, pk: int) -> HttpResponse:
    """Le lien envoyé ne servira plus."""
    personne = personne_de(request)
    invitation = get_object_or_404(Invitation, pk=pk, organisme__in=Organisme.objects.visibles_par(personne))
    faire(request, lambda: revoquer(auteur=personne, invitation=invitation), succes="L’invitation est révoquée.")
    return redirect("personnes_de_l_organisme", invitation.organisme_id)


@require_POST
@reservee_a(est_porteur)
def changer_un_role(request: HttpRequest, pk: int) -> HttpResponse:
    """Responsable ou rédacteur."""
    personne, adhesion, form = personne_de(request), _adhesion(request, pk), RoleForm(request.POST)
    if form.is_valid():
        faire(
            request,
            lambda: changer_le_role(auteur=personne, adhesion=adhesion, role=form.role_choisi),
            succes=f"{adhesion.personne} est désormais {form.role_choisi.label}.",
        )
    return redirect("personnes_de_l_organisme", adhesion.organisme_id)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def retirer_une_personne(request: HttpRequest, pk: int) -> HttpResponse:
    """Demander confirmation, puis retirer."""
    personne, adhesion = personne_de(request), _adhesion(request, pk)
    organisme = adhesion.organisme
    if not est_responsable(personne, organisme):
        raise PermissionDenied
    if request.method == "POST":
        faire(
            request,
            lambda: retirer(auteur=personne, adhesion=adhesion),
            succes=f"{adhesion.personne} n’agit plus pour {organisme}.",
        )
        reste = adhesion.personne != personne or adhesion_de(personne, organisme) is not None
        return redirect("personnes_de_l_organisme", organisme.pk) if reste else redirect("mon_organisme")
    fil = [*_fil(organisme), ("Personnes", reverse("personnes_de_l_organisme", args=[organisme.pk]))]
    return render(request, "comptes/retirer.html", {"adhesion": adhesion, "organisme": organisme, "fil": fil})


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def quitter_un_organisme(request: HttpRequest, pk: int) -> HttpResponse:
    """Demander confirmation, puis partir ; l’organisme garde ses projets."""
    organisme, personne = _organisme(request, pk), personne_de(request)
    if request.method == "POST":
        succes = f"Vous n’agissez plus pour {organisme}."
        est_parti = faire(request, lambda: quitter(auteur=personne, organisme=organisme), succes=succes)
        return redirect("mon_organisme") if est_parti else redirect("personnes_de_l_organisme", pk)
    return render(request, "comptes/quitter.html", {"organisme": organisme, "fil": _fil(organisme)})


def _adhesion(request: HttpRequest, pk: int) -> Adhesion:
    miens = Organisme.objects.visibles_par(personne_de(request))
    return get_object_or_404(Adhesion.objects.select_related("personne", "organisme"), pk=pk, organisme__in=miens)
