"""Ce que l’écran dira, mot pour mot."""

from fractions import Fraction

import pytest

from financements.rules.selection import (
    Choix,
    Exercice,
    Plancher,
    Repere,
    Resultat,
    Solution,
    Sorte,
    Statut,
    Tension,
    Violation,
    resoudre,
)
from financements.rules.selection.phrases import (
    dire_la_tension,
    dire_la_violation,
    dire_le_conflit,
    dire_le_manque,
    dire_le_resultat,
)
from tests.financements.selection.fabriques import candidat, exact, probleme


def simple(texte):
    """Les espaces insécables, remplacées par des espaces."""
    return texte.replace("\u00a0", " ").replace("\u202f", " ")


POSE = probleme(
    candidat("A", nom="Régie"), credits={2017: 100_00}, part_professionnelle={2017: 5_900},
    planchers={"DOU": Plancher(30_00, 2)}, noms={"DOU": "Douaisis"},
)  # fmt: skip


@pytest.mark.parametrize(
    ("repere", "phrase"),
    [
        (
            Repere(Sorte.TERRITOIRE, 2017, "DOU"),
            "L’enveloppe 2017 « Douaisis » : 1 000 € de plus ajouteraient 2,50 points à la valeur. Il y reste 0,12 €.",
        ),
        (
            Repere(Sorte.AXE, 2017, axe=3),
            "L’enveloppe 2017 de l’axe 3 : 1 000 € de plus ajouteraient 2,50 points à la valeur. Il y reste 0,12 €.",
        ),
        (
            Repere(Sorte.CREDITS, 2017),
            "Les crédits de paiement de 2017 : 1 000 € de plus ajouteraient 2,50 points à la valeur. "
            "Il y reste 0,12 €.",
        ),
        (
            Repere(Sorte.PART_PROFESSIONNELLE, 2017),
            "La part professionnelle de 2017 : un point de moins ajouterait 2,50 points à la valeur. "
            "Le volet social peut encore y prendre 0,12 €.",
        ),
        (
            Repere(Sorte.PLANCHER_MONTANT, territoire="DOU"),
            "Le plancher en euros « Douaisis » : 1 000 € de moins ajouteraient 2,50 points à la valeur. "
            "La sélection le dépasse de 0,12 €.",
        ),
        (
            Repere(Sorte.PLANCHER_NOMBRE, territoire="DOU"),
            "Le plancher en projets « Douaisis » : un projet de moins ajouterait 2,50 points à la valeur. "
            "La sélection en a 12 de plus que demandé.",
        ),
    ],
)
def test_une_tension(repere, phrase):
    assert simple(dire_la_tension(POSE, Tension(repere, Fraction(5, 2), 12))) == phrase


@pytest.mark.parametrize(
    ("violation", "phrase"),
    [
        (
            Violation(Repere(Sorte.CREDITS, 2017), 100_01, 100_00),
            "Les crédits de paiement de 2017 : 100,01 € pour 100,00 €, soit 0,01 € de trop.",
        ),
        (
            Violation(Repere(Sorte.PART_PROFESSIONNELLE, 2017), 58_99, 59_00),
            "La part professionnelle de 2017 : 58,99 €, il faut au moins 59,00 €.",
        ),
        (
            Violation(Repere(Sorte.PLANCHER_NOMBRE, territoire="DOU"), 1, 2),
            "Le plancher en projets « Douaisis » : 1 projet, il en faut 2.",
        ),
        (Violation(Repere(Sorte.RETENU, projet="A"), 0, 1), "Le choix de retenir « Régie » n’est pas respecté."),
        (Violation(Repere(Sorte.ECARTE, projet="A"), 1, 0), "Le choix d’écarter « Régie » n’est pas respecté."),
        (
            Violation(Repere(Sorte.MONTANT, 2017, projet="A"), 1_50, 2_00),
            "Le montant 2017 de « Régie » : 1,50 €, hors de ses bornes, ou pas en euros entiers.",
        ),
    ],
)
def test_une_violation(violation, phrase):
    assert simple(dire_la_violation(POSE, violation)) == phrase


def test_ce_qui_pese_et_qui_manque_de_peu():
    pose = probleme(
        candidat("A", 80), candidat("B", 40, nom="Atelier"),
        territoires={("DOU", 2017): 170_00}, noms={"DOU": "Douaisis"},
    )  # fmt: skip
    resultat = exact(pose)
    # Un euro vaut 40 points pour 100 € de demande moyenne : 1 000 € en valent 400.
    assert [simple(dire_la_tension(pose, t)) for t in resultat.tensions] == [
        "L’enveloppe 2017 « Douaisis » : 1 000 € de plus ajouteraient 400,00 points à la valeur. Il y reste 70,00 €."
    ]
    assert [simple(dire_le_manque(pose, m)) for m in resultat.manques] == [
        "« Atelier » : son minimum viable ne tient plus dans l’enveloppe 2017 « Douaisis » "
        "(reste 70,00 €, besoin 100,00 €)."
    ]


def test_un_manque_aux_nombreux_obstacles_cite_les_plus_durs():
    annees = (2016, 2017, 2018)
    trois_ans = {annee: Exercice(annee * 100, annee * 100) for annee in annees}
    pose = probleme(
        candidat("A", 90, exercices={2018: Exercice(100, 100)}), candidat("B", 40, exercices=trois_ans),
        annees=annees, credits=dict.fromkeys(annees, 10_00), axes={(1, annee): 9_00 for annee in (2017, 2018)},
    )  # fmt: skip
    (manque,) = exact(pose).manques
    assert simple(dire_le_manque(pose, manque)) == (
        "« B » : son minimum viable ne tient plus dans "
        "l’enveloppe 2018 de l’axe 1 (reste 8,00 €, besoin 2 018,00 €), "
        "les crédits de paiement de 2018 (reste 9,00 €, besoin 2 018,00 €), "
        "l’enveloppe 2017 de l’axe 1 (reste 9,00 €, besoin 2 017,00 €) et 2 autres."
    )


def test_un_manque_qui_tient_au_volet_social_ou_aux_euros_entiers():
    pose = probleme(
        candidat("P", 80), candidat("S", 90, est_professionnel=False),
        candidat("Z", 10, exercices={2017: Exercice(10_01, 10_99)}), part_professionnelle={2017: 5_900},
    )  # fmt: skip
    assert [simple(dire_le_manque(pose, m)) for m in exact(pose).manques] == [
        "« S » : son minimum viable ne tient plus dans ce que la part professionnelle de 2017 laisse au volet social "
        "(reste 69,49 €, besoin 100,00 €).",
        "« Z » : aucun montant en euros entiers ne tient entre son minimum viable et son maximum.",
    ]


def test_un_conflit_d_imposes():
    imposes = [candidat(cle, 50, (60, 90), choix=Choix.RETENU) for cle in "AB"]
    pose = probleme(*imposes, territoires={("DOU", 2017): 100_00}, noms={"DOU": "Douaisis"})
    assert [simple(phrase) for phrase in dire_le_conflit(pose, resoudre(pose).conflit)] == [
        "Ces contraintes se contredisent ; sans n’importe laquelle d’entre elles, les autres se tiennent.",
        "Les projets imposés : « A » et « B ».",
        "L’enveloppe 2017 « Douaisis » : 100,00 € ; les projets imposés y demandent au moins 120,00 €.",
        "Pour lever cette contradiction : relever l’enveloppe 2017 « Douaisis » d’au moins 20,00 €.",
    ]


def test_un_conflit_de_planchers():
    pose = probleme(
        candidat("A", 50, (10, 90)), *(candidat(f"E{rang}", choix=Choix.ECARTE) for rang in range(6)),
        planchers={"DOU": Plancher(montant=95_00)},
    )  # fmt: skip
    assert [simple(phrase) for phrase in dire_le_conflit(pose, resoudre(pose).conflit)] == [
        "Ces contraintes se contredisent ; sans n’importe laquelle d’entre elles, les autres se tiennent.",
        "Les projets écartés : 6 projets.",
        "Le plancher en euros « DOU » : au moins 95,00 € sur la durée.",
        "Pour lever cette contradiction : abaisser le plancher en euros « DOU » d’au moins 5,00 €.",
    ]


def test_une_contrainte_impossible_a_elle_seule():
    pose = probleme(candidat("A"), planchers={"DOU": Plancher(nombre=3)})
    assert [simple(phrase) for phrase in dire_le_conflit(pose, resoudre(pose).conflit)] == [
        "Cette contrainte ne peut pas être tenue, même seule : les projets n’y suffisent pas.",
        "Le plancher en projets « DOU » : au moins 3 projets.",
        "Pour lever cette contradiction : abaisser le plancher en projets « DOU » d’au moins 2 projets.",
    ]


def test_le_solveur_ne_dit_rien_sur_la_sortie(capfd):
    exact(probleme(candidat("A")))
    assert capfd.readouterr() == ("", "")


def test_un_conflit_de_part_professionnelle():
    pose = probleme(
        candidat("S", 90, (41, 50), est_professionnel=False, choix=Choix.RETENU), candidat("P", 10, (10, 20)),
        part_professionnelle={2017: 5_900},
    )  # fmt: skip
    assert [simple(phrase) for phrase in dire_le_conflit(pose, resoudre(pose).conflit)] == [
        "Ces contraintes se contredisent ; sans n’importe laquelle d’entre elles, les autres se tiennent.",
        "Les projets imposés : « S ».",
        "La part professionnelle de 2017 : au moins 59,00 % des montants.",
        "Pour lever cette contradiction : trouver au moins 39,00 € de volet professionnel, "
        "ou abaisser la part professionnelle de 2017.",
    ]


def test_un_conflit_sans_euro_entier_ou_sans_reponse():
    sans = candidat("A", exercices={2017: Exercice(10_01, 10_99)}, choix=Choix.RETENU, nom="Régie")
    pose = probleme(sans)
    assert dire_le_conflit(pose, resoudre(pose).conflit) == [
        "Imposés, mais sans montant en euros entiers entre leur minimum et leur maximum : Régie."
    ]
    assert dire_le_conflit(pose, None) == [
        "Le temps accordé n’a pas suffi à trouver quelles contraintes se contredisent."
    ]


@pytest.mark.parametrize(
    ("resultat", "phrase"),
    [
        (
            Resultat(Statut.OPTIMAL, 1.24, Solution({"A": {}}, Fraction(1)), Fraction(1), Fraction(1, 2_000)),
            "1 projet en 1,2 s ; il est prouvé qu’aucune sélection ne vaut plus de 0,050 % de mieux.",
        ),
        (
            Resultat(Statut.ARRETE, 60, Solution({}, Fraction(1)), Fraction(2), Fraction(1, 2)),
            "0 projet en 60,0 s ; recherche arrêtée avant la précision demandée ; "
            "il est prouvé qu’aucune sélection ne vaut plus de 50,000 % de mieux.",
        ),
        (
            Resultat(Statut.ARRETE, 60, Solution({}, Fraction(1))),
            "0 projet en 60,0 s, sans borne : rien ne dit ce qu’une autre sélection vaudrait.",
        ),
        (Resultat(Statut.INFAISABLE, 2), "Aucune sélection ne tient toutes les contraintes (établi en 2,0 s)."),
        (
            Resultat(Statut.SANS_REPONSE, 60),
            "Aucune sélection trouvée en 60,0 s : le temps accordé n’a pas suffi, sans rien prouver.",
        ),
    ],
)
def test_le_resultat(resultat, phrase):
    assert simple(dire_le_resultat(resultat)) == phrase
