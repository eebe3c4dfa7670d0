"""Les écrans du comité : préparer, tenir la séance, projeter, justifier, clore, relire."""

import re

import pytest

from financements.actions.comite.amender import amender
from financements.actions.comite.seance import aller_au_point
from financements.models import Amendement, Comite, DeportDElu, LigneDeScenario, Scenario
from financements.states import Choix
from tests.financements.arbitrage.fabriques import ANNEES, avis_sur, comite_ouvert, comite_prepare
from tests.financements.arbitrage.pages import texte
from tests.financements.arbitrage.saisies import lire
from tests.financements.arbitrage.seances import clos, elu_de, proposition
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db
REGLAGES = {"tenu_le": "2016-10-12", "lieu": "Lille", "preside_par": "La présidente", "axes": ["2"]}


def adresse(comite: Comite, suite: str = "") -> str:
    return f"/arbitrage/arbitrage/comites/{comite.pk}/{suite}"


def envoi(monde, comite, numero: int, choix: str, montants=None, **autres):
    point = comite.points.get(projet=monde.projets[numero])
    ligne = LigneDeScenario.objects.get(scenario=comite.scenario, projet=point.projet)
    vides = {f"m-{annee}": "" for annee in ANNEES} | {f"m-{an}": texte for an, texte in (montants or {}).items()}
    return {
        "point": point.rang,
        "version": ligne.version,
        "choix": choix,
        "elu": elu_de(comite).pk,
        "motif": "Un motif.",
        **vides,
        **autres,
    }


def test_preparer_regler_noter_ouvrir(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    reponse = client.post("/arbitrage/arbitrage/comites/nouveau/", {**REGLAGES, "scenario": scenario.pk, "lieu": " "})
    assert "Lieu" in texte(reponse)
    client.post("/arbitrage/arbitrage/comites/nouveau/", {**REGLAGES, "scenario": scenario.pk})
    comite = Comite.objects.get()
    assert comite.points.count() == 2
    assert "12 octobre 2016" in texte(client.get("/arbitrage/arbitrage/comites/"))
    reponse = client.post(adresse(comite, "regler/"), {**REGLAGES, "axes": [], "version": 7})
    assert "Ce comité a changé depuis" in texte(reponse)
    client.post(adresse(comite, "regler/"), {**REGLAGES, "axes": [], "version": 1})
    assert comite.points.count() == 5
    assert "Notez d’abord les élus présents" in texte(client.post(adresse(comite, "ouvrir/"), follow=True))
    reponse = client.post(adresse(comite, "elus/"), {"nom": "", "qualite": "élue"})
    assert "Nom" in texte(reponse)
    client.post(adresse(comite, "elus/"), {"nom": "Anne Leroy", "qualite": "conseillère", "canton": "Douai"})
    reponse = client.post(adresse(comite, "elus/"), {"nom": "Anne Leroy", "qualite": "conseillère"})
    assert "Cet élu est déjà noté présent." in texte(reponse)
    assert "5 points à l’ordre du jour, 1 élu noté parmi les présents" in texte(client.get(adresse(comite, "ouvrir/")))
    assert client.post(adresse(comite, "ouvrir/")).url == adresse(comite, "seance/")
    assert "Point 1 sur 5" in texte(client.get(adresse(comite, "seance/")))


def test_amender_depuis_la_seance(monde, connecter):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    client.post(adresse(comite, "avancer/"), {"rang": 3})
    reponse = client.post(
        adresse(comite, "amender/"), envoi(monde, comite, 1, "retenu", {2016: "8 500", 2017: "8500,50"})
    )
    assert reponse.url == adresse(comite, "seance/")
    assert lire(comite.scenario)[1] == (Choix.RETENU, {2016: 8_500_00, 2017: 8_500_50, 2018: 0})
    lu = texte(client.get(adresse(comite, "seance/")))
    assert "2016 : 9 000,00 € → 8 500,00 € ;" in lu
    assert "proposé par Anne Leroy : Un motif." in lu


@pytest.mark.parametrize(
    ("autres", "message"),
    [
        ({"m-2016": "10 000,01"}, "Ce montant dépasse ce que le projet demande cette année-là."),
        ({"m-2016": "mille"}, "Il faut un montant"),
        ({"motif": " "}, "Ce champ est obligatoire"),
        ({"elu": ""}, "Ce champ est obligatoire"),
        ({"m-2016": "9000", "m-2017": "9000", "m-2018": "9000"}, "Cet amendement ne change rien"),
    ],
)
def test_un_amendement_faux_se_dit_et_garde_la_saisie(monde, connecter, autres, message):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    reponse = client.post(adresse(comite, "amender/"), envoi(monde, comite, 1, "retenu") | autres)
    assert message in texte(reponse)
    assert Amendement.objects.count() == 0
    assert "Point 3 sur 5" in texte(reponse)  # celui que la page montrait, pas celui de la salle


def test_une_page_perimee_montre_l_etat_d_a_present_puis_peut_le_remplacer(monde, connecter):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    perime = envoi(monde, comite, 1, "non_retenu", {2016: "1"})
    amender(auteur=monde.pilote, comite=comite, proposition=proposition(monde, comite, 1, Choix.ATTENTE))
    reponse = client.post(adresse(comite, "amender/"), perime)
    assert "Ce point a été amendé entre-temps" in texte(reponse)
    assert 'name="version" value="2"' in reponse.content.decode()
    assert 'value="1"' in reponse.content.decode()
    client.post(adresse(comite, "amender/"), perime | {"version": 2})
    assert lire(comite.scenario)[1][0] == Choix.NON_RETENU


def test_un_elu_deporte_ne_se_propose_plus(monde, connecter):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    elu = elu_de(comite)
    client.post(adresse(comite, "avancer/"), {"rang": 3})
    donnees = {"deport-point": 3, "deport-elu": elu.pk, "deport-motif": "Administratrice."}
    client.post(adresse(comite, "deports/"), donnees)
    page = client.get(adresse(comite, "seance/"))
    assert "Anne Leroy : Administratrice." in texte(page)
    assert list(page.context["form"].fields["elu"].queryset) == []
    reponse = client.post(adresse(comite, "deports/"), donnees)
    assert "s’est déjà déporté" in texte(reponse)
    client.post(adresse(comite, f"deports/{DeportDElu.objects.get().pk}/retirer/"))
    assert not DeportDElu.objects.exists()


def test_la_salle_suit_la_seance(monde, connecter):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    page = client.get(adresse(comite, "projection/"))
    assert "Point 1 sur 5" in texte(page)
    adresse_du_cadre = re.search(r'hx-get="([^"]+)"', page.content.decode())[1]
    htmx = {"HX-Request": "true"}
    assert client.get(adresse_du_cadre, headers=htmx).status_code == 204
    aller_au_point(auteur=monde.pilote, comite=comite, rang=3)
    lu = texte(client.get(adresse_du_cadre, headers=htmx))
    assert "Point 3 sur 5" in lu
    assert "Valenciennois 2 966,67 €" in lu
    adresse_du_cadre = re.search(r'hx-get="([^"]+)"', client.get(adresse(comite, "projection/")).content.decode())[1]
    amender(auteur=monde.pilote, comite=comite, proposition=proposition(monde, comite, 1, Choix.ATTENTE))
    assert "liste d’attente" in texte(client.get(adresse_du_cadre, headers=htmx))


def test_justifier_puis_clore_et_relire(monde, connecter):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    assert "1 écart à la note sans justification" in texte(client.get(adresse(comite, "clore/")))
    assert "sans justification" in texte(client.post(adresse(comite, "clore/"), follow=True))
    ecarte = monde.projets[2].pk
    assert "Cochez au moins un écart" in texte(client.post(adresse(comite, "ecarts/"), {"justification": "Trop."}))
    client.post(adresse(comite, "ecarts/"), {"projets": [ecarte], "justification": "Doublon."})
    assert "Doublon." in texte(client.get(adresse(comite, "compte-rendu/")))
    reponse = client.post(adresse(comite, "clore/"), follow=True)
    comite.refresh_from_db()
    assert comite.photographie.empreinte in texte(reponse)
    for suite in ("seance/", "ecarts/", "clore/", "regler/", "ouvrir/"):
        reponse = client.post(adresse(comite, suite)) if suite == "ouvrir/" else client.get(adresse(comite, suite))
        assert reponse.status_code in {200, 302}, suite
    Scenario.objects.filter(pk=comite.scenario_id).update(nom="Un autre nom")
    assert "Scénario A" in client.get(adresse(comite, "compte-rendu/")).context["seance"]["scenario"]["nom"]


def test_un_comite_clos_se_lit_par_tout_pilote_mais_ne_se_conduit_pas(monde, connecter):
    comite, autre = clos(monde), connecter("pilote")
    assert autre.get(adresse(comite, "compte-rendu/")).status_code == 200
    assert autre.get(adresse(comite, "regler/")).status_code == 403


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_points(monde, connecter, requetes):
    client, comptes = connecter(monde.pilote), []
    for tour in range(2):
        comite = comite_ouvert(monde, monde.scenario(f"S{tour}"))
        pages = ("", "seance/", "projection/", "ecarts/", "compte-rendu/", "documents/")
        client.get(adresse(comite))
        nombres = []
        for page in pages:
            with requetes() as lues:
                client.get(adresse(comite, page))
            nombres.append(lues.nombre)
        with requetes() as lues:
            client.get("/arbitrage/arbitrage/comites/")
        comptes.append((*nombres, lues.nombre))
        for _ in range(3):
            projet = ProjetFactory(
                axe=monde.projets[1].axe, etat="instruit", territoires={monde.territoires["VAL"]: 100}
            )
            avis_sur(projet, "favorable", dict.fromkeys(ANNEES, "10"), monde.pilote)
    assert comptes[0] == comptes[1]


def test_comite_en_preparation_mene_a_sa_page(monde, connecter):
    comite, client = comite_prepare(monde), connecter(monde.pilote)
    for suite in ("seance/", "ecarts/", "compte-rendu/"):
        assert client.get(adresse(comite, suite)).url == adresse(comite)


@pytest.mark.parametrize("bizarre", ["²", "9" * 30, "9" * 600])
def test_un_rang_bizarre_ne_casse_aucun_ecran(monde, connecter, bizarre):
    comite, client = comite_ouvert(monde), connecter(monde.pilote)
    envois = (
        ("avancer/", {"rang": bizarre}, 302),
        ("amender/", {"point": bizarre}, 404),
        ("deports/", {"deport-point": bizarre}, 404),
        ("documents/", {"sorte": "fiche", "numero": bizarre}, 302),
        ("documents/", {"sorte": "cahier", "axe": bizarre}, 404),
        ("ecarts/", {"projets": [bizarre], "justification": ""}, 200),
    )
    assert [client.post(adresse(comite, suite), champs).status_code for suite, champs, _ in envois] == [
        attendu for *_, attendu in envois
    ]
