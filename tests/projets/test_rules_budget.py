"""Le budget : ses totaux s’accordent, son équilibre se juge année par année, la demande se mesure au coût."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projets.models.budget import Cote
from projets.models.cofinancement import Financeur as FinanceurDuModele
from projets.rules.budget import Budget, BudgetVerifie, Cofinanceur, Ligne
from projets.rules.lignes_cerfa import COTES, FICHIER, NATURES, PAR_COMPTE, POSTES, nom_du_financeur

ANNEES = (2027, 2028, 2029)
SAISIS = [poste for poste in POSTES if poste.est_saisi]


@st.composite
def lignes(dessiner) -> tuple[Ligne, ...]:
    cles = dessiner(
        st.lists(
            st.tuples(st.sampled_from(ANNEES), st.sampled_from(SAISIS), st.integers(0, 3)), unique=True, max_size=30
        )
    )
    return tuple(
        Ligne(annee, p.cote, p.compte, dessiner(st.integers(1, 10**10)), rang if p.est_multiple else 0)
        for annee, p, rang in {(a, p.compte, r if p.est_multiple else 0): (a, p, r) for a, p, r in cles}.values()
    )


@given(lignes())
def test_chaque_total_est_la_somme_de_ses_lignes(saisies):
    budget = Budget(ANNEES, saisies)
    for cote in COTES:
        groupes = {p.groupe for p in POSTES if p.cote == cote and p.genre != "calculé"}
        places = {(li.compte, li.rang) for li in saisies if li.cote == cote}
        attendu = sum(li.montant for li in saisies if li.cote == cote)
        assert budget.du_cote(cote) == attendu
        assert sum(budget.du_cote(cote, annee) for annee in ANNEES) == attendu
        assert sum(budget.du_groupe(g, a) for g in groupes for a in ANNEES) == attendu
        assert sum(budget.de_la_ligne(compte, rang) for compte, rang in places) == attendu


@given(lignes(), st.randoms(use_true_random=False), st.booleans(), st.booleans())
def test_l_ordre_des_lignes_ne_change_rien(saisies, hasard, excedent, insuffisance):
    melangees = list(saisies)
    hasard.shuffle(melangees)
    un, deux = (
        Budget(ANNEES, tuple(s), excedent_assume=excedent, insuffisance_assumee=insuffisance)
        for s in (saisies, melangees)
    )
    assert [(un.ecart_a_couvrir(a), un.ecart_en_nature(a), un.cout(a)) for a in ANNEES] == [
        (deux.ecart_a_couvrir(a), deux.ecart_en_nature(a), deux.cout(a)) for a in ANNEES
    ]
    assert (un.part_du_departement, un.est_equilibre) == (deux.part_du_departement, deux.est_equilibre)
    assert set(un.cofinanceurs()) == set(deux.cofinanceurs())


@given(lignes())
def test_un_ecart_assume_equilibre_chaque_annee_au_centime(saisies):
    hors_nature = tuple(li for li in saisies if not li.cote.endswith("nature"))
    budget = Budget(ANNEES, hors_nature, excedent_assume=True, insuffisance_assumee=True)
    assert budget.est_equilibre
    deposees = budget.verifie().lignes
    for annee in ANNEES:
        charges = sum(li.montant for li in deposees if li.annee == annee and li.cote == "charge")
        produits = sum(li.montant for li in deposees if li.annee == annee and li.cote == "produit")
        assert charges == produits
        assert min(budget.excedent(annee), budget.insuffisance(annee)) == 0


@given(st.integers(1, 10**10), st.integers(0, 10**10))
def test_la_part_du_departement_est_au_demi_point_pres(cout, demande):
    lignes_ = (Ligne(2027, "charge", "601", cout), Ligne(2027, "produit", "74dep", demande))
    part = Budget((2027,), lignes_).part_du_departement
    assert -cout <= 2 * (100 * demande - part * cout) < cout


def test_un_budget_equilibre_donne_ses_donnees_typees():
    lignes_ = (
        Ligne(2027, "charge", "601", 10_000),
        Ligne(2027, "produit", "74dep", 5_000),
        Ligne(2027, "produit", "74fe", 2_000),
        Ligne(2027, "produit", "74com", 2_500, 2, "Denain"),
        Ligne(2029, "charge", "641", 700),
        Ligne(2029, "produit", "74com", 700, 2, "Denain"),
    )
    budget = Budget(ANNEES, lignes_, frozenset({("74com", 2)}), insuffisance_assumee=True)
    assert budget.verifie() == BudgetVerifie(
        lignes=(*lignes_, Ligne(2027, "produit", "INS", 500)),
        exercices={2027: (10_000, 5_000), 2029: (700, 0)},
        cofinancements=(
            Cofinanceur("fse", "", 2_000, est_acquis=False),
            Cofinanceur("commune", "Denain", 3_200, est_acquis=True),
        ),
    )


def test_chaque_ligne_de_subvention_a_son_financeur():
    comptes = [(compte, rang) for compte in NATURES for rang in ((0,) if compte == "74asp" else (0, 1))]
    budget = Budget((2027,), tuple(Ligne(2027, "produit", compte, 100, rang) for compte, rang in comptes[1:]))
    assert [c.financeur for c in budget.cofinanceurs() if c.financeur in {"asp", "fse", "europe", "dep"}] == [
        "dep",
        "fse",
        "europe",
        "asp",
    ]


def test_l_excedent_est_une_charge_mais_pas_un_cout():
    lignes_ = (Ligne(2027, "charge", "601", 100), Ligne(2027, "produit", "74dep", 130))
    budget = Budget((2027,), lignes_, excedent_assume=True)
    assert budget.verifie().lignes[2:] == (Ligne(2027, "charge", "EXC", 30),)
    assert (budget.cout(), budget.part_du_departement) == (100, 130)


@pytest.mark.parametrize(
    "lignes_", [(Ligne(2027, "charge", "601", 100),), (Ligne(2027, "charge_nature", "860", 100),)]
)
def test_un_budget_desequilibre_ne_se_depose_pas(lignes_):
    with pytest.raises(ValueError, match="ne sont pas égaux"):
        Budget((2027,), lignes_).verifie()


def test_le_formulaire_du_cerfa_est_entier():
    with FICHIER.open(encoding="utf-8", newline="") as contenu:
        assert [p.compte for p in POSTES] == [ligne["compte"] for ligne in csv.DictReader(contenu)]
    assert len(PAR_COMPTE) == len(POSTES)
    assert {p.cote for p in POSTES} == set(COTES) == set(Cote.values)
    assert [p.compte for p in POSTES if PAR_COMPTE[p.groupe].cote != p.cote] == []
    assert [p.compte for p in POSTES if PAR_COMPTE[p.groupe].genre not in {"non", p.genre}] == []
    assert {p.compte for p in POSTES if p.groupe == "74" and p.est_saisi} == set(NATURES)


def test_chaque_nature_de_financeur_existe_au_modele():
    codes = {nature.financeur for nature in NATURES.values()} | {"fse"}
    assert codes == set(FinanceurDuModele.values) - {"autre"}


@pytest.mark.parametrize(
    ("compte", "rang", "precision", "nom"),
    [
        ("74dep", 0, "", "Département (demande)"),
        ("74fe", 0, "", "Fonds social européen (FSE)"),
        ("74com", 2, "Denain", "Commune : Denain"),
        ("74com", 2, "", "Commune (ligne 2)"),
        ("601", 0, "", "Achats matières et fournitures"),
    ],
)
def test_une_ligne_a_un_nom(compte, rang, precision, nom):
    assert nom_du_financeur(compte, rang, precision) == nom
