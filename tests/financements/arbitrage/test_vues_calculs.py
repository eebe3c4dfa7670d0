"""Les écrans du calcul : régler, attendre, lire, recommencer ; imposer en lot ; requêtes constantes."""

import pytest

from config.socle.travaux import EtatTravail
from financements.chiffres.arbitrage.parametres import Parametres
from financements.chiffres.arbitrage.probleme import poser
from financements.models import CalculDeSelection, LigneDeScenario
from financements.planning import calculer_une_selection
from financements.rules.selection import Plancher
from financements.states import Imposition, MontantsMaximaux
from projets.states import EtatAppel
from tests.financements.arbitrage.fabriques import noter_les_projets, petit_arbitrage
from tests.financements.arbitrage.pages import adresse, texte
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db
NOUVEAU = "/arbitrage/arbitrage/calculs/nouveau/"


def reglages(**champs):
    return {
        "nom": "Essai",
        "montants": "proposes",
        "minimum": "80",
        "ecarter_les_defavorables": "on",
        "part_note": "100",
        "ponderation": "euro",
        "part_montant": "10",
        "secondes": "20",
        **champs,
    }


def page(calcul) -> str:
    return f"/arbitrage/arbitrage/calculs/{calcul.pk}/"


def test_demander_lire_ouvrir_le_scenario_et_recommencer(monde, connecter):
    noter_les_projets(monde, {1: 70, 2: 60, 3: 50})
    client = connecter(monde.pilote)
    assert 'name="pro_2016" value="59"' in client.get(NOUVEAU).content.decode()
    reponse = client.post(NOUVEAU, reglages(pro_2016="59"), follow=True)
    calcul = CalculDeSelection.objects.get()
    assert reponse.redirect_chain == [(page(calcul), 302)]
    lu = texte(reponse)
    for attendu in (
        "de la meilleure sélection possible, au plus à 0,00 %",
        "Elle n’est pas une décision",
        "R311-3-1-2",
        "Part professionnelle d’au moins 2016 : 59 %",
        "Face à une sélection faite à la main",
        "Recalculer",
    ):
        assert attendu in lu, attendu
    pareil = f"{NOUVEAU}?comme={calcul.pk}"
    assert f'action="{pareil}"' in reponse.content.decode()  # le texte gardé d’un autre calcul ne s’y remet pas
    assert 'name="pro_2016" value="59"' in client.get(pareil).content.decode()
    refuse = client.post(pareil, reglages(minimum=""))
    assert f'action="{pareil}"' in refuse.content.decode()
    assert 'name="pro_2017" value="59"' in connecter("pilote").get(f"{NOUVEAU}?comme=x&base=9").content.decode()
    ouvert = texte(client.get(calcul.scenario.get_absolute_url()))
    assert "calculé Sélection proposée par un traitement algorithmique" in ouvert
    assert "Des saisies l’ont changée" not in ouvert
    relance = client.get(f"{NOUVEAU}?base={calcul.scenario_id}").content.decode()
    assert f'<option value="{calcul.scenario_id}" selected' in relance
    assert 'name="pro_2017" value=' not in relance
    assert "Essai" in texte(client.get("/arbitrage/arbitrage/calculs/"))


def test_l_attente_s_interroge_deux_fois_par_seconde_puis_la_page_se_recharge(monde, connecter):
    client = connecter(monde.pilote)
    attend = CalculDeSelection.objects.create(
        appel=monde.appel, nom="Essai", demande_par=monde.pilote, parametres=Parametres().en_json()
    )
    reponse = client.get(page(attend))
    assert 'hx-trigger="load delay:500ms"' in reponse.content.decode()
    assert "Recalculer" not in texte(reponse)
    assert "HX-Refresh" not in client.get(page(attend) + "avancement/")
    client.post(page(attend) + "annuler/")
    attend.refresh_from_db()
    assert attend.etat == EtatTravail.ANNULE
    assert client.get(page(attend) + "avancement/")["HX-Refresh"] == "true"
    calculer_une_selection(attend.pk)
    attend.refresh_from_db()
    assert (attend.etat, attend.resultat) == (EtatTravail.ANNULE, None)


def test_l_infaisable_se_dit_en_phrases(monde, connecter):
    client = connecter(monde.pilote)
    reponse = client.post(NOUVEAU, reglages(nombre_DOU="9", montant_DOU="1 000,50"), follow=True)
    lu = texte(reponse)
    assert "Aucune sélection possible" in lu
    assert "Le plancher en projets « Douaisis » : au moins 9 projets." in lu
    assert 'name="nombre_DOU" value="9"' in reponse.content.decode()
    calcul = CalculDeSelection.objects.get()
    assert calcul.parametres["planchers"] == {"DOU": [100_050, 9]}
    assert "contraintes qui se contredisent" in texte(client.get("/arbitrage/arbitrage/calculs/"))


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"minimum": "120"}, "Il faut un pourcentage de 0 à 100"),
        ({"minimum": ""}, "obligatoire"),
        ({"montants": "scenario"}, "Choisissez le scénario dont viennent les montants."),
        ({"montant_VAL": "beaucoup"}, "Il faut un montant"),
        ({"secondes": "0"}, "supérieure ou égale à 1"),
        ({"part_note": "101"}, "inférieure ou égale à 100"),
        ({"nom": ""}, "obligatoire"),
    ],
)
def test_un_reglage_faux_se_dit_et_rien_ne_part(monde, connecter, champs, message):
    reponse = connecter(monde.pilote).post(NOUVEAU, reglages(**champs))
    assert reponse.status_code == 200
    assert message in texte(reponse)
    assert not CalculDeSelection.objects.exists()


def test_le_scenario_d_un_autre_ne_sert_pas_de_depart(monde, connecter):
    prive = monde.scenario()
    reponse = connecter("pilote").post(NOUVEAU, reglages(base=prive.pk))
    assert "Sélectionnez un choix valide" in texte(reponse)
    assert not CalculDeSelection.objects.exists()


def test_imposer_en_lot_se_voit_se_filtre_et_part_au_calcul(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    reponse = client.post(
        adresse(scenario, "lot/"), {"operation": "imposer", "requete": "sens=defavorable"}, follow=True
    )
    assert "Pour le calcul, 1 projet change : toujours retenu." in texte(reponse)
    client.post(adresse(scenario, "lot/"), {"operation": "exclure", "requete": "axe=2"})
    assert dict(LigneDeScenario.objects.values_list("projet__numero", "imposition")) == {
        1: Imposition.LIBRE,
        2: Imposition.DEHORS,
        3: Imposition.DEHORS,
        4: Imposition.DEDANS,
        5: Imposition.LIBRE,
    }
    filtree = client.get(adresse(scenario, "?imposition=dedans"))
    assert [une.ligne.projet.numero for une in filtree.context["lignes"]] == [4]
    assert "calcul : toujours retenu" in texte(filtree)
    client.post(NOUVEAU, reglages(base=scenario.pk, montants="scenario"))
    calcul = CalculDeSelection.objects.get()
    assert (calcul.parametres["dedans"], calcul.parametres["dehors"], calcul.parametres["montants"]) == (
        [monde.projets[4].pk],
        sorted([monde.projets[2].pk, monde.projets[3].pk]),
        MontantsMaximaux.SCENARIO,
    )
    client.post(adresse(scenario, "lot/"), {"operation": "liberer", "requete": ""})
    assert not LigneDeScenario.objects.filter(scenario=scenario).exclude(imposition=Imposition.LIBRE).exists()


def test_hors_de_l_arbitrage_la_page_le_dit(connecter):
    monde = petit_arbitrage(etat=EtatAppel.INSTRUCTION)
    client = connecter(monde.pilote)
    assert "On arbitre un appel une fois ses notes arrêtées" in texte(client.get(NOUVEAU))
    assert "on y arbitre une fois les notes arrêtées" in texte(client.post(NOUVEAU, reglages()))


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_de_calculs(monde, connecter, requetes):
    noter_les_projets(monde, {1: 70, 2: 60, 3: 50})
    client, comptes = connecter(monde.pilote), []
    for nombre in (1, 3):
        while CalculDeSelection.objects.count() < nombre:
            client.post(NOUVEAU, reglages(nombre_DOU="9" if nombre == 3 else ""))
        with requetes() as liste:
            client.get("/arbitrage/arbitrage/calculs/")
        with requetes() as un:
            client.get(page(CalculDeSelection.objects.last()))
        comptes.append((liste.nombre, un.nombre))
    assert comptes[0] == comptes[1]


def test_poser_le_probleme_prend_un_nombre_fixe_de_requetes(monde, requetes):
    comptes = []
    for _ in range(2):
        with requetes() as prises:
            poser(monde.appel, Parametres(planchers={"DOU": Plancher()}), None)
        comptes.append(prises.nombre)
        for _ in range(3):
            ProjetFactory(axe=monde.projets[1].axe, etat="instruit", territoires={monde.territoires["VAL"]: 100})
    assert comptes == [comptes[0]] * 2
