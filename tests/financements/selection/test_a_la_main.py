"""De petits problèmes dont la réponse se trouve à la main."""

from fractions import Fraction

import pytest

from financements.rules.selection import (
    Choix,
    Exercice,
    Objectif,
    Plancher,
    Ponderation,
    ProblemeRefuse,
    Repere,
    Solution,
    Sorte,
    Statut,
    Violation,
    glouton,
    valeur,
    verifier,
)
from financements.rules.selection.montants import completer
from tests.financements.selection.fabriques import EURO, candidat, euros, exact, probleme

MINIMUM_FAUX = "Le minimum viable de « A » n’est pas entre zéro et son maximum."
PAR_PROJET = Objectif(ponderation=Ponderation.PROJET)


def test_par_euro_le_mieux_note_passe_avant_deux_petits():
    trois = [candidat("A", 80, (60, 60)), candidat("B", 50, (50, 50)), candidat("C", 40, (50, 50))]
    assert euros(exact(probleme(*trois, credits=100))) == {"A": 60}


def test_par_projet_deux_petits_passent_avant_le_mieux_note():
    trois = [candidat("A", 80, (60, 60)), candidat("B", 50, (50, 50)), candidat("C", 40, (50, 50))]
    assert euros(exact(probleme(*trois, credits=100, objectif=PAR_PROJET))) == {"B": 50, "C": 50}


def test_les_allocataires_seuls_decident_si_on_le_demande():
    deux = [candidat("A", 90, allocataires=5), candidat("B", 20, allocataires=6)]
    assert euros(exact(probleme(*deux, credits=100, objectif=Objectif(part_note=0)))) == {"B": 100}


def test_le_reste_va_au_mieux_note_au_dela_du_minimum():
    deux = [candidat("A", 60, (50, 100)), candidat("B", 40, (50, 100))]
    resultat = exact(probleme(*deux, credits=121))
    assert (euros(resultat), resultat.statut) == ({"A": 71, "B": 50}, Statut.OPTIMAL)


def test_un_montant_est_en_euros_entiers_meme_si_l_enveloppe_ne_l_est_pas():
    pose = probleme(candidat("A", 60, (50, 100)), credits={2017: 7099})
    assert euros(exact(pose)) == {"A": 70}


def test_un_projet_est_retenu_pour_toutes_ses_annees_ou_aucune():
    deux_ans = {2017: Exercice(50 * EURO, 50 * EURO), 2018: Exercice(80 * EURO, 80 * EURO)}
    pose = probleme(
        candidat("A", 90, exercices=deux_ans), candidat("B", 10, (50, 50)),
        annees=(2017, 2018), credits={2017: 60 * EURO, 2018: 79 * EURO},
    )  # fmt: skip
    assert exact(pose).solution.montants == {"B": {2017: 50 * EURO}}


def test_les_parts_se_tiennent_au_centime():
    # 33,33 % de 100 € font 33,33 € ; de 101 €, 33,66 €.
    tiers = {"DOU": 3_333, "VAL": 3_333, "CAM": 3_334}
    territoires = {("DOU", 2017): 33_65, ("VAL", 2017): 99_00, ("CAM", 2017): 99_00}
    pose = probleme(candidat("A", 50, (50, 200), parts=tiers), territoires=territoires)
    assert (euros(exact(pose)), verifier(pose, exact(pose).solution)) == ({"A": 100}, [])


def test_un_projet_a_montant_fixe_compte_ses_parts_exactes():
    tiers = {"DOU": 3_333, "VAL": 3_333, "CAM": 3_334}
    juste = {("DOU", 2017): 33_33, ("VAL", 2017): 33_33, ("CAM", 2017): 33_34}
    assert euros(exact(probleme(candidat("A", parts=tiers), territoires=juste))) == {"A": 100}
    court = juste | {("CAM", 2017): 33_33}
    assert euros(exact(probleme(candidat("A", parts=tiers), territoires=court))) == {}


def test_la_part_professionnelle_se_tient():
    pose = probleme(
        candidat("P", 10, (59, 59)), candidat("S", 90, (41, 41), est_professionnel=False),
        candidat("T", 95, (42, 42), est_professionnel=False), part_professionnelle={2017: 5_900},
    )  # fmt: skip
    assert euros(exact(pose)) == {"P": 59, "S": 41}


def test_un_axe_borne_le_sien():
    pose = probleme(
        candidat("A", 90, axe=1), candidat("B", 80, axe=1), candidat("C", 10, axe=2), axes={(1, 2017): 150_00}
    )
    assert euros(exact(pose)) == {"A": 100, "C": 100}


def test_un_plancher_en_nombre_impose_les_moins_bons_d_ailleurs():
    pose = probleme(
        candidat("A", 90), candidat("B", 80), candidat("C", 10, parts={"VAL": 10_000}),
        credits=200, planchers={"VAL": Plancher(nombre=1)},
    )  # fmt: skip
    assert euros(exact(pose)) == {"A": 100, "C": 100}


def test_un_plancher_en_euros_se_tient_au_centime():
    pose = probleme(
        candidat("A", 90, (50, 100)), candidat("C", 10, (40, 100), parts={"VAL": 10_000}),
        credits=150, planchers={"VAL": Plancher(montant=60_01)},
    )  # fmt: skip
    assert euros(exact(pose)) == {"A": 89, "C": 61}


def test_un_choix_impose_ne_se_discute_pas():
    pose = probleme(
        candidat("A", 90), candidat("B", 1, choix=Choix.RETENU), candidat("C", 99, choix=Choix.ECARTE), credits=100
    )
    assert euros(exact(pose)) == {"B": 100}


def test_un_projet_sans_euro_entier_entre_ses_bornes_n_est_pas_retenu():
    sans = candidat("A", 90, exercices={2017: Exercice(10_01, 10_99)})
    assert euros(exact(probleme(sans, candidat("B", 10)))) == {"B": 100}


def test_un_probleme_sans_candidat_a_une_reponse_vide():
    resultat = exact(probleme(credits=100))
    assert (resultat.statut, resultat.solution) == (Statut.OPTIMAL, Solution({}, Fraction(0)))


def test_la_valeur_par_euro_rapporte_la_note_a_la_demande_moyenne():
    pose = probleme(candidat("A", 80, (50, 100)), candidat("B", 40, (300, 300)))
    assert valeur(pose, {"A": {2017: 50_00}, "B": {2017: 300_00}}) == 80 * Fraction(50, 200) + 40 * Fraction(300, 200)


def test_la_valeur_par_projet_compte_dix_pour_cent_au_taux_de_financement():
    pose = probleme(candidat("A", 80, (50, 100)), objectif=PAR_PROJET)
    assert valeur(pose, {"A": {2017: 50_00}}) == 72 + 8 * Fraction(1, 2)


def test_un_melange_met_les_allocataires_a_l_echelle_des_notes():
    deux = [candidat("A", 80, allocataires=30), candidat("B", 40, allocataires=10)]
    pose = probleme(*deux, objectif=Objectif(part_note=50, ponderation=Ponderation.PROJET, part_montant=0))
    assert valeur(pose, {"A": {2017: 100_00}}) == Fraction(80, 2) + Fraction(120 * 30, 40) / 2


def test_verifier_dit_tout_ce_qui_ne_tient_pas():
    pose = probleme(
        candidat("A", 90, (50, 100), choix=Choix.ECARTE),
        candidat("B", 80, choix=Choix.RETENU),
        candidat("C", 10, est_professionnel=False),
        territoires={("DOU", 2017): 99_99}, axes={(1, 2017): 40_00}, credits=99,
        part_professionnelle={2017: 5_000}, planchers={"DOU": Plancher(montant=200_00, nombre=3)},
    )  # fmt: skip
    montants = {"A": {2017: 49_99}, "C": {2017: 100_00}, "X": {}}
    assert verifier(pose, Solution(montants, Fraction(0))) == [
        Violation(Repere(Sorte.ECARTE, projet="X"), 1, 0),
        Violation(Repere(Sorte.ECARTE, projet="A"), 1, 0),
        Violation(Repere(Sorte.MONTANT, annee=2017, projet="A"), 49_99, 50_00),
        Violation(Repere(Sorte.RETENU, projet="B"), 0, 1),
        Violation(Repere(Sorte.TERRITOIRE, annee=2017, territoire="DOU"), 149_99, 99_99),
        Violation(Repere(Sorte.AXE, annee=2017, axe=1), 149_99, 40_00),
        Violation(Repere(Sorte.CREDITS, annee=2017), 149_99, 99_00),
        Violation(Repere(Sorte.PART_PROFESSIONNELLE, annee=2017), 49_99, 75_00),
        Violation(Repere(Sorte.PLANCHER_MONTANT, territoire="DOU"), 149_99, 200_00),
        Violation(Repere(Sorte.PLANCHER_NOMBRE, territoire="DOU"), 2, 3),
    ]


def test_le_glouton_prend_au_maximum_puis_au_minimum_dans_l_ordre_des_notes():
    trois = [candidat("A", 80, (60, 90)), candidat("B", 70, (20, 50)), candidat("C", 60, (5, 50))]
    assert glouton(probleme(*trois, credits=130)).montants == {
        "A": {2017: 90_00},
        "B": {2017: 20_00},
        "C": {2017: 5_00},
    }


def test_completer_ajoute_au_minimum_ce_qui_tient_encore_et_vaut_quelque_chose():
    cinq = [
        candidat("A", 50), candidat("B", 40, (30, 90)), candidat("C", 60, (80, 80)), candidat("D", 0, (1, 1)),
        candidat("E", 70, (5, 5), choix=Choix.ECARTE),
    ]  # fmt: skip
    pose = probleme(*cinq, credits=140)
    depart = {"A": {2017: 100_00}}
    attendus = depart | {"B": {2017: 30_00}}
    assert completer(pose, Solution(depart, valeur(pose, depart))) == Solution(attendus, valeur(pose, attendus))


def test_completer_rend_la_meme_quand_rien_ne_tient():
    pose = probleme(candidat("A"), candidat("B"), credits=100)
    pleine = Solution({"A": {2017: 100_00}}, Fraction(50))
    assert completer(pose, pleine) is pleine


def test_le_glouton_laisse_au_volet_professionnel_sa_part():
    pose = probleme(
        candidat("S", 99, (50, 50), est_professionnel=False), candidat("P", 10, (40, 40)),
        credits=100, part_professionnelle={2017: 5_000},
    )  # fmt: skip
    assert glouton(pose).montants == {"P": {2017: 40_00}}


def test_le_glouton_compte_la_part_sociale_sur_les_territoires_quand_les_cp_ne_sont_pas_bornes():
    pose = probleme(
        candidat("S", 99, (50, 50), est_professionnel=False), candidat("T", 98, (1, 1), est_professionnel=False),
        candidat("P", 10, (50, 50)),
        territoires={("DOU", 2017): 100_00}, part_professionnelle={2017: 5_000},
    )  # fmt: skip
    assert glouton(pose).montants == {"S": {2017: 50_00}, "P": {2017: 50_00}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"candidats": (candidat("A"), candidat("A"))}, "Le projet « A » est donné deux fois."),
        ({"candidats": (candidat("A", parts={"DOU": 9_999}),)}, "Les parts de « A » ne font pas 100 %."),
        ({"candidats": (candidat("A", -1),)}, "La note ou les allocataires de « A » sont négatifs."),
        ({"annees": (2018,)}, "« A » demande une année hors de l’appel."),
        ({"candidats": (candidat("A", 1, (9, 8)),)}, MINIMUM_FAUX),
        ({"territoires": {("VAL", 2017): 1}}, "DOU n’a pas d’enveloppe en 2017 : « A » y a une part."),
        ({"credits": {2017: -1}}, "Une enveloppe est négative."),
        ({"part_professionnelle": {2017: 10_001}}, "La part professionnelle minimale est comprise entre 0 et 100 %."),
        ({"planchers": {"DOU": Plancher(nombre=-1)}}, "Un plancher est négatif."),
        ({"objectif": Objectif(part_note=101)}, "Les parts de l’objectif sont comprises entre 0 et 100 %."),
    ],
)  # fmt: skip
def test_une_donnee_insensee_est_refusee(change, message):
    change = dict(change)
    with pytest.raises(ProblemeRefuse) as refus:
        probleme(*change.pop("candidats", [candidat("A")]), **change)
    assert str(refus.value) == message
