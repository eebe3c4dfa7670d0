"""Trouver une imputation : une seule convient, ou l’on dit ce qui manque."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptes.states import PUBLIQUES, FormeJuridique
from financements.rules.imputation import (
    NOMS,
    Categorie,
    ImputationManquante,
    Rattachement,
    categorie_de,
    sert_pour,
    trouver,
)
from financements.states import CategorieDeBeneficiaire

M52 = Rattachement(1, 3, Categorie.PRIVE, 2016, 2017)
M57 = Rattachement(2, 3, Categorie.PRIVE, 2018, 2020)
CCAS = Rattachement(3, 3, Categorie.CCAS, 2016, 2020)


def test_les_categories_des_regles_sont_celles_de_la_base():
    assert [(c.value, NOMS[c]) for c in Categorie] == list(CategorieDeBeneficiaire.choices)
    prives = {forme for forme in FormeJuridique if categorie_de(forme) in (Categorie.PRIVE, Categorie.ENTREPRISE)}
    assert set(FormeJuridique) - prives == PUBLIQUES
    # M57 : 65742 pour une entreprise, 65748 pour une association, même d’insertion.
    assert [categorie_de(forme) for forme in ("entreprise", "siae", "association")] == [
        Categorie.ENTREPRISE,
        Categorie.PRIVE,
        Categorie.PRIVE,
    ]


@pytest.mark.parametrize(("exercice", "attendue"), [(2016, 1), (2017, 1), (2018, 2), (2020, 2)])
def test_l_exercice_choisit_la_nomenclature(exercice: int, attendue: int):
    assert trouver([M52, M57, CCAS], axe=3, categorie=Categorie.PRIVE, exercice=exercice) == attendue


@pytest.mark.parametrize(
    ("axe", "categorie", "exercice", "phrase"),
    [
        (3, Categorie.PRIVE, 2021, "L’axe 3 n’a pas d’imputation en 2021 pour\u00a0: personne de droit privé."),
        (4, Categorie.CCAS, 2016, "L’axe 4 n’a pas d’imputation en 2016 pour\u00a0: CCAS ou CIAS."),
        (3, Categorie.COMMUNE, 2016, "L’axe 3 n’a pas d’imputation en 2016 pour\u00a0: commune."),
    ],
)
def test_ce_qui_manque_se_dit(axe: int, categorie: Categorie, exercice: int, phrase: str):
    with pytest.raises(ImputationManquante) as manque:
        trouver([M52, M57, CCAS], axe=axe, categorie=categorie, exercice=exercice)
    assert str(manque.value) == phrase


def test_deux_imputations_qui_se_disputent_se_disent():
    double = Rattachement(4, 3, Categorie.PRIVE, 2017, 2018)
    with pytest.raises(ImputationManquante, match="L’axe 3 a plusieurs imputations en 2017"):
        trouver([M52, M57, double], axe=3, categorie=Categorie.PRIVE, exercice=2017)


rattachements = st.builds(
    Rattachement,
    st.integers(1, 4),
    st.integers(1, 2),
    st.sampled_from(Categorie),
    st.integers(1, 5),
    st.integers(1, 5),
)


@given(st.lists(rattachements, max_size=6), st.integers(1, 2), st.sampled_from(Categorie), st.integers(1, 5))
def test_ce_qui_est_trouve_convient(lignes, axe, categorie, exercice):
    convient = {
        un.cle for un in lignes if un.axe == axe and un.categorie == categorie and un.premier <= exercice <= un.dernier
    }
    try:
        assert {trouver(lignes, axe=axe, categorie=categorie, exercice=exercice)} == convient
    except ImputationManquante:
        assert len(convient) != 1


def test_ce_pour_quoi_une_imputation_sert_se_dit_sans_repeter():
    tous = [(axe, "commune") for axe in (1, 2, 3, 4)] + [(axe, "groupement") for axe in (4, 3, 2, 1)]
    assert sert_pour(tous) == ["axes 1 à 4\u00a0: commune, groupement de collectivités"]
    melange = [(5, "prive"), (1, "prive"), (2, "ccas"), (3, "ccas")]
    assert sert_pour(melange) == ["axes 1, 5\u00a0: personne de droit privé", "axes 2, 3\u00a0: CCAS ou CIAS"]
    assert (sert_pour([(2, "prive")]), sert_pour([])) == (["axe 2\u00a0: personne de droit privé"], [])
