"""Le bilan de l’organisme : le montrer, l’écrire étape par étape, le vérifier, le déposer."""

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from comptes.permissions import est_porteur, est_responsable, personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from financements.actions.bilans.deposer import deposer_le_bilan
from financements.actions.bilans.saisir import saisir_le_bilan
from financements.forms.bilans.dossier import PAR_CLE, DepotDuBilanForm, DossierDuBilan, Etape
from financements.models import Bilan
from financements.views.bilans.affichage import apports_de_l_etape, lecture
from projets.actions.saisir import Enregistrement
from projets.forms.dossier.etape import FormulaireDeSaisies
from projets.views.dossier.compte_rendu import conflits_montres, heure, signature
from projets.views.dossier.envoi import Envoi, EnvoiDeQuelqunDAutre

SANS_FORMULAIRE = {"pieces", "verification"}


def bilan_de(request: HttpRequest, pk: int, annee: int) -> Bilan:
    """Le bilan de l’année d’un projet de ses organismes ; celui d’autrui est un 404."""
    visibles = Bilan.objects.visibles_par(personne_de(request)).en_dossier()
    return get_object_or_404(visibles, action__projet=pk, annee=annee)


def adresse(bilan: Bilan, cle: str) -> str:
    """La page d’une étape."""
    return reverse("financements:etape_du_bilan", args=[bilan.action.projet_id, bilan.annee, cle])


def contexte(request: HttpRequest, dossier: DossierDuBilan, etape: Etape, **autres: Any) -> dict[str, Any]:
    """Ce que toute page du dossier montre."""
    bilan, projet = dossier.bilan, dossier.donnees.projet
    avant, apres = dossier.voisines(etape)
    return {
        "bilan": bilan,
        "projet": projet,
        "dossier": dossier,
        "etape": etape,
        "etapes": [(une, manques, adresse(bilan, une.cle)) for une, manques in dossier.manques_par_etape()],
        "precedente": avant and (avant, adresse(bilan, avant.cle)),
        "suivante": apres and (apres, adresse(bilan, apres.cle)),
        "est_en_retard": bilan.est_en_retard(timezone.localdate()),
        "enregistre_a": heure(bilan.modifie_le) or "à son ouverture",
        "fil": fil_du_porteur(bilan),
        "ici": f"Bilan {bilan.annee}",
        "conflits": {},
        "tout_est_garde": True,
        "peut_signer": est_responsable(personne_de(request), projet.organisme),
        **autres,
    }


def fil_du_porteur(bilan: Bilan) -> list[tuple[str, str]]:
    """Mes projets, puis le projet."""
    projet = bilan.action.projet
    page = reverse("projets:mon_projet", args=[projet.pk])
    return [("Mes projets", reverse("projets:mes_projets")), (projet.reference, page)]


@require_safe
@reservee_a(est_porteur)
def mon_bilan(request: HttpRequest, pk: int, annee: int) -> HttpResponse:
    """Le bilan à écrire mène à sa première étape ; déposé, il se lit."""
    bilan = bilan_de(request, pk, annee)
    if bilan.est_modifiable:
        return redirect(adresse(bilan, "resultats"))
    page = lecture(bilan) | {"fil": fil_du_porteur(bilan), "ici": f"Bilan {annee}"}
    return render(request, "financements/bilans/mon_bilan.html", page)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def etape_du_bilan(request: HttpRequest, pk: int, annee: int, cle: str) -> HttpResponse:
    """Montrer l’étape ; un envoi garde tout ce qui est tapé, juste ou non, et va à la suite."""
    if cle not in PAR_CLE or cle in SANS_FORMULAIRE:
        raise Http404("Cette étape n’existe pas.")
    bilan, etape = bilan_de(request, pk, annee), PAR_CLE[cle]
    if not bilan.est_modifiable:
        return redirect("financements:mon_bilan", pk=pk, annee=annee)
    dossier = DossierDuBilan(bilan)
    form = dossier.formulaire(etape)
    if request.method == "POST":
        return _garder(request, dossier, etape, Envoi(request, form))
    if "tout" not in request.GET:
        form.sans_les_oublis()
    return _montrer(request, dossier, etape, form)


@require_POST
@reservee_a(est_porteur)
def enregistrer_le_bilan(request: HttpRequest, pk: int, annee: int, cle: str) -> HttpResponse:
    """L’enregistrement automatique : JSON, ce qui est gardé, ce qui est faux, ce qui a changé ailleurs."""
    if cle not in PAR_CLE or cle in SANS_FORMULAIRE:
        raise Http404("Cette étape n’existe pas.")
    bilan, etape = bilan_de(request, pk, annee), PAR_CLE[cle]
    envoi = Envoi(request, DossierDuBilan(bilan).formulaire(etape))
    try:
        fait = _saisir(request, bilan, envoi)
    except (PassageRefuse, EnvoiDeQuelqunDAutre) as refus:
        return JsonResponse({"refus": str(refus)}, status=409)
    return JsonResponse(_compte_rendu(DossierDuBilan(bilan_de(request, pk, annee)), etape, fait, envoi))


def _saisir(request: HttpRequest, bilan: Bilan, envoi: Envoi) -> Enregistrement:
    envoi.verifier_l_expediteur()
    return saisir_le_bilan(auteur=personne_de(request), bilan=bilan, lu=envoi.lu, saisi=envoi.saisi)


def _compte_rendu(dossier: DossierDuBilan, etape: Etape, fait: Enregistrement, envoi: Envoi) -> dict[str, Any]:
    """Le même que celui d’un projet : `static/js/dossier.js` le lit."""
    form = dossier.formulaire(etape)
    form.sans_les_oublis()
    saisies = dossier.donnees.saisies
    manques = [m for m in dossier.manques if m.etape == etape.cle]
    return {
        "enregistre_a": heure(fait.instant),
        "version": dossier.bilan.version,
        "intitule": dossier.donnees.projet.intitule,
        "ecrits": sorted(fait.ecrits),
        "refuses": fait.refuses,
        "erreurs": {nom: [str(m) for m in textes] for nom, textes in form.errors.items()},
        "etapes": {une.cle: len(siens) for une, siens in dossier.manques_par_etape()},
        "manques": [{"ancre": m.ancre, "libelle": m.libelle, "message": m.message} for m in manques],
        "conflits": conflits_montres(saisies, form, fait.conflits),
        "ailleurs": {
            champ: {"valeur": saisie.valeur, **signature(saisie)}
            for champ, saisie in saisies.items()
            if champ in form.fields and champ not in envoi.saisi and saisie.version > envoi.version
        },
        "presents": "",
    }


def _garder(request: HttpRequest, dossier: DossierDuBilan, etape: Etape, envoi: Envoi) -> HttpResponse:
    bilan = dossier.bilan
    pk, annee = bilan.action.projet_id, bilan.annee
    try:
        fait = _saisir(request, bilan, envoi)
    except (PassageRefuse, EnvoiDeQuelqunDAutre) as refus:
        messages.error(request, str(refus))
        frais = DossierDuBilan(bilan_de(request, pk, annee))
        return _montrer(request, frais, etape, frais.formulaire(etape, envoi.saisi), tout_est_garde=False)
    frais = DossierDuBilan(bilan_de(request, pk, annee))
    relu = frais.formulaire(etape, {champ: envoi.saisi[champ] for champ in fait.a_revoir})
    relu.sans_les_oublis()
    for champ, motif in fait.refuses.items():
        relu.errors.pop(champ, None)
        relu.add_error(champ, motif)
    if fait.conflits or relu.errors:
        en_suspens = {c.champ: (c.lu, c.enregistre) for c in fait.conflits}
        montres = {c["champ"]: c for c in conflits_montres(frais.donnees.saisies, relu, fait.conflits)}
        garde = not (fait.refuses or fait.conflits)
        return _montrer(request, frais, etape, relu, en_suspens=en_suspens, conflits=montres, tout_est_garde=garde)
    suivante = frais.voisines(etape)[1] if "continuer" in request.POST else etape
    return redirect(adresse(bilan, (suivante or etape).cle))


def _montrer(
    request: HttpRequest,
    dossier: DossierDuBilan,
    etape: Etape,
    form: FormulaireDeSaisies,
    en_suspens: dict[str, Any] | None = None,
    **autres: Any,
) -> HttpResponse:
    """La page. « lu » y porte ce qui est enregistré ; un champ en conflit garde ce qui avait été lu avant lui."""
    enregistre, suspens = dossier.donnees.valeurs, en_suspens or {}
    lu = {nom: enregistre[nom] for nom in form.fields if nom in enregistre}
    page = contexte(
        request,
        dossier,
        etape,
        form=form,
        lu=json.dumps({**lu, **{nom: avant for nom, (avant, _) in suspens.items()}}, ensure_ascii=False),
        vu=json.dumps({nom: apres for nom, (_, apres) in suspens.items()}, ensure_ascii=False),
        **apports_de_l_etape(form),
        **autres,
    )
    return render(request, f"financements/bilans/dossier/{etape.cle}.html", page)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(est_porteur)
def verification_du_bilan(request: HttpRequest, pk: int, annee: int) -> HttpResponse:
    """Ce qui manque, la déclaration, le dépôt. Un second envoi ne dépose pas deux fois."""
    bilan = bilan_de(request, pk, annee)
    if not bilan.est_modifiable:
        return redirect("financements:mon_bilan", pk=pk, annee=annee)
    dossier = DossierDuBilan(bilan)
    form = DepotDuBilanForm(bilan, request.POST or None)
    if request.method == "POST" and dossier.manques:
        messages.error(request, "Le bilan n’est pas déposé\u00a0: voyez ce qui reste à faire.")
    elif form.is_valid() and _a_depose(request, dossier, form):
        return redirect("financements:mon_bilan", pk=pk, annee=annee)
    page = contexte(request, dossier, PAR_CLE["verification"], form=form)
    return render(request, "financements/bilans/dossier/verification.html", page)


def _a_depose(request: HttpRequest, dossier: DossierDuBilan, form: DepotDuBilanForm) -> bool:
    """Dépose ; un refus s’écrit en haut du formulaire. Déjà déposé par un autre envoi : c’est fait."""
    try:
        deposer_le_bilan(auteur=personne_de(request), bilan=dossier.bilan, verifie=dossier.verifie())
    except PassageRefuse as refus:
        if not Bilan.objects.get(pk=dossier.bilan.pk).est_modifiable:
            return True
        form.add_error(None, str(refus))
        return False
    messages.success(request, "Bilan reçu\u00a0: vous recevez aussitôt son récépissé par courriel.")
    return True
