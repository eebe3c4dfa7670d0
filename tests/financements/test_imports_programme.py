"""Les règles de lecture d’un programme : chacune refuse en nommant la ligne, la colonne et ce qui était attendu."""

from pathlib import Path

import pytest

from config.socle.lecture.erreurs import ERREURS_MAXIMUM, Releve
from config.socle.lecture.tableur import lire_tableau
from financements.actions.importer_programme import importer_programme
from financements.imports.programme import lire_programme
from financements.imports.referentiel import Referentiel
from projets.models import AppelAProjets
from tests.comptes.fabriques import siret_d_essai
from tests.financements.fichiers import COLONNES, SIRET, appel_du_nord, ecrire_csv, ecrire_xlsx, ligne
from tests.territoires.fabriques import CommuneFactory

pytestmark = pytest.mark.django_db
REELS = Path(__file__).parents[1] / "donnees" / "imports-reels"


@pytest.fixture
def lire(tmp_path):
    appel = appel_du_nord()

    def _lire(*lignes, ecrire=ecrire_csv, **options):
        tableau = lire_tableau(ecrire(tmp_path / "programme.dat", list(lignes), **options))
        return lire_programme(tableau, Referentiel.de_l_appel(appel))

    return _lire


def relevees(lecture):
    return [(e.ligne, e.colonne, e.attendu) for e in lecture.erreurs]


ENTIER = "un nombre entier, sans décimale"
EUROS = "un montant en euros, comme 12 345,67"
AXE = "un axe de l’appel : 1, 2, 3, 4, 5"
DOUBLE = "chaque territoire une seule fois : « Valenciennois » revient"
COUT = "un coût total au moins égal au montant attribué (50\u202f001,01\u00a0€)"
FSE = "le montant de l’aide du FSE, puisque la colonne fse dit « oui »"
PLAUSIBLE = "une date de délibération plausible, entre le 30/12/2013 et aujourd’hui"
INCONNU = "un territoire connu (Douaisis, Métropole Roubaix-Tourcoing, Valenciennois), pas « {} »"


@pytest.mark.parametrize(
    ("change", "colonne", "attendu"),
    [
        ({"numero": None}, "numero", ENTIER),
        ({"numero": "0"}, "numero", "un nombre entier, au moins 1"),
        ({"axe": "6"}, "axe", AXE),
        ({"axe": None}, "axe", AXE),
        ({"organisme": " "}, "organisme", "une valeur : cette colonne est obligatoire"),
        ({"organisme": "x" * 201}, "organisme", "un texte de 200 caractères au plus (celui-ci en a 201)"),
        ({"siret": "73282932000079"}, "siret", "un SIRET dont la clé est juste : un chiffre est faux dans celui-ci"),
        (
            {"siret": "4.5032466E+13"},
            "siret",
            "un SIRET de 14 chiffres : celui-ci a été transformé en nombre par un tableur ; "
            "mettez la colonne au format Texte, puis saisissez le SIRET de nouveau",
        ),
        ({"siret": None}, "siret", "un SIRET ou un numéro RNA : l’organisme doit être reconnu"),
        ({"rna": "W1"}, "rna", "un numéro RNA comme W751234567 (« W » et 9 caractères)"),
        ({"intitule": None}, "intitule", "une valeur : cette colonne est obligatoire"),
        ({"territoires": None}, "territoires", "un territoire, ou des parts comme Valenciennois=60|Douaisis=40"),
        ({"territoires": "Artois"}, "territoires", INCONNU.format("Artois")),
        ({"territoires": "Artois=60|Douaisis=40"}, "territoires", INCONNU.format("Artois")),
        ({"territoires": "VAL=60|DOU=30"}, "territoires", "des parts qui font 100 % : celles-ci font 90 %"),
        ({"territoires": "VAL=33,33|DOU=66,68"}, "territoires", "des parts qui font 100 % : celles-ci font 100,01 %"),
        ({"territoires": "VAL=50|Valenciennois=50"}, "territoires", DOUBLE),
        ({"territoires": "VAL=100|DOU=0"}, "territoires", "des parts supérieures à 0 %"),
        (
            {"territoires": "VAL|DOU=40"},
            "territoires",
            "une part en pour cent, de 0 à 100, avec deux décimales au plus",
        ),
        ({"allocataires_prevus": "beaucoup"}, "allocataires_prevus", ENTIER),
        ({"cout_total": "NC"}, "cout_total", EUROS),
        ({"cout_total": "50 000"}, "cout_total", COUT),
        ({"montant_2017": "-5"}, "montant_2017", "un montant positif ou nul"),
        (
            {"montant_2016": None, "montant_2017": "0", "montant_2018": None},
            "montant_2016",
            "au moins un montant positif parmi les années",
        ),
        ({"fse": "peut-être"}, "fse", "« oui » ou « non »"),
        ({"fse": "oui"}, "montant_fse", FSE),
        ({"fse": "oui", "montant_fse": "0"}, "montant_fse", FSE),
        ({"montant_fse": "10"}, "fse", "« oui », puisque la colonne montant_fse porte un montant"),
        (
            {"fse": "oui", "montant_fse": "50 000"},
            "cout_total",
            "un coût total au moins égal au montant attribué plus l’aide du FSE (100\u202f001,01\u00a0€)",
        ),
        ({"deliberation": None}, "deliberation", "une valeur : cette colonne est obligatoire"),
        ({"date_deliberation": "13/06/1916"}, "date_deliberation", PLAUSIBLE),
        ({"date_deliberation": "13/06/2099"}, "date_deliberation", PLAUSIBLE),
        ({"date_deliberation": "en juin"}, "date_deliberation", "une date comme 13/06/2016"),
    ],
)  # fmt: skip
def test_une_regle_enfreinte_se_dit(lire, change, colonne, attendu):
    lecture = lire(ligne(**change))
    assert relevees(lecture) == [(2, colonne, attendu)]
    assert lecture.lignes == []


@pytest.mark.parametrize(
    ("change", "champ", "attendu"),
    [
        ({"axe": "Axe 3"}, "axe", 3),
        ({"territoires": "métropole roubaix tourcoing"}, "parts", (("MRT", 10_000),)),
        ({"territoires": "dou"}, "parts", (("DOU", 10_000),)),
        ({"territoires": " VALENCIENNOIS = 33,33 | Dou=66.67 "}, "parts", (("DOU", 6667), ("VAL", 3333))),
        ({"siret": "732 829 320 00074"}, "siret", SIRET),
        ({"fse": None}, "montant_fse", 0),
        ({"cout_total": "50 001,01"}, "cout_total", 5_000_101),
        ({"intitule": "Un\nchantier"}, "intitule", "Un chantier"),
    ],
)
def test_ce_qui_se_dit_de_plusieurs_facons_se_lit(lire, change, champ, attendu):
    lecture = lire(ligne(**change))
    assert lecture.erreurs == []
    assert getattr(lecture.lignes[0], champ) == attendu


def test_toutes_les_erreurs_sont_relevees_pas_seulement_la_premiere(lire):
    lecture = lire(
        ligne(numero="x", axe="9", siret="1", cout_total="NC"),
        ligne(),
        ligne(organisme="Autre nom", axe="8", date_deliberation="hier"),
    )
    assert [(e.ligne, e.colonne, e.valeur) for e in lecture.erreurs] == [
        (2, "numero", "x"),
        (2, "axe", "9"),
        (2, "siret", "1"),
        (2, "cout_total", "NC"),
        (4, "axe", "8"),
        (4, "date_deliberation", "hier"),
        (4, "numero", "1"),
        (4, "organisme", "Autre nom"),
    ]


def test_ce_qui_se_contredit_d_une_ligne_a_l_autre_se_dit(lire):
    lecture = lire(
        ligne(rna="W591234567"),
        ligne(),
        ligne(numero="3", organisme="LES ATELIERS DE LA SCARPE"),  # seule la casse change : même nom
        ligne(numero="4", rna="W597654321"),
        ligne(numero="5", rna="W591234567", siret=siret_d_essai(1)),
    )
    assert relevees(lecture) == [
        (3, "numero", "un numéro par action : celui-ci est déjà à la ligne 2"),
        (5, "rna", "« W591234567 », comme ligne 2 pour le même SIRET"),
        (6, "siret", f"« {SIRET} », comme ligne 2 pour le même RNA"),
    ]


def test_les_colonnes_manquantes_en_double_ou_d_une_autre_annee_sont_nommees(lire):
    sans = {colonne: valeur for colonne, valeur in ligne().items() if colonne not in {"siret", "montant_2018"}}
    lecture = lire({"Remarque": "", "NUMÉRO": "", **sans, "Montant 2019": "", "Montant-2016 (€)": ""})
    assert relevees(lecture) == [
        (1, "siret", "cette colonne est obligatoire et le fichier ne l’a pas"),
        (1, "montant_2018", "cette colonne est obligatoire et le fichier ne l’a pas"),
        (1, "numero", "une seule colonne de ce nom"),
        (1, "montant_2016", "une seule colonne de ce nom"),
        (1, "Montant 2019", "une année de l’appel (2016 à 2018) : retirez cette colonne"),
    ]
    assert lecture.colonnes_ignorees == ("Remarque", "Montant 2019")


def test_l_ordre_la_casse_et_les_accents_des_entetes_sont_libres(lire):
    joli = {
        "cout_total": "Coût total (€)",
        "date_deliberation": "DATE DE DÉLIBÉRATION",
        "numero": "N°",
        "intitule": "Intitulé",
    }
    lecture = lire({joli.get(c, c.upper()): v for c, v in reversed(ligne().items())})
    assert (lecture.erreurs, len(lecture.lignes)) == ([], 1)


def test_un_texte_qui_contient_le_separateur_se_signale(lire, tmp_path):
    chemin = tmp_path / "p.csv"
    rangee = ["" if valeur is None else str(valeur) for valeur in ligne(cout_total="100000").values()]
    chemin.write_text(
        "\n".join([";".join(COLONNES), ";".join(rangee), ";".join([*rangee, "reste"])]), encoding="utf-8"
    )
    lecture = lire_programme(lire_tableau(chemin), Referentiel.de_l_appel(AppelAProjets.objects.get()))
    assert relevees(lecture)[0] == (
        3,
        "",
        "16 cellules comme les en-têtes, pas 17 : un texte qui contient le séparateur se met entre guillemets",
    )


def test_un_fichier_sans_action_se_dit(lire):
    assert relevees(lire(ecrire=lambda chemin, _: ecrire_csv(chemin, []))) == [
        (1, "", "au moins une action sous la ligne d’en-têtes")
    ]


def test_deux_communes_du_meme_nom_demandent_le_code_insee(lire):
    CommuneFactory(code_insee="59001", nom="Saint-Aubin")
    CommuneFactory(code_insee="59002", nom="Saint-Aubin")
    lecture = lire(ligne(commune="Saint-Aubin"), ligne(numero="2", commune="59002"))
    assert [(a.ligne, a.attendu) for a in lecture.avertissements] == [
        (2, "plusieurs communes portent ce nom (écrire le code Insee) : laissée vide")
    ]
    assert [valide.commune is None for valide in lecture.lignes] == [True, False]


def test_un_siret_saisi_en_nombre_dans_un_classeur_est_explique(lire):
    lecture = lire(ligne(siret=int(SIRET)), ecrire=ecrire_xlsx)
    assert [(e.ligne, e.colonne, e.valeur) for e in lecture.erreurs] == [(2, "siret", SIRET)]


@pytest.mark.parametrize(("separateur", "encodage"), [(";", "cp1252"), (",", "utf-8-sig"), ("\t", "utf-8")])
def test_les_csv_de_tous_les_tableurs_se_lisent(lire, separateur, encodage):
    lecture = lire(ligne(intitule="Chantier ; parc, berges"), separateur=separateur, encodage=encodage)
    assert (lecture.erreurs, lecture.lignes[0].intitule) == ([], "Chantier ; parc, berges")


@pytest.mark.parametrize("fichier", sorted(REELS.glob("*.[cx]*")), ids=lambda chemin: chemin.name[:12])
def test_un_fichier_reel_est_refuse_en_nommant_ce_qui_manque(fichier):
    rendu = importer_programme(auteur=None, appel=appel_du_nord(), chemin=fichier)
    assert [e.colonne for e in rendu.erreurs] == list(COLONNES)
    assert {e.attendu for e in rendu.erreurs} == {"cette colonne est obligatoire et le fichier ne l’a pas"}
    assert {e.ligne for e in rendu.erreurs} == {1}


def test_le_releve_d_erreurs_a_une_fin():
    releve = Releve()
    for rang in range(ERREURS_MAXIMUM + 10):
        releve.ajouter(rang, "axe", "9", "un axe")
    assert (len(releve.erreurs), releve.erreurs[-1].attendu) == (
        ERREURS_MAXIMUM + 1,
        "trop d’erreurs : la lecture s’est arrêtée ici",
    )
