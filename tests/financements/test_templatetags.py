"""Les filtres de gabarit et les colonnes de tableau."""

import pytest
from django.utils.html import format_html

from config.socle.colonnes import Colonne, corps
from financements.templatetags.financements import acte, pluriel, siret, ton_de_l_axe


def test_un_acte_se_lit_en_francais():
    assert [acte("importer_programme"), acte("corriger_le_total")] == ["import du programme", "corriger le total"]


def test_un_siret_se_groupe():
    assert siret("12345678901234") == "123\u00a0456\u00a0789\u00a001234"


def test_zero_est_au_singulier():
    assert [pluriel(n) for n in (0, 1, 2, 988)] == ["", "", "s", "s"]


@pytest.mark.parametrize(("numero", "ton"), [(1, "axe-1"), (5, "axe-5"), (6, "axe-1")])
def test_les_tons_d_axe_reviennent_apres_le_cinquieme(numero, ton):
    assert ton_de_l_axe(numero) == ton


def test_le_corps_d_un_tableau_echappe_tout_sauf_ce_qui_est_sur():
    colonnes = (
        Colonne("nom", "Nom", lambda ligne: ligne, "large", est_entete=True),
        Colonne("sur", "Sûr", lambda ligne: format_html("<b>{}</b>", len(ligne)), "nombre"),
        Colonne("nu", "Nu", lambda ligne: ligne[:1]),
    )
    assert corps(colonnes, ["<i>", "ok"]) == (
        '<tr><th scope="row" class="large">&lt;i&gt;</th><td class="nombre"><b>3</b></td><td>&lt;</td></tr>\n'
        '<tr><th scope="row" class="large">ok</th><td class="nombre"><b>2</b></td><td>o</td></tr>'
    )
