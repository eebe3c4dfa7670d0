"""Les repères du PDF : la même liste d’actions en un simple tableau de neuf colonnes, par WeasyPrint et par Typst."""

import json
import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path

from weasyprint import HTML

from config.socle.montants import format_nombre
from financements.chiffres import LigneAction

ENTETES = ("N°", "Axe", "Organisme", "Intitulé", "Territoire", "2016", "2017", "2018", "Total")
# Ce que l’on sait de plus rapide à mise en page égale : colonnes fixes, bordures séparées, pas de bordure de cellule.
STYLE = """
@page { size: A4; margin: 22mm 16mm 20mm; @bottom-right { content: counter(page) " / " counter(pages) } }
body { font: 7.5pt/1.3 "DejaVu Sans"; margin: 0 }
table { width: 100%; table-layout: fixed; border-collapse: separate; border-spacing: 0 }
td, th { padding: .8mm 1mm; text-align: left; vertical-align: top }
col.court { width: 7% } col.large { width: 17% } col.montant { width: 11.5% }
"""
COLONNES = "<col class=court><col class=court><col class=large><col class=large><col>" + "<col class=montant>" * 4
TYPST = """
#set document(title: "Tableau nu")
#set text(lang: "fr", size: 7.5pt)
#set page("a4", margin: (x: 16mm, top: 22mm, bottom: 20mm), numbering: "1 / 1")
#let lignes = json("lignes.json")
#table(columns: (7%, 7%, 17%, 17%, 1fr, 11.5%, 11.5%, 11.5%, 11.5%), stroke: none,
  table.header(..lignes.at(0)), ..lignes.slice(1).flatten())
"""


def cellules(lignes: Sequence[LigneAction]) -> list[list[str]]:
    """En-têtes puis neuf textes par action."""
    return [
        list(ENTETES),
        *(
            [
                str(ligne.numero),
                str(ligne.axe_numero),
                ligne.organisme,
                ligne.intitule,
                ligne.territoire_nom,
                *(format_nombre(montant, 2) for montant in ligne.par_annee.values()),
                format_nombre(ligne.total, 2),
            ]
            for ligne in lignes
        ),
    ]


def par_weasyprint(lignes: Sequence[LigneAction]) -> bytes:
    """Le tableau nu, balisé (PDF/UA-1)."""
    entetes, *corps = cellules(lignes)
    tete = "".join(f"<th scope=col>{escape(texte)}" for texte in entetes)
    rangs = "".join("<tr>" + "".join(f"<td>{escape(texte)}" for texte in rang) for rang in corps)
    page = (
        f"<!doctype html><html lang=fr><title>Tableau nu</title><style>{STYLE}</style>"
        f"<table><colgroup>{COLONNES}</colgroup><thead><tr>{tete}</thead><tbody>{rangs}</tbody></table>"
    )
    pdf: bytes = HTML(string=page).write_pdf(pdf_variant="pdf/ua-1")
    return pdf


def par_typst(lignes: Sequence[LigneAction]) -> bytes:
    """Le même tableau par Typst, balisé aussi."""
    import typst  # noqa: PLC0415 (trente mégaoctets, qui compteraient dans la mémoire des autres mesures)

    with tempfile.TemporaryDirectory() as dossier:
        Path(dossier, "lignes.json").write_text(json.dumps(cellules(lignes)), encoding="utf-8")
        source = Path(dossier, "tableau.typ")
        source.write_text(TYPST, encoding="utf-8")
        return typst.compile(source, pdf_standards="ua-1")
