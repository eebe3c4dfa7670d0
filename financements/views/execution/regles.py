"""Régler les versements d’un appel : ses règles, leurs étapes, celle qui vaut par défaut."""

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from financements.actions.execution.regles import choisir_par_defaut, regler_les_versements, supprimer_une_regle
from financements.forms.regles import SaisieDeRegle, modele
from financements.imports.echeances import etapes_de_la_regle
from financements.models import RegleDeVersement
from financements.permissions import peut_executer, peut_lire_les_financements
from financements.rules.versements import MODELES
from financements.views.appels import appel_visible
from financements.views.execution.commun import contexte
from projets.models import AppelAProjets
from projets.views.gestes import agir, enregistre

LISTE = "financements:regles_de_versement"


@require_safe
@reservee_a(peut_lire_les_financements)
def regles(request: HttpRequest, slug: str) -> HttpResponse:
    """Les règles de l’appel, et les modèles d’où partir."""
    appel = appel_visible(personne_de(request), slug)
    lues = RegleDeVersement.objects.filter(appel=appel).prefetch_related("etapes")
    modeles = [(cle, nom) for cle, (nom, _) in MODELES.items()]
    return render(
        request, "financements/execution/regles.html", contexte(request, appel, regles=lues, modeles=modeles)
    )


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_executer)
def nouvelle_regle(request: HttpRequest, slug: str) -> HttpResponse:
    """Créer une règle, en partant d’un modèle (`?modele=`)."""
    appel = appel_visible(personne_de(request), slug)
    nom, etapes = modele(request.GET.get("modele", ""))
    return _saisir(request, appel, SaisieDeRegle(request.POST or None, nom, 0, etapes), None)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_executer)
def regle(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Changer une règle : les échéanciers déjà écrits gardent la leur."""
    appel = appel_visible(personne_de(request), slug)
    lue = get_object_or_404(RegleDeVersement, appel=appel, pk=pk)
    saisie = SaisieDeRegle(request.POST or None, lue.nom, lue.version, etapes_de_la_regle(lue))
    return _saisir(request, appel, saisie, lue)


def _saisir(
    request: HttpRequest, appel: AppelAProjets, saisie: SaisieDeRegle, lue: RegleDeVersement | None
) -> HttpResponse:
    if request.method == "POST" and saisie.est_valide():
        lus = saisie.form.cleaned_data
        acte = partial(
            regler_les_versements,
            auteur=personne_de(request),
            appel=appel,
            nom=lus["nom"],
            etapes=saisie.etapes(),
            regle=lue,
            version=lus["version"] or 0,
        )
        if enregistre(saisie.form, acte):
            return redirect(LISTE, appel.slug)
    autres = {"form": saisie.form, "lignes": saisie.lignes, "regle": lue}
    return render(request, "financements/execution/regle.html", contexte(request, appel, **autres))


@require_POST
@reservee_a(peut_executer)
def par_defaut(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Cette règle vaudra pour les actions engagées ensuite."""
    appel = appel_visible(personne_de(request), slug)
    lue = get_object_or_404(RegleDeVersement.objects.select_related("appel"), appel=appel, pk=pk)
    acte = partial(choisir_par_defaut, auteur=personne_de(request), regle=lue)
    agir(request, acte, f"«\u00a0{lue.nom}\u00a0» vaut désormais par défaut.")
    return redirect(LISTE, slug)


@require_POST
@reservee_a(peut_executer)
def supprimer(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Retirer une règle qui ne sert plus."""
    appel = appel_visible(personne_de(request), slug)
    lue = get_object_or_404(RegleDeVersement.objects.select_related("appel"), appel=appel, pk=pk)
    acte = partial(supprimer_une_regle, auteur=personne_de(request), regle=lue)
    agir(request, acte, f"«\u00a0{lue.nom}\u00a0» est supprimée.")
    return redirect(LISTE, slug)
