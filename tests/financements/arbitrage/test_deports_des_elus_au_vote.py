"""Les élus déportés au comité passent dans la délibération, à relire ; rien n’y dit un projet fermé au pilote."""

from datetime import timedelta

import pytest

from config.socle.models import Journal
from financements.actions.arbitrage.adopter import adopter
from financements.actions.comite.presents import deporter_un_elu, noter_un_elu_present
from financements.models import Deliberation, Scenario
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import comite_ouvert, comite_prepare
from tests.financements.arbitrage.pages import texte
from tests.financements.arbitrage.seances import elu_de
from tests.projets.fabriques import deport_de

pytestmark = pytest.mark.django_db

ADRESSE = "/arbitrage/arbitrage/voter/"
LEROY = "Anne Leroy, conseillère départementale (AAP16-0001, AAP16-0003)"
PETIT = "Luc Petit, vice-président (AAP16-0001)"


def test_la_deliberation_reprend_les_deports_du_comite_et_les_journalise(monde, connecter):
    comite = comite_ouvert(monde)
    luc = noter_un_elu_present(auteur=monde.pilote, comite=comite, nom="Luc Petit", qualite="vice-président")
    prepare = comite_prepare(monde, comite.scenario, tenu_le=comite.tenu_le + timedelta(days=1))
    for elu, numero in ((luc, 1), (elu_de(comite), 3), (elu_de(comite), 1), (elu_de(prepare), 2)):
        deporter_un_elu(auteur=monde.pilote, elu=elu, projet=monde.projets[numero].pk, motif="Préside l’organisme.")
    adopter(auteur=monde.pilote, scenario=Scenario.objects.get(pk=comite.scenario_id))
    ferme = PersonneFactory(role="pilote")
    deport_de(ferme, monde.projets[1])
    champ = connecter(ferme).get(ADRESSE).context["form"]["deports"]
    assert champ.initial == "Anne Leroy, conseillère départementale (AAP16-0003)"
    assert "non repris, d’un projet dont vous vous êtes déporté : 2." in champ.help_text
    client = connecter(monde.pilote)
    page = client.get(ADRESSE)
    assert page.context["form"]["deports"].value() == f"{LEROY}\n{PETIT}"
    envoi = {"reference": "D1", "adoptee_le": "2016-06-13", "organe": "assemblee", "pour": 2, "contre": 0}
    relu = f"{LEROY}\r\n{PETIT}, sorti"
    client.post(ADRESSE, envoi | {"abstentions": 0, "lu": page.context["scenario"].marque, "deports": relu})
    votee = Deliberation.objects.get(reference="D1")
    assert votee.deports.splitlines() == [LEROY, f"{PETIT}, sorti"]
    assert Journal.objects.get(acte="voter_les_propositions").apres["deports"] == votee.deports
    lue = texte(connecter(ferme).get(votee.get_absolute_url()))
    assert "Luc Petit, vice-président (un projet qui vous est fermé), sorti" in lue
    assert "AAP16-0001" not in lue
