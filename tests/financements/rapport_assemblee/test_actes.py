"""Rédiger, dater, produire : effets, journal, mauvais rôles, mauvais états, conflits, et la base qui refuse seule."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import adopter, revenir_sur_l_adoption
from financements.actions.rapport_assemblee.produire import annuler_la_production, produire_le_rapport
from financements.actions.rapport_assemblee.rediger import dater_le_rapport, rapport_de, rediger_le_rapport
from financements.models import DocumentDeRapport, RapportALAssemblee
from financements.rules.modele_du_rapport import TEXTE, TITRE
from financements.tasks.assemblee import produire_le_rapport_a_l_assemblee
from projets.models import AppelAProjets
from projets.states import EtatAppel
from tests.comptes.fabriques import PersonneFactory
from tests.financements.rapport_assemblee.fabriques import ENVOI, SEANCE, adopte, imputer, jours, produit, redige

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
MAUVAIS_ETATS = [etat for etat in EtatAppel if etat != EtatAppel.ARBITRAGE]


def rediger(monde, texte="Texte", version=0, auteur=None):
    return rediger_le_rapport(
        auteur=auteur or monde.pilote, appel=monde.appel, titre=" Titre ", texte=texte, version=version
    )


def dater(monde, dates=None, version=0, auteur=None):
    return dater_le_rapport(auteur=auteur or monde.pilote, appel=monde.appel, dates=dates or jours(), version=version)


def produire(monde, version=0, auteur=None):
    return produire_le_rapport(auteur=auteur or monde.pilote, appel=monde.appel, version=version)


def test_avant_d_etre_ecrit_le_rapport_est_le_texte_propose(monde):
    propose = rapport_de(monde.appel)
    assert (propose.pk, propose.version, propose.titre, propose.texte) == (None, 0, TITRE, TEXTE)
    assert not RapportALAssemblee.objects.exists()


def test_rediger_ecrit_et_journalise(monde):
    rapport = rediger(monde, "Total {{ montant_total }}\n")
    assert (rapport.titre, rapport.texte, rapport.version) == ("Titre", "Total {{ montant_total }}", 1)
    rediger(monde, "Autre", version=1)
    premiere, seconde = Journal.objects.filter(acte="rediger_le_rapport").order_by("pk")
    ecrit = {"titre": "Titre", "texte": "Total {{ montant_total }}"}
    assert (premiere.avant, premiere.apres, seconde.avant) == (None, ecrit, ecrit)
    with pytest.raises(VersionPerimee):
        rediger(monde, "Tardif", version=1)


def test_une_variable_inconnue_est_refusee_avec_sa_ligne(monde):
    with pytest.raises(ValidationError) as refus:
        rediger(monde, "a\n{{ montant_totla }}\n{{ montant_2019 }}")
    assert refus.value.message_dict["texte"] == [
        "Ligne 2\u00a0: la variable « montant_totla » n’existe pas. Vouliez-vous dire « montant_total »\u00a0?",
        "Ligne 3\u00a0: la variable « montant_2019 » n’existe pas. Vouliez-vous dire « montant_2018 »\u00a0?",
    ]
    assert not RapportALAssemblee.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PILOTE])
def test_les_autres_roles_n_y_touchent_pas(monde, role):
    autre = PersonneFactory(role=role)
    redige(monde)
    document = DocumentDeRapport(rapport=RapportALAssemblee.objects.get(), scenario=adopte(monde), marque="m")
    document.save()
    for acte in (rediger, dater, produire):
        with pytest.raises(PermissionDenied):
            acte(monde, version=2, auteur=autre)
    with pytest.raises(PermissionDenied):
        annuler_la_production(auteur=autre, document=document)
    assert list(DocumentDeRapport.objects.visibles_par(autre)) == []
    assert list(DocumentDeRapport.objects.visibles_par(monde.pilote)) == [document]


@pytest.mark.parametrize("etat", MAUVAIS_ETATS)
def test_hors_de_l_arbitrage_rien_ne_change(monde, etat):
    redige(monde)
    AppelAProjets.objects.filter(pk=monde.appel.pk).update(etat=etat)
    for acte in (rediger, dater, produire):
        with pytest.raises(PassageRefuse, match="le rapport se prépare pendant l’arbitrage"):
            acte(monde, version=2)


def test_dater_controle_les_douze_jours(monde):
    adopte(monde)
    redige(monde)
    with pytest.raises(PassageRefuse, match="Aucun rapport produit n’est à jour"):
        dater(monde, jours(ENVOI), version=2)
    produit(monde)
    for dates, champ, phrase in (
        (jours(ENVOI + timedelta(days=1)), "envoye_le", "douze jours au moins"),
        (jours(ENVOI, seance_le=None), "seance_le", "Donnez la date de la séance"),
        (jours(ENVOI + timedelta(days=2), seance_le=SEANCE + timedelta(days=30)), "envoye_le", "à venir"),
        (jours(ENVOI, seance_le=ENVOI + timedelta(days=1), urgence="Gel."), "envoye_le", "un jour franc"),
    ):
        with pytest.raises(ValidationError) as refus:
            dater(monde, dates, version=2)
        assert phrase in refus.value.message_dict[champ][0]
    rapport = dater(monde, jours(ENVOI), version=2)
    assert (rapport.envoye_le, rapport.a_envoyer_avant, rapport.version) == (ENVOI, ENVOI, 3)
    assert Journal.objects.filter(acte="dater_le_rapport").latest("pk").apres == {
        "seance_le": "2016-06-13",
        "envoye_le": "2016-06-01",
    }


def test_l_urgence_abrege_jusqu_a_un_jour_franc_et_se_motive(monde):
    adopte(monde)
    redige(monde)
    dater(monde, jours(seance_le=ENVOI + timedelta(days=2)), version=2)
    produit(monde)
    dates = jours(ENVOI, seance_le=ENVOI + timedelta(days=2), urgence=" Trêve hivernale. ")
    with pytest.raises(ValidationError) as refus:
        dater(monde, jours(ENVOI, seance_le=ENVOI + timedelta(days=2), urgence=" "), version=3)
    assert list(refus.value.message_dict) == ["motif_d_urgence"]
    rapport = dater(monde, dates, version=3)
    assert (rapport.est_urgent, rapport.motif_d_urgence) == (True, "Trêve hivernale.")


@pytest.mark.parametrize(
    ("champs", "contrainte"),
    [
        ({"envoye_le": date(2016, 6, 2)}, "a_temps"),
        ({"envoye_le": date(2016, 6, 12), "est_urgent": True, "motif_d_urgence": "Gel."}, "a_temps"),
        ({"envoye_le": date(2016, 6, 1), "seance_le": None}, "a_temps"),
        ({"est_urgent": True}, "urgence_motivee"),
        ({"texte": " \n"}, "ecrit"),
    ],
)
def test_la_base_refuse_seule_un_envoi_trop_tardif(monde, champs, contrainte):
    redige(monde)
    with pytest.raises(IntegrityError, match=f"rapport_a_l_assemblee_{contrainte}"), transaction.atomic():
        RapportALAssemblee.objects.update(**champs)


def test_envoye_le_rapport_ne_change_plus_tant_que_la_date_est_la(monde):
    adopte(monde)
    redige(monde)
    produit(monde)
    dater(monde, jours(ENVOI), version=2)
    for acte in (rediger, produire):
        with pytest.raises(PassageRefuse, match="parti aux élus le 01/06/2016"):
            acte(monde, version=3)
    dater(monde, jours(), version=3)
    assert rediger(monde, version=4).version == 5


def test_produire_ecrit_les_deux_fichiers_une_fois(monde):
    scenario = adopte(monde)
    redige(monde)
    premier = produire(monde, version=2)
    assert produire(monde, version=2) == premier  # un second clic
    assert Journal.objects.get(acte="produire_le_rapport").apres == {"nom": scenario.nom}
    for _ in range(2):
        produire_le_rapport_a_l_assemblee(premier.pk)
    premier.refresh_from_db()
    assert (premier.etat, premier.message, str(premier.total)) == (EtatTravail.TERMINE, "", "27300.03")
    assert premier.pages > 3


def test_on_ne_produit_rien_sans_scenario_sans_texte_ou_sans_la_date_qu_il_dit(monde):
    with pytest.raises(PassageRefuse, match="Aucun scénario n’est adopté"):
        produire(monde)
    adopte(monde)
    with pytest.raises(PassageRefuse, match="Enregistrez d’abord le texte"):
        produire(monde)
    rediger(monde, "Le {{ date_seance }}")
    with pytest.raises(PassageRefuse, match="donnez d’abord la date de la séance"):
        produire(monde, version=1)


def test_ce_qui_change_entre_la_demande_et_la_lecture_arrete_la_production(monde):
    adopte(monde)
    redige(monde)
    document = produire(monde, version=2)
    imputer(monde, 1)
    produire_le_rapport_a_l_assemblee(document.pk)
    document.refresh_from_db()
    assert (document.etat, document.message) == (
        EtatTravail.ECHOUE,
        "Le texte, le scénario ou les imputations ont changé\u00a0: demandez-le de nouveau.",
    )


def test_annuler_avant_que_le_travail_commence(monde):
    adopte(monde)
    redige(monde)
    document = produire(monde, version=2)
    annuler_la_production(auteur=monde.pilote, document=document)
    produire_le_rapport_a_l_assemblee(document.pk)
    document.refresh_from_db()
    assert (document.etat, document.pdf.name) == (EtatTravail.ANNULE, "")
    with pytest.raises(PassageRefuse):
        annuler_la_production(auteur=monde.pilote, document=document)


def test_ce_qui_part_dit_la_seance_d_a_present(monde):
    adopte(monde)
    redige(monde)
    produit(monde)
    plus_tard = jours(ENVOI, seance_le=SEANCE + timedelta(days=7))
    with pytest.raises(PassageRefuse, match="enregistrez la séance, produisez le rapport"):
        dater(monde, plus_tard, version=2)
    dater(monde, jours(ENVOI), version=2)
    with pytest.raises(PassageRefuse, match="enregistrez la séance, produisez le rapport"):
        dater(monde, plus_tard, version=3)


def test_un_rapport_d_un_scenario_qui_n_est_plus_adopte_ne_s_envoie_pas(monde):
    scenario = adopte(monde)
    redige(monde)
    produit(monde)
    revenir_sur_l_adoption(auteur=monde.pilote, scenario=scenario, motif="Erreur.")
    with pytest.raises(PassageRefuse, match="Aucun rapport produit n’est à jour"):
        dater(monde, jours(ENVOI), version=2)
    adopter(auteur=monde.pilote, scenario=monde.scenario("Autre"))
    with pytest.raises(PassageRefuse, match="Aucun rapport produit n’est à jour"):
        dater(monde, jours(ENVOI), version=2)
