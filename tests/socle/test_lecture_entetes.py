"""Rapprocher les en-têtes d’un fichier des colonnes connues."""

import pytest

from config.socle.lecture.entetes import Colonne, Correspondance, normaliser_entete, rapprocher

COLONNES = (
    Colonne("numero"),
    Colonne("intitule", synonymes=("intitule_de_l_action",)),
    Colonne("cout_total"),
    Colonne("fse", est_obligatoire=False),
)


@pytest.mark.parametrize(
    ("entete", "attendu"),
    [
        ("Date délibération", "date_deliberation"),
        ("  COÛT-TOTAL ", "cout_total"),
        ("Cout\u00a0total", "cout_total"),
        ("\ufeffNuméro", "numero"),
        ("Montant\n2016", "montant_2016"),
        ("N° d’œuvre", "n_d_oeuvre"),
        ("€", ""),
    ],
)
def test_un_entete_se_normalise(entete, attendu):
    assert normaliser_entete(entete) == attendu


def test_les_colonnes_se_trouvent_dans_n_importe_quel_ordre():
    assert rapprocher(
        ["FSE", "Coût total", "", "Remarque", "Numéro", "Intitulé de l’action"], COLONNES
    ) == Correspondance(
        positions={"fse": 0, "cout_total": 1, "numero": 4, "intitule": 5},
        inconnues=("Remarque",),
        doublons={},
        manquantes=(),
    )


def test_les_doublons_et_les_manquantes_sont_nommes():
    assert rapprocher(["Numéro", "NUMERO", "Intitulé"], COLONNES) == Correspondance(
        positions={"numero": 0, "intitule": 2},
        inconnues=(),
        doublons={"numero": ("Numéro", "NUMERO")},
        manquantes=("cout_total",),
    )
