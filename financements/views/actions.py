"""La liste des actions d’un programme et la page d’une action."""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.colonnes import corps
from config.socle.models import Journal
from financements.chiffres import lignes_actions
from financements.chiffres.choix import cles_triees, compter, tri_reconnu
from financements.chiffres.deports import actions_tues
from financements.chiffres.dessins import dessin_des_annees
from financements.chiffres.fiche import FicheAction
from financements.filters import ActionFilterSet
from financements.models import Action
from financements.permissions import peut_exporter_les_decisions, peut_lire_les_financements, peut_tenir_le_fse
from financements.tables import colonnes_des_actions
from financements.views.appels import appel_visible, onglets
from financements.views.chiffres_cles import chiffres_de_l_action
from projets.models import AppelAProjets
from projets.permissions import lit_les_journaux

PAR_PAGE = 50
ACTES_MONTRES = 50
PLUS_DE_FILTRES = ("volet", "dispositif", "forme", "fse", "minimum", "maximum")


@require_safe
@reservee_a(peut_lire_les_financements)
def actions(request: HttpRequest, slug: str) -> HttpResponse:
    """Filtrer, trier, paginer les actions ; HTMX ne demande que la liste."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    partiel = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    contexte = _liste(request, personne, appel)
    if partiel and contexte["filtre"].form.errors:
        return HttpResponseClientRedirect(request.get_full_path())  # l’erreur se lit à côté du champ, hors de la liste
    if not partiel:
        contexte |= {"onglets": onglets(personne, appel), "onglet": "actions"}
    gabarit = "financements/_actions_liste.html" if partiel else "financements/actions.html"
    reponse = render(request, gabarit, contexte)
    patch_vary_headers(reponse, ("HX-Request",))  # la même adresse rend la page ou la liste seule
    return reponse


def _liste(request: HttpRequest, personne: Personne, appel: AppelAProjets) -> dict[str, Any]:
    """D’abord les clés de la page, puis les montants de ces seules lignes."""
    filtre = ActionFilterSet(
        request.GET, queryset=Action.objects.visibles_par(personne).filter(projet__appel=appel), appel=appel
    )
    tri = tri_reconnu(request.GET.get("tri", ""))
    choisies: QuerySet[Action] = filtre.qs
    pages = Paginator(cles_triees(filtre.perimetre, choisies, tri), PAR_PAGE)
    bilan = compter(filtre.perimetre, choisies)
    pages.count = bilan.actions  # sans le tri, qui peut sommer
    page: Page[int] = pages.get_page(request.GET.get("page"))
    colonnes = colonnes_des_actions(appel.annees, _adresse_d_action(appel, _requete(request)))
    champs = list(filtre.form)
    return {
        "appel": appel,
        "filtre": filtre,
        "champs": [champ for champ in champs if champ.name not in PLUS_DE_FILTRES],
        "champs_de_plus": [champ for champ in champs if champ.name in PLUS_DE_FILTRES],
        "est_deplie": any(request.GET.get(nom) for nom in PLUS_DE_FILTRES),
        "tri": tri,
        "colonnes": colonnes,
        "page": page,
        "corps": corps(colonnes, lignes_actions(filtre.perimetre, list(page.object_list))),
        "total": bilan.total,
        "tues": actions_tues(personne, appel),
        "export": _adresse_de_l_export(personne, filtre),
    }


def _adresse_de_l_export(personne: Personne, filtre: ActionFilterSet) -> str:
    """La page d’export avec les mêmes filtres ; vide pour qui ne fait que lire."""
    if not peut_exporter_les_decisions(personne):
        return ""
    remplis = urlencode(filtre.remplis)
    return reverse("financements:exporter", args=[filtre.appel.slug]) + (f"?{remplis}" if remplis else "")


def _requete(request: HttpRequest) -> str:
    """Les filtres remplis, le tri et la page : les champs vides d’un formulaire n’ont pas à voyager."""
    return urlencode([(nom, valeur) for nom, valeurs in request.GET.lists() for valeur in valeurs if valeur])


def _adresse_d_action(appel: AppelAProjets, requete: str) -> Any:
    """Numéro → page de l’action ; l’adresse emporte les filtres, pour le retour à la liste."""
    liste = reverse("financements:actions", args=[appel.slug])
    suite = f"?{requete}" if requete else ""
    return lambda numero: f"{liste}{numero}/{suite}"


@require_safe
@reservee_a(peut_lire_les_financements)
def action(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Une action : montants, territoires, coût, FSE, organisme, délibération, historique."""
    personne = personne_de(request)
    fiche = _fiche(personne, slug, numero)
    return render(
        request,
        "financements/action.html",
        {
            "appel": fiche.appel,
            "action": fiche.action,
            "projet": fiche.action.projet,
            "organisme": fiche.action.projet.organisme,
            "fse": getattr(fiche.action, "contrepartie_fse", None),
            "fiche": fiche,
            "de_minimis": list(fiche.action.aides_de_minimis.all()),
            "tient_le_registre": peut_tenir_le_fse(personne),
            "chiffres": chiffres_de_l_action(fiche),
            "autres": fiche.autres_actions(),
            "graphique": dessin_des_annees(fiche),
            "historique": _historique(fiche.action),
            "lit_le_journal": lit_les_journaux(personne),
            "requete": _requete(request),
        },
    )


def _fiche(personne: Personne, slug: str, numero: int) -> FicheAction:
    visibles = Action.objects.visibles_par(personne).select_related(
        "projet__appel", "projet__axe", "projet__organisme__commune", "deliberation", "contrepartie_fse"
    )
    return FicheAction(get_object_or_404(visibles, projet__appel__slug=slug, projet__numero=numero))


def _historique(action: Action) -> list[Journal]:
    """Les actes consignés sur l’action et son projet, et l’import qui l’a créée, du plus récent au plus ancien."""
    projet = action.projet
    actes = Journal.objects.select_related("auteur")
    import_ = actes.filter(
        objet_type=projet.appel._meta.label,
        objet_id=str(projet.appel_id),
        acte="importer_programme",
        quand__gte=action.creee_le,
    )
    de_l_action = Q(objet_type=action._meta.label, objet_id=str(action.pk))
    du_projet = Q(objet_type=projet._meta.label, objet_id=str(action.projet_id))
    return [*actes.filter(de_l_action | du_projet)[:ACTES_MONTRES], *import_.order_by("pk")[:1]]
