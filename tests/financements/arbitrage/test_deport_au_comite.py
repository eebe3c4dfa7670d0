"""Au comité, un pilote déporté ne lit ni ne conduit le point ; les totaux du scénario le comptent toujours."""

import re

import pytest

from config.socle.transitions import PassageRefuse
from financements.actions.comite.documents import demander_un_document
from financements.actions.comite.presents import deporter_un_elu, retirer_un_deport_d_elu
from financements.actions.comite.seance import aller_au_point, justifier_des_ecarts
from financements.chiffres.comite.notes import ordre_des_notes
from financements.chiffres.comite.seance import seance_lue_par
from financements.models import DocumentDuComite, LigneDeScenario, PointDuComite
from financements.states import Choix, SorteDeDocument
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import comite_ouvert, noter
from tests.financements.arbitrage.seances import clos, elu_de
from tests.projets.fabriques import deport_de

pytestmark = pytest.mark.django_db


def page(client, comite, nom):
    return client.get(f"/arbitrage/{comite.appel.slug}/comites/{comite.pk}/{nom}")


def test_la_seance_et_la_salle_taisent_le_point_et_passent_au_suivant(monde, client):
    comite = comite_ouvert(monde)
    projet = comite.points.get(rang=1).projet
    deport_de(monde.pilote, projet)
    client.force_login(monde.pilote)
    ordre = page(client, comite, "")
    assert ([un.point.rang for un in ordre.context["points"]], ordre.context["tues"]) == ([2, 3, 4, 5], 1)
    assert "Un projet dont vous vous êtes déporté" in ordre.text
    for nom in ("seance/", "projection/"):
        ecran = page(client, comite, nom)
        assert (projet.intitule in ecran.text, "autre pilote" in ecran.text) == (False, True), nom
    suivant = re.search(
        r'name="rang"\s+value="(\d+)"[^>]*data-raccourci="PageDown"', page(client, comite, "seance/").text
    )
    assert suivant[1] == "2"
    tape = {"point": "1", "deport-point": "1", "choix": Choix.ATTENTE.value}
    for geste in ("amender/", "deports/"):
        assert client.post(f"/arbitrage/{comite.appel.slug}/comites/{comite.pk}/{geste}", tape).status_code == 404
    aller_au_point(auteur=monde.pilote, comite=comite, rang=2)
    assert comite.points.get(rang=2).projet.intitule in page(client, comite, "projection/").text


def test_ni_deport_d_elu_ni_ecart_d_un_projet_ferme(monde, client):
    comite = comite_ouvert(monde)
    ecarte, retenu = monde.projets[2], monde.projets[3]
    note = deporter_un_elu(auteur=monde.pilote, elu=elu_de(comite), projet=ecarte.pk, motif="Préside.")
    un = deport_de(monde.pilote, ecarte)
    client.force_login(monde.pilote)
    adresse = f"/arbitrage/{comite.appel.slug}/comites/{comite.pk}/deports/{note.pk}/retirer/"
    assert client.post(adresse).status_code == 404
    with pytest.raises(PassageRefuse):
        retirer_un_deport_d_elu(auteur=monde.pilote, deport=note)
    with pytest.raises(PassageRefuse):
        deporter_un_elu(auteur=monde.pilote, elu=elu_de(comite), projet=ecarte.pk, motif="m")
    for ferme in (ecarte, retenu):  # l’écart compare les deux : l’un fermé, il est fermé
        un.delete()
        un = deport_de(monde.pilote, ferme)
        ecran = page(client, comite, "ecarts/")
        assert ecran.context["page"].object_list == []
        dits = ("Aucun écart n’attend de justification", "Il en reste 1, qu’un autre pilote justifie.")
        assert [dit in ecran.text for dit in dits] == [False, True]
        with pytest.raises(PassageRefuse):
            justifier_des_ecarts(auteur=monde.pilote, comite=comite, projets=[ecarte.pk], justification="j")
    assert client.get(f"/arbitrage/{comite.appel.slug}/comites/{comite.pk}/clore/").context["notes"].a_justifier


def test_le_compte_rendu_tait_le_point_dont_les_totaux_ne_changent_pas(monde, client):
    comite = clos(monde)
    client.force_login(monde.pilote)
    avant = page(client, comite, "compte-rendu/").context["seance"]
    deport_de(monde.pilote, monde.projets[2])
    apres = page(client, comite, "compte-rendu/")
    assert monde.projets[2].intitule not in apres.text
    assert "Un projet dont vous vous êtes déporté" in apres.text
    lue = apres.context["seance"]
    assert [p["projet"] for p in lue["points"]] == [
        p["projet"] for p in avant["points"] if p["projet"] != monde.projets[2].pk
    ]
    assert (len(avant["ecarts"]), lue["ecarts"], lue["enveloppes"]) == (1, [], avant["enveloppes"])
    assert lue["tues"] == {"points", "ecarts"}
    dits = ("l’ordre des notes est suivi", "Aucun que vous lisiez.", "Aucun amendement.", "Aucun déport.")
    assert [apres.text.count(dit) for dit in dits] == [0, 1, 1, 1]


def test_des_ex_aequo_se_lisent_a_deux_et_leur_regle_s_ecrit_toujours(monde, client):
    scenario = monde.scenario()
    noter(scenario, {1: "80", 2: "60", 3: "60", 4: "50"})
    comite = comite_ouvert(monde, scenario)
    deport_de(monde.pilote, monde.projets[2])
    assert (
        ordre_des_notes(comite).ouvert_a(monde.pilote).ex_aequo,
        seance_lue_par(monde.pilote, comite)["ex_aequo"],
    ) == (
        [],
        [],
    )
    client.force_login(monde.pilote)
    ecran = page(client, comite, "ecarts/").text
    assert (monde.projets[3].intitule in ecran, 'name="regle_ex_aequo"' in ecran) == (False, True)


def test_qui_se_deporte_cesse_de_projeter_le_point(monde, client):
    comite = comite_ouvert(monde)
    client.force_login(monde.pilote)
    cadre = {"vu": page(client, comite, "projection/").context["marque"]}
    adresse, htmx = f"/arbitrage/{comite.appel.slug}/comites/{comite.pk}/projection/", {"HX-Request": "true"}
    assert client.get(adresse, cadre, headers=htmx).status_code == 204
    deport_de(monde.pilote, comite.points.get(rang=1).projet)
    assert "autre pilote" in client.get(adresse, cadre, headers=htmx).text


def test_ni_lignes_ni_points_d_un_scenario_prive_d_autrui(monde):
    comite_ouvert(monde)
    for lignes in (LigneDeScenario.objects, PointDuComite.objects):
        vues = [lignes.visibles_par(qui).count() for qui in (monde.pilote, PersonneFactory(pilote=True))]
        assert vues == [len(monde.projets), 0]


def test_un_document_qui_a_sa_page_ne_se_demande_ni_ne_se_lit(monde):
    comite = clos(monde)
    axes = {point.projet_id: point.axe for point in comite.points.select_related("axe")}
    ferme = monde.projets[1]
    autre = next(projet for projet in monde.projets.values() if axes[projet.pk] != axes[ferme.pk])
    fermes = [
        {"sorte": SorteDeDocument.FICHE, "projet": ferme},
        {"sorte": SorteDeDocument.CAHIER, "axe": axes[ferme.pk]},
        {"sorte": SorteDeDocument.CAHIER},
        {"sorte": SorteDeDocument.PROCES_VERBAL},
    ]
    ouverts = [
        {"sorte": SorteDeDocument.FICHE, "projet": autre},
        {"sorte": SorteDeDocument.CAHIER, "axe": axes[autre.pk]},
    ]
    ecrits = [DocumentDuComite.objects.create(comite=comite, etat="annule", **un) for un in (*fermes, *ouverts)]
    assert set(DocumentDuComite.objects.visibles_par(monde.pilote)) == set(ecrits)
    deport_de(monde.pilote, ferme)
    assert set(DocumentDuComite.objects.visibles_par(monde.pilote)) == set(ecrits[len(fermes) :])
    for un in fermes:
        with pytest.raises(PassageRefuse, match="déporté"):
            demander_un_document(auteur=monde.pilote, comite=comite, **un)
    for un in ouverts:
        demander_un_document(auteur=monde.pilote, comite=comite, **un)
