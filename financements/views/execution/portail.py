"""Le portail de l’organisme : ses versements, ce qu’on attend de lui, ses pièces, ses observations."""

from functools import partial

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes.actions.documents import Description, ajouter_un_document
from comptes.models import Personne
from comptes.permissions import est_porteur, personne_de, reservee_a
from comptes.states import NatureDeDocument
from financements.actions.execution.pieces import deposer_une_piece
from financements.actions.execution.procedures import observer
from financements.chiffres.execution.action import ExecutionDeLAction
from financements.forms.execution import ObservationsForm, PieceForm
from financements.models import Action, PieceDeVersement, ProcedureContradictoire
from projets.views.gestes import enregistre


def _action(personne: Personne, projet: int) -> Action:
    """L’action d’un projet de ses organismes, une fois la décision notifiée. Lève `Http404`."""
    siennes = Action.objects.filter(
        projet__organisme__adhesions__personne=personne, projet__decision_reservee=False
    ).select_related("projet__appel", "projet__axe", "projet__organisme")
    return get_object_or_404(siennes, projet=projet)


@require_safe
@reservee_a(est_porteur)
def mes_versements(request: HttpRequest, projet: int) -> HttpResponse:
    """Ce qui est attribué, versé, à venir ; ce qui manque à chaque versement ; les procédures."""
    return _montrer(request, _action(personne_de(request), projet))


def _montrer(request: HttpRequest, action: Action, form: Form | None = None, piece: int | None = None) -> HttpResponse:
    return render(
        request,
        "financements/execution/portail.html",
        {
            "action": action,
            "projet": action.projet,
            "fil": [
                ("Mes projets", reverse("projets:mes_projets")),
                (action.projet.reference, reverse("projets:mon_projet", args=[action.projet_id])),
            ],
            "vue": ExecutionDeLAction(action, pour_l_organisme=True),
            "form": form,
            "piece_en_faute": piece,
            "form_piece": PieceForm(),
            "form_observations": form if isinstance(form, ObservationsForm) else ObservationsForm(),
        },
    )


@require_POST
@reservee_a(est_porteur)
def deposer(request: HttpRequest, projet: int, piece: int) -> HttpResponse:
    """Déposer une pièce : elle entre dans la bibliothèque de l’organisme et va au versement."""
    personne = personne_de(request)
    action = _action(personne, projet)
    sienne = get_object_or_404(PieceDeVersement, pk=piece, versement__action=action)
    form = PieceForm(request.POST, request.FILES, auto_id=f"%s-{sienne.pk}")  # une par pièce sur la page
    if form.is_valid() and enregistre(form, partial(_deposer, request, action, sienne, form)):
        messages.success(request, f"{sienne.libelle}\u00a0: pièce reçue. Le service la vérifie avant de payer.")
        return redirect("financements:mes_versements", projet)
    return _montrer(request, action, form, sienne.pk)


def _deposer(request: HttpRequest, action: Action, piece: PieceDeVersement, form: PieceForm) -> None:
    personne = personne_de(request)
    description = Description(NatureDeDocument.AUTRE, piece.libelle, piece.versement.annee)
    ajout = ajouter_un_document(
        auteur=personne, organisme=action.projet.organisme, recu=form.cleaned_data["fichier"], description=description
    )
    deposer_une_piece(auteur=personne, piece=piece, document=ajout.document)


@require_POST
@reservee_a(est_porteur)
def repondre(request: HttpRequest, projet: int, pk: int) -> HttpResponse:
    """Écrire ses observations dans une procédure."""
    personne = personne_de(request)
    action = _action(personne, projet)
    procedure = get_object_or_404(ProcedureContradictoire, pk=pk, action=action)
    form = ObservationsForm(request.POST)
    if form.is_valid():
        acte = partial(observer, auteur=personne, procedure=procedure, observations=form.cleaned_data["observations"])
        if enregistre(form, acte):
            messages.success(request, "Observations envoyées\u00a0: le service en tient compte avant de décider.")
            return redirect("financements:mes_versements", projet)
    return _montrer(request, action, form)
