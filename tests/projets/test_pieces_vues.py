"""L’étape des pièces et la bibliothèque, par leurs pages : ce qu’elles disent, gardent, rendent, à qui, en combien."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from comptes.actions.analyser_document import analyser_un_document
from comptes.models import Document
from projets.models import PieceJointe, Projet
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.projets.dossiers import brouillon, porteur
from tests.projets.fabriques import PieceFactory, ProjetFactory
from tests.projets.pieces import depot_avec, piece_jointe
from tests.socle.fichiers_d_essai import image, pdf, pdf_script
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture
def adhesion():
    return porteur()


@pytest.fixture
def projet(adhesion):
    return brouillon(adhesion)


@pytest.fixture
def piece(projet):
    return PieceFactory(appel=projet.appel, intitule="Statuts à jour")


@pytest.fixture
def navigateur(connecter, adhesion) -> Client:
    return connecter(adhesion.personne)


def fichier(nom="statuts.pdf", contenu=None):
    return SimpleUploadedFile(nom, pdf() if contenu is None else contenu)


def messages(reponse) -> list[str]:
    return [str(message) for message in reponse.context["messages"]]


def test_envoyer_plusieurs_fichiers_sans_script_garde_les_bons_et_refuse_les_autres(navigateur, projet, piece):
    reponse = navigateur.post(
        f"/mes-projets/{projet.pk}/pieces/envoyer/",
        {"piece": piece.pk, "fichiers": [fichier(), fichier("p.png", image()), fichier("vide.pdf", b"")]},
    )
    assert messages(reponse) == ["«\u00a0statuts.pdf\u00a0» est joint."]
    assert reponse.context["refus"] == [
        "«\u00a0p.png\u00a0» est au format image PNG, qui n’est pas admis ici. Formats admis\u00a0: PDF.",
        "«\u00a0vide.pdf\u00a0» est vide (0 octet). Vérifiez-le sur votre poste, puis envoyez-le de nouveau.",
    ]
    assert reponse.context["ancre_refusee"] == f"piece-{piece.pk}"
    assert list(PieceJointe.objects.values_list("piece", "document__nom")) == [(piece.pk, "statuts.pdf")]


def test_un_fichier_piege_se_joint_en_attente_puis_la_page_dit_pourquoi_il_est_ecarte(navigateur, projet, piece):
    envoi = {"piece": piece.pk, "fichiers": [fichier(contenu=pdf_script())]}
    page = navigateur.post(f"/mes-projets/{projet.pk}/pieces/envoyer/", envoi, follow=True)
    avant = " ".join(page.content.decode().split())
    analyser_un_document(pk=Document.objects.get().pk)
    apres = " ".join(navigateur.get(f"/mes-projets/{projet.pk}/pieces/").content.decode().split())
    phrases = (
        "En cours de contrôle\u00a0: le projet se dépose dès que c’est fini.",
        "Écarté\u00a0: ce fichier contient du script (JavaScript) ou un lancement de programme.",
    )
    assert [[" ".join(p.split()) in page for p in phrases] for page in (avant, apres)] == [
        [True, False],
        [False, True],
    ]
    assert "télécharger" not in apres


def test_envoyer_ce_qui_est_deja_dans_la_bibliotheque_le_dit(navigateur, adhesion, projet, piece):
    connu = DocumentFactory(organisme=adhesion.organisme, contenu=pdf(), intitule="Statuts", annee=2025)
    reponse = navigateur.post(
        f"/mes-projets/{projet.pk}/pieces/envoyer/", {"piece": piece.pk, "fichiers": [fichier()]}, follow=True
    )
    assert reponse.redirect_chain == [(f"/mes-projets/{projet.pk}/pieces/#piece-{piece.pk}", 302)]
    assert messages(reponse) == [
        "Ce fichier était déjà dans votre bibliothèque («\u00a0Statuts (2025)\u00a0», statuts)\u00a0: "
        "il est joint, sans copie."
    ]
    assert PieceJointe.objects.get().document == connu


def test_le_script_recoit_le_sort_de_chaque_fichier(navigateur, projet):
    adresse = f"/mes-projets/{projet.pk}/pieces/envoyer/"
    recu = navigateur.post(adresse, {"piece": "", "fichiers": [fichier()]}, **JSON)
    refuse = navigateur.post(adresse, {"piece": "", "fichiers": [fichier("a.pdf", b"MZ")]}, **JSON)
    oubli = navigateur.post(adresse, {"piece": ""}, **JSON)
    assert recu.json() == {"sorts": [{"etat": "recu", "message": "«\u00a0statuts.pdf\u00a0» est joint."}]}
    assert [sort["etat"] for sort in refuse.json()["sorts"]] == ["refuse"]
    assert oubli.json() == {"sorts": [{"etat": "refuse", "message": "Choisissez au moins un fichier."}]}


def test_choisir_dans_la_bibliotheque_puis_retirer(navigateur, adhesion, projet, piece):
    document = DocumentFactory(organisme=adhesion.organisme, intitule="Statuts")
    adresse = f"/mes-projets/{projet.pk}/pieces/joindre/"
    joint = navigateur.post(adresse, {"piece": piece.pk, "document": document.pk}, follow=True)
    assert messages(joint) == ["«\u00a0Statuts\u00a0» est joint."]
    retire = navigateur.post(f"/pieces/{PieceJointe.objects.get().pk}/retirer/", follow=True)
    assert messages(retire) == ["«\u00a0Statuts\u00a0» est retiré\u00a0; il reste dans votre bibliothèque."]
    assert (PieceJointe.objects.count(), Document.objects.count()) == (0, 1)


@pytest.mark.parametrize("choix", ["", "abc", "999999999999999999999"])
def test_un_choix_impossible_se_dit(navigateur, projet, choix):
    reponse = navigateur.post(f"/mes-projets/{projet.pk}/pieces/joindre/", {"piece": "", "document": choix})
    assert reponse.context["refus"] == ["Choisissez un document de la bibliothèque."]


def test_le_document_d_autrui_ne_se_choisit_pas_et_sa_piece_est_un_404(navigateur, projet):
    etranger = DocumentFactory()
    reponse = navigateur.post(f"/mes-projets/{projet.pk}/pieces/joindre/", {"piece": "", "document": etranger.pk})
    assert reponse.context["refus"] == ["Choisissez un document de la bibliothèque."]
    ailleurs = navigateur.post(f"/mes-projets/{projet.pk}/pieces/envoyer/", {"piece": PieceFactory().pk})
    assert ailleurs.status_code == 404


def test_un_document_ecarte_ou_qui_ne_convient_pas_se_dit_sur_la_page(navigateur, adhesion, projet, piece):
    document = DocumentFactory(organisme=adhesion.organisme, intitule="Photo", format="png")
    reponse = navigateur.post(
        f"/mes-projets/{projet.pk}/pieces/joindre/", {"piece": piece.pk, "document": document.pk}
    )
    assert reponse.context["refus"] == [
        "«\u00a0Photo\u00a0» ne convient pas. Il est au format image PNG, cette pièce demande\u00a0: PDF."
    ]


def test_un_projet_depose_entre_temps_ramene_a_sa_fiche(navigateur, projet):
    Projet.objects.filter(pk=projet.pk).update(etat="depose", numero=1)
    reponse = navigateur.post(f"/mes-projets/{projet.pk}/pieces/envoyer/", {"piece": "", "fichiers": [fichier()]})
    assert (reponse.status_code, reponse.url) == (302, f"/mes-projets/{projet.pk}/")
    assert Document.objects.count() == 0


def en_tetes(reponse) -> dict[str, str]:
    noms = (
        "Content-Disposition",
        "Content-Type",
        "X-Content-Type-Options",
        "Content-Security-Policy",
        "Cache-Control",
    )
    return {nom: reponse.headers[nom] for nom in noms}


ATTENDUS = {
    "Content-Disposition": "attachment; filename*=utf-8''R%C3%A8gles.pdf",
    "Content-Type": "application/pdf",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}


@pytest.mark.parametrize("role", ["porteur", "pilote", "instructeur"])
def test_le_fichier_se_telecharge_et_ne_s_affiche_jamais(connecter, adhesion, role):
    territoire = TerritoireFactory()
    projet = ProjetFactory(organisme=adhesion.organisme, territoires={territoire: 100})
    jointe = piece_jointe(projet, DocumentFactory(organisme=adhesion.organisme, contenu=pdf(), nom="Règles.pdf"))
    depot_avec(projet, jointe.document)
    personne = adhesion.personne if role == "porteur" else PersonneFactory(role=role)
    if role == "instructeur":
        personne.territoires.add(territoire)
    adresses = [f"/projets/{projet.pk}/depots/1/pieces/0/"]
    if role == "porteur":
        adresses += [f"/pieces/{jointe.pk}/telecharger/", f"/documents/{jointe.document_id}/telecharger/"]
    for adresse in adresses:
        reponse = connecter(personne).get(adresse)
        assert (b"".join(reponse.streaming_content), en_tetes(reponse)) == (pdf(), ATTENDUS)


@pytest.mark.parametrize("etat", ["en_analyse", "infecte", "refuse"])
def test_en_quarantaine_personne_ne_telecharge(connecter, adhesion, navigateur, etat):
    projet = ProjetFactory(organisme=adhesion.organisme)
    jointe = piece_jointe(projet, DocumentFactory(organisme=adhesion.organisme, etat=etat))
    codes = [
        client.get(adresse).status_code
        for client in (navigateur, connecter("pilote"))
        for adresse in (f"/pieces/{jointe.pk}/telecharger/", f"/documents/{jointe.document_id}/telecharger/")
    ]
    assert codes == [404, 404, 403, 403]


def test_un_mandataire_peut_rendre_le_fichier_a_la_place_de_l_application(navigateur, adhesion, settings):
    settings.FICHIERS_X_ACCEL = "/fichiers-prives/"
    document = DocumentFactory(organisme=adhesion.organisme, nom="Règles.pdf")
    reponse = navigateur.get(f"/documents/{document.pk}/telecharger/")
    assert (reponse.content, reponse.headers["X-Accel-Redirect"], en_tetes(reponse)) == (
        b"",
        f"/fichiers-prives/{document.fichier.name}",
        ATTENDUS,
    )


def test_un_fichier_absent_du_stockage_est_un_404(navigateur, adhesion):
    document = DocumentFactory(organisme=adhesion.organisme)
    document.fichier.storage.delete(document.fichier.name)
    assert navigateur.get(f"/documents/{document.pk}/telecharger/").status_code == 404


def test_un_envoi_demesure_est_refuse_avant_d_etre_ecrit(navigateur, projet, settings):
    settings.ENVOI_TAILLE_MAXIMALE = 100
    adresse = f"/mes-projets/{projet.pk}/pieces/envoyer/"
    reponse = navigateur.post(adresse, {"piece": "", "fichiers": [fichier()]})
    assert (reponse.status_code, Document.objects.count()) == (400, 0)


@pytest.mark.parametrize("ecran", ["pieces", "documents"])
def test_la_page_coute_autant_pour_un_document_que_pour_cinq(navigateur, adhesion, projet, piece, requetes, ecran):
    adresse = f"/mes-projets/{projet.pk}/pieces/"
    if ecran == "documents":
        adresse = f"/organismes/{adhesion.organisme_id}/documents/"
    comptes = []
    for nombre in (1, 4):
        for _ in range(nombre):
            document = DocumentFactory(organisme=adhesion.organisme, envoye_par=PersonneFactory())
            piece_jointe(projet, document, piece)
            DocumentFactory(organisme=adhesion.organisme)
            PieceFactory(appel=projet.appel)
        with requetes() as prises:
            assert navigateur.get(adresse).status_code == 200
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1], comptes
    assert comptes[0] == {"pieces": 15, "documents": 5}[ecran]
