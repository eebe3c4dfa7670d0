"""Le SVG peint : sûr, accessible, le même à l’écran et dans le PDF."""

import re
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree as ET

import pypdf
import pytest
from django.template import Context, Template
from weasyprint import HTML

from config.socle import dessins

RACINE = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def peindre(graphique):
    return Template("{% load dessins %}{% dessin graphique %}").render(Context({"graphique": graphique}))


@pytest.fixture
def partage():
    lignes = [dessins.LignePartage("<b>2015</b>", 34, 66), dessins.LignePartage("2016", 59, 41)]
    return dessins.partage(titre="Partage « avant » & après", lignes=lignes, cible=59)


def test_le_dessin_est_une_image_nommee_par_son_titre(partage):
    cadre = ET.fromstring(peindre(partage))  # noqa: S314 (notre propre SVG)
    svg = cadre.find(f"{SVG}svg")
    assert (svg.get("role"), svg.get("aria-label")) == ("img", "Partage « avant » & après")
    assert svg.find(f"{SVG}title").text == "Partage « avant » & après"
    assert svg.find(f"{SVG}text").text.strip() == "<b>2015</b>"


def test_le_dessin_n_a_ni_style_ni_script_ni_nombre_a_virgule(partage):
    svg = peindre(partage)
    assert re.findall(r"style=|<style|<script|on\w+=", svg) == []
    assert re.findall(r' (?:x|y|width|height|x1|x2|y1|y2|rx|font-size)="[^"]*,[^"]*"', svg) == []


def test_memes_donnees_memes_octets(partage):
    assert peindre(partage) == peindre(partage)


@pytest.mark.parametrize(
    "balise", ["{% jauge 62 100 repere=80 %}", "{% ecart -4 10 %}", "{% mini valeurs %}", "{% jauge None None %}"]
)
def test_la_barre_d_une_case_est_tue_a_l_ecran(balise):
    svg = Template("{% load dessins %}" + balise).render(Context({"valeurs": [("2016", 78), ("2017", None)]}))
    assert ET.fromstring(svg).get("aria-hidden") == "true"  # noqa: S314


def test_le_pdf_embarque_la_police_et_donne_une_alternative_a_chaque_figure(partage):
    feuille = (RACINE / "static/css/police-pdf.css").as_uri()
    case = Template("{% load dessins %}{% jauge 62 100 %}").render(Context())
    page = f'<html lang="fr"><head><title>Essai</title><link rel="stylesheet" href="{feuille}"></head><body>'
    octets = HTML(string=f"{page}{peindre(partage)}{case}</body></html>").write_pdf(pdf_variant="pdf/ua-1")
    lecteur = pypdf.PdfReader(BytesIO(octets))
    alternatives = [figure.get("/Alt") for figure in figures(lecteur.trailer["/Root"]["/StructTreeRoot"])]
    polices = {str(p.get_object()["/BaseFont"])[8:] for p in lecteur.pages[0]["/Resources"]["/Font"].values()}
    assert alternatives == ["Partage « avant » & après", "62\u00a0%"]
    assert polices == {"Source-Sans-3-Semi-Bold"}


def figures(noeud):
    """Les éléments « Figure » de l’arbre de structure, dans l’ordre."""
    noeud = noeud.get_object()
    if isinstance(noeud, list):
        return [figure for enfant in noeud for figure in figures(enfant)]
    if not hasattr(noeud, "get"):
        return []
    soi = [noeud] if noeud.get("/S") == "/Figure" else []
    return soi + (figures(noeud["/K"]) if "/K" in noeud else [])
