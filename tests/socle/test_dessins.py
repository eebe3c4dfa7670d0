"""La géométrie des dessins : proportions exactes, cas limites, refus."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle import dessins
from config.socle.dessins.couleurs import TONS
from config.socle.dessins.formes import Groupe, Rectangle, Texte
from config.socle.dessins.partage import pourcentages
from config.socle.dessins.texte import couper, largeur_texte

FINE = "\u202f"
INSECABLE = "\u00a0"


def rectangles(dessin, couleur):
    return [forme for forme in dessin.formes if isinstance(forme, Rectangle) and forme.couleur == couleur]


def textes(dessin):
    plates = [f for forme in dessin.formes for f in (forme.formes if isinstance(forme, Groupe) else (forme,))]
    return [forme.texte for forme in plates if isinstance(forme, Texte)]


def empilees(*valeurs, categories=("2016", "2017")):
    series = [dessins.Serie(f"Série {n}", v, ton=f"axe-{n}") for n, v in enumerate(valeurs, 1)]
    return dessins.barres_empilees(titre="Essai", categories=categories, series=series, hauteur=300)


def test_les_etages_ont_la_hauteur_de_leur_part_du_plus_grand_total():
    dessin = empilees((100_000_000, 50_000_000), (300_000_000, 150_000_000))
    utile = 300 - 26 - 26
    assert [r.hauteur for r in rectangles(dessin, TONS["axe-1"]) if r.largeur > 10] == [utile / 4, utile / 8]
    assert [r.hauteur for r in rectangles(dessin, TONS["axe-2"]) if r.largeur > 10] == [utile * 3 / 4, utile * 3 / 8]


def test_les_totaux_sont_en_millions_et_les_series_sont_nommees_sur_le_dessin():
    dessin = empilees((100_000_000, 50_000_000), (300_000_000, 150_000_000))
    assert textes(dessin) == [
        "1,00", "3,00", f"4,00{INSECABLE}M€", "2016",
        "0,50", "1,50", f"2,00{INSECABLE}M€", "2017",
        "Série 1", "Série 2",
    ]  # fmt: skip


def test_des_barres_sans_rien_ne_divisent_pas_par_zero():
    assert textes(empilees((0, 0))) == [f"0,00{INSECABLE}M€", "2016", f"0,00{INSECABLE}M€", "2017", "Série 1"]
    assert empilees(categories=()).formes != ()


@pytest.mark.parametrize("valeurs", [(1,), (1, 2, 3), (1, -2)])
def test_une_serie_incomplete_ou_negative_est_refusee(valeurs):
    with pytest.raises(ValueError, match="Série 1"):
        empilees(valeurs)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=8))
def test_les_noms_des_series_ne_se_chevauchent_jamais(valeurs):
    dessin = empilees(*((v,) for v in valeurs[:5]), categories=("2016",))
    noms = sorted(f.y for f in dessin.formes if isinstance(f, Texte) and f.texte.startswith("Série"))
    assert all(bas - haut >= 14 for haut, bas in pairwise(noms))


def test_le_partage_coupe_la_barre_a_la_part_professionnelle():
    dessin = dessins.partage(titre="Essai", lignes=[dessins.LignePartage("2015", 34, 66)], largeur=640)
    pro, social = rectangles(dessin, TONS["pro"])[0], rectangles(dessin, TONS["social"])[0]
    assert abs(pro.largeur / (pro.largeur + social.largeur) - 0.34) < 0.001
    assert textes(dessin) == ["2015", f"34{INSECABLE}% professionnel", f"66{INSECABLE}% social"]


@given(st.integers(0, 10**12), st.integers(0, 10**12), st.integers(0, 2))
def test_les_deux_pourcentages_ecrits_font_toujours_cent(pro, social, decimales):
    ligne = dessins.LignePartage("", pro, social)
    nombres = [Decimal(t.removesuffix(f"{INSECABLE}%").replace(",", ".")) for t in pourcentages(ligne.part, decimales)]
    assert sum(nombres) == 100
    assert abs(Fraction(nombres[0]) - ligne.part * 100) <= Fraction(1, 2 * 10**decimales)


def test_les_barres_horizontales_suivent_la_plus_grande_valeur_ou_le_plus_grand_repere():
    barres = [dessins.Barre("Avesnois", 50_000_000, repere=200_000_000), dessins.Barre("Douaisis", 100_000_000)]
    longueurs = [r.largeur for r in rectangles(dessins.barres_horizontales(titre="E", barres=barres), TONS["bleu"])]
    assert abs(longueurs[1] / longueurs[0] - 2) < 0.01


def test_une_barre_horizontale_negative_est_refusee():
    with pytest.raises(ValueError, match="divergentes"):
        dessins.barres_horizontales(titre="E", barres=[dessins.Barre("Avesnois", -1)])


def test_un_ecart_negatif_part_a_gauche_de_zero_et_un_positif_a_droite():
    ecarts = [dessins.Ecart("Avesnois", Decimal("-2"), "−2 %"), dessins.Ecart("Douaisis", Decimal(1), "+1 %")]
    dessin = dessins.barres_divergentes(titre="E", ecarts=ecarts)
    moins, plus = rectangles(dessin, TONS["attente"])[0], rectangles(dessin, TONS["bleu"])[0]
    assert round(moins.x + moins.largeur, 1) == plus.x
    assert round(moins.largeur / plus.largeur, 2) == 2


def test_la_matrice_ecrit_les_millions_et_laisse_vide_ce_qui_manque():
    dessin = dessins.matrice(titre="E", colonnes=["Axe 1", "Axe 2"], lignes=[("Avesnois", (123_456_789, None))])
    assert textes(dessin) == ["Axe 1", "Axe 2", "Avesnois", "1,23"]
    with pytest.raises(ValueError, match="Avesnois"):
        dessins.matrice(titre="E", colonnes=["Axe 1"], lignes=[("Avesnois", (1, 2))])


@pytest.mark.parametrize(
    ("valeur", "maximum", "longueur"), [(50, 100, 60), (Decimal("150"), 100, 120), (0, 100, None), (None, None, None)]
)
def test_la_jauge_ne_deborde_pas_de_sa_piste(valeur, maximum, longueur):
    barres = rectangles(dessins.jauge(valeur, maximum), TONS["bleu"])
    assert [barre.largeur for barre in barres] == ([] if longueur is None else [longueur])


def test_l_ecart_d_une_case_part_du_milieu():
    assert [(r.x, r.largeur) for r in rectangles(dessins.ecart(-5, 10), TONS["attente"])] == [(22.5, 22.5)]
    assert [(r.x, r.largeur) for r in rectangles(dessins.ecart(99, 10), TONS["bleu"])] == [(45, 45)]
    assert rectangles(dessins.ecart(None, 10), TONS["bleu"]) == []


def test_les_mini_barres_sont_proportionnelles_et_decoratives_sans_titre():
    dessin = dessins.mini_barres(valeurs=[("2016", 200), ("2017", 100), ("2018", None)])
    assert [r.hauteur for r in rectangles(dessin, TONS["bleu"])] == [21, 10.5, 0]
    assert dessin.est_decoratif
    assert not dessins.mini_barres(titre="Trois exercices", valeurs=[]).est_decoratif


def test_un_libelle_trop_long_se_coupe_aux_espaces_puis_s_abrege():
    assert couper("un deux", 13, 200) == ("un deux",)
    lignes = couper("Levée des obstacles à un retour à l’emploi et à l’activité", 13, 120)
    assert lignes == ("Levée des obstacles", "à un retour à l’emplo…")
    assert max(largeur_texte(ligne, 13) for ligne in lignes) <= 120
