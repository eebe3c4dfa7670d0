"""La clôture d’un exercice : ce qui se rattache, ce qui reste, ce que les suivants demanderont."""

import tempfile

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import page_de, page_totalisee
from financements.actions.suivi.exporter_la_cloture import exporter_la_cloture
from financements.chiffres import Perimetre, Programme
from financements.chiffres.deports import actions_tues
from financements.chiffres.execution.cloture import Cloture
from financements.chiffres.execution.dessins import dessin_des_ages, dessin_des_besoins, dessin_des_ecarts_de_cp
from financements.chiffres.execution.programme import Execution
from financements.exports.cloture import LISTES
from financements.exports.feuille import TYPES
from financements.permissions import peut_exporter_les_decisions, peut_lire_les_financements
from financements.views.appels import appel_visible, onglets
from financements.views.echanges.commun import dire_que_tout_a_change, fichier_a_emporter
from projets.chiffres.export_de_l_instruction import ExportIncomplet

PAR_PAGE = 20


def _cloture(personne: Personne, slug: str, annee: int) -> Cloture:
    """Lève `Http404` si l’exercice n’est pas du programme."""
    appel = appel_visible(personne, slug)
    execution = Execution(Programme(Perimetre.entier(appel)), sans_territoires=True)
    if annee not in execution.exercices:
        raise Http404
    cloture = Cloture(execution, annee, personne)
    execution.au = cloture.fin
    return cloture


@require_safe
@reservee_a(peut_lire_les_financements)
def derniere_cloture(request: HttpRequest, slug: str) -> HttpResponse:
    """Mène à l’exercice le plus ancien où il reste à mandater ; à défaut, au dernier."""
    appel = appel_visible(personne_de(request), slug)
    execution = Execution(Programme(Perimetre.entier(appel)), sans_territoires=True)
    restent = [ligne.exercice for ligne in execution.par_exercice if ligne.chiffres.reste_a_mandater]
    return redirect("financements:cloture", slug=slug, annee=[*restent, execution.exercices[-1]][0])


@require_safe
@reservee_a(peut_lire_les_financements)
def cloture(request: HttpRequest, slug: str, annee: int) -> HttpResponse:
    """Rattachements, restes à mandater et à réaliser, prévision des crédits ; chaque liste s’emporte."""
    personne = personne_de(request)
    lue = _cloture(personne, slug, annee)
    execution, appel = lue.execution, lue.execution.programme.appel
    demandee = request.GET.get("page")
    lue.total_des_restes, page = page_totalisee(lue.lire_les_restes, lambda lu: lu.lues, demandee, PAR_PAGE)
    (ligne,) = [une for une in execution.par_exercice if une.exercice == annee]
    contexte = {
        "appel": appel,
        "onglets": onglets(personne, appel),
        "onglet": "suivi",
        "annee": annee,
        "cloture": lue,
        "execution": execution,
        "ligne": ligne,
        "page": page,
        "tues": actions_tues(personne, appel),
        "rattachements": page_de(
            request, lue.rattachements, PAR_PAGE, nombre=lue.total_rattache.lus, parametre="rattachements"
        ),
        "ages": dessin_des_ages(execution) if execution.a_commence else None,
        "besoins": dessin_des_besoins(lue),
        "ecarts": dessin_des_ecarts_de_cp(lue),
        "peut_exporter": peut_exporter_les_decisions(personne),
        "extensions": TYPES,
    }
    return render(request, "financements/suivi/cloture.html", contexte)


@require_POST
@reservee_a(peut_exporter_les_decisions)
def exporter(request: HttpRequest, slug: str, annee: int, liste: str, extension: str) -> HttpResponseBase:
    """Une liste de la clôture, entière, en XLSX, en ODS ou en CSV."""
    personne = personne_de(request)
    lue = _cloture(personne, slug, annee)
    choisie = LISTES.get(liste)
    if choisie is None or extension not in TYPES:
        raise Http404
    nombre, retour = choisie.nombre(lue), redirect("financements:cloture", slug=slug, annee=annee)
    if request.POST.get("annonce", str(nombre)) != str(nombre):
        dire_que_tout_a_change(request, nombre)
        return retour
    fichier = tempfile.TemporaryFile()  # noqa: SIM115 (la réponse le ferme)
    try:
        exporter_la_cloture(auteur=personne, cloture=lue, liste=choisie, extension=extension, fichier=fichier)
    except ExportIncomplet:
        fichier.close()
        dire_que_tout_a_change(request, choisie.nombre(_cloture(personne, slug, annee)))
        return retour
    nom = f"{slug}-{liste}-{annee}"
    return fichier_a_emporter(fichier, nom=nom, nombre=nombre, extension=extension, type_mime=TYPES[extension])
