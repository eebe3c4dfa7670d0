"""Amortisseur : l’exemple de référence, les refus expliqués et les propriétés du remplissage."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from territoires.rules.amortisseur import Amortissement, Situation, amortir, planchers_depuis
from territoires.rules.plus_forts_restes import repartir
from territoires.rules.refus import (
    BorneNegative,
    CleInconnue,
    PerteHorsBornes,
    PlafondsTropBas,
    PlancherAuDessusDuPlafond,
    PlancherIntenable,
    PoidsTousNuls,
    RepartitionRefusee,
    TotalIndivisible,
    TotalNegatif,
    ValeurNonEntiere,
)
from tests.territoires.repartitions import ENVELOPPE, HUIT_TERRITOIRES, jeux_de_poids, sans_delai, totaux

# Enveloppes précédentes de l’exemple : 9 ; 4 ; 7,5 ; 1,8 ; 6,5 ; 17 ; 15,5 ; 13 M€, en centimes.
PRECEDENT = {
    "AVE": 900_000_000,
    "CAM": 400_000_000,
    "DOU": 750_000_000,
    "FLI": 180_000_000,
    "FLM": 650_000_000,
    "MLI": 1_700_000_000,
    "MRT": 1_550_000_000,
    "VAL": 1_300_000_000,
}
CINQ_POUR_CENT = Fraction(5, 100)
PLANCHER, PRORATA, PLAFOND = Situation.PLANCHER, Situation.PRORATA, Situation.PLAFOND


def test_l_exemple_de_reference_ne_fait_perdre_plus_de_cinq_pour_cent_a_personne():
    obtenu = amortir(ENVELOPPE, HUIT_TERRITOIRES, planchers_depuis(PRECEDENT, CINQ_POUR_CENT))
    assert obtenu == Amortissement(
        montants={
            "AVE": 855_000_000,
            "CAM": 408_719_762,
            "DOU": 712_500_000,
            "FLI": 171_000_000,
            "FLM": 617_500_000,
            "MLI": 1_865_776_367,
            "MRT": 1_564_503_871,
            "VAL": 1_235_000_000,
        },
        situations={
            "AVE": PLANCHER,
            "CAM": PRORATA,
            "DOU": PLANCHER,
            "FLI": PLANCHER,
            "FLM": PLANCHER,
            "MLI": PRORATA,
            "MRT": PRORATA,
            "VAL": PLANCHER,
        },
        # Ce qui reste hors planchers, partagé entre les trois territoires au prorata.
        niveau=Fraction(ENVELOPPE - 3_591_000_000, 6_615 + 30_197 + 25_321),
    )
    assert list(obtenu.montants) == list(HUIT_TERRITOIRES)
    assert sum(obtenu.montants.values()) == ENVELOPPE


def test_les_variations_de_l_exemple_sont_celles_annoncees():
    montants = amortir(ENVELOPPE, HUIT_TERRITOIRES, planchers_depuis(PRECEDENT, CINQ_POUR_CENT)).montants
    variations = {cle: round(Fraction(montants[cle], PRECEDENT[cle]) * 10_000 - 10_000) for cle in montants}
    assert variations == {
        "AVE": -500,
        "CAM": 218,
        "DOU": -500,
        "FLI": -500,
        "FLM": -500,
        "MLI": 975,
        "MRT": 94,
        "VAL": -500,
    }


def test_un_plafond_verse_le_surplus_aux_autres_au_prorata():
    obtenu = amortir(1_000, {"A": 6, "B": 3, "C": 1}, {}, {"A": 400})
    assert obtenu == Amortissement(
        montants={"A": 400, "B": 450, "C": 150},
        situations={"A": PLAFOND, "B": PRORATA, "C": PRORATA},
        niveau=Fraction(150),
    )


def test_planchers_et_plafonds_jouent_ensemble_et_le_reste_s_arrondit_au_centime():
    obtenu = amortir(1_001, {"A": 6, "B": 1, "C": 1, "D": 1, "E": 0}, {"D": 300, "E": 1}, {"A": 500})
    assert obtenu == Amortissement(
        montants={"A": 500, "B": 100, "C": 100, "D": 300, "E": 1},
        situations={"A": PLAFOND, "B": PRORATA, "C": PRORATA, "D": PLANCHER, "E": PLANCHER},
        niveau=Fraction(100),
    )
    assert amortir(1_002, {"A": 6, "B": 1, "C": 1, "D": 1, "E": 0}, {"D": 300, "E": 1}, {"A": 500}).montants == {
        "A": 500,
        "B": 101,
        "C": 100,
        "D": 300,
        "E": 1,
    }


@pytest.mark.parametrize(
    ("total", "attendu"),
    [(30, {"A": 10, "B": 20}), (90, {"A": 40, "B": 50})],
)
def test_aux_limites_du_faisable_chacun_est_exactement_a_sa_borne(total, attendu):
    obtenu = amortir(total, {"A": 1, "B": 1}, {"A": 10, "B": 20}, {"A": 40, "B": 50})
    assert obtenu.montants == attendu


def test_un_prorata_qui_tombe_pile_sur_une_borne_reste_un_prorata():
    assert amortir(100, {"A": 2, "B": 2, "C": 1}, {"A": 40}, {"B": 40}) == Amortissement(
        montants={"A": 40, "B": 40, "C": 20},
        situations={"A": PRORATA, "B": PRORATA, "C": PRORATA},
        niveau=Fraction(20),
    )


def test_un_total_nul_sans_plancher_donne_des_zeros():
    assert amortir(0, {"A": 2, "B": 1}, {}).montants == {"A": 0, "B": 0}


def test_en_euros_entiers_les_bornes_restent_respectees_au_centime():
    obtenu = amortir(100_000, {"A": 1, "B": 8, "C": 1}, {"A": 20_050}, {"B": 60_099}, unite=100)
    assert obtenu == Amortissement(
        montants={"A": 20_100, "B": 60_000, "C": 19_900},
        situations={"A": PLANCHER, "B": PLAFOND, "C": PRORATA},
        niveau=Fraction(19_900),
    )


def test_les_planchers_s_arrondissent_au_centime_superieur():
    precedent = {"B": 101, "A": 100, "C": 0}
    assert list(planchers_depuis(precedent, CINQ_POUR_CENT).items()) == [("B", 96), ("A", 95), ("C", 0)]
    assert planchers_depuis(precedent, Fraction(0)) == {"B": 101, "A": 100, "C": 0}
    assert planchers_depuis(precedent, Fraction(1)) == {"B": 0, "A": 0, "C": 0}


@pytest.mark.parametrize(
    ("appel", "refus", "message"),
    [
        (
            lambda: amortir(1_000_000, {"A": 1, "B": 1}, {"A": 1_234_567, "B": 1_000_000}),
            PlancherIntenable,
            "Plancher intenable : il manque 12\u202f345,67\u00a0€ "
            "(planchers 22\u202f345,67\u00a0€, total à répartir 10\u202f000,00\u00a0€).",
        ),
        (
            lambda: amortir(1_000, {"A": 1, "B": 1}, {}, {"A": 400, "B": 500}),
            PlafondsTropBas,
            "Plafonds trop bas : 1,00\u00a0€ ne peuvent être attribués "
            "(plafonds 9,00\u00a0€, total à répartir 10,00\u00a0€).",
        ),
        (  # le poids nul ne peut pas absorber le surplus, même sans plafond
            lambda: amortir(1_000, {"A": 1, "B": 0}, {"B": 5}, {"A": 400}),
            PlafondsTropBas,
            "Plafonds trop bas : 5,95\u00a0€ ne peuvent être attribués "
            "(plafonds 4,05\u00a0€, total à répartir 10,00\u00a0€).",
        ),
        (
            lambda: amortir(1_000, {"A": 1}, {"A": 300}, {"A": 200}),
            PlancherAuDessusDuPlafond,
            "Plancher au-dessus du plafond pour « A » : au moins 3,00\u00a0€, au plus 2,00\u00a0€.",
        ),
        (  # aucun euro entier entre 2,10 € et 2,90 €
            lambda: amortir(1_000, {"A": 1}, {"A": 210}, {"A": 290}, unite=100),
            PlancherAuDessusDuPlafond,
            "Plancher au-dessus du plafond pour « A » : au moins 3,00\u00a0€, au plus 2,00\u00a0€.",
        ),
        (
            lambda: amortir(1_000, {"A": 1}, {"Z": 3, "X": 1}),
            CleInconnue,
            "Plancher sans poids : aucune correspondance pour « X », « Z ».",
        ),
        (
            lambda: amortir(1_000, {"A": 1}, {}, {"Z": 3}),
            CleInconnue,
            "Plafond sans poids : aucune correspondance pour « Z ».",
        ),
        (
            lambda: amortir(1_000, {"A": 1}, {"A": -3}),
            BorneNegative,
            "Plancher négatif pour « A » : \u22120,03\u00a0€.",
        ),
        (
            lambda: amortir(1_000, {"A": 1}, {"A": 0.5}),
            ValeurNonEntiere,
            "Plancher de « A » : un nombre entier est attendu, 0.5 a été donné.",
        ),
        (
            lambda: amortir(-1_000, {"A": 1}, {}),
            TotalNegatif,
            "Le total à répartir entre planchers et plafonds est négatif : \u221210,00\u00a0€.",
        ),
        (
            lambda: amortir(1_000, {"A": 0}, {"A": 1_000}),
            PoidsTousNuls,
            "Répartition impossible : tous les poids sont nuls, le prorata n’est pas défini.",
        ),
        (
            lambda: amortir(1_050, {"A": 1}, {}, unite=100),
            TotalIndivisible,
            "Le total 10,50\u00a0€ n’est pas un multiple de 1,00\u00a0€ : 0,50\u00a0€ ne pourraient être attribués.",
        ),
        (
            lambda: planchers_depuis({"A": 100}, 0.05),
            PerteHorsBornes,
            "Perte maximale invalide : 0.05. Attendu : une fraction exacte entre 0 et 1.",
        ),
        (
            lambda: planchers_depuis({"A": 100}, Fraction(6, 5)),
            PerteHorsBornes,
            "Perte maximale invalide : 6/5. Attendu : une fraction exacte entre 0 et 1.",
        ),
        (
            lambda: planchers_depuis({"A": -100}, CINQ_POUR_CENT),
            BorneNegative,
            "Montant précédent négatif pour « A » : \u22121,00\u00a0€.",
        ),
    ],
)
def test_un_amortisseur_impossible_est_refuse_et_explique(appel, refus, message):
    with pytest.raises(RepartitionRefusee) as leve:
        appel()
    assert (type(leve.value), str(leve.value)) == (refus, message)


def test_le_manque_et_le_surplus_se_lisent_en_centimes():
    with pytest.raises(PlancherIntenable) as manque:
        amortir(1_000, {"A": 1}, {"A": 1_300})
    with pytest.raises(PlafondsTropBas) as surplus:
        amortir(1_000, {"A": 1}, {}, {"A": 800})
    assert (manque.value.manque, surplus.value.surplus) == (300, 200)


@st.composite
def cas_faisables(tirer):
    """(total, poids, planchers, plafonds, unité) où Σ planchers ≤ total ≤ Σ plafonds."""
    poids = tirer(jeux_de_poids)
    unite = tirer(st.sampled_from([1, 100]))
    planchers, plafonds = {}, {}
    for cle, valeur in poids.items():
        plancher = tirer(st.integers(0, 10_000)) * unite
        if tirer(st.booleans()):
            planchers[cle] = plancher
        if valeur and tirer(st.booleans()):
            plafonds[cle] = planchers.get(cle, 0) + tirer(st.integers(0, 10_000)) * unite
    minimum = sum(planchers.values())
    libres = [cle for cle, valeur in poids.items() if valeur and cle not in plafonds]
    marge = sum(plafonds[cle] - planchers.get(cle, 0) for cle in plafonds)
    supplement = tirer(st.integers(0, 10**9 if libres else marge // unite)) * unite
    return minimum + supplement, poids, planchers, plafonds, unite


@sans_delai
@given(cas=cas_faisables())
def test_la_somme_est_exacte_et_aucune_borne_n_est_franchie(cas):
    total, poids, planchers, plafonds, unite = cas
    montants = amortir(total, poids, planchers, plafonds, unite=unite).montants
    assert (list(montants), sum(montants.values())) == (list(poids), total)
    assert {montant % unite for montant in montants.values()} == {0}
    assert {cle: montants[cle] for cle in planchers if montants[cle] < planchers[cle]} == {}
    assert {cle: montants[cle] for cle in plafonds if montants[cle] > plafonds[cle]} == {}


@sans_delai
@given(cas=cas_faisables())
def test_les_montants_sont_ceux_du_niveau_annonce_a_moins_d_une_unite(cas):
    total, poids, planchers, plafonds, unite = cas
    obtenu = amortir(total, poids, planchers, plafonds, unite=unite)
    exacts = {}
    for cle, valeur in poids.items():
        rempli = max(Fraction(planchers.get(cle, 0)), obtenu.niveau * valeur)
        exacts[cle] = min(rempli, Fraction(plafonds[cle])) if cle in plafonds else rempli
    assert sum(exacts.values()) == total
    assert {cle: exacts[cle] for cle in poids if abs(exacts[cle] - obtenu.montants[cle]) >= unite} == {}


@sans_delai
@given(cas=cas_faisables(), facteur=st.integers(1, 1_000), donnees=st.data())
def test_ni_l_echelle_ni_l_ordre_des_poids_ne_changent_les_montants(cas, facteur, donnees):
    total, poids, planchers, plafonds, unite = cas
    melanges = {cle: poids[cle] * facteur for cle in donnees.draw(st.permutations(list(poids)))}
    premier = amortir(total, poids, planchers, plafonds, unite=unite)
    second = amortir(total, melanges, planchers, plafonds, unite=unite)
    assert second == Amortissement(premier.montants, premier.situations, premier.niveau / facteur)


@sans_delai
@given(cas=cas_faisables())
def test_entre_deux_cles_au_prorata_seul_le_poids_compte(cas):
    total, poids, planchers, plafonds, unite = cas
    obtenu = amortir(total, poids, planchers, plafonds, unite=unite)
    au_prorata = {cle: poids[cle] for cle in poids if obtenu.situations[cle] is PRORATA and poids[cle]}
    sommes = {cle: obtenu.montants[cle] for cle in au_prorata}
    if au_prorata:
        assert repartir(sum(sommes.values()), au_prorata, unite=unite) == sommes


@sans_delai
@given(total=totaux, poids=jeux_de_poids, unite=st.sampled_from([1, 100]))
def test_sans_borne_l_amortisseur_est_le_prorata_simple(total, poids, unite):
    assert amortir(total * unite, poids, {}, unite=unite).montants == repartir(total * unite, poids, unite=unite)


@sans_delai
@given(cas=cas_faisables())
def test_les_planchers_seuls_donnent_la_solution_par_exclusions_successives(cas):
    total, poids, planchers, _, _ = cas
    libres = {cle for cle in poids if poids[cle]}
    while True:
        reste = total - sum(planchers.get(cle, 0) for cle in poids.keys() - libres)
        somme = sum(poids[cle] for cle in libres)
        sous_plancher = {cle for cle in libres if reste * poids[cle] < planchers.get(cle, 0) * somme}
        if not sous_plancher:
            break
        libres -= sous_plancher
    attendu = {cle: planchers.get(cle, 0) for cle in poids} | repartir(reste, {cle: poids[cle] for cle in libres})
    assert amortir(total, poids, planchers).montants == attendu


@sans_delai
@given(
    precedent=st.dictionaries(st.sampled_from("ABCDEF"), st.integers(0, 10**11), min_size=1),
    perte=st.fractions(0, 1, max_denominator=1_000),
)
def test_un_plancher_est_le_plus_petit_centime_qui_tient_la_promesse(precedent, perte):
    planchers = planchers_depuis(precedent, perte)
    manques = {
        cle: planchers[cle]
        for cle, montant in precedent.items()
        if not planchers[cle] - 1 < (1 - perte) * montant <= planchers[cle]
    }
    assert (list(planchers), manques) == (list(precedent), {})
