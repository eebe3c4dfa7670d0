"""Voter l’enveloppe (AE = somme des CP) et la répartir au prorata, en versions."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from config.socle.models import Journal
from financements.actions.voter_enveloppe import repartir_enveloppe, voter_enveloppe
from financements.models import Dotation, Enveloppe, Repartition
from projets.models import AppelAProjets
from territoires.rules.refus import PoidsTousNuls
from tests.projets.fabriques import AppelFactory
from tests.territoires.fabriques import EffectifFactory, ReleveFactory, TerritoireFactory

pytestmark = pytest.mark.django_db
CP = {2016: Decimal("100.00"), 2017: Decimal("0.10")}


@pytest.fixture
def appel() -> AppelAProjets:
    return AppelFactory(annee_debut=2016, annee_fin=2017)


def releve(**effectifs: int):
    cree = ReleveFactory()
    for code, nombre in effectifs.items():
        EffectifFactory(releve=cree, territoire=TerritoireFactory(code=code), nombre=nombre)
    return cree


def dotations(repartition: Repartition) -> dict[tuple[int, str], tuple[int, Decimal]]:
    lignes = Dotation.objects.filter(repartition=repartition)
    return {
        (annee, code): (poids, montant)
        for annee, code, poids, montant in lignes.values_list("annee", "territoire__code", "poids", "montant")
    }


def test_l_autorisation_d_engagement_est_la_somme_des_credits_de_paiement(appel: AppelAProjets) -> None:
    enveloppe = voter_enveloppe(auteur=None, appel=appel, credits_annuels=CP)
    assert enveloppe.montant_ae == Decimal("100.10")
    assert dict(enveloppe.credits_annuels.values_list("annee", "montant_cp")) == CP
    assert list(Journal.objects.values_list("acte", "apres")) == [
        ("voter_enveloppe", {"montant_ae": "100.10", "cp": {"2016": "100.00", "2017": "0.10"}})
    ]


def test_un_appel_n_a_qu_une_enveloppe(appel: AppelAProjets) -> None:
    voter_enveloppe(auteur=None, appel=appel, credits_annuels=CP)
    with pytest.raises(IntegrityError), transaction.atomic():
        voter_enveloppe(auteur=None, appel=appel, credits_annuels={2016: Decimal(1)})
    assert Enveloppe.objects.get().montant_ae == Decimal("100.10")


def test_chaque_annee_est_repartie_au_centime_par_les_plus_forts_restes(appel: AppelAProjets) -> None:
    enveloppe = voter_enveloppe(auteur=None, appel=appel, credits_annuels=CP)
    repartition = repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve(AAA=1, BBB=1, CCC=1))
    assert dotations(repartition) == {
        (2016, "AAA"): (1, Decimal("33.34")),
        (2016, "BBB"): (1, Decimal("33.33")),
        (2016, "CCC"): (1, Decimal("33.33")),
        (2017, "AAA"): (1, Decimal("0.04")),
        (2017, "BBB"): (1, Decimal("0.03")),
        (2017, "CCC"): (1, Decimal("0.03")),
    }


def test_repartir_de_nouveau_cree_une_version_et_garde_la_premiere(appel: AppelAProjets) -> None:
    enveloppe = voter_enveloppe(auteur=None, appel=appel, credits_annuels={2016: Decimal(100)})
    premiere = repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve(AAA=1, BBB=1))
    seconde = repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve(CCC=3, DDD=1))
    assert (premiere.version, seconde.version) == (1, 2)
    assert dotations(premiere) == {(2016, "AAA"): (1, Decimal(50)), (2016, "BBB"): (1, Decimal(50))}
    assert dotations(seconde) == {(2016, "CCC"): (3, Decimal(75)), (2016, "DDD"): (1, Decimal(25))}


def test_un_releve_nul_est_refuse_sans_rien_ecrire(appel: AppelAProjets) -> None:
    enveloppe = voter_enveloppe(auteur=None, appel=appel, credits_annuels={2016: Decimal(100)})
    with pytest.raises(PoidsTousNuls):
        repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=releve(AAA=0, BBB=0))
    assert Repartition.objects.count() == 0
