"""Un document en quarantaine jusqu’à l’avis de l’antivirus : le vrai, puis toutes ses pannes."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from comptes.actions.analyser_document import analyser_un_document
from comptes.actions.documents import Description, ajouter_un_document
from comptes.models import Courriel, Document
from comptes.planning import analyser_document, reprendre_les_analyses  # enregistre les tâches, appelées par leur nom
from config.socle.fichiers import antivirus
from config.socle.fichiers.antivirus import AntivirusInjoignable, Avis, Verdict
from config.socle.models import Journal
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory
from tests.comptes.registre import PATIENCE
from tests.socle.antivirus_d_essai import MARQUE, NOM, FauxClamd, vrai_clamd
from tests.socle.fichiers_d_essai import docx, pdf

pytestmark = pytest.mark.django_db
SAIN = b"stream: OK\n"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory):
    """Un vrai clamd, pour tout le module."""
    with vrai_clamd(tmp_path_factory.mktemp("clamd")) as adresse:
        yield adresse


@pytest.fixture
def faux(settings):
    """`faux(reponse)` : un antivirus qui répond cela, une fois branché."""
    ouverts = []

    def brancher(reponse: bytes | None) -> FauxClamd:
        ouverts.append(FauxClamd(reponse))
        settings.CLAMAV_ADRESSE = ouverts[-1].adresse
        settings.CLAMAV_DELAI = 0.5 if reponse is None else PATIENCE
        return ouverts[-1]

    yield brancher
    for faux_clamd in ouverts:
        faux_clamd.fermer()


def infecte():
    """Un PDF bien formé qui porte la marque."""
    return pdf(marque=MARQUE.decode())


@pytest.fixture
def envoyer(django_capture_on_commit_callbacks):
    """Envoie un fichier, l’analyse faite dans la foulée ; rend le document relu."""

    def faire(contenu: bytes, nom: str = "statuts.pdf", adhesion=None) -> Document:
        adhesion = adhesion or AdhesionFactory()
        with django_capture_on_commit_callbacks(execute=True):
            ajout = ajouter_un_document(
                auteur=adhesion.personne,
                organisme=adhesion.organisme,
                recu=SimpleUploadedFile(nom, contenu),
                description=Description("statuts"),
            )
        return Document.objects.get(pk=ajout.document.pk)

    return faire


def test_le_vrai_clamd_libere_un_fichier_sain(clamd, settings, envoyer):
    settings.CLAMAV_ADRESSE = clamd
    document = envoyer(pdf())
    assert (document.etat, document.motif, document.essais) == ("sain", "", 0)
    assert document.analyse_le is not None
    assert list(Journal.objects.order_by("pk").values_list("acte", "auteur"))[-1] == ("rendre_le_verdict", None)
    assert Courriel.objects.count() == 0


@pytest.mark.parametrize(
    ("nom", "contenu"),
    [("statuts.pdf", infecte()), ("statuts.docx", docx({"word/media/image1.png": MARQUE}))],
    ids=["pdf", "dans un docx"],
)
def test_le_vrai_clamd_fait_ecarter_un_fichier_infecte(clamd, settings, envoyer, nom, contenu):
    settings.CLAMAV_ADRESSE = clamd
    adhesion = AdhesionFactory()
    avant = set(gardes(settings))
    document = envoyer(contenu, nom, adhesion)
    assert (document.etat, document.motif, document.fichier.name) == ("infecte", f"{NOM}.UNOFFICIAL", "")
    assert set(gardes(settings)) == avant
    courriel = Courriel.objects.get()
    assert (courriel.destinataire, courriel.objet) == (
        adhesion.personne.email,
        f"[Mille actions] Le fichier « {nom} » n’a pas été reçu",
    )
    assert f"{NOM}.UNOFFICIAL" in courriel.texte
    assert [message.to for message in mail.outbox] == [[adhesion.personne.email]]


def gardes(settings):
    return list((settings.FICHIERS_PRIVES / "documents").glob("*"))


def test_le_vrai_clamd_dit_qu_un_fichier_est_trop_gros_pour_lui(tmp_path, settings):
    with vrai_clamd(tmp_path, limite="1M") as adresse:
        settings.CLAMAV_ADRESSE = adresse
        try:
            verdict = antivirus.analyser(BytesIO(bytes(3 * 1024 * 1024)))
        except AntivirusInjoignable:
            return  # il a raccroché au milieu de l’envoi, avant que sa phrase n’arrive : on redemandera
    assert verdict == Verdict(Avis.ILLISIBLE, "plus gros que ce que l’antivirus examine")


def test_l_antivirus_recoit_le_fichier_entier(faux, envoyer):
    serveur = faux(SAIN)
    contenu = pdf(200)
    assert envoyer(contenu).etat == "sain"
    assert serveur.recus == [contenu]


@pytest.mark.parametrize(
    ("reponse", "avis"),
    [
        (b"stream: OK\n", Verdict(Avis.SAIN)),
        (b"stream: Eicar-Test FOUND\n", Verdict(Avis.INFECTE, "Eicar-Test")),
        (b"stream: Can't allocate memory ERROR\n", Verdict(Avis.ILLISIBLE, "Can't allocate memory")),
        (
            b"INSTREAM size limit exceeded. ERROR\n",
            Verdict(Avis.ILLISIBLE, "plus gros que ce que l’antivirus examine"),
        ),
    ],
)
def test_chaque_reponse_de_clamd_a_son_avis(faux, reponse, avis):
    faux(reponse)
    assert antivirus.analyser(BytesIO(b"contenu")) == avis


@pytest.mark.parametrize(
    "reponse",
    [None, b"", b"stream: ", b"stream: O", b"\xff\xfe\xff\n", b"HTTP/1.1 400 Bad Request\n", b"stream: OK trop tot"],
    ids=["silence", "raccroche", "coupée", "coupée dans le mot", "pas du texte", "autre service", "autre phrase"],
)
def test_une_reponse_absente_ou_coupee_ne_vaut_jamais_pour_saine(faux, reponse, envoyer):
    faux(reponse)
    document = envoyer(pdf())
    assert (document.etat, document.essais, document.analyse_le) == ("en_analyse", 1, None)
    assert document.prochaine_analyse_le > timezone.now() + timedelta(minutes=4)


@pytest.mark.parametrize("adresse", ["127.0.0.1:1", "/absente/clamd.sock", "sans-port", "hote:pas-un-port"])
def test_un_antivirus_injoignable_laisse_le_document_en_quarantaine(adresse, settings, envoyer):
    settings.CLAMAV_ADRESSE, settings.CLAMAV_DELAI = adresse, 0.5
    assert (envoyer(pdf()).etat, Courriel.objects.count()) == ("en_analyse", 0)


@pytest.mark.django_db(transaction=True)
def test_une_file_en_panne_laisse_le_document_et_son_fichier_en_quarantaine(settings, monkeypatch):
    def echouer(_pk):
        raise RuntimeError("file en panne")

    settings.CLAMAV_ADRESSE = "127.0.0.1:1"
    monkeypatch.setattr("comptes.actions.documents.lancer_l_analyse", echouer)
    adhesion = AdhesionFactory()
    ajouter_un_document(
        auteur=adhesion.personne,
        organisme=adhesion.organisme,
        recu=SimpleUploadedFile("statuts.pdf", pdf()),
        description=Description("statuts"),
    )
    document = Document.objects.get()
    assert (document.etat, document.fichier.storage.exists(document.fichier.name)) == ("en_analyse", True)


def test_la_reprise_redemande_ce_qui_est_du_et_une_seule_fois(faux, envoyer):
    faux(b"")
    document = envoyer(pdf())
    serveur = faux(SAIN)
    reprendre_les_analyses()
    assert serveur.recus == []
    Document.objects.update(prochaine_analyse_le=timezone.now())
    reprendre_les_analyses()
    reprendre_les_analyses()
    document.refresh_from_db()
    assert (document.etat, len(serveur.recus)) == ("sain", 1)


def test_l_antivirus_a_peine_allume_examine_ce_qui_etait_entre_sans_lui(faux):
    hier = timezone.now() - timedelta(days=1)
    ancien = DocumentFactory(etat="non_analyse", prochaine_analyse_le=hier)
    reprendre_les_analyses()
    ancien.refresh_from_db()
    assert ancien.etat == "non_analyse"
    faux(b"stream: Eicar-Test FOUND\n")
    reprendre_les_analyses()
    ancien.refresh_from_db()
    assert (ancien.etat, ancien.motif) == ("infecte", "Eicar-Test")


def test_un_antivirus_eteint_ne_fait_rien_attendre_et_le_dit(envoyer):
    document = envoyer(pdf())
    assert (document.etat, document.get_etat_display()) == ("non_analyse", "reçu, non analysé")
    analyser_document(document.pk)
    document.refresh_from_db()
    assert document.etat == "non_analyse"


def test_un_verdict_ne_se_rend_qu_une_fois(faux, envoyer):
    serveur = faux(SAIN)
    document = envoyer(pdf())
    serveur.reponse = b"stream: Eicar-Test FOUND\n"
    analyser_un_document(pk=document.pk)
    document.refresh_from_db()
    assert (document.etat, len(serveur.recus)) == ("sain", 1)


def test_un_fichier_disparu_du_stockage_est_refuse_et_peut_revenir(faux, envoyer):
    faux(b"")
    adhesion = AdhesionFactory()
    document = envoyer(pdf(), adhesion=adhesion)
    document.fichier.storage.delete(document.fichier.name)
    faux(SAIN)
    analyser_un_document(pk=document.pk)
    document.refresh_from_db()
    assert (document.etat, document.motif) == ("refuse", "n’est plus dans le stockage.")
    assert envoyer(pdf(), adhesion=adhesion).etat == "sain"


def test_un_compte_ferme_ne_recoit_pas_de_courriel(faux, envoyer):
    faux(b"")
    adhesion = AdhesionFactory()
    document = envoyer(pdf(), adhesion=adhesion)
    adhesion.personne.is_active = False
    adhesion.personne.save()
    faux(b"stream: Eicar-Test FOUND\n")
    analyser_un_document(pk=document.pk)
    assert (Document.objects.get().etat, Courriel.objects.count()) == ("infecte", 0)
