"""La liste des actions et la page d’une action : droits, filtres, tri, pages, montants, requêtes, HTMX."""

import re
from decimal import Decimal
from itertools import pairwise

import pytest
from django.test import Client

from comptes.models import Organisme
from comptes.states import Role
from config.socle.journal import journaliser
from config.socle.montants import format_euros
from financements.chiffres import Perimetre, Programme
from projets.states import Volet
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
LECTEURS = [Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR]


@pytest.fixture
def programme():
    """Deux axes, deux territoires, deux ans, quatre actions ; et une cinquième, d’un autre appel."""
    appel = AppelFactory(slug="essai", annee_debut=2016, annee_fin=2017)
    pro = AxeFactory(appel=appel, numero=1)
    social = AxeFactory(appel=appel, numero=2, volet=Volet.SOCIAL)
    nord, sud = TerritoireFactory(code="NORD", nom="Nord"), TerritoireFactory(code="SUD", nom="Sud")
    amis = OrganismeFactory(nom="Les Amis de l’Œuvre", forme_juridique="association")
    ccas = OrganismeFactory(nom="CCAS d’Étroeungt", forme_juridique="ccas")
    action_votee(
        axe=pro,
        numero=1,
        intitule="Éveil à l’emploi",
        organisme=amis,
        parts={nord: 100},
        montants={2016: "100.00", 2017: "150.50"},
    )
    action_votee(
        axe=pro,
        numero=2,
        intitule="Chantier du canal",
        organisme=amis,
        sous_type="ACI",
        parts={nord: 60, sud: 40},
        montants={2016: "1000.01"},
        montant_fse="20.00",
    )
    action_votee(
        axe=social,
        numero=3,
        intitule="Accompagnement des familles",
        organisme=ccas,
        parts={sud: 100},
        montants={2017: "5000.00"},
    )
    action_votee(axe=social, numero=4, intitule="Épicerie", organisme=ccas, parts={sud: 100}, montants={2017: "10.00"})
    action_votee(axe=AxeFactory(appel=AppelFactory(slug="autre"), numero=1), numero=9, intitule="Autre appel")
    return Programme(Perimetre.entier(appel))


@pytest.fixture
def lectrice(connecter) -> Client:
    return connecter(Role.LECTURE)


def numeros(reponse) -> list[int]:
    """Les numéros des actions montrées, dans l’ordre."""
    return [int(n) for n in re.findall(r'<tr><td class="nombre">(\d+)</td>', reponse.content.decode())]


def compte(reponse) -> str:
    """La ligne qui dit combien d’actions et combien d’euros."""
    return re.search(r'data-annonce="([^"]*)"', reponse.content.decode())[1]


@pytest.mark.parametrize("role", LECTEURS)
def test_les_lecteurs_voient_la_liste_et_la_page(programme, connecter, role):
    client = connecter(role)
    assert client.get("/financements/essai/actions/").status_code == 200
    assert client.get("/financements/essai/actions/2/").status_code == 200


@pytest.mark.parametrize("role", [Role.PORTEUR, Role.INSTRUCTEUR])
def test_qui_n_a_rien_a_y_faire_est_refuse(programme, connecter, role):
    client = connecter(role)
    assert client.get("/financements/essai/actions/").status_code == 403
    assert client.get("/financements/essai/actions/2/").status_code == 403


def test_sans_compte_on_est_mene_a_la_connexion(programme, client):
    for adresse in ("/financements/essai/actions/", "/financements/essai/actions/2/"):
        assert client.get(adresse).headers["Location"] == f"/connexion/?next={adresse}"


@pytest.mark.parametrize(
    "adresse",
    [
        "/financements/inconnu/actions/",
        "/financements/essai/actions/99/",
        "/financements/essai/actions/9/",  # d’un autre appel
        "/financements/inconnu/actions/1/",
    ],
)
def test_ce_qui_n_existe_pas_est_introuvable(programme, lectrice, adresse):
    assert lectrice.get(adresse).status_code == 404


def test_la_liste_entiere_dit_les_memes_chiffres_que_la_couche(programme, lectrice):
    reponse = lectrice.get("/financements/essai/actions/")
    assert (numeros(reponse), compte(reponse)) == ([1, 2, 3, 4], f"4 actions, {format_euros(programme.total)}")
    assert compte(reponse) == "4 actions, 6\u202f260,51\u00a0€"


@pytest.mark.parametrize(
    ("filtres", "attendus", "total"),
    [
        ("axe=1", [1, 2], "1250.51"),
        ("volet=social", [3, 4], "5010.00"),
        ("territoire=SUD", [2, 3, 4], "5410.00"),  # 40 % de l’action 2 seulement
        ("fse=oui", [2], "1000.01"),
        ("fse=non", [1, 3, 4], "5260.50"),
        ("dispositif=ACI", [2], "1000.01"),
        ("forme=ccas", [3, 4], "5010.00"),
        ("minimum=250,50", [1, 2, 3], "6250.51"),
        ("maximum=1 000,01", [1, 2, 4], "1260.51"),
        ("minimum=100&maximum=300", [1], "250.50"),
        ("minimum=400&territoire=SUD", [2, 3], "5400.00"),  # le montant est celui du territoire
        ("territoire=SUD&maximum=400", [2, 4], "410.00"),
        ("q=eveil", [1], "250.50"),
        ("q=OEUVRE chantier", [2], "1000.01"),
        ("q=etroeungt", [3, 4], "5010.00"),
        ("q=3", [3], "5000.00"),
        ("q=introuvable", [], "0.00"),
        ("axe=1&fse=non&q=emploi", [1], "250.50"),
    ],
)
def test_chaque_filtre(programme, lectrice, filtres, attendus, total):
    reponse = lectrice.get(f"/financements/essai/actions/?{filtres}")
    mot = "action" if len(attendus) < 2 else "actions"
    assert (numeros(reponse), compte(reponse)) == (attendus, f"{len(attendus)} {mot}, {format_euros(Decimal(total))}")


@pytest.mark.parametrize(
    ("filtres", "message"),
    [
        ("minimum=abc", "Il faut un montant en euros, comme 12 345,67."),
        ("axe=7", "Sélectionnez un choix valide. 7 n’en fait pas partie."),
        (
            "minimum=1 000&maximum=999,99",
            "Il faut un maximum au moins égal au minimum, 1\u202f000,00\u00a0€.",
        ),
    ],
)
def test_un_filtre_mal_rempli_se_dit_et_ne_filtre_pas(programme, lectrice, filtres, message):
    reponse = lectrice.get(f"/financements/essai/actions/?{filtres}&fse=oui")
    assert numeros(reponse) == [2]
    assert reponse.content.decode().count(message) == 2  # en haut et à côté du champ


def test_deux_bornes_a_l_envers_gardent_la_saisie(programme, lectrice):
    page = lectrice.get("/financements/essai/actions/?minimum=1 000&maximum=999,99").content.decode()
    saisies = dict(re.findall(r'name="(minimum|maximum)"\s+value="([^"]*)"', page))
    assert (saisies, "<details open" in page) == ({"minimum": "1 000", "maximum": "999,99"}, True)


@pytest.mark.parametrize("decoupe", [(14,), (9, 5), (3, 3, 3, 5)])
def test_chercher_un_siret_tel_qu_on_l_ecrit(programme, lectrice, decoupe):
    siret = Organisme.objects.get(nom="CCAS d’Étroeungt").siret
    bornes = [sum(decoupe[:rang]) for rang in range(len(decoupe) + 1)]
    ecrit = "\u00a0".join(siret[debut:fin] for debut, fin in pairwise(bornes))
    assert numeros(lectrice.get("/financements/essai/actions/", {"q": ecrit})) == [3, 4]
    assert numeros(lectrice.get("/financements/essai/actions/", {"q": f"familles {ecrit}"})) == [3]
    assert numeros(lectrice.get("/financements/essai/actions/", {"q": siret[:9]})) == [3, 4]  # SIREN


@pytest.mark.parametrize("ecrit", ["W595012345", "w59 5012345", "W595 012 345"])
def test_chercher_un_rna(programme, lectrice, ecrit):
    Organisme.objects.filter(nom="CCAS d’Étroeungt").update(rna="W595012345")
    assert numeros(lectrice.get("/financements/essai/actions/", {"q": ecrit})) == [3, 4]


def test_le_premier_clic_sur_un_montant_trie_du_plus_grand_au_plus_petit(programme, lectrice):
    page = lectrice.get("/financements/essai/actions/").content.decode()
    assert re.findall(r'class="tri"\s+href="\?tri=([^"]*)"', page) == [
        "-numero",
        "action",
        "organisme",
        "axe",
        "-montant",
    ]


@pytest.mark.parametrize("code", ["NORD", "SUD"])
def test_la_liste_d_un_territoire_dit_ce_que_dit_son_tableau(programme, lectrice, code):
    ligne = next(ligne for ligne in programme.par_territoire if ligne.territoire.code == code)
    reponse = lectrice.get(f"/financements/essai/actions/?territoire={code}")
    assert compte(reponse) == f"{ligne.actions} actions, {format_euros(ligne.vote)}"


def test_un_filtre_mal_rempli_par_htmx_recharge_la_page(programme, lectrice):
    adresse = "/financements/essai/actions/?minimum=abc"
    reponse = lectrice.get(adresse, headers={"HX-Request": "true"})
    assert reponse.headers["HX-Redirect"] == adresse


@pytest.mark.parametrize(
    ("tri", "attendus"),
    [
        ("numero", [1, 2, 3, 4]),
        ("-numero", [4, 3, 2, 1]),
        ("action", [3, 2, 4, 1]),  # Accompagnement, Chantier, Épicerie, Éveil
        ("-action", [1, 4, 2, 3]),
        ("organisme", [3, 4, 1, 2]),
        ("-axe", [3, 4, 1, 2]),
        ("montant", [4, 1, 2, 3]),
        ("-montant", [3, 2, 1, 4]),
        ("inconnu", [1, 2, 3, 4]),
        ("-montant&territoire=NORD", [2, 1]),  # 600,01 € puis 250,50 €
    ],
)
def test_le_tri(programme, lectrice, tri, attendus):
    assert numeros(lectrice.get(f"/financements/essai/actions/?tri={tri}")) == attendus


def test_la_pagination_garde_les_filtres_et_le_tri(programme, lectrice):
    axe = programme.axes[0]
    for numero in range(10, 65):
        action_votee(axe=axe, numero=numero, montants={2016: "1.00"}, intitule="Petite action")
    adresse = "/financements/essai/actions/?q=petite&tri=-numero"
    premiere = lectrice.get(adresse)
    assert numeros(premiere) == list(range(64, 14, -1))
    assert 'href="?q=petite&amp;tri=-numero&amp;page=2"' in premiere.content.decode()
    assert numeros(lectrice.get(f"{adresse}&page=2")) == list(range(14, 9, -1))
    assert numeros(lectrice.get(f"{adresse}&page=99")) == list(range(14, 9, -1))


def test_le_lien_d_une_action_emporte_les_filtres_et_la_page_les_rend(programme, lectrice):
    liste = lectrice.get("/financements/essai/actions/?q=&axe=1&volet=&tri=-montant")
    assert '<a href="/financements/essai/actions/2/?axe=1&amp;tri=-montant">' in liste.content.decode()
    page = lectrice.get("/financements/essai/actions/2/?axe=1&tri=-montant")
    assert '<a href="/financements/essai/actions/?axe=1&amp;tri=-montant">Actions</a>' in page.content.decode()


def test_une_ligne_se_lit_en_entier(programme, lectrice):
    page = lectrice.get("/financements/essai/actions/?q=chantier").content.decode()
    corps = re.search(r"<tbody>\s*(.*?)\s*</tbody>", page, re.DOTALL)[1]
    assert corps == (
        '<tr><td class="nombre">2</td><th scope="row" class="large">'
        '<a href="/financements/essai/actions/2/?q=chantier">Chantier du canal</a>'
        ' <small class="discret">ACI · FSE</small></th>'
        '<td>Les Amis de l’Œuvre</td><td><span class="axe axe-1">1</span></td>'
        '<td>Nord <small class="discret">et 1 autre</small></td>'
        '<td class="nombre">1\u202f000,01\u00a0€</td><td class="nombre">–</td>'
        '<td class="nombre"><strong>1\u202f000,01\u00a0€</strong></td></tr>'
    )


def test_un_intitule_est_echappe(programme, lectrice):
    action_votee(axe=programme.axes[0], numero=5, intitule="<script>alert(1)</script>", montants={2016: "1.00"})
    page = lectrice.get("/financements/essai/actions/").content.decode()
    assert ("&lt;script&gt;alert(1)&lt;/script&gt;" in page, "<script>alert" in page) == (True, False)


def test_htmx_ne_recoit_que_la_liste_et_le_retour_arriere_la_page(programme, lectrice):
    adresse = "/financements/essai/actions/?axe=1"
    partiel = lectrice.get(adresse, headers={"HX-Request": "true"})
    assert (numeros(partiel), "<html" in partiel.content.decode()) == ([1, 2], False)
    assert re.match(r'\s*<div\s+id="liste"', partiel.content.decode())
    entiere = lectrice.get(adresse, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert "<html" in entiere.content.decode()
    assert {"HX-Request"} <= {champ.strip() for champ in partiel.headers["Vary"].split(",")}


def test_un_appel_sans_action_le_dit(lectrice):
    AppelFactory(slug="neuf")
    page = lectrice.get("/financements/neuf/actions/")
    assert (numeros(page), compte(page)) == ([], "0 action, 0,00\u00a0€")
    assert "Aucune action votée" in page.content.decode()


def test_la_liste_coute_toujours_autant_de_requetes(connecter, requetes):
    lectrice = connecter(Role.LECTURE)
    axe = AxeFactory(appel=AppelFactory(slug="essai"), numero=1)
    nombres = []
    for numeros_crees in ([1], [2, 3]):
        for numero in numeros_crees:
            action_votee(axe=axe, numero=numero)
        with requetes() as prises:
            assert lectrice.get("/financements/essai/actions/?tri=-montant").status_code == 200
        nombres.append(prises.nombre)
    assert nombres == [11, 11]


def test_la_page_d_une_action(programme, connecter, requetes):
    lectrice = connecter(Role.LECTURE)
    with requetes() as prises:
        page = lectrice.get("/financements/essai/actions/2/")
    assert (prises.nombre, prises.ecritures) == (10, [])
    texte = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode().replace("\u202f", "_")))
    for attendu in (
        "Nord 600,01 € 600,01 € 60,00 %",
        "Sud 400,00 € 400,00 € 40,00 %",
        "2016 2_020,02 € 1_000,01 € 1_000,01 € 49,5 %",
        "Éveil à l’emploi 250,50 €",  # l’autre action de l’organisme
        "DLES/2016/131, adoptée le 13 juin 2016",
        "Aide du FSE 20,00 €",
    ):
        assert attendu in texte.replace("\u00a0", " ")


def test_l_historique_montre_les_actes_de_l_action_et_l_import_qui_l_a_creee(programme, connecter):
    action = programme.perimetre.actions().get(projet__numero=1)
    journaliser(auteur=None, acte="creer_appel", objet=programme.appel)
    journaliser(auteur=None, acte="importer_programme", objet=programme.appel)
    journaliser(auteur=None, acte="importer_programme", objet=programme.appel)  # plus tard, sans elle
    journaliser(auteur=None, acte="corriger", objet=action)
    page = connecter(Role.FINANCES).get("/financements/essai/actions/1/")
    assert [ligne.acte for ligne in page.context["historique"]] == ["corriger", "importer_programme"]
