"""L’import d’un programme et des effectifs dans un vrai navigateur : dépôt, compte rendu, erreurs, accessibilité."""

import pytest
from django.core.files.base import ContentFile
from playwright.sync_api import expect

from financements.models import Action
from financements.tasks import importer_un_programme
from territoires.models import ReleveEffectifs
from tests.financements.fabriques import ImportProgrammeFactory
from tests.financements.fichiers import appel_du_nord, ecrire_csv, ligne
from tests.navigateur.conftest import elargir


@pytest.fixture(autouse=True)
def fichiers_prives(settings, tmp_path):
    """Les fichiers déposés vont dans un dossier de l’essai."""
    disque = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": disque, "OPTIONS": {"location": tmp_path / "prives"}},
    }


def test_controler_puis_importer_un_programme(page_connectee, live_server, tmp_path, verifier_axe):
    appel_du_nord()
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/financements/imports/")
    verifier_axe(page)
    page.get_by_label("Fichier du programme").set_input_files(
        ecrire_csv(tmp_path / "programme.csv", [ligne(), ligne(numero="2")])
    )
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_text("actions à créer").wait_for()
    assert Action.objects.count() == 0
    verifier_axe(page)
    page.get_by_role("button", name="Importer ces actions").click()
    page.get_by_text("actions créées").wait_for()
    assert Action.objects.count() == 2


def test_lire_les_erreurs_d_un_fichier(page_connectee, live_server, tmp_path, verifier_axe):
    appel_du_nord()
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/financements/nord-2016-2018/imports/")
    lignes = [ligne(numero=str(n), axe="9", siret="4.5032466E+13") for n in range(1, 40)]
    page.get_by_label("Fichier du programme").set_input_files(ecrire_csv(tmp_path / "p.csv", lignes))
    page.get_by_label("L’importer s’il n’a aucune erreur").check()
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_role("heading", name="78 erreurs : rien n’a été écrit").wait_for()
    verifier_axe(page)
    page.get_by_role("link", name="Page 2").click()
    expect(page.get_by_role("row")).to_have_count(29)
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="Erreurs en CSV").click()
    assert len(telechargement.value.path().read_text(encoding="utf-8-sig").splitlines()) == 79


def test_une_valeur_longue_laisse_lire_ce_qui_etait_attendu(page_connectee, live_server, tmp_path):
    appel_du_nord()
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/financements/nord-2016-2018/imports/")
    lignes = [ligne(intitule="x" * 301)]
    page.get_by_label("Fichier du programme").set_input_files(ecrire_csv(tmp_path / "p.csv", lignes))
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_role("heading", name="erreur").first.wait_for()
    page.wait_for_load_state()
    attendu = page.get_by_role("cell", name="un texte de 300 caractères au plus").bounding_box()
    assert attendu["x"] + attendu["width"] <= 1280


def test_suivre_un_import_qui_attend_puis_s_acheve(page_connectee, live_server, tmp_path, settings, verifier_axe):
    """La page interroge l’avancement et se recharge d’elle-même à la fin."""
    settings.CELERY_TASK_ALWAYS_EAGER = False
    appel = appel_du_nord()
    page = page_connectee("pilote")
    contenu = ContentFile(ecrire_csv(tmp_path / "p.csv", [ligne()]).read_bytes(), "p.csv")
    depose = ImportProgrammeFactory(appel=appel, est_simulation=False, fichier=contenu, nom_fichier="p.csv")
    page.goto(f"{live_server.url}/financements/nord-2016-2018/imports/{depose.pk}/")
    page.get_by_role("progressbar").wait_for()
    verifier_axe(page)
    importer_un_programme(depose.pk)
    page.get_by_text("action créée").wait_for()


def test_importer_des_effectifs(page_connectee, live_server, tmp_path, verifier_axe):
    appel_du_nord()
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/financements/effectifs/importer/")
    verifier_axe(page)
    fichier = tmp_path / "effectifs.csv"
    fichier.write_text("territoire;allocataires\nVAL;x\nDOU;20\nMRT;30\n", encoding="utf-8")
    page.get_by_label("Fichier des effectifs").set_input_files(fichier)
    page.get_by_label("Date d’observation").fill("2016-02-29")
    page.get_by_label("Ce que l’on compte").select_option("foyers")
    page.get_by_label("Source").fill("CAF du Nord")
    page.get_by_role("button", name="Importer le relevé").click()
    page.get_by_role("heading", name="Une erreur dans le fichier : rien n’a été écrit").wait_for()
    verifier_axe(page)
    fichier.write_text("territoire;allocataires\nVAL;10\nDOU;20\nMRT;30\n", encoding="utf-8")
    page.get_by_label("Fichier des effectifs").set_input_files(fichier)
    page.get_by_role("button", name="Importer le relevé").click()
    page.get_by_role("link", name="29/02/2016").click()
    page.get_by_role("heading", name="Par territoire").wait_for()
    verifier_axe(page)
    assert ReleveEffectifs.objects.count() == 1


LONG = "programme_departemental_insertion_" * 5 + "v12.csv"


def test_un_nom_de_fichier_long_ne_pousse_rien_dehors(page_connectee, live_server):
    depose = ImportProgrammeFactory(appel=appel_du_nord(), nom_fichier=LONG)
    page = page_connectee("administrateur")
    elargir(page, 375)
    for adresse in ("", f"{depose.pk}/"):
        page.goto(f"{live_server.url}/financements/nord-2016-2018/imports/{adresse}")
        assert page.evaluate("document.documentElement.scrollWidth") == 375
        etat = page.locator("main .etat").first.bounding_box()
        assert etat["x"] + etat["width"] <= 375
