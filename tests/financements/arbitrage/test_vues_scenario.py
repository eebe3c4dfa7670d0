"""L’écran d’arbitrage : saisies, erreurs, page périmée, lots, requêtes constantes."""

import re
from decimal import Decimal

import pytest

from financements.models import CoupDeScenario, LigneDeScenario, Scenario
from financements.states import Choix
from projets.states import SensDeLAvis
from tests.financements.arbitrage.fabriques import ANNEES, avis_sur
from tests.financements.arbitrage.pages import adresse, texte
from tests.financements.arbitrage.saisies import champs, lire
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db


def test_l_ecran_montre_le_reste_et_les_projets_par_note(monde, connecter):
    scenario = monde.scenario()
    LigneDeScenario.objects.filter(projet=monde.projets[3]).update(note="80.50")
    page = connecter(monde.pilote).get(adresse(scenario))
    assert [une.ligne.projet.numero for une in page.context["lignes"]] == [3, 1, 2, 4, 5]
    lu = texte(page)
    assert "27 300,03 € proposés sur 60 000,00 €" in lu
    panneau = page.context["panneau"]
    assert [(r.libelle, r.effectif, [s.reste for s in r.soldes]) for r in panneau.territoires] == [
        ("Douaisis", 400, [Decimal("7933.32")] * 3),
        ("Valenciennois", 600, [Decimal("2966.67")] * 3),
    ]


def test_saisir_une_ligne_refait_le_tableau_sans_recharger(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    envoi = champs(scenario, monde.projets[4], Choix.RETENU, {2016: "5 000", 2017: "4000,50 €", 2018: ""})
    reponse = client.post(adresse(scenario, "saisir/"), envoi, headers={"HX-Request": "true"})
    assert reponse.status_code == 200
    assert lire(scenario)[4] == (Choix.RETENU, {2016: 5_000_00, 2017: 4_000_50, 2018: 0})
    corps = reponse.content.decode()
    for bloc in ('id="essentiel"', 'id="panneau"', 'id="coups"', f'id="e-{monde.projets[4].pk}"'):
        assert re.search(rf'{bloc}[^>]*hx-swap-oob="true"', corps), bloc
    assert f'name="v-{monde.projets[4].pk}" value="2"' in corps
    assert "36 300,53 € proposés" in texte(reponse)


def test_sans_script_toute_la_page_s_enregistre_et_l_on_revient_ou_l_on_etait(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    envoi = champs(scenario, monde.projets[1], Choix.RETENU, dict.fromkeys(ANNEES, "1000"))
    envoi |= champs(scenario, monde.projets[2], Choix.RETENU, dict.fromkeys(ANNEES, "2000"))
    reponse = client.post(adresse(scenario, "saisir/"), {**envoi, "requete": "axe=1&tri=numero"})
    assert reponse.url == adresse(scenario, "?axe=1&tri=numero")
    assert (lire(scenario)[1][1][2016], lire(scenario)[2]) == (
        1_000_00,
        (Choix.RETENU, dict.fromkeys(ANNEES, 2_000_00)),
    )


@pytest.mark.parametrize(
    ("tape", "message"),
    [
        ("10 000,01", "Ce montant dépasse ce que le projet demande cette année-là."),
        ("mille", "Il faut un montant"),
        ("-5", "Il faut un montant"),
    ],
)
def test_un_montant_faux_se_dit_et_reste_dans_le_champ(monde, connecter, tape, message):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    avant = lire(scenario)
    envoi = champs(scenario, monde.projets[1], Choix.RETENU, {2016: tape})
    vivant = client.post(adresse(scenario, "saisir/"), envoi, headers={"HX-Request": "true"})
    assert f"2016 : {message}" in texte(vivant)
    assert 'data-annee="2016"' in vivant.content.decode()
    entiere = client.post(adresse(scenario, "saisir/"), envoi)
    assert entiere.status_code == 200
    assert f'name="m-{monde.projets[1].pk}-2016" value="{tape}"' in entiere.content.decode()
    assert f"Rien n’est enregistré AAP16-0001 : 2016 : {message}" in texte(entiere)
    assert entiere.content.decode().count('aria-invalid="true"') == 1
    assert lire(scenario) == avant


def test_une_page_perimee_ne_remplace_rien_puis_le_peut(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    perimee = champs(scenario, monde.projets[1], Choix.ATTENTE, {})
    client.post(adresse(scenario, "saisir/"), champs(scenario, monde.projets[1], Choix.RETENU, {2016: "1"}))
    reponse = client.post(adresse(scenario, "saisir/"), perimee, headers={"HX-Request": "true"})
    assert "Ce projet a changé entre-temps : retenu, 1,00 € en 2016, " in texte(reponse)
    assert lire(scenario)[1][0] == Choix.RETENU
    assert f'name="v-{monde.projets[1].pk}" value="2"' in reponse.content.decode()
    client.post(adresse(scenario, "saisir/"), champs(scenario, monde.projets[1], Choix.ATTENTE, {}))
    assert lire(scenario)[1][0] == Choix.ATTENTE


def test_un_lot_ne_touche_que_les_projets_filtres(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    reponse = client.post(
        adresse(scenario, "lot/"), {"operation": "varier", "valeur": "−3 %", "requete": "axe=1"}, follow=True
    )
    assert "1 projet changé sur 3" in texte(reponse)
    assert (lire(scenario)[1][1][2016], lire(scenario)[2][1][2016]) == (8_730_00, 4_000_00)
    client.post(adresse(scenario, "lot/"), {"operation": "plafonner", "valeur": "100", "requete": ""})
    assert lire(scenario)[3][1][2016] == 100_00
    reponse = client.post(adresse(scenario, "annuler/"), follow=True)
    assert "Annulé : Plafonner chaque année à 100 € (5 projets filtrés)." in texte(reponse)
    assert lire(scenario)[3][1][2016] == 100_01
    reponse = client.post(adresse(scenario, "lot/"), {"operation": "varier", "valeur": "beaucoup"}, follow=True)
    assert "Il faut un pourcentage, par exemple −3." in texte(reponse)


@pytest.mark.parametrize(
    ("filtre", "attendus"),
    [
        ("q=essai", {1, 2, 3, 4, 5}),
        ("axe=2", {2, 3}),
        ("territoire=VAL", {1, 3, 5}),
        ("choix=retenu", {1, 3}),
        ("sens=defavorable", {4}),
        ("sens=sans", {5}),
        ("note=60", {2}),
        ("axe=7", {1, 2, 3, 4, 5}),
    ],
)
def test_les_filtres(monde, connecter, filtre, attendus):
    scenario = monde.scenario()
    LigneDeScenario.objects.filter(projet=monde.projets[2]).update(note="60.00")
    page = connecter(monde.pilote).get(adresse(scenario, f"?{filtre}"))
    assert {une.ligne.projet.numero for une in page.context["lignes"]} == attendus


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_projets(monde, connecter, requetes):
    client, comptes = connecter(monde.pilote), []
    for _ in range(2):
        scenario = monde.scenario(f"Scénario {Scenario.objects.count()}")
        client.get(adresse(scenario))
        with requetes() as page:
            client.get(adresse(scenario))
        with requetes() as saisie:
            client.post(
                adresse(scenario, "saisir/"),
                champs(scenario, monde.projets[1], Choix.RETENU, {2016: "2"}),
                headers={"HX-Request": "true"},
            )
        with requetes() as liste:
            client.get("/arbitrage/arbitrage/scenarios/")
        comptes.append((page.nombre, saisie.nombre, liste.nombre))
        for _ in range(3):
            projet = ProjetFactory(
                axe=monde.projets[1].axe, etat="instruit", territoires={monde.territoires["VAL"]: 100}
            )
            avis_sur(projet, SensDeLAvis.FAVORABLE, dict.fromkeys(ANNEES, "10"), monde.pilote)
    assert comptes[0] == comptes[1]
    assert comptes[0] == (18, 27, 7)


def test_creer_copier_regler_supprimer(monde, connecter):
    client = connecter(monde.pilote)
    reponse = client.post("/arbitrage/arbitrage/scenarios/nouveau/", {"nom": "B", "origine": "copie"})
    assert "Choisissez le scénario à copier." in texte(reponse)
    client.post("/arbitrage/arbitrage/scenarios/nouveau/", {"nom": "A", "origine": "propositions"})
    source = Scenario.objects.get(nom="A")
    reponse = client.post(
        "/arbitrage/arbitrage/scenarios/nouveau/", {"nom": "B", "origine": "copie", "source": source.pk}
    )
    copie = Scenario.objects.get(nom="B")
    assert (reponse.url, lire(copie)) == (adresse(copie), lire(source))
    reponse = client.post("/arbitrage/arbitrage/scenarios/nouveau/", {"nom": "A", "origine": "vide"})
    assert "Un scénario de cet appel porte déjà ce nom." in texte(reponse)
    reponse = client.post(adresse(copie, "reglages/"), {"nom": "A", "description": ""})
    assert "Un scénario de cet appel porte déjà ce nom." in texte(reponse)
    client.post(adresse(copie, "reglages/"), {"nom": "Bis", "description": "Pour le comité.", "est_partage": "on"})
    copie.refresh_from_db()
    assert (copie.nom, copie.description, copie.est_partage) == ("Bis", "Pour le comité.", True)
    assert connecter("pilote").get(adresse(copie)).status_code == 200
    assert connecter("pilote").get(adresse(source)).status_code == 404
    assert client.post(adresse(copie, "supprimer/")).url == "/arbitrage/arbitrage/scenarios/"
    assert not Scenario.objects.filter(nom="Bis").exists()


@pytest.mark.parametrize("bizarre", ["²", "9" * 30, "9" * 600, "١"])
def test_un_nombre_bizarre_n_ecrit_rien_et_ne_casse_rien(monde, connecter, bizarre):
    scenario, client, pk = monde.scenario(), connecter(monde.pilote), monde.projets[1].pk
    for envoi in (
        {f"v-{bizarre}": "1", f"choix-{bizarre}": "retenu"},
        {f"v-{pk}": bizarre, f"choix-{pk}": "attente"},
        {f"v-{pk}": "1", f"choix-{pk}": "retenu", f"m-{pk}-{bizarre}": "0"},
        {f"v-{pk}": "1", f"choix-{pk}": "retenu", f"m-{pk}-2030": "0"},
    ):
        for entetes in ({}, {"HX-Request": "true"}):
            assert client.post(adresse(scenario, "saisir/"), envoi, headers=entetes, follow=True).status_code == 200
    assert not CoupDeScenario.objects.exists()
    assert client.get(adresse(scenario), {"source": bizarre, "page": bizarre, "note": bizarre}).status_code == 200
