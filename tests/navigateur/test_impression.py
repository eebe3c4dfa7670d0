"""« Ce qui a été déposé », enregistré en PDF par le navigateur : lisible par une personne, sans page à moitié vide."""

from typing import Any

import pytest
from pypdf import PdfReader

from projets.actions.deposer import deposer
from projets.forms.dossier.dossier import Dossier
from projets.forms.dossier.verification import attestations_de, verifier
from projets.models import Projet
from tests.projets.complets import projet_complet, responsable_pret
from tests.territoires.fabriques import CommuneFactory

pytestmark = pytest.mark.django_db(transaction=True)
PAGES_AU_PLUS = 3


def deposer_le_projet(projet: Projet, auteur: Any) -> None:
    dossier = Dossier(projet)
    assert dossier.manques == []
    reponses = [une.figee("au_plus" if une.reponses else "") for une in attestations_de(dossier)]
    deposer(auteur=auteur, projet=projet, verifie=verifier(dossier, reponses))


def test_la_copie_imprimee_se_lit(live_server: Any, page_connectee: Any, verifier_axe: Any, tmp_path: Any) -> None:
    adhesion = responsable_pret(
        forme_juridique="association",
        courriel="a@exemple.fr",
        adresse="1 rue d’Essai, 59000 Lille",
        commune=CommuneFactory(nom="Lille"),
    )
    parts = {"part_VAL": "66.67", "part_DOU": "33,33"}
    projet = projet_complet(adhesion, **parts, etat_74com_1="")
    deposer_le_projet(projet, adhesion.personne)
    page = page_connectee(adhesion.personne)
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/imprimer/?depose")
    verifier_axe(page)
    page.pdf(path=tmp_path / "copie.pdf", format="A4", print_background=True)
    pages = [" ".join(p.extract_text().split()) for p in PdfReader(tmp_path / "copie.pdf").pages]
    texte = " ".join(pages)
    assert [
        brut
        for brut in ("66.67", "2027-0", "AAP27-0001 ,", "74dep", "74com", "74fe", "Lille Lille", "Lille, Lille")
        if brut in texte
    ] == []
    assert [lu for lu in ("66,67 %", "33,33 %", "sollicité", "01/") if lu not in texte.replace("\u00a0", " ")] == []
    assert len(pages) <= PAGES_AU_PLUS
