"""L’exécution d’une action : ses tranches, ses exercices, ses versements, ses soldes, ses titres, ses procédures."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.execution.engager import engager_l_action
from financements.actions.execution.procedures import (
    Grief,
    abandonner,
    decider,
    engager_une_procedure,
    lever_la_suspension,
)
from financements.actions.execution.regles import choisir_la_regle_de_l_action
from financements.actions.execution.solder import arreter_le_solde
from financements.actions.execution.titres import annuler_un_titre, emettre_un_titre, recouvrer_un_titre
from financements.chiffres.conventions import convention_obligatoire
from financements.chiffres.execution.action import ExecutionDeLAction
from financements.forms.execution import (
    DecisionForm,
    MotifForm,
    ProcedureForm,
    RegleDeLActionForm,
    RemiseForm,
    TitreForm,
)
from financements.models import Action, Bilan, Convention, ProcedureContradictoire, TitreDeRecette
from financements.permissions import peut_executer, peut_liquider, peut_lire_les_financements
from financements.states.execution import SorteDeProcedure
from financements.views.execution.commun import action_visible, contexte
from projets.views.gestes import agir, enregistre

EXECUTION = "financements:execution_de_l_action"
FAIT = {"emettre": "émis", "recouvrer": "recouvré", "annuler": "annulé"}


@require_safe
@reservee_a(peut_lire_les_financements)
def execution(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Toute l’exécution d’une action."""
    action = action_visible(personne_de(request), slug, numero)
    vue = ExecutionDeLAction(action)
    return render(
        request,
        "financements/execution/action.html",
        contexte(
            request,
            action.projet.appel,
            action=action,
            projet=action.projet,
            vue=vue,
            attend_une_convention=not vue.est_engagee and _attend_une_convention(action),
            form_motif=MotifForm(),
            form_regle=None if vue.est_engagee else RegleDeLActionForm(action=action),
            aujourd_hui=timezone.localdate(),
        ),
    )


def _attend_une_convention(action: Action) -> bool:
    signee = Convention.objects.en_vigueur().filter(action=action).exists()
    return not signee and convention_obligatoire(action)


def _retour(action: Action) -> HttpResponse:
    return redirect(EXECUTION, action.projet.appel.slug, action.projet.numero)


@require_POST
@reservee_a(peut_executer)
def engager(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Engager une action que rien n’a engagée."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    agir(request, partial(engager_l_action, auteur=personne, action=action), "L’action est engagée.")
    return _retour(action)


@require_POST
@reservee_a(peut_executer)
def choisir_la_regle(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Payer l’action par une autre règle que celle de l’appel, ou revenir à celle-ci."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    form = RegleDeLActionForm(request.POST, action=action)
    if form.is_valid():
        regle = form.cleaned_data["regle"]
        acte = partial(choisir_la_regle_de_l_action, auteur=personne, action=action, regle=regle)
        agir(request, acte, f"Règle de versement\u00a0: {regle or 'celle de l’appel'}.")
    else:
        messages.error(request, "Choisissez une règle de cet appel.")
    return _retour(action)


@require_POST
@reservee_a(peut_executer)
def solder(request: HttpRequest, slug: str, numero: int, annee: int) -> HttpResponse:
    """Arrêter le solde d’une année d’après son bilan."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    bilan = get_object_or_404(Bilan.objects.visibles_par(personne), action=action, annee=annee)
    agir(request, partial(arreter_le_solde, auteur=personne, bilan=bilan), f"Le solde de {annee} est arrêté.")
    return _retour(action)


@require_POST
@reservee_a(peut_executer)
def reprendre_les_versements(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Lever une suspension."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    motif = request.POST.get("motif", "")[:2000]
    acte = partial(lever_la_suspension, auteur=personne, action=action, motif=motif)
    agir(request, acte, "Les versements reprennent.")
    return _retour(action)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_executer)
def ouvrir_une_procedure(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Dire à l’organisme ce qui lui est reproché, et ce qui est envisagé."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    vue = ExecutionDeLAction(action)
    form = ProcedureForm(request.POST or None, annees=[tranche.annee for tranche in vue.tranches])
    if request.method == "POST" and form.is_valid():
        lus = form.cleaned_data
        grief = Grief(
            SorteDeProcedure(lus["sorte"]), lus["motif"], lus["montant"], annee=lus["annee"], delai=lus["delai"]
        )
        if enregistre(form, partial(engager_une_procedure, auteur=personne, action=action, grief=grief)):
            return _suite_de_l_ouverture(request, action)
    autres = {"action": action, "projet": action.projet, "form": form, "vue": vue}
    return render(
        request, "financements/execution/ouvrir_procedure.html", contexte(request, action.projet.appel, **autres)
    )


def _suite_de_l_ouverture(request: HttpRequest, action: Action) -> HttpResponse:
    """L’exécution de l’action ; à qui rien n’a été envoyé, la page où prendre la lettre."""
    ouverte = ProcedureContradictoire.objects.en_cours().get(action=action)
    if not ouverte.par_lettre:
        messages.success(request, "La procédure est ouverte\u00a0: l’organisme en est averti et peut répondre.")
        return _retour(action)
    messages.warning(
        request,
        "La procédure est ouverte, mais personne n’en reçoit de courriel\u00a0: envoyez la lettre en recommandé, le "
        "délai court de sa réception.",
    )
    return redirect("financements:procedure", action.projet.appel.slug, action.projet.numero, ouverte.pk)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_lire_les_financements)
def procedure(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Lire une procédure ; la décider ou l’abandonner."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    vue = get_object_or_404(ProcedureContradictoire, pk=pk, action=action)
    if request.method == "POST" and not peut_executer(personne):
        raise PermissionDenied
    form: Form = DecisionForm(request.POST or None, procedure=vue)
    if request.method == "POST" and form.is_valid():
        lus = form.cleaned_data
        if request.POST.get("sens") == "abandonner":
            acte = partial(abandonner, auteur=personne, procedure=vue, motif=lus["decision"], version=lus["version"])
        else:
            acte = partial(
                decider,
                auteur=personne,
                procedure=vue,
                decision=lus["decision"],
                montant_retenu=lus.get("montant_retenu"),
                version=lus["version"],
            )
        if enregistre(form, acte):
            return _suite_de_la_conclusion(request, action, vue)
    est_decidable = vue.est_decidable(timezone.localdate())
    remise = RemiseForm(initial={"remise_le": vue.remise_le, "version": vue.version})
    autres = {"action": action, "projet": action.projet, "procedure": vue, "form": form, "form_remise": remise}
    return render(
        request,
        "financements/execution/procedure.html",
        contexte(request, action.projet.appel, est_decidable=est_decidable, **autres),
    )


def _suite_de_la_conclusion(request: HttpRequest, action: Action, vue: ProcedureContradictoire) -> HttpResponse:
    """L’exécution de l’action ; si personne n’a de courriel, la page où prendre la lettre de décision."""
    abandonne = request.POST.get("sens") == "abandonner"
    fait, envoi = ("abandonnée", "") if abandonne else ("décidée", " en recommandé")
    if action.projet.organisme.destinataires():
        messages.success(request, f"La procédure est {fait}\u00a0: l’organisme en est averti.")
        return _retour(action)
    messages.warning(
        request,
        f"La procédure est {fait}, mais personne n’en reçoit de courriel\u00a0: envoyez-lui la lettre{envoi}.",
    )
    return redirect("financements:procedure", action.projet.appel.slug, action.projet.numero, vue.pk)


@require_POST
@reservee_a(peut_liquider)
def titre(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Constater l’émission ou le recouvrement d’un titre, ou l’annuler."""
    personne = personne_de(request)
    action = action_visible(personne, slug, numero)
    sien = get_object_or_404(TitreDeRecette, pk=pk, action=action)
    form = TitreForm(request.POST)
    if form.is_valid():
        lus = form.cleaned_data
        jour, version = lus["jour"] or timezone.localdate(), lus["version"]
        actes: dict[str, Callable[..., TitreDeRecette]] = {
            "emettre": partial(emettre_un_titre, numero=lus["numero"], emis_le=jour),
            "recouvrer": partial(recouvrer_un_titre, recouvre_le=jour),
            "annuler": annuler_un_titre,
        }
        acte = partial(actes[lus["acte"]], auteur=personne, titre=sien, version=version)
        agir(request, acte, f"Le titre est {FAIT[lus['acte']]}.")
    return _retour(action)
