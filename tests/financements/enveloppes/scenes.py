"""Une enveloppe à deux années et deux territoires, et des choix qui mettent tout en jeu."""

from decimal import Decimal

from django.utils import timezone

from financements.actions.voter_enveloppe import voter_enveloppe
from financements.chiffres.previsualisation import Choix
from financements.models import Enveloppe, Repartition, Scenario
from financements.rules.repartition import Quotite
from financements.states import EtatScenario, OrigineScenario
from projets.models import AppelAProjets
from territoires.models import ReleveEffectifs
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import releve_de
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory


def enveloppe_votee(**appel: object) -> Enveloppe:
    """1 000 € en 2016, 500 € en 2017 ; un relevé de 10 allocataires dans le Douaisis, 20 dans le Valenciennois."""
    cree = AppelFactory(**{"annee_debut": 2016, "annee_fin": 2017} | appel)
    AxeFactory(appel=cree, numero=1)
    releve_de(
        {
            TerritoireFactory(code="DOU", nom="Douaisis"): 10,
            TerritoireFactory(code="VAL", nom="Valenciennois"): 20,
        },
        source="caf",
    )
    return voter_enveloppe(auteur=None, appel=cree, credits_annuels={2016: Decimal(1000), 2017: Decimal(500)})


def choix_charge(enveloppe: Enveloppe) -> Choix:
    """À l’euro, 10 % de réserve en 2016, la moitié de l’année à l’axe 1."""
    return Choix(
        ReleveEffectifs.objects.get(source="caf"),
        unite=100,
        reserves={2016: Quotite(centiemes=1000)},
        axes={(1, 2016): Quotite(centiemes=5000)},
    )


def adopter_un_scenario(appel: AppelAProjets) -> Scenario:
    """Un scénario adopté sur la dernière répartition, sans ligne."""
    return Scenario.objects.create(
        repartition=Repartition.objects.filter(enveloppe__appel=appel).first(),
        appel=appel,
        nom="Retenu",
        auteur=PersonneFactory(pilote=True),
        origine=OrigineScenario.VIDE,
        etat=EtatScenario.ADOPTE,
        adopte_le=timezone.now(),
    )
