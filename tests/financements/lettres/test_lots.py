"""Toutes les lettres d’une délibération : archive, fichier à imprimer, relance ; annulés, repris, dits."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import PermissionDenied
from pypdf import PdfReader

from comptes.models import Courriel
from comptes.states import Role
from config.socle.execution import Suivi
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.lettres.lire import ouvrir_la_lettre
from financements.actions.lettres.lots import annuler_un_lot, demander_un_lot, relancer_les_non_lues, reprendre_un_lot
from financements.chiffres.lettres import NON_LUES
from financements.models import FichierDeLettre, LotDeLettres
from financements.pdf.lettres import Liasse, composer_la_lettre
from financements.planning import lancer_un_lot_de_lettres, produire_un_lot_de_lettres
from financements.states import SorteDeLot
from financements.tasks.lettres import fichier_de, nom_dans_l_archive
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.pages import texte
from tests.projets.fabriques import PDF_D_ESSAI

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def demande(notifie, sorte=SorteDeLot.ARCHIVE, choix="", auteur=None) -> LotDeLettres:
    return demander_un_lot(
        auteur=auteur or notifie.monde.pilote,
        deliberation=notifie.deliberation,
        sorte=sorte,
        choix=choix,
        lancer=lancer_un_lot_de_lettres,
    )


def fait(lot: LotDeLettres) -> LotDeLettres:
    produire_un_lot_de_lettres(lot.pk)
    lot.refresh_from_db()
    return lot


def octets(lot: LotDeLettres) -> BytesIO:
    with lot.fichier.open("rb") as lu:
        return BytesIO(lu.read())


def test_l_archive_a_chaque_lettre_sous_un_nom_lisible(notifie):
    lot = fait(demande(notifie))
    assert (lot.etat, lot.lettres) == (EtatTravail.TERMINE, 5)
    with zipfile.ZipFile(octets(lot)) as archive:
        assert archive.namelist() == [nom_dans_l_archive(notifie.lettre(numero)) for numero in range(1, 6)]
        premiere = PdfReader(BytesIO(archive.read(archive.namelist()[0])))
        gardee = FichierDeLettre.objects.get(notification=notifie.lettre(1))
        with gardee.fichier.open("rb") as lu:
            assert archive.read(archive.namelist()[0]) == lu.read()
    assert premiere.metadata.title == notifie.lettre(1).lettre["objet"]
    assert archive.namelist()[0].startswith("AAP16-0001-")
    assert archive.namelist()[3].endswith("-non-retenu.pdf")
    assert lot.nom_de_fichier == "lettres-DLES-2016-131.zip"


@pytest.mark.parametrize(("choix", "numeros"), [("non_retenu", [4, 5]), ("recommande", [2, 3, 5]), (NON_LUES, [1, 4])])
def test_a_l_impression_chaque_lettre_commence_sur_une_page_impaire(notifie, choix, numeros):
    lot = fait(demande(notifie, SorteDeLot.IMPRESSION, choix))
    pages = [page.extract_text() for page in PdfReader(octets(lot)).pages]
    debuts = [rang for rang, page in enumerate(pages, start=1) if "Madame, Monsieur" in page]
    assert [rang % 2 for rang in debuts] == [1] * len(numeros)
    assert [f"AAP16-000{numero}" in pages[rang - 1] for rang, numero in zip(debuts, numeros, strict=True)] == [
        True
    ] * len(numeros)
    assert (len(pages), len(pages) % 2, lot.lettres) == (lot.pages, 0, len(numeros))


def test_une_lettre_d_une_page_a_son_verso_blanc(tmp_path):
    liasse = Liasse()
    for _ in range(2):
        liasse.ajouter(PDF_D_ESSAI)
    assert liasse.ecrire(tmp_path / "liasse.pdf") == 4
    pages = PdfReader(tmp_path / "liasse.pdf").pages
    assert [bool(page.get_contents()) for page in pages][1::2] == [False, False]


def test_demander_par_chaque_role_et_sans_lettre(vote):
    for role in Role:
        if role not in {Role.PILOTE, Role.FINANCES}:
            with pytest.raises(PermissionDenied):
                demande(vote, auteur=PersonneFactory(role=role))
    with pytest.raises(PassageRefuse, match="il faut des décisions notifiées"):
        demande(vote)
    vote.notifier()
    with pytest.raises(PassageRefuse):
        demande(vote, choix="inconnu")
    lot = demande(vote, auteur=PersonneFactory(role=Role.FINANCES))
    assert demande(vote) == lot  # un second clic rend celui qui est en cours
    assert Journal.objects.get(acte="demander_des_lettres").apres == {
        "sorte": "archive ZIP, un PDF par lettre",
        "lettres": 5,
        "filtres": "",
    }


def test_annuler_puis_reprendre(notifie):
    lot = annuler_un_lot(auteur=notifie.monde.pilote, lot=demande(notifie))
    assert fait(lot).etat == EtatTravail.ANNULE  # livrée quand même : rien ne se fait
    with pytest.raises(PassageRefuse):
        annuler_un_lot(auteur=notifie.monde.pilote, lot=lot)
    autre = demande(notifie)
    with pytest.raises(PassageRefuse, match="déjà en cours"):
        reprendre_un_lot(auteur=notifie.monde.pilote, lot=lot, lancer=lancer_un_lot_de_lettres)
    annuler_un_lot(auteur=notifie.monde.pilote, lot=autre)
    reprendre_un_lot(auteur=notifie.monde.pilote, lot=lot, lancer=lancer_un_lot_de_lettres)
    assert fait(lot).etat == EtatTravail.TERMINE


def test_l_annulation_arrete_la_production_entre_deux_lettres(notifie, monkeypatch):
    lot = demande(notifie)

    def demander_l_arret_puis_composer(contenu):
        LotDeLettres.objects.filter(pk=lot.pk).update(annulation_demandee=True)
        return composer_la_lettre(contenu)

    monkeypatch.setattr("config.socle.execution.PAS_ECRITURE", 0)
    monkeypatch.setattr("financements.tasks.lettres.composer_la_lettre", demander_l_arret_puis_composer)
    assert fait(lot).etat == EtatTravail.ANNULE
    assert FichierDeLettre.objects.count() == 1
    assert lot.fichier.name == ""


def test_un_lot_qui_ne_trouve_plus_de_lettre_echoue_et_le_dit(notifie):
    lot = demande(notifie, choix=NON_LUES)
    for numero in (1, 4):
        ouvrir_la_lettre(auteur=notifie.adhesions[numero].personne, notification=notifie.lettre(numero))
    assert (fait(lot).etat, lot.message) == (EtatTravail.ECHOUE, "Plus aucune lettre n’est concernée.")


def test_la_relance_ecrit_a_qui_n_a_pas_lu_une_fois_par_jour(notifie):
    ouvrir_la_lettre(auteur=notifie.adhesions[1].personne, notification=notifie.lettre(1))
    avant = Courriel.objects.count()
    lot = fait(demande(notifie, SorteDeLot.RELANCE, NON_LUES))
    assert (lot.etat, lot.lettres, lot.ecartees, lot.bilan) == (EtatTravail.TERMINE, 1, 0, "1\u00a0lettre relancée.")
    courriel = Courriel.objects.latest("pk")
    assert (Courriel.objects.count(), courriel.destinataire) == (avant + 1, notifie.adhesions[4].personne.email)
    assert f"/projets/{notifie.monde.projets[4].pk}/" in courriel.texte
    assert "ne change pas les délais" in courriel.texte
    assert Journal.objects.get(acte="relancer_la_lecture").objet_id == str(notifie.monde.projets[4].pk)
    encore = fait(demande(notifie, SorteDeLot.RELANCE, NON_LUES))
    assert (encore.lettres, encore.ecartees, Courriel.objects.count()) == (0, 1, avant + 1)
    assert encore.bilan == "0\u00a0lettre relancée\u00a0; 1 déjà lues ou relancées ce jour."


def test_une_lettre_lue_pendant_la_relance_n_est_pas_relancee(notifie, monkeypatch):
    lot = demande(notifie, SorteDeLot.RELANCE, NON_LUES)
    LotDeLettres.objects.filter(pk=lot.pk).update(etat=EtatTravail.EN_COURS)
    suivi = Suivi(LotDeLettres, lot.pk)
    lire = lambda *_args, **_autres: ouvrir_la_lettre(  # noqa: E731
        auteur=notifie.adhesions[4].personne, notification=notifie.lettre(4)
    )
    monkeypatch.setattr(suivi, "avancer", lire)
    relancer_les_non_lues(lot, suivi)
    assert (lot.lettres, lot.ecartees) == (1, 1)


def test_a_l_ecran_demander_suivre_telecharger(notifie, connecter, django_capture_on_commit_callbacks):
    client, adresse = connecter(notifie.monde.pilote), notifie.adresse("lettres/")
    page = client.get(f"{adresse}?choix=retenu")
    assert page.context["comptes"] == {"toutes": 5, "lues": 0, "non_lues": 2, "recommande": 3, "recus": 0}
    assert client.post(adresse, {"sorte": "relance", "choix": ""}).status_code == 404
    assert client.post(adresse, {"sorte": "archive", "choix": "autre"}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        client.post(adresse, {"sorte": "archive", "choix": "retenu"})
    lot = LotDeLettres.objects.get()
    page = client.get(adresse)
    assert "archive ZIP, un PDF par lettre, retenu" in texte(page)
    reponse = client.get(f"{adresse}lots/{lot.pk}/telecharger/")
    assert reponse.headers["Content-Disposition"] == 'attachment; filename="lettres-DLES-2016-131-retenu.zip"'
    with zipfile.ZipFile(BytesIO(b"".join(reponse.streaming_content))) as archive:
        assert len(archive.namelist()) == 2
    assert "Relancer 2 lettres" in texte(client.get(f"{adresse}relancer/"))
    with django_capture_on_commit_callbacks(execute=True):
        page = client.post(f"{adresse}relancer/", follow=True)
    assert "2 lettres relancées." in texte(client.get(adresse))
    refus = connecter(PersonneFactory(role=Role.LECTURE)).post(adresse, {"sorte": "archive", "choix": ""})
    assert refus.status_code == 403


def test_annuler_le_lot_d_autrui_est_au_pilote(notifie, connecter):
    lot = demande(notifie)
    adresse = notifie.adresse(f"lettres/lots/{lot.pk}/annuler/")
    for role, offert in ((Role.LECTURE, False), (Role.FINANCES, False), (Role.PILOTE, True)):
        client = connecter(PersonneFactory(role=role))
        pages = (client.get(notifie.adresse("lettres/")), client.get(notifie.adresse(f"lettres/lots/{lot.pk}/")))
        assert [adresse in page.content.decode() for page in pages] == [offert, offert]
    assert connecter(PersonneFactory(role=Role.FINANCES)).post(adresse).status_code == 404
    assert connecter(PersonneFactory(pilote=True)).post(adresse).status_code == 302
    lot.refresh_from_db()
    assert lot.etat == EtatTravail.ANNULE
    assert fichier_de(notifie.lettre(1)) == fichier_de(notifie.lettre(1))
