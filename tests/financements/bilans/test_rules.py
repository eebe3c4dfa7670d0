"""Écarts, équilibre, coût proposé, relances, secret statistique : les règles seules."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.rules.bilan import (
    CHARGE,
    PRODUIT,
    RATTRAPAGE,
    RELANCES,
    TOTAL,
    CompteRendu,
    LigneDuBilan,
    Poste,
    Seuil,
    a_expliquer,
    cout_par_personne,
    echeance,
    part_pour_mille,
    relance_du_jour,
)
from financements.rules.effectifs import (
    MOINS_DE_CINQ,
    NON_COMMUNIQUE,
    VIDE,
    Effectif,
    EffectifIllisible,
    lire_effectif,
    proteger,
    refus_de_la_repartition,
    refus_des_sorties,
)

SEUIL = Seuil(pourcent=20, montant=50_000)


def ligne(compte, prevu, realise, cote=CHARGE, poste=None):
    return LigneDuBilan(cote, compte, poste or compte[:2], prevu, realise)


@pytest.mark.parametrize(
    ("prevu", "realise", "attendu"),
    [
        (1_000_000, 1_200_000, False),  # 20 % pile
        (1_000_000, 1_200_001, True),
        (1_000_000, 799_999, True),
        (100_000, 150_000, False),  # 500 € pile
        (100_000, 150_001, True),
        (0, 50_001, True),  # rien de prévu : le montant seul compte
        (0, 50_000, False),
        (0, 0, False),
    ],
)
def test_un_ecart_s_explique_au_dela_des_deux_seuils(prevu, realise, attendu):
    assert SEUIL.est_depasse(prevu, realise) is attendu


def test_les_postes_additionnent_leurs_lignes_et_taisent_le_resultat():
    rendu = CompteRendu(
        (
            ligne("601", 100_000, 0),
            ligne("604", 0, 90_000),
            ligne("641", 500_000, 700_000),
            ligne("EXC", 60_000, 0, poste="EXC"),
            ligne("860", 999, 0, cote="charge_nature", poste="86"),
            ligne("74dep", 660_000, 790_000, cote=PRODUIT, poste="74"),
        ),
        SEUIL,
    )
    assert rendu.postes() == [
        Poste(CHARGE, "60", 100_000, 90_000, est_a_expliquer=False),
        Poste(CHARGE, "64", 500_000, 700_000, est_a_expliquer=True),
        Poste(PRODUIT, "74", 660_000, 790_000, est_a_expliquer=False),
    ]
    assert (rendu.total(CHARGE), rendu.prevu(CHARGE), rendu.ecart) == (790_000, 660_000, 0)
    assert rendu.du_poste(CHARGE, "60") == (100_000, 90_000)
    assert [p.cle for p in a_expliquer(rendu, {"64": " "})] == ["64"]
    assert a_expliquer(rendu, {"64": "Un poste de plus."}) == []


def test_sans_budget_detaille_seul_le_cout_total_se_compare():
    rendu = CompteRendu((ligne("641", 0, 150_000), ligne("74dep", 100_000, 150_000, PRODUIT, "74")), SEUIL, 1_000_000)
    assert rendu.postes() == [Poste(CHARGE, TOTAL, 1_000_000, 150_000, est_a_expliquer=True)]
    assert rendu.postes()[0].ecart == -850_000
    assert CompteRendu((ligne("641", 0, 150_000),), SEUIL).postes() == []


def test_le_cout_propose_ecarte_ce_qui_n_est_pas_eligible():
    lignes = [ligne(compte, 0, 100) for compte in ("601", "641", "66", "67", "69")]
    lignes += [ligne("IND1", 0, 10, poste="CHARGINDIRECT"), ligne("IND2", 0, 7, poste="CHARGINDIRECT")]
    lignes += [ligne("EXC", 0, 50, poste="EXC"), ligne("860", 0, 900, "charge_nature", "86")]
    assert CompteRendu(tuple(lignes), SEUIL).cout_eligible_propose() == 210


@given(st.lists(st.tuples(st.sampled_from(["601", "641", "66", "IND1"]), st.integers(0, 10**9))))
def test_le_cout_propose_ne_depasse_jamais_les_charges(tirees):
    rendu = CompteRendu(tuple(ligne(compte, 0, montant) for compte, montant in tirees), SEUIL)
    assert 0 <= rendu.cout_eligible_propose() <= rendu.total(CHARGE)


def test_parts_et_cout_par_personne():
    assert (part_pour_mille(985, 1000), part_pour_mille(1, 3), part_pour_mille(1, 0)) == (985, 333, None)
    assert (cout_par_personne(100, 3), cout_par_personne(100, None), cout_par_personne(100, 0)) == (33, None, None)


def test_l_echeance_est_a_six_mois():
    assert echeance(2016) == date(2017, 6, 30)


def test_chaque_relance_a_son_jour_et_se_rattrape_une_semaine():
    du_le = date(2017, 6, 30)
    faites = {jours: relance_du_jour(du_le, du_le + timedelta(days=jours)) for jours in range(-40, 50)}
    for relance in RELANCES:
        assert [j for j, r in faites.items() if r == relance] == list(range(relance, relance + RATTRAPAGE + 1))
    assert (faites[-1], faites[0]) == (-7, None)
    assert faites[10] is None
    assert relance_du_jour(du_le, date(2026, 11, 26)) is None


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("12", Effectif(12)),
        (" 1 200 ", Effectif(1200)),
        ("0", Effectif(0)),
        ("5", Effectif(5)),
        ("4", Effectif(marque=MOINS_DE_CINQ)),
        ("01", Effectif(marque=MOINS_DE_CINQ)),
        ("<5", Effectif(marque=MOINS_DE_CINQ)),
        ("Moins de 5", Effectif(marque=MOINS_DE_CINQ)),
        ("NC", Effectif(marque=NON_COMMUNIQUE)),
        ("", VIDE),
    ],
)
def test_un_effectif_se_lit(texte, attendu):
    assert lire_effectif(texte) == attendu


@pytest.mark.parametrize("texte", ["3 personnes", "-2", "2,5", "trois", "9999999"])
def test_un_effectif_illisible_se_refuse_sans_etre_repete(texte):
    with pytest.raises(EffectifIllisible) as refus:
        lire_effectif(texte)
    assert texte not in str(refus.value)


@given(st.integers(0, 10_000))
def test_ce_qui_se_garde_n_est_jamais_un_effectif_de_1_a_4(nombre):
    garde = proteger(str(nombre))
    assert garde == (MOINS_DE_CINQ if 1 <= nombre <= 4 else str(nombre))
    assert proteger(garde) == garde


CINQ, NC = Effectif(marque=MOINS_DE_CINQ), Effectif(marque=NON_COMMUNIQUE)


@pytest.mark.parametrize(
    ("total", "parts", "debut"),
    [
        (Effectif(20), [VIDE, VIDE], ""),
        (Effectif(20), [Effectif(12), Effectif(8)], ""),
        (Effectif(20), [CINQ, NC], ""),
        (Effectif(20), [Effectif(5), CINQ, NC], ""),
        (NC, [CINQ, Effectif(8)], ""),
        (VIDE, [Effectif(1000), Effectif(8)], ""),
        (Effectif(20), [Effectif(12), VIDE], "Remplissez"),
        (Effectif(20), [Effectif(12), Effectif(7)], "La somme fait 19"),
        (Effectif(20), [Effectif(21), NC], "La somme fait 21"),
        (Effectif(20), [Effectif(17), CINQ], "L’effectif masqué"),
        (NC, [Effectif(12), Effectif(8)], "Cette répartition donne le total"),
    ],
)
def test_aucun_effectif_masque_ne_se_deduit(total, parts, debut):
    refus = refus_de_la_repartition(total, parts)
    assert refus.startswith(debut)
    assert bool(refus) == bool(debut)


def test_les_sorties_ne_depassent_pas_les_personnes():
    assert refus_des_sorties(Effectif(10), [Effectif(6), CINQ]) == ""
    assert refus_des_sorties(Effectif(10), [Effectif(6), Effectif(5)]).startswith("Les sorties font 11")
    assert refus_des_sorties(NC, [Effectif(6), Effectif(5)]) == ""
