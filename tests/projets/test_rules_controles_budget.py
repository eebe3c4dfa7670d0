"""Ce qui empêche de déposer un budget, ce qui s’explique, ce que dit le bandeau."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projets.rules.budget import Budget, Ligne
from projets.rules.controles_budget import (
    Avertissement,
    Constat,
    Financeur,
    Refus,
    avertissements,
    constat,
    designe_le_fse,
    meme_financeur,
    refus,
)

ANNEES = (2027, 2028)


def budget(*lignes: tuple[int, str, str, int], **champs: bool) -> Budget:
    """(année, côté, compte, euros)."""
    return Budget(ANNEES, tuple(Ligne(a, cote, compte, euros * 100) for a, cote, compte, euros in lignes), **champs)


def equilibre(cout: int = 1000, demande: int = 600) -> list[tuple[int, str, str, int]]:
    """Deux années égales, que le département et les ventes financent."""
    return [
        ligne
        for annee in ANNEES
        for ligne in (
            (annee, "charge", "641", cout),
            (annee, "produit", "74dep", demande),
            (annee, "produit", "70", cout - demande),
        )
    ]


def test_rien_a_redire_a_un_budget_equilibre():
    juste = budget(*equilibre())
    assert refus(juste, []) == []
    assert avertissements(juste, [], a_des_salaries=True) == []
    assert constat(juste) == Constat(
        est_favorable=True,
        titre="Budget équilibré chaque année.",
        phrases=["Le Département financerait 60\u00a0% de l’action."],
    )


def test_un_budget_vide_n_a_qu_un_manque():
    vide = budget()
    assert refus(vide, []) == [Refus("equilibre", "Budget", "Chiffrez les charges et les produits de l’action.")]
    assert avertissements(vide, [], a_des_salaries=True) == []
    assert constat(vide) == Constat(
        est_favorable=False,
        titre="Budget encore vide.",
        phrases=["Tapez les charges et les produits de chaque année."],
    )


def test_chaque_ecart_se_dit_avec_son_annee():
    faux = budget(
        (2027, "charge", "601", 1200),
        (2027, "produit", "74dep", 1000),
        (2028, "charge", "601", 500),
        (2028, "produit", "74dep", 501),
        (2028, "charge_nature", "860", 30),
    )
    assert refus(faux, []) == [
        Refus("c_74dep_2028", "Département (demande) 2028", "La demande dépasse le coût de l’année (500\u00a0€)."),
        Refus("equilibre", "Équilibre 2027", "Les charges dépassent les produits de 200\u00a0€."),
        Refus("equilibre", "Équilibre 2028", "Les produits dépassent les charges de 1\u00a0€."),
        Refus("contributions", "Contributions volontaires 2028", "Les comptes 86 et 87 diffèrent de 30\u00a0€."),
    ]
    assert constat(faux) == Constat(
        est_favorable=False,
        titre="Budget à équilibrer.",
        phrases=[
            "2027 : les charges dépassent les produits de 200\u00a0€.",
            "2028 : les produits dépassent les charges de 1\u00a0€.",
            "2028 : les comptes 86 et 87 diffèrent de 30\u00a0€.",
            "2028 : la demande au Département (501\u00a0€) dépasse le coût (500\u00a0€).",
        ],
    )


def test_l_insuffisance_assumee_equilibre():
    lignes = [(2027, "charge", "601", 1000), (2027, "produit", "74dep", 600)]
    assert [r.champ for r in refus(budget(*lignes), [])] == ["equilibre"]
    assert refus(budget(*lignes, insuffisance_assumee=True), []) == []
    assert [r.champ for r in refus(budget(*lignes, excedent_assume=True), [])] == ["equilibre"]


def test_il_faut_demander_quelque_chose():
    sans = budget((2027, "charge", "601", 10), (2027, "produit", "70", 10))
    attendu = Refus("c_74dep_2027", "Département (demande)", "Dites ce que vous demandez au Département.")
    assert refus(sans, []) == [attendu]


def test_un_financeur_ne_figure_qu_une_fois():
    financeurs = [
        Financeur("74com", 1, "Ville de Lille"),
        Financeur("74com", 2, "LILLE"),
        Financeur("74epci", 1, "Lille"),
        Financeur("74fe", 1, "Le FSE+"),
        Financeur("74fe", 2, "FEDER"),
    ]
    assert refus(budget(*equilibre()), financeurs) == [
        Refus(
            "precision_74com_2",
            "Commune (ligne 2)",
            "« LILLE » figure déjà : un financeur n’a qu’une ligne.",
            est_une_faute=True,
        ),
        Refus(
            "precision_74fe_1",
            "Autre fonds européen (ligne 1)",
            "Le Fonds social européen a sa ligne : il ne figure qu’une fois.",
            est_une_faute=True,
        ),
    ]


def test_un_montant_sans_nom_se_precise_un_nom_sans_montant_s_explique():
    lignes = (*budget(*equilibre()).lignes, Ligne(2027, "produit", "74com", 500, 1), Ligne(2027, "charge", "601", 500))
    un = Budget(ANNEES, lignes)
    financeurs = [Financeur("74com", 1, ""), Financeur("74com", 2, "Denain"), Financeur("74com", 3, "")]
    assert refus(un, financeurs) == [Refus("precision_74com_1", "Commune (ligne 1)", "Précisez ce financeur.")]
    assert avertissements(un, financeurs, a_des_salaries=False) == [
        Avertissement("c_74com_2_2027", "Commune : Denain : aucun montant, cette ligne ne sera pas déposée.")
    ]


@pytest.mark.parametrize(
    ("lignes", "champs", "attendu"),
    [
        (
            equilibre(demande=810),
            {},
            Avertissement(
                "c_74dep_2027",
                "Le Département financerait 81\u00a0% de l’action : "
                "dites dans la description pourquoi il y a peu d’autres financeurs.",
            ),
        ),
        (
            [(2027, "charge", "601", 1000), (2028, "charge", "601", 1310)],
            {},
            Avertissement("equilibre", "De 2027 à 2028, le coût augmente de 31\u00a0% : expliquez pourquoi."),
        ),
        (
            [(2027, "charge", "601", 1000), (2028, "charge", "601", 690)],
            {},
            Avertissement("equilibre", "De 2027 à 2028, le coût baisse de 31\u00a0% : expliquez pourquoi."),
        ),
        ([(2028, "charge", "641", 10)], {}, Avertissement("equilibre", "2027 : aucune charge n’est prévue.")),
        (
            [*equilibre(), (2027, "produit", "70", 1)],
            {"excedent_assume": True},
            Avertissement("budget_excedent", "Un excédent est prévu : le Département peut réduire son aide d’autant."),
        ),
    ],
)
def test_ce_qui_s_explique(lignes, champs, attendu):
    assert avertissements(budget(*lignes, **champs), [], a_des_salaries=False) == [attendu]


@pytest.mark.parametrize(
    "lignes", [equilibre(demande=800), [(2027, "charge", "601", 1000), (2028, "charge", "601", 1300)]]
)
def test_juste_au_seuil_rien_ne_s_explique(lignes):
    assert avertissements(budget(*lignes), [], a_des_salaries=False) == []


@pytest.mark.parametrize(
    "ecrit",
    [
        *(
            "FSE",
            "F.S.E. plus 2027",
            "F S E",
            "f-s-e +",
            "le FSE+ à Lille",
            "FSE2027",
            "FSEplus",
            "F\u00adSE",
            "ＦＳＥ",
        ),
        *("Fonds Social Européen", "FONDS-SOCIAL EUROPEEN PLUS", "fond social européen", "Fonds sociaux européens"),
    ],
)
def test_toutes_les_ecritures_du_fse(ecrit):
    assert designe_le_fse(ecrit)


@pytest.mark.parametrize(
    "ecrit", ["", "FEDER", "Fondation FSEG", "FSER", "Chef se", "Fonds européen", "Fonds social", "DFSE", "f" * 5000]
)
def test_ce_qui_n_est_pas_le_fse(ecrit):
    assert not designe_le_fse(ecrit)


SEPARATEURS = st.sampled_from(["", " ", ".", ". ", "-", " - ", "_", "/", "·", "\u00a0", "\u202f", "’", "("])


@given(
    st.sampled_from(["fse", "FSE", "Fse", "fseplus", "fondssocialeuropéen"]),
    st.lists(SEPARATEURS, min_size=20, max_size=20),
)
def test_des_separateurs_entre_les_lettres_ne_cachent_pas_le_fse(nom, separateurs):
    assert designe_le_fse("".join(lettre + entre for lettre, entre in zip(nom, separateurs, strict=False)))


def test_du_fse_hors_de_sa_ligne_s_explique():
    lignes = (*budget(*equilibre()).lignes, Ligne(2027, "produit", "74x", 100, 1))
    financeurs = [Financeur("74x", 1, "PLIE, Fonds social européen")]
    texte = "« PLIE, Fonds social européen » : si c’est du Fonds social européen, il va sur sa ligne, une seule fois."
    attendu = [Avertissement("precision_74x_1", texte)]
    assert avertissements(Budget(ANNEES, lignes), financeurs, a_des_salaries=True) == attendu


def test_des_salaries_sans_charges_de_personnel_s_expliquent():
    un = budget((2027, "charge", "601", 10), (2028, "charge", "601", 10))
    texte = "Des équivalents temps plein sont déclarés, mais les charges de personnel (64) sont vides."
    assert avertissements(un, [], a_des_salaries=True) == [Avertissement("c_641_2027", texte)]


@pytest.mark.parametrize(
    ("une", "autre"),
    [
        ("Ville de Lille", "LILLE"),
        ("Région Hauts-de-France", "hauts de france"),
        ("L’œuvre", "oeuvre"),
        ("Département", "departement"),
    ],
)
def test_deux_ecritures_d_un_meme_nom(une, autre):
    assert meme_financeur(une) == meme_financeur(autre)


def test_deux_noms_differents_le_restent():
    noms = ["Lille", "Lillers", "Saint-Amand", "Saint-Amand-les-Eaux", "Ville", "Commune"]
    assert len({meme_financeur(nom) for nom in noms}) == len(noms)
