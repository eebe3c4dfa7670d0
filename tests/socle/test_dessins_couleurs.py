"""Les couleurs : contrastes des WCAG, et les mêmes jetons dans le thème et dans les dessins."""

import re
from pathlib import Path

import pytest

from config.socle.dessins import couleurs

CSS = (Path(__file__).resolve().parents[2] / "static/css/mille-actions.css").read_text()
JETONS = dict(re.findall(r"^  --([a-z0-9-]+): (#[0-9a-f]{6});", CSS, re.MULTILINE))
PALES = {
    ("encre", "papier"), ("encre", "fond"), ("encre-douce", "papier"), ("encre-douce", "fond"),
    ("encre-douce", "neutre-pale"), ("bleu", "papier"), ("bleu", "fond"), ("bleu", "bleu-pale"),
    ("encre", "bleu-pale"), ("pro", "papier"), ("social", "papier"), ("pro", "pro-pale"), ("social", "social-pale"),
    ("alerte", "papier"), ("alerte", "alerte-pale"), ("attente", "attente-pale"), ("papier", "bleu"),
    ("papier", "bleu-fonce"), ("papier", "encre"), ("bleu-clair", "encre"), ("papier", "neutre"),
}  # fmt: skip


def test_le_contraste_suit_la_formule_des_wcag():
    assert couleurs.contraste("#000000", "#ffffff") == 21
    assert round(couleurs.contraste("#777777", "#ffffff"), 2) == 4.48


@pytest.mark.parametrize(("texte", "fond"), sorted(PALES))
def test_chaque_texte_du_theme_se_lit_sur_son_fond(texte, fond):
    assert couleurs.contraste(JETONS[texte], JETONS[fond]) >= 4.5


@pytest.mark.parametrize("nom", ["bord", "axe-1", "axe-2", "axe-3", "axe-4", "axe-5", "pro", "social", "neutre"])
def test_chaque_bord_et_chaque_pastille_se_voient_sur_le_papier_et_sur_le_fond(nom):
    assert min(couleurs.contraste(JETONS[nom], JETONS[fond]) for fond in ("papier", "fond")) >= 3


def test_les_dessins_et_le_theme_ont_les_memes_jetons():
    attendus = {nom: JETONS[nom] for nom in couleurs.TONS}
    autres = {"encre": couleurs.ENCRE, "encre-douce": couleurs.ENCRE_DOUCE, "papier": couleurs.PAPIER}
    autres |= {"filet": couleurs.FILET, "piste": couleurs.PISTE, "bord": couleurs.TRAIT}
    assert couleurs.TONS | autres == attendus | {nom: JETONS[nom] for nom in autres}


@pytest.mark.parametrize("fond", [*couleurs.TONS.values(), *couleurs.DEGRADE, couleurs.PISTE])
def test_un_nombre_ecrit_dans_un_aplat_se_lit(fond):
    assert couleurs.contraste(couleurs.encre_sur(fond), fond) >= 4.5


def test_le_degrade_va_du_clair_au_fonce_quel_que_soit_le_nombre_de_classes():
    for classes in range(1, 6):
        luminances = [couleurs.luminance(teinte) for teinte in couleurs.degrade(classes)]
        assert len(set(luminances)) == classes
        assert luminances == sorted(luminances, reverse=True)
