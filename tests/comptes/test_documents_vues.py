"""La bibliothèque par ses pages."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from comptes.models import Document
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory
from tests.projets.fabriques import ProjetFactory
from tests.projets.pieces import piece_jointe
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db


@pytest.fixture
def adhesion():
    return AdhesionFactory()


@pytest.fixture
def navigateur(connecter, adhesion):
    return connecter(adhesion.personne)


@pytest.fixture
def liste(adhesion):
    return f"/organismes/{adhesion.organisme_id}/documents/"


def messages(reponse) -> list[str]:
    return [str(message) for message in reponse.context["messages"]]


def envoyer(navigateur, liste, *fichiers, **champs):
    saisie = {"nature": "statuts", "annee": "2025", "fichiers": list(fichiers), **champs}
    return navigateur.post(f"{liste}ajouter/", saisie, follow=True)


def fichier(nom, contenu=None):
    return SimpleUploadedFile(nom, pdf(marque=nom) if contenu is None else contenu)


def test_ajouter_plusieurs_documents_de_meme_nature(navigateur, liste):
    reponse = envoyer(navigateur, liste, fichier("a.pdf"), fichier("b.pdf"))
    assert reponse.redirect_chain == [(liste, 302)]
    assert messages(reponse) == [f"«\u00a0{nom}.pdf\u00a0» est dans la bibliothèque." for nom in "ab"]
    assert sorted(Document.objects.values_list("intitule", "nature", "annee")) == [
        ("a", "statuts", 2025),
        ("b", "statuts", 2025),
    ]


def test_un_fichier_refuse_est_dit_pres_du_champ_et_les_autres_sont_gardes(navigateur, liste):
    reponse = envoyer(navigateur, liste, fichier("a.pdf"), fichier("b.pdf", b"MZ"))
    assert messages(reponse) == ["«\u00a0a.pdf\u00a0» est dans la bibliothèque."]
    refus = reponse.context["form"].errors["fichiers"]
    assert len(refus) == 1
    assert refus[0].startswith("«\u00a0b.pdf\u00a0» n’est pas d’un format admis\u00a0: c’est un programme.")
    assert reponse.context["form"]["annee"].value() == "2025"


DEJA = "«\u00a0copie.pdf\u00a0» était déjà dans votre bibliothèque («\u00a0Bilan\u00a0», comptes annuels)"


def test_un_fichier_deja_la_dit_sous_quelle_nature_il_est_garde(navigateur, adhesion, liste):
    connu = DocumentFactory(organisme=adhesion.organisme, contenu=pdf(), intitule="Bilan", nature="comptes")
    ailleurs = envoyer(navigateur, liste, fichier("copie.pdf", pdf()), nature="statuts", annee="")
    pareil = envoyer(navigateur, liste, fichier("copie.pdf", pdf()), nature="comptes", annee="")
    assert (messages(ailleurs), messages(pareil)) == (
        [
            f"{DEJA}. Il n’est pas envoyé de nouveau, et sa description ne change pas. "
            f'<a href="/documents/{connu.pk}/">Changer la nature ou l’année de «\u00a0Bilan\u00a0»</a>'
        ],
        [f"{DEJA}. Il n’est pas envoyé de nouveau."],
    )
    assert list(Document.objects.values_list("pk", "nature")) == [(connu.pk, "comptes")]


def test_le_script_recoit_les_erreurs_des_champs_avant_d_envoyer(navigateur, liste):
    reponse = navigateur.post(
        f"{liste}ajouter/", {"nature": "", "annee": "20255"}, headers={"Accept": "application/json"}
    )
    assert reponse.json() == {
        "erreurs": {
            "fichiers": ["Choisissez au moins un fichier."],
            "nature": ["Ce champ est obligatoire."],
            "annee": ["Assurez-vous que cette valeur est inférieure ou égale à 2100."],
        }
    }


@pytest.mark.parametrize(
    ("saisie", "champ"),
    [({"nature": ""}, "nature"), ({"annee": "1066"}, "annee"), ({"fichiers": []}, "fichiers")],
)
def test_une_saisie_incomplete_se_dit(navigateur, liste, saisie, champ):
    reponse = envoyer(navigateur, liste, fichier("a.pdf"), **saisie)
    assert (list(reponse.context["form"].errors), Document.objects.count()) == ([champ], 0)


def test_decrire_archiver_reprendre_supprimer(navigateur, adhesion, liste):
    document = DocumentFactory(organisme=adhesion.organisme, intitule="Status")
    base = f"/documents/{document.pk}/"
    faux = navigateur.post(base, {"intitule": "", "nature": "statuts", "annee": ""})
    assert list(faux.context["form"].errors) == ["intitule"]
    dits = [
        messages(navigateur.post(base, {"intitule": "Statuts", "nature": "statuts", "annee": "2024"}, follow=True)),
        messages(navigateur.post(f"{base}archiver/", follow=True)),
        messages(navigateur.post(f"{base}reprendre/", follow=True)),
        messages(navigateur.post(f"{base}supprimer/", follow=True)),
    ]
    assert dits == [
        ["«\u00a0Statuts\u00a0» est enregistré."],
        ["«\u00a0Statuts\u00a0» est archivé."],
        ["«\u00a0Statuts\u00a0» est repris."],
        ["«\u00a0Statuts\u00a0» est supprimé."],
    ]
    assert Document.objects.count() == 0


def test_un_document_joint_ne_se_supprime_pas_et_le_dit(navigateur, adhesion):
    document = DocumentFactory(organisme=adhesion.organisme, intitule="Statuts")
    piece_jointe(ProjetFactory(organisme=adhesion.organisme), document)
    reponse = navigateur.post(f"/documents/{document.pk}/supprimer/", follow=True)
    assert messages(reponse) == [
        "«\u00a0Statuts\u00a0» est joint à un projet, ou l’a été au dépôt\u00a0: il ne se supprime pas. "
        "Vous pouvez l’archiver."
    ]


@pytest.mark.parametrize(
    ("adresse", "dit"),
    [("", "Aucun antivirus n’est branché à ce service"), ("127.0.0.1:1", "attend l’avis d’un antivirus")],
)
def test_la_page_dit_si_les_fichiers_sont_analyses(navigateur, liste, settings, adresse, dit):
    settings.CLAMAV_ADRESSE = adresse
    assert dit in navigateur.get(liste).content.decode()


def test_un_document_en_attente_dit_que_l_antivirus_ne_repond_pas(navigateur, adhesion, liste):
    document = DocumentFactory(organisme=adhesion.organisme, etat="en_analyse", controle_le=timezone.now())
    phrase = "l’antivirus ne répond pas, l’analyse reprendra d’elle-même"
    assert phrase not in navigateur.get(liste).content.decode()
    Document.objects.filter(pk=document.pk).update(essais=1)
    assert phrase in navigateur.get(liste).content.decode()
