"""Prévisualiser une répartition, puis la valider : la même page, la même adresse."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from comptes.permissions import personne_de, reservee_a
from config.socle.saisie import LECTURE_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.repartir import valider_la_repartition
from financements.chiffres.consommation import scenario_adopte
from financements.chiffres.equite import mesure_de
from financements.chiffres.previsualisation import (
    REFERENCE,
    VERSION_PRECEDENTE,
    Choix,
    Previsualisation,
    lire_le_depart,
    previsualiser,
)
from financements.chiffres.reference import montants_de_reference
from financements.chiffres.tableaux_de_repartition import Avant, avant_version, tableaux_de
from financements.forms.enveloppes import RepartitionForm, ValidationForm
from financements.models import Enveloppe, Repartition
from financements.permissions import peut_arbitrer
from financements.views.enveloppes.commun import appel_et_enveloppe, contexte, reporter
from territoires.models import ReleveEffectifs

PERIMEE = (
    "Le relevé, l’enveloppe ou la répartition a changé depuis votre lecture : rien n’est enregistré. Relisez les "
    "montants ci-dessous, puis validez de nouveau."
)


@require_http_methods(LECTURE_ECRITURE)
@reservee_a(peut_arbitrer)
def repartir(request: HttpRequest, slug: str) -> HttpResponse:
    """Les choix sont dans l’adresse : GET calcule et n’écrit rien, POST valide ce qui a été lu."""
    appel, enveloppe = appel_et_enveloppe(request, slug)
    if enveloppe is None:
        return redirect("financements:voter_enveloppe", slug=slug)
    form = _formulaire(request, enveloppe)
    validation = ValidationForm(request.POST or None)
    if form.is_valid() and request.method == "POST" and validation.is_valid():
        ecrite = _valider(request, enveloppe, form.choix(), validation)
        if ecrite:
            messages.success(request, f"{ecrite} validée : les dotations sont figées.")
            return redirect("financements:repartition", slug=slug, version=ecrite.version)
    calcul = previsualiser(enveloppe, form.choix()) if form.is_valid() else None
    return render(
        request,
        "financements/enveloppes/repartir.html",
        contexte(
            request,
            appel,
            "enveloppes",
            enveloppe=enveloppe,
            form=form,
            validation=validation,
            adopte=scenario_adopte(appel),
            **(_lecture(enveloppe, calcul, form.cleaned_data["depart"]) if calcul else {"calcul": None}),
        ),
    )


def _formulaire(request: HttpRequest, enveloppe: Enveloppe) -> RepartitionForm:
    """Sans choix dans l’adresse : le relevé de la version courante ou le dernier, au centime."""
    courante = Repartition.objects.filter(enveloppe=enveloppe).first()
    reference = montants_de_reference(enveloppe.appel)
    departs = [(VERSION_PRECEDENTE, f"la version {courante.version}")] if courante else []
    if reference:
        departs.append((REFERENCE, f"les crédits de {reference.annee}"))
    annees = [credit.annee for credit in enveloppe.credits_annuels.all()]
    donnees = request.GET
    if "releve" not in donnees:
        dernier = ReleveEffectifs.objects.first()
        defaut = courante.releve_id if courante else dernier.pk if dernier else ""
        donnees = QueryDict(f"releve={defaut}&unite={courante.unite_centimes if courante else 1}")
    return RepartitionForm(enveloppe.appel, annees, departs, donnees)


def _valider(
    request: HttpRequest, enveloppe: Enveloppe, choix: Choix, validation: ValidationForm
) -> Repartition | None:
    """La version écrite, ou None : le refus est alors dans le formulaire de validation."""
    try:
        return valider_la_repartition(
            auteur=personne_de(request),
            enveloppe=enveloppe,
            choix=choix,
            motif=validation.cleaned_data["motif"],
            empreinte_lue=validation.cleaned_data["empreinte"],
        )
    except (ValidationError, PassageRefuse) as refus:
        reporter(refus, validation)
    except VersionPerimee:
        validation.add_error(None, PERIMEE)
    return None


def _lecture(enveloppe: Enveloppe, calcul: Previsualisation, choisi: str) -> dict[str, Any]:
    """Ce que la page montre d’un calcul ; sans version possible, les raisons seules."""
    if calcul.version is None:
        return {"calcul": calcul}
    avant = _avant(enveloppe, calcul, choisi)
    periode, annees = tableaux_de(calcul.version, avant, calcul.resultat.annees)
    return {
        "calcul": calcul,
        "avant": avant,
        "periode": periode,
        "annees": annees,
        "equite": mesure_de(calcul.version),
        "equite_avant": mesure_de(avant) if avant else None,
    }


def _avant(enveloppe: Enveloppe, calcul: Previsualisation, choisi: str) -> Avant | None:
    """Le départ choisi ; à défaut la version courante, puis l’année de comparaison, chaque année."""
    depart = calcul.donnees.depart
    if calcul.courante and (depart is None or choisi == VERSION_PRECEDENTE):
        return avant_version(calcul.courante)
    depart = depart or lire_le_depart(enveloppe, REFERENCE, None)
    if depart is None:
        return None
    montants = {(code, annee): m for annee, parts in depart.montants.items() for code, m in parts.items()}
    return Avant(depart.libelle, montants, calcul.donnees.effectifs)
