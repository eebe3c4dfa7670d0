"""Lire la valeur d’une cellule."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle.lecture.cellules import (
    ValeurRefusee,
    lire_booleen,
    lire_date,
    lire_entier,
    lire_montant,
    lire_pourcentage,
    lire_texte,
)
from config.socle.lecture.identifiants import lire_rna, lire_siret
from config.socle.montants import format_euros


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ("12 345,67 €", "12345.67"),
        ("12345.67", "12345.67"),
        ("12\u00a0345,67", "12345.67"),
        ("12\u202f345,67\u00a0€", "12345.67"),
        ("12\u2009345,67", "12345.67"),
        ("12\u2007345,67 EUR", "12345.67"),
        ("50\u00a0000 euros", "50000.00"),
        ("97\u00a0000euros", "97000.00"),
        ("0", "0.00"),
        ("1234,5", "1234.50"),
        (12345.67, "12345.67"),
        (292000.0, "292000.00"),
        (7, "7.00"),
        (0.1 + 0.2, "0.30"),  # bruit de calcul d’un tableur
        ("9999999999,99", "9999999999.99"),
    ],
)
def test_un_montant_se_lit_comme_on_l_ecrit(cellule, attendu):
    assert lire_montant(cellule) == Decimal(attendu)
    assert lire_montant(cellule).as_tuple().exponent == -2


@given(st.integers(min_value=0, max_value=999_999_999_999))
def test_tout_montant_ecrit_par_nos_ecrans_se_relit(centimes):
    montant = Decimal(centimes).scaleb(-2)
    assert lire_montant(format_euros(montant)) == montant
    assert lire_montant(float(montant)) == montant


DEUX = "un montant avec deux décimales au plus"
SIMPLE = "un montant en euros, comme 12 345,67"
POSITIF = "un montant positif ou nul"
AMBIGU = (
    "un montant en euros dont les milliers sont séparés par une espace ou rien (12 345,67) : "
    "« {} » peut se lire de plusieurs façons"
)


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ("1.234", AMBIGU.format("1.234")),
        ("1,234.56", AMBIGU.format("1,234.56")),
        ("1.234,56", AMBIGU.format("1.234,56")),
        ("12’345.00", AMBIGU.format("12’345.00")),
        ("12345,678", DEUX),
        (33333.333, DEUX),
        ("-5", POSITIF),
        ("− 5", POSITIF),
        (-0.01, POSITIF),
        ("NC", SIMPLE),
        ("1 2345", SIMPLE),
        ("12 34", SIMPLE),
        ("٣٤", SIMPLE),
        (None, SIMPLE),
        (True, SIMPLE),
        (date(2016, 6, 13), SIMPLE),
        (float("nan"), SIMPLE),
        (float("inf"), SIMPLE),
        ("99 999 999 999", "un montant de moins de dix milliards d’euros"),
    ],
)
def test_un_montant_douteux_est_refuse_en_disant_ce_qu_il_fallait(cellule, attendu):
    with pytest.raises(ValeurRefusee) as refus:
        lire_montant(cellule)
    assert refus.value.attendu == attendu


@pytest.mark.parametrize(
    "cellule",
    [
        "13/06/2016",
        "13-06-2016",
        "13.6.2016",
        "2016-06-13",
        "2016/06/13",
        "2016-06-13T00:00:00",
        " 13/06/2016 ",
        date(2016, 6, 13),
        datetime.combine(date(2016, 6, 13), time(10, 5)),
    ],
)
def test_une_date_se_lit_sous_toutes_ses_formes(cellule):
    assert lire_date(cellule) == date(2016, 6, 13)


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ("31/02/2016", "une date qui existe, comme 13/06/2016"),
        ("13/06/16", "une date comme 13/06/2016"),
        ("juin 2016", "une date comme 13/06/2016"),
        (None, "une date comme 13/06/2016"),
        (time(10), "une date comme 13/06/2016"),
        ("13/06/0016", "une date entre 1900 et 2100"),
        (datetime.combine(date(1899, 12, 31), time()), "une date entre 1900 et 2100"),
        (
            42534.0,
            "une date comme 13/06/2016 : mettez la cellule au format Date, ou écrivez la date en toutes lettres",
        ),
    ],
)
def test_une_date_douteuse_est_refusee(cellule, attendu):
    with pytest.raises(ValeurRefusee) as refus:
        lire_date(cellule)
    assert refus.value.attendu == attendu


@pytest.mark.parametrize(
    ("cellule", "attendu"), [("1 250", 1250), ("0", 0), (60.0, 60), (60, 60), ("70\u202f000", 70000)]
)
def test_un_entier_se_lit(cellule, attendu):
    assert lire_entier(cellule) == attendu


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ("12,5", "un nombre entier, sans décimale"),
        (12.5, "un nombre entier, sans décimale"),
        ("-3", "un nombre entier, positif ou nul"),
        ("−3", "un nombre entier, positif ou nul"),
        (-3, "un nombre entier, positif ou nul"),
        (-2.5, "un nombre entier, positif ou nul"),
        ("environ 60", "un nombre entier, sans décimale"),
        (None, "un nombre entier, sans décimale"),
        (True, "un nombre entier, sans décimale"),
        ("3 000 000 000", "un nombre entier, au plus 2147483647"),
    ],
)
def test_un_entier_douteux_est_refuse(cellule, attendu):
    with pytest.raises(ValeurRefusee) as refus:
        lire_entier(cellule)
    assert refus.value.attendu == attendu


def test_un_entier_trop_petit_est_refuse():
    with pytest.raises(ValeurRefusee) as refus:
        lire_entier("0", minimum=1)
    assert refus.value.attendu == "un nombre entier, au moins 1"
    with pytest.raises(ValeurRefusee) as refus:
        lire_entier("−3", minimum=1)
    assert refus.value.attendu == "un nombre entier, au moins 1"


@pytest.mark.parametrize("cellule", ["oui", "OUI", "o", "Vrai", "1", "x", "X", True, 1.0])
def test_un_oui_se_lit(cellule):
    assert lire_booleen(cellule) is True


@pytest.mark.parametrize("cellule", ["non", "N", "faux", "0", False, 0.0])
def test_un_non_se_lit(cellule):
    assert lire_booleen(cellule) is False


@pytest.mark.parametrize("cellule", ["peut-être", None, "2", ""])
def test_ni_oui_ni_non_est_refuse(cellule):
    with pytest.raises(ValeurRefusee) as refus:
        lire_booleen(cellule)
    assert refus.value.attendu == "« oui » ou « non »"


@pytest.mark.parametrize(
    ("cellule", "attendu"), [("60", "60.00"), ("33,33", "33.33"), ("12.5 %", "12.50"), (40.0, "40.00")]
)
def test_une_part_se_lit(cellule, attendu):
    assert lire_pourcentage(cellule) == Decimal(attendu)


@pytest.mark.parametrize("cellule", ["101", "33,333", "-1", "la moitié", None])
def test_une_part_douteuse_est_refusee(cellule):
    with pytest.raises(ValeurRefusee) as refus:
        lire_pourcentage(cellule)
    assert refus.value.attendu == "une part en pour cent, de 0 à 100, avec deux décimales au plus"


def test_un_texte_tient_sur_une_ligne():
    assert lire_texte("Chantier\n d’insertion\u00a0:  parc ") == "Chantier d’insertion : parc"
    assert lire_texte(12.0) == "12"
    assert lire_texte(date(2016, 6, 13)) == "13/06/2016"


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        (None, "une valeur : cette colonne est obligatoire"),
        ("a\x00b", "un texte sans caractère de commande"),
        ("abcdef", "un texte de 5 caractères au plus (celui-ci en a 6)"),
    ],
)
def test_un_texte_impossible_est_refuse(cellule, attendu):
    with pytest.raises(ValeurRefusee) as refus:
        lire_texte(cellule, maximum=5)
    assert refus.value.attendu == attendu


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ("73282932000074", "73282932000074"),
        ("732 829 320 00074", "73282932000074"),
        ("732\u00a0829\u202f320\u200900074", "73282932000074"),
        ("35600000049837", "35600000049837"),  # La Poste : somme des chiffres multiple de 5
        ("35600000000048", "35600000000048"),  # La Poste, siège : clé ordinaire
    ],
)
def test_un_siret_se_lit(cellule, attendu):
    assert lire_siret(cellule) == attendu


NOMBRE = (
    "un SIRET de 14 chiffres : celui-ci a été transformé en nombre par un tableur ; "
    "mettez la colonne au format Texte, puis saisissez le SIRET de nouveau"
)


@pytest.mark.parametrize(
    ("cellule", "attendu"),
    [
        ("4.5032466E+13", NOMBRE),
        ("4,5032466E13", NOMBRE),
        ("45032466000000.0", NOMBRE),
        ("73282932000074.0", NOMBRE),
        (73282932000074.0, NOMBRE),
        (73282932000074, NOMBRE),
        (
            "1810086080001",
            "un SIRET de 14 chiffres : celui-ci a perdu un zéro en tête ou un chiffre ; "
            "mettez la colonne au format Texte, puis saisissez le SIRET de nouveau",
        ),
        ("732829320", "un SIRET de 14 chiffres : ceci est un SIREN, il manque les 5 chiffres de l’établissement"),
        (
            "7328293200007",
            "un SIRET de 14 chiffres : celui-ci a perdu un zéro en tête ou un chiffre ; "
            "mettez la colonne au format Texte, puis saisissez le SIRET de nouveau",
        ),
        ("73282932", "un SIRET de 14 chiffres : celui-ci en a 8"),
        ("73282932000079", "un SIRET dont la clé est juste : un chiffre est faux dans celui-ci"),
        ("00000000000000", "un vrai SIRET, pas quatorze zéros"),
        ("٧٣٢٨٢٩٣٢٠٠٠٠٧٤", "un SIRET de 14 chiffres, comme 732 829 320 00074"),
        ("inconnu", "un SIRET de 14 chiffres, comme 732 829 320 00074"),
        (None, "un SIRET de 14 chiffres, comme 732 829 320 00074"),
    ],
)
def test_un_siret_faux_ou_abime_est_refuse(cellule, attendu):
    with pytest.raises(ValeurRefusee) as refus:
        lire_siret(cellule)
    assert refus.value.attendu == attendu


@pytest.mark.parametrize("cellule", ["W751234567", "w2a1234567", "W2B1234567", "W75 123 4567"])
def test_un_rna_se_lit_corse_comprise(cellule):
    assert lire_rna(cellule) == "".join(cellule.split()).upper()


@pytest.mark.parametrize("cellule", ["751234567", "W75123456", "W7512345678", "WAA1234567", None])
def test_un_rna_faux_est_refuse(cellule):
    with pytest.raises(ValeurRefusee) as refus:
        lire_rna(cellule)
    assert refus.value.attendu == "un numéro RNA comme W751234567 (« W » et 9 caractères)"
