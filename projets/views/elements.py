"""Les éléments d’un appel (axes, pièces, questions, critères, points de recevabilité) : la liste et ses gestes."""

from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.montants import format_pourcent
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from projets.actions.regler import (
    Element,
    ajouter_element,
    deplacer_element,
    modifier_element,
    rang_de,
    supprimer_element,
)
from projets.forms.elements import AxeForm, CritereForm, ElementForm, PieceForm, PointForm, QuestionForm
from projets.models import AppelAProjets, Axe, Critere, PieceDemandee, PointDeRecevabilite, Question
from projets.permissions import peut_lire_les_reglages, peut_regler_les_appels
from projets.rules.publication import TEXTES_D_UN_ELEMENT
from projets.states import EtatAppel
from projets.views.gestes import enregistre, version_lue
from projets.views.reglages import contexte


@dataclass(frozen=True, slots=True)
class Sorte:
    """Comment une sorte d’élément se montre et se règle."""

    cle: str
    modele: Any
    form: type[ElementForm]
    ajouter: str
    colonnes: tuple[str, ...]
    cellules: Callable[[Any], tuple[str, ...]]
    conseil: str

    def lignes(self, appel: AppelAProjets) -> QuerySet[Any]:
        """Les éléments de l’appel, dans l’ordre, avec leur axe."""
        lignes = self.modele.objects.filter(appel=appel).order_by(rang_de(self.modele))
        return lignes.select_related("axe") if self.modele in (PieceDemandee, Question) else lignes  # type: ignore[no-any-return]


def _pour(element: PieceDemandee | Question) -> str:
    return f"axe {element.axe.numero}" if element.axe else "tous les projets"


def _obligatoire(element: PieceDemandee | Question) -> str:
    return "obligatoire" if element.est_obligatoire else "facultative"


def _piece(piece: PieceDemandee) -> tuple[str, ...]:
    modele = piece.modele_nom or "aucun"
    return _pour(piece), _obligatoire(piece), piece.formats_lisibles, f"{piece.taille_maximale}\u00a0Mo", modele


def _critere(critere: Critere) -> tuple[str, ...]:
    plancher = "aucune" if critere.note_plancher is None else str(critere.note_plancher)
    return str(critere.note_maximale), plancher, format_pourcent(critere.poids, 2)


SORTES = {
    sorte.cle: sorte
    for sorte in (
        Sorte(
            "axes", Axe, AxeForm, "Ajouter un axe", ("Volet",), lambda axe: (axe.get_volet_display(),),
            "Chaque projet se rattache à un axe. Le numéro suit l’ordre de la liste.",
        ),
        Sorte(
            "pieces", PieceDemandee, PieceForm, "Ajouter une pièce",
            ("Pour", "Est-elle obligatoire", "Formats", "Taille", "Modèle"), _piece,
            "Ce que tout projet joint, ou ceux d’un axe seulement.",
        ),
        Sorte(
            "questions", Question, QuestionForm, "Ajouter une question", ("Pour", "Est-elle obligatoire", "Réponse"),
            lambda question: (_pour(question), _obligatoire(question), question.get_sorte_display()),
            "Ce que le formulaire demande en plus du budget, des territoires et des pièces.",
        ),
        Sorte(
            "criteres", Critere, CritereForm, "Ajouter un critère", ("Note maximale", "Note plancher", "Poids"),
            _critere, "La grille est publiée avec l’appel. Les poids font 100\u00a0%.",
        ),
        Sorte(
            "recevabilite", PointDeRecevabilite, PointForm, "Ajouter un point", ("Est-il obligatoire",),
            lambda point: ("obligatoire" if point.est_obligatoire else "facultatif",),
            "Ce que l’instruction vérifie de chaque projet avant de l’étudier.",
        ),
    )
}  # fmt: skip


def _sorte(cle: str) -> Sorte:
    if cle not in SORTES:
        raise Http404
    return SORTES[cle]


def _element(slug: str, cle: str, pk: int) -> tuple[AppelAProjets, Sorte, Element]:
    sorte = _sorte(cle)
    appel = get_object_or_404(AppelAProjets, slug=slug)
    return appel, sorte, get_object_or_404(sorte.modele, appel=appel, pk=pk)


@require_safe
@reservee_a(peut_lire_les_reglages)
def elements(request: HttpRequest, slug: str, cle: str) -> HttpResponse:
    """La liste, dans l’ordre où le porteur la verra."""
    sorte = _sorte(cle)
    appel = get_object_or_404(AppelAProjets, slug=slug)
    lignes = [(element, sorte.cellules(element)) for element in sorte.lignes(appel)]
    total = sum((element.poids for element, _ in lignes), Decimal(0)) if cle == "criteres" else None
    return render(
        request,
        "projets/reglages/elements.html",
        contexte(request, appel, cle, sorte=sorte, lignes=lignes, total=total),
    )


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def ajouter(request: HttpRequest, slug: str, cle: str) -> HttpResponse:
    """Un élément de plus, à la fin de la liste."""
    sorte = _sorte(cle)
    appel = get_object_or_404(AppelAProjets, slug=slug)
    form = sorte.form(request.POST or None, request.FILES or None, appel=appel, instance=sorte.modele(appel=appel))
    if enregistre(form, lambda: ajouter_element(auteur=personne_de(request), appel=appel, element=form.instance)):
        messages.success(request, f"Enregistré\u00a0: «\u00a0{form.instance}\u00a0».")
        return redirect("projets:elements", slug=slug, cle=cle)
    titre = sorte.ajouter
    return render(
        request, "projets/reglages/element.html", contexte(request, appel, cle, form=form, titre=titre, sorte=sorte)
    )


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def modifier(request: HttpRequest, slug: str, cle: str, pk: int) -> HttpResponse:
    """Tout en brouillon ; les textes seulement une fois l’appel publié."""
    appel, sorte, element = _element(slug, cle, pk)
    permis = None if appel.etat == EtatAppel.BROUILLON else TEXTES_D_UN_ELEMENT
    form = sorte.form(request.POST or None, request.FILES or None, appel=appel, instance=copy(element), permis=permis)
    personne = personne_de(request)
    if enregistre(form, lambda: modifier_element(auteur=personne, element=form.instance, version=version_lue(form))):
        messages.success(request, f"Enregistré\u00a0: «\u00a0{form.instance}\u00a0».")
        return redirect("projets:elements", slug=slug, cle=cle)
    titre = f"Modifier «\u00a0{element}\u00a0»"
    return render(
        request, "projets/reglages/element.html", contexte(request, appel, cle, form=form, titre=titre, sorte=sorte)
    )


@require_POST
@reservee_a(peut_regler_les_appels)
def deplacer(request: HttpRequest, slug: str, cle: str, pk: int) -> HttpResponse:
    """Monter (`sens=monter`) ou descendre d’un rang."""
    _, _, element = _element(slug, cle, pk)
    vers_le_haut = request.POST.get("sens") == "monter"
    try:
        deplacer_element(auteur=personne_de(request), element=element, vers_le_haut=vers_le_haut)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect("projets:elements", slug=slug, cle=cle)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_regler_les_appels)
def supprimer(request: HttpRequest, slug: str, cle: str, pk: int) -> HttpResponse:
    """Demande confirmation, puis supprime ce qui n’est pas utilisé."""
    appel, sorte, element = _element(slug, cle, pk)
    if request.method != "POST":
        return render(
            request, "projets/reglages/supprimer.html", contexte(request, appel, cle, element=element, sorte=sorte)
        )
    try:
        supprimer_element(auteur=personne_de(request), element=element)
        messages.success(request, f"Supprimé\u00a0: «\u00a0{element}\u00a0».")
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect("projets:elements", slug=slug, cle=cle)
