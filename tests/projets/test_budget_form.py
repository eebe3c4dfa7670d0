"""Le formulaire du budget : ce qui est tapé devient des centimes, des manques, des avertissements, des données."""

from types import SimpleNamespace

import pytest
from django.conf import settings

from projets.forms.dossier.budget import BudgetForm
from projets.forms.dossier.etape import Manque
from projets.rules.budget import BudgetVerifie, Cofinanceur, Ligne
from projets.rules.controles_budget import Avertissement
from projets.rules.lignes_cerfa import POSTES

ANNEES = [2027, 2028]
JUSTE = {
    "nombre_74com": "2",
    "precision_74com_1": " Denain ",
    "etat_74com_1": "acquis",
    "c_601_2027": "1 000,00 €",
    "c_641_2028": "1000",
    "c_74dep_2027": "600",
    "c_74dep_2028": "500",
    "c_74fe_2027": "300",
    "c_74com_1_2027": "100",
    "c_74com_1_2028": "200",
    "budget_insuffisance": "oui",
}


def formulaire(valeurs: dict[str, str], annees: list[int] = ANNEES) -> BudgetForm:
    return BudgetForm(SimpleNamespace(annees=annees), valeurs)


def test_un_budget_juste_donne_ses_donnees_typees():
    form = formulaire(JUSTE)
    assert form.manques("budget") == []
    assert form.verifie() == BudgetVerifie(
        lignes=(
            Ligne(2027, "charge", "601", 100_000),
            Ligne(2027, "produit", "74dep", 60_000),
            Ligne(2027, "produit", "74com", 10_000, 1, "Denain"),
            Ligne(2027, "produit", "74fe", 30_000),
            Ligne(2028, "charge", "641", 100_000),
            Ligne(2028, "produit", "74dep", 50_000),
            Ligne(2028, "produit", "74com", 20_000, 1, "Denain"),
            Ligne(2028, "produit", "INS", 30_000),
        ),
        exercices={2027: (100_000, 60_000), 2028: (100_000, 50_000)},
        cofinancements=(
            Cofinanceur("commune", "Denain", 30_000, est_acquis=True),
            Cofinanceur("fse", "", 30_000, est_acquis=False),
        ),
    )


def test_un_budget_vide_ne_fait_pas_de_faute_mais_ne_se_depose_pas():
    form = formulaire({})
    attendu = Manque("budget", "equilibre", "Budget", "Chiffrez les charges et les produits de l’action.")
    assert form.manques("budget") == [attendu]
    with pytest.raises(ValueError, match="pas complet"):
        form.verifie()
    form.sans_les_oublis()
    assert form.errors == {}


def test_chaque_manque_mene_a_un_endroit_de_la_page():
    form = formulaire({**JUSTE, "c_641_2028": "12,50", "c_860_2027": "5", "precision_74com_1": ""})
    assert form.manques("budget") == [
        Manque(
            "budget", "id_c_641_2028", "Rémunération des personnels 2028", "Écrivez des euros entiers, sans centimes."
        ),
        Manque(
            "budget",
            "id_c_74dep_2028",
            "Département (demande) 2028",
            "La demande dépasse le coût de l’année (0\u00a0€).",
        ),
        Manque("budget", "id_precision_74com_1", "Commune (ligne 1)", "Précisez ce financeur."),
        Manque("budget", "equilibre", "Équilibre 2028", "Les produits dépassent les charges de 700\u00a0€."),
        Manque(
            "budget", "contributions", "Contributions volontaires 2027", "Les comptes 86 et 87 diffèrent de 5\u00a0€."
        ),
    ]


def test_a_la_frappe_ne_se_dit_que_ce_qui_est_faux():
    """Ce qui n’est que pas fini n’est pas montré en rouge ; un doublon et un montant illisible, si."""
    form = formulaire(
        {**JUSTE, "c_641_2028": "12,50", "precision_74com_2": "Ville de DENAIN", "c_74dep_2027": "", "c_860_2027": "5"}
    )
    form.sans_les_oublis()
    assert dict(form.errors) == {
        "c_641_2028": ["Écrivez des euros entiers, sans centimes."],
        "precision_74com_2": ["« Ville de DENAIN » figure déjà : un financeur n’a qu’une ligne."],
    }


def test_un_financeur_retire_ne_compte_plus_mais_reste_garde():
    form = formulaire({**JUSTE, "retire_74com_1": "oui"})
    assert [c.financeur for c in form.budget.cofinanceurs()] == ["fse"]
    assert [nom for nom in form.fields if "74com_1" in nom] == ["retire_74com_1"]
    communes = next(r for r in form.tableaux[1].rubriques if r.poste.compte == "74com")
    assert [nom for _, nom in communes.retirees] == ["Commune : Denain"]


@pytest.mark.parametrize(("tape", "lignes"), [("3", 3), ("", 0), ("-1", 0), ("mille", 0), ("99", 12), ("²", 0)])
def test_le_nombre_de_lignes_est_une_saisie(tape, lignes):
    form = formulaire({"nombre_74com": tape})
    assert len([nom for nom in form.fields if nom.startswith("precision_74com")]) == lignes


def test_un_nom_trop_long_se_dit_et_se_garde():
    form = formulaire({**JUSTE, "precision_74com_1": "x" * 121})
    assert dict(form.errors) == {"precision_74com_1": ["Ce nom dépasse 120 caractères."]}
    assert form["precision_74com_1"].value() == "x" * 121


def test_les_equivalents_temps_plein_de_l_action_s_expliquent_ici():
    valeurs = {"c_601_2027": "10", "c_601_2028": "10", "c_74dep_2027": "8", "c_74dep_2028": "8"}
    texte = "Des équivalents temps plein sont déclarés, mais les charges de personnel (64) sont vides."
    assert formulaire({**valeurs, "etp": "0,00"}).avertissements() == []
    assert formulaire({**valeurs, "etp": "1,5"}).avertissements() == [Avertissement("c_641_2027", texte)]


@pytest.mark.parametrize("annees", [[2027], list(range(2027, 2037))])
def test_il_y_a_une_colonne_par_annee_de_l_appel(annees):
    form = formulaire({}, annees)
    assert [len(r.cellules) for t in form.tableaux for u in t.rubriques for r in u.nommees] == [len(annees)] * 37


def test_le_plus_grand_budget_s_envoie():
    """Chaque champ part avec son nom dans « champs », et Django refuse un envoi qui en a trop."""
    comptes = [poste.compte for poste in POSTES if poste.est_multiple]
    form = formulaire({f"nombre_{compte}": "12" for compte in comptes}, list(range(2027, 2037)))
    assert 2 * len(form.fields) < settings.DATA_UPLOAD_MAX_NUMBER_FIELDS - 10


def test_chaque_case_a_un_nom_pour_qui_ne_voit_pas_la_colonne():
    form = formulaire(JUSTE)
    assert form["c_601_2027"].field.widget.attrs["aria-label"] == "Achats matières et fournitures 2027"
    assert form["c_74com_1_2028"].field.widget.attrs["aria-label"] == "Commune : Denain 2028"
    assert form["c_74com_2_2028"].field.widget.attrs["aria-label"] == "Commune (ligne 2) 2028"
    noms = [c.widget.attrs["aria-label"] for c in form.fields.values() if "data-cote" in c.widget.attrs]
    assert len(noms) == len(set(noms))


def test_le_dessin_nomme_les_premiers_financeurs_et_rassemble_les_autres():
    communes = {"nombre_74com": "7", "c_74dep_2027": "100", "c_70_2027": "9", "c_601_2028": "4"}
    for rang in range(1, 8):
        communes |= {f"precision_74com_{rang}": f"Ville {rang}", f"c_74com_{rang}_2027": str(rang)}
    form = formulaire({**communes, "budget_insuffisance": "oui"})
    dessin = form.dessin()
    ecrits = [forme.texte for forme in dessin.formes if hasattr(forme, "texte")]
    assert [texte for texte in ecrits if texte.isalpha() or texte.startswith(("Ville", "Autres", "Recettes"))] == [
        "Département",
        *(f"Ville {rang}" for rang in (7, 6, 5, 4, 3)),
        "Autres financeurs",
        "Recettes et fonds propres",
    ]
    assert dessin.titre == (
        "Produits par financeur et par année, 137\u00a0€ en tout : le détail est dans le tableau des produits"
    )


def test_sans_produit_il_n_y_a_pas_de_dessin():
    assert formulaire({"c_601_2027": "5"}).dessin() is None


def test_la_copie_du_dossier_ne_garde_que_ce_qui_se_lit():
    form = formulaire({**JUSTE, "retire_74com_2": "oui"})
    remplis = {str(champ.label): form.data[nom] for nom, champ in form.champs_utiles().items() if form.data.get(nom)}
    assert remplis == {
        "Notre organisme prend l’insuffisance à sa charge (autofinancement)": "oui",
        "Achats matières et fournitures 2027": "1 000,00 €",
        "Rémunération des personnels 2028": "1000",
        "Département (demande) 2027": "600",
        "Département (demande) 2028": "500",
        "Fonds social européen (FSE) 2027": "300",
        "Commune (ligne 1)": " Denain ",
        "Commune : Denain, état": "acquis",
        "Commune : Denain 2027": "100",
        "Commune : Denain 2028": "200",
    }
