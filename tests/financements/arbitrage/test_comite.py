"""Le comité : ordre du jour, présents, amendements, écarts, clôture et photographie que rien ne change."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import adopter
from financements.actions.arbitrage.saisir import annuler
from financements.actions.arbitrage.scenarios import supprimer_un_scenario
from financements.actions.comite.amender import Proposition, amender
from financements.actions.comite.preparer import ouvrir_un_comite, preparer_un_comite, regler_un_comite
from financements.actions.comite.presents import (
    deporter_un_elu,
    noter_un_elu_present,
    retirer_un_deport_d_elu,
    retirer_un_elu,
)
from financements.actions.comite.seance import (
    aller_au_point,
    clore_un_comite,
    ecrire_la_regle_des_ex_aequo,
    justifier_des_ecarts,
)
from financements.models import Amendement, DeportDElu, LigneDeScenario, Scenario
from financements.rules.saisie import SaisieRefusee
from financements.states import Choix
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import (
    ANNEES,
    REGLAGES,
    comite_ouvert,
    comite_prepare,
    petit_arbitrage,
)
from tests.financements.arbitrage.saisies import lire
from tests.financements.arbitrage.seances import clos, elu_de, proposition


def test_l_ordre_du_jour_va_par_axe_puis_territoire_puis_note(monde):
    comite = comite_prepare(monde)
    points = comite.points.values_list("rang", "projet__numero", "axe__numero", "territoire__code", "depart")
    trois = {str(an): 100_01 for an in ANNEES}
    assert list(points) == [
        (1, 4, 1, "DOU", ["non_retenu", dict.fromkeys(trois, 0)]),
        (2, 5, 1, "DOU", ["non_retenu", dict.fromkeys(trois, 0)]),  # parts égales : le premier par le nom, sans note
        (3, 1, 1, "VAL", ["retenu", dict.fromkeys(trois, 9_000_00)]),
        (4, 2, 2, "DOU", ["attente", dict.fromkeys(trois, 4_000_00)]),
        (5, 3, 2, "DOU", ["retenu", trois]),
    ]


def test_regler_retire_l_ordre_du_jour_et_une_page_perimee_n_ecrase_rien(monde):
    comite = comite_prepare(monde)
    reglages = type(REGLAGES)(**{nom: getattr(REGLAGES, nom) for nom in REGLAGES.__slots__} | {"axes": [2]})
    regle = regler_un_comite(auteur=monde.pilote, comite=comite, reglages=reglages, version=1)
    assert (regle.version, list(comite.points.values_list("projet__numero", flat=True))) == (2, [2, 3])
    with pytest.raises(VersionPerimee):
        regler_un_comite(auteur=monde.pilote, comite=comite, reglages=REGLAGES, version=1)
    vide = type(REGLAGES)(**{nom: getattr(REGLAGES, nom) for nom in REGLAGES.__slots__} | {"axes": [7]})
    with pytest.raises(PassageRefuse, match="rien à examiner"):
        regler_un_comite(auteur=monde.pilote, comite=comite, reglages=vide, version=2)


def test_ouvrir_tire_l_ordre_du_jour_du_moment(monde):
    comite = comite_prepare(monde)
    monde.projets[4].etat = EtatProjet.RETIRE
    monde.projets[4].save()
    comite = ouvrir_un_comite(auteur=monde.pilote, comite=comite)
    assert list(comite.points.values_list("projet__numero", flat=True)) == [5, 1, 2, 3]
    assert Journal.objects.get(acte="ouvrir_un_comite").apres == {"etat": "ouvert", "points": 4}


def test_ouvrir_demande_un_elu_et_un_scenario_libre(monde):
    scenario = monde.scenario()
    sans_elu = preparer_un_comite(auteur=monde.pilote, scenario=scenario, reglages=REGLAGES)
    with pytest.raises(PassageRefuse, match="élus présents"):
        ouvrir_un_comite(auteur=monde.pilote, comite=sans_elu)
    comite_ouvert(monde, scenario)
    with pytest.raises(PassageRefuse, match="déjà ouvert sur ce scénario"):
        ouvrir_un_comite(auteur=monde.pilote, comite=comite_prepare(monde, scenario))


def test_amender_ecrit_le_scenario_l_amendement_et_le_journal(monde):
    comite = comite_ouvert(monde)
    voulue = proposition(monde, comite, 4, Choix.RETENU, {2016: 3_000_50})
    amendement = amender(auteur=monde.pilote, comite=comite, proposition=voulue)
    zeros = dict.fromkeys(map(str, ANNEES), 0)
    assert (amendement.avant, amendement.apres) == (
        ["non_retenu", zeros],
        ["retenu", {**zeros, "2016": 3_000_50}],
    )
    assert lire(comite.scenario)[4] == (Choix.RETENU, {2016: 3_000_50, 2017: 0, 2018: 0})
    ecrit = Journal.objects.get(acte="amender")
    assert (ecrit.avant, ecrit.apres) == (
        {"choix": "non retenu", "montants": dict.fromkeys(zeros, "0.00")},
        {
            "choix": "retenu",
            "montants": {**dict.fromkeys(zeros, "0.00"), "2016": "3000.50"},
            "projet": 4,
            "propose_par": "Anne Leroy",
            "motif": "Un motif.",
        },
    )
    annuler(auteur=monde.pilote, scenario=comite.scenario)
    assert lire(comite.scenario)[4] == (Choix.NON_RETENU, dict.fromkeys(ANNEES, 0))


@pytest.mark.parametrize(
    ("montants", "autres", "erreur"),
    [
        ({2016: 5_000_01}, {}, SaisieRefusee),
        ({2016: 1}, {"motif": "  "}, ValidationError),
    ],
)
def test_un_amendement_faux_n_ecrit_rien(monde, montants, autres, erreur):
    comite = comite_ouvert(monde)
    avant = lire(comite.scenario)
    voulue = proposition(monde, comite, 4, Choix.RETENU, montants, **autres)
    with pytest.raises(erreur):
        amender(auteur=monde.pilote, comite=comite, proposition=voulue)
    assert (lire(comite.scenario), Amendement.objects.count()) == (avant, 0)


def test_un_amendement_qui_ne_change_rien_ou_d_un_autre_comite_est_refuse(monde):
    comite = comite_ouvert(monde)
    with pytest.raises(PassageRefuse, match="ne change rien"):
        amender(auteur=monde.pilote, comite=comite, proposition=proposition(monde, comite, 1, Choix.RETENU))
    autre = comite_ouvert(monde, monde.scenario("Autre"))
    voulue = proposition(monde, comite, 1, Choix.ATTENTE, propose_par=elu_de(autre))
    with pytest.raises(PassageRefuse, match="pas de ce comité"):
        amender(auteur=monde.pilote, comite=comite, proposition=voulue)


def test_un_scenario_adopte_ne_s_amende_pas(monde):
    comite = comite_ouvert(monde)
    voulue = proposition(monde, comite, 1, Choix.ATTENTE)
    adopter(auteur=monde.pilote, scenario=comite.scenario)
    with pytest.raises(PassageRefuse, match="adopté ne change plus"):
        amender(auteur=monde.pilote, comite=comite, proposition=voulue)
    with pytest.raises(PassageRefuse, match="adopté ne change plus"):
        preparer_un_comite(auteur=monde.pilote, scenario=comite.scenario, reglages=REGLAGES)


def test_un_elu_deporte_ne_propose_rien(monde):
    comite = comite_ouvert(monde)
    elu, projet = elu_de(comite), monde.projets[1].pk
    deport = deporter_un_elu(auteur=monde.pilote, elu=elu, projet=projet, motif="Membre du conseil d’administration.")
    voulue = proposition(monde, comite, 1, Choix.ATTENTE)
    with pytest.raises(PassageRefuse, match="s’est déporté de ce projet"):
        amender(auteur=monde.pilote, comite=comite, proposition=voulue)
    with pytest.raises(IntegrityError, match="s’est déporté de ce projet"), transaction.atomic():
        Amendement.objects.create(
            point=voulue.point, avant=[], apres=[], propose_par=elu, motif="x", enregistre_par=monde.pilote
        )
    with pytest.raises(PassageRefuse, match="reste au procès-verbal"):
        retirer_un_elu(auteur=monde.pilote, elu=elu)
    with pytest.raises(ValidationError, match="déjà déporté"):
        deporter_un_elu(auteur=monde.pilote, elu=elu, projet=projet, motif="Encore.")
    retirer_un_deport_d_elu(auteur=monde.pilote, deport=deport)
    amender(auteur=monde.pilote, comite=comite, proposition=voulue)
    with pytest.raises(PassageRefuse, match="déjà proposé un amendement"):
        deporter_un_elu(auteur=monde.pilote, elu=elu, projet=projet, motif="Trop tard.")


def test_un_deport_porte_sur_un_projet_de_l_ordre_du_jour(monde):
    comite = comite_ouvert(monde, axes=[1])
    with pytest.raises(PassageRefuse, match="pas à l’ordre du jour"):
        deporter_un_elu(auteur=monde.pilote, elu=elu_de(comite), projet=monde.projets[2].pk, motif="m")


def test_les_points_se_suivent_sans_sortir_de_l_ordre_du_jour(monde):
    comite = comite_ouvert(monde)
    lignes = Journal.objects.count()
    assert [aller_au_point(auteur=monde.pilote, comite=comite, rang=rang).rang_courant for rang in (0, 3, 99)] == [
        1,
        3,
        5,
    ]
    assert Journal.objects.count() == lignes


def test_un_scenario_en_comite_ne_se_supprime_plus(monde):
    comite = comite_prepare(monde)
    with pytest.raises(PassageRefuse, match="Un comité porte sur ce scénario"):
        supprimer_un_scenario(auteur=monde.pilote, scenario=comite.scenario)


def actes(monde, comite, qui) -> dict:
    """Chaque acte sur ce comité, par cette personne."""
    elu, projet = elu_de(comite), monde.projets[1].pk
    deport = DeportDElu(elu=elu, projet=monde.projets[1], motif="m")
    ici = {"auteur": qui, "comite": comite}
    return {
        "regler": lambda: regler_un_comite(**ici, reglages=REGLAGES, version=1),
        "ouvrir": lambda: ouvrir_un_comite(**ici),
        "noter": lambda: noter_un_elu_present(**ici, nom="B", qualite="c"),
        "retirer": lambda: retirer_un_elu(auteur=qui, elu=elu),
        "deporter": lambda: deporter_un_elu(auteur=qui, elu=elu, projet=projet, motif="m"),
        "retirer_deport": lambda: retirer_un_deport_d_elu(auteur=qui, deport=deport),
        "aller": lambda: aller_au_point(**ici, rang=2),
        "amender": lambda: amender(**ici, proposition=proposition(monde, comite, 1, Choix.ATTENTE)),
        "justifier": lambda: justifier_des_ecarts(**ici, projets=[projet], justification="j"),
        "regle": lambda: ecrire_la_regle_des_ex_aequo(**ici, regle="r"),
        "clore": lambda: clore_un_comite(**ici),
    }


@pytest.mark.parametrize(
    ("etat", "refuses"),
    [
        ("preparation", {"aller", "amender", "justifier", "regle", "clore"}),
        ("ouvert", {"regler", "ouvrir"}),
        ("clos", None),
    ],
)
def test_chaque_acte_depuis_chaque_mauvais_etat(monde, etat, refuses):
    comite = {"preparation": comite_prepare, "ouvert": comite_ouvert, "clos": clos}[etat](monde)
    tous, lignes = actes(monde, comite, monde.pilote), Journal.objects.count()
    for nom in sorted(refuses or tous):
        with pytest.raises(PassageRefuse, match="Ce comité est «"):
            tous[nom]()
    assert Journal.objects.count() == lignes


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PILOTE] + ["autre"])
def test_chaque_acte_par_chaque_mauvais_role(monde, role):
    """`autre` : un pilote à qui le scénario n’est pas partagé."""
    qui = PersonneFactory(role=Role.PILOTE if role == "autre" else role)
    comite = comite_prepare(monde)
    for acte in actes(monde, comite, qui).values():
        with pytest.raises(PermissionDenied):
            acte()
    with pytest.raises(PermissionDenied):
        preparer_un_comite(auteur=qui, scenario=comite.scenario, reglages=REGLAGES)


def test_un_pilote_a_qui_le_scenario_est_partage_conduit_le_comite(monde):
    comite = comite_prepare(monde)
    Scenario.objects.filter(pk=comite.scenario_id).update(est_partage=True)
    assert ouvrir_un_comite(auteur=PersonneFactory(pilote=True), comite=comite).etat == "ouvert"


@pytest.mark.parametrize("etat", [etat for etat in EtatAppel if etat != EtatAppel.ARBITRAGE])
def test_on_ne_prepare_pas_de_comite_hors_arbitrage(monde, etat):
    scenario = monde.scenario()
    monde.appel.__class__.objects.filter(pk=monde.appel.pk).update(etat=etat)
    with pytest.raises(PassageRefuse):
        preparer_un_comite(auteur=monde.pilote, scenario=scenario, reglages=REGLAGES)


@pytest.mark.django_db(transaction=True)
def test_deux_amendements_au_meme_instant_le_second_est_prevenu():
    monde = petit_arbitrage()
    comite, depart = comite_ouvert(monde), Barrier(2)
    voulues = [proposition(monde, comite, 1, choix) for choix in (Choix.ATTENTE, Choix.NON_RETENU)]

    def tenter(voulue: Proposition) -> str:
        try:
            depart.wait(timeout=10)
            amender(auteur=monde.pilote, comite=comite, proposition=voulue)
        except VersionPerimee:
            return "prévenu"
        else:
            return "écrit"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as fils:
        assert sorted(fils.map(tenter, voulues)) == ["prévenu", "écrit"]
    assert (Amendement.objects.count(), LigneDeScenario.objects.get(projet=monde.projets[1]).version) == (1, 2)
