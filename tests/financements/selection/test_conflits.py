"""Quand rien ne convient : quelles contraintes se contredisent, et de combien."""

from financements.rules.selection import (
    Choix,
    Conflit,
    Exercice,
    Plancher,
    Repere,
    Sorte,
    Statut,
    resoudre,
)
from tests.financements.selection.fabriques import candidat, probleme

CREDITS = Repere(Sorte.CREDITS, annee=2017)
DOU = Repere(Sorte.TERRITOIRE, annee=2017, territoire="DOU")
PART = Repere(Sorte.PART_PROFESSIONNELLE, annee=2017)
IMPOSES, ECARTES = Repere(Sorte.RETENU), Repere(Sorte.ECARTE)


def conflit_de(pose):
    resultat = resoudre(pose)
    assert (resultat.statut, resultat.solution, resultat.borne) == (Statut.INFAISABLE, None, None)
    return resultat.conflit


def test_des_imposes_depassent_une_enveloppe_et_pas_les_autres():
    imposes = [candidat(cle, 50, (60, 90), choix=Choix.RETENU) for cle in "AB"]
    pose = probleme(*imposes, candidat("C"), territoires={("DOU", 2017): 100_00}, credits=500)
    assert conflit_de(pose) == Conflit((IMPOSES, DOU), {DOU: 20_00})


def test_un_plancher_ne_tient_pas_dans_son_enveloppe():
    pose = probleme(candidat("A", 50, (10, 90)), credits=50, planchers={"DOU": Plancher(montant=70_00)})
    plancher = Repere(Sorte.PLANCHER_MONTANT, territoire="DOU")
    assert conflit_de(pose) == Conflit((CREDITS, plancher), {CREDITS: 20_00, plancher: 20_00})


def test_un_plancher_en_nombre_manque_de_projets_parce_qu_on_les_a_ecartes():
    pose = probleme(candidat("A"), candidat("B", choix=Choix.ECARTE), planchers={"DOU": Plancher(nombre=2)})
    plancher = Repere(Sorte.PLANCHER_NOMBRE, territoire="DOU")
    assert conflit_de(pose) == Conflit((ECARTES, plancher), {plancher: 1})


def test_un_plancher_impossible_est_seul_en_cause():
    plancher = Repere(Sorte.PLANCHER_NOMBRE, territoire="DOU")
    assert conflit_de(probleme(candidat("A"), planchers={"DOU": Plancher(nombre=3)})) == Conflit(
        (plancher,), {plancher: 2}
    )


def test_des_imposes_sociaux_sans_volet_professionnel():
    pose = probleme(
        candidat("S", 90, (41, 50), est_professionnel=False, choix=Choix.RETENU), candidat("P", 10, (10, 20)),
        credits=100, part_professionnelle={2017: 5_900},
    )  # fmt: skip
    # 41 € de social demandent 59 € de professionnel ; il n’y en a que 20.
    assert conflit_de(pose) == Conflit((IMPOSES, PART), {PART: 39_00})


def test_un_conflit_de_projets_entiers():
    # En partie, un projet de 100 € donnerait 50 € ; entier, il ne tient pas dans 80 €.
    pose = probleme(candidat("A"), credits=80, planchers={"DOU": Plancher(montant=50_00)})
    plancher = Repere(Sorte.PLANCHER_MONTANT, territoire="DOU")
    assert conflit_de(pose) == Conflit((CREDITS, plancher), {CREDITS: 20_00, plancher: 50_00})


def test_un_conflit_d_euros_entiers():
    # 59 % de 50 € ne fait pas un nombre entier d’euros, et il faut exactement 50 €.
    pose = probleme(
        candidat("P", 50, (0, 29)), candidat("S", 50, (0, 50), est_professionnel=False),
        credits=50, part_professionnelle={2017: 5_900}, planchers={"DOU": Plancher(montant=49_01)},
    )  # fmt: skip
    resultat = conflit_de(pose)
    assert (PART in resultat.reperes, resultat.est_au_centime) == (True, True)


def test_un_impose_sans_euro_entier_entre_ses_bornes():
    sans = candidat("A", exercices={2017: Exercice(10_01, 10_99)}, choix=Choix.RETENU)
    assert conflit_de(probleme(sans, candidat("B"))) == Conflit((IMPOSES,), {}, irrealisables=("A",))
