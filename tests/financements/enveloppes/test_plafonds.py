"""Les plafonds d’un arbitrage, et ce que la base refuse : trop distribuer, retoucher une version."""

import pytest
from django.db import IntegrityError, transaction

from financements.chiffres.plafonds import Plafonds, plafonds
from financements.models import CreditAnnuel, DotationAxe, Repartition, ReserveAnnuelle
from tests.financements.fabriques import enveloppe_repartie
from tests.fixtures.contraintes import refuse
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def appel():
    return AppelFactory(annee_debut=2016, annee_fin=2017)


@pytest.fixture
def repartition(appel):
    return enveloppe_repartie(
        appel,
        {2016: "100.00", 2017: "50.00"},
        {TerritoireFactory(code="DOU"): 1, TerritoireFactory(code="VAL"): 2},
        reserves={2016: "10.00"},
        axes={(AxeFactory(appel=appel, numero=3), 2016): "60.00"},
    )


def test_les_plafonds_sont_ceux_de_la_derniere_version(appel, repartition, requetes):
    Repartition.objects.create(enveloppe=autre_repartition().enveloppe, version=9, releve=repartition.releve)
    with requetes() as prises:
        lus = plafonds(appel)
    assert lus == Plafonds(
        territoires={("DOU", 2016): 3000, ("VAL", 2016): 6000, ("DOU", 2017): 1667, ("VAL", 2017): 3333},
        axes={(3, 2016): 6000},
        annees={2016: 10000, 2017: 5000},
        reserve={2016: 1000},
        repartition=repartition,
    )
    assert len(prises) == 2


def autre_repartition():
    return enveloppe_repartie(AppelFactory(), {2016: "7.00"}, {TerritoireFactory(): 1})


def test_sans_repartition_les_annees_seules(appel):
    assert plafonds(appel) == Plafonds({}, {}, {}, {}, None)


def test_la_reserve_et_les_axes_tiennent_dans_les_cp(repartition, appel):
    assert refuse(
        "dotations_dans_les_cp",
        lambda: ReserveAnnuelle.objects.create(repartition=repartition, annee=2017, montant="0.01"),
    ) == ("Les dotations et la réserve de 2017 (50.01 €) dépassent les crédits de paiement (50.00 €).")
    autre = AxeFactory(appel=appel, numero=4)
    assert refuse(
        "axes_dans_les_cp",
        lambda: DotationAxe.objects.create(repartition=repartition, axe=autre, annee=2016, montant="30.01"),
    ) == ("Les dotations d’axe et la réserve de 2016 (100.01 €) dépassent les crédits de paiement (100.00 €).")


def test_les_cp_ne_baissent_pas_sous_la_reserve(repartition):
    def deplacer():
        CreditAnnuel.objects.filter(annee=2016).update(montant_cp="99.99")
        CreditAnnuel.objects.filter(annee=2017).update(montant_cp="50.01")

    assert refuse("dotations_dans_les_cp", deplacer)


def test_un_axe_est_de_l_appel(repartition):
    ailleurs = AxeFactory()
    assert refuse(
        "dotation_axe_de_l_appel",
        lambda: DotationAxe.objects.create(repartition=repartition, axe=ailleurs, annee=2016, montant="1.00"),
    )


@pytest.mark.parametrize("modele", [Repartition, DotationAxe, ReserveAnnuelle])
@pytest.mark.parametrize("acte", ["update", "delete"])
def test_une_version_est_figee_en_base(repartition, modele, acte):
    lignes = modele.objects.filter(pk=modele.objects.first().pk)
    with pytest.raises(IntegrityError, match="une correction est une nouvelle version"), transaction.atomic():
        # _raw_delete : la base seule, sans la cascade de Django.
        lignes.update(id=0) if acte == "update" else lignes._raw_delete("default")
    assert lignes.count() == 1
