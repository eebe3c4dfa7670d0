"""La fusion à trois, champ par champ : rien n’est jamais perdu ni écrasé en silence."""

from hypothesis import given
from hypothesis import strategies as st

from projets.rules.fusion import Conflit, Fusion, fusionner, normaliser

VALEURS = st.one_of(st.sampled_from(["", "a", "b", "c"]), st.lists(st.sampled_from(["x", "y"]), max_size=2))
PAGES = st.dictionaries(st.sampled_from(["un", "deux", "trois"]), VALEURS)


def test_un_champ_que_je_n_ai_pas_change_ne_s_ecrit_pas():
    assert fusionner(lu={"a": "1"}, saisi={"a": "1"}, enregistre={"a": "2"}) == Fusion({}, [])


def test_un_champ_que_moi_seul_ai_change_s_ecrit():
    assert fusionner(lu={"a": "1"}, saisi={"a": "2", "b": "3"}, enregistre={"a": "1"}) == Fusion(
        {"a": "2", "b": "3"}, []
    )


def test_le_meme_champ_change_des_deux_cotes_est_un_conflit():
    assert fusionner(lu={"a": "1"}, saisi={"a": "2", "b": "9"}, enregistre={"a": "3"}) == Fusion(
        {"b": "9"}, [Conflit("a", "1", "2", "3")]
    )


def test_la_meme_valeur_tapee_des_deux_cotes_n_est_pas_un_conflit():
    assert fusionner(lu={"a": "1"}, saisi={"a": "2"}, enregistre={"a": "2"}) == Fusion({}, [])


def test_effacer_un_champ_s_ecrit_et_rien_vaut_une_liste_vide():
    assert fusionner(lu={"a": "1"}, saisi={"a": ""}, enregistre={"a": "1"}) == Fusion({"a": ""}, [])
    assert fusionner(lu={}, saisi={"a": []}, enregistre={}) == Fusion({}, [])


@given(lu=PAGES, saisi=PAGES, enregistre=PAGES)
def test_rien_de_ce_que_j_ai_change_ne_se_perd(lu, saisi, enregistre):
    """Chaque champ que j’ai changé finit écrit, en conflit, ou est déjà ce qui est enregistré."""
    fusion = fusionner(lu=lu, saisi=saisi, enregistre=enregistre)
    apres = {**enregistre, **fusion.a_ecrire}
    en_conflit = {c.champ for c in fusion.conflits}
    perdus = [
        champ
        for champ, valeur in saisi.items()
        if (valeur or "") != (lu.get(champ) or "")
        and (apres.get(champ) or "") != (valeur or "")
        and champ not in en_conflit
    ]
    assert perdus == []


@given(lu=PAGES, saisi=PAGES, enregistre=PAGES)
def test_rien_de_ce_qu_un_autre_a_change_n_est_ecrase(lu, saisi, enregistre):
    fusion = fusionner(lu=lu, saisi=saisi, enregistre=enregistre)
    changes_ailleurs = {c for c in {*lu, *enregistre} if (enregistre.get(c) or "") != (lu.get(c) or "")}
    assert changes_ailleurs & set(fusion.a_ecrire) == set()


@given(lu=PAGES, saisi=PAGES, enregistre=PAGES)
def test_le_meme_envoi_deux_fois_n_ecrit_qu_une(lu, saisi, enregistre):
    premiere = fusionner(lu=lu, saisi=saisi, enregistre=enregistre)
    seconde = fusionner(lu=lu, saisi=saisi, enregistre={**enregistre, **premiere.a_ecrire})
    assert seconde == Fusion({}, premiere.conflits)


@given(lu=PAGES, une=PAGES, autre=PAGES)
def test_deux_pages_ouvertes_ensemble_gardent_tout_dans_les_deux_ordres(lu, une, autre):
    """Qui arrive second n’écrase pas le premier : les champs écrits par les deux sont disjoints."""
    premiere = fusionner(lu=lu, saisi=une, enregistre=lu)
    seconde = fusionner(lu=lu, saisi=autre, enregistre={**lu, **premiere.a_ecrire})
    assert premiere.conflits == []
    assert set(premiere.a_ecrire) & set(seconde.a_ecrire) == set()
    assert {c.champ for c in seconde.conflits} <= set(premiere.a_ecrire)


@given(st.text())
def test_normaliser_deux_fois_ne_change_plus_rien(texte):
    une_fois = normaliser(texte)
    assert (normaliser(une_fois), "\r" in une_fois, "\x00" in une_fois) == (une_fois, False, False)


def test_les_fins_de_ligne_des_navigateurs_et_de_la_base_se_valent():
    assert [normaliser("a\r\nb\rc\n"), normaliser(["a\r\n", "b\x00"])] == ["a\nb\nc\n", ["a\n", "b"]]
