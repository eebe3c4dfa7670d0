"""Un tableau écrit se relit : mêmes valeurs, mêmes genres, et aucun texte ne devient une formule."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.socle.ecriture import PAR_LOT, Champ, Genre, csv_au_fil, neutraliser

CHAMPS = (
    Champ("N°", Genre.ENTIER),
    Champ("Intitulé"),
    Champ("SIRET"),
    Champ("Demandé", Genre.MONTANT),
    Champ("Note", Genre.NOMBRE),
    Champ("Rejet", Genre.JOUR),
    Champ("Déposé", Genre.INSTANT),
)
RANGEES = [
    [1, "=HYPERLINK(1)", "00012345678901", Decimal("12500.50"), Decimal("13.25"), date(2026, 6, 28),
     datetime(2026, 4, 28, 15, 30, tzinfo=UTC)],
    [2, "Café ; « thé »\net suite", None, None, None, None, None],
]  # fmt: skip


def relu(octets: bytes) -> list[list[str]]:
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_le_csv_s_ecrit_a_la_francaise_et_desarme_les_formules():
    assert relu(b"".join(csv_au_fil(CHAMPS, RANGEES))) == [
        [champ.libelle for champ in CHAMPS],
        ["1", "'=HYPERLINK(1)", "00012345678901", "12500,50", "13,25", "28/06/2026", "28/04/2026 17:30:00"],
        ["2", "Café ; « thé »\net suite", "", "", "", "", ""],
    ]


def test_le_csv_part_au_fil_de_l_eau():
    lues = 0

    def rangees() -> Iterator[list[object]]:
        nonlocal lues
        for numero in range(3 * PAR_LOT):
            lues += 1
            yield [numero]

    flux = csv_au_fil(CHAMPS[:1], rangees())
    assert (next(flux).decode("utf-8-sig"), lues) == ("N°\r\n", 0)
    next(flux)
    assert lues == PAR_LOT
    assert sum(morceau.count(b"\r\n") for morceau in flux) == 2 * PAR_LOT


@pytest.mark.parametrize("debut", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_un_debut_de_formule_est_precede_d_une_apostrophe(debut):
    assert neutraliser(f"{debut}1+1") == f"'{debut}1+1"


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00")))
def test_tout_texte_se_relit_tel_quel_ou_desarme(texte):
    relus = relu(b"".join(csv_au_fil([Champ("a"), Champ("b")], [[texte, "fin"]])))
    assert relus[1] in ([texte, "fin"], [f"'{texte}", "fin"])
    assert not relus[1][0].startswith(("=", "+", "-", "@"))


def test_sans_rangee_il_reste_l_en_tete():
    assert relu(b"".join(csv_au_fil(CHAMPS, []))) == [[champ.libelle for champ in CHAMPS]]
