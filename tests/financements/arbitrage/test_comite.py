"""Le comité : ordre du jour, présents, amendements, écarts, clôture et photographie que rien ne change."""

import json
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import adopter
from financements.actions.arbitrage.saisir import annuler, saisir
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
from financements.chiffres.comite.notes import ordre_des_notes
from financements.models import Amendement, Comite, DeportDElu, Elu, LigneDeScenario, PhotographieDeSeance, Scenario
from financements.rules.saisie import SaisieRefusee
from financements.states import Choix
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import (
    ANNEES,
    REGLAGES,
    comite_ouvert,
    comite_prepare,
    noter,
    petit_arbitrage,
)
from tests.financements.arbitrage.test_saisir import lire, saisie
from tests.fixtures.ajout_seul import sans_le_droit_de_vider


@pytest.fixture
def monde(db):
    return petit_arbitrage()


def elu_de(comite: Comite) -> Elu:
    return comite.elus.get(nom="Anne Leroy")


def proposition(monde, comite, numero: int, choix: Choix, montants=None, **autres) -> Proposition:
    point = comite.points.get(projet=monde.projets[numero])
    tapee = saisie(monde, comite.scenario, numero, choix, montants or {})
    return Proposition(
        **{"point": point, "saisie": tapee, "propose_par": elu_de(comite), "motif": "Un motif.", **autres}
    )


def justifier_tout(monde, comite) -> None:
    projets = [ecart.projet.pk for ecart in ordre_des_notes(comite).a_justifier]
    if projets:
        justifier_des_ecarts(auteur=monde.pilote, comite=comite, projets=projets, justification="Choix du comité.")


def clos(monde) -> Comite:
    comite = comite_ouvert(monde)
    justifier_tout(monde, comite)
    clore_un_comite(auteur=monde.pilote, comite=comite)
    comite.refresh_from_db()
    return comite


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


def test_la_cloture_attend_chaque_justification(monde):
    comite = comite_ouvert(monde)
    notes = ordre_des_notes(comite)
    assert [(e.projet.numero, e.retenu.numero, str(e.note), str(e.note_retenue)) for e in notes.a_justifier] == [
        (2, 3, "75.50", "60.00")
    ]
    with pytest.raises(PassageRefuse, match="sans justification"):
        clore_un_comite(auteur=monde.pilote, comite=comite)
    with pytest.raises(PassageRefuse, match="plus d’écart à justifier"):
        justifier_des_ecarts(auteur=monde.pilote, comite=comite, projets=[monde.projets[1].pk], justification="x")
    with pytest.raises(ValidationError):
        justifier_des_ecarts(auteur=monde.pilote, comite=comite, projets=[monde.projets[2].pk], justification=" ")
    for texte in ("Budget trop lourd.", "Doublon."):
        justifier_des_ecarts(auteur=monde.pilote, comite=comite, projets=[monde.projets[2].pk], justification=texte)
    assert comite.ecarts.get().justification == "Doublon."
    ecrit = Journal.objects.filter(acte="justifier_un_ecart").first()
    assert (ecrit.avant, ecrit.apres) == (
        {"justification": {"2": "Budget trop lourd."}},
        {"projets": [2], "justification": "Doublon."},
    )
    clore_un_comite(auteur=monde.pilote, comite=comite)
    comite.refresh_from_db()
    assert comite.etat == "clos"


def test_des_ex_aequo_departages_demandent_une_regle(monde):
    scenario = monde.scenario()
    noter(scenario, {1: "80", 2: "60", 3: "60", 4: "50"})
    comite = comite_ouvert(monde, scenario)
    assert [[p.numero for p in egaux] for egaux in ordre_des_notes(comite).ex_aequo] == [[2, 3]]
    with pytest.raises(PassageRefuse, match="la règle qui les départage"):
        clore_un_comite(auteur=monde.pilote, comite=comite)
    ecrire_la_regle_des_ex_aequo(auteur=monde.pilote, comite=comite, regle="Le moins cher par allocataire.")
    lue = json.loads(clore_un_comite(auteur=monde.pilote, comite=comite).contenu)
    assert lue["ex_aequo"] == [["AAP16-0002", "AAP16-0003"]]
    assert lue["comite"]["regle_ex_aequo"] == "Le moins cher par allocataire."


def test_la_photographie_garde_tout_et_rien_ne_la_change(monde):
    comite = comite_ouvert(monde)
    amender(auteur=monde.pilote, comite=comite, proposition=proposition(monde, comite, 4, Choix.RETENU, {2016: 100}))
    saisir(
        auteur=monde.pilote, scenario=comite.scenario, saisies=[saisie(monde, comite.scenario, 5, Choix.ATTENTE, {})]
    )
    deporter_un_elu(auteur=monde.pilote, elu=elu_de(comite), projet=monde.projets[1].pk, motif="Épouse salariée.")
    justifier_tout(monde, comite)
    photo = clore_un_comite(auteur=monde.pilote, comite=comite)
    assert photo.empreinte == sha256(photo.contenu.encode()).hexdigest()
    lue = json.loads(photo.contenu)
    assert [(p["rang"], p["reference"], p["choix"], p["total"], p["hors_seance"]) for p in lue["points"]] == [
        (1, "AAP16-0004", "retenu", 100, False),
        (2, "AAP16-0005", "attente", 0, True),
        (3, "AAP16-0001", "retenu", 27_000_00, False),
        (4, "AAP16-0002", "attente", 12_000_00, False),
        (5, "AAP16-0003", "retenu", 300_03, False),
    ]
    assert (len(lue["elus"]), len(lue["amendements"]), len(lue["deports"]), len(lue["ecarts"])) == (1, 1, 1, 1)
    assert [(r["libelle"], r["proposes"][0], r["restes"][0]) for r in lue["enveloppes"]["territoires"]] == [
        ("Douaisis", 67_68, 7_932_32),
        ("Valenciennois", 9_033_33, 2_966_67),
    ]
    assert (
        sum(rang["proposes"][-1] for rang in lue["enveloppes"]["axes"]) == lue["enveloppes"]["total"]["proposes"][-1]
    )
    saisir(
        auteur=monde.pilote, scenario=comite.scenario, saisies=[saisie(monde, comite.scenario, 1, Choix.ATTENTE, {})]
    )
    photo.refresh_from_db()
    assert json.loads(photo.contenu) == lue
    for requete in (
        "UPDATE financements_photographiedeseance SET contenu = '{}'",
        "DELETE FROM financements_photographiedeseance",
        "TRUNCATE financements_photographiedeseance",
    ):
        with pytest.raises(DatabaseError, match=r"ne change plus|ne se vident pas"):
            sans_le_droit_de_vider(requete)


def test_la_base_refuse_une_empreinte_fausse(monde):
    comite = comite_ouvert(monde)
    with pytest.raises(IntegrityError, match="L’empreinte n’est pas celle de ce contenu"), transaction.atomic():
        PhotographieDeSeance.objects.create(comite=comite, contenu="{}", empreinte="0" * 64)


@pytest.mark.parametrize(
    "requete",
    [
        "UPDATE financements_comite SET lieu = 'ailleurs'",
        "DELETE FROM financements_comite",
        "UPDATE financements_pointducomite SET rang = rang + 10",
        "UPDATE financements_elu SET nom = 'Un autre'",
        "DELETE FROM financements_ecartalanote",
        "INSERT INTO financements_elu (comite_id, nom, qualite, canton) SELECT id, 'Z', 'z', '' FROM "
        "financements_comite",
    ],
)
def test_la_base_fige_un_comite_clos(monde, requete):
    clos(monde)
    with pytest.raises(DatabaseError, match="Ce comité est clos"), connection.cursor() as curseur:
        curseur.execute(requete)


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
