"""La signature par un prestataire : la demander, la suivre, y renoncer, lire le PDF signé ; et ce qu’il notifie."""

import http
import json
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from comptes.permissions import personne_de, reservee_a
from config.socle.fichiers.envoi import telechargement
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.signature.demander import annuler_la_demande, envoyer_au_prestataire
from financements.actions.conventions.signature.notifications import recevoir_une_notification
from financements.models import Avenant, DemandeDeSignature
from financements.permissions import peut_conventionner, peut_lire_les_financements
from financements.registre.cachet import CachetRefuse, Requete, est_regle, verifier_une_requete
from financements.registre.lecture import FORME_DE_L_IDENTIFIANT
from financements.views.conventions.commun import convention_visible
from projets.views.gestes import agir

TAILLE_D_UNE_NOTIFICATION = 16 * 1024  # octets


@require_POST
@reservee_a(peut_conventionner)
def envoyer(request: HttpRequest, slug: str, numero: int) -> HttpResponse:
    """Confier la convention au prestataire, ou son avenant de rang `avenant`. 404 si aucun n’est réglé."""
    if not est_regle():
        raise Http404
    personne = personne_de(request)
    convention = convention_visible(personne, slug, numero)
    avenant = _avenant(convention.pk, request.POST.get("avenant", ""))
    agir(
        request,
        lambda: envoyer_au_prestataire(auteur=personne, convention=convention, avenant=avenant),
        "La signature est demandée au prestataire\u00a0: il écrit aux signataires.",
    )
    return _retour(slug, numero, avenant)


@require_POST
@reservee_a(peut_conventionner)
def annuler(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Renoncer à une demande en cours."""
    personne = personne_de(request)
    demande = _demande(request, slug, numero, pk)
    agir(
        request,
        lambda: annuler_la_demande(auteur=personne, demande=demande),
        "La demande de signature est annulée\u00a0: personne ne signera plus chez le prestataire.",
    )
    return _retour(slug, numero, demande.avenant)


@require_safe
@reservee_a(peut_lire_les_financements)
def suivre(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponse:
    """Le panneau de la demande, relu ; conclue, la page qui le montre se recharge pour offrir la suite."""
    demande = _demande(request, slug, numero, pk)
    projet = demande.convention.action.projet
    droits = {"peut_conventionner": peut_conventionner(personne_de(request))}
    contexte = {"signature": demande, "projet": projet, "appel": projet.appel, **droits}
    reponse = render(request, "financements/conventions/_signature.html", contexte)
    if not demande.est_en_cours:
        reponse["HX-Refresh"] = "true"
    return reponse


@require_safe
@reservee_a(peut_lire_les_financements)
def telecharger(request: HttpRequest, slug: str, numero: int, pk: int) -> HttpResponseBase:
    """Le PDF signé, tel que le prestataire l’a rendu."""
    demande = _demande(request, slug, numero, pk)
    suite = f"-avenant-{demande.avenant.numero}" if demande.avenant else ""
    return telechargement(demande.fichier, f"convention-{demande.convention.numero}{suite}-signee.pdf")


# Sans jeton CSRF ni connexion : le prestataire n’a ni session ni navigateur, et rien ici ne dépend d’un cookie. Ce qui
# autorise, c’est le cachet sous la clé partagée, l’heure, et l’identifiant du message, qui ne sert qu’une fois.
@csrf_exempt
@login_not_required
@never_cache
def notification(request: HttpRequest) -> HttpResponse:
    """Une demande a changé chez le prestataire. 404 s’il n’est pas réglé, 403 si le cachet est faux, 409 au rejeu."""
    if not est_regle():
        raise Http404
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    if int(request.headers.get("Content-Length") or 0) > TAILLE_D_UNE_NOTIFICATION:
        return HttpResponse(status=http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    return HttpResponse(status=_recevoir(request))


def _recevoir(request: HttpRequest) -> http.HTTPStatus:
    try:
        message = verifier_une_requete(Requete("POST", request.path, request.body), request.headers)
        recevoir_une_notification(message=message, identifiant=_identifiant(request.body))
    except CachetRefuse:
        return http.HTTPStatus.FORBIDDEN
    except PassageRefuse:
        return http.HTTPStatus.CONFLICT
    except ValueError:
        return http.HTTPStatus.BAD_REQUEST
    return http.HTTPStatus.NO_CONTENT


def _identifiant(corps: bytes) -> str:
    """Celui de la demande. Lève `ValueError`."""
    try:
        lu: Any = json.loads(corps)
    except RecursionError as erreur:
        raise ValueError from erreur
    identifiant = lu.get("identifiant") if isinstance(lu, dict) else None
    if not isinstance(identifiant, str) or not FORME_DE_L_IDENTIFIANT.fullmatch(identifiant):
        raise ValueError
    return identifiant


def _avenant(convention: int, rang: str) -> Avenant | None:
    """L’avenant de ce rang, None si le rang est vide. Lève `Http404`."""
    if not rang:
        return None
    if not rang.isascii() or not rang.isdigit() or len(rang) > len("32767"):
        raise Http404
    avenant: Avenant = get_object_or_404(Avenant, convention=convention, numero=min(int(rang), 32767))
    return avenant


def _demande(request: HttpRequest, slug: str, numero: int, pk: int) -> DemandeDeSignature:
    personne = personne_de(request)
    convention = convention_visible(personne, slug, numero)
    visibles = DemandeDeSignature.objects.visibles_par(personne).select_related("avenant", "demandee_par")
    demande: DemandeDeSignature = get_object_or_404(visibles, convention=convention, pk=pk)
    demande.convention = convention
    return demande


def _retour(slug: str, numero: int, avenant: Avenant | None) -> HttpResponse:
    if avenant is None:
        return redirect("financements:convention", slug=slug, numero=numero)
    return redirect("financements:avenant", slug=slug, numero=numero, rang=avenant.numero)
