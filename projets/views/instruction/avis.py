"""L’avis d’un projet : le rendre, le réviser, celui des territoires associés, présenter, communiquer les motifs."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.motifs import communiquer_les_motifs
from projets.actions.rendre_un_avis import ce_qui_manque_a_l_avis, presenter, rendre_un_avis, rendre_un_avis_associe
from projets.forms.avis import AvisAssocieForm, AvisForm
from projets.models import AvisAssocie, AvisExterne, AvisInstruction, DemandeDeMotifs, Projet
from projets.permissions import (
    conduit_l_instruction,
    peut_suivre_l_instruction,
    territoires_associes,
)
from projets.states import (
    AVANT_LA_NOTATION,
    CYCLE_PROJET,
    DECIDES,
    NOTABLES,
    NOTES_ARRETEES,
    EtatProjet,
    SensDeLAvis,
)
from projets.views.gestes import agir, enregistre, version_lue
from projets.views.instruction.cochees import vu_du_projet
from projets.views.instruction.lecture import Lecture
from projets.views.instruction.notation import page_d_un_panneau
from projets.views.suivi import projet_visible

ANCRE = "#avis"


@dataclass(frozen=True)
class PanneauAvis:
    """Ce que montre `projets/instruction/_avis.html`. `form` None : ce n’est plus, ou pas encore, le moment."""

    form: AvisForm | None = None
    manque: str = ""
    versions: list[AvisInstruction] = field(default_factory=list)
    associes: list[AvisAssocie] = field(default_factory=list)
    externes: list[AvisExterne] = field(default_factory=list)
    form_associe: AvisAssocieForm | None = None
    peut_presenter: bool = False
    peut_retirer_du_comite: bool = False
    vu: int = 0
    peut_demander: bool = False
    motifs: DemandeDeMotifs | None = None

    @property
    def dernier(self) -> AvisInstruction | None:
        """L’avis en vigueur."""
        return self.versions[-1] if self.versions else None

    @property
    def precedents(self) -> list[AvisInstruction]:
        """Les versions remplacées, la plus récente d’abord."""
        return self.versions[-2::-1]


def panneau_avis(
    lecture: Lecture, form: AvisForm | None = None, form_associe: AvisAssocieForm | None = None
) -> dict[str, Any]:
    """Le panneau de cette personne, en un nombre constant de requêtes ; elle instruit le projet."""
    personne, projet = lecture.personne, lecture.projet
    if projet.etat in AVANT_LA_NOTATION and form is None and form_associe is None:
        return {"avis": PanneauAvis()}
    est_en_instruction = projet.etat in NOTABLES
    versions = list(projet.avis.select_related("rendu_par").prefetch_related("propositions").order_by("version"))
    if est_en_instruction and form is None:
        form = AvisForm(lecture.exercices, versions[-1] if versions else None)
    if est_en_instruction and form_associe is None and (territoires := territoires_associes(personne, projet)):
        form_associe = AvisAssocieForm(territoires)
    motifs = DemandeDeMotifs.objects.select_related("demandee_par", "communiquee_par").filter(projet=projet)
    peut_presenter = projet.etat == EtatProjet.INSTRUIT and conduit_l_instruction(personne)
    panneau = PanneauAvis(
        form=form,
        manque=_manque(lecture) if est_en_instruction else "",
        versions=versions,
        associes=list(_associes(projet)) if lecture.a("des_avis_associes") else [],
        externes=list(projet.avis_externes.select_related("demande_par")) if lecture.a("des_avis_externes") else [],
        form_associe=form_associe,
        peut_presenter=peut_presenter,
        peut_retirer_du_comite=_se_retire_du_comite(personne, projet),
        vu=lecture.vu if peut_presenter else 0,
        peut_demander=est_en_instruction,
        motifs=motifs.first() if projet.etat in DECIDES else None,
    )
    return {"avis": panneau}


def _associes(projet: Projet) -> QuerySet[AvisAssocie]:
    return projet.avis_associes.select_related("territoire", "instructeur").defer("territoire__contour")


def _se_retire_du_comite(personne: Personne, projet: Projet) -> bool:
    est_presente = "retirer_du_comite" in CYCLE_PROJET.actes_possibles(projet.etat)
    return est_presente and projet.appel.etat not in NOTES_ARRETEES and conduit_l_instruction(personne)


def _manque(lecture: Lecture) -> str:
    return ce_qui_manque_a_l_avis(lecture.bilan, lecture.projet.appel, est_precis=lecture.notations_ouvertes)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def avis(request: HttpRequest, pk: int) -> HttpResponse:
    """L’avis ; le rendre, ou en rendre une nouvelle version. Un autre vient d’être rendu : les deux se montrent."""
    projet, personne = projet_visible(request, pk), personne_de(request)
    if request.method != "POST":
        return _page(request, projet, panneau_avis(Lecture(personne, projet)))
    dernier = projet.avis.prefetch_related("propositions").order_by("version").last()
    form = AvisForm(list(projet.exercices.order_by("annee")), dernier, request.POST)

    def acte() -> object:
        return rendre_un_avis(auteur=personne, projet=projet, contenu=form.contenu(), version=version_lue(form))

    if enregistre(form, acte):
        messages.success(request, "Avis rendu." if dernier is None else "Nouvelle version de l’avis rendue.")
        return _vers_la_fiche(pk)
    return _page(request, projet, panneau_avis(Lecture(personne, projet), form=form))


@require_POST
@reservee_a(peut_suivre_l_instruction)
def avis_associe(request: HttpRequest, pk: int) -> HttpResponse:
    """L’avis consultatif d’un des territoires du projet."""
    projet, personne = projet_visible(request, pk), personne_de(request)
    territoires = territoires_associes(personne, projet)
    if not territoires:
        raise PermissionDenied
    form = AvisAssocieForm(territoires, request.POST)

    def acte() -> object:
        lu = form.cleaned_data
        return rendre_un_avis_associe(
            auteur=personne,
            projet=projet,
            territoire=lu["territoire"],
            sens=SensDeLAvis(lu["sens"]),
            motif=lu["motif"],
        )

    if enregistre(form, acte):
        messages.success(request, "Avis du territoire donné.")
        return _vers_la_fiche(pk)
    return _page(request, projet, panneau_avis(Lecture(personne, projet), form_associe=form))


@require_POST
@reservee_a(conduit_l_instruction)
def presenter_le_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Un projet instruit passe devant le comité."""
    projet, vu = projet_visible(request, pk), vu_du_projet(request.POST)
    agir(request, lambda: presenter(auteur=personne_de(request), projet=projet, vu=vu), "Projet présenté.")
    return _vers_la_fiche(pk)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def communiquer(request: HttpRequest, pk: int) -> HttpResponse:
    """Donner à lire les motifs que l’organisme demande."""
    projet = projet_visible(request, pk)
    fait = "Motifs communiqués\u00a0: l’organisme en est prévenu."
    agir(request, lambda: communiquer_les_motifs(auteur=personne_de(request), projet=projet), fait)
    return _vers_la_fiche(pk)


def _vers_la_fiche(pk: int) -> HttpResponse:
    return redirect(reverse("projets:fiche_instruction", args=[pk]) + ANCRE)


def _page(request: HttpRequest, projet: Projet, panneau: dict[str, Any]) -> HttpResponse:
    return page_d_un_panneau(request, projet, ici="Avis", gabarit="projets/instruction/_avis.html", **panneau)
