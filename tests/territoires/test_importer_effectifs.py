"""L’import des effectifs : relevés complets, tout ou rien, sans effet la seconde fois."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone
from openpyxl import Workbook

from config.socle.models import Journal
from territoires.actions.importer_effectifs import importer_effectifs
from territoires.imports.effectifs import Defauts
from territoires.models import Effectif, ReleveEffectifs
from tests.fixtures.verrous import DELAI, attendre_un_verrou
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
FICTIF = Path(__file__).parents[2] / "territoires" / "donnees" / "allocataires-territoires-FICTIF.csv"
DEFAUTS = Defauts(date(2016, 2, 29), "foyers", "CAF du Nord")


@pytest.fixture(autouse=True)
def territoires():
    TerritoireFactory(code="VAL", nom="Valenciennois")
    TerritoireFactory(code="DOU", nom="Douaisis")


@pytest.fixture
def importer(tmp_path):
    def _importer(texte, defauts=DEFAUTS):
        chemin = tmp_path / "effectifs.csv"
        chemin.write_text(texte, encoding="utf-8")
        return importer_effectifs(auteur=None, chemin=chemin, defauts=defauts)

    return _importer


def relevees(bilan):
    return [(e.ligne, e.colonne, e.attendu) for e in bilan.erreurs]


def enregistres():
    return list(Effectif.objects.order_by("territoire__code").values_list("territoire__code", "nombre"))


def test_un_releve_se_cree_et_s_ecrit_au_journal(importer):
    bilan = importer("territoire;Allocataires\nvalenciennois;18 081\nDOU;10884\n")
    releve = ReleveEffectifs.objects.get()
    assert (bilan.erreurs, list(bilan.crees), bilan.inchanges) == ((), [releve], 0)
    assert (releve.observe_le, releve.unite, releve.source, releve.est_fictif) == (
        date(2016, 2, 29), "foyers", "CAF du Nord", False,
    )  # fmt: skip
    assert enregistres() == [("DOU", 10884), ("VAL", 18081)]
    entree = Journal.objects.get()
    assert (entree.acte, entree.apres["effectifs"]) == ("importer_effectifs", {"VAL": 18081, "DOU": 10884})


def test_le_fichier_peut_tout_dire_lui_meme_et_porter_plusieurs_releves(importer):
    bilan = importer(
        "code;effectif;date;unite;source\n"
        "VAL;10;29/02/2016;foyers;CAF\nDOU;20;29/02/2016;foyers;CAF\n"
        "VAL;11;2017-02-28;Bénéficiaires du RSA (adultes);CAF\nDOU;21;2017-02-28;beneficiaires;CAF\n",
        Defauts(),
    )
    assert bilan.erreurs == ()
    assert sorted(ReleveEffectifs.objects.values_list("observe_le", "unite")) == [
        (date(2016, 2, 29), "foyers"),
        (date(2017, 2, 28), "beneficiaires"),
    ]


def test_la_colonne_fictive_marque_le_releve_et_le_fichier_livre_se_lit(importer):
    for code in ("AVE", "CAM", "FLI", "FLM", "MLI", "MRT"):
        TerritoireFactory(code=code, nom=code)
    bilan = importer_effectifs(auteur=None, chemin=FICTIF, defauts=DEFAUTS)
    assert [e.ligne for e in bilan.erreurs] == [2, 3, 5, 6, 7, 8]  # les noms du fichier ne sont pas ceux de l’essai
    texte = FICTIF.read_text(encoding="utf-8").replace("code,territoire,", "code,libelle,")
    bilan = importer(texte)
    assert (bilan.erreurs, bilan.colonnes_ignorees) == (
        (),
        ("libelle", "nb_communes", "population_2016", "avertissement"),
    )
    releve = ReleveEffectifs.objects.avec_total().get()
    assert (releve.est_fictif, releve.total) == (True, 115386)


def test_reimporter_le_meme_releve_ne_change_rien(importer):
    texte = "territoire;allocataires\nVAL;1\nDOU;2\n"
    importer(texte)
    bilan = importer(texte)
    assert (bilan.inchanges, list(bilan.crees), ReleveEffectifs.objects.count(), Journal.objects.count()) == (
        1,
        [],
        1,
        1,
    )


def test_d_autres_valeurs_pour_le_meme_releve_sont_refusees(importer):
    importer("territoire;allocataires\nVAL;1\nDOU;2\n")
    suite = "un relevé se corrige par un relevé de plus (autre date ou source précisée)"
    bilan = importer("territoire;allocataires\nVAL;1\nDOU;3\n")
    assert relevees(bilan) == [
        (3, "allocataires", f"2, la valeur déjà enregistrée pour cette date et cette source : {suite}")
    ]
    assert enregistres() == [("DOU", 2), ("VAL", 1)]
    bilan = importer("territoire;allocataires_FICTIF\nVAL;1\nDOU;2\n")
    assert relevees(bilan) == [(0, "fictif", f"un relevé réel, comme celui déjà enregistré : {suite}")]


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        (
            "territoire;allocataires\nVAL;1\nArtois;x\n",
            [
                (3, "territoire", "un territoire connu : Douaisis, Valenciennois"),
                (3, "allocataires", "un nombre entier, sans décimale"),
            ],
        ),
        (
            "territoire;allocataires\nVAL;1\nValenciennois;1\nDOU;2\n",
            [(3, "territoire", "chaque territoire une seule fois par relevé : celui-ci est déjà à la ligne 2")],
        ),
        (
            "code;territoire;allocataires\nVAL;Douaisis;1\nDOU;Douaisis;2\n",
            [
                (2, "territoire", "le territoire du code VAL"),
            ],
        ),
        (
            "territoire;allocataires\nVAL;0\nDOU;0\n",
            [(0, "allocataires", "au moins un effectif positif dans le relevé du 29/02/2016")],
        ),
        (
            "territoire;allocataires\nVAL;1\n",
            [(0, "territoire", "tous les territoires dans le relevé du 29/02/2016 ; il manque Douaisis")],
        ),
        ("territoire;allocataires\n", [(1, "", "au moins un territoire sous la ligne d’en-têtes")]),
        (
            "lieu;combien\nVAL;1;2\n",
            [
                (1, "territoire", "une colonne territoire ou code"),
                (1, "allocataires", "une colonne allocataires, ou allocataires_FICTIF pour des valeurs inventées"),
            ],
        ),
        (
            "territoire;allocataires;date;unite\nVAL;1;demain;maisons\nDOU;2;;\n",
            [
                (2, "date", "une date comme 13/06/2016"),
                (2, "unite", "une unité connue : foyers, beneficiaires, personnes"),
            ],
        ),
        (
            "territoire;allocataires;date\nVAL;1;01/01/2099\nDOU;2;\n",
            [
                (2, "date", "une date d’observation qui n’est pas à venir"),
            ],
        ),
    ],
)
def test_une_erreur_se_dit_et_rien_n_est_ecrit(importer, texte, attendu):
    assert relevees(importer(texte)) == attendu
    assert (ReleveEffectifs.objects.count(), Journal.objects.count()) == (0, 0)


def test_une_date_a_venir_dite_a_cote_du_fichier_est_refusee(importer):
    bilan = importer("territoire;allocataires\nVAL;1\nDOU;2\n", replace(DEFAUTS, jour=date(2099, 1, 1)))
    assert [(e.ligne, e.colonne, e.valeur, e.attendu) for e in bilan.erreurs] == [
        (0, "date", "01/01/2099", "une date d’observation qui n’est pas à venir")
    ]
    assert (ReleveEffectifs.objects.count(), Journal.objects.count()) == (0, 0)


def test_la_date_du_jour_est_admise(importer):
    bilan = importer("territoire;allocataires\nVAL;1\nDOU;2\n", replace(DEFAUTS, jour=timezone.localdate()))
    assert (bilan.erreurs, ReleveEffectifs.objects.get().observe_le) == ((), timezone.localdate())


def test_ce_que_personne_ne_dit_est_demande(importer):
    assert relevees(importer("territoire;allocataires\nVAL;1\nDOU;1\n", Defauts())) == MANQUENT


MANQUENT = [
    (1, nom, f"une colonne {nom}, ou cette information donnée à côté du fichier")
    for nom in ("date", "unite", "source")
]
NOMBRE = "un nombre entier, sans décimale"


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("territoire;allocataires\nVAL;x\nDOU;\n", [(2, "allocataires", NOMBRE), (3, "allocataires", NOMBRE)]),
        (
            "territoire;allocataires\nVAL;1\nVAL;1\n",
            [(3, "territoire", "chaque territoire une seule fois par relevé : celui-ci est déjà à la ligne 2")],
        ),
        ("territoire;allocataires\n", [(1, "", "au moins un territoire sous la ligne d’en-têtes")]),
    ],
)
def test_ce_que_personne_ne_dit_ne_cache_pas_les_erreurs_des_lignes(importer, texte, attendu):
    assert relevees(importer(texte, Defauts())) == [*MANQUENT, *attendu]
    assert ReleveEffectifs.objects.count() == 0


def test_ce_que_personne_ne_dit_ne_cache_pas_un_territoire_oublie(importer):
    assert relevees(importer("territoire;allocataires\nVAL;1\n", Defauts())) == [
        (0, "territoire", "tous les territoires dans le relevé ; il manque Douaisis"),
        *MANQUENT,
    ]


def test_une_date_vide_reste_une_erreur_quand_la_source_manque(importer):
    bilan = importer("territoire;allocataires;date\nVAL;1;\nDOU;1;29/02/2016\n", Defauts(unite="foyers"))
    assert relevees(bilan) == [MANQUENT[2], (2, "date", "une date comme 13/06/2016")]


@pytest.mark.parametrize(
    ("entetes", "attendu"),
    [
        ("territoire;allocataires;Effectif", [(1, "allocataires", "une seule colonne de ce nom")]),
        (
            "territoire;allocataires;allocataires_FICTIF",
            [
                (
                    1,
                    "allocataires",
                    "une colonne allocataires, ou allocataires_FICTIF pour des valeurs inventées",
                )
            ],
        ),
        ("lieu;allocataires;x", [(1, "territoire", "une colonne territoire ou code")]),
        ("territoire;nom;allocataires", [(1, "territoire", "une seule colonne de ce nom")]),
    ],
)
def test_une_colonne_en_trop_ou_absente_ne_cache_pas_les_autres_erreurs(importer, entetes, attendu):
    lignes = {"lieu;allocataires;x": "VAL;x;1", "territoire;nom;allocataires": "VAL;VAL;x"}
    fautes = {
        "lieu;allocataires;x": [(2, "allocataires", NOMBRE)],
        "territoire;nom;allocataires": [(2, "allocataires", NOMBRE)],
    }
    texte = f"{entetes}\n{lignes.get(entetes, 'Artois;1;1')}\n"
    inconnu = [(2, "territoire", "un territoire connu : Douaisis, Valenciennois")]
    assert relevees(importer(texte)) == [*attendu, *fautes.get(entetes, inconnu)]


def test_les_ecarts_avec_la_base_se_disent_meme_quand_une_autre_ligne_est_fausse(importer):
    importer("territoire;allocataires\nVAL;1\nDOU;2\n")
    suite = "un relevé se corrige par un relevé de plus (autre date ou source précisée)"
    assert relevees(importer("territoire;allocataires\nVAL;7\nDOU;x\n")) == [
        (2, "allocataires", f"1, la valeur déjà enregistrée pour cette date et cette source : {suite}"),
        (3, "allocataires", NOMBRE),
    ]
    assert enregistres() == [("DOU", 2), ("VAL", 1)]


# --- La commande -------------------------------------------------------------------------------------------
def lancer(*arguments):
    sortie, erreurs = StringIO(), StringIO()
    try:
        call_command("importer_effectifs", *map(str, arguments), stdout=sortie, stderr=erreurs)
    except CommandError as erreur:
        return str(erreur), sortie.getvalue(), erreurs.getvalue()
    return "", sortie.getvalue(), erreurs.getvalue()


def test_la_commande_importe_un_classeur(tmp_path):
    classeur = Workbook()
    for rangee in (["Territoire", "Effectifs"], ["Valenciennois", 18081], ["Douaisis", 10884]):
        classeur.active.append(rangee)
    classeur.save(tmp_path / "e.xlsx")
    options = ("--date=29/02/2016", "--unite=foyers", "--source=CAF", "--fictif")
    assert lancer(tmp_path / "e.xlsx", *options) == (
        "",
        "Relevé créé : foyers allocataires du RSA au 29/02/2016 (fictif), 28\u202f965 en tout.\n",
        "",
    )
    assert lancer(tmp_path / "e.xlsx", *options)[1] == "Relevés déjà là, inchangés : 1.\n"


def test_la_commande_dit_les_erreurs_et_sort_en_echec(tmp_path):
    chemin = tmp_path / "e.csv"
    chemin.write_text("territoire;allocataires\nVAL;x\nDOU;1\n", encoding="utf-8")
    echec, sortie, erreurs = lancer(chemin, "--date=29/02/2016", "--unite=foyers", "--source=CAF")
    assert (echec, sortie) == ("1 erreur : rien n’a été importé.", "")
    assert erreurs.splitlines()[-1].split() == [
        "2",
        "allocataires",
        "x",
        "un",
        "nombre",
        "entier,",
        "sans",
        "décimale",
    ]
    assert lancer(chemin, "--date=hier")[0] == "--date : il fallait une date comme 13/06/2016."
    assert lancer(tmp_path / "absent.csv")[0] == "Le fichier « absent.csv » n’existe pas ou ne peut pas être ouvert."


# --- Deux imports en même temps ----------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_deux_imports_du_meme_releve_en_meme_temps_se_suivent(importer):
    def par_une_autre_connexion():
        try:
            return importer("territoire;allocataires\nVAL;1\nDOU;2\n")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as fil:
        with transaction.atomic():
            assert len(importer("territoire;allocataires\nVAL;1\nDOU;2\n").crees) == 1
            second = fil.submit(par_une_autre_connexion)
            attendre_un_verrou()
        bilan = second.result(DELAI)
    assert (bilan.erreurs, list(bilan.crees), bilan.inchanges) == ((), [], 1)
    assert ReleveEffectifs.objects.count() == 1
