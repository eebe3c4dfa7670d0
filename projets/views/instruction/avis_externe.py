"""Demander un avis hors de l’application (pour l’instruction), et y répondre (sans compte, par un lien)."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.models import Personne
from comptes.permissions import personne_de, reservee_a
from comptes.states import UTILISABLES
from config.socle.fichiers.envoi import telechargement
from config.socle.saisie import LECTURE_ECRITURE
from projets.actions.avis_externe import (
    demander_un_avis_externe,
    relancer_un_avis_externe,
    repondre_a_un_avis_externe,
    retirer_un_avis_externe,
)
from projets.forms.avis import AvisExterneForm, ReponseForm
from projets.models import AvisExterne, Projet
from projets.permissions import instruit, peut_suivre_l_instruction
from projets.states import SensDeLAvis
from projets.views.gestes import agir, enregistre
from projets.views.instruction.avis import ANCRE
from projets.views.suivi import projet_visible

ESSAIS_PAR_HEURE = 20
UNE_HEURE = 3600  # secondes
RESUME = ("objectifs", "description")  # champs de l’étape « action » montrés comme résumé


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_suivre_l_instruction)
def demander_un_avis(request: HttpRequest, pk: int) -> HttpResponse:
    """À qui, quelle question, et ce qui est partagé."""
    projet, personne = projet_visible(request, pk), personne_de(request)
    if not instruit(personne, projet):
        raise PermissionDenied
    form = AvisExterneForm(projet, request.POST or None)

    def acte() -> object:
        documents = list(form.cleaned_data.get("documents") or [])
        return demander_un_avis_externe(auteur=personne, avis=form.instance, documents=documents)

    if enregistre(form, acte):
        messages.success(request, f"Avis demandé à {form.instance.nom}.")
        return _vers_la_fiche(pk)
    fil = [("Instruction", reverse("projets:instruction")), (projet.reference, _fiche(pk))]
    contexte = {"projet": projet, "form": form, "fil": fil, "retour": _fiche(pk)}
    return render(request, "projets/instruction/demander_un_avis.html", contexte)


@require_POST
@reservee_a(peut_suivre_l_instruction)
def relancer(request: HttpRequest, pk: int) -> HttpResponse:
    """Renvoyer le lien."""
    return _acter(request, pk, relancer_un_avis_externe, "Lien renvoyé.")


@require_POST
@reservee_a(peut_suivre_l_instruction)
def retirer_la_demande(request: HttpRequest, pk: int) -> HttpResponse:
    """Le lien ne sert plus."""
    return _acter(request, pk, retirer_un_avis_externe, "Demande retirée\u00a0: le lien ne sert plus.")


def _acter(request: HttpRequest, pk: int, acte: Callable[..., None], fait: str) -> HttpResponse:
    personne = personne_de(request)
    demande = _demande_visible(personne, pk)
    agir(request, lambda: acte(auteur=personne, avis=demande), fait)
    return _vers_la_fiche(demande.projet_id)


def _demande_visible(personne: Personne, pk: int) -> AvisExterne:
    projets = Projet.objects.visibles_par(personne)
    return get_object_or_404(AvisExterne.objects.filter(projet__in=projets), pk=pk)


def _fiche(pk: int) -> str:
    return reverse("projets:fiche_instruction", args=[pk]) + ANCRE


def _vers_la_fiche(pk: int) -> HttpResponse:
    return redirect(_fiche(pk))


@login_not_required
@never_cache
@require_http_methods(LECTURE_ECRITURE)
def avis_externe(request: HttpRequest, jeton: str) -> HttpResponse:
    """Public : qui tient le lien voit la question et ce qui est partagé, et répond une fois."""
    demande = AvisExterne.objects.du_jeton(jeton)
    if demande is None or not demande.est_ouvert:
        return _ferme(request, demande)
    form = ReponseForm(request.POST or None)
    if request.method == "POST" and _trop_d_essais(demande):
        form.add_error(
            None, "Trop d’envois en une heure. Votre texte est gardé ci-dessous\u00a0: réessayez plus tard."
        )

    def acte() -> object:
        lu = form.cleaned_data
        return repondre_a_un_avis_externe(avis=demande, sens=SensDeLAvis(lu["sens"]), reponse=lu["reponse"])

    if enregistre(form, acte):
        return render(request, "projets/avis_externe/merci.html", {"demande": demande})
    contexte = {"demande": demande, "form": form, "jeton": jeton, **partages(demande)}
    return _sans_trace(render(request, "projets/avis_externe/repondre.html", contexte))


@login_not_required
@never_cache
@require_safe
def document_partage(request: HttpRequest, jeton: str, pk: int) -> HttpResponseBase:
    """Public : un document que l’instructeur a choisi de partager, tant que le lien sert."""
    demande = AvisExterne.objects.du_jeton(jeton)
    if demande is None or not demande.est_ouvert:
        return _ferme(request, demande)
    document = get_object_or_404(demande.documents.filter(etat__in=UTILISABLES), pk=pk)
    return telechargement(document.fichier, document.nom)


def partages(demande: AvisExterne) -> dict[str, Any]:
    """Ce que la personne voit du projet : rien que ce que l’instructeur a choisi."""
    projet = demande.projet
    return {
        "intitule": projet.intitule if demande.montre_intitule else "",
        "organisme": str(projet.organisme) if demande.montre_organisme else "",
        "resume": _resume(projet) if demande.montre_resume else [],
        "documents": list(demande.documents.filter(etat__in=UTILISABLES).order_by("intitule", "pk")),
    }


def _resume(projet: Projet) -> list[tuple[str, str]]:
    """Les objectifs et la description de ce qui a été déposé en dernier ; vide sans copie déposée."""
    depot = projet.depots.order_by("version").last()
    etapes = depot.contenu.get("etapes", []) if depot else []
    champs = [champ for etape in etapes for champ in etape["champs"] if champ["cle"] in RESUME]
    return [(champ["libelle"], champ["valeur"]) for champ in champs]


def _trop_d_essais(demande: AvisExterne) -> bool:
    cle = f"avis-externe-{demande.pk}"
    cache.add(cle, 0, UNE_HEURE)
    return bool(cache.incr(cle) > ESSAIS_PAR_HEURE)


def _ferme(request: HttpRequest, demande: AvisExterne | None) -> HttpResponse:
    """Un lien faux est un 404 ; rendu, retiré ou expiré, un 410 qui dit pourquoi."""
    situation = demande.situation if demande else "inconnu"
    page = render(request, "projets/avis_externe/ferme.html", {"situation": situation}, status=410 if demande else 404)
    return _sans_trace(page)


def _sans_trace(reponse: HttpResponse) -> HttpResponse:
    """Hors des moteurs de recherche. Le référent, lui, ne sort déjà pas du site ; l’ôter tout à fait ôterait l’origine
    que vérifie le formulaire.
    """
    reponse["X-Robots-Tag"] = "noindex, nofollow"
    return reponse
