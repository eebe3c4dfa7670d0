"""La page d’une convention, et ses actes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.conventions.finir import constater_la_caducite, resilier, solder
from financements.actions.conventions.rediger import editer, preparer, regler_la_convention, reprendre
from financements.actions.conventions.signer import envoyer_a_signer, notifier, signer
from financements.actions.conventions.tirages import demander_le_tirage
from financements.chiffres.contenu_de_convention import contenu_de_convention
from financements.chiffres.conventions import obligation_de
from financements.chiffres.liste_des_conventions import bientot_caduques
from financements.forms.conventions import FinForm, ReglagesForm, SignaturesForm
from financements.models import Action, Convention, ModeleDeConvention
from financements.permissions import peut_conventionner, peut_lire_les_financements
from financements.registre.cachet import est_regle
from financements.rules.variables import TexteRefuse
from financements.states.execution import EtatConvention
from financements.views.conventions.commun import (
    action_visible,
    autour,
    convention_visible,
    derniere_demande,
)
from projets.models import Projet
from projets.views.gestes import agir, enregistre

SIMPLES: dict[str, tuple[Callable[..., object], str]] = {
    "editer": (editer, "La convention est éditée\u00a0: son PDF se prépare."),
    "reprendre": (reprendre, "La rédaction est reprise\u00a0: ce qui a été imprimé ne vaut plus."),
    "envoyer": (envoyer_a_signer, "La convention est envoyée à l’organisme pour signature."),
    "notifier": (notifier, "La convention signée est notifiée à l’organisme."),
    "pdf": (demander_le_tirage, "Le PDF se prépare."),
}
FINS = {
    "resilier": ("Résilier la convention", ("le", "motif"), EtatConvention.RESILIEE),
    "constater-la-caducite": ("Constater la caducité", ("motif",), EtatConvention.CADUQUE),
    "solder": ("Solder la convention", (), EtatConvention.SOLDEE),
}


@require_safe
@reservee_a(peut_lire_les_financements)
def convention(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Ce que la loi demande, où l’on en est, le texte, les avenants, les exemplaires signés."""
    return _montrer(request, action_visible(personne_de(request), slug, numero))


def _montrer(request: HttpRequest, action: Action, form: ReglagesForm | None = None) -> HttpResponse:
    personne = personne_de(request)
    sienne: Convention | None = getattr(action, "convention", None)
    contexte = autour(personne, action.projet.appel) | {
        "action": action,
        "projet": action.projet,
        "obligation": obligation_de(action),
        "convention": sienne,
    }
    if sienne is not None:
        sienne.action = action
        contexte |= _de_la_convention(sienne, contexte["peut_conventionner"], form)
    return render(request, "financements/conventions/convention.html", contexte)


def _de_la_convention(sienne: Convention, peut: bool, form: ReglagesForm | None) -> dict[str, Any]:  # noqa: FBT001 (le droit de la personne)
    en_preparation = sienne.etat == EtatConvention.PREPARATION
    proche = bientot_caduques(timezone.localdate()).filter(pk=sienne.pk).exists()
    return {
        "form": (form or ReglagesForm(convention=sienne)) if peut and en_preparation else None,
        "contenu": sienne.contenu or _apercu(sienne),
        "avenants": list(sienne.avenants.order_by("numero")),
        "exemplaires": list(sienne.exemplaires.select_related("retour", "avenant")),
        "signature": derniere_demande(sienne),
        "peut_envoyer_au_prestataire": peut and sienne.etat == EtatConvention.EDITEE and est_regle(),
        "tirage": sienne.tirages.filter(avenant=None).first(),
        "caducite_proche": proche,
        "est_passee": proche and sienne.caduque_le is not None and sienne.caduque_le <= timezone.localdate(),
    }


def _apercu(sienne: Convention) -> dict[str, Any] | None:
    """Le texte tel qu’il serait édité maintenant ; None si le modèle est fautif."""
    appel = sienne.action.projet.appel
    modele = ModeleDeConvention.de(appel)
    try:
        return contenu_de_convention(sienne, modele)
    except TexteRefuse:
        return None


@require_POST
@reservee_a(peut_conventionner)
def preparer_la_convention(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Ouvrir la convention de cette action."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    agir(request, lambda: preparer(auteur=personne, action=action), "La convention est en préparation.")
    return redirect("financements:convention", slug=slug, numero=numero)


@require_POST
@reservee_a(peut_conventionner)
def regler(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Enregistrer dates et taux."""
    personne = personne_de(request)
    lue = convention_visible(personne, slug, numero)
    form = ReglagesForm(request.POST, convention=lue)
    if form.is_valid() and enregistre(
        form,
        lambda: regler_la_convention(
            auteur=personne, convention=lue, reglages=form.reglages(), version=form.cleaned_data["version"]
        ),
    ):
        messages.success(request, "Réglages enregistrés.")
        return redirect(lue)
    return _montrer(request, lue.action, form)


@require_POST
@reservee_a(peut_conventionner)
def agir_sur_la_convention(request: HttpRequest, slug: str, numero: int, geste: str) -> HttpResponse:
    """Un acte d’un seul bouton : éditer, reprendre, envoyer, notifier, refaire le PDF."""
    if geste not in SIMPLES:
        raise Http404
    personne = personne_de(request)
    lue = convention_visible(personne, slug, numero)
    acte, reussite = SIMPLES[geste]
    agir(request, lambda: acte(auteur=personne, convention=lue), reussite)
    return redirect(lue)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def signer_la_convention(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Enregistrer les signatures de l’exemplaire papier."""
    personne = personne_de(request)
    lue = convention_visible(personne, slug, numero)
    organisme = lue.action.projet.organisme
    depart = {"version": lue.version, "par_organisme": organisme.representant_nom}
    form = SignaturesForm(request.POST or None, initial=depart)
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        if enregistre(
            form, lambda: signer(auteur=personne, convention=lue, signatures=form.signatures(), version=version)
        ):
            messages.success(request, "Les signatures sont enregistrées.")
            return redirect(lue)
    return _formulaire(request, lue, form, "Enregistrer les signatures")


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def finir(request: HttpRequest, slug: str, numero: int, geste: str) -> HttpResponse:
    """Résilier, constater la caducité ou solder, après confirmation."""
    if geste not in FINS:
        raise Http404
    personne = personne_de(request)
    lue = convention_visible(personne, slug, numero)
    titre, champs, etat = FINS[geste]
    form = FinForm(request.POST or None, champs=champs, convention=lue)
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data
        actes = {
            EtatConvention.RESILIEE: lambda: resilier(
                auteur=personne, convention=lue, motif=lues["motif"], le=lues["le"], version=lues["version"]
            ),
            EtatConvention.CADUQUE: lambda: constater_la_caducite(
                auteur=personne, convention=lue, motif=lues["motif"], version=lues["version"]
            ),
            EtatConvention.SOLDEE: lambda: solder(auteur=personne, convention=lue, version=lues["version"]),
        }
        if enregistre(form, actes[etat]):
            messages.success(request, f"La convention est {etat.label}.")
            return redirect(lue)
    return _formulaire(request, lue, form, titre, geste)


def _formulaire(request: HttpRequest, lue: Convention, form: Any, titre: str, geste: str = "") -> HttpResponse:
    personne = personne_de(request)
    projet: Projet = lue.action.projet
    contexte = autour(personne, projet.appel, (str(lue), lue.get_absolute_url())) | {
        "convention": lue,
        "projet": projet,
        "form": form,
        "titre": titre,
        "geste": geste,
    }
    return render(request, "financements/conventions/formulaire.html", contexte)


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger(request: HttpRequest, slug: str, numero: int) -> HttpResponseBase:
    """Le PDF de la convention."""
    lue = convention_visible(personne_de(request), slug, numero)
    return telechargement(lue.fichier, f"convention-{lue.numero}.pdf")
