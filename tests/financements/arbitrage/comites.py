"""Des comités écrits tels quels, pour la table des accès : un de chaque sorte."""

from datetime import date

from django.utils import timezone

from comptes.models import Personne
from financements.models import Comite, DeportDElu, DocumentDuComite, LigneDeScenario, PointDuComite, Scenario
from financements.states import SorteDeDocument
from projets.models import AppelAProjets, Projet
from territoires.models import Territoire
from tests.financements.fabriques import ScenarioFactory


def comite_de(scenario: Scenario, projet: Projet, territoire: Territoire, **champs: object) -> Comite:
    """Un comité d’un seul point."""
    comite = Comite.objects.create(
        appel=scenario.appel,
        scenario=scenario,
        cree_par=scenario.auteur,
        **{"tenu_le": date(2016, 10, 12), "lieu": "Lille", "preside_par": "La présidente", **champs},
    )
    LigneDeScenario.objects.get_or_create(scenario=scenario, projet=projet)
    PointDuComite.objects.create(
        comite=comite, rang=1, projet=projet, axe=projet.axe, territoire=territoire, depart=["non_retenu", {}]
    )
    return comite


def comites_de(appel: AppelAProjets, projet: Projet, territoire: Territoire, pilote: Personne) -> dict[str, object]:
    """Un comité en préparation, un en séance, un d’un scénario privé d’autrui, et ce qu’ils contiennent."""
    scenario = ScenarioFactory(appel=appel, auteur=pilote)
    prepare = comite_de(scenario, projet, territoire)
    ouvert = comite_de(scenario, projet, territoire, etat="ouvert", ouvert_le=timezone.now())
    elu = ouvert.elus.create(nom="Anne Leroy", qualite="élue")
    deport = DeportDElu.objects.create(elu=elu, projet=projet, motif="m", enregistre_par=pilote)
    document = DocumentDuComite.objects.create(
        comite=prepare, sorte=SorteDeDocument.CAHIER, demande_par=pilote, etat="annule"
    )
    return {
        "comite": prepare.pk,
        "comite_en_seance": ouvert.pk,
        "comite_d_autrui": comite_de(ScenarioFactory(appel=appel), projet, territoire).pk,
        "elu": prepare.elus.create(nom="Luc Petit", qualite="élu").pk,
        "deport_d_elu": deport.pk,
        "document_du_comite": document.pk,
    }
