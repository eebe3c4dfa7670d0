"""La copie figée porte le budget en tableaux : mêmes lignes, mêmes totaux que le formulaire."""

from projets.forms.dossier.copie_budget import copie_du_budget
from projets.rules.budget import Budget, Ligne


def test_chaque_cote_a_ses_lignes_et_ses_totaux():
    budget = Budget(
        annees=(2027, 2028),
        lignes=(
            Ligne(2027, "charge", "641", 100_00),
            Ligne(2028, "charge", "641", 150_00),
            Ligne(2027, "charge", "601", 20_00),
            Ligne(2027, "produit", "74com", 90_00, rang=1, precision="Denain"),
            Ligne(2028, "produit", "74com", 150_00, rang=1, precision="Denain"),
        ),
        acquis=frozenset({("74com", 1)}),
        insuffisance_assumee=True,
    )
    charges, produits = copie_du_budget(budget)
    assert charges == {
        "titre": "Charges",
        "annees": [2027, 2028],
        "lignes": [
            {
                "compte": "641",
                "libelle": "Rémunération des personnels",
                "est_acquis": False,
                "montants": [100_00, 150_00, 250_00],
            },
            {
                "compte": "601",
                "libelle": "Achats matières et fournitures",
                "est_acquis": False,
                "montants": [20_00, 0, 20_00],
            },
        ],
        "libelle_du_total": "Total des charges",
        "total": [120_00, 150_00, 270_00],
        "ecarts": [],
    }
    assert produits == {
        "titre": "Produits",
        "annees": [2027, 2028],
        "lignes": [
            {
                "compte": "74com",
                "libelle": "Commune : Denain",
                "est_acquis": True,
                "montants": [90_00, 150_00, 240_00],
            }
        ],
        "libelle_du_total": "Total des produits",
        "total": [90_00, 150_00, 240_00],
        "ecarts": [
            {"libelle": "Insuffisance prévisionnelle (déficit) / autofinancement", "montants": [30_00, 0, 30_00]}
        ],
    }


def test_un_cote_vide_ne_se_montre_pas():
    assert copie_du_budget(Budget(annees=(2027,), lignes=())) == []
