"""Fabriques des financements. `action_votee` et `enveloppe_repartie` composent des objets entiers et cohérents."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import factory
from django.db import transaction
from factory.django import DjangoModelFactory

from config.socle.montants import en_centimes, en_euros
from financements.chiffres.arbitrage.parametres import Parametres
from financements.models import (
    Action,
    CalculDeSelection,
    ContrepartieFse,
    CreditAnnuel,
    Deliberation,
    DocumentDeRapport,
    Dotation,
    DotationAxe,
    Enveloppe,
    ImportProgramme,
    Imputation,
    PartTranche,
    Rapport,
    RapportALAssemblee,
    Repartition,
    ReserveAnnuelle,
    Scenario,
    Tranche,
)
from financements.states import Norme, OrigineScenario
from projets.models import AppelAProjets, Axe
from projets.states import EtatProjet
from territoires.models import ReleveEffectifs, Territoire
from territoires.rules.plus_forts_restes import repartir
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory
from tests.territoires.fabriques import EffectifFactory, ReleveFactory, TerritoireFactory


class DeliberationFactory(DjangoModelFactory):
    class Meta:
        model = Deliberation
        django_get_or_create = ("reference", "adoptee_le")

    reference = "DLES/2016/131"
    adoptee_le = date(2016, 6, 13)


class ImportProgrammeFactory(DjangoModelFactory):
    class Meta:
        model = ImportProgramme

    appel = factory.SubFactory(AppelFactory)
    nom_fichier = "programme.xlsx"


class ImputationFactory(DjangoModelFactory):
    """Une ligne de la M52, sans rattachement."""

    class Meta:
        model = Imputation

    appel = factory.SubFactory(AppelFactory)
    norme = Norme.M52
    chapitre = "9356"
    nature = factory.Sequence(lambda n: f"6574{n}")
    fonction = "564"
    libelle = "Subventions aux associations"
    premier_exercice = 2016
    dernier_exercice = 2018


class RapportFactory(DjangoModelFactory):
    class Meta:
        model = Rapport

    appel = factory.SubFactory(AppelFactory)
    annee_debut = 2016
    annee_fin = 2018
    cle = factory.Sequence(lambda n: f"cle-{n}")
    version_donnees = "0" * 32


class ScenarioFactory(DjangoModelFactory):
    """Un scénario sans ligne, d’un pilote inconnu des autres."""

    class Meta:
        model = Scenario

    appel = factory.SubFactory(AppelFactory)
    nom = factory.Sequence(lambda n: f"Scénario {n}")
    auteur = factory.SubFactory(PersonneFactory, role="pilote")
    origine = OrigineScenario.VIDE


class CalculFactory(DjangoModelFactory):
    """Un calcul qui attend, d’un pilote inconnu des autres."""

    class Meta:
        model = CalculDeSelection

    appel = factory.SubFactory(AppelFactory)
    nom = factory.Sequence(lambda n: f"Calcul {n}")
    demande_par = factory.SubFactory(PersonneFactory, role="pilote")
    parametres = factory.LazyFunction(lambda: Parametres().en_json())


@transaction.atomic
def action_votee(
    *,
    axe: Axe | None = None,
    parts: Mapping[Territoire, int | str] | None = None,
    montants: Mapping[int, str] | None = None,
    montant_fse: str | None = None,
    **projet: object,
) -> Action:
    """Une action avec son projet, ses tranches et leurs parts au centime.

    `parts` : {territoire: %}, 100 % au total ; `montants` : {année: euros}. Coût : le double de l’aide, plus le FSE.
    """
    axe = axe or AxeFactory()
    parts = parts or {TerritoireFactory(): 100}
    montants = montants or dict.fromkeys(axe.appel.annees, "10000.00")
    fse = Decimal(montant_fse or 0)
    budget = {annee: (str(Decimal(m) * 2 + fse), m) for annee, m in montants.items()}
    fiche = ProjetFactory(axe=axe, appel=axe.appel, etat=EtatProjet.RETENU, territoires=parts, budget=budget, **projet)
    action = Action.objects.create(projet=fiche, deliberation=DeliberationFactory())
    codes = {territoire.code: territoire for territoire in parts}
    poids = {territoire.code: int(Decimal(part) * 100) for territoire, part in parts.items()}
    for annee, montant in montants.items():
        tranche = Tranche.objects.create(action=action, annee=annee, montant=Decimal(montant))
        for code, centimes in repartir(en_centimes(Decimal(montant)), poids).items():
            PartTranche.objects.create(tranche=tranche, territoire=codes[code], montant=en_euros(centimes))
    if fse:
        ContrepartieFse.objects.create(action=action, montant_fse=fse)
    return action


def releve_de(effectifs: Mapping[Territoire, int], **champs: object) -> ReleveEffectifs:
    """Un relevé avec ses effectifs."""
    releve = ReleveFactory(**champs)
    for territoire, nombre in effectifs.items():
        EffectifFactory(releve=releve, territoire=territoire, nombre=nombre)
    return releve


@transaction.atomic
def enveloppe_repartie(
    appel: AppelAProjets,
    credits_par_annee: Mapping[int, str],
    effectifs: Mapping[Territoire, int],
    *,
    reserves: Mapping[int, str] | None = None,
    axes: Mapping[tuple[Axe, int], str] | None = None,
) -> Repartition:
    """L’enveloppe d’un appel, ses CP, et leur répartition au prorata des effectifs, réserve ôtée.

    `axes` : {(axe, année): euros}.
    """
    ae = sum((Decimal(m) for m in credits_par_annee.values()), Decimal(0))
    enveloppe = Enveloppe.objects.create(appel=appel, montant_ae=ae)
    repartition = Repartition.objects.create(enveloppe=enveloppe, releve=releve_de(effectifs))
    codes = {territoire.code: territoire for territoire in effectifs}
    poids = {territoire.code: nombre for territoire, nombre in effectifs.items()}
    for annee, montant in credits_par_annee.items():
        CreditAnnuel.objects.create(enveloppe=enveloppe, annee=annee, montant_cp=Decimal(montant))
        reserve = Decimal((reserves or {}).get(annee, 0))
        if reserve:
            ReserveAnnuelle.objects.create(repartition=repartition, annee=annee, montant=reserve)
        for code, centimes in repartir(en_centimes(Decimal(montant) - reserve), poids).items():
            Dotation.objects.create(
                repartition=repartition,
                territoire=codes[code],
                annee=annee,
                poids=poids[code],
                montant=en_euros(centimes),
            )
    for (axe, annee), montant in (axes or {}).items():
        DotationAxe.objects.create(repartition=repartition, axe=axe, annee=annee, montant=Decimal(montant))
    return repartition


@transaction.atomic
def ouvrir_une_ae(appel: AppelAProjets, cp: str = "10000000.00") -> Enveloppe:
    """Une enveloppe sans répartition, du même montant chaque année."""
    enveloppe = Enveloppe.objects.create(appel=appel, montant_ae=Decimal(cp) * len(appel.annees))
    CreditAnnuel.objects.bulk_create(
        CreditAnnuel(enveloppe=enveloppe, annee=annee, montant_cp=Decimal(cp)) for annee in appel.annees
    )
    return enveloppe


def rapport_produit_de(scenario: Scenario) -> DocumentDeRapport:
    """Une production annulée du rapport à l’assemblée de son appel."""
    rapport, _ = RapportALAssemblee.objects.get_or_create(appel=scenario.appel, defaults={"titre": "T", "texte": "T"})
    return DocumentDeRapport.objects.create(rapport=rapport, scenario=scenario, marque="0" * 64, etat="annule")
