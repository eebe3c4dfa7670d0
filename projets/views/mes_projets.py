"""« Mes projets » : ce qu’un porteur voit des projets de ses organismes."""

from decimal import Decimal

from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.permissions import est_porteur, personne_de, reservee_a
from config.socle.listes import page_de, trier
from projets.models import Projet
from projets.models.attentes import attentes
from projets.states import MODIFIABLES, EtatProjet
from projets.views.dossier.brouillons import EtatDuBrouillon, etat_des_brouillons
from projets.views.motifs import motifs_du_projet
from projets.views.suivi import suivi

TRIS = {
    "a_ecrire": "a_ecrire",
    "numero": "numero",
    "intitule": "intitule_tri",
    "axe": "axe__numero",
    "montant": "montant_demande",
}


@require_safe
@reservee_a(est_porteur)
def mes_projets(request: HttpRequest) -> HttpResponse:
    """La liste, cherchée et triée : d’abord ce que l’on écrit encore, puis ce qui est déposé."""
    texte = request.GET.get("q", "").strip()
    lignes = Projet.objects.visibles_par(personne_de(request)).cherches(texte).avec_montants()
    a_ecrire = Case(When(etat__in=MODIFIABLES, then=0), default=1)
    lignes, tri = trier(lignes.annotate(a_ecrire=a_ecrire), request.GET.get("tri", ""), TRIS, "a_ecrire")
    lignes = lignes.select_related("organisme", "axe", "appel").prefetch_related("exercices")
    page = page_de(request, lignes)
    brouillons = etat_des_brouillons([projet for projet in page if projet.est_modifiable])
    lignes_montrees = [(projet, _montants(projet, brouillons.get(projet.pk))) for projet in page]
    annees = sorted({annee for _, montants in lignes_montrees for annee in montants})
    contexte = {
        "page": page,
        "lignes": lignes_montrees,
        "annees": annees,
        "tri": tri,
        "q": texte,
        "brouillons": brouillons,
        "attentes": {attente.projet.pk: attente for attente in attentes(list(page))},
    }
    return render(request, "projets/mes_projets.html", contexte)


def _montants(projet: Projet, brouillon: EtatDuBrouillon | None) -> dict[int, Decimal]:
    """Ce qui est demandé par année, en euros : déposé, ou tapé dans le brouillon."""
    if projet.etat == EtatProjet.BROUILLON and brouillon:
        return brouillon.demandes
    return {e.annee: e.montant_demande for e in projet.exercices.all()}


@require_safe
@reservee_a(est_porteur)
def mon_projet(request: HttpRequest, pk: int) -> HttpResponse:
    """La fiche d’un de ses projets, ou la première étape d’un brouillon ; celui d’autrui est un 404."""
    personne = personne_de(request)
    projet = get_object_or_404(Projet.objects.visibles_par(personne).en_fiche(), pk=pk)
    if projet.etat == EtatProjet.BROUILLON:
        return redirect("projets:etape", pk=pk, cle="organisme")
    fil = [("Mes projets", reverse("projets:mes_projets"))]
    contexte = {
        "projet": projet,
        "fil": fil,
        "ici": projet.reference,
        "est_un_brouillon_retire": projet.etat == EtatProjet.RETIRE and not projet.exercices.all(),
        **suivi(personne, projet),
        **motifs_du_projet(projet),
    }
    return render(request, "projets/mon_projet.html", contexte)
