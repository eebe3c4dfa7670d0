"""La fiche d’un organisme : la lire, la modifier."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from comptes.actions.fiche import CHAMPS, modifier_la_fiche
from comptes.forms import FicheForm
from comptes.models import Organisme
from comptes.permissions import adhesion_de, est_responsable, personne_de, voit_les_iban
from comptes.views.acte import faire_depuis
from config.socle.versions import VersionPerimee


@require_safe
def organisme(request: HttpRequest, pk: int) -> HttpResponse:
    """Les siens pour un porteur, tous pour un agent ; celui d’autrui est un 404."""
    personne = personne_de(request)
    lignes = Organisme.objects.visibles_par(personne).select_related("commune", "modifie_par")
    lu = get_object_or_404(lignes, pk=pk)
    signe = est_responsable(personne, lu)
    contexte = {
        "organisme": lu,
        "est_agent": personne.est_agent,
        "est_responsable": signe,
        "demandes_a_traiter": lu.demandes.en_attente().count() if signe else 0,
        "voit_les_iban": voit_les_iban(personne),
        "comptes": lu.comptes_bancaires.all(),
        "fil": [] if personne.est_agent else [("Mon organisme", reverse("mon_organisme"))],
    }
    return render(request, "comptes/organisme.html", contexte)


@require_http_methods(["GET", "HEAD", "POST"])
def modifier(request: HttpRequest, pk: int) -> HttpResponse:
    """Modifier la fiche. Si elle a changé entre-temps : les deux versions, et rien de la saisie n’est perdu."""
    personne = personne_de(request)
    lu = get_object_or_404(Organisme.objects.visibles_par(personne), pk=pk)
    if adhesion_de(personne, lu) is None:
        raise PermissionDenied
    form, ecarts = FicheForm(request.POST or None, instance=lu, initial={"version": lu.version}), None
    if form.is_valid():
        saisie = form.cleaned_data
        acte = {"auteur": personne, "organisme": lu, "version": saisie["version"], "saisie": saisie}
        try:
            if faire_depuis(form, lambda: modifier_la_fiche(**acte)):
                messages.success(request, "La fiche est enregistrée.")
                return redirect("organisme", pk)
        except VersionPerimee as perimee:
            ecarts = _ecarts(perimee.actuel, form)
            form.data = donnees = request.POST.copy()
            donnees["version"] = str(perimee.actuel.version)
    nom = Organisme.objects.only("nom").get(pk=pk).nom
    fil = [("Mon organisme", reverse("mon_organisme")), (nom, reverse("organisme", args=[pk]))]
    return render(request, "comptes/fiche.html", {"form": form, "organisme_pk": pk, "ecarts": ecarts, "fil": fil})


def _ecarts(actuelle: Organisme, form: FicheForm) -> list[dict[str, Any]]:
    """Les champs où ce qui est enregistré diffère de ce qui vient d’être tapé."""
    lignes = [
        {"champ": form[champ], "enregistre": _lisible(actuelle, champ), "saisi": _lisible(form.instance, champ)}
        for champ in CHAMPS
    ]
    return [ligne for ligne in lignes if ligne["enregistre"] != ligne["saisi"]]


def _lisible(organisme: Organisme, champ: str) -> str:
    if champ == "forme_juridique":
        return organisme.get_forme_juridique_display()
    valeur = getattr(organisme, champ)
    return "" if valeur is None else str(valeur).replace(".", ",") if champ == "salaries_etp" else str(valeur)
