"""Un rapport annulé, repris après la mort de son processus, relancé."""

import os
import time
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connections
from django.utils import timezone

from config.celery import app
from config.socle.execution import PAS_ECRITURE
from config.socle.messages_en_file import messages_en_attente
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements import planning
from financements.actions.rapport import annuler_rapport, relancer_rapport
from financements.chiffres import Perimetre, version_des_donnees
from financements.models import ImportProgramme, Rapport, Volume
from financements.tasks import produire_rapport, produire_volume
from financements.tasks import rapport as taches
from projets.models import Projet
from tests.financements.fabriques import ImportProgrammeFactory
from tests.financements.rapports import demander, fichiers_en_cours

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def test_l_annulation_arrete_la_mise_en_page_en_cours(petit, pilote, pendant_la_mise_en_page):
    rapport = demander(petit, pilote)
    annuler = lambda: (annuler_rapport(auteur=pilote, rapport=rapport), time.sleep(PAS_ECRITURE))  # noqa: E731
    ecoute = pendant_la_mise_en_page("Step 5 - Creating layout - Page 2", annuler)
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.message) == (EtatTravail.ANNULE, "Annulé à la demande d’une personne.")
    assert "Step 6 - Creating PDF" not in ecoute.lus
    assert (rapport.volumes.get().produit_le, fichiers_en_cours()) == (None, [])


def test_une_annulation_pendant_l_ecriture_ne_range_rien(petit, pilote, pendant_la_mise_en_page):
    rapport = demander(petit, pilote)
    annuler = lambda: annuler_rapport(auteur=pilote, rapport=rapport)  # noqa: E731
    pendant_la_mise_en_page("Step 7 - Adding PDF metadata", annuler)
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.volumes.get().fichier.name, fichiers_en_cours()) == (EtatTravail.ANNULE, "", [])


def test_annuler_un_rapport_fini_est_refuse(petit, pilote):
    rapport = demander(petit, pilote)
    produire_rapport(rapport.pk)
    with pytest.raises(PassageRefuse, match="le travail est « terminé »"):
        annuler_rapport(auteur=pilote, rapport=rapport)


def interrompre(rapport: Rapport) -> None:
    """Le processus est mort il y a longtemps, après avoir commencé."""
    Rapport.objects.filter(pk=rapport.pk).update(
        etat=EtatTravail.EN_COURS, essais=1, battement_le=timezone.now() - timedelta(minutes=5)
    )


def test_un_rapport_dont_le_processus_est_mort_est_repris_sans_refaire_les_volumes_produits(
    programme, settings, file_muette
):
    settings.ACTIONS_PAR_VOLUME = 2
    rapport = demander(Perimetre(programme.appel, (2016,)))
    produire_rapport(rapport.pk)
    premier = rapport.volumes.first()
    produire_volume(premier.pk)
    premier.refresh_from_db()
    interrompre(rapport)
    file_muette()
    planning.reprendre_les_travaux()
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.essais) == (EtatTravail.TERMINE, 2)
    assert rapport.volumes.first().produit_le == premier.produit_le


def test_une_demande_dont_le_message_s_est_perdu_est_reprise(petit):
    rapport = demander(petit)
    Rapport.objects.filter(pk=rapport.pk).update(demande_le=timezone.now() - timedelta(minutes=5))
    planning.reprendre_les_travaux()
    rapport.refresh_from_db()
    assert rapport.etat == EtatTravail.TERMINE


@pytest.mark.usefixtures("file_muette")
def test_un_rapport_muet_est_repris_quoi_qu_il_attende_d_autre(petit):
    rapport = demander(petit)
    interrompre(rapport)
    app.send_task("projets.suivre_l_horloge")
    produire_rapport.delay(0)
    planning.reprendre_les_travaux()
    assert messages_en_attente() == [
        ("projets.suivre_l_horloge", []),
        ("financements.produire_rapport", [rapport.pk]),
        ("financements.produire_rapport", [0]),
    ]


@pytest.mark.usefixtures("file_muette")
def test_un_rapport_qui_attend_dans_la_file_n_y_est_pas_mis_deux_fois(petit):
    rapport = demander(petit)
    Rapport.objects.filter(pk=rapport.pk).update(demande_le=timezone.now() - timedelta(minutes=5))
    planning.reprendre_les_travaux()
    planning.reprendre_les_travaux()
    assert messages_en_attente() == [("financements.produire_rapport", [rapport.pk])]


@pytest.mark.usefixtures("file_muette")
def test_un_rapport_dont_un_volume_attend_n_est_pas_tenu_pour_mort(petit):
    rapport = demander(petit)
    produire_rapport(rapport.pk)
    interrompre(rapport)
    planning.reprendre_les_travaux()
    assert messages_en_attente() == [("financements.produire_volume", [rapport.volumes.get().pk])]


@pytest.mark.usefixtures("file_muette")
def test_un_import_oublie_est_mis_une_fois_dans_la_file():
    oublie = ImportProgrammeFactory()
    ImportProgramme.objects.filter(pk=oublie.pk).update(demande_le=timezone.now() - timedelta(minutes=5))
    planning.reprendre_les_travaux()
    planning.reprendre_les_travaux()
    assert messages_en_attente() == [("financements.importer_programme", [oublie.pk])]


@pytest.mark.usefixtures("file_muette")
def test_un_volume_qui_sort_de_la_file_donne_aussitot_signe_de_vie(petit, pendant_la_mise_en_page):
    rapport = demander(petit)
    produire_rapport(rapport.pk)
    interrompre(rapport)
    battements = []
    lire = lambda: battements.append(Rapport.objects.get(pk=rapport.pk).battement_le)  # noqa: E731
    pendant_la_mise_en_page("Step 1 - Fetching and parsing HTML - HTML string", lire)
    produire_volume(rapport.volumes.get().pk)
    assert [timezone.now() - battement < timedelta(minutes=1) for battement in battements] == [True]


def test_les_travaux_longs_ont_leur_file_et_un_travailleur_ecoute_toutes_les_files():
    app.loader.import_default_modules()
    # Mille lettres d’une notification ne retardent pas l’archive que quelqu’un attend.
    files = {nom: app.amqp.router.route({}, nom)["queue"].name for nom in app.tasks}
    assert sorted(nom for nom, file in files.items() if file == "travaux") == [
        "financements.calculer_une_selection",
        "financements.faire_un_lot_de_conventions",
        "financements.importer_programme",
        "financements.importer_un_retour",
        "financements.lire_un_retour_signe",
        "financements.notifier_les_decisions",
        "financements.produire_document_du_comite",
        "financements.produire_l_attestation",
        "financements.produire_le_pdf_du_bilan",
        "financements.produire_le_rapport_a_l_assemblee",
        "financements.produire_rapport",
        "financements.produire_tirage_de_conventions",
        "financements.produire_un_lot_de_lettres",
        "financements.produire_volume",
        "projets.produire_le_journal",
    ]
    assert sorted(nom for nom, file in files.items() if file == "fond") == [
        "financements.produire_la_lettre",
        "projets.rattraper_un_recepisse",
    ]
    assert sorted(app.amqp.queues.consume_from) == ["celery", "fond", "travaux"]


def test_un_message_livre_deux_fois_ne_fait_rien_de_plus(petit):
    rapport = demander(petit)
    produire_rapport(rapport.pk)
    volume = rapport.volumes.get()
    produire_rapport(rapport.pk)
    produire_volume(volume.pk)
    assert rapport.volumes.get().produit_le == volume.produit_le


def test_un_volume_tenu_par_un_processus_vivant_n_est_pas_pris(petit, file_muette):
    rapport = demander(petit)
    produire_rapport(rapport.pk)
    volume = rapport.volumes.get()
    autre = connections.create_connection("default")
    try:
        with autre.cursor() as curseur:
            curseur.execute("SELECT pg_advisory_lock(%s, %s)", [taches.VERROU_VOLUME, volume.pk])
        produire_volume(volume.pk)
        assert "departs" not in Volume.objects.get(pk=volume.pk).contenu
    finally:
        autre.close()  # la mort du processus rend le verrou
    produire_volume(volume.pk)
    rapport.refresh_from_db()
    assert rapport.etat == EtatTravail.TERMINE


def test_un_volume_qui_tue_son_processus_n_est_pas_relance_sans_fin(petit, file_muette):
    rapport = demander(petit)
    produire_rapport(rapport.pk)
    volume = rapport.volumes.get()
    Volume.objects.filter(pk=volume.pk).update(contenu={**volume.contenu, "departs": 3})
    produire_volume(volume.pk)
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.message) == (
        EtatTravail.ECHOUE,
        "Le volume 1 a été interrompu 3 fois : production abandonnée.",
    )


def test_relancer_un_rapport_annule_repart_sur_les_donnees_presentes(
    petit, pilote, django_capture_on_commit_callbacks
):
    rapport = demander(petit, pilote)
    annuler_rapport(auteur=pilote, rapport=rapport)
    Projet.objects.filter(numero=101).update(intitule="Intitulé corrigé")
    with django_capture_on_commit_callbacks(execute=True):
        demande = relancer_rapport(auteur=pilote, rapport=rapport)
    rapport.refresh_from_db()
    assert (demande.rapport, demande.est_nouveau) == (rapport, True)
    assert (rapport.etat, rapport.version_donnees) == (EtatTravail.TERMINE, version_des_donnees(petit.appel))


def test_relancer_quand_un_autre_dit_deja_la_meme_chose_mene_a_lui(petit, pilote):
    annule = demander(petit, pilote)
    annuler_rapport(auteur=pilote, rapport=annule)
    autre = demander(petit, pilote)
    demande = relancer_rapport(auteur=pilote, rapport=annule)
    assert (demande.rapport, demande.est_nouveau) == (autre, False)


def test_relancer_un_rapport_fini_est_refuse(petit, pilote):
    rapport = demander(petit, pilote)
    produire_rapport(rapport.pk)
    with pytest.raises(PassageRefuse):
        relancer_rapport(auteur=pilote, rapport=rapport)


def test_relancer_supprime_les_fichiers_de_la_production_precedente(petit, pilote, django_capture_on_commit_callbacks):
    rapport = demander(petit, pilote)
    produire_rapport(rapport.pk)
    ancien = rapport.volumes.get().fichier.name
    Rapport.objects.filter(pk=rapport.pk).update(etat=EtatTravail.ECHOUE)
    with django_capture_on_commit_callbacks(execute=True):
        relancer_rapport(auteur=pilote, rapport=rapport)
    nouveau = rapport.volumes.get().fichier.name
    assert (default_storage.exists(ancien), default_storage.exists(nouveau)) == (ancien == nouveau, True)


def test_l_atelier_est_balaye_de_ses_restes_anciens(tmp_path):
    ancien, recent = tmp_path / "ancien", tmp_path / "recent"
    ancien.mkdir()
    (ancien / "volume.pdf").touch()
    recent.mkdir()
    passe = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(ancien, (passe, passe))
    assert planning.balayer_l_atelier(tmp_path) == ["ancien"]
    assert [reste.name for reste in tmp_path.iterdir() if reste.name in {"ancien", "recent"}] == ["recent"]
