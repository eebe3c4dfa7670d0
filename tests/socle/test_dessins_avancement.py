"""Les barres d’avancement : mêmes échelles, nombres écrits, légende qui tient dans la largeur."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle import dessins
from config.socle.dessins.avancement import EPAISSEUR
from config.socle.dessins.couleurs import TONS
from config.socle.dessins.formes import Rectangle, Texte

ETAPES = [
    dessins.Etape("à vérifier", "neutre"),
    dessins.Etape("recevables", "bleu"),
    dessins.Etape("instruits", "pro"),
]


def dessin(*lignes, etapes=ETAPES, largeur=640):
    return dessins.avancement(titre="Essai", etapes=etapes, lignes=lignes, largeur=largeur)


def textes(trace):
    return [forme.texte for forme in trace.formes if isinstance(forme, Texte)]


def segments(trace, ton):
    """Les segments de cette étape, sans la pastille de la légende ni ce qui cache les rayures sous un nombre."""
    return [f for f in trace.formes if isinstance(f, Rectangle) and f.couleur == TONS[ton] and f.hauteur == EPAISSEUR]


def test_la_legende_puis_chaque_ligne_avec_ses_nombres_et_son_total():
    trace = dessin(
        dessins.LigneAvancement("Avesnois", (10, 20, 70)), dessins.LigneAvancement("Douaisis", (0, 1, 1499))
    )
    assert textes(trace) == [
        "à vérifier", "recevables", "instruits",
        "Avesnois", "70", "100",  # 10 et 20 ne tiennent pas dans leur segment, à l’échelle de 1 500
        "Douaisis", "1\u202f499", "1\u202f500",
    ]  # fmt: skip


def test_les_bandes_ont_la_meme_echelle():
    trace = dessin(dessins.LigneAvancement("A", (10, 0, 30)), dessins.LigneAvancement("B", (20, 0, 0)))
    gris, verts = segments(trace, "neutre"), segments(trace, "pro")
    assert [round(f.largeur / gris[0].largeur, 2) for f in (*gris, *verts)] == [1, 2, 3]


def test_une_ligne_sans_rien_reste_nommee_avec_son_zero():
    assert textes(dessin(dessins.LigneAvancement("Vide", (0, 0, 0)))) == [
        "à vérifier", "recevables", "instruits", "Vide", "0",
    ]  # fmt: skip


def test_sans_ligne_ni_etape_il_n_y_a_rien_a_tracer():
    assert dessin(etapes=[]).formes == ()


@pytest.mark.parametrize("nombres", [(1, 2), (1, 2, 3, 4), (1, -1, 0)])
def test_une_ligne_incomplete_ou_negative_est_refusee(nombres):
    with pytest.raises(ValueError, match="« A » : il faut 3 nombres positifs ou nuls"):
        dessin(dessins.LigneAvancement("A", nombres))


LIGNES = st.lists(st.tuples(*[st.integers(0, 5000)] * 3), min_size=1, max_size=12)


@given(LIGNES, st.sampled_from([320, 420, 640, 900]))
def test_rien_ne_sort_du_cadre(nombres, largeur):
    trace = dessin(
        *(dessins.LigneAvancement(f"Territoire {n}", ligne) for n, ligne in enumerate(nombres)), largeur=largeur
    )
    rectangles = [f for f in trace.formes if isinstance(f, Rectangle)]
    assert min(f.x for f in rectangles) >= 0
    assert max(f.x + f.largeur for f in rectangles) <= largeur + 0.1
    assert max(f.y + f.hauteur for f in rectangles) <= trace.hauteur
