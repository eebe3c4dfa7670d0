"""Des fichiers méchants, fabriqués : chaque refus nomme le fichier, dit la raison et ce qui est attendu."""

from hashlib import sha256
from io import BytesIO

import pytest

from config.socle.fichiers import pdf as regles_pdf
from config.socle.fichiers.controle import FichierControle, controler
from config.socle.fichiers.defauts import ILLISIBLE, PROTEGE, FichierRefuse
from tests.socle import fichiers_d_essai as essai

TOUS = (
    "Formats admis\u00a0: PDF, Word (docx), Excel (xlsx), OpenDocument texte (odt), OpenDocument tableur (ods), "
    "image JPEG, image PNG."
)
MO = 1024 * 1024


def refus(nom: str, contenu: bytes, **exigences) -> str:
    with pytest.raises(FichierRefuse) as refuse:
        controler(BytesIO(contenu), nom, **{"taille_maximale": 50, **exigences})
    debut, _, raison = refuse.value.messages[0].partition("\u00a0» ")
    assert debut == f"«\u00a0{nom}"
    return raison


@pytest.mark.parametrize(
    ("nom", "contenu", "genre"),
    [
        ("a.pdf", essai.pdf(), "pdf"),
        ("300 pages.pdf", essai.pdf(300), "pdf"),
        ("un flux ordinaire.PDF", essai.pdf_flux(MO), "pdf"),
        ("b.docx", essai.docx(), "docx"),
        ("très répétitif.docx", essai.docx({"word/a.xml": bytes(9 * MO)}), "docx"),
        ("c.odt", essai.odt(), "odt"),
        ("vieux.odt", essai.odt({"META-INF/manifest.xml": b'<!DOCTYPE m PUBLIC "-//O" "Manifest.dtd">'}), "odt"),
        ("d.png", essai.image(), "png"),
        ("e.jpg", essai.image("JPEG"), "jpg"),
        ("f.jpeg", essai.image("JPEG"), "jpg"),
    ],
)
def test_un_fichier_ordinaire_est_recu_avec_son_empreinte(nom, contenu, genre):
    fichier = BytesIO(contenu)
    attendu = FichierControle(nom, genre, len(contenu), sha256(contenu).hexdigest())
    assert (controler(fichier, nom, taille_maximale=50), fichier.tell()) == (attendu, 0)


BOMBE = "se décompresse en un volume démesuré. Ce n’est pas un document ordinaire : il n’est pas reçu."
ACTIF = "contient des macros ou des éléments actifs. Enregistrez-le sans macros (docx, xlsx, odt, ods), ou en PDF."


@pytest.mark.parametrize(
    ("nom", "contenu", "raison"),
    [
        ("vide.pdf", b"", "est vide (0 octet). Vérifiez-le sur votre poste, puis envoyez-le de nouveau."),
        ("programme.pdf", b"MZ\x90\x00", f"n’est pas d’un format admis\u00a0: c’est un programme. {TOUS}"),
        ("script.pdf", b"#!/bin/sh", f"n’est pas d’un format admis\u00a0: c’est un programme. {TOUS}"),
        (
            "page.pdf",
            b"\xef\xbb\xbf <HTML>",
            f"n’est pas d’un format admis\u00a0: c’est une page ou une image du Web. {TOUS}",
        ),
        (
            "image.png",
            b"<svg onload='x'>",
            f"n’est pas d’un format admis\u00a0: c’est une page ou une image du Web. {TOUS}",
        ),
        (
            "ancien.docx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "n’est pas d’un format admis\u00a0: c’est un ancien format de bureautique, ou un document protégé par un "
            f"mot de passe. {TOUS}",
        ),
        (
            "photo.jpg",
            b"\x00\x00\x00\x18ftypheic",
            f"n’est pas d’un format admis\u00a0: c’est une photo de téléphone (HEIC) ou une vidéo. {TOUS}",
        ),
        (
            "coupé.pdf",
            essai.pdf()[:200],
            f"n’est pas d’un format admis\u00a0: c’est un PDF coupé : sa fin manque. {TOUS}",
        ),
        (
            "archive.docx",
            essai.archive({"a.exe": b"MZ"}),
            f"n’est pas d’un format admis\u00a0: c’est une archive. {TOUS}",
        ),
        ("texte.pdf", b"bonjour", f"n’est pas d’un format admis\u00a0: son contenu n’est pas reconnu. {TOUS}"),
        (
            "déguisé.docx",
            essai.pdf(),
            "est au format PDF et son nom ne le dit pas. Renommez-le pour qu’il finisse par «\u00a0.pdf\u00a0».",
        ),
        (
            "facture.pdf.exe",
            essai.pdf(),
            "est au format PDF et son nom ne le dit pas. Renommez-le pour qu’il finisse par «\u00a0.pdf\u00a0».",
        ),
        ("long.pdf", essai.pdf(301), regles_pdf.TROP_DE_PAGES),
        ("script.pdf", essai.pdf_script(), regles_pdf.SCRIPT),
        ("lancement.pdf", essai.pdf_lancement(), regles_pdf.SCRIPT),
        ("joint.pdf", essai.pdf_joint(), regles_pdf.JOINT),
        ("chiffré.pdf", essai.pdf_chiffre(), PROTEGE),
        ("bombe.pdf", essai.pdf_flux(101 * MO), regles_pdf.DEMESURE),
        ("poupée russe.pdf", essai.pdf_flux(MO, fois=2), regles_pdf.DEMESURE),
        ("image géante.pdf", essai.pdf_image(20_000), regles_pdf.DEMESURE),
        ("sans racine.pdf", b"%PDF-1.7\nrien\n%%EOF\n", ILLISIBLE),
        ("macros.docx", essai.docx({"word/vbaProject.bin": b"x"}), ACTIF),
        (
            "macros.xlsx",
            essai.archive({"[Content_Types].xml": b"sheet.macroEnabled.main+xml", "xl/workbook.xml": b""}),
            ACTIF,
        ),
        ("basic.odt", essai.odt({"Basic/Standard/Module1.xml": b"<x/>"}), ACTIF),
        ("activex.docx", essai.docx({"word/activeX/activeX1.bin": b"x"}), ACTIF),
        ("bombe.docx", essai.docx({"word/a.xml": bytes(50 * MO)}), BOMBE),
        ("chiffré.docx", essai.docx_chiffre(), PROTEGE),
        ("entités.docx", essai.docx({"word/a.xml": b'<?xml version="1.0"?><!DOCTYPE a>'}), ILLISIBLE),
        ("entités.odt", essai.odt({"META-INF/manifest.xml": b"<!DOCTYPE m [<!ENTITY a 'b'>]>"}), ILLISIBLE),
        ("évasion.docx", essai.docx({"../../etc/cron.d/x": b"x"}), ILLISIBLE),
        ("coupée.png", essai.image()[:40], ILLISIBLE),
        ("faux.jpg", b"\xff\xd8\xff\xe0rien", ILLISIBLE),
        (
            "géante.png",
            essai.png_geant(10_000, 10_001),
            "a des dimensions démesurées (10000 × 10001 pixels, la limite est de 100 millions). Réduisez-la.",
        ),
        (
            "énorme.png",
            essai.png_geant(40_000, 40_000),
            "a des dimensions démesurées : plus de 100 millions de pixels. Réduisez-la.",
        ),
    ],
)
def test_un_fichier_mechant_est_refuse_et_dit_pourquoi(nom, contenu, raison):
    assert refus(nom, contenu) == raison


def test_la_taille_et_le_format_sont_ceux_de_la_piece():
    assert refus("gros.pdf", essai.pdf() + bytes(2 * MO), taille_maximale=2) == (
        "pèse 2,0\u00a0Mo, la limite est de 2\u00a0Mo. "
        "Réduisez-le (finesse de la numérisation, images) ou coupez-le en plusieurs fichiers."
    )
    assert refus("photo.png", essai.image(), formats=("pdf", "docx")) == (
        "est au format image PNG, qui n’est pas admis ici. Formats admis\u00a0: PDF, Word (docx)."
    )


def test_un_classeur_qui_ment_sur_sa_taille_est_compte_en_le_lisant():
    """La taille annoncée dans la table est ramenée à un octet : c’est ce qui sort vraiment qui compte."""
    octets = bytearray(essai.docx({"word/a.xml": bytes(50 * MO)}))
    rang = octets.rfind(b"PK\x01\x02", 0, octets.rfind(b"word/a.xml"))
    octets[rang + 24 : rang + 28] = (1).to_bytes(4, "little")
    assert refus("menteur.docx", bytes(octets)) == BOMBE


def test_un_controle_trop_long_est_un_refus(monkeypatch):
    monkeypatch.setattr(regles_pdf, "DELAI", -1.0)
    assert refus("lent.pdf", essai.pdf()) == regles_pdf.COMPLEXE


def test_trop_d_objets_ou_trop_de_profondeur_est_un_refus(monkeypatch):
    monkeypatch.setattr(regles_pdf, "OBJETS_AU_PLUS", 2)
    assert refus("touffu.pdf", essai.pdf()) == regles_pdf.COMPLEXE
    monkeypatch.setattr(regles_pdf, "OBJETS_AU_PLUS", 100)
    monkeypatch.setattr(regles_pdf, "PROFONDEUR", 0)
    assert refus("profond.pdf", essai.pdf()) == regles_pdf.COMPLEXE
