"""Publier, dépublier, suivre l’horloge, prolonger, copier : chaque acte, depuis chaque état."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.models import Avis
from config.celery import app
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.copier_appel import copier_appel
from projets.actions.prolonger import accorder_une_prolongation, retirer_une_prolongation
from projets.actions.publier_appel import depublier_appel, publier_appel, suivre_l_horloge
from projets.models import AppelAProjets, Prolongation
from projets.permissions import depot_est_possible
from projets.planning import suivre_l_horloge_des_appels
from projets.states import EtatAppel
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory, PersonneFactory
from tests.projets.fabriques import (
    AppelFactory,
    PieceFactory,
    ProjetFactory,
    ProlongationFactory,
    QuestionFactory,
    appel_pret,
)

pytestmark = pytest.mark.django_db
POUCE = timedelta(microseconds=1)
OUVRE, FERME = datetime(2027, 3, 1, 8, tzinfo=UTC), datetime(2027, 3, 28, 15, tzinfo=UTC)


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


def etats() -> list[str]:
    return list(AppelAProjets.objects.order_by("pk").values_list("etat", flat=True))


def test_un_appel_pret_se_publie_et_se_journalise(pilote):
    appel = publier_appel(auteur=pilote, appel=appel_pret())
    assert (appel.etat, etats()) == ("publie", ["publie"])
    assert list(Journal.objects.values_list("acte", "avant__etat", "apres__etat", "auteur")) == [
        ("publier_appel", "brouillon", "publie", pilote.pk)
    ]


def test_un_appel_incomplet_ne_se_publie_pas_et_dit_tout_ce_qui_manque(pilote):
    appel = AppelFactory(etat=EtatAppel.BROUILLON)
    with pytest.raises(PassageRefuse) as refus:
        publier_appel(auteur=pilote, appel=appel)
    assert str(refus.value) == (
        "L’appel n’est pas prêt. La présentation est vide. Qui peut répondre n’est pas dit. "
        "L’adresse de contact manque. Le service, son adresse, son téléphone, l’agent chargé du dossier "
        "ou le tribunal compétent manque : "
        "l’accusé de réception les porte. "
        "La clôture est déjà passée. Le règlement n’est pas joint. L’appel n’a aucun axe. "
        "Aucun critère de notation n’est écrit."
    )
    assert etats() == ["brouillon"]


@pytest.mark.parametrize("etat", [etat for etat in EtatAppel if etat != EtatAppel.BROUILLON])
def test_seul_un_brouillon_se_publie(pilote, etat):
    with pytest.raises(PassageRefuse):
        publier_appel(auteur=pilote, appel=appel_pret(etat=etat))
    assert etats() == [etat]


@pytest.mark.parametrize("etat", [etat for etat in EtatAppel if etat != EtatAppel.PUBLIE])
def test_seul_un_appel_publie_redevient_un_brouillon(pilote, etat):
    with pytest.raises(PassageRefuse):
        depublier_appel(auteur=pilote, appel=appel_pret(etat=etat))
    assert etats() == [etat]


def test_on_depublie_avant_l_ouverture_et_sans_projet(pilote):
    appel = appel_pret(etat=EtatAppel.PUBLIE)
    assert depublier_appel(auteur=pilote, appel=appel).etat == "brouillon"
    autre = appel_pret(etat=EtatAppel.PUBLIE, slug="autre")
    ProjetFactory(axe=autre.axes.get())
    with pytest.raises(PassageRefuse, match="Des projets sont déjà écrits"):
        depublier_appel(auteur=pilote, appel=autre)


def test_a_l_instant_de_l_ouverture_on_ne_depublie_plus_meme_si_la_tache_n_est_pas_passee(pilote):
    appel = appel_pret(etat=EtatAppel.PUBLIE, ouvre_le=OUVRE, ferme_le=FERME)
    with time_machine.travel(OUVRE, tick=False), pytest.raises(PassageRefuse, match="est « ouvert »"):
        depublier_appel(auteur=pilote, appel=appel)


def test_l_horloge_ouvre_puis_clot_a_l_instant_exact_une_seule_fois():
    appel = appel_pret(etat=EtatAppel.PUBLIE, ouvre_le=OUVRE, ferme_le=FERME)
    for fixe in (EtatAppel.BROUILLON, EtatAppel.CLOS, EtatAppel.EXECUTION):
        AppelFactory(etat=fixe, ouvre_le=OUVRE, ferme_le=FERME)
    passages = [suivre_l_horloge(i) for i in (OUVRE - POUCE, OUVRE, OUVRE, FERME - POUCE, FERME, FERME)]
    assert passages == [[], [(appel.slug, "ouvrir")], [], [], [(appel.slug, "clore")], []]
    assert list(Journal.objects.order_by("id").values_list("acte", "auteur")) == [
        ("ouvrir_appel", None),
        ("clore_appel", None),
    ]
    assert etats() == ["clos", "brouillon", "clos", "execution"]


def test_une_tache_longtemps_arretee_franchit_les_deux_etats_d_un_coup():
    appel = appel_pret(etat=EtatAppel.PUBLIE, ouvre_le=OUVRE, ferme_le=FERME)
    assert suivre_l_horloge(FERME) == [(appel.slug, "ouvrir"), (appel.slug, "clore")]


def test_la_tache_periodique_est_au_programme_et_lit_l_heure_du_serveur(settings):
    assert settings.CELERY_BEAT_SCHEDULE["ouvrir-et-clore-les-appels"]["task"] in app.tasks
    appel_pret(etat=EtatAppel.PUBLIE, ouvre_le=OUVRE, ferme_le=FERME)
    with time_machine.travel(OUVRE, tick=False):
        suivre_l_horloge_des_appels()
    assert etats() == ["ouvert"]


def test_les_listes_suivent_l_horloge_sans_attendre_la_tache():
    appel_pret(etat=EtatAppel.PUBLIE, ouvre_le=OUVRE, ferme_le=FERME)
    lus = {}
    for nom, instant in (("avant", OUVRE - POUCE), ("ouvre", OUVRE), ("fin", FERME - POUCE), ("ferme", FERME)):
        with time_machine.travel(instant, tick=False):
            lus[nom] = (AppelAProjets.objects.a_venir().count(), AppelAProjets.objects.ouverts().count())
    assert lus == {"avant": (1, 0), "ouvre": (0, 1), "fin": (0, 1), "ferme": (0, 0)}


def test_un_brouillon_ne_prend_pas_la_place_du_programme_sur_les_pages_du_personnel(connecter):
    vote = AppelFactory(slug="vote", etat=EtatAppel.EXECUTION)
    appel_pret(slug="neuf")
    assert [appel.slug for appel in AppelAProjets.objects.votes_d_abord()] == ["vote", "neuf"]
    navigateur = connecter("pilote")
    assert navigateur.get("/").context["appel"] == vote
    assert navigateur.get("/financements/").url == "/financements/vote/"
    assert navigateur.get("/financements/imports/").url == "/financements/vote/imports/"


def test_une_prolongation_ne_vaut_que_pour_son_organisme_et_jusqu_a_son_retrait(pilote):
    appel = appel_pret(etat=EtatAppel.OUVERT, ouvre_le=OUVRE, ferme_le=FERME)
    lui, autre = OrganismeFactory(), OrganismeFactory()
    fin = FERME + timedelta(days=2)
    with time_machine.travel(FERME, tick=False):
        accordee = accorder_une_prolongation(
            auteur=pilote, appel=appel, organisme=lui, jusqu_au=fin, motif=" Inondation "
        )
    instants = (FERME - POUCE, FERME, fin - POUCE, fin)
    assert [[depot_est_possible(appel, o, i) for i in instants] for o in (lui, autre)] == [
        [True, True, True, False],
        [True, False, False, False],
    ]
    retirer_une_prolongation(auteur=pilote, prolongation=accordee)
    assert depot_est_possible(appel, lui, FERME) is False
    assert list(Journal.objects.order_by("id").values_list("acte", "auteur")) == [
        ("accorder_une_prolongation", pilote.pk),
        ("retirer_une_prolongation", pilote.pk),
    ]
    with pytest.raises(PassageRefuse, match="déjà retirée"):
        retirer_une_prolongation(auteur=pilote, prolongation=accordee)


def test_l_organisme_est_prevenu_de_sa_prolongation_et_de_son_retrait(pilote):
    appel = appel_pret(etat=EtatAppel.OUVERT, ouvre_le=OUVRE, ferme_le=FERME, slug="appel", intitule="Insertion")
    membre, parti = AdhesionFactory(), AdhesionFactory(personne__is_active=False)
    parti.organisme = membre.organisme
    parti.save()
    AdhesionFactory()  # d’un autre organisme : il n’en sait rien
    with time_machine.travel(FERME, tick=False):
        accordee = accorder_une_prolongation(
            auteur=pilote,
            appel=appel,
            organisme=membre.organisme,
            jusqu_au=FERME + timedelta(days=2),
            motif="Inondation",
        )
    retirer_une_prolongation(auteur=pilote, prolongation=accordee)
    nom = membre.organisme.nom
    assert list(Avis.objects.order_by("pk").values_list("personne", "texte", "lien")) == [
        (
            membre.personne_id,
            f"{nom} peut déposer jusqu’au 30/03/2027 à 17 h 00 sur l’appel « Insertion » : une prolongation lui est "
            "accordée.",
            "/appels/appel/",
        ),
        (
            membre.personne_id,
            f"La prolongation accordée à {nom} sur l’appel « Insertion » est retirée ; elle cesse.",
            "/appels/appel/",
        ),
    ]


@pytest.mark.parametrize(
    "etat", [e for e in EtatAppel if e not in (EtatAppel.PUBLIE, EtatAppel.OUVERT, EtatAppel.CLOS)]
)
def test_on_ne_prolonge_ni_un_brouillon_ni_une_instruction(pilote, etat):
    fin = timezone.now() + timedelta(days=90)
    with pytest.raises(PassageRefuse, match="Une prolongation s’accorde quand"):
        accorder_une_prolongation(
            auteur=pilote, appel=appel_pret(etat=etat), organisme=OrganismeFactory(), jusqu_au=fin, motif="x"
        )
    assert Prolongation.objects.count() == 0


def test_une_prolongation_est_a_venir_motivee_et_unique(pilote):
    appel = appel_pret(etat=EtatAppel.CLOS, ouvre_le=OUVRE, ferme_le=FERME)
    organisme = ProlongationFactory(appel=appel).organisme
    with time_machine.travel(FERME + timedelta(days=1), tick=False):
        demain, hier = timezone.now() + timedelta(days=1), timezone.now() - POUCE

        def accorder(qui, jusqu_au, motif):
            accorder_une_prolongation(auteur=pilote, appel=appel, organisme=qui, jusqu_au=jusqu_au, motif=motif)

        with pytest.raises(PassageRefuse, match="au-delà de la clôture"):
            accorder(OrganismeFactory(), hier, "Motif")
        with pytest.raises(ValidationError, match="Ce champ ne peut pas être vide"):
            accorder(OrganismeFactory(), demain, "  ")
        with pytest.raises(ValidationError, match="Cet organisme a déjà une prolongation"):
            accorder(organisme, demain, "Motif")
    assert Prolongation.objects.count() == 1


def test_copier_reprend_tout_ce_que_l_appel_demandait_sauf_son_reglement(pilote):
    loin = timezone.localdate() + timedelta(days=90)
    source = appel_pret(slug="source", comite_le=loin, deliberation_le=loin)
    axe = source.axes.get()
    PieceFactory(appel=source, axe=axe, ordre=1, modele="", formats=["pdf", "docx"])
    QuestionFactory(appel=source, axe=axe, ordre=1, sorte="choix_unique", choix=["Oui", "Non"])
    QuestionFactory(appel=source, ordre=2)
    neuf = AppelFactory.build(slug="neuf", annee_debut=2030, annee_fin=2032)
    copie = copier_appel(auteur=pilote, source=source, appel=neuf)

    def contenu(appel):
        return {
            "axes": list(appel.axes.order_by("numero").values_list("numero", "intitule", "volet", "description")),
            "pieces": list(appel.pieces.values_list("ordre", "intitule", "axe__numero", "formats", "est_obligatoire")),
            "questions": list(appel.questions.values_list("ordre", "intitule", "axe__numero", "sorte", "choix")),
            "criteres": list(appel.criteres.values_list("ordre", "intitule", "poids", "note_maximale")),
            "textes": (appel.presentation, appel.qui_peut_repondre, appel.contact, appel.charge_du_dossier),
        }

    assert contenu(copie) == contenu(source)
    assert (copie.etat, copie.reglement.name, copie.axes.get().pk != axe.pk) == ("brouillon", "", True)
    assert (copie.comite_le, copie.deliberation_le) == (None, None)  # comme l’ouverture et la clôture : à redire
    assert Journal.objects.get().apres == {"slug": "neuf", "source": "source"}


def test_une_copie_mal_remplie_n_ecrit_rien(pilote):
    source = appel_pret()
    with pytest.raises(ValidationError):
        copier_appel(auteur=pilote, source=source, appel=AppelFactory.build(slug=source.slug))
    assert AppelAProjets.objects.count() == 1
