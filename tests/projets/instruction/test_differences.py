"""Ce qui a changé d’un dépôt à l’autre : tout, une fois, et rien d’autre."""

from copy import deepcopy

from hypothesis import given
from hypothesis import strategies as st

from projets.rules.differences import Difference, differences

COPIE = {
    "intitule": "Garde d’enfants",
    "axe": "1. Levée des obstacles",
    "organisme": {"nom": "Association", "siret": "73282932000074", "commune": "Lille"},
    "etapes": [
        {
            "cle": "action",
            "libelle": "L’action",
            "champs": [{"cle": "objectifs", "libelle": "Objectifs", "valeur": "A"}],
        }
    ],
    "budget": [
        {
            "titre": "Charges",
            "annees": [2027, 2028],
            "lignes": [{"compte": "641", "libelle": "Salaires", "montants": [100_00, 200_00, 300_00]}],
            "ecarts": [],
        }
    ],
    "pieces": [{"piece": "Statuts", "nom": "statuts.pdf", "empreinte": "a" * 64}],
}


def test_chaque_sorte_de_changement_se_dit():
    apres = deepcopy(COPIE)
    apres["intitule"] = "Garde d’enfants de nuit"
    apres["organisme"]["commune"] = "Denain"
    apres["etapes"][0]["champs"] = [{"cle": "public", "libelle": "Public", "valeur": "Parents isolés"}]
    apres["budget"][0]["lignes"][0]["montants"] = [100_00, 250_00, 350_00]
    apres["pieces"] = [
        {"piece": "Statuts", "nom": "statuts.pdf", "empreinte": "b" * 64},
        {"piece": "RIB", "nom": "rib.pdf", "empreinte": "c" * 64},
    ]
    assert differences(COPIE, apres) == [
        Difference("Projet", "Intitulé", "Garde d’enfants", "Garde d’enfants de nuit"),
        Difference("Organisme", "Commune", "Lille", "Denain"),
        Difference("L’action", "Public", "", "Parents isolés"),
        Difference("Budget, charges", "Salaires, 2028", 200_00, 250_00, est_un_montant=True),
        Difference("Pièces", "Statuts", "statuts.pdf (aaaaaaaaaaaa…)", "statuts.pdf (bbbbbbbbbbbb…)"),
        Difference("Pièces", "RIB", "", "rib.pdf (cccccccccccc…)"),
        Difference("L’action", "Objectifs", "A", ""),
    ]


TEXTES = st.sampled_from(["", "a", "b", "c"])
CHAMPS = st.dictionaries(st.sampled_from(["x", "y"]), TEXTES, max_size=2)
MONTANTS = st.lists(st.integers(0, 9), min_size=2, max_size=2)
LIGNES = st.lists(st.tuples(st.sampled_from(["641", "601"]), MONTANTS), max_size=3)
PIECES = st.lists(st.tuples(st.sampled_from(["Statuts", "RIB"]), st.sampled_from("ab")), max_size=3)


@st.composite
def copies(draw):
    return {
        "intitule": draw(TEXTES),
        "axe": draw(TEXTES),
        "organisme": {"nom": draw(TEXTES)},
        "etapes": [
            {
                "cle": "action",
                "libelle": "Action",
                "champs": [{"cle": c, "libelle": c, "valeur": v} for c, v in draw(CHAMPS).items()],
            }
        ],
        "budget": [
            {
                "titre": "Charges",
                "annees": [2027, 2028],
                "lignes": [{"compte": c, "libelle": c, "montants": [*m, sum(m)]} for c, m in draw(LIGNES)],
            }
        ],
        "pieces": [{"piece": p, "nom": "f.pdf", "empreinte": e * 64} for p, e in draw(PIECES)],
    }


@given(copies())
def test_rien_ne_change_entre_une_copie_et_elle_meme(copie):
    assert differences(copie, copie) == []


@given(copies(), copies())
def test_le_retour_dit_les_memes_champs_a_l_envers(avant, apres):
    aller = {(d.rubrique, d.libelle): (d.avant, d.apres) for d in differences(avant, apres)}
    retour = {(d.rubrique, d.libelle): (d.apres, d.avant) for d in differences(apres, avant)}
    assert aller == retour
    assert len(aller) == len(differences(avant, apres))  # chaque champ une seule fois


@given(copies(), copies(), copies())
def test_ce_qui_change_en_deux_temps_change_en_deux_temps(un, deux, trois):
    def champs(a, b):
        return {(d.rubrique, d.libelle) for d in differences(a, b)}

    assert champs(un, trois) <= champs(un, deux) | champs(deux, trois)
