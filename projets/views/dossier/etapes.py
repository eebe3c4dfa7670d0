"""Une étape du projet : la montrer, la garder, en un envoi entier ou champ par champ."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from comptes.permissions import est_porteur, est_responsable, personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from projets.actions.saisir import Enregistrement, saisir
from projets.forms.dossier.dossier import PAR_CLE, Dossier, Etape
from projets.forms.dossier.etape import EtapeForm
from projets.models import Projet, Prolongation
from projets.rules.echeance import temps_restant
from projets.states import EtatProjet
from projets.views.dossier.compte_rendu import compte_rendu, conflits_montres, heure, present_avec
from projets.views.dossier.envoi import Envoi, EnvoiDeQuelqunDAutre
from projets.views.suivi import demande_en_cours


def projet_de(request: HttpRequest, pk: int) -> Projet:
    """Le projet d’un de ses organismes, avec ce que le dossier lit ; celui d’autrui est un 404."""
    return get_object_or_404(Projet.objects.visibles_par(personne_de(request)).en_dossier(), pk=pk)


def projet_a_ecrire(request: HttpRequest, pk: int) -> Projet:
    """Le même, sans tout précharger : un envoi ne lit d’abord que les champs de son étape."""
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
    fin = max(filter(None, [projet.appel.ferme_le, Prolongation.objects.fin_pour(projet.appel, projet.organisme)]))
    return {
        "projet": projet,
        "dossier": dossier,
        "etape": etape,
        "etapes": dossier.manques_par_etape(),
        "precedente": dossier.precedente(etape),
        "suivante": dossier.suivante(etape),
        "cloture": fin,
        "reste": temps_restant(fin, timezone.now()),
        "enregistre_a": heure(projet.modifie_le),
        "fil": [("Mes projets", reverse("projets:mes_projets"))],
        "conflits": {},
        "demande": demande_en_cours(projet) if projet.etat == EtatProjet.INCOMPLET else None,
        "tout_est_garde": True,
        **autres,
    }


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def etape_du_projet(request: HttpRequest, pk: int, cle: str) -> HttpResponse:
    """Montrer l’étape ; un envoi garde tout ce qui est tapé, juste ou non, et va à la suite."""
    etape, est_un_envoi = etape_de(cle), request.method == "POST"
    projet = projet_a_ecrire(request, pk) if est_un_envoi else projet_de(request, pk)
    if not projet.est_modifiable:
        return redirect("projets:mon_projet", pk=pk)
    dossier = Dossier(projet)
    form = dossier.formulaire(etape)
    if est_un_envoi:
        return _garder(request, dossier, etape, Envoi(request, form))
    if "tout" not in request.GET:
        form.sans_les_oublis()
    return _montrer(request, dossier, etape, form)


@require_POST
@reservee_a(est_porteur)
def enregistrer(request: HttpRequest, pk: int, cle: str) -> HttpResponse:
    """L’enregistrement automatique : JSON, ce qui est gardé, ce qui est faux, ce qui a changé ailleurs."""
    projet, etape = projet_a_ecrire(request, pk), etape_de(cle)
    avant = Dossier(projet)
    envoi = Envoi(request, avant.formulaire(etape))
    try:
        fait = _saisir(request, projet, envoi)
    except (PassageRefuse, EnvoiDeQuelqunDAutre) as refus:
        return JsonResponse({"refus": str(refus)}, status=409)
    frais = Dossier(projet_de(request, pk), avant.donnees.referentiel)
    return JsonResponse(compte_rendu(frais, etape, fait, envoi, personne_de(request)))


def _saisir(request: HttpRequest, projet: Projet, envoi: Envoi) -> Enregistrement:
    envoi.verifier_l_expediteur()
    return saisir(auteur=personne_de(request), projet=projet, lu=envoi.lu, saisi=envoi.saisi)


def _garder(request: HttpRequest, dossier: Dossier, etape: Etape, envoi: Envoi) -> HttpResponse:
    pk, referentiel = dossier.projet.pk, dossier.donnees.referentiel
    try:
        fait = _saisir(request, dossier.projet, envoi)
    except (PassageRefuse, EnvoiDeQuelqunDAutre) as refus:
        messages.error(request, str(refus))
        frais = Dossier(projet_de(request, pk), referentiel)
        return _montrer(request, frais, etape, frais.formulaire(etape, envoi.saisi), tout_est_garde=False)
    frais = Dossier(projet_de(request, pk), referentiel)
    relu = frais.formulaire(etape, {champ: envoi.saisi[champ] for champ in fait.a_revoir})
    relu.sans_les_oublis()
    for champ, motif in fait.refuses.items():
        relu.add_error(champ, motif)
    if fait.conflits or relu.errors:
        en_suspens = {c.champ: (c.lu, c.enregistre) for c in fait.conflits}
        montres = {c["champ"]: c for c in conflits_montres(frais.donnees.saisies, relu, fait.conflits)}
        garde = not (fait.refuses or fait.conflits)
        return _montrer(request, frais, etape, relu, en_suspens=en_suspens, conflits=montres, tout_est_garde=garde)
    suite = frais.suivante(etape) if "continuer" in request.POST else etape
    return redirect("projets:etape", pk=frais.projet.pk, cle=(suite or etape).cle)


def _montrer(
    request: HttpRequest,
    dossier: Dossier,
    etape: Etape,
    form: EtapeForm,
    en_suspens: dict[str, Any] | None = None,
    **autres: Any,
) -> HttpResponse:
    """La page. « lu » y porte ce qui est enregistré ; un champ en conflit garde ce qui avait été lu avant lui.

    `en_suspens` : (lu, enregistré) de chaque champ en conflit. « vu » dit quelle autre version est montrée.
    """
    enregistre, suspens = dossier.donnees.valeurs, en_suspens or {}
    lu = {nom: enregistre[nom] for nom in form.fields if nom in enregistre}
    page = contexte(
        dossier,
        etape,
        form=form,
        presents=present_avec(dossier, personne_de(request), timezone.now()),
        est_responsable=est_responsable(personne_de(request), dossier.projet.organisme),
        lu=json.dumps({**lu, **{nom: avant for nom, (avant, _) in suspens.items()}}, ensure_ascii=False),
        vu=json.dumps({nom: apres for nom, (_, apres) in suspens.items()}, ensure_ascii=False),
        **autres,
    )
    return render(request, f"projets/dossier/{etape.cle}.html", page)
