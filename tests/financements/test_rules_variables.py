"""Un texte à variables : ce qui est connu est remplacé, tout le reste est refusé avec sa ligne, rien n’est évalué."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from financements.rules.blocs import Bloc, Sorte, decouper, remplir
from financements.rules.variables import Analyse, Erreur, TexteRefuse, analyser, substituer

VALEURS = {"appel": "Insertion 2016", "montant_total": "1\u202f234,56\u00a0€", "appel_2": "suite"}
noms = st.sampled_from(sorted(VALEURS))
bruts = st.text(st.characters(exclude_characters="{}%#\r", exclude_categories=["Cs"]), max_size=20)
espaces = st.text(" \t", max_size=2)


def test_les_variables_sont_dites_une_fois_dans_l_ordre_du_texte():
    texte = "{{montant_total}} pour {{ appel }},\r\nsoit {{ montant_total }}"
    assert analyser(texte, VALEURS) == Analyse(("montant_total", "appel"), ())
    assert substituer(texte, VALEURS) == "1\u202f234,56\u00a0€ pour Insertion 2016,\r\nsoit 1\u202f234,56\u00a0€"


@pytest.mark.parametrize(
    ("texte", "ligne", "message"),
    [
        ("a\n{{ appell }}", 2, "la variable « appell » n’existe pas. Vouliez-vous dire « appel »\u00a0?"),
        ("{{ xyz }}", 1, "la variable « xyz » n’existe pas."),
        ("a\r\nb\rc {{ }}", 3, "« {{ }} » est vide\u00a0: écrivez le nom d’une variable."),
        ("{{ appel", 1, "« {{ » n’est pas fermé sur la même ligne par « }} »."),
        ("{{ appel\n}}", 1, "« {{ » n’est pas fermé sur la même ligne par « }} »."),
        ("appel }}", 1, "« }} » ne ferme rien\u00a0: il manque « {{ » devant, sur la même ligne."),
        ("{% if appel %}", 1, "« {% » n’a pas de sens ici\u00a0: écrivez {{ variable }}."),
        (
            "{{ appel|safe }}",
            1,
            "« {{ appel|safe }} » n’est pas un nom de variable\u00a0: "
            "des minuscules sans accent, des chiffres et « _ », sans filtre ni calcul.",
        ),
        (
            "{{ appel.pk }}",
            1,
            "« {{ appel.pk }} » n’est pas un nom de variable\u00a0: "
            "des minuscules sans accent, des chiffres et « _ », sans filtre ni calcul.",
        ),
    ],
)
def test_une_faute_est_dite_avec_sa_ligne_et_rien_n_est_substitue(texte: str, ligne: int, message: str):
    assert analyser(texte, VALEURS).erreurs[0] == Erreur(ligne, message)
    with pytest.raises(TexteRefuse) as refus:
        substituer(texte, VALEURS)
    assert str(refus.value) == f"Ligne {ligne}\u00a0: {message}"


def test_toutes_les_fautes_et_les_obligatoires_absentes_sont_dites():
    assert analyser("{{ a }}\n{{ appel }}\n}}", VALEURS, ["appel", "appel_2"]) == Analyse(
        ("appel",),
        (
            Erreur(1, "la variable « a » n’existe pas."),
            Erreur(3, "« }} » ne ferme rien\u00a0: il manque « {{ » devant, sur la même ligne."),
            Erreur(3, "la variable « {{ appel_2 }} » doit figurer dans le texte."),
        ),
    )


@given(st.lists(st.tuples(bruts, espaces, noms, espaces)), bruts, st.text())
def test_le_texte_autour_ne_change_pas_et_une_valeur_n_est_jamais_relue(morceaux, fin, valeur):
    valeurs = dict.fromkeys(VALEURS, valeur)
    texte = "".join(f"{brut}{{{{{avant}{nom}{apres}}}}}" for brut, avant, nom, apres in morceaux) + fin
    assert substituer(texte, valeurs) == "".join(brut + valeur for brut, *_ in morceaux) + fin
    assert set(analyser(texte, VALEURS).variables) == {nom for _, _, nom, _ in morceaux}


@given(st.text(st.sampled_from("{}% #appel_\n\r|.0"), max_size=40))
def test_un_texte_sans_erreur_se_substitue_et_un_autre_leve(texte):
    if analyser(texte, VALEURS).erreurs:
        with pytest.raises(TexteRefuse):
            substituer(texte, VALEURS)
    else:
        assert "{{" not in substituer(texte, VALEURS)


def test_les_blocs_se_decoupent_avant_de_se_remplir():
    texte = "# Objet : {{ appel }}\nUn\r\ndeux\n\ntrois\n- a\n- b\n\n- c\n## Suite\n#pas un titre\n \n"
    attendu = (
        Bloc(Sorte.TITRE, ("Objet : # non\n- non",)),
        Bloc(Sorte.PARAGRAPHE, ("Un", "deux")),
        Bloc(Sorte.PARAGRAPHE, ("trois",)),
        Bloc(Sorte.LISTE, ("a", "b")),
        Bloc(Sorte.LISTE, ("c",)),
        Bloc(Sorte.SOUS_TITRE, ("Suite",)),
        Bloc(Sorte.PARAGRAPHE, ("#pas un titre",)),
    )
    assert remplir(texte, {"appel": "# non\n- non"}) == attendu
    with pytest.raises(TexteRefuse, match=r"^Ligne 2\u00a0: la variable « b »"):
        remplir("a\n{{ b }}", {})


@given(st.text())
def test_un_decoupage_ne_perd_aucun_mot(texte):
    mots = "".join(mot for bloc in decouper(texte) for ligne in bloc.lignes for mot in ligne.split())
    assert [c for c in "".join(texte.split()) if c not in "#-•"] == [c for c in mots if c not in "#-•"]
