"""Lire une copie, même figée autrefois avec des valeurs brutes."""

import pytest

from projets.rules.copie import accord, numero_de_compte, siege, valeur_lisible


@pytest.mark.parametrize(
    ("cle", "brute", "lue"),
    [
        ("debut", "2027-03-01", "01/03/2027"),
        ("question_12", "2027-12-31", "31/12/2027"),
        ("debut", "2027-02-30", "2027-02-30"),
        ("debut", "01/03/2027", "01/03/2027"),
        ("description", "Du 2027-03-01 au 2027-06-01", "Du 2027-03-01 au 2027-06-01"),
        ("part_VAL", "66.67", "66,67\u00a0%"),
        ("part_VAL", "33,33 %", "33,33 %"),
        ("part_VAL", "33,33\u00a0%", "33,33\u00a0%"),
        ("etp", "0.5", "0,5"),
        ("indicateur_1_cible", "40", "40"),
        ("contact_telephone", "03.20", "03.20"),
        ("question_12", "3.5", "3.5"),
    ],
)
def test_une_valeur_se_lit_et_se_relit(cle, brute, lue):
    assert (valeur_lisible(cle, brute), valeur_lisible(cle, lue)) == (lue, lue)


@pytest.mark.parametrize(
    ("compte", "numero"),
    [("74dep", "74"), ("74orgasoc", "74"), ("60x", "60"), ("601", "601"), ("IND1", ""), ("RP", "")],
)
def test_un_compte_est_un_numero_du_cerfa(compte, numero):
    assert numero_de_compte(compte) == numero


@pytest.mark.parametrize(
    ("compte", "libelle", "est_acquis", "dit"),
    [
        ("74com", "Commune : Denain", True, "acquis"),
        ("74com", "Commune : Denain", False, "sollicité"),
        ("74fe", "Fonds social européen (FSE)", False, "sollicité"),
        ("74dep", "Département (demande)", False, ""),
        ("74dep", "Autre département : Aisne", False, "sollicité"),
        ("70", "Ventes", False, ""),
    ],
)
def test_chaque_cofinanceur_dit_son_accord(compte, libelle, est_acquis, dit):
    assert accord(compte, libelle, est_acquis=est_acquis) == dit


@pytest.mark.parametrize(
    ("adresse", "commune", "lu"),
    [
        ("1 rue X, 59000 Lille", "Lille", "1 rue X, 59000 Lille"),
        ("1 rue X, 59000 LILLE", "Lille", "1 rue X, 59000 LILLE"),
        ("1 rue de Lillers", "Lille", "1 rue de Lillers, Lille"),
        ("1 rue X", "", "1 rue X"),
        ("", "Lille", "Lille"),
        ("", "", ""),
    ],
)
def test_le_siege_ne_dit_pas_deux_fois_sa_commune(adresse, commune, lu):
    assert siege(adresse, commune) == lu
