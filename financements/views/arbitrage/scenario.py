"""L’écran d’arbitrage : le tableau vivant, les projets, la saisie d’une ligne ou d’une page."""

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.cache import patch_vary_headers
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.listes import trier
from config.socle.montants import en_centimes, format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.saisir import Saisie, saisir
from financements.chiffres.arbitrage.donnees import connus
from financements.chiffres.arbitrage.lignes import LIEES, lignes_montrees
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.deports import lignes_fermees
from financements.filters.scenario import FILTRES, LigneFilterSet
from financements.forms.arbitrage import OPERATIONS, lire_euros
from financements.models import Derogation, LigneDeScenario, Scenario
from financements.permissions import administre_le_scenario, modifie_le_scenario, peut_arbitrer
from financements.rules.saisie import SaisieRefusee
from financements.states import APPELS_ARBITRABLES, Choix, OrigineScenario
from financements.views.appels import onglets
from financements.views.arbitrage.coups import coups_possibles
from financements.views.arbitrage.navigation import pages_de_l_arbitrage, scenario_visible

PAR_PAGE = 50
CHIFFRES = 9  # ceux d’un identifiant, d’une version ou d’une année
TRIS = {
    "note": "note",
    "numero": "projet__numero",
    "intitule": "projet__intitule_tri",
    "axe": "projet__axe__numero",
    "choix": "choix",
}


@dataclass
class Tapees:
    """Ce qui a été tapé et n’est pas enregistré : par projet, ses champs, ce qui ne va pas, et l’année en faute."""

    textes: dict[int, dict[str, str]] = field(default_factory=dict)
    erreurs: dict[int, str] = field(default_factory=dict)
    annees: dict[int, int] = field(default_factory=dict)

    def refuser(self, projet: int, refus: SaisieRefusee) -> None:
        """Retient le champ en faute de ce projet, et ce qui ne va pas."""
        self.erreurs[projet] = f"{refus.annee}\u00a0: {refus}"
        self.annees[projet] = refus.annee


@require_safe
@reservee_a(peut_arbitrer)
def scenario(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """L’écran entier ; HTMX ne demande que la liste quand les filtres changent."""
    personne = personne_de(request)
    vu = scenario_visible(personne, slug, pk)
    partiel = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")
    contexte = contexte_de_la_liste(request.GET, personne, vu)
    gabarit = "financements/arbitrage/_lignes.html"
    if not partiel:
        contexte |= _autour(personne, vu)
        gabarit = "financements/arbitrage/scenario.html"
    reponse = render(request, gabarit, contexte)
    patch_vary_headers(reponse, ("HX-Request",))
    return reponse


def contexte_de_la_liste(
    donnees: QueryDict, personne: Personne, vu: Scenario, tapees: Tapees | None = None
) -> dict[str, Any]:
    """Les projets d’une page, leurs champs, et de quoi revenir ici après une saisie."""
    panneau = Panneau(vu)
    ouvertes = LigneDeScenario.objects.filter(scenario=vu).visibles_par(personne)
    filtre = LigneFilterSet(donnees, queryset=ouvertes, panneau=panneau)
    choisies: QuerySet[LigneDeScenario] = filtre.qs
    triees, tri = trier(choisies.annotate(numero=F("projet__numero")), donnees.get("tri", ""), TRIS, "-note")
    page = Paginator(triees.select_related(*LIEES), PAR_PAGE).get_page(donnees.get("page"))
    est_ouvert = modifie_le_scenario(personne, vu) and vu.appel.etat in APPELS_ARBITRABLES
    choisis = {nom: donnees.get(nom, "") for nom in (*FILTRES, "tri", "page")}
    return {
        "appel": vu.appel,
        "scenario": vu,
        "panneau": panneau,
        "annees": list(vu.appel.annees),
        "form": filtre.form,
        "tri": tri,
        "page": page,
        "lignes": lignes_montrees(list(page.object_list)),
        "tues": len(lignes_fermees(personne, vu)),
        "operations": OPERATIONS,
        "est_ouvert": est_ouvert,
        "tapees": (tapees or Tapees()) if est_ouvert else None,
        "requete": urlencode({nom: valeur for nom, valeur in choisis.items() if valeur}),
    }


def _autour(personne: Personne, vu: Scenario) -> dict[str, Any]:
    return {
        "coups": coups_possibles(vu, personne),
        "calcul": vu.calculs.first() if vu.origine == OrigineScenario.CALCUL else None,
        "est_arbitrable": vu.appel.etat in APPELS_ARBITRABLES,
        "derogations": _derogations(vu),
        "administre": administre_le_scenario(personne, vu),
        "onglets": onglets(personne, vu.appel),
        "onglet": "arbitrage",
        "pages": pages_de_l_arbitrage(vu.appel),
        "ici": "scenarios",
    }


def _derogations(vu: Scenario) -> list[Derogation]:
    if vu.est_modifiable:
        return []
    return list(vu.derogations.filter(levee_le__isnull=True).select_related("signee_par"))


@require_POST
@reservee_a(peut_arbitrer)
def saisir_les_lignes(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Les lignes envoyées : celle que l’on vient de changer (HTMX), ou toute la page (sans JavaScript)."""
    personne = personne_de(request)
    vu = scenario_visible(personne, slug, pk)
    saisies, tapees = _lire(request.POST)
    if not tapees.erreurs:
        try:
            coup = saisir(auteur=personne, scenario=vu, saisies=saisies)
            vu.rang = coup.rang if coup else vu.rang
        except SaisieRefusee as refus:
            for projet in _en_faute(saisies, refus):
                tapees.refuser(projet, refus)
        except VersionPerimee as perimee:
            relu = perimee.actuel.projet_id
            tapees.erreurs[relu] = _ce_qui_a_change(vu, relu)
        except PassageRefuse as refus:
            tapees.erreurs |= dict.fromkeys(tapees.textes, str(refus))
    return _repondre(request, personne, vu, tapees)


def _repondre(request: HttpRequest, personne: Personne, vu: Scenario, tapees: Tapees) -> HttpResponse:
    if request.headers.get("HX-Request"):
        contexte = {
            "scenario": vu,
            "lignes": LigneDeScenario.objects.filter(scenario=vu, projet__in=tapees.textes).visibles_par(personne),
            "tapees": tapees,
            "panneau": Panneau(vu),
            "coups": coups_possibles(vu, personne),
        }
        return render(request, "financements/arbitrage/_retour.html", contexte)
    requete = QueryDict(request.POST.get("requete", ""))
    if not tapees.erreurs:
        messages.success(request, "Montants enregistrés.")
        return redirect(f"{vu.get_absolute_url()}?{requete.urlencode()}" if requete else vu.get_absolute_url())
    page = contexte_de_la_liste(requete, personne, vu, tapees) | _autour(personne, vu)
    page["refus"] = [
        (une.projet, une.reference, tapees.erreurs[une.projet])
        for une in page["lignes"]
        if une.projet in tapees.erreurs
    ]
    return render(request, "financements/arbitrage/scenario.html", page)


def _ce_qui_a_change(vu: Scenario, projet: int) -> str:
    """La ligne telle qu’un autre l’a enregistrée : qui saisit à nouveau sait ce qu’il remplace."""
    lignes = LigneDeScenario.objects.filter(scenario=vu, projet=projet).select_related(*LIEES)
    une = lignes_montrees(list(lignes))[0]
    lus = [f"{format_euros(an.montant)} en {an.annee}" for an in une.annees if an.demande is not None]
    return (
        f"Ce projet a changé entre-temps\u00a0: {', '.join([une.ligne.get_choix_display(), *lus])}. "
        "Saisissez à nouveau pour remplacer."
    )


def _lire(donnees: QueryDict) -> tuple[list[Saisie], Tapees]:
    """Champs `v-<projet>` (version), `choix-<projet>`, `m-<projet>-<année>`. Ce qui ne se lit pas est une erreur."""
    saisies, tapees = [], Tapees()
    for nom, version in donnees.items():
        prefixe, _, projet = nom.partition("-")
        if prefixe != "v" or not _est_un_nombre(projet):
            continue
        textes = {
            champ: str(valeur)
            for champ, valeur in donnees.items()
            if champ == f"choix-{projet}" or champ.startswith(f"m-{projet}-")
        }
        tapees.textes[int(projet)] = textes
        try:
            saisies.append(_saisie(int(projet), str(version), textes))
        except SaisieRefusee as refus:
            tapees.refuser(int(projet), refus)
        except ValidationError as refus:
            tapees.erreurs[int(projet)] = " ".join(refus.messages)
    return saisies, tapees


def _saisie(projet: int, version: str, textes: dict[str, str]) -> Saisie:
    choix = textes.get(f"choix-{projet}", "")
    if choix not in Choix.values or not _est_un_nombre(version):
        raise ValidationError("Cette ligne est incomplète\u00a0: rechargez la page.")
    montants = {
        int(annee): _centimes(int(annee), texte)
        for champ, texte in textes.items()
        if _est_un_nombre(annee := champ.removeprefix(f"m-{projet}-"))
    }
    return Saisie(projet, Choix(choix), montants, int(version))


def _est_un_nombre(texte: str) -> bool:
    """Des chiffres ordinaires (« ² » n’en est pas un), et pas plus que n’en contient la colonne."""
    return texte.isascii() and texte.isdecimal() and len(texte) <= CHIFFRES


def _centimes(annee: int, texte: str) -> int:
    try:
        return en_centimes(lire_euros(texte))
    except ValidationError as refus:
        raise SaisieRefusee(annee, " ".join(refus.messages)) from refus


def _en_faute(saisies: list[Saisie], refus: SaisieRefusee) -> list[int]:
    """Les projets dont le montant de cette année dépasse ce qu’ils demandent, ou qui n’y demandent rien."""
    lus = connus(saisie.projet for saisie in saisies)
    return [
        saisie.projet
        for saisie in saisies
        if saisie.montants.get(refus.annee, -1) > lus[saisie.projet].demandes.get(refus.annee, -1)
    ]
