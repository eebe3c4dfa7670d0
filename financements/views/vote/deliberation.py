"""La page d’une délibération : ce qu’elle décide, le jour où elle s’exécute, ses notifications."""

from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.execution import demander_l_annulation
from config.socle.listes import page_de
from config.socle.transitions import PassageRefuse
from financements.actions.vote.executoire import dater_la_deliberation, demander_l_envoi
from financements.chiffres.deliberation import DecisionsDeLaDeliberation, a_notifier, deliberations_de, est_notifiee
from financements.forms.vote import DatesForm
from financements.models import Action, Deliberation, EnvoiDesNotifications, RegleDeVersement
from financements.permissions import (
    peut_annuler_un_travail,
    peut_lire_les_financements,
    peut_regler_les_lettres,
    peut_suivre_la_deliberation,
)
from financements.planning import lancer_les_notifications
from financements.views.appels import appel_visible, onglets
from financements.views.travaux import adresse_d_annulation, avancement_de
from projets.views.gestes import agir, enregistre

PAR_PAGE = 50


def deliberation_visible(personne: Personne, slug: str, pk: int) -> Deliberation:
    """La délibération de cette adresse. Lève `Http404` si elle n’est pas de cet appel."""
    appel = appel_visible(personne, slug)
    return get_object_or_404(Deliberation.objects.filter(appel=appel).select_related("appel", "scenario"), pk=pk)


@require_safe
@reservee_a(peut_lire_les_financements)
def deliberations(request: HttpRequest, slug: str) -> HttpResponse:
    """Les délibérations de l’appel : celles votées ici, et celles que portent ses actions importées."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    contexte = {
        "appel": appel,
        "page": page_de(request, deliberations_de(appel)),
        "peut_regler_les_lettres": peut_regler_les_lettres(personne),
        "onglets": onglets(personne, appel),
        "onglet": "deliberations",
    }
    return render(request, "financements/vote/deliberations.html", contexte)


@require_safe
@reservee_a(peut_lire_les_financements)
def deliberation(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Vote, exécutoire, notifications, puis les décisions, filtrées par `?sens=`."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    return _montrer(request, personne, vue, DatesForm(deliberation=vue))


def _montrer(request: HttpRequest, personne: Personne, vue: Deliberation, form: DatesForm) -> HttpResponse:
    decisions = DecisionsDeLaDeliberation(vue, personne, request.GET.get("sens", ""))
    peut_suivre = peut_suivre_la_deliberation(personne)
    restent = a_notifier(vue).count()
    envoi = vue.envois.first()
    est_datable = not est_notifiee(vue)  # rien de notifié : l’acte le permet encore
    regles = RegleDeVersement.objects.filter(appel=vue.appel_id, est_par_defaut=True)
    la_leur = Action.objects.filter(projet__in=a_notifier(vue).values("projet"), regle_de_versement__isnull=False)
    contexte = {
        "appel": vue.appel,
        "deliberation": vue,
        "page": page_de(request, decisions.montrees, PAR_PAGE),
        "comptes": decisions.comptes,
        "tues": decisions.tues,
        "deports": decisions.deports,
        "sens": decisions.sens,
        "recommandes": decisions.recommandes,
        "non_lues": decisions.non_lues,
        "sont_notifiees": not est_datable,
        "peut_regler_les_lettres": peut_regler_les_lettres(personne),
        "form": form if peut_suivre and est_datable else None,
        "est_executoire": vue.est_executoire(timezone.localdate()),
        "restent": restent,
        "regle": regles.first() if restent and peut_suivre else None,
        "ont_la_leur": la_leur.count() if restent and peut_suivre else 0,
        "envoi": envoi,
        "annuler": _annulation(personne, envoi) if envoi else "",
        "peut_suivre": peut_suivre,
        "onglets": onglets(personne, vue.appel) if vue.appel else [],
        "onglet": "deliberations",
    }
    return render(request, "financements/vote/deliberation.html", contexte)


@require_POST
@reservee_a(peut_suivre_la_deliberation)
def dater(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Enregistrer la transmission et la publication."""
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    form = DatesForm(request.POST, deliberation=vue)

    def acte() -> object:
        return dater_la_deliberation(auteur=personne, deliberation=vue, **form.cleaned_data)

    if enregistre(form, acte):
        messages.success(request, "Dates enregistrées.")
        return redirect(vue)
    return _montrer(request, personne, vue, form)


@require_POST
@reservee_a(peut_suivre_la_deliberation)
def notifier(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Lancer l’envoi des notifications ; refusé avant l’exécutoire."""
    vue = deliberation_visible(personne_de(request), slug, pk)
    try:
        envoi = demander_l_envoi(auteur=personne_de(request), deliberation=vue)
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    else:
        lancer_les_notifications(envoi.pk)
    return redirect(vue)


@require_safe
@reservee_a(peut_lire_les_financements)
def avancement(request: HttpRequest, slug: str, pk: int, envoi: int) -> HttpResponse:
    """Le fragment d’avancement ; l’envoi fini, la page se recharge : ce qui est notifié et ce qui reste ont changé."""
    vu = _envoi(request, slug, pk, envoi)
    contexte = {"envoi": vu, "annuler": _annulation(personne_de(request), vu)}
    return avancement_de(request, vu, "financements/vote/_avancement.html", contexte)


@require_POST
@reservee_a(peut_suivre_la_deliberation)
def annuler(request: HttpRequest, slug: str, pk: int, envoi: int) -> HttpResponse:
    """Interrompre l’envoi : ce qui est notifié le reste."""
    vu = _envoi(request, slug, pk, envoi)
    if not peut_annuler_un_travail(personne_de(request), vu.demande_par_id):
        messages.error(request, "Seuls un pilote ou la personne qui l’a demandé interrompent cet envoi.")
        return redirect(vu.deliberation)
    acte = partial(demander_l_annulation, modele=EnvoiDesNotifications, pk=vu.pk, auteur=personne_de(request))
    agir(request, acte, "L’annulation est demandée\u00a0: ce qui est déjà notifié le reste.")
    return redirect(vu.deliberation)


def _annulation(personne: Personne, envoi: EnvoiDesNotifications) -> str:
    deliberation = envoi.deliberation
    slug = deliberation.appel.slug if deliberation.appel else ""
    return adresse_d_annulation(
        personne, envoi, "financements:annuler_notifications", [slug, deliberation.pk, envoi.pk]
    )


def _envoi(request: HttpRequest, slug: str, pk: int, envoi: int) -> EnvoiDesNotifications:
    personne = personne_de(request)
    vue = deliberation_visible(personne, slug, pk)
    visibles = EnvoiDesNotifications.objects.visibles_par(personne).filter(deliberation=vue)
    return get_object_or_404(visibles.select_related("deliberation__appel"), pk=envoi)
