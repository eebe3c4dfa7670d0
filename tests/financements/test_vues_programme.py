"""Accueil, tableau de bord, crédits votés, territoires et enveloppes : droits, chiffres, mentions, requêtes."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape

import pytest
from django.utils import timezone

from comptes.states import AGENTS, Role
from financements.chiffres import Perimetre, Programme
from financements.chiffres.enveloppes import Case, Enveloppes
from financements.chiffres.prorata import QuotePart, expliquer_la_dotation
from financements.models import Repartition
from projets.states import EtatAppel, EtatProjet, Volet
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory, ProjetFactory
from tests.territoires.fabriques import CommuneFactory, TerritoireFactory

pytestmark = pytest.mark.django_db
D = Decimal
CARRE = {"type": "Polygon", "coordinates": [[[3, 50], [3.5, 50], [3.5, 50.5], [3, 50.5], [3, 50]]]}
VOISIN = {"type": "Polygon", "coordinates": [[[3.5, 50], [4, 50], [4, 50.5], [3.5, 50.5], [3.5, 50]]]}


@pytest.fixture
def programme():
    """Deux axes, deux territoires, deux ans ; enveloppe de 600 € à 2 contre 1, votée aux deux tiers."""
    appel = AppelFactory(
        slug="essai", annee_debut=2016, annee_fin=2017, part_pro_cible=59, annee_reference=2015, part_pro_reference=34
    )
    pro = AxeFactory(appel=appel, numero=1)
    social = AxeFactory(appel=appel, numero=2, volet=Volet.SOCIAL)
    nord = TerritoireFactory(code="NORD", nom="Nord", contour=CARRE, est_hypothese=True)
    sud = TerritoireFactory(code="SUD", nom="Sud", contour=VOISIN)
    enveloppe_repartie(appel, {2016: "300.01", 2017: "299.99"}, {nord: 2, sud: 1})
    action_votee(axe=pro, numero=1, parts={nord: 100}, montants={2016: "100.00", 2017: "100.00"})
    action_votee(axe=pro, numero=2, parts={nord: 50, sud: 50}, montants={2016: "33.33"}, montant_fse="10.00")
    action_votee(axe=social, numero=3, parts={sud: 100}, montants={2017: "166.67"})
    return Programme(Perimetre.entier(appel))


def texte(reponse) -> str:
    """Le texte d’une page, espaces simples."""
    return _mots(reponse.content.decode())


def rangees(reponse, legende: str) -> list[list[str]]:
    """Les cases du tableau de cette légende : corps et pied, ligne à ligne, espaces simples."""
    page = re.sub(r"<svg.*?</svg>", "", reponse.content.decode(), flags=re.DOTALL)
    tableaux = {
        _mots(re.search(r"<caption.*?</caption>", tableau, re.DOTALL)[0]): tableau
        for tableau in re.findall(r"<table.*?</table>", page, re.DOTALL)
    }
    return [
        [_mots(case) for case in re.findall(r"<t[hd].*?</t[hd]>", ligne, re.DOTALL)]
        for ligne in re.findall(r"<tr>.*?</tr>", tableaux[legende].split("</thead>")[1], re.DOTALL)
    ]


def _mots(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


# --- Accueil ------------------------------------------------------------------------------------------------
def test_l_accueil_public_montre_les_appels_du_moment_et_le_programme_vote(programme, client, requetes):
    maintenant = timezone.now()
    ouvert = AppelFactory(intitule="Appel ouvert", etat=EtatAppel.OUVERT, ferme_le=maintenant + timedelta(days=9))
    a_venir = AppelFactory(
        intitule="Appel à venir",
        etat=EtatAppel.PUBLIE,
        ouvre_le=datetime(2999, 4, 1, 7, tzinfo=UTC),
        ferme_le=datetime(2999, 5, 1, 7, tzinfo=UTC),
    )
    AppelFactory(intitule="Brouillon secret", etat=EtatAppel.BROUILLON)
    with requetes() as prises:
        page = client.get("/")
    assert (page.status_code, prises.ecritures, prises.nombre) == (200, [], 5)
    assert [list(page.context[cle]) for cle in ("ouverts", "a_venir")] == [[ouvert], [a_venir]]
    assert rangees(page, "Actions et crédits votés par axe") == [
        ["1. Intitulé de l’axe 1", "2", "233,33 €"],
        ["2. Intitulé de l’axe 2", "1", "166,67 €"],
        ["Total", "3", "400,00 €"],
    ]
    assert ("ouvre le 1er avril 2999, 09 h 00" in texte(page), "Brouillon secret" in texte(page)) == (True, False)


def test_l_accueil_public_sans_rien(client):
    page = client.get("/")
    assert (page.status_code, "Aucun appel n’est ouvert" in texte(page)) == (200, True)


def test_l_accueil_du_porteur_montre_ses_projets_et_pas_ceux_d_autrui(connecter):
    adhesion = AdhesionFactory()
    le_sien = ProjetFactory(organisme=adhesion.organisme, intitule="Le mien", etat=EtatProjet.INSTRUIT)
    ProjetFactory(organisme=OrganismeFactory(), intitule="Celui d’autrui")
    page = connecter(adhesion.personne).get("/")
    assert list(page.context["projets"]) == [le_sien]
    assert rangees(page, "Vos derniers projets")[0][2] == "en instruction"  # l’avis ne se devine pas


def test_l_accueil_d_un_porteur_sans_projet(connecter):
    assert "Vous n’avez pas encore de projet" in texte(connecter(Role.PORTEUR).get("/"))


# --- Tableau de bord ----------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", sorted(AGENTS))
def test_tout_agent_a_le_tableau_de_bord_et_les_liens_de_ses_portes(programme, connecter, role):
    client = connecter(role)
    page = client.get("/")
    assert page.status_code == 200
    menent = set(re.findall(r'href="(/(?:financements|arbitrage|rapports)[^"#?]*)', page.content.decode()))
    assert {adresse: client.get(adresse, follow=True).status_code for adresse in menent} == dict.fromkeys(menent, 200)


def test_le_tableau_de_bord_dit_les_chiffres_de_la_couche(programme, connecter):
    page = connecter(Role.LECTURE).get("/")
    assert [(c.valeur, c.detail) for c in page.context["chiffres"]] == [
        ("0,00\u00a0M€", "400,00\u00a0€"),
        ("3", "portées par 3 organismes"),
        ("2", "3 allocataires au relevé"),
        ("40", "prévision des porteurs"),
        ("0,00\u00a0M€", "pour 1 action cofinancée"),
        ("58,3\u00a0%", "cible 59\u00a0%, 34\u00a0% en 2015"),
    ]
    assert rangees(page, "Crédits votés par axe et par année") == [
        ["1. Intitulé de l’axe 1", "2", "133,33 €", "100,00 €", "233,33 €", "58,3 %"],
        ["2. Intitulé de l’axe 2", "1", "0,00 €", "166,67 €", "166,67 €", "41,7 %"],
        ["Total", "3", "133,33 €", "266,67 €", "400,00 €", ""],
    ]
    assert rangees(page, "Crédits votés par territoire, face à la dotation au prorata des allocataires") == [
        ["Nord", "2", "400,00 €", "216,67 €", "−183,33 €", "−45,8 %", "108 €"],
        ["Sud", "1", "200,00 €", "183,33 €", "−16,67 €", "−8,3 %", "183 €"],
        ["Total", "3", "600,00 €", "400,00 €", "−200,00 €", "−33,3 %", "133 €"],
    ]
    assert rangees(page, "Partage des crédits entre insertion professionnelle et insertion sociale") == [
        ["2015", "constaté avant le programme", "34,0 %", "66,0 %"],
        ["2016", "133,33 €", "0,00 €", "100,0 %", "0,0 %"],
        ["2017", "100,00 €", "166,67 €", "37,5 %", "62,5 %"],
        ["Ensemble", "233,33 €", "166,67 €", "58,3 %", "41,7 %"],
    ]


@pytest.mark.parametrize("adresse", ["/", "/financements/essai/", "/financements/essai/territoires/NORD/"])
def test_les_valeurs_inventees_et_le_perimetre_suppose_se_disent_partout(programme, connecter, adresse):
    client = connecter(Role.PILOTE)
    avant = texte(client.get(adresse))
    releve = Repartition.objects.get().releve
    releve.est_fictif = True
    releve.save()
    apres = texte(client.get(adresse))
    assert ("Valeurs inventées" in avant, "Valeurs inventées" in apres) == (False, True)
    assert "Périmètre non officiel" in apres


def test_le_choix_de_l_appel(programme, connecter):
    ancien = AppelFactory(slug="ancien", annee_debut=2012, annee_fin=2014, etat=EtatAppel.BROUILLON)
    client = connecter(Role.LECTURE)
    assert client.get("/").context["appel"] == programme.appel  # le plus récent
    assert client.get("/?appel=ancien").context["appel"] == ancien
    assert client.get("/?appel=inconnu").context["appel"] == programme.appel


def test_le_tableau_de_bord_sans_appel_s_explique(connecter):
    assert "Aucun appel à projets n’existe encore" in texte(connecter(Role.LECTURE).get("/"))


@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        ("/", 10),
        ("/financements/essai/", 8),
        ("/financements/essai/territoires/NORD/", 13),
        ("/arbitrage/essai/", 11),
    ],
)
def test_les_pages_coutent_toujours_autant_de_requetes_et_n_ecrivent_rien(
    programme, connecter, requetes, adresse, attendu
):
    client = connecter(Role.PILOTE)
    nombres = []
    for ajoutees in (0, 3):
        for numero in range(ajoutees):
            action_votee(axe=programme.axes[0], numero=50 + numero, montants={2016: "1.00"})
        with requetes() as prises:
            assert client.get(adresse).status_code == 200
        nombres.append(prises.nombre)
        assert prises.ecritures == []
    assert nombres == [attendu, attendu]


# --- Crédits votés ------------------------------------------------------------------------------------------
def test_financements_mene_au_dernier_appel(programme, connecter):
    AppelFactory(slug="ancien", annee_debut=2010, annee_fin=2012)
    reponse = connecter(Role.FINANCES).get("/financements/")
    assert reponse.headers["Location"] == "/financements/essai/"


def test_financements_sans_appel_s_explique(connecter):
    page = connecter(Role.FINANCES).get("/financements/")
    assert (page.status_code, "Aucun appel à projets n’existe encore" in texte(page)) == (200, True)


def test_les_credits_votes_face_a_l_enveloppe(programme, connecter):
    page = connecter(Role.FINANCES).get("/financements/essai/")
    legende = "Crédits de paiement (CP) ouverts et votés par année, et autorisation d’engagement (AE)"
    assert rangees(page, legende) == [
        ["2016", "300,01 €", "133,33 €", "166,68 €"],
        ["2017", "299,99 €", "266,67 €", "33,32 €"],
        ["AE", "600,00 €", "400,00 €", "200,00 €"],
    ]


def test_les_credits_d_un_appel_sans_enveloppe_ni_action(connecter):
    AppelFactory(slug="neuf", annee_debut=2016, annee_fin=2016)
    page = connecter(Role.FINANCES).get("/financements/neuf/")
    assert rangees(page, "Crédits de paiement (CP) ouverts et votés par année, et autorisation d’engagement (AE)") == [
        ["2016", "–", "0,00 €", "–"],
        ["AE", "–", "0,00 €", "–"],
    ]


# --- Territoire ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize("adresse", ["essai/territoires/ZZZ/", "inconnu/territoires/NORD/", "inconnu/"])
def test_ce_qui_n_existe_pas_est_introuvable(programme, connecter, adresse):
    assert connecter(Role.LECTURE).get(f"/financements/{adresse}").status_code == 404


def test_la_page_d_un_territoire_ne_compte_que_sa_part(programme, connecter):
    sud = programme.territoires[1]
    CommuneFactory(nom="Étroeungt", territoire=sud)
    CommuneFactory(nom="Eppe", territoire=sud)
    CommuneFactory(territoire=programme.territoires[0])
    page = connecter(Role.LECTURE).get("/financements/essai/territoires/SUD/")
    assert [(c.valeur, c.detail) for c in page.context["chiffres"]] == [
        ("183,33\u00a0€", ""),
        ("200,00\u00a0€", ""),
        ("\u221216,67\u00a0€", "\u22128,3\u00a0% de la dotation"),
        ("1", "183\u00a0€ votés par allocataire"),
        ("2", "portées par 2 organismes"),
    ]
    assert [
        ligne[0] + " " + ligne[-1]
        for ligne in rangees(page, "Actions les plus dotées du territoire ; montants : sa part")
    ] == [
        "3 166,67 €",
        "2 16,66 €",
    ]
    assert [commune.nom for commune in page.context["communes"]] == ["Eppe", "Étroeungt"]


def test_la_dotation_s_explique_au_centime(programme):
    nord = programme.territoires[0]
    premiere, seconde = expliquer_la_dotation(programme.dotations, nord).quotes
    assert premiere == QuotePart(
        annee=2016,
        cp=D("300.01"),
        poids=2,
        total_poids=3,
        part=D(200) / 3,
        situation="",
        part_entiere=D("200.00"),
        reste=D("0.667"),
        rang=1,
        territoires=2,
        distribues=1,
        arrondi=D("0.01"),
        dotation=D("200.01"),
    )
    assert (seconde.part_entiere, seconde.reste, seconde.rang, seconde.dotation) == (
        D("199.99"),
        D("0.333"),
        2,
        D("199.99"),
    )
    assert expliquer_la_dotation(programme.dotations, TerritoireFactory()) is None


def test_un_territoire_hors_de_la_repartition_a_sa_page(programme, connecter):
    TerritoireFactory(code="EST", nom="Est")
    page = connecter(Role.LECTURE).get("/financements/essai/territoires/EST/")
    assert ("pas encore répartie" in texte(page), "Aucune action sur ce territoire" in texte(page)) == (True, True)


# --- Enveloppes ---------------------------------------------------------------------------------------------
def test_l_etat_des_enveloppes_par_annee_et_pour_la_periode(programme, connecter):
    ProjetFactory(
        axe=programme.axes[0],
        appel=programme.appel,
        numero=80,
        territoires={programme.territoires[0]: "33.33", programme.territoires[1]: "66.67"},
        budget={2016: ("1000.00", "100.01")},
    )
    retire = {"axe": programme.axes[0], "appel": programme.appel, "etat": EtatProjet.RETIRE}
    ProjetFactory(**retire, numero=81, territoires={programme.territoires[0]: 100})
    client = connecter(Role.PILOTE)
    legende = "Dotation, demandé, voté et reste par territoire"
    assert rangees(client.get("/arbitrage/essai/?annee=2016"), legende) == [
        ["Nord", "200,01 €", "150,00 €", "116,67 €", "", "83,34 €"],
        ["Sud", "100,00 €", "83,34 €", "16,66 €", "", "83,34 €"],
        ["Total", "300,01 €", "233,34 €", "133,33 €", "", "166,68 €"],
    ]
    assert rangees(client.get("/arbitrage/essai/?annee=2017"), legende)[1] == [
        "Sud",
        "100,00 €",
        "166,67 €",
        "166,67 €",
        "",
        "dépassée de 66,67 €",
    ]
    assert rangees(client.get("/arbitrage/essai/?annee=1999"), legende)[-1] == [
        "Total",
        "600,00 €",
        "500,01 €",
        "400,00 €",
        "",
        "200,00 €",
    ]
    assert rangees(client.get("/arbitrage/essai/"), "Demandé et voté par axe") == [
        ["1. Intitulé de l’axe 1", "333,34 €", "233,33 €"],
        ["2. Intitulé de l’axe 2", "166,67 €", "166,67 €"],
        ["Total", "500,01 €", "400,00 €"],
    ]


def test_les_enveloppes_font_le_meme_total_que_leurs_lignes(programme):
    enveloppes = Enveloppes(programme)
    for annee in (2016, 2017, None):
        tableaux = enveloppes.tableaux(annee)
        case = tableaux.total.case
        assert case == Case(
            sum(r.case.dotation for r in tableaux.territoires),
            sum(r.case.demande for r in tableaux.territoires),
            sum(r.case.vote for r in tableaux.territoires),
        )
        assert [sum(r.case.demande for r in tableaux.axes), sum(r.case.vote for r in tableaux.axes)] == [
            case.demande,
            case.vote,
        ]


def test_les_enveloppes_d_un_appel_neuf(connecter):
    AppelFactory(slug="neuf", annee_debut=2016, annee_fin=2016)
    TerritoireFactory(code="NORD", nom="Nord")
    page = connecter(Role.PILOTE).get("/arbitrage/neuf/")
    assert rangees(page, "Dotation, demandé, voté et reste par territoire") == [
        ["Nord", "–", "0,00 €", "0,00 €", "", "–"],
        ["Total", "–", "0,00 €", "0,00 €", "", "–"],
    ]
