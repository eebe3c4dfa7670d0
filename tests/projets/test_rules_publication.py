"""Ce qui manque avant de publier, ce qui change encore après."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from projets.rules.publication import (
    TEXTES_DE_L_APPEL,
    Manque,
    Reglages,
    champs_modifiables,
    manques,
    report_est_permis,
)

INSTANT = datetime(2027, 1, 1, tzinfo=UTC)
PRET = Reglages(
    presentation="Ici.",
    qui_peut_repondre="Vous.",
    contact="a@exemple.fr",
    a_ses_coordonnees=True,
    a_un_reglement=True,
    nombre_d_axes=1,
    poids=[2500, 7500],
    ouvre_le=INSTANT,
    ferme_le=INSTANT + timedelta(seconds=1),
)


def test_rien_ne_manque_a_un_appel_pret():
    assert manques(PRET, INSTANT) == []


@pytest.mark.parametrize(
    ("champs", "attendu"),
    [
        ({"presentation": "  "}, Manque("presentation", "La présentation est vide.")),
        ({"qui_peut_repondre": ""}, Manque("presentation", "Qui peut répondre n’est pas dit.")),
        ({"contact": ""}, Manque("presentation", "L’adresse de contact manque.")),
        (
            {"a_ses_coordonnees": False},
            Manque(
                "presentation",
                "Le service, son adresse, son téléphone, l’agent chargé du dossier ou le tribunal compétent manque : "
                "l’accusé de réception les porte.",
            ),
        ),
        ({"ferme_le": INSTANT}, Manque("presentation", "La clôture est déjà passée.")),
        ({"a_un_reglement": False}, Manque("reglement", "Le règlement n’est pas joint.")),
        ({"nombre_d_axes": 0}, Manque("axes", "L’appel n’a aucun axe.")),
        ({"poids": []}, Manque("criteres", "Aucun critère de notation n’est écrit.")),
        ({"poids": [9990]}, Manque("criteres", "Les poids des critères font 99,9\u00a0%, il faut 100\u00a0%.")),
        (
            {"poids": [9000, 1105]},
            Manque("criteres", "Les poids des critères font 101,05\u00a0%, il faut 100\u00a0%."),
        ),
    ],
)
def test_chaque_manque_est_dit_avec_sa_rubrique(champs, attendu):
    assert manques(replace(PRET, **champs), INSTANT) == [attendu]


def test_tout_ce_qui_manque_est_dit_d_un_coup():
    vide = Reglages("", "", "", False, False, 0, [], INSTANT, INSTANT)  # noqa: FBT003
    assert [manque.rubrique for manque in manques(vide, INSTANT)] == [
        *["presentation"] * 5, "reglement", "axes", "criteres",
    ]  # fmt: skip


def test_ce_qui_change_encore_se_reduit_avec_le_temps():
    assert {etat: champs_modifiables(etat) for etat in ("brouillon", "publie", "ouvert", "clos", "execution")} == {
        "brouillon": None,
        "publie": TEXTES_DE_L_APPEL | {"ouvre_le", "ferme_le"},
        "ouvert": TEXTES_DE_L_APPEL | {"ferme_le"},
        "clos": TEXTES_DE_L_APPEL,
        "execution": TEXTES_DE_L_APPEL,
    }


def test_la_cloture_se_recule_et_ne_s_avance_pas():
    jour = timedelta(days=1)
    avant = INSTANT + 5 * jour
    assert [report_est_permis(avant, avant + k * jour, INSTANT) for k in (-1, 0, 1)] == [False, True, True]
    assert report_est_permis(INSTANT - 5 * jour, INSTANT, INSTANT) is False
