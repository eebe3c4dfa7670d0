"""Une étape du projet : la montrer, la garder, en un envoi entier ou champ par champ."""

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from comptes.permissions import personne_de, reservee_a
from config.socle.transitions import PassageRefuse
from projets.actions.saisir import Enregistrement, saisir
from projets.forms.dossier.dossier import PAR_CLE, Dossier, Etape
from projets.forms.dossier.etape import EtapeForm, lisible
from projets.models import Projet
from projets.permissions import est_porteur

LECTURE_ECRITURE = ["GET", "HEAD", "POST"]


def projet_de(request: HttpRequest, pk: int) -> Projet:
    """Le projet d’un de ses organismes, avec ce que le dossier lit ; celui d’autrui est un 404."""
    lignes = Projet.objects.visibles_par(personne_de(request)).select_related("appel", "axe", "organisme")
    return get_object_or_404(lignes, pk=pk)


def etape_de(cle: str) -> Etape:
    """L’étape de cette adresse, ou un 404."""
    if cle not in PAR_CLE:
        raise Http404("Cette étape n’existe pas.")
    return PAR_CLE[cle]


def contexte(dossier: Dossier, etape: Etape, **autres: Any) -> dict[str, Any]:
    """Ce que toute page du dossier montre."""
    projet = dossier.projet
    return {
        "projet": projet,
        "dossier": dossier,
        "etape": etape,
        "etapes": dossier.manques_par_etape(),
        "precedente": dossier.precedente(etape),
        "suivante": dossier.suivante(etape),
        "fil": [("Mes projets", reverse("projets:mes_projets"))],
        **autres,
    }


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def etape_du_projet(request: HttpRequest, pk: int, cle: str) -> HttpResponse:
    """Montrer l’étape ; un envoi garde tout ce qui est tapé, juste ou non, et va à la suite."""
    projet, etape = projet_de(request, pk), etape_de(cle)
    if not projet.est_modifiable:
        return redirect("projets:mon_projet", pk=pk)
    dossier = Dossier(projet)
    form = dossier.formulaire(etape)
    if request.method == "POST":
        return _garder(request, dossier, etape, form)
    if "tout" not in request.GET:
        form.sans_les_oublis()
    return _montrer(request, dossier, etape, form)


@require_POST
@reservee_a(est_porteur)
def enregistrer(request: HttpRequest, pk: int, cle: str) -> HttpResponse:
    """L’enregistrement automatique : JSON, ce qui est gardé, ce qui est faux, ce qui a changé ailleurs."""
    projet, etape = projet_de(request, pk), etape_de(cle)
    form = Dossier(projet).formulaire(etape)
    try:
        fait = _saisir(request, projet, form)
    except (PassageRefuse, ValidationError) as refus:
        return JsonResponse({"refus": " ".join(getattr(refus, "messages", [str(refus)]))}, status=409)
    return JsonResponse(_compte_rendu(Dossier(projet_de(request, pk)), etape, fait))


def _saisir(request: HttpRequest, projet: Projet, form: EtapeForm) -> Enregistrement:
    return saisir(auteur=personne_de(request), projet=projet, lu=_lu(request), saisi=form.saisies(request.POST))


def _lu(request: HttpRequest) -> dict[str, Any]:
    """Ce que la page montrait à son ouverture : le champ caché « lu », en JSON. Illisible, il ne vaut rien."""
    try:
        lu = json.loads(request.POST.get("lu", "{}"))
    except ValueError:
        return {}
    return lu if isinstance(lu, dict) else {}


def _compte_rendu(dossier: Dossier, etape: Etape, fait: Enregistrement) -> dict[str, Any]:
    form = dossier.formulaire(etape)
    saisies = dossier.donnees.saisies
    form.sans_les_oublis()
    return {
        "enregistre_a": f"{timezone.localtime(fait.instant):%H:%M}" if fait.instant else "",
        "ecrits": sorted(fait.ecrits),
        "erreurs": {nom: [str(m) for m in messages_] for nom, messages_ in form.errors.items()},
        "manques": len(dossier.manques),
        "conflits": [
            {
                "champ": c.champ,
                "enregistre": c.enregistre,
                "lisible": lisible(form.fields[c.champ], c.enregistre),
                "par": str(saisies[c.champ].auteur or "") if c.champ in saisies else "",
            }
            for c in fait.conflits
        ],
    }


def _garder(request: HttpRequest, dossier: Dossier, etape: Etape, form: EtapeForm) -> HttpResponse:
    saisi = form.saisies(request.POST)
    try:
        fait = _saisir(request, dossier.projet, form)
    except (PassageRefuse, ValidationError) as refus:
        messages.error(request, " ".join(getattr(refus, "messages", [str(refus)])))
        return _montrer(request, dossier, etape, dossier.formulaire(etape, saisi))
    frais = Dossier(projet_de(request, dossier.projet.pk))
    relu = frais.formulaire(etape, {c.champ: c.saisi for c in fait.conflits})
    relu.sans_les_oublis()
    if fait.conflits or relu.errors:
        conflits = [(relu[c.champ], lisible(relu.fields[c.champ], c.enregistre)) for c in fait.conflits]
        return _montrer(request, frais, etape, relu, conflits=conflits)
    suite = frais.suivante(etape) if "continuer" in request.POST else etape
    return redirect("projets:etape", pk=frais.projet.pk, cle=(suite or etape).cle)


def _montrer(request: HttpRequest, dossier: Dossier, etape: Etape, form: EtapeForm, **autres: Any) -> HttpResponse:
    """La page ; « lu » y porte ce qui est enregistré au moment où on la montre."""
    enregistre = dossier.donnees.valeurs
    lu = {nom: enregistre[nom] for nom in form.fields if nom in enregistre}
    page = contexte(dossier, etape, form=form, lu=json.dumps(lu, ensure_ascii=False), **autres)
    return render(request, f"projets/dossier/{etape.cle}.html", page)
