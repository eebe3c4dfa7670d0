"""Lisible en gris : deux séries voisines diffèrent par leur luminance ou par leur motif."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle import dessins
from config.socle.dessins.couleurs import PAPIER, TONS, contraste
from config.socle.dessins.formes import Chemin, Rectangle, Trait
from config.socle.dessins.motifs import SEUIL_DE_GRIS, Motif, aplat, motifs
from financements.chiffres.dessins import ton_de_l_axe
from financements.chiffres.execution.dessins import ETAGES
from projets.chiffres.dessins_du_suivi import ETAPES

COULEURS = st.lists(st.sampled_from(sorted(TONS.values())), max_size=12)


def se_confondent(une, autre):
    """Deux (couleur, motif) qu’une impression en gris ne distinguerait pas."""
    return une[1] == autre[1] and contraste(une[0], autre[0]) < SEUIL_DE_GRIS


@given(COULEURS)
def test_deux_voisins_ne_se_confondent_jamais(couleurs):
    series = list(zip(couleurs, motifs(couleurs), strict=True))
    assert [paire for paire in pairwise(series) if se_confondent(*paire)] == []


@pytest.mark.parametrize(
    "series",
    [
        [(ton_de_l_axe(numero), "") for numero in range(1, 8)],
        [("pro", ""), ("social", "")],
        [(etape.ton, etape.motif) for etape in ETAPES],
        [(ton, motif) for _, ton, motif in ETAGES],
    ],
    ids=["axes", "partage", "suivi de l’instruction", "exécution"],
)
def test_les_series_du_produit_se_distinguent(series):
    couleurs = [TONS[ton] for ton, _ in series]
    choisis = motifs(couleurs, [motif for _, motif in series])
    assert [p for p in pairwise(zip(couleurs, choisis, strict=True)) if se_confondent(*p)] == []


def test_un_motif_demande_l_emporte():
    assert motifs([TONS["pro"], TONS["social"]], ["", "clair"]) == [Motif.PLEIN, Motif.CLAIR]
    assert motifs([TONS["pro"], TONS["social"]]) == [Motif.PLEIN, Motif.HACHURES]


@pytest.mark.parametrize("motif", list(Motif))
@given(large=st.integers(1, 400), haut=st.integers(1, 400))
def test_un_motif_ne_sort_jamais_de_son_rectangle(motif, large, haut):
    rectangle = Rectangle(10, 20, large, haut, TONS["bleu"])
    rayures = [f for f in aplat(rectangle, motif) if isinstance(f, Chemin) and f.couleur == "none"]
    points = [
        tuple(map(float, point.split()))
        for chemin in rayures
        for segment in chemin.trace.split("M")[1:]
        for point in segment.split("L")
    ]
    assert all(9.9 <= x <= 10.1 + large and 19.9 <= y <= 20.1 + haut for x, y in points)
    assert bool(rayures) == (motif not in (Motif.PLEIN, Motif.VIDE))


def test_le_partage_raye_le_volet_social_et_son_nombre_se_lit():
    dessin = dessins.partage(titre="Essai", lignes=[dessins.LignePartage("2015", 34, 66)])
    rayures = [f for f in dessin.formes if isinstance(f, Chemin)]
    assert [rayure.contour for rayure in rayures] == [PAPIER]
    caches = [f for f in dessin.formes if isinstance(f, Rectangle) and f.couleur == TONS["social"] and f.rayon]
    assert len(caches) == 1


def test_une_courbe_prevue_est_en_tirets():
    dessin = dessins.courbes(
        titre="Essai",
        periodes=["T1", "T2", "T3"],
        series=[
            dessins.Courbe("prévu", (1_000, 2_000, 4_000), "neutre", est_prevue=True),
            dessins.Courbe("mandaté", (500, 1_500, None), "bleu"),
        ],
    )
    traits = [(f.couleur, f.tirets) for f in dessin.formes if isinstance(f, Trait) and f.epaisseur == 2.5]
    assert traits == [(TONS["neutre"], "7 5")] * 2 + [(TONS["bleu"], "")]


@pytest.mark.parametrize("valeurs", [(1,), (1, 2, -3)])
def test_une_courbe_incomplete_ou_negative_est_refusee(valeurs):
    with pytest.raises(ValueError, match="« Série »"):
        dessins.courbes(titre="Essai", periodes=["a", "b", "c"], series=[dessins.Courbe("Série", valeurs)])


def test_une_courbe_sans_rien_ne_divise_pas_par_zero():
    assert dessins.courbes(titre="Essai", periodes=["a"], series=[dessins.Courbe("Série", (0,))]).formes != ()
