"""La production d’un rapport : réutilisation, volumes, données changées, échecs dits, demandes simultanées."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.files.storage import default_storage
from django.db import connection

from config.socle.messages_en_file import messages_en_attente
from config.socle.travaux import EtatTravail
from financements.actions.rapport import demander_rapport
from financements.chiffres import Perimetre, version_des_donnees
from financements.models import Rapport, Volume
from financements.pdf.cle import cle_du_rapport
from financements.tasks import produire_rapport, produire_volume
from financements.tasks import rapport as taches
from projets.models import Projet
from tests.financements.rapports import demander, fichiers_en_cours, numeros_de_la_liste, petit_programme

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


def test_une_demande_produit_un_fichier_range_et_journalise(petit, pilote, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        rapport = demander(petit, pilote)
    rapport.refresh_from_db()
    volume = rapport.volumes.get()
    assert (rapport.etat, rapport.progression, rapport.demande_par, rapport.message) == ("termine", 100, pilote, "")
    assert (volume.numero, volume.titre, volume.progression) == (1, "Rapport complet", 100)
    assert volume.taille == default_storage.size(volume.fichier.name) > 0
    assert numeros_de_la_liste(default_storage.path(volume.fichier.name)) == [101, 102, 103, 104]
    assert fichiers_en_cours() == []


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


def test_la_progression_pese_les_volumes(petit):
    rapport = demander(petit)
    for numero, (progression, actions) in enumerate([(100, 0), (50, 800), (0, 0)], start=1):
        Volume.objects.create(
            rapport=rapport, numero=numero, titre="v", progression=progression, contenu={"actions": actions}
        )
    assert taches.avancement_du_rapport(rapport.pk) == (100 * 200 + 50 * 1000) // 1400


def test_la_couche_de_production_ne_garde_aucun_verrou(petit):
    produire_rapport(demander(petit).pk)
    with connection.cursor() as curseur:
        curseur.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database"
            " WHERE datname = current_database() AND locktype = 'advisory' AND classid = %s",
            [5901],
        )
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
    assert messages_en_attente() == [("financements.produire_rapport", [seul.pk])]


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
