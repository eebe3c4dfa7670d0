"""Les fichiers tels qu’ils arrivent vraiment : la commande répond juste, en français, et n’écrit rien."""

import csv
import io
from datetime import date, datetime, time
from decimal import Decimal

import pytest
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from config.socle.lecture.erreurs import ErreurLigne
from config.socle.lecture.tableau import FichierIllisible
from financements.actions.importer_programme import importer_programme
from financements.models import Action
from tests.financements.fichiers import appel_du_nord, ligne

pytestmark = pytest.mark.django_db
UNE, DEUX = Decimal("50001.01"), Decimal("100002.02")
ILLISIBLE = "Le fichier n’est ni un classeur ni du texte lisible : enregistrez-le en XLSX, en ODS ou en CSV (UTF-8)."
GUILLEMETS = (
    "Ligne 2 : guillemets mal fermés ou mal placés, ou cellule de plus de 131 072 caractères. "
    'Un texte entre guillemets double les siens (« "" ») et le guillemet fermant touche le séparateur.'
)
FUSION = (
    "une valeur dans chaque cellule : celle-ci est couverte par une fusion ; défusionnez, puis écrivez la valeur de "
    "chaque ligne"
)
TOTAL = "une action : cette ligne semble être un total, retirez-la"
EUROS = "un montant en euros, comme 12 345,67"
DATE = "une date comme 13/06/2016 : mettez la cellule au format Date, ou écrivez la date en toutes lettres"
ENTIER = "un nombre entier, sans décimale"


@pytest.fixture
def simuler(tmp_path):
    appel = appel_du_nord()

    def _simuler(contenu, nom):
        chemin = tmp_path / nom
        chemin.write_bytes(contenu)
        try:
            rendu = importer_programme(auteur=None, appel=appel, chemin=chemin, simuler=True)
        except FichierIllisible as refus:
            return str(refus)
        return [(e.ligne, e.colonne, e.valeur, e.attendu) for e in rendu.erreurs] or rendu.total

    return _simuler


def cellules(**valeurs):
    """Une ligne juste aux vraies cellules de tableur."""
    vraies = {
        "numero": 1, "axe": 3, "allocataires_prevus": 40, "cout_total": 100000, "montant_2016": 10000,
        "montant_2017": 20000.5, "montant_2018": 20000.51, "date_deliberation": date(2016, 6, 13),
    }  # fmt: skip
    return ligne(**{**vraies, **valeurs})


def classeur(*lignes, avant=(), apres=(), fusions=()):
    livre = Workbook()
    for rangee in (*avant, list(lignes[0]), *(list(valeurs.values()) for valeurs in lignes), *apres):
        livre.active.append(rangee)
    for plage in fusions:
        livre.active.merge_cells(plage)
    return livre


def en_octets(livre):
    tampon = io.BytesIO()
    livre.save(tampon)
    return tampon.getvalue()


def texte(*lignes, separateur=";"):
    sortie = io.StringIO()
    ecriture = csv.writer(sortie, delimiter=separateur)
    ecriture.writerow(list(lignes[0]))
    ecriture.writerows(list(valeurs.values()) for valeurs in lignes)
    return sortie.getvalue()


VIDE = dict.fromkeys(ligne())
ICI, LA = cellules(), cellules(numero=2)
SOMMES = [200000, 20000, 40001, 40001.02]


# --- Classeurs ---------------------------------------------------------------------------------------------
def deux_feuilles(*, masquee=False):
    livre = classeur(ICI)
    autre = livre.create_sheet("Suite")
    autre.append(list(LA))
    autre.append(list(LA.values()))
    autre.sheet_state = "hidden" if masquee else "visible"
    return livre


def deux_feuilles_dont_une_vide():
    livre = classeur(ICI)
    livre.create_sheet("Modèle", 0).append(list(ICI))
    return livre


def seule_feuille_masquee():
    livre = classeur(ICI)
    livre.create_sheet("Vide")
    livre.active.sheet_state = "hidden"
    return livre


def dates_1904():
    livre = Workbook()
    livre.epoch = CALENDAR_MAC_1904
    livre.active.append(list(ICI))
    livre.active.append(list(ICI.values()))
    return livre


def colonnes_et_lignes_masquees():
    livre = classeur(ICI, LA)
    livre.active.column_dimensions["E"].hidden = livre.active.row_dimensions[3].hidden = True
    return livre


def commentaire_dans_une_cellule_vide():
    livre = classeur(ICI)
    livre.active["E2"].comment = Comment("RNA à demander", "DLES")
    return livre


def decale():
    livre = Workbook()
    for rang, rangee in enumerate((list(ICI), list(ICI.values())), start=3):
        for colonne, valeur in enumerate(rangee, start=4):
            livre.active.cell(rang, colonne, valeur)
    return livre


@pytest.mark.parametrize(
    ("livre", "attendu"),
    [
        (classeur(ICI, LA, fusions=["J2:J3"]), [(3, "montant_2016", "(fusionnée avec J2)", FUSION)]),
        (classeur(ICI, LA, fusions=["B2:B3"]), [(3, "axe", "(fusionnée avec B2)", FUSION)]),
        (classeur(ICI, fusions=["F2:G2"]), [(2, "territoires", "(fusionnée avec F2)", FUSION)]),
        (classeur(ICI, VIDE, LA, fusions=[f"{c}2:{c}3" for c in "ABCDEFGHIJKLMNOP"]), DEUX),
        (classeur(ICI, avant=[["Programme 2016-2018"]], fusions=["A1:P1"]), UNE),
        (classeur(ICI, fusions=["P1:Q1", "P2:Q2", "R2:T9"]), UNE),
        (classeur(ICI, LA, fusions=["E2:E3"]), DEUX),  # fusion de cellules vides
        (classeur(ICI, apres=[["Total", *[None] * 8, 1, 1, 1]], fusions=["A3:I3"]), [(3, "numero", "Total", TOTAL)]),
        (classeur(ICI, apres=[["Total", *[None] * 7, *SOMMES]]), [(3, "numero", "Total", TOTAL)]),
        (classeur(ICI, apres=[[None, None, "Sous-total axe 3", *[None] * 5, *SOMMES]]), [(3, "numero", "", TOTAL)]),
        (classeur(ICI, apres=[[None] * 8 + SOMMES]), [(3, "numero", "", TOTAL)]),
        (classeur(cellules(organisme="Total")), UNE),
        (
            deux_feuilles(),
            "Plusieurs feuilles du classeur portent les colonnes attendues (« Sheet », « Suite ») : réunissez-les en "
            "une seule, ou masquez celles qu’il ne faut pas lire.",
        ),
        (deux_feuilles(masquee=True), UNE),
        (deux_feuilles_dont_une_vide(), UNE),
        (
            seule_feuille_masquee(),
            "Les feuilles visibles du classeur sont vides : affichez celle qu’il faut lire (les feuilles masquées ne "
            "sont pas lues), puis recommencez.",
        ),
        (dates_1904(), UNE),
        (colonnes_et_lignes_masquees(), DEUX),
        (commentaire_dans_une_cellule_vide(), UNE),
        (decale(), UNE),
        (classeur(ICI, avant=[[f"Note {n}"] for n in range(25)]), UNE),
        (classeur(ICI, VIDE, dict.fromkeys(ligne(), " "), LA), DEUX),
        (classeur(cellules(date_deliberation=datetime.combine(date(2016, 6, 13), time(23, 59)))), UNE),
        (
            classeur(cellules(date_deliberation=42534)),
            [
                (
                    2,
                    "date_deliberation",
                    "42534",
                    DATE,
                )
            ],
        ),
        (
            classeur(cellules(territoires="Valenciennois=0,6|Douaisis=0,4")),
            [
                (
                    2,
                    "territoires",
                    "Valenciennois=0,6|Douaisis=0,4",
                    "des parts qui font 100 % : celles-ci font 1 % ; écrivez 60 pour 60 %, et non 0,6",
                )
            ],
        ),
        (classeur(cellules(territoires="Valenciennois=60 %|Douaisis=40 %")), UNE),
        (classeur(cellules(montant_2016=True)), [(2, "montant_2016", "vrai", EUROS)]),
        (classeur(cellules(montant_2016=date(2016, 1, 1))), [(2, "montant_2016", "01/01/2016", EUROS)]),
        (classeur(cellules(montant_2016=9999.9 + 0.1)), UNE),
        (classeur(cellules(numero=1.5)), [(2, "numero", "1,5", ENTIER)]),
    ],
)  # fmt: skip
def test_un_classeur_mal_tenu_se_lit_ou_dit_pourquoi(simuler, livre, attendu):
    assert simuler(en_octets(livre), "p.xlsx") == attendu
    assert Action.objects.count() == 0


# --- Textes ------------------------------------------------------------------------------------------------
JUSTE = texte(ligne())
FINE = ligne(cout_total="112\u202f345,67\u00a0€", montant_2016="10\u202f000,00\u202f€")
SUITE = texte(ligne(numero="2")).partition("\r\n")[2]


@pytest.mark.parametrize(
    ("octets", "attendu"),
    [
        (texte(FINE).encode(), UNE),
        (JUSTE.encode("cp1252"), UNE),
        (JUSTE.encode("utf-16"), UNE),
        (JUSTE.encode("utf-16")[:-1], ILLISIBLE),
        (JUSTE.encode("utf-16-le"), ILLISIBLE),
        (b"\xef\xbb\xbf" * 2 + JUSTE.encode(), UNE),
        ((JUSTE + "\ufeff" + SUITE).encode(), DEUX),
        ((JUSTE + SUITE).replace("\r\n", "\r").encode(), DEUX),
        ((JUSTE + SUITE).replace("\r\n", ";;;\r\n").encode(), DEUX),
        (texte(ligne(), separateur="\t").encode(), UNE),
        (
            JUSTE.replace("’", "'").replace("€", "\xa4").encode("latin-1"),
            [(2, "cout_total", "100 000,00 ¤", EUROS), (2, "montant_2018", "20 000,51 ¤", EUROS)],
        ),
        (JUSTE.replace("Chantier", "Chan\0tier").encode(), ILLISIBLE),
        (JUSTE.replace("Chantier", '"Chantier').encode(), GUILLEMETS),
        (JUSTE.replace(";Chantier", ';"Chantier"').encode(), GUILLEMETS),
        (JUSTE.replace("Chantier", 'Un "vrai" chantier').encode(), UNE),
        (texte(ligne(intitule="x" * 200_000)).encode(), GUILLEMETS),
        (texte(ligne(numero="١")).encode(), [(2, "numero", "١", ENTIER)]),
        (texte(ligne(intitule="e\u0301te\u0301 \u200b 🌱")).encode(), UNE),
        (JUSTE.partition("\r\n")[0].encode(), [(1, "", "", "au moins une action sous la ligne d’en-têtes")]),
    ],
)  # fmt: skip
def test_un_texte_mal_tenu_se_lit_ou_dit_pourquoi(simuler, octets, attendu):
    assert simuler(octets, "p.csv") == attendu
    assert Action.objects.count() == 0


def test_une_ligne_decalee_dit_qu_elle_deborde(simuler):
    erreurs = simuler((JUSTE + SUITE.replace("2;", ";2;", 1)).encode(), "p.csv")
    assert ErreurLigne(*erreurs[0]) == ErreurLigne(
        3,
        "",
        "13/06/2016",
        "16 cellules comme les en-têtes, pas 17 : un texte qui contient le séparateur se met entre guillemets",
    )
