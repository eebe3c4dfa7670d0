"""Les conventions d’un appel : où l’on en est, lots, tirages, modèle."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from config.socle.execution import demander_l_annulation
from config.socle.fichiers.envoi import telechargement
from config.socle.listes import page_de
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.travaux import ACTIFS, EtatTravail
from financements.actions.conventions.lots import a_signer, demander_les_signatures, demander_un_lot
from financements.actions.conventions.modele import regler_le_modele_de_convention
from financements.actions.conventions.tirages import (
    annuler_le_tirage,
    demander_le_tirage_du_lot,
    relancer_le_tirage,
)
from financements.chiffres.deports import actions_tues
from financements.chiffres.liste_des_conventions import ListeDesConventions, deliberations_a_conventionner
from financements.forms.conventions import ModeleForm, SignaturesEnLotForm
from financements.models import Action, Deliberation, LotDeConventions, ModeleDeConvention, TirageDeConventions
from financements.permissions import peut_conventionner, peut_lire_les_financements
from financements.planning import lancer_le_lot_de_conventions
from financements.rules.texte_de_convention import VARIABLES
from financements.states.execution import SorteDeTirage
from financements.views.appels import appel_visible
from financements.views.conventions.commun import autour
from financements.views.travaux import avancement_de
from projets.models import AppelAProjets
from projets.views.gestes import agir, enregistre

PAR_PAGE = 50
DERNIERS = 3  # tirages montrés


@require_safe
@reservee_a(peut_lire_les_financements)
def conventions(request: HttpRequest, slug: str) -> HttpResponse:
    """Action par action, filtrée par `?filtre=` et `?q=`."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    visibles = Action.objects.visibles_par(personne).filter(projet__appel=appel)
    liste = ListeDesConventions(
        appel, visibles, timezone.localdate(), request.GET.get("filtre", ""), request.GET.get("q", "")[:100]
    )
    page = page_de(request, liste.choisies, PAR_PAGE)
    contexte = autour(personne, appel) | {
        "liste": liste,
        "page": page,
        "lignes": liste.lignes(list(page)),
        "comptes": liste.comptes,
        "tues": actions_tues(personne, appel),
    }
    if contexte["peut_conventionner"]:
        lots = _lots_montres(appel)
        contexte |= {
            "deliberations": deliberations_a_conventionner(appel, visibles),
            "lots": lots,
            "occupees": {lot.deliberation_id for lot in lots if lot.est_actif},
            "tirages": [(tirage, _adresses(personne, appel, tirage)) for tirage in _tirages_de_lot(personne, appel)],
        }
    return render(request, "financements/conventions/liste.html", contexte)


def _lots_montres(appel: AppelAProjets) -> list[LotDeConventions]:
    """Ceux qui avancent, un au plus par délibération, et le dernier demandé."""
    siennes = Action.objects.filter(projet__appel=appel).values("deliberation")
    lots = LotDeConventions.objects.filter(deliberation__in=siennes)
    dernier = lots.order_by("-pk").values("pk")[:1]
    montres = lots.filter(Q(etat__in=ACTIFS) | Q(pk__in=dernier))
    return list(montres.select_related("deliberation").order_by("-pk"))


def _tirages_de_lot(personne: Personne, appel: AppelAProjets) -> Any:
    lots = TirageDeConventions.objects.visibles_par(personne).filter(appel=appel).exclude(sorte=SorteDeTirage.SEUL)
    return lots.select_related("deliberation", "demande_par")[:DERNIERS]


@require_POST
@reservee_a(peut_conventionner)
def lancer_un_lot(request: HttpRequest, slug: str) -> HttpResponse:
    """Préparer et éditer toutes les conventions d’une délibération (`deliberation`, `facultatives`)."""
    personne, appel = personne_de(request), appel_visible(personne_de(request), slug)
    deliberation = _deliberation(appel, request.POST.get("deliberation", ""))

    def lancer() -> None:
        lot = demander_un_lot(auteur=personne, deliberation=deliberation, facultatives="facultatives" in request.POST)
        lancer_le_lot_de_conventions(lot.pk)

    agir(request, lancer, "Les conventions se préparent\u00a0: le compte rendu paraîtra ci-dessous.")
    return redirect("financements:conventions", slug=slug)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def signer_en_lot(request: HttpRequest, slug: str, deliberation: int) -> HttpResponse:
    """Les mêmes dates pour toutes les conventions à signer d’une délibération."""
    personne, appel = personne_de(request), appel_visible(personne_de(request), slug)
    vue = _deliberation(appel, str(deliberation))
    form = SignaturesEnLotForm(request.POST or None)

    def lancer() -> None:
        lot = demander_les_signatures(
            auteur=personne,
            deliberation=vue,
            signatures=form.signatures(),
            seulement_revenues=form.cleaned_data["seulement_revenues"],
        )
        lancer_le_lot_de_conventions(lot.pk)

    if request.method == "POST" and form.is_valid() and enregistre(form, lancer):
        messages.success(request, "Les signatures s’enregistrent\u00a0: le compte rendu paraîtra ci-dessous.")
        return redirect("financements:conventions", slug=slug)
    titre = "Enregistrer les signatures"
    contexte = autour(personne, appel) | {
        "form": form,
        "titre": titre,
        "deliberation": vue,
        "revenues": a_signer(personne, vue, seulement_revenues=True).count(),
        "toutes": a_signer(personne, vue, seulement_revenues=False).count(),
    }
    return render(request, "financements/conventions/signer_en_lot.html", contexte)


@require_safe
@reservee_a(peut_conventionner)
def avancement_du_lot(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement d’un lot ; le lot fini, la page se recharge : la liste a changé."""
    lot = _lot(request, slug, pk)
    contexte = {"appel": appel_visible(personne_de(request), slug), "lot": lot}
    return avancement_de(request, lot, "financements/conventions/_lot.html", contexte)


@require_POST
@reservee_a(peut_conventionner)
def annuler_le_lot(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Interrompre un lot : ce qui est édité le reste."""
    lot, personne = _lot(request, slug, pk), personne_de(request)
    agir(
        request,
        lambda: demander_l_annulation(modele=LotDeConventions, pk=lot.pk, auteur=personne),
        "L’annulation est demandée\u00a0: ce qui est édité le reste.",
    )
    return redirect("financements:conventions", slug=slug)


@require_POST
@reservee_a(peut_conventionner)
def tirer(request: HttpRequest, slug: str) -> HttpResponse:
    """Tous les PDF à signer d’une délibération (`deliberation`, `sorte`)."""
    personne, appel = personne_de(request), appel_visible(personne_de(request), slug)
    deliberation = _deliberation(appel, request.POST.get("deliberation", ""))
    sorte = request.POST.get("sorte", "")
    if sorte not in SorteDeTirage.values:
        raise Http404
    agir(
        request,
        lambda: demander_le_tirage_du_lot(auteur=personne, deliberation=deliberation, sorte=SorteDeTirage(sorte)),
        "Le fichier se prépare\u00a0: il paraîtra ci-dessous.",
    )
    return redirect("financements:conventions", slug=slug)


@require_safe
@reservee_a(peut_lire_les_financements)
def avancement_du_tirage(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Le fragment d’avancement d’un tirage."""
    tirage = _tirage(request, slug, pk)
    liens = _adresses(personne_de(request), tirage.appel, tirage)
    reponse = render(request, "composants/_travail.html", {"travail": tirage, "titre": tirage} | liens)
    if tirage.etat == EtatTravail.TERMINE and tirage.sorte == SorteDeTirage.SEUL:
        reponse["HX-Refresh"] = "true"  # la page de la convention offre le fichier, et la suite
    return reponse


@require_POST
@reservee_a(peut_conventionner)
def conduire_le_tirage(request: HttpRequest, slug: str, pk: int, geste: str) -> HttpResponse:
    """Annuler ou relancer un tirage."""
    tirage, personne = _tirage(request, slug, pk), personne_de(request)
    actes = {
        "annuler": (annuler_le_tirage, "L’annulation est demandée."),
        "relancer": (relancer_le_tirage, "Le fichier se prépare de nouveau."),
    }
    if geste not in actes:
        raise Http404
    acte, reussite = actes[geste]
    agir(request, lambda: acte(auteur=personne, tirage=tirage), reussite)
    return redirect("financements:conventions", slug=slug)


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger_le_tirage(request: HttpRequest, slug: str, pk: int) -> HttpResponseBase:
    """Le fichier d’un lot, une fois produit."""
    tirage = _tirage(request, slug, pk)
    if tirage.etat != EtatTravail.TERMINE or tirage.sorte == SorteDeTirage.SEUL:
        raise Http404
    extension = "zip" if tirage.sorte == SorteDeTirage.ARCHIVE else "pdf"
    return telechargement(tirage.fichier, f"conventions-{slug}-{tirage.pk}.{extension}")


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_conventionner)
def modele(request: HttpRequest, slug: str) -> HttpResponse:
    """Régler les articles, le signataire et le délai de caducité."""
    personne = personne_de(request)
    appel = appel_visible(personne, slug)
    actuel = ModeleDeConvention.de(appel)
    form = ModeleForm(request.POST or None, modele=actuel)
    if request.method == "POST" and form.is_valid():
        lues = form.cleaned_data

        def regler() -> None:
            regler_le_modele_de_convention(
                auteur=personne,
                appel=appel,
                articles=lues["articles"],
                signataire=lues["signataire"],
                mois_de_caducite=lues["mois_de_caducite"],
                version=lues["version"],
            )

        if enregistre(form, regler):
            messages.success(request, "Le modèle est enregistré\u00a0: il vaut pour les prochaines éditions.")
            return redirect("financements:modele_de_convention", slug=slug)
    contexte = autour(personne, appel) | {"form": form, "modele": actuel, "variables": VARIABLES}
    return render(request, "financements/conventions/modele.html", contexte)


def _deliberation(appel: AppelAProjets, cle: str) -> Deliberation:
    siennes = Deliberation.objects.filter(actions__projet__appel=appel).distinct()
    return get_object_or_404(siennes, pk=int(cle) if cle.isdecimal() and len(cle) < 10 else 0)  # noqa: PLR2004 (chiffres d’une clé)


def _lot(request: HttpRequest, slug: str, pk: int) -> LotDeConventions:
    appel = appel_visible(personne_de(request), slug)
    lots = LotDeConventions.objects.filter(deliberation__actions__projet__appel=appel).distinct()
    trouve: LotDeConventions = get_object_or_404(lots.select_related("deliberation"), pk=pk)
    return trouve


def _tirage(request: HttpRequest, slug: str, pk: int) -> TirageDeConventions:
    personne = personne_de(request)
    visibles = TirageDeConventions.objects.visibles_par(personne).filter(appel=appel_visible(personne, slug))
    trouve: TirageDeConventions = get_object_or_404(
        visibles.select_related("appel", "convention", "avenant__convention", "deliberation"), pk=pk
    )
    return trouve


def _adresses(personne: Personne, appel: AppelAProjets, tirage: TirageDeConventions) -> dict[str, str]:
    """Celles dont le suivi a besoin ; vides pour ce que la personne ne peut pas. Un tirage seul se lit sur sa page."""
    args, est_un_lot = [appel.slug, tirage.pk], tirage.sorte != SorteDeTirage.SEUL
    conduit = est_un_lot and peut_conventionner(personne)
    return {
        "adresse": reverse("financements:avancement_tirage", args=args),
        "annuler": reverse("financements:conduire_tirage", args=[*args, "annuler"]) if conduit else "",
        "relancer": reverse("financements:conduire_tirage", args=[*args, "relancer"]),
        "resultat": reverse("financements:telecharger_tirage", args=args) if est_un_lot else "",
    }
