"""Les notes internes d’un projet : en écrire une, retirer la sienne."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.permissions import personne_de, reservee_a
from projets.actions.commenter import commenter, retirer_un_commentaire
from projets.forms.commentaire import CommentaireForm
from projets.models import Commentaire, Projet
from projets.permissions import peut_suivre_l_instruction
from projets.views.gestes import agir, enregistre
from projets.views.suivi import projet_visible


@require_POST
@reservee_a(peut_suivre_l_instruction)
def commenter_le_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Écrire une note ; vide ou trop longue, elle est rendue telle que tapée."""
    vise, personne = projet_visible(request, pk), personne_de(request)
    form = CommentaireForm(personne, vise, request.POST)

    def acte() -> object:
        return commenter(auteur=personne, projet=vise, **form.cleaned_data)

    if enregistre(form, acte):
        messages.success(request, "Note enregistrée.")
        return redirect(_retour(pk))
    contexte = {"projet": vise, "form": form, "fil": [(vise.intitule, _retour(pk))], "retour": _retour(pk)}
    return render(request, "projets/instruction/note.html", contexte)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def retirer_la_note(request: HttpRequest, pk: int) -> HttpResponse:
    """Retirer sa propre note."""
    personne = personne_de(request)
    visibles = Commentaire.objects.filter(projet__in=Projet.objects.visibles_par(personne))
    commentaire = get_object_or_404(visibles, pk=pk)
    agir(request, lambda: retirer_un_commentaire(auteur=personne, commentaire=commentaire), "Note retirée.")
    return redirect(_retour(commentaire.projet_id))


def _retour(pk: int) -> str:
    return f"{reverse('projets:fiche_instruction', args=[pk])}?onglet=echanges#notes-internes"
