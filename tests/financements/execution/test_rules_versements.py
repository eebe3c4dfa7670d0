"""L’échéancier, les manques et le solde : des règles pures, au centime."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.rules.liquidation import Situation, manques
from financements.rules.solde import Solde, solder, taux_de
from financements.rules.versements import (
    CENT_POUR_CENT,
    MODELES,
    Echeance,
    Etape,
    Pose,
    TropVerse,
    defauts_de_la_regle,
    echeancier,
    recaler,
)

QUATRE_VINGTS_VINGT = MODELES["80-20"][1]
DECOMPTE = ("Décompte des dépenses de l’année",)


def une(annee, exercice, rang, nature, montant, mois, **champs):
    valeurs = {"attend_la_convention": True, "attend_le_bilan_de": None, "pieces": (), **champs}
    return Echeance(annee, exercice, rang, nature, montant, date(exercice, mois, 1), **valeurs)


def test_80_20_paie_l_avance_dans_l_annee_et_le_solde_la_suivante_sur_bilan():
    assert echeancier({2016: 10_001, 2017: 0, 2018: 2}, QUATRE_VINGTS_VINGT) == [
        une(2016, 2016, 1, "avance", 8_001, 3),
        une(2016, 2017, 2, "solde", 2_000, 9, attend_le_bilan_de=2016, pieces=DECOMPTE),
        une(2018, 2018, 1, "avance", 2, 3),
    ]


def test_l_avance_attend_le_bilan_de_l_annee_d_avant_si_elle_avait_une_tranche():
    lues = echeancier({2016: 100, 2017: 100}, MODELES["annuel-sur-bilan"][1])
    assert [(lue.annee, lue.attend_le_bilan_de) for lue in lues] == [(2016, None), (2017, 2016)]


@given(
    st.dictionaries(st.integers(2016, 2020), st.integers(0, 10**9), max_size=4),
    st.lists(st.integers(1, 50), min_size=1, max_size=6),
)
def test_la_somme_des_echeances_d_une_tranche_est_la_tranche(tranches, poids):
    restant, etapes = CENT_POUR_CENT, []
    for rang, part in enumerate(poids[:-1], start=1):
        etapes.append(Etape(rang, "acompte", part * 100, decalage=rang % 2, mois=rang))
        restant -= part * 100
        if restant <= 0:
            return
    etapes.append(Etape(len(poids), "acompte", restant))
    sommes = dict.fromkeys(tranches, 0)
    for lue in echeancier(tranches, etapes):
        assert lue.montant > 0
        assert lue.exercice == lue.annee + etapes[lue.rang - 1].decalage
        sommes[lue.annee] += lue.montant
    assert sommes == tranches


@pytest.mark.parametrize("cle", MODELES)
def test_les_modeles_de_regle_sont_justes(cle):
    assert defauts_de_la_regle(MODELES[cle][1]) == []


def test_une_regle_fausse_dit_tout_ce_qui_l_est():
    etapes = [Etape(1, "solde", 70_00, decalage=1), Etape(2, "avance", 20_50)]
    assert defauts_de_la_regle(etapes) == [
        "Les parts font 90,50\u00a0%\u00a0: il faut 100\u00a0%.",
        "Le solde est la dernière étape.",
        "Les étapes se suivent dans le temps.",
        "Un solde attend le bilan de l’année\u00a0: son montant en vient.",
    ]
    assert defauts_de_la_regle([]) == ["Donnez au moins une étape."]
    assert defauts_de_la_regle([Etape(r, "acompte", 1250) for r in range(8)]) == ["Une règle a au plus 6\u00a0étapes."]


@given(
    st.lists(st.tuples(st.integers(0, 10**8), st.booleans()), min_size=1, max_size=6),
    st.integers(0, 10**9),
)
def test_recaler_garde_ce_qui_est_fige_et_fait_la_tranche(lues, tranche):
    poses = [Pose(cle, montant, fige) for cle, (montant, fige) in enumerate(lues)]
    fige = sum(pose.montant for pose in poses if pose.est_fige)
    if fige > tranche:
        with pytest.raises(TropVerse) as trop:
            recaler(tranche, poses)
        assert trop.value.verse == fige
        return
    if all(pose.est_fige for pose in poses) and fige < tranche:
        with pytest.raises(ValueError, match="sans versement pour les porter"):
            recaler(tranche, poses)
        return
    montants = recaler(tranche, poses)
    assert sum(montants.values()) == tranche
    assert all(montants[pose.cle] == pose.montant for pose in poses if pose.est_fige)
    assert min(montants.values()) >= 0


def test_un_versement_pret_ne_manque_de_rien():
    assert manques(Situation(100, engage_libre=100, cp_libres=100, bilan_attendu=2016, est_bilan_valide=True)) == []


def test_chaque_manque_se_dit():
    vue = Situation(
        montant=100_00,
        est_notifiee=False,
        convention_manque=True,
        bilan_attendu=2016,
        pieces_attendues=("Décompte",),
        pieces_a_verifier=("Attestation",),
        a_un_compte=False,
        est_suspendu=True,
        procedure="retrait de l’aide",
        engage_libre=99_99,
        cp_libres=50_00,
        exercice=2017,
    )
    assert manques(vue) == [
        "La décision n’est pas notifiée à l’organisme.",
        "La convention obligatoire n’est pas signée.",
        "Le versement est suspendu.",
        "Une procédure contradictoire est en cours\u00a0: retrait de l’aide.",
        "Le bilan de 2016 n’est pas validé.",
        "Pièce attendue\u00a0: Décompte.",
        "Pièce à vérifier\u00a0: Attestation.",
        "L’organisme n’a pas de compte bancaire (RIB).",
        "L’engagement de 2017 ne laisse que 99,99\u00a0€.",
        "Les crédits de paiement de 2017 ne laissent que 50,00\u00a0€.",
    ]
    assert manques(Situation(0, bilan_attendu=2016, est_bilan_valide=True, solde_a_arreter=True)) == [
        "Le solde n’est pas arrêté d’après le bilan.",
        "Il n’y a rien à verser.",
    ]


def test_le_solde_est_le_du_moins_le_verse():
    moitie = Fraction(1, 2)
    assert solder(attribue=10_000, cout_reel=16_001, taux=moitie, verse=8_000) == Solde(10_000, 8_001, 8_000)
    juste = solder(attribue=10_000, cout_reel=30_000, taux=moitie, verse=8_000)
    assert (juste.a_payer, juste.trop_verse, juste.a_degager) == (2_000, 0, 0)
    moins = solder(attribue=10_000, cout_reel=17_000, taux=moitie, verse=8_000)
    assert (moins.a_payer, moins.trop_verse, moins.a_degager) == (500, 0, 1_500)
    trop = solder(attribue=10_000, cout_reel=10_000, taux=moitie, verse=8_000)
    assert (trop.a_payer, trop.trop_verse, trop.a_degager) == (0, 3_000, 2_000)


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(1, 100), st.data())
def test_un_solde_ne_cree_ni_ne_perd_un_centime(attribue, cout_reel, pourcent, data):
    verse = data.draw(st.integers(0, attribue))
    lu = solder(attribue=attribue, cout_reel=cout_reel, taux=Fraction(pourcent, 100), verse=verse)
    assert 0 <= lu.du <= min(attribue, cout_reel + 1)
    assert verse + lu.a_payer - lu.trop_verse == lu.du
    assert verse + lu.a_payer + lu.a_degager == attribue
    assert not (lu.a_payer and lu.trop_verse)


@pytest.mark.parametrize(
    "faux",
    [
        {"attribue": -1, "verse": 0},
        {"verse": 10_001},
        {"taux": Fraction(-1, 2)},
        {"taux": Fraction(3, 2)},
    ],
)
def test_un_solde_impossible_est_refuse(faux):
    with pytest.raises(ValueError, match=r"Un solde part|Le taux est"):
        solder(**{"attribue": 10_000, "cout_reel": 10_000, "taux": Fraction(1), "verse": 0, **faux})


def test_le_taux_est_la_part_du_cout_prevu():
    assert taux_de(5_000, 10_000) == Fraction(1, 2)
    assert (taux_de(5_000, 0), taux_de(5_000, 4_000)) == (1, 1)
