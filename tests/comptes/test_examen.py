"""L’examen d’un document, hors de la requête : il arrive toujours en quarantaine, en sort contrôlé, ou s’en va."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from comptes.actions.analyser_document import CONTROLES_AU_PLUS, analyser_un_document
from comptes.actions.documents import Description, ajouter_un_document
from comptes.models import Courriel, Document
from comptes.planning import analyser_document, reprendre_les_analyses  # enregistre les tâches, appelées par leur nom
from config.socle.models import Journal
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory
from tests.socle.fichiers_d_essai import docx, pdf, pdf_chiffre, pdf_joint, pdf_script

pytestmark = pytest.mark.django_db
SCRIPT = "contient du script (JavaScript) ou un lancement de programme. Imprimez-le en PDF, puis envoyez le résultat."
PIEGES = [
    ("script.pdf", pdf_script(), SCRIPT),
    (
        "chiffre.pdf",
        pdf_chiffre(),
        "est protégé (mot de passe ou restrictions). Enregistrez-le sans protection, puis recommencez.",
    ),
    (
        "joint.pdf",
        pdf_joint(),
        "contient des fichiers joints. Envoyez-les à part, et imprimez celui-ci en PDF avant de l’envoyer.",
    ),
    (
        "macro.docx",
        docx({"word/vbaProject.bin": b"x"}),
        "contient des macros ou des éléments actifs. Enregistrez-le sans macros (docx, xlsx, odt, ods), ou en PDF.",
    ),
]


@pytest.fixture
def adhesion():
    return AdhesionFactory()


def envoyer(adhesion, nom, contenu) -> Document:
    return ajouter_un_document(
        auteur=adhesion.personne,
        organisme=adhesion.organisme,
        recu=SimpleUploadedFile(nom, contenu),
        description=Description("statuts"),
    ).document


def examiner(document: Document) -> Document:
    analyser_un_document(pk=document.pk)
    return Document.objects.get(pk=document.pk)


@pytest.mark.parametrize(("nom", "contenu", "motif"), PIEGES, ids=[nom for nom, *_ in PIEGES])
def test_un_fichier_piege_arrive_en_quarantaine_puis_s_en_va_et_la_personne_le_sait(adhesion, nom, contenu, motif):
    recu = envoyer(adhesion, nom, contenu)
    assert (recu.etat, recu.get_etat_display(), recu.est_utilisable) == ("en_analyse", "en cours de contrôle", False)
    chemin, stockage = recu.fichier.name, recu.fichier.storage
    document = examiner(recu)
    assert (document.etat, document.motif, document.raison, document.fichier.name) == ("refuse", motif, motif, "")
    courriel = Courriel.objects.get()
    assert (courriel.destinataire, courriel.objet) == (
        adhesion.personne.email, f"[Mille actions] Le fichier « {nom} » n’a pas été reçu",
    )  # fmt: skip
    assert f"est écarté : il {motif} Le fichier est effacé." in courriel.texte
    assert list(Journal.objects.order_by("pk").values_list("acte", "auteur"))[-1] == ("rendre_le_verdict", None)
    assert stockage.exists(chemin)  # effacé une fois la transaction validée


@pytest.mark.django_db(transaction=True)
def test_le_fichier_d_un_document_ecarte_est_efface(adhesion):
    document = envoyer(adhesion, "script.pdf", pdf_script())  # la file des essais examine aussitôt
    assert (Document.objects.get().etat, document.fichier.storage.exists(document.fichier.name)) == ("refuse", False)


def test_sans_antivirus_un_fichier_controle_sert_aussitot(adhesion):
    document = examiner(envoyer(adhesion, "a.pdf", pdf()))
    assert (document.etat, document.est_utilisable, document.essais, document.analyse_le) == (
        "non_analyse", True, 0, None,
    )  # fmt: skip
    assert (document.controle_le is None, Courriel.objects.count()) == (False, 0)
    actes = Journal.objects.count()
    assert (examiner(document).etat, Journal.objects.count()) == ("non_analyse", actes)


def test_un_examen_oublie_par_la_file_se_reprend_meme_sans_antivirus(adhesion):
    document = envoyer(adhesion, "a.pdf", pdf())
    reprendre_les_analyses()
    assert Document.objects.get().etat == "en_analyse"  # la file a encore le temps
    Document.objects.update(prochaine_analyse_le=timezone.now())
    ancien = DocumentFactory(etat="non_analyse", prochaine_analyse_le=timezone.now())
    reprendre_les_analyses()
    assert [Document.objects.get(pk=d.pk).etat for d in (document, ancien)] == ["non_analyse", "non_analyse"]
    assert Journal.objects.filter(acte="rendre_le_verdict").count() == 1


def test_le_controle_ne_se_refait_pas_quand_l_antivirus_se_tait(adhesion, settings):
    document = envoyer(adhesion, "a.pdf", pdf())
    settings.CLAMAV_ADRESSE, settings.CLAMAV_DELAI = "127.0.0.1:1", 0.5
    premier = examiner(document)
    second = examiner(document)
    assert (premier.etat, premier.essais, second.essais, second.controle_le) == (
        "en_analyse", 1, 2, premier.controle_le,
    )  # fmt: skip
    assert premier.controle_le is not None


def test_un_controle_commence_trop_de_fois_et_jamais_fini_ecarte_le_fichier(adhesion):
    document = envoyer(adhesion, "a.pdf", pdf())
    Document.objects.update(essais=CONTROLES_AU_PLUS - 1)
    assert examiner(document).etat == "non_analyse"
    Document.objects.update(etat="en_analyse", controle_le=None, essais=CONTROLES_AU_PLUS)
    analyser_document(document.pk)
    document.refresh_from_db()
    assert (document.etat, document.motif) == (
        "refuse", "n’a pas pu être contrôlé jusqu’au bout. Imprimez-le en PDF, puis envoyez le résultat.",
    )  # fmt: skip


def test_un_fichier_ecarte_puis_renvoye_est_examine_de_nouveau(adhesion):
    ecarte = examiner(envoyer(adhesion, "script.pdf", pdf_script()))
    recu = envoyer(adhesion, "script.pdf", pdf_script())
    assert (recu.pk, recu.etat, recu.motif, recu.controle_le) == (ecarte.pk, "en_analyse", "", None)
    assert examiner(recu).etat == "refuse"


def test_la_bibliotheque_dit_pourquoi_un_fichier_est_ecarte(adhesion, connecter):
    examiner(envoyer(adhesion, "script.pdf", pdf_script()))
    page = connecter(adhesion.personne).get(f"/organismes/{adhesion.organisme_id}/documents/").content.decode()
    assert f"Il {SCRIPT} Fichier effacé." in page
