"""Les PDF du comité : une page par fiche, le procès-verbal de la photographie, balisés, produits à part."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.exceptions import PermissionDenied
from pypdf import PdfReader

from comptes.states import Role
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.comite.amender import amender
from financements.actions.comite.documents import annuler_le_document, demander_un_document, relancer_le_document
from financements.actions.comite.seance import clore_un_comite
from financements.chiffres.comite.fiches import CONDITIONS, CRITERES, MOTIF, coupe, fiches
from financements.models import DocumentDuComite
from financements.pdf.comite import FicheTropLongue, imprimer_les_fiches
from financements.states import Choix, SorteDeDocument
from financements.tasks.comite import produire_le_document
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import comite_ouvert
from tests.financements.arbitrage.seances import clos, justifier_tout, proposition
from tests.financements.arbitrage.test_vues_comite import adresse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def lire_le_pdf(document: DocumentDuComite) -> PdfReader:
    document.refresh_from_db()
    assert document.etat == EtatTravail.TERMINE, document.message
    with document.fichier.open("rb") as fichier:
        return PdfReader(BytesIO(fichier.read()))


def textes(lecteur: PdfReader) -> list[str]:
    return [" ".join(page.extract_text().replace("\u00a0", " ").split()) for page in lecteur.pages]


def est_balise(lecteur: PdfReader) -> bool:
    racine = lecteur.trailer["/Root"]
    return bool(racine["/MarkInfo"]["/Marked"]) and "/StructTreeRoot" in racine and racine["/Lang"] == "fr"


@pytest.fixture
def sur_place(django_capture_on_commit_callbacks):
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_le_cahier_a_une_page_par_fiche_meme_au_pire(monde, sur_place):
    projet = monde.projets[1]
    projet.intitule = "Accompagnement renforcé " * 12
    projet.save()
    comite = comite_ouvert(monde)
    with sur_place():
        document = demander_un_document(auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.CAHIER)
    lecteur = lire_le_pdf(document)
    pages = textes(lecteur)
    assert (len(pages), document.pages, est_balise(lecteur)) == (5, 5, True)
    assert "Point 3 · AAP16-0001" in pages[2]
    for attendu in (
        "Accompagnement renforcé",
        "80,0",
        "favorable",
        "Demandé 10 000,00 €",
        "Proposé par l’instruction",
        "27 000,00 €",
        "Valenciennois : 100,0 %",
        "médiane de l’axe",
    ):
        assert attendu in pages[2], attendu


def test_la_fiche_d_un_projet_et_le_cahier_d_un_axe(monde, sur_place):
    comite = comite_ouvert(monde)
    with sur_place():
        fiche = demander_un_document(
            auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.FICHE, projet=monde.projets[2]
        )
        cahier = demander_un_document(
            auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.CAHIER, axe=monde.projets[2].axe
        )
    assert len(textes(lire_le_pdf(fiche))) == 1
    assert len(textes(lire_le_pdf(cahier))) == 2
    assert (fiche.nom_de_fichier, cahier.nom_de_fichier) == (
        "comite-2016-10-12-fiche-2.pdf",
        "comite-2016-10-12-cahier-axe-2.pdf",
    )


def test_le_proces_verbal_dit_la_photographie(monde, sur_place):
    comite = comite_ouvert(monde)
    amender(
        auteur=monde.pilote, comite=comite, proposition=proposition(monde, comite, 4, Choix.RETENU, {2016: 5_000_00})
    )
    justifier_tout(monde, comite)
    photo = clore_un_comite(auteur=monde.pilote, comite=comite)
    comite.refresh_from_db()
    monde.projets[4].__class__.objects.filter(pk=monde.projets[4].pk).update(intitule="Changé depuis")
    with sur_place():
        document = demander_un_document(auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.PROCES_VERBAL)
    lecteur = lire_le_pdf(document)
    tout = " ".join(textes(lecteur))
    assert est_balise(lecteur)
    assert "Changé depuis" not in tout
    for attendu in (
        "Anne Leroy, conseillère départementale, canton de Douai",
        "non retenu → retenu ;",
        "2016 : 0,00 € → 5 000,00 € ;",
        "Choix du comité.",
        photo.empreinte,
        "3 projets retenus",
        "Retenu sur ce territoire et cet axe 5 000,00 € 0,00 € 0,00 €",
    ):
        assert attendu in tout, attendu


def test_pas_de_proces_verbal_avant_la_cloture(monde):
    comite = comite_ouvert(monde)
    with pytest.raises(PassageRefuse, match="une fois le comité clos"):
        demander_un_document(auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.PROCES_VERBAL)


def test_demander_deux_fois_ne_produit_qu_une_fois_puis_annuler_et_relancer(monde):
    comite = comite_ouvert(monde)
    demande = {"auteur": monde.pilote, "comite": comite, "sorte": SorteDeDocument.CAHIER}
    document = demander_un_document(**demande)
    assert demander_un_document(**demande) == document
    annule = annuler_le_document(auteur=monde.pilote, document=document)
    assert annule.etat == EtatTravail.ANNULE
    produire_le_document(document.pk)  # livrée quand même : rien ne se fait
    with pytest.raises(PassageRefuse):
        annuler_le_document(auteur=monde.pilote, document=document)
    autre = demander_un_document(**demande)
    with pytest.raises(PassageRefuse, match="déjà en cours"):
        relancer_le_document(auteur=monde.pilote, document=document)
    annuler_le_document(auteur=monde.pilote, document=autre)
    relancer_le_document(auteur=monde.pilote, document=document)
    produire_le_document(document.pk)
    assert len(lire_le_pdf(document).pages) == 5


def test_l_annulation_arrete_la_mise_en_page(monde, pendant_la_mise_en_page):
    comite = comite_ouvert(monde)
    document = demander_un_document(auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.CAHIER)
    pendant_la_mise_en_page(
        "Step 6 - Creating PDF",
        lambda: DocumentDuComite.objects.filter(pk=document.pk).update(annulation_demandee=True),
    )
    produire_le_document(document.pk)
    document.refresh_from_db()
    assert (document.etat, document.fichier.name) == (EtatTravail.ANNULE, "")


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PILOTE])
def test_seul_un_pilote_demande_un_document(monde, role):
    with pytest.raises(PermissionDenied):
        demander_un_document(
            auteur=PersonneFactory(role=role), comite=clos(monde), sorte=SorteDeDocument.PROCES_VERBAL
        )


def test_l_ecran_demande_suit_et_donne_le_fichier(monde, connecter, sur_place):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    page = adresse(comite, "documents/")
    assert client.post(page, {"sorte": "autre"}).status_code == 404
    assert client.post(page, {"sorte": "cahier", "axe": "99999"}).status_code == 404
    for donnees in ({"sorte": "fiche", "numero": "99"}, {"sorte": "proces_verbal"}):
        client.post(page, donnees)
    assert not DocumentDuComite.objects.exists()
    with sur_place():
        client.post(page, {"sorte": "fiche", "numero": "3"})
    document = DocumentDuComite.objects.get()
    assert client.get(f"{page}{document.pk}/").status_code == 200
    reponse = client.get(f"{page}{document.pk}/telecharger/")
    assert reponse["Content-Disposition"] == 'attachment; filename="comite-2016-10-12-fiche-1.pdf"'
    assert b"".join(reponse.streaming_content).startswith(b"%PDF")


def test_un_texte_libre_se_coupe_a_un_mot():
    assert coupe("un  texte\ncourt", 20) == "un texte court"
    assert coupe("mot " * 10, 15) == "mot mot […]"


def test_un_grand_cahier_est_une_archive_de_plusieurs_pdf(monde, sur_place, settings):
    settings.FICHES_PAR_FICHIER = 2
    comite = comite_ouvert(monde)
    with sur_place():
        document = demander_un_document(auteur=monde.pilote, comite=comite, sorte=SorteDeDocument.CAHIER)
    document.refresh_from_db()
    assert (document.pages, document.nom_de_fichier) == (5, "comite-2016-10-12-cahier.zip")
    with document.fichier.open("rb") as fichier, ZipFile(fichier) as archive:
        lus = {nom: len(PdfReader(BytesIO(archive.read(nom))).pages) for nom in archive.namelist()}
    assert lus == {"points-1-a-2.pdf": 2, "points-3-a-4.pdf": 2, "points-5-a-5.pdf": 1}


def fiche_chargee(monde, territoires: int):
    """Une fiche où chaque texte a sa plus grande longueur."""
    projet = monde.projets[1]
    projet.intitule = ("Accompagnement renforcé " * 13)[:300]
    projet.save()
    projet.organisme.nom = ("Association départementale " * 8)[:200]
    projet.organisme.save()
    comite = comite_ouvert(monde)
    [fiche] = fiches(comite, list(comite.points.filter(projet=projet).select_related("axe", "territoire")))
    return comite, replace(
        fiche,
        criteres=[
            (f"Critère {rang} " + "très long " * 18, 20, Decimal(10), Decimal("15.50")) for rang in range(CRITERES)
        ],
        criteres_tus=3,
        parts=[(f"Métropole Roubaix-Tourcoing {rang}", Decimal("9.99")) for rang in range(territoires)],
        motif=coupe("Un motif développé. " * 90, MOTIF),
        conditions=coupe("Une condition. " * 90, CONDITIONS),
    )


def test_la_fiche_la_plus_chargee_tient_sur_une_page(monde, tmp_path):
    comite, fiche = fiche_chargee(monde, 10)
    assert imprimer_les_fiches(comite, [fiche], tmp_path / "fiche.pdf", lambda _etape, _numero: None) == 1


def test_une_fiche_qui_deborde_ne_passe_pas_pour_une_page(monde, tmp_path):
    comite, fiche = fiche_chargee(monde, 300)
    with pytest.raises(FicheTropLongue):
        imprimer_les_fiches(comite, [fiche], tmp_path / "fiche.pdf", lambda _etape, _numero: None)
