"""Ce qui a été déposé reste lisible, fichiers compris, et la base refuse d’y toucher."""

import os
from contextlib import nullcontext
from importlib import import_module
from pathlib import Path

import pgtrigger
import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils import timezone

from comptes.actions.documents import archiver_un_document, supprimer_un_document
from comptes.actions.effacer_orphelins import effacer_les_orphelins
from comptes.models import Document
from config.socle.transitions import PassageRefuse
from projets.actions.deposer import completer, deposer
from projets.actions.echanges import demander_un_complement
from projets.actions.pieces import joindre_un_document, retirer_une_piece
from projets.models import Depot, DocumentDepose, MessageDuProjet, Projet, Recepisse
from tests.comptes.fabriques import DocumentFactory, PersonneFactory
from tests.fixtures.ajout_seul import sans_le_droit_de_vider
from tests.projets.complets import projet_complet, responsable_pret
from tests.projets.fabriques import CONTENU_DEPOSE, ProjetFactory, recepisse_de
from tests.projets.pieces import depot_avec
from tests.projets.test_complement import verifie
from tests.projets.test_suivi import demain
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def adhesion():
    return responsable_pret()


@pytest.fixture
def document(adhesion) -> Document:
    return DocumentFactory(organisme=adhesion.organisme, nom="statuts.pdf")


@pytest.fixture
def projet(adhesion, document) -> Projet:
    """Déposé avec ce document, rendu pour complément ; le porteur en a retiré le document."""
    projet = projet_complet(adhesion)
    jointe = joindre_un_document(auteur=adhesion.personne, projet=projet, document=document, piece=None)
    deposer(auteur=adhesion.personne, projet=projet, verifie=verifie(projet))
    pilote = PersonneFactory(role="pilote")
    demander_un_complement(auteur=pilote, projet=projet, texte="Un autre document.", echeance=demain())
    retirer_une_piece(auteur=adhesion.personne, jointe=jointe)
    return Projet.objects.get(pk=projet.pk)


@pytest.fixture
def instructeur(projet):
    personne = PersonneFactory(instructeur=True)
    personne.territoires.add(*(part.territoire for part in projet.parts.all()))
    return personne


def contenu_de(document: Document) -> bytes:
    return Path(document.fichier.path).read_bytes()


def adresse(projet: Projet, version: int = 1, rang: int = 0) -> str:
    return f"/projets/{projet.pk}/depots/{version}/pieces/{rang}/"


def lu(client, chemin: str) -> bytes | int:
    """Le fichier reçu, ou le code du refus."""
    reponse = client.get(chemin)
    return b"".join(reponse.streaming_content) if reponse.status_code == 200 else reponse.status_code


# --- Télécharger --------------------------------------------------------------------------------------------
def test_un_document_depose_se_telecharge_meme_retire_depuis(connecter, adhesion, projet, document, instructeur):
    contenu = contenu_de(document)
    voisin, etranger = PersonneFactory(instructeur=True), responsable_pret().personne
    voisin.territoires.add(TerritoireFactory())
    lecteurs = (adhesion.personne, instructeur, "pilote", voisin, etranger)
    lus = [lu(connecter(lecteur), adresse(projet)) for lecteur in lecteurs]
    assert lus == [contenu, contenu, contenu, 404, 404]


@pytest.mark.parametrize(("version", "rang"), [(1, 1), (2, 0), (0, 0)])
def test_une_version_ou_un_rang_inconnu_est_un_404(connecter, projet, version, rang):
    assert lu(connecter("pilote"), adresse(projet, version, rang)) == 404


@pytest.mark.parametrize("etat", ["en_analyse", "infecte", "refuse"])
def test_en_quarantaine_ou_ecarte_depuis_c_est_un_404_et_le_lien_disparait(connecter, projet, document, etat):
    ecarte = {"fichier": "", "motif": "Essai-Virus"} if etat != "en_analyse" else {}
    Document.objects.filter(pk=document.pk).update(etat=etat, **ecarte)
    pilote = connecter("pilote")
    page = pilote.get(f"/mes-projets/{projet.pk}/imprimer/").content.decode()
    assert (lu(pilote, adresse(projet)), document.empreinte in page, adresse(projet) in page) == (404, True, False)


def test_la_copie_mene_a_chaque_document(connecter, adhesion, projet):
    clients = (connecter("pilote"), connecter(adhesion.personne))
    pages = [client.get(f"/mes-projets/{projet.pk}/imprimer/?depose").content.decode() for client in clients]
    assert [f'href="{adresse(projet)}"' in page for page in pages] == [True, True]


def test_la_piece_jointe_pendant_le_complement_ne_se_lit_qu_une_fois_rendue(connecter, adhesion, projet, instructeur):
    neuf = DocumentFactory(organisme=adhesion.organisme)
    jointe = joindre_un_document(auteur=adhesion.personne, projet=projet, document=neuf, piece=None)
    service, porteur, contenu = connecter(instructeur), connecter(adhesion.personne), contenu_de(neuf)
    ancien = lu(service, adresse(projet))
    directe = f"/pieces/{jointe.pk}/telecharger/"
    assert [lu(service, directe), lu(porteur, directe), lu(service, adresse(projet, 2))] == [403, contenu, 404]
    completer(auteur=adhesion.personne, projet=projet, verifie=verifie(projet))
    assert [lu(service, adresse(projet, version)) for version in (1, 2)] == [ancien, contenu]


def test_la_copie_coute_autant_pour_une_piece_que_pour_trois(connecter, requetes):
    pilote, comptes = connecter("pilote"), []
    for nombre in (1, 3):
        projet = ProjetFactory()
        depot_avec(projet, *(DocumentFactory(organisme=projet.organisme) for _ in range(nombre)))
        with requetes() as prises:
            assert pilote.get(f"/mes-projets/{projet.pk}/imprimer/").content.decode().count("/pieces/") == nombre
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1], comptes


# --- Garder -------------------------------------------------------------------------------------------------
def test_un_document_depose_ne_se_supprime_pas_et_archive_se_telecharge(connecter, adhesion, projet, document):
    with pytest.raises(ValidationError, match="il ne se supprime pas"):
        supprimer_un_document(auteur=adhesion.personne, document=document)
    archiver_un_document(auteur=adhesion.personne, document=document)
    assert lu(connecter("pilote"), adresse(projet)) == contenu_de(document)


def test_le_menage_des_fichiers_orphelins_laisse_ce_qui_a_ete_depose(projet, document):
    os.utime(document.fichier.path, (0, 0))
    effacer_les_orphelins()
    assert Path(document.fichier.path).exists()


def test_deux_lignes_par_depot_et_le_meme_document_dans_les_deux(adhesion, projet, document):
    joindre_un_document(auteur=adhesion.personne, projet=projet, document=document, piece=None)
    autre = DocumentFactory(organisme=adhesion.organisme)
    joindre_un_document(auteur=adhesion.personne, projet=projet, document=autre, piece=None)
    completer(auteur=adhesion.personne, projet=projet, verifie=verifie(projet))
    assert list(DocumentDepose.objects.values_list("depot__version", "rang", "document")) == [
        (1, 0, document.pk), (2, 0, document.pk), (2, 1, autre.pk),
    ]  # fmt: skip


def test_un_depot_refuse_n_ecrit_rien(adhesion):
    projet = projet_complet(adhesion)
    document = DocumentFactory(organisme=adhesion.organisme)
    jointe = joindre_un_document(auteur=adhesion.personne, projet=projet, document=document, piece=None)
    vu = verifie(projet)
    retirer_une_piece(auteur=adhesion.personne, jointe=jointe)
    with pytest.raises(PassageRefuse):
        deposer(auteur=adhesion.personne, projet=projet, verifie=vu)
    assert (Depot.objects.count(), DocumentDepose.objects.count()) == (0, 0)


@pytest.mark.parametrize("lequel", ["autre fichier", "autre organisme", "autre rang"])
def test_la_base_ne_lie_a_la_copie_que_le_document_qu_elle_nomme(lequel):
    projet = ProjetFactory()
    document = DocumentFactory(organisme=projet.organisme)
    depot = depot_avec(projet, document)
    vise = {
        "autre fichier": (0, DocumentFactory(organisme=projet.organisme)),
        "autre organisme": (0, DocumentFactory(empreinte=document.empreinte)),
        "autre rang": (1, document),
    }[lequel]
    with pytest.raises(IntegrityError, match="n’est pas celui que la copie nomme"), transaction.atomic():
        DocumentDepose.objects.create(depot=depot, rang=vise[0], document=vise[1])
    assert DocumentDepose.objects.count() == 1


@pytest.mark.parametrize("quand", ["au dépôt", "à la reprise des dépôts d’avant"])
def test_la_base_lie_chaque_piece_a_son_document(quand):
    """À l’empreinte, dans l’organisme du projet ; une pièce dont le fichier manque n’a pas de ligne."""
    projet = ProjetFactory()
    un, deux = (DocumentFactory(organisme=projet.organisme) for _ in range(2))
    DocumentFactory(empreinte=un.empreinte)  # le même fichier, chez un autre organisme
    pieces = [
        {"piece": "x", "nom": "x", "octets": 1, "empreinte": e} for e in (deux.empreinte, "0" * 64, un.empreinte)
    ]
    ignores = [] if quand == "au dépôt" else ["projets.Depot:depot_garde_ses_documents"]
    with pgtrigger.ignore(*ignores) if ignores else nullcontext():
        depot, vide = (
            Depot.objects.create(
                projet=projet, version=version, depose_le=timezone.now(), contenu=contenu, empreinte="a" * 64
            )
            for version, contenu in ((1, {**CONTENU_DEPOSE, "pieces": pieces}), (2, {}))
        )
    assert DocumentDepose.objects.exists() == (not ignores)
    with connection.cursor() as curseur:
        curseur.execute(import_module("projets.migrations.0014_documents_deja_deposes").REPRENDRE)
    lies = DocumentDepose.objects.order_by("depot", "rang").values_list("depot", "rang", "document")
    assert list(lies) == [(depot.pk, 0, deux.pk), (depot.pk, 2, un.pk)]
    assert [piece.est_telechargeable for piece in depot.pieces_deposees] == [True, False, True]
    assert not vide.documents_deposes.exists()


# --- La base refuse -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("modele", [Depot, DocumentDepose, Recepisse, MessageDuProjet])
@pytest.mark.parametrize("geste", ["modifier", "supprimer", "vider", "vider en cascade"])
def test_ce_qui_fait_foi_ne_se_modifie_ni_ne_disparait(modele, geste):
    projet = ProjetFactory()
    recepisse_de(projet)
    depot_avec(projet, DocumentFactory(organisme=projet.organisme), version=2)
    MessageDuProjet.objects.create(projet=projet, auteur=PersonneFactory(), texte="Bonjour.")
    table = modele._meta.db_table
    gestes = {
        "modifier": lambda: modele.objects.update(id=0),
        "supprimer": lambda: modele.objects.all()._raw_delete(using="default"),
        "vider": lambda: sans_le_droit_de_vider(f"TRUNCATE {table} CASCADE"),
        "vider en cascade": lambda: sans_le_droit_de_vider("TRUNCATE projets_projet CASCADE"),
    }
    avant = list(modele.objects.order_by("pk").values())
    refus = r"Cannot update or delete rows from|ne se vident pas|ne se vide pas"
    with pytest.raises(DatabaseError, match=refus), transaction.atomic():
        gestes[geste]()
    assert list(modele.objects.order_by("pk").values()) == avant != []
