"""« Mon organisme » : la porte d’entrée d’un porteur, et les deux façons d’entrer, créer ou rejoindre."""

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.actions.demandes import demander_l_entree, retirer_la_demande
from comptes.actions.organisme import NouvelOrganisme, creer_organisme
from comptes.forms import DemandeForm, OrganismeForm, SiretForm
from comptes.models import DemandeEntree, Invitation, Organisme
from comptes.permissions import adhesion_de, est_porteur, personne_de, reservee_a
from comptes.registre.client import demander as demander_au_registre
from comptes.states import FormeJuridique
from comptes.views.acte import faire, faire_depuis
from territoires.models import Commune

FIL = [("Mon organisme", "/mon-organisme/")]


@require_safe
@reservee_a(est_porteur)
def mon_organisme(request: HttpRequest) -> HttpResponse:
    """Ses organismes, ses demandes, ses invitations. Un seul organisme et rien d’autre : droit à sa page."""
    personne = personne_de(request)
    adhesions = list(personne.adhesions.select_related("organisme").order_by("organisme__nom_tri"))
    a_traiter = Counter(DemandeEntree.objects.en_attente().a_traiter_par(personne).values_list("organisme", flat=True))
    demandes = list(personne.demandes_d_entree.en_attente().select_related("organisme"))
    ouvertes = Invitation.objects.ouvertes().filter(email=personne.email)
    invitations = list(ouvertes.select_related("organisme", "invite_par"))
    if len(adhesions) == 1 and not demandes and not invitations:
        return redirect("organisme", adhesions[0].organisme_id)
    contexte = {"adhesions": adhesions, "demandes": demandes, "invitations": invitations, "a_traiter": a_traiter}
    return render(request, "comptes/mon_organisme.html", contexte)


@require_safe
@reservee_a(est_porteur)
def rejoindre(request: HttpRequest) -> HttpResponse:
    """Chercher par SIRET : connu, on demande à le rejoindre ; inconnu, on le crée."""
    form = SiretForm(request.GET if "siret" in request.GET else None)
    if not form.is_valid():
        return render(request, "comptes/rejoindre.html", {"form": form, "organisme": None, "fil": FIL})
    siret = form.cleaned_data["siret"]
    organisme = Organisme.objects.filter(siret=siret).first()
    if organisme is None:
        return redirect(f"{reverse('creer_organisme')}?{urlencode({'siret': siret})}")
    if adhesion_de(personne_de(request), organisme):
        return redirect("organisme", organisme.pk)
    contexte = {"form": form, "organisme": organisme, "demande": DemandeForm(), "fil": FIL}
    return render(request, "comptes/rejoindre.html", contexte)


@require_POST
@reservee_a(est_porteur)
def demander(request: HttpRequest, pk: int) -> HttpResponse:
    """Envoyer la demande aux responsables."""
    organisme = get_object_or_404(Organisme, pk=pk)
    demande = DemandeForm(request.POST)
    if demande.is_valid() and faire_depuis(
        demande,
        lambda: demander_l_entree(
            auteur=personne_de(request), organisme=organisme, message=demande.cleaned_data["message"]
        ),
    ):
        messages.success(request, f"Votre demande est partie. Vous recevrez la réponse de {organisme} par courriel.")
        return redirect("mon_organisme")
    form = SiretForm(initial={"siret": organisme.siret})
    contexte = {"form": form, "organisme": organisme, "demande": demande, "fil": FIL}
    return render(request, "comptes/rejoindre.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
@reservee_a(est_porteur)
def creer(request: HttpRequest) -> HttpResponse:
    """Créer un organisme que l’application ne connaît pas, prérempli de ce que le registre public en dit."""
    if request.method != "POST":
        return render(request, "comptes/creer_organisme.html", {**_preremplir(request.GET), "fil": FIL})
    form = OrganismeForm(request.POST)
    if form.is_valid():
        saisie = form.cleaned_data
        nouvel = NouvelOrganisme(
            saisie["siret"],
            saisie["nom"],
            FormeJuridique(saisie["forme_juridique"]),
            saisie["rna"] or "",
            saisie["adresse"],
            saisie["commune"],
        )
        if faire_depuis(form, lambda: creer_organisme(auteur=personne_de(request), nouvel=nouvel)):
            messages.success(request, f"{nouvel.nom} est créé : vous en êtes responsable.")
            return redirect("mon_organisme")
    return render(request, "comptes/creer_organisme.html", {"form": form, "fil": FIL})


def _preremplir(adresse: QueryDict) -> dict[str, Any]:
    """Le formulaire de création, et ce que le registre a répondu (None : pas de SIRET valide, rien n’est demandé)."""
    initial: dict[str, Any] = {"siret": adresse.get("siret", ""), "forme_juridique": FormeJuridique.ASSOCIATION}
    cherche = SiretForm(adresse)
    if not cherche.is_valid():
        return {"form": OrganismeForm(initial=initial), "registre": None}
    reponse = demander_au_registre(cherche.cleaned_data["siret"])
    if lu := reponse.etablissement:
        initial |= {"nom": lu.nom, "forme_juridique": lu.forme_juridique, "rna": lu.rna, "adresse": lu.adresse}
        initial["commune"] = Commune.objects.filter(code_insee=lu.code_insee).first()
    return {"form": OrganismeForm(initial=initial), "registre": reponse}


@require_POST
@reservee_a(est_porteur)
def retirer_ma_demande(request: HttpRequest, pk: int) -> HttpResponse:
    """Renoncer à une demande ; celle d’autrui est un 404."""
    personne = personne_de(request)
    demande = get_object_or_404(DemandeEntree, pk=pk, personne=personne)
    faire(request, lambda: retirer_la_demande(auteur=personne, demande=demande), succes="Votre demande est retirée.")
    return redirect("mon_organisme")
