"""L’import d’un programme à l’écran : déposer, suivre, lire les erreurs, importer, annuler, relancer."""

import csv
import io
import re

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from openpyxl import load_workbook

from config.embarque.processus import attendre
from config.socle.lecture.tableur import lire_tableau
from config.socle.suivi_a_part import SuiviAPart
from config.socle.travaux import EtatTravail, TravailAnnule
from financements.imports.programme import lire_programme
from financements.imports.referentiel import Referentiel
from financements.models import Action, ImportProgramme
from financements.tasks import lancer_import
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import ImportProgrammeFactory
from tests.financements.fichiers import appel_du_nord, ecrire_csv, ligne

LISTE = "/financements/nord-2016-2018/imports/"


@pytest.fixture(autouse=True)
def fichiers_prives(settings, tmp_path):
    """Les fichiers déposés vont dans un dossier de l’essai."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "prives"},
        },
    }


@pytest.fixture
def appel(db):
    return appel_du_nord()


@pytest.fixture
def pilote(client, appel):
    personne = PersonneFactory(pilote=True)
    client.force_login(personne)
    return personne


@pytest.fixture
def deposer(client, pilote, tmp_path, django_capture_on_commit_callbacks):
    """Dépose un fichier sans JavaScript, laisse la tâche s’exécuter, rend l’import et sa page."""

    def _deposer(*lignes, suite="simuler"):
        contenu = ecrire_csv(tmp_path / "p.csv", list(lignes)).read_bytes()
        fichier = SimpleUploadedFile("programme voté.csv", contenu)
        with django_capture_on_commit_callbacks(execute=True):
            reponse = client.post(LISTE, {"fichier": fichier, "suite": suite})
        depose = ImportProgramme.objects.latest("pk")
        assert (reponse.status_code, reponse["Location"]) == (302, f"{LISTE}{depose.pk}/")
        return depose, client.get(reponse["Location"])

    return _deposer


def texte(reponse):
    """Le HTML, espaces réduites : la mise en forme du gabarit ne compte pas."""
    reduit = " ".join(reponse.content.decode().replace("\u202f", " ").replace("\u00a0", " ").split())
    return re.sub(r"(<d[td]>) | (?=</d[td]>)", r"\1", reduit)


def test_un_controle_sans_erreur_propose_d_importer(client, deposer, django_capture_on_commit_callbacks):
    simulation, reponse = deposer(ligne(remarque="x"), ligne(remarque="", numero="2"))
    assert (simulation.etat, simulation.est_simulation, simulation.progression) == (EtatTravail.TERMINE, True, 100)
    assert Action.objects.count() == 0
    page = texte(reponse)
    assert "<dt>actions à créer</dt> <dd>2</dd>" in page
    assert "<dt>Colonnes ignorées</dt> <dd>remarque</dd>" in page
    assert "100 002,02 €" in page
    assert "Importer ces actions" in page
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(f"{LISTE}{simulation.pk}/importer/")
    reponse = client.get(reponse["Location"])
    fait = ImportProgramme.objects.latest("pk")
    assert (fait.est_simulation, fait.etat, fait.nom_fichier) == (False, EtatTravail.TERMINE, "programme voté.csv")
    assert "<dt>actions créées</dt> <dd>2</dd>" in texte(reponse)
    assert "<dt>action déjà là, inchangée</dt> <dd>0</dd>" in texte(reponse)
    assert "<dt>organisme créé</dt> <dd>1</dd>" in texte(reponse)
    assert "Importer ces actions" not in texte(reponse)
    assert Action.objects.count() == 2


def test_l_import_direct_ecrit(deposer):
    fait, _ = deposer(ligne(), suite="importer")
    assert (fait.etat, fait.resultat["creees"], len(fait.empreinte)) == (EtatTravail.TERMINE, 1, 64)
    assert Action.objects.count() == 1


def test_les_erreurs_sont_toutes_a_l_ecran_paginees_et_en_csv(client, deposer):
    fait, reponse = deposer(*(ligne(numero=str(n), axe="9") for n in range(1, 61)), suite="importer")
    assert (fait.etat, fait.message) == (EtatTravail.ECHOUE, "Le fichier a des erreurs : rien n’a été importé.")
    assert Action.objects.count() == 0
    page = texte(reponse)
    assert "60 erreurs : rien n’a été écrit" in page
    assert page.count("un axe de l’appel : 1, 2, 3, 4, 5") == 50
    assert texte(client.get(f"{LISTE}{fait.pk}/?page=2")).count("un axe de l’appel : 1, 2, 3, 4, 5") == 10
    assert "Relancer" not in page  # le même fichier échouerait de la même façon
    reponse = client.get(f"{LISTE}{fait.pk}/erreurs/")
    contenu = b"".join(reponse.streaming_content).decode()
    assert contenu.startswith("\ufeff")
    rangees = list(csv.reader(io.StringIO(contenu.removeprefix("\ufeff")), delimiter=";"))
    assert (len(rangees), rangees[:2]) == (
        61,
        [["ligne", "colonne", "valeur", "attendu"], ["2", "axe", "9", "un axe de l’appel : 1, 2, 3, 4, 5"]],
    )


def test_un_controle_avec_erreurs_est_termine_mais_ne_s_importe_pas(client, deposer):
    simulation, reponse = deposer(ligne(axe="9"))
    assert simulation.etat == EtatTravail.TERMINE
    assert "Importer ces actions" not in texte(reponse)
    reponse = client.post(f"{LISTE}{simulation.pk}/importer/", follow=True)
    assert "Seul un fichier contrôlé sans erreur peut être importé." in texte(reponse)
    assert ImportProgramme.objects.count() == 1


@pytest.mark.parametrize(
    ("contenu", "message"),
    [
        (b"", "Ce fichier est vide."),
        (
            b"%PDF-1.7",
            "Ce fichier porte l’extension .xlsx mais n’est pas un classeur Excel : c’est un PDF. "
            "Déposez le tableau lui-même, en XLSX, ODS ou CSV.",
        ),
        (
            b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"),
            "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez.",
        ),
    ],
)
def test_un_fichier_d_une_autre_nature_est_refuse_au_depot(client, pilote, contenu, message):
    reponse = client.post(LISTE, {"fichier": SimpleUploadedFile("p.xlsx", contenu), "suite": "importer"})
    assert reponse.context["form"].errors == {"fichier": [message]}
    assert 'value="importer"' in texte(reponse)
    assert "checked" in texte(reponse).split('value="importer"')[1][:80]  # le choix n’est pas perdu
    assert ImportProgramme.objects.count() == 0


def test_un_fichier_trop_lourd_ou_absent_est_refuse(client, pilote, settings):
    settings.IMPORT_TAILLE_MAXIMALE = 10
    reponse = client.post(LISTE, {"fichier": SimpleUploadedFile("p.csv", b"numero;axe;x"), "suite": "simuler"})
    assert reponse.context["form"].errors == {"fichier": ["Ce fichier pèse 12\u00a0octets : 10\u00a0octets au plus."]}
    reponse = client.post(LISTE, {"suite": "simuler"})
    assert reponse.context["form"].errors == {"fichier": ["Choisissez un fichier."]}


def test_un_fichier_illisible_echoue_en_le_disant(client, pilote, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        client.post(LISTE, {"fichier": SimpleUploadedFile("p.xlsx", b"PK\x03\x04tronque"), "suite": "importer"})
    fait = ImportProgramme.objects.get()
    assert (fait.etat, fait.message.split(" :")[0]) == (EtatTravail.ECHOUE, "Le fichier est abîmé ou incomplet")
    assert "Relancer" in texte(client.get(f"{LISTE}{fait.pk}/"))


def test_un_fichier_disparu_echoue_en_le_disant(appel):
    depose = ImportProgrammeFactory(appel=appel, fichier="imports/disparu.csv")
    lancer_import(depose.pk)
    depose.refresh_from_db()
    assert (depose.etat, depose.message) == (
        EtatTravail.ECHOUE,
        "Le fichier déposé a disparu : déposez-le de nouveau.",
    )


def test_annuler_puis_relancer(client, pilote, appel, django_capture_on_commit_callbacks, tmp_path):
    contenu = ecrire_csv(tmp_path / "p.csv", [ligne()]).read_bytes()
    depose = ImportProgrammeFactory(
        appel=appel,
        demande_par=pilote,
        est_simulation=False,
        fichier=ContentFile(contenu, "p.csv"),
        nom_fichier="p.csv",
    )
    adresse = f"{LISTE}{depose.pk}/"
    assert "Annuler" in texte(client.get(adresse))
    client.post(f"{adresse}annuler/")
    depose.refresh_from_db()
    assert depose.etat == EtatTravail.ANNULE
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(f"{adresse}relancer/", follow=True)
    depose.refresh_from_db()
    assert (depose.etat, Action.objects.count()) == (EtatTravail.TERMINE, 1)
    reponse = client.post(f"{adresse}annuler/", follow=True)
    assert "il faudrait « en attente, en cours »" in texte(reponse)


def test_le_fragment_demande_la_page_entiere_une_fois_fini(client, pilote, appel):
    depose = ImportProgrammeFactory(appel=appel, demande_par=pilote)
    adresse = f"{LISTE}{depose.pk}/avancement/"
    reponse = client.get(adresse)
    assert ("HX-Refresh" in reponse, "<progress" in texte(reponse), "<html" in texte(reponse)) == (False, True, False)
    ImportProgramme.objects.update(etat=EtatTravail.TERMINE)
    assert client.get(adresse)["HX-Refresh"] == "true"


def test_l_administrateur_lit_sans_pouvoir_deposer(client, appel):
    client.force_login(PersonneFactory(administrateur=True))
    depose = ImportProgrammeFactory(appel=appel)
    assert 'type="file"' not in texte(client.get(LISTE))
    assert "Annuler" not in texte(client.get(f"{LISTE}{depose.pk}/"))


def test_la_liste_fait_le_meme_nombre_de_requetes_quel_que_soit_le_nombre(
    client, pilote, appel, django_assert_num_queries
):
    refuse = {"erreurs": [{"ligne": 2}]}
    ImportProgrammeFactory(appel=appel, demande_par=pilote, etat=EtatTravail.TERMINE, resultat=refuse)
    client.get(LISTE)
    with django_assert_num_queries(6) as une:
        assert texte(client.get(LISTE)).count("refusé") == 1
    demandes = {"appel": appel, "demande_par": PersonneFactory(pilote=True), "etat": EtatTravail.TERMINE}
    ImportProgrammeFactory.create_batch(2, **demandes, resultat={"erreurs": []})
    with django_assert_num_queries(len(une.captured_queries)):
        assert texte(client.get(LISTE)).count("refusé") == 1


def test_un_import_d_un_autre_appel_est_introuvable(client, pilote, appel):
    autre = ImportProgrammeFactory()
    assert client.get(f"{LISTE}{autre.pk}/").status_code == 404


@pytest.mark.parametrize("extension", ["xlsx", "csv"])
def test_le_modele_telecharge_se_reimporte(client, pilote, appel, tmp_path, extension):
    reponse = client.get(f"{LISTE}modele/{extension}/")
    assert reponse["Content-Disposition"] == f'attachment; filename="modele-nord-2016-2018.{extension}"'
    (tmp_path / "modele").write_bytes(reponse.content)
    lecture = lire_programme(lire_tableau(tmp_path / "modele"), Referentiel.de_l_appel(appel))
    assert (lecture.erreurs, lecture.colonnes_ignorees, len(lecture.lignes)) == ([], (), 1)
    if extension == "xlsx":
        feuille = load_workbook(io.BytesIO(reponse.content))["Programme"]
        siret = next(cellule for cellule in feuille[1] if cellule.value == "siret")
        assert feuille.cell(2, siret.column).number_format == "@"


@pytest.mark.django_db(transaction=True)
def test_l_avancement_se_voit_et_l_annulation_se_demande_pendant_la_transaction(tmp_path):
    """Une seconde connexion voit la progression ; son verrou ne bloque pas la personne qui annule."""
    depose = ImportProgrammeFactory(etat=EtatTravail.EN_COURS)
    temoin = connection.copy()
    with SuiviAPart(ImportProgramme, depose.pk) as suivi, transaction.atomic():
        suivi.avancer(40, "Écriture", toujours=True)
        with temoin.cursor() as curseur:
            curseur.execute("SELECT progression, etape FROM financements_importprogramme")
            assert curseur.fetchall() == [(40, "Écriture")]
            curseur.execute("UPDATE financements_importprogramme SET annulation_demandee = true")
        with pytest.raises(TravailAnnule):
            suivi.avancer(50, toujours=True)
    temoin.close()


@pytest.mark.lent
def test_un_vrai_travailleur_importe(worker_celery, tmp_path, settings):
    appel = appel_du_nord()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": settings.FICHIERS_PRIVES},
        },
    }
    contenu = ecrire_csv(tmp_path / "p.csv", [ligne()]).read_bytes()
    depose = ImportProgrammeFactory(
        appel=appel, est_simulation=False, fichier=ContentFile(contenu, "p.csv"), nom_fichier="p.csv"
    )
    lancer_import(depose.pk)
    attendre(lambda: not ImportProgramme.objects.get().est_actif, 30)
    depose.refresh_from_db()
    assert (depose.etat, depose.message, Action.objects.count()) == (EtatTravail.TERMINE, "", 1)
    depose.fichier.delete(save=False)
