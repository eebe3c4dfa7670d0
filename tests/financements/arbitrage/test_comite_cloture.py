"""Clore un comité : les écarts à la note justifiés, la photographie, et rien qui change ensuite."""

import json
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction

from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.saisir import saisir
from financements.actions.comite.amender import amender
from financements.actions.comite.presents import (
    deporter_un_elu,
)
from financements.actions.comite.seance import (
    clore_un_comite,
    ecrire_la_regle_des_ex_aequo,
    justifier_des_ecarts,
)
from financements.chiffres.comite.notes import ordre_des_notes
from financements.models import PhotographieDeSeance
from financements.states import Choix
from tests.financements.arbitrage.fabriques import (
    comite_ouvert,
    noter,
)
from tests.financements.arbitrage.saisies import saisie
from tests.financements.arbitrage.seances import clos, elu_de, justifier_tout, proposition
from tests.fixtures.ajout_seul import sans_le_droit_de_vider


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
