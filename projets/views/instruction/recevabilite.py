"""La recevabilité : le panneau de la fiche, le contrôle point par point, et les actes qui la concluent."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.collisions import dernier_passage
from projets.actions.echanges import (
    COMPLEMENT_DEMANDE,
    COMPLEMENT_SANS_ADRESSE,
    demander_un_complement,
    lever_la_demande,
)
from projets.actions.recevabilite import (
    complement_encore_attendu,
    controler_la_recevabilite,
    declarer_irrecevable,
    declarer_recevable,
    rouvrir,
)
from projets.forms.recevabilite import ControleForm, IrrecevableForm, MotifLuParLePorteurForm
from projets.forms.suivi import ComplementForm
from projets.models import Irrecevabilite, PointDeRecevabilite, Projet
from projets.permissions import peut_suivre_l_instruction, suit_un_projet
from projets.rules.recevabilite import PointControle, obstacles
from projets.states import CONTROLABLES, CYCLE_PROJET, ReponseDeRecevabilite
from projets.views.gestes import agir, enregistre
from projets.views.instruction.cochees import vu_du_projet
from projets.views.instruction.lecture import Lecture
from projets.views.instruction.parcours import avec_sa_file
from projets.views.suivi import faire, impossible, page_du_projet, projet_visible, renvoyer


@dataclass(frozen=True, slots=True)
class ActeMotive:
    """Un acte qui demande un motif : `nom` est celui du passage, `quoi` complète « Ce projet ne peut pas… »."""

    nom: str
    acte: Callable[..., object]
    quoi: str
    titre: str
    bouton: str
    fait: str
    aide: str = ""
    form: type[MotifLuParLePorteurForm] = MotifLuParLePorteurForm


IRRECEVABLE = ActeMotive(
    "declarer_irrecevable",
    declarer_irrecevable,
    "être déclaré irrecevable",
    "Déclarer le projet irrecevable",
    "Déclarer irrecevable",
    "Projet déclaré irrecevable\u00a0: la lettre est partie.",
    form=IrrecevableForm,
)
ROUVERT = ActeMotive(
    "rouvrir",
    rouvrir,
    "se rouvrir",
    "Rouvrir l’examen du projet",
    "Rouvrir",
    "Examen rouvert\u00a0: le projet est « complété », sa recevabilité se contrôle de nouveau.",
    "L’irrecevabilité est levée et le projet redevient « complété » : sa recevabilité se contrôle de nouveau, sur la "
    "dernière copie déposée. S’il manque encore quelque chose, demandez ensuite un complément.",
)
LEVEE = ActeMotive(
    "reprendre_sans_complement",
    lever_la_demande,
    "reprendre",
    "Lever la demande de complément",
    "Lever la demande",
    "Demande levée\u00a0: la dernière copie déposée fait foi.",
)

SUITES_DU_CONTROLE = {"demander_une_piece": "projets:demander", "declarer_irrecevable": "projets:irrecevable"}


def panneau_recevabilite(lecture: Lecture) -> dict[str, Any]:
    """Les variables de `_recevabilite.html`. `projet` : tel que le lit `en_instruction`."""
    personne, projet = lecture.personne, lecture.projet
    actes = CYCLE_PROJET.actes_possibles(projet.etat) if peut_suivre_l_instruction(personne) else []
    form = _formulaire(projet)
    irrecevabilites = projet.irrecevabilites.select_related("prononcee_par", "levee_par")
    return {
        "demande": next((demande for demande in lecture.demandes if demande.repondue_le is None), None),
        "form_de_recevabilite": form,
        "repondus": len(form.controles),
        "est_controlable": projet.etat in CONTROLABLES,
        "obstacles": obstacles(_points(form)),
        "irrecevabilites": list(irrecevabilites) if lecture.a("des_irrecevabilites") else [],
        "actes_de_recevabilite": actes,
        "vu": lecture.vu if "declarer_recevable" in actes else 0,
    }


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def controler(request: HttpRequest, pk: int) -> HttpResponse:
    """Répondre aux points de recevabilité, puis aller où mène le bouton (`suite`) : un complément à demander, une
    irrecevabilité à motiver. Refusée, la saisie est rendue telle que tapée, sur sa page.
    """
    vise, suite = projet_visible(request, pk), request.POST.get("suite", "")
    form = _formulaire(vise, request.POST or None)
    if _controle_enregistre(request, vise, form):
        if suite in SUITES_DU_CONTROLE:
            return redirect(avec_sa_file(request, reverse(SUITES_DU_CONTROLE[suite], args=[pk])))
        messages.success(request, "Contrôle de recevabilité enregistré.")
        return redirect("projets:fiche_instruction", pk=pk)
    return _controle_a_revoir(request, vise, form)


def _controle_enregistre(request: HttpRequest, vise: Projet, form: ControleForm) -> bool:
    def acte() -> object:
        return controler_la_recevabilite(auteur=personne_de(request), projet=vise, reponses=form.reponses())

    return enregistre(form, acte)


def _controle_a_revoir(request: HttpRequest, vise: Projet, form: ControleForm) -> HttpResponse:
    contexte = {
        "projet": vise,
        "form_de_recevabilite": form,
        "form": form,
        "est_controlable": vise.etat in CONTROLABLES,
        "actes_de_recevabilite": CYCLE_PROJET.actes_possibles(vise.etat),
        "vu": dernier_passage(vise),
        "fil": [(vise.intitule, page_du_projet(personne_de(request), vise))],
    }
    return render(request, "projets/instruction/recevabilite.html", contexte)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def recevable(request: HttpRequest, pk: int) -> HttpResponse:
    """Garder les réponses que porte l’envoi, puis conclure que le projet est recevable, ou dire ce qui s’y oppose."""
    vise, vu = projet_visible(request, pk), vu_du_projet(request.POST)
    form = _formulaire(vise, request.POST or None)
    if form.is_bound and vise.etat in CONTROLABLES and not _controle_enregistre(request, vise, form):
        return _controle_a_revoir(request, vise, form)
    acte = partial(declarer_recevable, auteur=personne_de(request), projet=vise, vu=vu)
    agir(request, acte, "Le projet est recevable.")
    return redirect("projets:fiche_instruction", pk=pk)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def irrecevable(request: HttpRequest, pk: int) -> HttpResponse:
    """Déclarer irrecevable, avec un motif ; la lettre part. Pas tant que le porteur a le temps de compléter."""
    vise = projet_visible(request, pk)
    if request.method != "POST" and (refus := complement_encore_attendu(vise)):
        return renvoyer(request, vise, refus)
    return _motiver(request, pk, IRRECEVABLE)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def rouvrir_le_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Lever l’irrecevabilité, avec un motif."""
    return _motiver(request, pk, ROUVERT)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def lever(request: HttpRequest, pk: int) -> HttpResponse:
    """Ne plus attendre le complément demandé, avec un motif."""
    return _motiver(request, pk, LEVEE)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def demander(request: HttpRequest, pk: int) -> HttpResponse:
    """Demander un complément au porteur ; le texte part des points auxquels on a répondu « non »."""
    vise = projet_visible(request, pk)
    if request.method != "POST" and (refus := impossible("demander_une_piece", vise, "se compléter")):
        return renvoyer(request, vise, refus)
    initial = {"vu": partial(dernier_passage, vise), "texte": partial(_ce_qui_ne_convient_pas, vise)}
    form = ComplementForm(request.POST or None, initial=initial)

    prevenus: list[str] = []

    def acte() -> None:
        demande = demander_un_complement(auteur=personne_de(request), projet=vise, **form.cleaned_data)
        prevenus.extend(demande.prevenus)

    def fait() -> str:
        return COMPLEMENT_DEMANDE if prevenus else COMPLEMENT_SANS_ADRESSE

    return faire(request, vise, form, acte, titre="Demander un complément", bouton="Demander", fait=fait)


@require_safe
@reservee_a(suit_un_projet)
def lettre_d_irrecevabilite(request: HttpRequest, pk: int, irrecevabilite: int) -> HttpResponseBase:
    """Le PDF de la lettre, pour l’organisme et pour qui instruit le projet."""
    lignes = Irrecevabilite.objects.filter(projet__in=Projet.objects.visibles_par(personne_de(request)))
    lettre = get_object_or_404(lignes, projet=pk, pk=irrecevabilite)
    if not lettre.fichier:
        raise Http404("La lettre n’est pas encore prête.")
    return telechargement(lettre.fichier, "irrecevabilite.pdf")


def _motiver(request: HttpRequest, pk: int, acte: ActeMotive) -> HttpResponse:
    vise = projet_visible(request, pk)
    if request.method != "POST" and (refus := impossible(acte.nom, vise, acte.quoi)):
        return renvoyer(request, vise, refus)
    initial = {"vu": partial(dernier_passage, vise)}
    form = acte.form(request.POST or None, aide=acte.aide, initial=initial)

    def fait() -> object:
        return acte.acte(auteur=personne_de(request), projet=vise, **form.cleaned_data)

    return faire(request, vise, form, fait, titre=acte.titre, bouton=acte.bouton, fait=acte.fait)


def _ce_qui_ne_convient_pas(projet: Projet) -> str:
    """Les points auxquels on a répondu « non », et ce que l’on en a dit : de quoi commencer la demande."""
    refuses = projet.controles.filter(reponse=ReponseDeRecevabilite.NON).order_by("point__ordre")
    lignes = refuses.values_list("point__intitule", "precision")
    return "\n".join(f"{intitule}\u00a0: {precision}" for intitule, precision in lignes)


def _formulaire(projet: Projet, donnees: QueryDict | None = None) -> ControleForm:
    points = list(PointDeRecevabilite.du_projet(projet))
    controles = [controle for point in points if (controle := getattr(point, "controle", None))]
    return ControleForm(points, controles, donnees)


def _points(form: ControleForm) -> list[PointControle]:
    """Les points et les réponses gardées, pour dire ce qui s’oppose à la recevabilité."""
    gardees = {pk: controle.reponse for pk, controle in form.controles.items()}
    return [PointControle(p.intitule, p.est_obligatoire, gardees.get(p.pk, "")) for p in form.points]
