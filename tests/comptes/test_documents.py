"""La bibliothèque d’un organisme : ce que font les actes, et ce que la base refuse."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connections, transaction

from comptes.actions.documents import (
    Description,
    ajouter_un_document,
    archiver_un_document,
    decrire_un_document,
    supprimer_un_document,
)
from comptes.actions.effacer_orphelins import effacer_les_orphelins
from comptes.models import Document
from config.socle.fichiers.defauts import FichierRefuse
from config.socle.models import Journal
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory, OrganismeFactory, PersonneFactory
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db
STATUTS = Description("statuts", annee=2025)


@pytest.fixture
def adhesion():
    return AdhesionFactory()


@pytest.fixture(autouse=True)
def dossier(settings, tmp_path):
    """Un stockage à soi : ce qui y reste se compte."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }
    return tmp_path


def fichiers(dossier: Path) -> list[str]:
    return sorted(chemin.suffix for chemin in dossier.rglob("*") if chemin.is_file())


def envoi(nom="Statuts 2025.pdf", contenu=None):
    return SimpleUploadedFile(nom, pdf() if contenu is None else contenu)


def ajouter(adhesion, recu=None, description=STATUTS):
    return ajouter_un_document(
        auteur=adhesion.personne, organisme=adhesion.organisme, recu=recu or envoi(), description=description
    )


def test_un_document_entre_dans_la_bibliotheque_sous_un_nom_tire_au_hasard(adhesion, dossier):
    ajout = ajouter(adhesion, envoi("../Statuts 2025.pdf"))
    document = Document.objects.get()
    assert (ajout.document, ajout.est_neuf, str(document)) == (document, True, "Statuts 2025 (2025)")
    assert (document.nom, document.format, document.taille, document.etat) == (
        "Statuts 2025.pdf",
        "pdf",
        len(pdf()),
        "en_analyse",
    )
    assert document.fichier.name.startswith("documents/")
    assert "Statuts" not in document.fichier.name
    assert Path(document.fichier.path).read_bytes() == pdf()
    assert fichiers(dossier) == [".pdf"]
    assert list(Journal.objects.values_list("acte", "auteur")) == [("ajouter_un_document", adhesion.personne.pk)]


def test_le_meme_fichier_n_entre_pas_deux_fois_sous_un_autre_nom(adhesion, dossier):
    premier = ajouter(adhesion).document
    second = ajouter(adhesion, envoi("copie.pdf"), Description("autre", "Une copie"))
    assert (second.document, second.est_neuf, Document.objects.count()) == (premier, False, 1)
    assert fichiers(dossier) == [".pdf"]


def test_le_meme_fichier_chez_un_autre_organisme_est_un_autre_document(adhesion):
    ajouter(adhesion)
    assert ajouter(AdhesionFactory()).est_neuf is True


def test_renvoyer_un_document_archive_le_reprend(adhesion):
    document = ajouter(adhesion).document
    archiver_un_document(auteur=adhesion.personne, document=document)
    ajout = ajouter(adhesion)
    assert (ajout.est_neuf, ajout.document.est_archive, Document.objects.get().est_archive) == (False, False, False)


def test_un_fichier_reconnu_infecte_est_refuse_au_second_envoi(adhesion, dossier):
    DocumentFactory(organisme=adhesion.organisme, contenu=pdf(), etat="infecte")
    with pytest.raises(ValidationError) as refus:
        ajouter(adhesion)
    assert refus.value.messages == [
        "«\u00a0Statuts 2025.pdf\u00a0» a déjà été reconnu infecté (Essai-Virus). Il n’est pas reçu."
    ]
    assert fichiers(dossier) == []


def test_un_fichier_que_l_antivirus_n_avait_pas_pu_examiner_peut_revenir(adhesion, dossier):
    ancien = DocumentFactory(organisme=adhesion.organisme, contenu=pdf(), etat="refuse")
    ajout = ajouter(adhesion)
    assert (ajout.document, ajout.est_neuf, ajout.document.etat, ajout.document.motif) == (
        ancien,
        True,
        "en_analyse",
        "",
    )
    assert fichiers(dossier) == [".pdf"]


def test_un_fichier_refuse_ne_laisse_rien(adhesion, dossier):
    with pytest.raises(FichierRefuse):
        ajouter(adhesion, envoi(contenu=b"MZ"))
    with pytest.raises(ValidationError):
        ajouter(adhesion, description=Description("inconnue"))
    with pytest.raises(ValidationError):
        ajouter(adhesion, description=Description("statuts", annee=1066))
    assert (fichiers(dossier), Document.objects.count(), Journal.objects.count()) == ([], 0, 0)


def test_une_transaction_qui_echoue_ne_laisse_pas_de_fichier(adhesion, dossier, monkeypatch):
    def echouer(**_champs):
        raise RuntimeError("journal plein")

    monkeypatch.setattr("comptes.actions.documents.journaliser", echouer)
    with pytest.raises(RuntimeError):
        ajouter(adhesion)
    assert (fichiers(dossier), Document.objects.count()) == ([], 0)


@pytest.mark.parametrize("role", ["porteur", "instructeur", "pilote", "finances", "lecture", "administrateur"])
def test_qui_n_agit_pas_pour_l_organisme_ne_touche_a_rien(adhesion, role, dossier):
    document = DocumentFactory(organisme=adhesion.organisme)
    etranger = PersonneFactory(role=role)
    for acte in (
        lambda: ajouter_un_document(auteur=etranger, organisme=adhesion.organisme, recu=envoi(), description=STATUTS),
        lambda: decrire_un_document(auteur=etranger, document=document, description=STATUTS),
        lambda: archiver_un_document(auteur=etranger, document=document),
        lambda: supprimer_un_document(auteur=etranger, document=document),
    ):
        with pytest.raises(PermissionDenied):
            acte()
    assert (fichiers(dossier), Journal.objects.count()) == ([".pdf"], 0)


def test_decrire_change_ce_qu_on_en_dit_pas_ce_qu_il_est(adhesion):
    document = DocumentFactory(organisme=adhesion.organisme)
    for _ in range(2):
        decrit = decrire_un_document(
            auteur=adhesion.personne, document=document, description=Description("comptes", "Comptes", 2024)
        )
    assert (decrit.nature, str(decrit), decrit.empreinte) == ("comptes", "Comptes (2024)", document.empreinte)
    assert Journal.objects.count() == 1
    with pytest.raises(ValidationError):
        decrire_un_document(auteur=adhesion.personne, document=document, description=Description("comptes", ""))


def test_supprimer_efface_la_ligne_et_le_fichier_une_fois_la_transaction_validee(
    adhesion, dossier, django_capture_on_commit_callbacks
):
    document = DocumentFactory(organisme=adhesion.organisme)
    with django_capture_on_commit_callbacks() as effets:
        supprimer_un_document(auteur=adhesion.personne, document=document)
    assert (Document.objects.count(), fichiers(dossier)) == (0, [".pdf"])
    [effet() for effet in effets]
    assert fichiers(dossier) == []
    with pytest.raises(ValidationError) as refus:
        archiver_un_document(auteur=adhesion.personne, document=document)
    assert refus.value.messages == ["Ce document a été supprimé entre-temps."]


def test_les_fichiers_que_rien_ne_nomme_s_effacent_au_bout_d_un_jour(adhesion, dossier):
    assert effacer_les_orphelins() == 0
    garde = Path(DocumentFactory(organisme=adhesion.organisme).fichier.path)
    neuf, vieux = garde.with_name("neuf.pdf"), garde.with_name("vieux.pdf")
    for chemin in (neuf, vieux):
        chemin.write_bytes(b"x")
    for chemin in (garde, vieux):
        os.utime(chemin, (0, 0))
    assert effacer_les_orphelins() == 1
    assert sorted(garde.parent.iterdir()) == sorted([garde, neuf])


@pytest.mark.parametrize(
    "changement",
    [
        {"empreinte": "0" * 64},
        {"taille": 1},
        {"format": "png"},
        {"fichier": "documents/autre.pdf"},
        {"etat": "infecte"},
        {"etat": "inconnu"},
        {"motif": "sans raison"},
        {"annee": 3000},
    ],
)
def test_la_base_refuse_de_changer_le_contenu_ou_de_mentir_sur_l_etat(changement):
    document = DocumentFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=document.pk).update(**changement)


def test_la_base_refuse_de_donner_un_document_a_un_autre_organisme():
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=DocumentFactory().pk).update(organisme=OrganismeFactory())


@pytest.mark.django_db(transaction=True)
def test_deux_envois_simultanes_du_meme_fichier_n_en_gardent_qu_un(dossier):
    adhesion, depart = AdhesionFactory(), Barrier(2)

    def envoyer(nom: str) -> bool:
        try:
            depart.wait(timeout=10)
            return ajouter(adhesion, envoi(nom)).est_neuf
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as fils:
        neufs = list(fils.map(envoyer, ["a.pdf", "b.pdf"]))
    assert (sorted(neufs), Document.objects.count(), fichiers(dossier)) == ([False, True], 1, [".pdf"])
