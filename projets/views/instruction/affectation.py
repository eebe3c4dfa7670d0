"""Sur la fiche d’un projet : qui le mène, qui y est associé ; le prendre, le confier, le rendre, s’en déporter."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comptes.permissions import personne_de, reservee_a
from comptes.states import Role
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.affecter import affecter, changer_de_chef_de_file, retirer_l_affectation
from projets.actions.deport import lever_le_deport, se_deporter
from projets.chiffres.candidats import candidats
from projets.forms.affectation import ConfierForm, MotifInterneForm
from projets.models import Affectation, Deport, Projet
from projets.permissions import peut_repartir, peut_suivre_l_instruction
from projets.states import NON_DECIDES, Qualite
from projets.views.gestes import agir
from projets.views.instruction.lecture import Lecture
from projets.views.suivi import faire, projet_visible

ANCRE = "#affectation"


def panneau_affectation(lecture: Lecture) -> dict[str, Any]:
    """Les variables de `_affectation.html` : deux requêtes, une sans déport."""
    personne, projet = lecture.personne, lecture.projet
    suivis = list(projet.affectations.actives().select_related("instructeur", "territoire"))
    suivis.sort(key=lambda affectation: affectation.qualite != Qualite.CHEF_DE_FILE)
    chef = next((a for a in suivis if a.qualite == Qualite.CHEF_DE_FILE), None)
    mienne = next((a for a in suivis if a.instructeur_id == personne.pk), None)
    est_ouvert = projet.etat in NON_DECIDES
    est_pilote = peut_repartir(personne)
    return {
        "affectations": suivis,
        "chef_de_file": chef,
        "mon_affectation": mienne,
        "deports": list(projet.deports.en_cours().select_related("personne")) if lecture.a("des_deports") else [],
        "peut_prendre": est_ouvert and chef is None and personne.role == Role.INSTRUCTEUR,
        "peut_confier": est_ouvert and (est_pilote or (chef is not None and chef == mienne)),
        "peut_repartir": est_pilote,
    }


@require_POST
@reservee_a(peut_suivre_l_instruction)
def prendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Devenir chef de file d’un projet que personne ne mène."""
    personne, projet = personne_de(request), projet_visible(request, pk)
    fait = "Vous êtes chef de file de ce projet."
    agir(request, lambda: affecter(auteur=personne, projet=projet, instructeur=personne), fait)
    return redirect(_fiche(projet))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def confier(request: HttpRequest, pk: int) -> HttpResponse:
    """Choisir un chef de file, ou un associé ; un chef de file en place laisse sa place."""
    personne, projet = personne_de(request), projet_visible(request, pk)
    form = ConfierForm(candidats([projet.pk], personne), request.POST or None)

    def acte() -> object:
        instructeur, qualite = form.cleaned_data["instructeur"], form.cleaned_data["qualite"]
        if qualite == Qualite.CHEF_DE_FILE:
            return changer_de_chef_de_file(auteur=personne, projet=projet, instructeur=instructeur, motif="")
        return affecter(auteur=personne, projet=projet, instructeur=instructeur, qualite=qualite)

    textes = {"titre": "Confier le projet", "bouton": "Confier", "fait": "Projet confié."}
    return faire(request, projet, form, acte, retour=_fiche(projet), **textes)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def rendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Mettre fin à une affectation, pour un motif : le pilote toutes, l’instructeur la sienne (sinon 404)."""
    personne = personne_de(request)
    lignes = Affectation.objects.actives().filter(projet__in=Projet.objects.visibles_par(personne))
    siennes = lignes if peut_repartir(personne) else lignes.filter(instructeur=personne)
    affectation = get_object_or_404(siennes.select_related("projet", "instructeur"), pk=pk)
    qui = "du projet" if affectation.instructeur_id == personne.pk else f"de {affectation.instructeur}"
    form = MotifInterneForm(request.POST or None)

    def acte() -> object:
        motif = form.cleaned_data["motif"]
        return retirer_l_affectation(auteur=personne, affectation=affectation, motif=motif)

    textes = {
        "titre": f"Retirer l’affectation {qui}",
        "bouton": "Retirer l’affectation",
        "fait": "Affectation retirée.",
    }
    return faire(request, affectation.projet, form, acte, retour=_fiche(affectation.projet), **textes)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def deporter(request: HttpRequest, pk: int) -> HttpResponse:
    """Se déporter : le projet se ferme, on revient à la file."""
    personne, projet = personne_de(request), projet_visible(request, pk)
    aide = "Un lien personnel, familial, professionnel ou financier avec l’organisme. Le motif est gardé au journal."
    form = MotifInterneForm(request.POST or None, aide=aide)

    def acte() -> object:
        return se_deporter(auteur=personne, projet=projet, motif=form.cleaned_data["motif"])

    textes = {
        "titre": "Se déporter du projet",
        "bouton": "Me déporter",
        "fait": "Vous êtes déporté de ce projet : il vous est fermé.",
    }
    suite = reverse("projets:instruction")
    return faire(request, projet, form, acte, retour=_fiche(projet), suite=suite, **textes)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_repartir)
def lever(request: HttpRequest, pk: int) -> HttpResponse:
    """Lever le déport d’un autre, pour un motif."""
    personne = personne_de(request)
    lignes = Deport.objects.en_cours().filter(projet__in=Projet.objects.visibles_par(personne))
    deport = get_object_or_404(lignes.select_related("projet", "personne"), pk=pk)
    form = MotifInterneForm(request.POST or None, aide=f"Motif du déport : {deport.motif}")

    def acte() -> object:
        return lever_le_deport(auteur=personne, deport=deport, motif=form.cleaned_data["motif"])

    textes = {
        "titre": f"Lever le déport de {deport.personne}",
        "bouton": "Lever le déport",
        "fait": "Déport levé.",
    }
    return faire(request, deport.projet, form, acte, retour=_fiche(deport.projet), **textes)


def _fiche(projet: Projet) -> str:
    return reverse("projets:fiche_instruction", args=[projet.pk]) + ANCRE
