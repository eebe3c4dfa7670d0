"""La carte : projection, classes, étiquettes, légende."""

import json
from decimal import Decimal
from itertools import pairwise
from math import cos, radians
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle import dessins
from config.socle.dessins.carte import bornes_rondes, classe
from config.socle.dessins.formes import Groupe, Texte
from config.socle.dessins.geographie import (
    anneaux_geojson,
    boite,
    place_etiquette,
    projeter,
    simplifier,
    traversees,
)

CARRE = {"type": "Polygon", "coordinates": [[[3, 50], [4, 50], [4, 51], [3, 51], [3, 50]]]}


def zone(**champs):
    base = {"code": "AVE", "nom": "Avesnois", "contour": CARRE, "valeur": 215, "texte": "215 €"}
    return dessins.Zone(**(base | champs))


def test_un_degre_de_longitude_est_serre_du_cosinus_de_la_latitude():
    (anneaux,), hauteur = projeter([anneaux_geojson(CARRE)], 200, 0)
    cadre = boite(anneaux)
    assert (cadre.x1, cadre.y1, cadre.x2) == (0, 0, 200)
    assert abs(hauteur - 200 / cos(radians(50.5))) < 1e-9


def test_le_nord_est_en_haut():
    sud = {"type": "Polygon", "coordinates": [[[3, 49], [4, 49], [4, 50], [3, 50], [3, 49]]]}
    (haut, bas), _ = projeter([anneaux_geojson(CARRE), anneaux_geojson(sud)], 100, 0)
    assert boite(haut).y2 == pytest.approx(boite(bas).y1)


def test_un_contour_d_une_autre_sorte_est_refuse():
    with pytest.raises(ValueError, match="Point"):
        anneaux_geojson({"type": "Point", "coordinates": [3, 50]})


def test_simplifier_retire_les_points_alignes_et_garde_les_coins():
    anneau = ((0.0, 0.0), (5.0, 0.1), (10.0, 0.0), (10.0, 10.0), (5.0, 10.1), (0.0, 10.0), (0.0, 0.0))
    assert simplifier(anneau) == ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (0.0, 0.0))


def test_l_etiquette_est_dans_le_contour_meme_en_fer_a_cheval():
    anneaux = [((0, 0), (90, 0), (90, 90), (60, 90), (60, 30), (30, 30), (30, 90), (0, 90), (0, 0))]
    (x, y), libre = place_etiquette(anneaux, 10)
    assert any(gauche < x < droite for gauche, droite in traversees(anneaux, y))
    assert libre == 90


@given(st.lists(st.decimals(-(10**6), 10**6, places=2), min_size=1, max_size=8))
def test_les_classes_sont_cinq_au_plus_egales_et_couvrent_toutes_les_valeurs(valeurs):
    bornes = bornes_rondes(valeurs)
    assert 2 <= len(bornes) <= 6
    assert len({haut - bas for bas, haut in pairwise(bornes)}) == 1
    for valeur in valeurs:
        rang = classe(valeur, bornes)
        assert bornes[rang] <= valeur <= bornes[rang + 1]


def test_les_bornes_sont_rondes():
    assert bornes_rondes([152, 200, 223]) == (140, 160, 180, 200, 220, 240)
    assert bornes_rondes([Decimal("0.12"), Decimal("0.3")]) == tuple(
        map(Decimal, ("0.10", "0.15", "0.20", "0.25", "0.30"))
    )
    assert bornes_rondes([]) == ()


def test_une_borne_commence_sa_classe_sauf_la_derniere():
    bornes = tuple(map(Decimal, (0, 10, 20)))
    assert [classe(valeur, bornes) for valeur in (0, 9, 10, 20)] == [0, 0, 1, 1]


def test_la_legende_dit_les_bornes_et_l_absence_de_donnee():
    loin = {"type": "Polygon", "coordinates": [[[6, 50], [7, 50], [7, 51], [6, 51], [6, 50]]]}
    zones = [zone(), zone(code="CAM", nom="Cambrésis", contour=loin, valeur=None, texte="pas de donnée")]
    dessin = dessins.carte(titre="Essai", zones=zones, legende="euros", format_borne=lambda borne: f"{borne:.0f} €")
    textes = [forme.texte for forme in dessin.formes if isinstance(forme, Texte)]
    assert textes == ["Avesnois", "215 €", "Cambrésis", "pas de donnée", "euros", "215 € à 216 €", "pas de donnée"]


def test_un_lien_fait_du_dessin_un_groupe_de_liens_nommes():
    sans = dessins.carte(titre="Essai", zones=[zone()])
    avec = dessins.carte(titre="Essai", zones=[zone(lien="/territoires/AVE/")])
    liens = [(forme.titre, forme.lien) for forme in avec.formes if isinstance(forme, Groupe)]
    assert (sans.est_lie, avec.est_lie) == (False, True)
    assert liens == [("Avesnois : 215 €", "/territoires/AVE/")]


def test_un_nombre_trop_large_pour_sa_zone_s_ecrit_dehors_avec_le_nom():
    mince = {"type": "Polygon", "coordinates": [[[3.2, 51], [3.23, 51], [3.23, 51.5], [3.2, 51.5], [3.2, 51]]]}
    dessin = dessins.carte(titre="Essai", zones=[zone(nom="Large"), zone(nom="Mince", contour=mince, texte="614 €")])
    textes = {forme.texte: forme for forme in dessin.formes if isinstance(forme, Texte)}
    assert (textes["Large"].ancre, textes["215 €"].ancre) == ("middle", "middle")
    assert (textes["Mince"].ancre, textes["614 €"].ancre) == ("start", "start")
    assert textes["614 €"].x == textes["Mince"].x > 560 * 0.23


def test_une_carte_sans_zone_reste_un_dessin():
    assert dessins.carte(titre="Essai", zones=[]).formes == ()


def test_la_carte_du_nord_nomme_ses_huit_territoires_et_reste_dans_son_cadre():
    donnees = Path(__file__).resolve().parents[2] / "territoires/donnees"
    (fichier,) = donnees.rglob("*territoires*.geojson")
    territoires = json.loads(fichier.read_text())["features"]
    zones = [
        zone(code=t["properties"]["code"], nom=t["properties"]["nom"], contour=t["geometry"], valeur=200 + n)
        for n, t in enumerate(territoires)
    ]
    dessin = dessins.carte(titre="Nord", zones=zones)
    ecrits = " ".join(forme.texte for forme in dessin.formes if isinstance(forme, Texte))
    absents = [z.nom for z in zones if not all(mot in ecrits for mot in z.nom.split())]
    dehors = [
        f.texte for f in dessin.formes if isinstance(f, Texte) and not (0 <= f.x <= 560 and 0 <= f.y <= dessin.hauteur)
    ]
    assert (len(zones), absents, dehors) == (8, [], [])
