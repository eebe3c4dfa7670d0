"""Coûts, FSE et allocataires partagés entre territoires : tout s’additionne, et personne n’est à plus d’une unité."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.chiffres import LigneFse, Perimetre, Programme, fse_par_axe
from financements.chiffres.budgets import Budgets, lire_budgets, partager
from projets.states import Volet
from tests.financements.fabriques import action_votee
from tests.mesures.donnees import charger_programme
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

D = Decimal
CODES = st.sampled_from(["AVE", "CAM", "DOU", "VAL"])


@given(quotes=st.dictionaries(CODES, st.integers(0, 10**12), min_size=1), annees=st.integers(1, 5))
def test_partager_garde_le_total_et_reste_a_une_unite_de_la_quote_part(quotes, annees):
    parts = partager(quotes, annees=annees)
    exact = {code: Fraction(quote, 10_000 * annees) for code, quote in quotes.items()}
    assert sum(parts.values()) == round(sum(exact.values()))
    assert [code for code in quotes if abs(parts[code] - exact[code]) > 1] == []


@pytest.mark.django_db
def test_une_action_partagee_se_partage_partout():
    appel = AppelFactory(annee_debut=2016, annee_fin=2017)
    pro, social = AxeFactory(appel=appel, numero=1), AxeFactory(appel=appel, numero=2, volet=Volet.SOCIAL)
    nord, sud = TerritoireFactory(code="NORD", nom="Nord"), TerritoireFactory(code="SUD", nom="Sud")
    action_votee(  # coût : 2 × 100 + 10,01 ; financée un an sur deux
        axe=pro,
        parts={nord: "66.67", sud: "33.33"},
        montants={2016: "100.00"},
        montant_fse="10.01",
        allocataires_prevus=9,
    )
    action_votee(axe=social, parts={sud: 100}, montants={2016: "50.00", 2017: "50.00"}, allocataires_prevus=4)
    du_nord, du_sud = (Perimetre(appel, (2016, 2017), territoire=territoire) for territoire in (nord, sud))
    assert lire_budgets(Perimetre.entier(appel)) == Budgets(
        cout_par_axe={pro.pk: D("210.01"), social.pk: D("200.00")},
        fse_par_axe={pro.pk: D("10.01"), social.pk: D("0.00")},
        allocataires=8,  # (9 × 1 + 4 × 2) ÷ 2 = 8,5, au pair
    )
    assert lire_budgets(du_nord) == Budgets(
        cout_par_axe={pro.pk: D("140.01"), social.pk: D("0.00")},
        fse_par_axe={pro.pk: D("6.67"), social.pk: D("0.00")},
        allocataires=3,
    )
    assert lire_budgets(du_sud) == Budgets(
        cout_par_axe={pro.pk: D("70.00"), social.pk: D("200.00")},
        fse_par_axe={pro.pk: D("3.34"), social.pk: D("0.00")},
        allocataires=5,
    )
    assert fse_par_axe(Programme(du_sud)) == [
        LigneFse(pro, 1, D("3.34"), D("33.33")),
        LigneFse(None, 1, D("3.34"), D("33.33")),
    ]


def _additifs(programme: Programme) -> list[Decimal | int]:
    synthese = programme.synthese
    return [
        synthese.vote,
        synthese.cout_total,
        synthese.montant_fse,
        synthese.vote_fse,
        synthese.allocataires_accompagnes,
    ]


@pytest.mark.django_db
def test_les_territoires_font_le_programme_de_demonstration():
    appel = charger_programme()
    for annees in ((2016, 2017, 2018), (2017,)):
        entier = Programme(Perimetre(appel, annees))
        un_par_un = [Programme(Perimetre(appel, annees, territoire=t)) for t in entier.territoires]
        assert [sum(chiffres) for chiffres in zip(*map(_additifs, un_par_un), strict=True)] == _additifs(entier)
        assert {ligne.axe.pk: ligne.montant_fse for ligne in entier.fse_par_axe} == {
            ligne.axe.pk: sum(programme.budgets.fse_par_axe[ligne.axe.pk] for programme in un_par_un)
            for ligne in entier.fse_par_axe
        }
