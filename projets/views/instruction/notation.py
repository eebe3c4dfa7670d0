"""Noter un projet : la grille, ce que les autres ont noté quand on peut le lire, rendre, reprendre."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from comptes.states import Role
from config.socle.montants import en_euros, format_nombre
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.noter import enregistrer_notes, rendre_la_notation, reprendre_la_notation
from projets.chiffres.notation import NotationDuProjet
from projets.forms.notation import NotationForm
from projets.models import Critere, Notation, Note, Projet
from projets.permissions import note, peut_suivre_l_instruction
from projets.rules.notation import ce_qui_manque, notables, total
from projets.states import AVANT_LA_NOTATION, NOTABLES, NOTES_ARRETEES, EtatProjet
from projets.views.gestes import agir, enregistre, version_lue
from projets.views.instruction.lecture import Lecture
from projets.views.suivi import projet_visible

ANCRE = "#notation"
RANGS = {3: "troisième", 4: "quatrième", 5: "cinquième", 6: "sixième"}


@dataclass(frozen=True)
class Colonne:
    """Une notation rendue : qui, son total, ses notes par critère, dans l’ordre de la grille."""

    notation: Notation
    total: Any
    est_la_mienne: bool
    notes: list[Note]


@dataclass(frozen=True)
class PanneauNotation:
    """Ce que montre `projets/instruction/_notation.html`. `form` None : rien à noter, ou déjà rendue."""

    projet: Projet
    form: NotationForm | None = None
    mienne: Notation | None = None
    lignes: list[tuple[Critere, list[Note | None]]] = field(default_factory=list)
    colonnes: list[Colonne] = field(default_factory=list)
    bilan: NotationDuProjet | None = None
    peut_reprendre: bool = False
    phrase: str = ""

    @property
    def points(self) -> str:
        """« 66 points sur 85 notés », d’après ce qui est affiché."""
        if self.form is None:
            return ""
        lignes = self.form.lignes_saisies()
        if not notables(lignes):
            return "à noter"
        return f"{_points(total(lignes))}\u00a0points sur {_points(notables(lignes))} notés"

    @property
    def enregistre_le(self) -> datetime | None:
        """Quand la notation a été gardée pour la dernière fois."""
        return self.mienne.modifiee_le if self.mienne else None

    @property
    def reste(self) -> str:
        """Ce qui manque pour rendre ; vide si tout y est."""
        return ce_qui_manque(self.form.lignes_saisies()) if self.form else ""

    @property
    def une_de_plus(self) -> str:
        """« troisième notation demandée » (puis « rendue ») quand l’écart veut un autre instructeur ; sinon vide."""
        if self.bilan is None or not self.bilan.ecart_est_trop_grand(self.projet.appel):
            return ""
        rang = self.bilan.requises(self.projet.appel)
        quoi = "demandée" if self.bilan.manquantes(self.projet.appel) else "rendue"
        return f"{RANGS.get(rang, f'{rang}ᵉ')} notation {quoi}"

    @property
    def attend_une_de_plus(self) -> bool:
        """L’écart veut un autre instructeur, et il n’a pas rendu."""
        return bool(self.une_de_plus and self.bilan and self.bilan.manquantes(self.projet.appel))


def panneau_notation(lecture: Lecture, form: NotationForm | None = None) -> dict[str, Any]:
    """Le panneau de cette personne, en un nombre constant de requêtes ; elle instruit le projet."""
    personne, projet, lit = lecture.personne, lecture.projet, lecture.notations_ouvertes
    if projet.etat in AVANT_LA_NOTATION and form is None:
        return {"notation": PanneauNotation(projet=projet, phrase="Le projet se note une fois recevable.")}
    criteres = list(projet.appel.criteres.order_by("ordre"))
    mienne = next((n for n in lecture.notations if n.instructeur_id == personne.pk), None)
    colonnes = _colonnes(lecture)
    est_rendue = mienne is not None and mienne.rendue_le is not None
    peut_noter = _on_note(projet) and personne.role == Role.INSTRUCTEUR and not est_rendue
    panneau = PanneauNotation(
        projet=projet,
        form=form or (NotationForm(criteres, mienne) if peut_noter else None),
        mienne=mienne,
        lignes=_lignes(criteres, colonnes),
        colonnes=colonnes,
        bilan=lecture.bilan if lit else None,
        peut_reprendre=est_rendue and _se_reprend(projet),
        phrase="" if lit or not _on_note(projet) else _phrase(projet.appel.notations_attendues),
    )
    return {"notation": panneau}


def _on_note(projet: Projet) -> bool:
    return projet.etat in NOTABLES and projet.appel.etat not in NOTES_ARRETEES


def _se_reprend(projet: Projet) -> bool:
    """Aucun avis, et aucune autre notation rendue ; la sienne l’est."""
    return (
        _on_note(projet)
        and projet.etat == EtatProjet.RECEVABLE
        and Notation.objects.rendues().filter(projet=projet).count() == 1
    )


def _colonnes(lecture: Lecture) -> list[Colonne]:
    moi = lecture.personne.pk
    rendues = [n for n in lecture.notations if n.rendue_le]
    return [Colonne(n, lecture.totaux.get(n.pk), n.instructeur_id == moi, list(n.notes.all())) for n in rendues]


def _lignes(criteres: list[Critere], colonnes: list[Colonne]) -> list[tuple[Critere, list[Note | None]]]:
    par_notation = [{n.critere_id: n for n in c.notes} for c in colonnes]
    return [(critere, [notes.get(critere.pk) for notes in par_notation]) for critere in criteres]


def _phrase(attendues: int) -> str:
    """Ce que l’on dit des autres à qui ne les lit pas encore : la même chose, qu’ils aient noté ou non."""
    if attendues == 1:
        return "Si un autre instructeur note aussi ce projet, sa note apparaîtra quand la vôtre sera complète."
    if attendues == 2:  # noqa: PLR2004 (l’autre, au singulier)
        return "La note de l’autre instructeur apparaîtra quand la vôtre sera complète."
    return "Les notes des autres instructeurs apparaîtront quand la vôtre sera complète."


def _points(centiemes: int) -> str:
    points = en_euros(centiemes)
    return format_nombre(points, 0 if points == points.to_integral_value() else 2)


def page_d_un_panneau(request: HttpRequest, projet: Projet, **contexte: Any) -> HttpResponse:
    """Un panneau seul sur sa page : ce que l’on voit sans script quand une saisie est à corriger."""
    fiche = reverse("projets:fiche_instruction", args=[projet.pk])
    fil = [("Instruction", reverse("projets:instruction")), (projet.reference, fiche)]
    return render(request, "projets/instruction/panneau.html", {"projet": projet, "fil": fil, **contexte})


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def noter(request: HttpRequest, pk: int) -> HttpResponse:
    """La grille ; enregistrer au fil de la frappe (htmx) ou par le bouton, ou rendre."""
    projet, personne = projet_visible(request, pk), personne_de(request)
    if request.method != "POST":
        return _page(request, projet, panneau_notation(Lecture(personne, projet)))
    if not note(personne, projet):
        raise PermissionDenied
    mienne = Notation.objects.filter(projet=projet, instructeur=personne).prefetch_related("notes").first()
    form = NotationForm(list(projet.appel.criteres.order_by("ordre")), mienne, request.POST)
    rend = "rendre" in request.POST
    acte = rendre_la_notation if rend else enregistrer_notes
    faits: list[Notation] = []

    def faire() -> None:
        faits.append(acte(auteur=personne, projet=projet, saisie=form.saisie(), version=version_lue(form)))

    fait = enregistre(form, faire)
    if request.headers.get("HX-Request"):
        return _fragment(request, personne, projet, form, faits)
    if fait:
        messages.success(request, "Notation rendue." if rend else "Notation enregistrée\u00a0; elle reste à rendre.")
        return redirect(reverse("projets:fiche_instruction", args=[pk]) + ANCRE)
    return _page(request, projet, panneau_notation(Lecture(personne, projet), form))


def _fragment(
    request: HttpRequest, personne: Personne, projet: Projet, form: NotationForm, faits: list[Notation]
) -> HttpResponse:
    """Enregistré : la version, le total et l’heure. Refusé : le panneau entier, ce qui est tapé gardé."""
    if faits:
        panneau = PanneauNotation(projet=projet, form=form, mienne=faits[0])
        contexte = {"notation": panneau, "version": faits[0].version}
        return render(request, "projets/instruction/_notation_enregistree.html", contexte)
    reponse = render(
        request,
        "projets/instruction/_notation.html",
        {"projet": projet, **panneau_notation(Lecture(personne, projet), form)},
    )
    reponse["HX-Retarget"], reponse["HX-Reswap"] = ANCRE, "outerHTML"
    return reponse


def _page(request: HttpRequest, projet: Projet, panneau: dict[str, Any]) -> HttpResponse:
    return page_d_un_panneau(request, projet, ici="Notation", gabarit="projets/instruction/_notation.html", **panneau)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def reprendre(request: HttpRequest, pk: int) -> HttpResponse:
    """Rouvrir sa notation, tant qu’aucun avis ni aucune autre notation n’est rendu."""
    projet = projet_visible(request, pk)
    fait = "Votre notation est rouverte\u00a0; le journal garde ce qu’elle était."
    agir(request, lambda: reprendre_la_notation(auteur=personne_de(request), projet=projet), fait)
    return redirect(reverse("projets:fiche_instruction", args=[pk]) + ANCRE)
