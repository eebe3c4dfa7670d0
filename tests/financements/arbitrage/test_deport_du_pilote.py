"""Un pilote déporté n’arbitre plus le projet : ni lu, ni saisi, ni changé en lot ; les totaux le comptent toujours."""

from datetime import date

import pytest

from config.socle.transitions import PassageRefuse
from financements.actions.arbitrage.adopter import adopter
from financements.actions.arbitrage.calculer import demander_un_calcul
from financements.actions.arbitrage.ecriture import Etat
from financements.actions.arbitrage.imposer import imposer_au_calcul
from financements.actions.arbitrage.saisir import annuler, retablir, saisir, saisir_en_lot
from financements.actions.vote.voter import Amendement, Vote, voter
from financements.chiffres.arbitrage.parametres import Parametres
from financements.chiffres.arbitrage.totaux import totaux
from financements.models import CalculDeSelection, Decision
from financements.planning import calculer_une_selection
from financements.states import Choix, Imposition
from financements.views.arbitrage.coups import Coups
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import noter_les_projets
from tests.financements.arbitrage.pages import adresse
from tests.financements.arbitrage.saisies import champs, lire, saisie
from tests.projets.fabriques import deport_de

pytestmark = pytest.mark.django_db


def test_la_liste_et_la_comparaison_taisent_le_projet_que_les_totaux_comptent(client, monde):
    scenario, autre = monde.scenario(), monde.scenario("Scénario B")
    saisir(auteur=monde.pilote, scenario=autre, saisies=[saisie(monde, autre, 1, Choix.NON_RETENU, {})])
    avant = totaux(scenario)
    deport_de(monde.pilote, monde.projets[1])
    client.force_login(monde.pilote)
    page = client.get(scenario.get_absolute_url())
    assert sorted(une.ligne.projet.numero for une in page.context["lignes"]) == [2, 3, 4, 5]
    assert "Un projet dont vous vous êtes déporté" in page.text
    cotes = {"a": scenario.pk, "b": autre.pk}
    comparee = client.get(f"/arbitrage/{monde.appel.slug}/comparer/", cotes)
    assert (list(comparee.context["differences"]), comparee.context["tues"]) == ([], 1)
    assert totaux(scenario) == avant


def test_le_projet_ferme_ne_se_saisit_pas_et_un_lot_le_laisse(monde):
    scenario = monde.scenario()
    tapee = saisie(monde, scenario, 1, Choix.ATTENTE, {})
    deport_de(monde.pilote, monde.projets[1])
    avant = lire(scenario)
    with pytest.raises(PassageRefuse, match="déporté"):
        saisir(auteur=monde.pilote, scenario=scenario, saisies=[tapee])
    assert lire(scenario) == avant
    tous = [projet.pk for projet in monde.projets.values()]
    saisir_en_lot(
        auteur=monde.pilote,
        scenario=scenario,
        projets=tous,
        operation=lambda etat, _: Etat(Choix.ATTENTE, etat.montants),
        libelle="Tous en attente",
    )
    assert lire(scenario) == {n: (choix if n == 1 else Choix.ATTENTE, m) for n, (choix, m) in avant.items()}
    changes = imposer_au_calcul(auteur=monde.pilote, scenario=scenario, projets=tous, imposition=Imposition.DEHORS)
    assert sorted(changes) == sorted(set(tous) - {monde.projets[1].pk})


def test_un_coup_qui_touche_le_projet_ferme_ne_s_annule_ni_ne_se_retablit(monde):
    scenario = monde.scenario(est_partage=True)
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.ATTENTE, {})])
    deport = deport_de(monde.pilote, monde.projets[1])
    avant = lire(scenario)
    with pytest.raises(PassageRefuse, match="déporté"):
        annuler(auteur=monde.pilote, scenario=scenario)
    assert lire(scenario) == avant
    autre = PersonneFactory(pilote=True)
    annuler(auteur=autre, scenario=scenario)
    with pytest.raises(PassageRefuse, match="déporté"):
        retablir(auteur=monde.pilote, scenario=scenario)
    deport.delete()
    retablir(auteur=monde.pilote, scenario=scenario)
    assert lire(scenario) == avant


def test_ni_le_coup_ni_la_reponse_a_une_saisie_ne_disent_le_projet_ferme(client, monde):
    scenario = monde.scenario()
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.ATTENTE, {})])
    client.force_login(monde.pilote)
    assert client.get(scenario.get_absolute_url()).context["coups"].a_annuler == "n°\u00a01\u00a0: liste d’attente"
    deport_de(monde.pilote, monde.projets[1])
    assert client.get(scenario.get_absolute_url()).context["coups"] == Coups()
    illisible = champs(scenario, monde.projets[1], Choix.RETENU, {2016: "beaucoup"})
    rendue = client.post(adresse(scenario, "saisir/"), illisible, headers={"HX-Request": "true"})
    assert (list(rendue.context["lignes"]), rendue.context["coups"]) == ([], Coups())


def test_un_calcul_tait_le_projet_ferme_qui_a_manque_de_peu(client, monde):
    noter_les_projets(monde, {1: 70, 2: 60, 3: 50})
    demande = demander_un_calcul(
        auteur=monde.pilote, appel=monde.appel, base=None, nom="Essai", parametres=Parametres()
    )
    calculer_une_selection(demande.pk)
    calcul = CalculDeSelection.objects.get()
    manques = [[monde.projets[n].pk, f"n° {n}", " : l’enveloppe manque."] for n in (1, 2)]
    CalculDeSelection.objects.update(resultat=calcul.resultat | {"manques": manques})
    client.force_login(monde.pilote)

    def lus():
        page = client.get(calcul.get_absolute_url())
        return [nom for _, nom, _ in page.context["rendu"].manques], page.context["tues"]

    assert lus() == (["n° 1", "n° 2"], 0)
    deport_de(monde.pilote, monde.projets[1])
    assert lus() == (["n° 2"], 1)


def test_ce_que_la_seance_change_d_un_projet_ferme_un_autre_pilote_l_enregistre(monde):
    adopter(auteur=monde.pilote, scenario=monde.scenario(est_partage=True))
    deport_de(monde.pilote, monde.projets[1])
    demande = {"appel": monde.appel, "vote": Vote("DLES/2016/131", date(2016, 6, 13), 70, 4, 8)}
    demande["amendements"] = [Amendement(monde.projets[1].pk, Choix.ATTENTE, {}, "Vote de la séance.")]
    with pytest.raises(PassageRefuse, match="déporté"):
        voter(auteur=monde.pilote, **demande)
    voter(auteur=PersonneFactory(pilote=True), **demande)
    assert Decision.objects.get(projet=monde.projets[1]).sens == Choix.ATTENTE
