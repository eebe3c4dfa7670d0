"""La production d’un rapport : réutilisation, volumes, annulation, reprise, échecs dits."""

import logging
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection, connections
from django.utils import timezone

from config.celery import client_de_la_file
from config.socle.execution import PAS_ECRITURE
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements import planning
from financements.actions.rapport import annuler_rapport, demander_rapport, relancer_rapport
from financements.chiffres import Perimetre, version_des_donnees
from financements.models import Rapport, Volume
from financements.pdf.cle import cle_du_rapport
from financements.tasks import produire_rapport, produire_volume
from financements.tasks import rapport as taches
from projets.models import Projet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.rapports import PetitProgramme, numeros_de_la_liste, petit_programme

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def dossier_prive(settings, tmp_path):
    """Les fichiers de l’essai vont dans son dossier."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "fichiers"},
        },
    }


@pytest.fixture
def programme() -> PetitProgramme:
    return petit_programme()


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


@pytest.fixture
def petit(programme) -> Perimetre:
    """Un périmètre vite imprimé."""
    return Perimetre(programme.appel, (2016,), axe=programme.axes[0])


class Ecoute(logging.Handler):
    """Fait `acte` quand la mise en page dit `message` (le journal de WeasyPrint)."""

    def __init__(self, message: str, acte) -> None:
        super().__init__()
        self.message, self.acte, self.lus = message, acte, []

    def emit(self, record: logging.LogRecord) -> None:
        self.lus.append(record.getMessage())
        if record.getMessage() == self.message:
            self.acte()


@pytest.fixture
def pendant_la_mise_en_page():
    """`pendant_la_mise_en_page(message, acte)` : `acte` s’exécute à cette étape, avant que la tâche la reçoive."""
    journal = logging.getLogger("weasyprint.progress")
    poses = []

    def poser(message, acte) -> Ecoute:
        poses.append(Ecoute(message, acte))
        journal.addHandler(poses[-1])
        return poses[-1]

    yield poser
    for pose in poses:
        journal.removeHandler(pose)


@pytest.fixture
def file_muette():
    """Les tâches vont dans la vraie file, où personne ne les prend ; elle est vidée à la fin."""
    app = produire_volume.app

    def vider() -> None:
        with client_de_la_file(app.conf.broker_url) as client:
            client.delete("celery")

    def executer_sur_place() -> None:
        app.conf.task_always_eager = True
        vider()

    # Le vrai travailleur d’un autre essai du même processus tourne peut-être encore : qu’il laisse la file tranquille.
    app.control.cancel_consumer("celery", reply=True, timeout=1)
    app.conf.task_always_eager = False
    yield executer_sur_place
    executer_sur_place()
    app.control.add_consumer("celery", reply=True, timeout=1)


def demander(perimetre, auteur=None) -> Rapport:
    """Demande sans produire : l’essai dit quand la tâche s’exécute."""
    return demander_rapport(auteur=auteur, perimetre=perimetre).rapport


def fichiers() -> list[str]:
    return sorted(default_storage.listdir("rapports/en-cours")[0])


def test_une_demande_produit_un_fichier_range_et_journalise(petit, pilote, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        rapport = demander(petit, pilote)
    rapport.refresh_from_db()
    volume = rapport.volumes.get()
    assert (rapport.etat, rapport.progression, rapport.demande_par, rapport.message) == ("termine", 100, pilote, "")
    assert (volume.numero, volume.titre, volume.progression) == (1, "Rapport complet", 100)
    assert volume.taille == default_storage.size(volume.fichier.name) > 0
    assert numeros_de_la_liste(default_storage.path(volume.fichier.name)) == [101, 102, 103, 104]
    assert fichiers() == []


def test_la_meme_demande_sur_les_memes_donnees_rend_le_meme_rapport(petit, pilote):
    premiere = demander_rapport(auteur=pilote, perimetre=petit)
    seconde = demander_rapport(auteur=None, perimetre=petit)
    assert (premiere.est_nouveau, seconde.est_nouveau, seconde.rapport) == (True, False, premiere.rapport)
    produire_rapport(premiere.rapport.pk)
    troisieme = demander_rapport(auteur=pilote, perimetre=petit)
    assert (troisieme.est_nouveau, troisieme.rapport) == (False, premiere.rapport)


def test_d_autres_annees_un_autre_perimetre_ou_d_autres_donnees_sont_d_autres_rapports(programme, petit):
    cles = {
        demander(p).cle for p in (petit, programme.entier, Perimetre(programme.appel, (2016, 2017), None, petit.axe))
    }
    Projet.objects.filter(numero=101).update(intitule="Autre intitulé")
    cles.add(demander(petit).cle)
    assert len(cles) == 4


def test_un_rapport_echoue_n_est_pas_reutilise(petit):
    echoue = demander(petit)
    Rapport.objects.filter(pk=echoue.pk).update(etat=EtatTravail.ECHOUE)
    assert demander_rapport(auteur=None, perimetre=petit).est_nouveau is True


def test_au_dela_du_seuil_des_volumes_dont_le_dernier_conclut(programme, settings):
    settings.ACTIONS_PAR_VOLUME = 2
    rapport = demander(Perimetre(programme.appel, (2016,)))
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert rapport.etat == EtatTravail.TERMINE
    volumes = list(rapport.volumes.all())
    assert [volume.titre for volume in volumes] == [
        "Synthèse",
        "Avesnois",
        "Douaisis",
        "Valenciennois, partie 1 sur 2",
        "Valenciennois, partie 2 sur 2",
    ]
    lues = [numeros_de_la_liste(default_storage.path(volume.fichier.name)) for volume in volumes]
    assert sorted(numero for du_volume in lues for numero in du_volume) == list(range(101, 109))


def test_le_rapport_attend_tous_ses_volumes(programme, settings, file_muette):
    settings.ACTIONS_PAR_VOLUME = 2
    rapport = demander(Perimetre(programme.appel, (2016,)))
    produire_rapport(rapport.pk)
    premier, *autres = rapport.volumes.values_list("pk", flat=True)
    produire_volume(premier)
    rapport.refresh_from_db()
    assert (rapport.etat, 0 < rapport.progression < 50) == (EtatTravail.EN_COURS, True)
    for volume in autres:
        produire_volume(volume)
    rapport.refresh_from_db()
    assert rapport.etat == EtatTravail.TERMINE


def test_l_annulation_arrete_la_mise_en_page_en_cours(petit, pilote, pendant_la_mise_en_page):
    rapport = demander(petit, pilote)
    annuler = lambda: (annuler_rapport(auteur=pilote, rapport=rapport), time.sleep(PAS_ECRITURE))  # noqa: E731
    ecoute = pendant_la_mise_en_page("Step 5 - Creating layout - Page 2", annuler)
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.message) == (EtatTravail.ANNULE, "Annulé à la demande d’une personne.")
    assert "Step 6 - Creating PDF" not in ecoute.lus
    assert (rapport.volumes.get().produit_le, fichiers()) == (None, [])


def test_une_annulation_pendant_l_ecriture_ne_range_rien(petit, pilote, pendant_la_mise_en_page):
    rapport = demander(petit, pilote)
    annuler = lambda: annuler_rapport(auteur=pilote, rapport=rapport)  # noqa: E731
    pendant_la_mise_en_page("Step 7 - Adding PDF metadata", annuler)
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.volumes.get().fichier.name, fichiers()) == (EtatTravail.ANNULE, "", [])


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


def test_tant_que_la_file_a_des_messages_personne_n_est_tenu_pour_mort(petit, file_muette):
    assert planning.messages_en_attente() == 0
    rapport = demander(petit)
    interrompre(rapport)
    produire_rapport.delay(0)
    assert planning.messages_en_attente() == 1
    planning.reprendre_les_travaux()
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.essais, planning.messages_en_attente()) == (EtatTravail.EN_COURS, 1, 1)


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


def test_des_donnees_changees_avant_de_commencer_sont_adoptees(petit):
    rapport = demander(petit)
    Projet.objects.filter(numero=101).update(intitule="Intitulé corrigé")
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    version = version_des_donnees(petit.appel)
    assert (rapport.etat, rapport.version_donnees) == (EtatTravail.TERMINE, version)
    assert rapport.cle == cle_du_rapport(petit, version)


def test_des_donnees_changees_entre_deux_volumes_font_un_echec_honnete(petit, file_muette):
    rapport = demander(petit)
    produire_rapport(rapport.pk)
    Projet.objects.filter(numero=101).update(intitule="Intitulé corrigé")
    produire_volume(rapport.volumes.get().pk)
    rapport.refresh_from_db()
    assert (rapport.etat, rapport.message) == (EtatTravail.ECHOUE, taches.DONNEES_CHANGEES)


def test_une_erreur_imprevue_est_dite_sans_detail_technique(petit, tmp_path, caplog):
    rapport = demander(petit)
    (tmp_path / "fichiers").mkdir()
    (tmp_path / "fichiers" / "rapports").touch()  # un fichier à la place du dossier : rien ne peut s’y écrire
    produire_rapport(rapport.pk)
    rapport.refresh_from_db()
    assert rapport.etat == EtatTravail.ECHOUE
    assert rapport.message == "Une erreur imprévue a arrêté ce travail ; elle est consignée. Vous pouvez relancer."
    assert "FileExistsError" in caplog.text or "NotADirectoryError" in caplog.text


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


def test_la_progression_pese_les_volumes(petit):
    rapport = demander(petit)
    for numero, (progression, actions) in enumerate([(100, 0), (50, 800), (0, 0)], start=1):
        Volume.objects.create(
            rapport=rapport, numero=numero, titre="v", progression=progression, contenu={"actions": actions}
        )
    assert taches.avancement_du_rapport(rapport.pk) == (100 * 200 + 50 * 1000) // 1400


def test_l_atelier_est_balaye_de_ses_restes_anciens(tmp_path):
    ancien, recent = tmp_path / "ancien", tmp_path / "recent"
    ancien.mkdir()
    (ancien / "volume.pdf").touch()
    recent.mkdir()
    passe = (timezone.now() - timedelta(days=2)).timestamp()
    os.utime(ancien, (passe, passe))
    assert planning.balayer_l_atelier(tmp_path) == ["ancien"]
    assert [reste.name for reste in tmp_path.iterdir() if reste.name in {"ancien", "recent"}] == ["recent"]


def test_la_couche_de_production_ne_garde_aucun_verrou(petit):
    produire_rapport(demander(petit).pk)
    with connection.cursor() as curseur:
        curseur.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [5901])
        assert curseur.fetchone()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_deux_demandes_simultanees_font_un_seul_rapport(file_muette):
    perimetre = petit_programme().entier
    depart = threading.Barrier(2)

    def demander_en_meme_temps(_rang: int):
        depart.wait()
        try:
            demande = demander_rapport(auteur=None, perimetre=perimetre)
            return demande.est_nouveau, demande.rapport.pk
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as fils:
        reponses = list(fils.map(demander_en_meme_temps, range(2)))
    seul = Rapport.objects.get()
    assert sorted(reponses) == [(False, seul.pk), (True, seul.pk)]
    assert planning.messages_en_attente() == 1


@pytest.mark.django_db(transaction=True)
def test_deux_derniers_volumes_simultanes_concluent_une_fois(file_muette, settings):
    settings.ACTIONS_PAR_VOLUME = 5
    rapport = demander(petit_programme().entier)
    produire_rapport(rapport.pk)
    volumes = list(rapport.volumes.values_list("pk", flat=True))

    def produire_en_meme_temps(pk: int) -> None:
        try:
            produire_volume(pk)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as fils:
        list(fils.map(produire_en_meme_temps, volumes))
    rapport.refresh_from_db()
    assert (len(volumes), rapport.etat, rapport.message) == (4, EtatTravail.TERMINE, "")
    assert rapport.volumes.filter(produit_le=None).count() == 0
