"""La file des versements d’un appel : choisir, lire ce qui bloque, liquider ce qui est prêt."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de
from config.socle.montants import format_euros, format_nombre
from config.socle.transitions import PassageRefuse
from financements.actions.execution.liquider import AU_PLUS, Issue, liquider_en_lot
from financements.chiffres.deports import actions_tues
from financements.chiffres.execution.file import FileDesVersements, Filtre, somme_de
from financements.chiffres.execution.liquidation import LIQUIDABLES, credits_libres, situations
from financements.forms.execution import FiltreForm
from financements.models import Versement
from financements.permissions import peut_liquider, peut_lire_les_financements
from financements.states.execution import EtatVersement
from financements.views.appels import appel_visible
from financements.views.chiffres_cles import accorder
from financements.views.execution.commun import contexte
from projets.models import AppelAProjets

PAR_PAGE = 50
MANQUES_DITS = 5
_A_DIRE = (*LIQUIDABLES, EtatVersement.SUSPENDU.value)


@require_safe
@reservee_a(peut_lire_les_financements)
def versements(request: HttpRequest, slug: str) -> HttpResponse:
    """La file, ses filtres, ce qui bloque chaque ligne ; les totaux de l’appel, dessinés."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    form, file = _file(request.GET, appel, personne)
    nombre, montant = file.total
    prets, montant_pret = file.prets
    page = page_de(request, file.cles, PAR_PAGE, nombre=nombre)
    remplis = {nom: str(valeur) for nom, valeur in request.GET.items() if valeur and nom in form.fields}
    return render(
        request,
        "financements/execution/file.html",
        contexte(
            request,
            appel,
            form=form,
            file=file,
            page=page,
            rangees=_rangees(appel, file.lignes(list(page.object_list))),
            nombre=nombre,
            montant=montant,
            prets=prets,
            montant_pret=montant_pret,
            trop_pour_un_lot=prets > AU_PLUS,
            requete=urlencode(remplis),
            est_restreint=bool(remplis),
            tues=actions_tues(personne, appel),
        ),
    )


def _file(donnees: Any, appel: AppelAProjets, personne: Personne) -> tuple[FiltreForm, FileDesVersements]:
    toutes = FileDesVersements(appel, Filtre(), personne)
    form = FiltreForm(donnees, appel=appel, exercices=toutes.exercices)
    return form, toutes.filtree(form.filtre)


def _rangees(appel: AppelAProjets, page: list[Versement]) -> list[tuple[Versement, list[str]]]:
    """(versement, ce qui manque) ; rien ne manque à un versement déjà parti."""
    dits = situations(page, *credits_libres(appel, {versement.action_id for versement in page}))
    return [(versement, dits[versement.pk] if versement.etat in _A_DIRE else []) for versement in page]


@require_POST
@reservee_a(peut_liquider)
def liquider_les_prets(request: HttpRequest, slug: str) -> HttpResponse:
    """Liquide ce que la file filtrée dit prêt, ou les lignes cochées, et revient à la file, qui dit ce qui manque."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    _, file = _file(request.GET, appel, personne)
    if request.POST.get("quoi") == "coches":
        cles = [int(cle) for cle in request.POST.getlist("versement") if cle.isdecimal()]
        aucun = "Cochez au moins un versement."
    else:
        cles, aucun = file.cles_pretes(AU_PLUS + 1), "Aucun versement de cette liste n’est prêt à liquider."
    retour = reverse("financements:versements", args=[slug]) + (f"?{request.GET.urlencode()}" if request.GET else "")
    if not cles:
        messages.error(request, aucun)
        return redirect(retour)
    try:
        _rendre_compte(request, liquider_en_lot(auteur=personne, appel=appel, cles=cles))
    except PassageRefuse as refus:
        messages.error(request, str(refus))
    return redirect(retour)


def _rendre_compte(request: HttpRequest, issues: list[Issue]) -> None:
    """Ce qui est liquidé, puis les premiers qui ne le sont pas et pourquoi ; la file dit les autres."""
    faits = [issue for issue in issues if not issue.manques]
    restent = [issue for issue in issues if issue.manques]
    if faits:
        total = format_euros(somme_de(issue.versement for issue in faits))
        liquides = accorder(len(faits), "versement liquidé", "versements liquidés")
        messages.success(request, f"{liquides} sur {format_nombre(len(issues))}, {total}.")
    else:
        messages.warning(request, "Aucun versement n’est liquidé.")
    for issue in restent[:MANQUES_DITS]:
        messages.warning(request, f"{issue.versement.reference} n’est pas liquidé. {' '.join(issue.manques)}")
    if len(restent) > MANQUES_DITS:
        autres = accorder(len(restent) - MANQUES_DITS, "autre ne l’est pas", "autres ne le sont pas")
        messages.warning(request, f"{autres} : la liste dit ce qui manque à chacun.")
