"""Le travail long : départ, progression, annulation, échec, reprise."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from config.socle.execution import (
    ESSAIS_ADMIS,
    SILENCE_ADMIS,
    EchecDit,
    Suivi,
    commencer,
    conclure,
    demander_l_annulation,
    executer,
    relancer,
    reprendre_les_muets,
)
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail, TravailAnnule
from financements.models import ImportProgramme
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import ImportProgrammeFactory

pytestmark = pytest.mark.django_db
MUET = timezone.now() - SILENCE_ADMIS - timedelta(seconds=1)


def etat_de(travail):
    travail.refresh_from_db()
    return travail.etat


def test_un_travail_mene_a_bien_est_termine_a_cent_pour_cent():
    travail = ImportProgrammeFactory()
    with executer(ImportProgramme, travail.pk) as (en_main, suivi):
        suivi.avancer(40, "lecture", toujours=True)
        travail.refresh_from_db()
        assert (en_main.pk, travail.etat, travail.progression, travail.etape) == (
            travail.pk,
            "en_cours",
            40,
            "lecture",
        )
    travail.refresh_from_db()
    assert (travail.etat, travail.progression, travail.etape, travail.message, travail.essais) == (
        EtatTravail.TERMINE,
        100,
        "",
        "",
        1,
    )
    assert travail.commence_le <= travail.fini_le


def test_la_progression_ne_recule_jamais():
    travail, lues = ImportProgrammeFactory(), []
    with executer(ImportProgramme, travail.pk) as (_, suivi):
        for dite in (1, 0, 40, 12, 41):
            suivi.avancer(dite, toujours=True)
            travail.refresh_from_db()
            lues.append(travail.progression)
    assert lues == [1, 1, 40, 40, 41]


@pytest.mark.parametrize(
    ("erreur", "etat", "message"),
    [
        (EchecDit("La feuille est vide."), EtatTravail.ECHOUE, "La feuille est vide."),
        (
            RuntimeError("détail technique"),
            EtatTravail.ECHOUE,
            "Une erreur imprévue a arrêté ce travail ; elle est consignée. Vous pouvez relancer.",
        ),
        (TravailAnnule(), EtatTravail.ANNULE, "Annulé à la demande d’une personne."),
    ],
)
def test_une_fin_malheureuse_se_dit_honnetement(erreur, etat, message):
    travail = ImportProgrammeFactory()
    with executer(ImportProgramme, travail.pk):
        raise erreur
    travail.refresh_from_db()
    assert (travail.etat, travail.message) == (etat, message)


def test_l_annulation_demandee_arrete_au_prochain_pas():
    travail, pilote = ImportProgrammeFactory(), PersonneFactory(pilote=True)
    with executer(ImportProgramme, travail.pk) as (_, suivi):
        demander_l_annulation(modele=ImportProgramme, pk=travail.pk, auteur=pilote)
        assert etat_de(travail) == EtatTravail.EN_COURS
        suivi.avancer(50, toujours=True)
        pytest.fail("le travail aurait dû s’arrêter")
    assert etat_de(travail) == EtatTravail.ANNULE
    ligne = Journal.objects.get()
    assert (ligne.auteur, ligne.acte, ligne.avant) == (pilote, "annuler", {"etat": "en_cours"})


def test_annuler_un_travail_en_attente_est_immediat():
    travail = ImportProgrammeFactory()
    demander_l_annulation(modele=ImportProgramme, pk=travail.pk, auteur=None)
    assert etat_de(travail) == EtatTravail.ANNULE
    assert commencer(ImportProgramme, travail.pk) is None


@pytest.mark.parametrize("etat", [EtatTravail.TERMINE, EtatTravail.ECHOUE, EtatTravail.ANNULE])
def test_un_travail_fini_ne_s_annule_ni_ne_se_conclut_ni_ne_recommence(etat):
    travail = ImportProgrammeFactory(etat=etat)
    with pytest.raises(PassageRefuse):
        demander_l_annulation(modele=ImportProgramme, pk=travail.pk, auteur=None)
    assert conclure(ImportProgramme, travail.pk, "terminer") is False
    assert commencer(ImportProgramme, travail.pk) is None
    with executer(ImportProgramme, travail.pk) as en_main:
        assert en_main is None
    with pytest.raises(TravailAnnule):
        Suivi(ImportProgramme, travail.pk).avancer(10)


@pytest.mark.parametrize("etat", [EtatTravail.EN_ATTENTE, EtatTravail.EN_COURS, EtatTravail.TERMINE])
def test_seul_un_travail_echoue_ou_annule_se_relance(etat):
    travail = ImportProgrammeFactory(etat=etat)
    with pytest.raises(PassageRefuse):
        relancer(modele=ImportProgramme, pk=travail.pk, auteur=None, lancer=pytest.fail)


def test_relancer_remet_a_zero_et_lance_apres_la_transaction(django_capture_on_commit_callbacks):
    travail = ImportProgrammeFactory(etat=EtatTravail.ECHOUE, essais=3, progression=40, message="raté")
    lances = []
    with django_capture_on_commit_callbacks(execute=True):
        relancer(modele=ImportProgramme, pk=travail.pk, auteur=None, lancer=lances.append)
        assert lances == []
    travail.refresh_from_db()
    assert (travail.etat, travail.essais, travail.progression, travail.message) == (EtatTravail.EN_ATTENTE, 0, 0, "")
    assert lances == [travail.pk]


def test_une_tache_livree_deux_fois_ne_travaille_qu_une_fois():
    travail = ImportProgrammeFactory()
    assert commencer(ImportProgramme, travail.pk).essais == 1
    assert commencer(ImportProgramme, travail.pk) is None


def test_un_travail_dont_le_processus_est_mort_est_repris_puis_abandonne():
    travail = ImportProgrammeFactory()
    for essai in range(1, ESSAIS_ADMIS + 1):
        assert commencer(ImportProgramme, travail.pk).essais == essai
        ImportProgramme.objects.update(battement_le=MUET)
    assert commencer(ImportProgramme, travail.pk) is None
    travail.refresh_from_db()
    assert (travail.etat, travail.message) == (EtatTravail.ECHOUE, "Abandonné après 3 essais interrompus.")


def test_la_reprise_ne_touche_que_les_muets():
    mort = ImportProgrammeFactory(etat=EtatTravail.EN_COURS, battement_le=MUET)
    oublie = ImportProgrammeFactory()
    ImportProgramme.objects.filter(pk=oublie.pk).update(demande_le=MUET)
    ImportProgrammeFactory(etat=EtatTravail.EN_COURS, battement_le=timezone.now())
    ImportProgrammeFactory()
    ImportProgrammeFactory(etat=EtatTravail.ECHOUE, battement_le=MUET)
    lances = []
    assert reprendre_les_muets(ImportProgramme, lances.append) == lances == [mort.pk, oublie.pk]


def test_la_progression_ne_depasse_pas_cent_en_base():
    travail = ImportProgrammeFactory()
    with pytest.raises(IntegrityError, match="progression_max_100"), transaction.atomic():
        ImportProgramme.objects.filter(pk=travail.pk).update(progression=101)


@pytest.mark.parametrize("requete", ["UPDATE socle_journal SET acte = 'autre'", "DELETE FROM socle_journal"])
def test_le_journal_ne_se_modifie_ni_ne_s_efface(requete):
    demander_l_annulation(modele=ImportProgramme, pk=ImportProgrammeFactory().pk, auteur=None)
    with pytest.raises(ProgrammingError, match="Cannot update or delete rows"), transaction.atomic():
        connection.cursor().execute(requete)
    assert Journal.objects.count() == 1
