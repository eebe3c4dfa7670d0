"""Emporter le fichier d’un profil : ce qu’il aura, annoncé, puis le fichier, ou ce qui l’empêche de partir."""

import tempfile

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.lecture.erreurs import ErreurLigne
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.exports.profils import envoyer_au_progiciel
from financements.chiffres.deports import actions_tues
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.exports.ecrit import FichierRefuse
from financements.filters import ActionFilterSet
from financements.forms.profils import EnvoiForm
from financements.models import ProfilDExport
from financements.permissions import peut_echanger_avec_le_progiciel
from financements.states.echanges import EXPORTEES, SorteDeProfil
from financements.views.appels import appel_visible
from financements.views.echanges.commun import (
    FAUTES_MONTREES,
    dire_que_tout_a_change,
    fichier_a_emporter,
    fil_du_progiciel,
)
from financements.views.exports import filtre_des_actions
from projets.chiffres.export_de_l_instruction import ExportIncomplet


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_echanger_avec_le_progiciel)
def envoyer(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """L’annonce ; envoyée, le fichier du profil."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    profil = get_object_or_404(ProfilDExport.objects.visibles_par(personne), pk=pk)
    sorte = SorteDeProfil(profil.sorte)
    if sorte not in EXPORTEES:
        raise Http404
    donnees = request.POST if request.method == "POST" else request.GET
    filtre = filtre_des_actions(personne, appel, donnees)
    form = EnvoiForm(donnees, appel=appel, sorte=sorte)
    envoi = EnvoiAuProgiciel(appel, filtre.qs, sorte, exercice=form.exercice_demande, toutes=form.avec_les_mandatees)
    if request.method != "POST":
        return _page(request, profil, filtre, form, envoi)
    actuels = {"annonce": str(envoi.nombre), "montant": str(envoi.montant)}
    if any(donnees.get(nom, actuel) != actuel for nom, actuel in actuels.items()):
        return _a_redemander(request, profil, filtre, envoi)
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        envoyer_au_progiciel(auteur=personne, profil=profil, donnees=envoi, fichier=fichier, filtres=filtre.remplis)
    except FichierRefuse as refus:
        fichier.close()
        return _page(request, profil, filtre, form, envoi, refus.fautes)
    except ExportIncomplet:
        fichier.close()
        return _a_redemander(request, profil, filtre, envoi)
    nom = f"{appel.slug}-{sorte}"
    type_mime = f"text/csv; charset={profil.encodage.removesuffix('-sig')}"
    return fichier_a_emporter(fichier, nom=nom, nombre=envoi.nombre, extension="csv", type_mime=type_mime)


def _page(
    request: HttpRequest,
    profil: ProfilDExport,
    filtre: ActionFilterSet,
    form: EnvoiForm,
    envoi: EnvoiAuProgiciel,
    fautes: list[ErreurLigne] | None = None,
) -> HttpResponse:
    appel = filtre.appel
    contexte = {
        "appel": appel,
        "profil": profil,
        "filtre": filtre,
        "form": form,
        "envoi": envoi,
        "tues": actions_tues(personne_de(request), appel),
        "fautes": fautes or [],
        "fautes_montrees": (fautes or [])[:FAUTES_MONTREES],
        "fil": fil_du_progiciel(appel),
    }
    return render(request, "financements/echanges/envoi.html", contexte)


def _a_redemander(
    request: HttpRequest, profil: ProfilDExport, filtre: ActionFilterSet, envoi: EnvoiAuProgiciel
) -> HttpResponse:
    dire_que_tout_a_change(request, envoi.nombre, envoi.montant)
    suite: dict[str, str | int] = {
        **filtre.remplis,
        **({"exercice": envoi.exercice} if envoi.exercice else {}),
        **({"toutes": "on"} if envoi.toutes else {}),
    }
    adresse = reverse("financements:envoyer_au_progiciel", args=[filtre.appel.slug, profil.pk])
    return redirect(f"{adresse}?{urlencode(suite)}" if suite else adresse)
