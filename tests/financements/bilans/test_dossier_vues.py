"""Les écrans de l’organisme : étapes, enregistrement automatique, conflit, pièces, dépôt, lecture."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from financements.actions.bilans.saisir import saisir_le_bilan
from financements.models import Bilan, PdfDeBilan, SaisieDeBilan
from tests.comptes.fabriques import DocumentFactory
from tests.financements.bilans.scenes import SAISIES, bilan_ouvert, deposer, relu, remplir, responsable_de
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(client):
    """Un bilan ouvert, la page de son responsable, connecté."""
    bilan = bilan_ouvert()
    personne = responsable_de(bilan)
    client.force_login(personne)
    return bilan, personne, f"/mes-projets/{bilan.action.projet_id}/bilan/2016/"


def test_le_bilan_mene_a_sa_premiere_etape_et_la_fiche_du_projet_y_mene(client, scene):
    bilan, _, adresse = scene
    assert client.get(adresse).url == f"{adresse}resultats/"
    fiche = client.get(f"/mes-projets/{bilan.action.projet_id}/").content.decode()
    assert f'href="{adresse}"' in fiche


def test_chaque_etape_s_affiche(client, scene):
    _, _, adresse = scene
    for etape in ("resultats", "finances", "pieces", "verification"):
        assert client.get(f"{adresse}{etape}/").status_code == 200
    assert client.get(f"{adresse}budget/").status_code == 404


def test_un_envoi_garde_tout_et_va_a_la_suite(client, scene):
    bilan, _, adresse = scene
    reponse = client.post(f"{adresse}resultats/", {"realisation": "Fait.\r\nBien.", "continuer": "oui"})
    assert reponse.url == f"{adresse}finances/"
    assert SaisieDeBilan.objects.get(bilan=bilan, champ="realisation").valeur == "Fait.\nBien."


def test_une_erreur_se_dit_en_haut_et_pres_du_champ_et_le_texte_reste(client, scene):
    _, _, adresse = scene
    page = client.post(f"{adresse}finances/", {"c_601_2016": "deux mille"})
    texte = page.content.decode()
    assert texte.count("Écrivez un nombre entier d’euros") == 2
    assert 'value="deux mille"' in texte
    assert 'href="#id_c_601_2016"' in texte


def test_sans_javascript_un_ecart_demande_son_explication_et_le_dit(client, scene):
    _, personne, adresse = scene
    remplir(Bilan.objects.get(), personne, explication_64="")
    page = client.get(f"{adresse}finances/")
    montrees = [e for e in page.context["explications"] if e.est_montree]
    assert [e.cle for e in montrees] == ["64", "RP"]
    manquant = client.get(f"{adresse}verification/").content.decode()
    assert f'href="{adresse}finances/?tout=1#id_explication_64"' in manquant


def test_l_enregistrement_automatique_rend_ce_qu_attend_le_script(client, scene):
    bilan, personne, adresse = scene
    envoi = {"personne": personne.pk, "version": 1, "lu": "{}", "effectif_accompagnes": "3", "realisation": "Oui."}
    rendu = client.post(f"{adresse}resultats/enregistrer/", envoi).json()
    assert set(rendu) == {
        "enregistre_a", "version", "intitule", "ecrits", "refuses", "erreurs", "etapes", "manques", "conflits",
        "ailleurs", "presents",
    }  # fmt: skip
    assert (rendu["ecrits"], rendu["refuses"], rendu["version"]) == (["effectif_accompagnes", "realisation"], {}, 2)
    assert SaisieDeBilan.objects.get(bilan=bilan, champ="effectif_accompagnes").valeur == "< 5"


def test_l_enregistrement_d_un_bilan_depose_est_refuse(client, scene):
    bilan, personne, adresse = scene
    deposer(bilan, personne)
    reponse = client.post(f"{adresse}resultats/enregistrer/", {"realisation": "Trop tard."})
    assert (reponse.status_code, "déposé" in reponse.json()["refus"]) == (409, True)


def test_un_conflit_montre_les_deux_versions_et_se_tranche(client, scene):
    bilan, _, adresse = scene
    autre = responsable_de(bilan)
    remplir(bilan, autre, realisation="La leur.")
    envoi = {"lu": "{}", "realisation": "La mienne."}
    page = client.post(f"{adresse}resultats/", envoi).content.decode()
    assert "deux versions" in page
    assert "La leur." in page
    assert "La mienne." in page
    vu = json.dumps({"realisation": "La leur."})
    client.post(f"{adresse}resultats/", envoi | {"vu": vu, "garder": "realisation"})
    assert SaisieDeBilan.objects.get(bilan=bilan, champ="realisation").valeur == "La mienne."


def test_une_piece_se_choisit_s_envoie_et_se_retire(client, scene):
    bilan, _, adresse = scene
    document = DocumentFactory(organisme=bilan.action.projet.organisme)
    client.post(f"{adresse}pieces/joindre/", {"document": document.pk})
    recu = SimpleUploadedFile("comptes.pdf", pdf(marque="comptes"), "application/pdf")
    client.post(f"{adresse}pieces/joindre/", {"fichier": recu})
    assert bilan.pieces.count() == 2
    piece = bilan.pieces.get(document=document)
    fichier = client.get(f"/bilans/{bilan.pk}/pieces/{piece.pk}/")
    assert b"".join(fichier.streaming_content).startswith(b"%PDF-")
    client.post(f"{adresse}pieces/{piece.pk}/retirer/")
    assert bilan.pieces.count() == 1


@pytest.mark.parametrize("envoi", [{}, {"document": "abc"}, {"document": "999999"}])
def test_sans_piece_choisie_la_page_le_dit(client, scene, envoi):
    _, _, adresse = scene
    reponse = client.post(f"{adresse}pieces/joindre/", envoi)
    assert reponse.status_code == 422
    assert "Choisissez un fichier" in reponse.content.decode()


def test_un_fichier_piege_est_refuse(client, scene):
    bilan, _, adresse = scene
    reponse = client.post(f"{adresse}pieces/joindre/", {"fichier": SimpleUploadedFile("a.exe", b"MZ")})
    assert reponse.status_code == 422
    assert not bilan.pieces.exists()


def test_deposer_puis_lire_et_telecharger(client, scene, django_capture_on_commit_callbacks):
    bilan, personne, adresse = scene
    rempli = remplir(bilan, personne)
    with django_capture_on_commit_callbacks(execute=True):
        reponse = client.post(f"{adresse}verification/", {"version": rempli.version, "certifie": "on"})
    assert reponse.url == adresse
    page = client.get(adresse).content.decode()
    assert "moins de 5" in page
    assert ">3<" not in page
    fichier = client.get(f"/bilans/{bilan.pk}/copies/1/")
    assert b"".join(fichier.streaming_content).startswith(b"%PDF-")
    assert PdfDeBilan.objects.count() == 1
    assert client.get(f"{adresse}resultats/").url == adresse
    assert client.get(f"{adresse}verification/").url == adresse


def test_on_ne_depose_ni_sans_declarer_ni_une_autre_version(client, scene):
    bilan, personne, adresse = scene
    rempli = remplir(bilan, personne)
    sans = client.post(f"{adresse}verification/", {"version": rempli.version})
    perime = client.post(f"{adresse}verification/", {"version": rempli.version - 1, "certifie": "on"})
    assert "Cochez cette déclaration" in sans.content.decode()
    assert "a changé pendant" in perime.content.decode()
    assert relu(bilan).etat == "a_remplir"


def test_un_bilan_incomplet_dit_ce_qui_manque_et_ne_se_depose_pas(client, scene):
    bilan, _, adresse = scene
    page = client.post(f"{adresse}verification/", {"version": 1, "certifie": "on"}).content.decode()
    assert "Tapez les charges de l’année." in page
    assert relu(bilan).etat == "a_remplir"


def test_le_bilan_d_autrui_est_introuvable(client, scene):
    autre = bilan_ouvert()
    adresse = f"/mes-projets/{autre.action.projet_id}/bilan/2016/"
    for suite in ("", "resultats/", "pieces/", "verification/"):
        assert client.get(f"{adresse}{suite}").status_code == 404
    assert client.post(f"{adresse}resultats/enregistrer/", SAISIES).status_code == 404


def test_les_etapes_font_le_meme_nombre_de_requetes_pour_plus_de_lignes(client, scene, requetes):
    bilan, personne, adresse = scene

    def compter():
        with requetes() as prises:
            client.get(f"{adresse}finances/")
        return prises.nombre

    saisir_le_bilan(auteur=personne, bilan=bilan, lu={}, saisi={"realisation": "Fait."})
    avant = compter()
    remplir(bilan, personne)
    assert compter() == avant
