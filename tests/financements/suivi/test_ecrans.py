"""Exécution, axe, organismes, territoire, tableau de bord : chiffres de la couche, filtres, requêtes."""

from decimal import Decimal

import pytest

from comptes.states import Role
from financements.chiffres import Perimetre, Programme
from financements.chiffres.execution.programme import Execution
from financements.models import Action, MouvementDEngagement
from tests.financements.execution.fabriques import engager
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.financements.suivi.scenes import execute
from tests.financements.test_vues_programme import rangees, texte
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db
D = Decimal
EXERCICES = "Crédits, engagements, mandats et paiements par exercice"
ORGANISMES = "Organismes aidés : aide, paiements, conventions et bilans"


@pytest.fixture
def actions():
    return execute()


def reporter(action: Action, de: int, montant: str, vers: int = 2017) -> None:
    """L’engagement d’un exercice passe sur un autre."""
    MouvementDEngagement.objects.bulk_create(
        MouvementDEngagement(action=action, exercice=exercice, montant=euros, nature="report")
        for exercice, euros in ((de, -D(montant)), (vers, D(montant)))
    )


def test_le_tableau_de_bord_montre_l_execution_d_abord(actions, connecter):
    page = connecter(Role.LECTURE).get("/")
    assert rangees(page, EXERCICES) == [
        ["2016", "1 000,00 €", "350,01 €", "350,01 €", "280,01 €", "130,01 €", "80,01 €", "220,00 €", "13,0 %"],
        ["2017", "1 000,00 €", "250,00 €", "250,00 €", "0,00 €", "0,00 €", "0,00 €", "250,00 €", "0,0 %"],
        ["Total", "2 000,00 €", "600,01 €", "600,01 €", "280,01 €", "130,01 €", "80,01 €", "470,00 €", "6,5 %"],
    ]
    contenu = texte(page)
    assert contenu.index("Exécution") < contenu.index("Partage des crédits")
    assert "Voir le détail de l’exécution" in contenu


def test_rien_n_est_montre_de_l_execution_avant_qu_elle_commence(connecter):
    appel = AppelFactory(slug="essai")
    action_votee(axe=AxeFactory(appel=appel))
    page = connecter(Role.LECTURE).get("/")
    assert "Reste à mandater" not in texte(page)
    assert "Rien n’est encore affecté ni engagé" in texte(connecter(Role.LECTURE).get("/financements/essai/suivi/"))


def test_l_instructeur_voit_l_execution_sans_lien_qu_il_n_ouvre_pas(actions, connecter):
    page = connecter(Role.INSTRUCTEUR).get("/")
    assert ("Reste à mandater" in texte(page), "/suivi/" in page.content.decode()) == (True, False)


def test_la_page_de_l_execution_et_ses_decoupes(actions, connecter):
    page = connecter(Role.FINANCES).get("/financements/essai/suivi/")
    assert [" ".join(ligne) for ligne in rangees(page, "Exécution par axe")] == [
        "1. Intitulé de l’axe 1 400,01 € 400,01 € 400,01 € 80,01 € 80,01 € 0,00 € 320,00 € 20,0 %",
        "2. Intitulé de l’axe 2 200,00 € 200,00 € 200,00 € 50,00 € 0,00 € 0,00 € 150,00 € 25,0 %",
        "Total 600,01 € 600,01 € 600,01 € 130,01 € 80,01 € 0,00 € 470,00 € 21,7 %",
    ]
    territoires = rangees(page, "Exécution par territoire")
    assert [ligne[:3] for ligne in territoires] == [
        ["Nord", "300,01 €", "300,01 €"],
        ["Sud", "300,00 €", "300,00 €"],
        ["Total", "600,01 €", "600,01 €"],
    ]
    assert rangees(page, "Exécution par imputation budgétaire")[0][0] == "sans imputation"
    assert rangees(page, "Chaque exercice comparé au précédent") == [
        ["2017", "2016", "−100,01 € −28,6 %", "−100,01 € −28,6 %", "−130,01 € −100,0 %", "−80,01 € −100,0 %"]
    ]


def test_le_programme_precedent_se_compare_annee_par_annee(actions, connecter):
    ancien = AppelFactory(slug="ancien", annee_debut=2013, annee_fin=2015, intitule="Ancien programme")
    passee = action_votee(axe=AxeFactory(appel=ancien), montants={2013: "300.01"})
    enveloppe_repartie(ancien, {2013: "300.01"}, {passee.projet.parts.get().territoire: 1})
    engager(passee)
    page = connecter(Role.FINANCES).get("/financements/essai/suivi/")
    legende = "Chaque année comparée à celle de même rang du programme précédent"
    assert [ligne[:3] for ligne in rangees(page, legende)] == [
        ["2016", "2013", "+50,00 € +16,7 %"],
        ["2017", "2014", "+250,00 € –"],
    ]


def test_la_page_d_un_axe_ne_montre_que_lui(actions, connecter):
    page = connecter(Role.LECTURE).get("/financements/essai/axes/2/")
    assert rangees(page, "Exécution par territoire")[-1][1:4] == ["200,00 €", "200,00 €", "50,00 €"]


def test_la_page_d_un_territoire_dit_sa_part(actions, connecter):
    page = connecter(Role.LECTURE).get("/financements/essai/territoires/SUD/")
    assert rangees(page, EXERCICES)[-1] == [
        "Total", "300,00 €", "300,00 €", "90,00 €", "90,00 €", "40,00 €", "210,00 €",
    ]  # fmt: skip


def test_une_part_n_invente_pas_de_reste_a_engager(actions, connecter):
    """Le solde d’une année s’engage l’année d’après : l’attribué de l’une ne se compare pas à son engagé."""
    reporter(actions[1], 2016, "50.00")
    client = connecter(Role.LECTURE)
    entier, part = (client.get(f"/financements/essai/{page}").text for page in ("suivi/", "territoires/NORD/"))
    titre = "Exécution par exercice : payé, mandaté, à payer, engagé, à mandater"
    assert (f"{titre}, à engager" in entier, titre in part, f"{titre}, à engager" in part) == (True, True, False)


def test_un_solde_paye_apres_le_programme_n_est_pas_une_annee_a_comparer(actions, connecter):
    reporter(actions[1], 2016, "50.00", vers=2018)
    contexte = connecter(Role.LECTURE).get("/financements/essai/suivi/").context
    assert [ligne.exercice for ligne in contexte["execution"].par_exercice] == [2016, 2017, 2018]
    assert [(une.exercice, une.reference) for une in contexte["comparaison"].annees] == [(2017, 2016)]


def test_les_organismes_et_leurs_etablissements(actions, connecter):
    page = connecter(Role.LECTURE).get("/financements/essai/organismes/")
    assert [ligne[1:] for ligne in rangees(page, ORGANISMES)] == [
        ["2", "400,01 €", "400,01 €", "80,01 €", "320,00 €", "1 signée sur 1", "1 validé sur 1"],
        ["1", "200,00 €", "200,00 €", "0,00 €", "150,00 €", "–", "0 validé sur 1 1 en retard"],
        ["3", "600,01 €", "600,01 €", "80,01 €", "470,00 €", "", ""],
    ]
    assert page.context["lignes"][0].siren == "784671695"


@pytest.mark.parametrize(
    ("filtres", "attendus"),
    [
        ({"q": "amis"}, ["Les Amis"]),
        ({"q": "784671695"}, ["Les Amis"]),
        ({"q": "100%"}, []),
        ({"axe": "2"}, ["CCAS"]),
        ({"forme": "ccas"}, ["CCAS"]),
        ({"territoire": "NORD"}, ["Les Amis"]),
        ({"reste": "on"}, ["Les Amis", "CCAS"]),
        ({"tri": "organisme"}, ["CCAS", "Les Amis"]),
        ({"tri": "n’importe quoi"}, ["Les Amis", "CCAS"]),
        ({"axe": "77"}, ["Les Amis", "CCAS"]),
    ],
)
def test_la_liste_des_organismes_se_filtre_et_se_trie(actions, connecter, filtres, attendus):
    page = connecter(Role.LECTURE).get("/financements/essai/organismes/", filtres)
    assert [ligne.nom for ligne in page.context["lignes"]] == attendus


def test_les_organismes_font_le_total_du_perimetre(actions, connecter):
    client = connecter(Role.LECTURE)
    appel = actions[0].projet.appel
    for filtres in ({}, {"territoire": "NORD"}, {"territoire": "SUD", "axe": "1"}):
        page = client.get("/financements/essai/organismes/", filtres)
        perimetre = page.context["form"].perimetre
        assert perimetre.appel == appel
        assert page.context["total"].chiffres == Execution(Programme(perimetre)).total
    assert Execution(Programme(Perimetre.entier(appel))).total.engage == D("600.01")
    premiere, au_dela = (client.get(f"/financements/essai/organismes/{page}").context for page in ("", "?page=9"))
    assert premiere["lignes"] == au_dela["lignes"] != []
    assert (premiere["total"], au_dela["page"].number) == (au_dela["total"], 1)


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        ("/financements/essai/suivi/", 10),
        ("/financements/essai/axes/1/", 8),
        ("/financements/essai/organismes/", 7),
        ("/financements/essai/organismes/?territoire=SUD&reste=on", 7),
    ],
)
def test_les_pages_coutent_toujours_autant_de_requetes(actions, connecter, requetes, adresse, attendu):
    client = connecter(Role.PILOTE)
    nombres = []
    for ajoutees in (0, 3):
        for numero in range(ajoutees):
            engager(action_votee(axe=actions[0].projet.axe, numero=50 + numero, montants={2016: "1.00"}))
        with requetes() as prises:
            assert client.get(adresse).status_code == 200
        nombres.append(prises.nombre)
        assert prises.ecritures == []
    assert nombres == [attendu, attendu]
