"""Suivre un projet : messages, complément, retrait, copie. Chacun revient à sa fiche."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import est_porteur, est_responsable, personne_de, reservee_a
from config.socle.models import Journal
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.classer import classer_sans_suite
from projets.actions.collisions import dernier_passage
from projets.actions.copier_projet import copier_projet
from projets.actions.echanges import ecrire_un_message
from projets.actions.reprendre import reprendre_pour_completer
from projets.actions.reserve import DECISION_A_NOTIFIER
from projets.actions.retirer import retirer_projet
from projets.forms.suivi import ClassementForm, CopieForm, MessageForm, RetraitForm
from projets.models import DemandeDeComplement, Irrecevabilite, Projet
from projets.permissions import echange_sur, peut_classer, suit_un_projet
from projets.states import CYCLE_PROJET, HISTOIRE_PUBLIQUE, NON_DECIDES, EtatProjet
from projets.views.gestes import agir, enregistre


def page_du_projet(personne: Personne, projet: Projet) -> str:
    """La fiche du projet pour cette personne."""
    nom = "mon_projet" if est_porteur(personne) else "fiche_instruction"
    return reverse(f"projets:{nom}", args=[projet.pk])


def suivi(personne: Personne, projet: Any) -> dict[str, Any]:
    """Ce que la fiche du porteur montre de la vie du projet (lu `en_fiche`) après le dépôt."""
    est_a_decider = projet.etat_lu in NON_DECIDES
    return {
        "depots": list(projet.depots.select_related("recepisse").defer("contenu")),
        "demande": demande_en_cours(projet) if est_a_decider else None,
        "rejet_le": projet.rejet_implicite_le if est_a_decider else None,
        "etapes_prevues": projet.appel.suites.a_partir_du(timezone.localdate()) if est_a_decider else [],
        "histoire": histoire_du_projet(projet),
        "irrecevabilite": _irrecevabilite(projet),
        "peut_signer": est_responsable(personne, projet.organisme) if projet.etat == EtatProjet.IRRECEVABLE else False,
        "peut_retirer": not impossible("retirer", projet, "se retirer") and _signe(personne, projet),
        "fil_des_messages": list(projet.messages.select_related("auteur")) if projet.a_des_messages else [],
        "form_message": MessageForm() if echange_sur(personne, projet) else None,
    }


def histoire_du_projet(projet: Projet) -> list[tuple[datetime, str, Personne | None, dict[str, Any]]]:
    """Les actes que les deux côtés lisent, dans l’ordre : quand, quoi, qui, et ce que l’acte a écrit."""
    journal = Journal.objects.filter(objet_type=Projet._meta.label, objet_id=str(projet.pk))
    lignes = journal.filter(acte__in=HISTOIRE_PUBLIQUE).select_related("auteur").order_by("pk")
    return [(li.quand, HISTOIRE_PUBLIQUE[li.acte], li.auteur, li.apres or {}) for li in lignes]


def demande_en_cours(projet: Projet) -> DemandeDeComplement | None:
    """Le complément que le service attend, s’il y en a un."""
    return projet.demandes.select_related("demandee_par").filter(repondue_le__isnull=True).first()


def _irrecevabilite(projet: Projet) -> Irrecevabilite | None:
    if projet.etat != EtatProjet.IRRECEVABLE:
        return None
    return projet.irrecevabilites.filter(levee_le__isnull=True).first()


def _signe(personne: Personne, projet: Projet) -> bool:
    """Un brouillon se retire par tout membre ; un projet déposé, par un responsable."""
    return projet.etat == EtatProjet.BROUILLON or est_responsable(personne, projet.organisme)


def projet_visible(request: HttpRequest, pk: int) -> Projet:
    """Le projet, s’il est de ceux que cette personne voit ; sinon un 404."""
    lignes = Projet.objects.visibles_par(personne_de(request)).select_related("organisme", "appel", "axe")
    return get_object_or_404(lignes, pk=pk)


@require_safe
@reservee_a(suit_un_projet)
def projet(request: HttpRequest, pk: int) -> HttpResponse:
    """L’adresse que donnent les courriels : elle mène chacun à sa fiche."""
    return redirect(page_du_projet(personne_de(request), projet_visible(request, pk)))


@require_POST
@reservee_a(suit_un_projet)
def ecrire(request: HttpRequest, pk: int) -> HttpResponse:
    """Envoyer un message ; vide ou trop long, il est rendu tel que tapé."""
    vise, personne = projet_visible(request, pk), personne_de(request)
    if not echange_sur(personne, vise):
        raise PermissionDenied
    form = MessageForm(request.POST)
    if enregistre(form, lambda: ecrire_un_message(auteur=personne, projet=vise, texte=form.cleaned_data["texte"])):
        messages.success(request, "Message envoyé.")
        onglet = "" if est_porteur(personne) else "?onglet=echanges"
        return redirect(f"{page_du_projet(personne, vise)}{onglet}#messages-du-projet")
    return _formulaire(request, vise, form, titre="Écrire un message", bouton="Envoyer")


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_classer)
def classer(request: HttpRequest, pk: int) -> HttpResponse:
    """Classer sans suite, avec un motif."""
    vise = projet_visible(request, pk)
    if request.method != "POST" and (refus := impossible("classer_sans_suite", vise, "se classer")):
        return renvoyer(request, vise, refus)
    form = ClassementForm(request.POST or None, initial={"vu": partial(dernier_passage, vise)})

    def acte() -> object:
        return classer_sans_suite(auteur=personne_de(request), projet=vise, **form.cleaned_data)

    textes = {"titre": "Classer le projet sans suite", "bouton": "Classer sans suite"}
    return faire(request, vise, form, acte, fait="Projet classé sans suite.", **textes)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def retirer_le_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Retirer, avec un motif."""
    vise, personne = projet_visible(request, pk), personne_de(request)
    if not _signe(personne, vise):
        raise PermissionDenied
    if refus := impossible("retirer", vise, "se retirer"):
        return renvoyer(request, vise, refus)
    form = RetraitForm(request.POST or None)

    def acte() -> object:
        return retirer_projet(auteur=personne, projet=vise, motif=form.cleaned_data["motif"])

    return faire(
        request, vise, form, acte, titre="Retirer le projet", bouton="Retirer le projet", fait="Projet retiré."
    )


@require_POST
@reservee_a(est_porteur)
def reprendre_le_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Reprendre un projet irrecevable pour le compléter, dans le délai que la lettre donne."""
    vise, personne = projet_visible(request, pk), personne_de(request)
    fait = "Le projet est repris\u00a0: complétez-le, puis rendez-le à l’étape «\u00a0Vérification et dépôt\u00a0»."
    agir(request, lambda: reprendre_pour_completer(auteur=personne, projet=vise), fait)
    return redirect(page_du_projet(personne, vise))


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def copier_le_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """Copier vers un appel ouvert."""
    vise, personne = projet_visible(request, pk), personne_de(request)
    depart = {"intitule": vise.intitule, "jeton": uuid4()}
    form = CopieForm(vise, personne, request.POST or None, initial=depart)
    copie: list[Projet] = []

    def acte() -> object:
        champs = form.cleaned_data
        copie.append(copier_projet(auteur=personne, source=vise, appel=champs["axe"].appel, **champs))
        return copie

    if enregistre(form, acte):
        messages.success(request, "Projet copié. Relisez chaque étape : les années et les pièces ont pu changer.")
        return redirect("projets:etape", pk=copie[0].pk, cle="organisme")
    return _formulaire(request, vise, form, titre="Copier le projet", bouton="Copier", rien=not form.axes)


def impossible(acte: str, vise: Projet, quoi: str) -> str:
    """Pourquoi l’acte n’a pas lieu d’être, avec le seul état que tous lisent ; vide s’il est possible."""
    if vise.decision_reservee:
        return DECISION_A_NOTIFIER
    if acte in CYCLE_PROJET.actes_possibles(vise.etat):
        return ""
    return f"Ce projet ne peut pas {quoi} : il est « {vise.etat_public} »."


def renvoyer(request: HttpRequest, vise: Projet, refus: str) -> HttpResponse:
    """À la fiche, où le refus est dit."""
    messages.info(request, refus)
    return redirect(page_du_projet(personne_de(request), vise))


def faire(
    request: HttpRequest,
    vise: Projet,
    form: forms.Form,
    acte: Callable[[], object],
    *,
    fait: str | Callable[[], str],
    **textes: Any,
) -> HttpResponse:
    """Fait l’acte et revient à la fiche ; refusé, rend le formulaire tel que tapé.

    `fait` : ce qu’on dit une fois fait, demandé après l’acte s’il en dépend.
    `textes` : `titre`, `bouton` ; `retour`, l’endroit de la fiche ; `suite`, où aller une fois fait.
    """
    if enregistre(form, acte):
        messages.success(request, fait if isinstance(fait, str) else fait())
        return redirect(textes.get("suite") or textes.get("retour") or page_du_projet(personne_de(request), vise))
    return _formulaire(request, vise, form, **textes)


def _formulaire(request: HttpRequest, vise: Projet, form: forms.Form, **textes: Any) -> HttpResponse:
    retour = textes.get("retour") or page_du_projet(personne_de(request), vise)
    contexte = {"projet": vise, "form": form, "retour": retour, "fil": [(vise.intitule, retour)], **textes}
    return render(request, "projets/suivi/formulaire.html", contexte)
