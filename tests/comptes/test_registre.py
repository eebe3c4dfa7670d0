"""Le préremplissage par le registre public : la requête, la lecture, les pannes, l’écran."""

import json
import time

import psycopg
import pytest
from django.db import connection

from comptes.models import Organisme
from comptes.registre.client import TAILLE_MAXIMALE, Issue, Reponse, demander
from comptes.registre.lecture import Etablissement, forme_juridique
from comptes.states import FormeJuridique
from tests.comptes.fabriques import PersonneFactory, siret_d_essai
from tests.comptes.registre import PATIENCE, Registre, entreprise, lieu, servir
from tests.territoires.fabriques import CommuneFactory

SIRET = siret_d_essai(991)
COMPLET = Etablissement(
    siret=SIRET,
    nom="LA RESSOURCERIE",
    forme_juridique=FormeJuridique.ASSOCIATION,
    rna="W591234567",
    adresse="19 RUE DE LA POSTE 59300 VALENCIENNES",
    code_insee="59606",
)
EN_PANNE = Reponse(Issue.EN_PANNE)


@pytest.fixture
def registre(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    registre = Registre()
    serveur = servir(registre)
    settings.REGISTRE_URL, settings.REGISTRE_DELAI = registre.adresse, PATIENCE
    settings.ADRESSE_PUBLIQUE = "https://actions.exemple.fr"
    yield registre
    serveur.shutdown()
    serveur.server_close()


def chronometrer() -> tuple[Reponse, float]:
    depart = time.monotonic()
    return demander(SIRET), time.monotonic() - depart


# --- La requête -------------------------------------------------------------------------------------------


def test_on_demande_le_siret_et_seulement_les_champs_utiles(registre):
    registre.repond(entreprise(SIRET))
    assert demander(SIRET) == Reponse(Issue.TROUVE, COMPLET)
    champs = {"minimal": ["true"], "include": ["siege,matching_etablissements,complements"]}
    attendu = {"q": [SIRET], **champs, "page": ["1"], "per_page": ["1"]}
    assert registre.demandes == [("/search", attendu, "mille-actions (+https://actions.exemple.fr)")]


def test_eteint_rien_n_est_demande(registre, settings):
    settings.REGISTRE_URL = ""
    assert (demander(SIRET), registre.demandes) == (Reponse(Issue.ETEINT), [])


def test_par_le_mandataire_sortant_de_l_environnement(registre, settings, monkeypatch):
    monkeypatch.setenv("http_proxy", registre.adresse)
    settings.REGISTRE_URL = "http://registre.exemple.fr"
    registre.repond(entreprise(SIRET))
    assert (demander(SIRET).issue, [chemin for chemin, _, _ in registre.demandes]) == (Issue.TROUVE, ["/search"])


# --- La lecture -------------------------------------------------------------------------------------------


def test_une_reponse_sans_resultat_le_dit(registre):
    registre.repond()
    assert demander(SIRET) == Reponse(Issue.ABSENT)


def test_de_deux_etablissements_on_prend_le_bon(registre):
    siege = siret_d_essai(992)
    autre = lieu(SIRET, adresse="2 QUAI DU HAINAUT 59300 VALENCIENNES", est_siege=False)
    registre.repond(entreprise(SIRET, siege=lieu(siege), matching_etablissements=[lieu(siege), autre]))
    assert demander(SIRET).etablissement.adresse == "2 QUAI DU HAINAUT 59300 VALENCIENNES"


@pytest.mark.parametrize(
    "trouvee",
    [entreprise(siret_d_essai(992)), entreprise(SIRET, siege=lieu(siret_d_essai(992)), matching_etablissements=[])],
    ids=["autre entreprise", "autre établissement"],
)
def test_un_autre_siret_que_le_demande_ne_remplit_rien(registre, trouvee):
    registre.repond(trouvee)
    assert demander(SIRET) == Reponse(Issue.ABSENT)


@pytest.mark.parametrize(
    "ecarts",
    [
        {"etat_administratif": "C"},
        {"siege": lieu(SIRET, etat_administratif="F"), "matching_etablissements": []},
    ],
    ids=["entreprise cessée", "établissement fermé"],
)
def test_un_etablissement_ferme_se_dit(registre, ecarts):
    registre.repond(entreprise(SIRET, **ecarts))
    assert demander(SIRET).etablissement.est_cesse is True


def test_des_champs_manquants_laissent_des_vides(registre):
    registre.repond({"siren": SIRET[:9], "siege": {"siret": SIRET}})
    assert demander(SIRET) == Reponse(Issue.TROUVE, Etablissement(siret=SIRET))


SUSPECTS = {
    "types faux": (
        {
            "nom_raison_sociale": ["x"],
            "nom_complet": 12,
            "nature_juridique": 9220,
            "complements": "non",
            "matching_etablissements": [lieu(SIRET, adresse={"rue": 1}, commune=59606)],
        },
        Etablissement(siret=SIRET),
    ),
    "trop longs": (
        {
            "nom_raison_sociale": "N" * 201,
            "nom_complet": "N" * 100_000,
            "nature_juridique": "92200",
            "complements": {"identifiant_association": "W" * 50},
            "matching_etablissements": [lieu(SIRET, adresse="A" * 301, commune="596060")],
        },
        Etablissement(siret=SIRET),
    ),
    "numéros faux": (
        {
            "complements": {"identifiant_association": "W12"},
            "matching_etablissements": [lieu(SIRET, adresse="", commune="ABCDE")],
        },
        Etablissement(siret=SIRET, nom="LA RESSOURCERIE", forme_juridique=FormeJuridique.ASSOCIATION),
    ),
    "masqués": (
        {
            "nom_raison_sociale": None,
            "nom_complet": "[NON-DIFFUSIBLE]",
            "nature_juridique": "1000",
            "complements": None,
            "matching_etablissements": [lieu(SIRET, adresse="[NON-DIFFUSIBLE]", commune="[NON-DIFFUSIBLE]")],
        },
        Etablissement(siret=SIRET, forme_juridique=FormeJuridique.ENTREPRISE),
    ),
    "invisibles": (
        {"nom_raison_sociale": "LA\u202e\x00\n  RESSOURCERIE\u200b"},
        COMPLET,
    ),
}


@pytest.mark.parametrize(("ecarts", "lu"), SUSPECTS.values(), ids=SUSPECTS.keys())
def test_ce_qui_est_suspect_est_laisse_vide(registre, ecarts, lu):
    registre.repond(entreprise(SIRET, **ecarts))
    assert demander(SIRET) == Reponse(Issue.TROUVE, lu)


@pytest.mark.parametrize(
    ("categorie", "forme"),
    [
        ("9220", FormeJuridique.ASSOCIATION),
        ("9221", FormeJuridique.SIAE),
        ("9222", FormeJuridique.SIAE),
        ("9260", FormeJuridique.ASSOCIATION),
        ("5195", FormeJuridique.ASSOCIATION),
        ("7361", FormeJuridique.CCAS),
        ("7367", FormeJuridique.CCAS),
        ("7210", FormeJuridique.COMMUNE),
        ("7344", FormeJuridique.EPCI),
        ("7346", FormeJuridique.EPCI),
        ("7348", FormeJuridique.EPCI),
        ("7354", FormeJuridique.EPCI),
        ("7410", FormeJuridique.GIP),
        ("5710", FormeJuridique.ENTREPRISE),
        ("1000", FormeJuridique.ENTREPRISE),
        ("7220", FormeJuridique.AUTRE),
        ("7351", FormeJuridique.AUTRE),
        ("9300", FormeJuridique.AUTRE),
        ("", FormeJuridique.AUTRE),
        (None, FormeJuridique.AUTRE),
    ],
)
def test_la_categorie_juridique_donne_la_forme(categorie, forme):
    assert forme_juridique(categorie) == forme


# --- Les pannes -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("corps", "code"),
    [
        (b'{"erreur": "Trop de requ\xc3\xaates"}', 429),
        (b"<h1>Internal Server Error</h1>", 500),
        (b'{"erreur": "Veuillez indiquer un param\xc3\xa8tre."}', 400),
        (b'{"results": [', 200),
        (b"\xff\xfe\x00", 200),
        (b"", 200),
        (b"[]", 200),
        (b'{"results": {}}', 200),
        (b"[" * 100_000, 200),
    ],
    ids=["429", "500", "400", "coupée", "pas du texte", "vide", "liste", "sans liste", "imbriquée"],
)
def test_une_reponse_inexploitable_est_une_panne(registre, corps, code):
    registre.repond_octets(corps, code, Retry_After="30")
    assert demander(SIRET) == EN_PANNE


def test_une_redirection_n_est_pas_suivie(registre):
    registre.repond_octets(b"", 302, Location=f"{registre.adresse}/ailleurs")
    assert (demander(SIRET), len(registre.demandes)) == (EN_PANNE, 1)


@pytest.mark.parametrize("adresse", ["file:///etc/passwd#", "ftp://127.0.0.1", "registre.exemple.fr"])
def test_rien_d_autre_que_http(registre, settings, adresse):
    settings.REGISTRE_URL = adresse
    assert demander(SIRET) == EN_PANNE


def test_une_reponse_enorme_n_est_pas_lue_jusqu_au_bout(registre):
    envoyes = []

    def repondre(traitement):
        traitement.send_response(200)
        traitement.end_headers()
        for _ in range(400):  # cent mébioctets
            traitement.wfile.write(b" " * 256 * 1024)
            envoyes.append(256 * 1024)

    registre.repondre = repondre
    assert demander(SIRET) == EN_PANNE
    assert sum(envoyes) < 20 * TAILLE_MAXIMALE


def test_un_serveur_muet_ne_tient_pas_la_page(registre, settings):
    settings.REGISTRE_DELAI = 0.3
    registre.repondre = lambda _: time.sleep(PATIENCE)
    reponse, duree = chronometrer()
    assert (reponse, duree < PATIENCE) == (EN_PANNE, True)


@pytest.mark.parametrize("entetes", [True, False], ids=["le corps", "les en-têtes"])
def test_un_serveur_qui_egrene_ses_octets_ne_tient_pas_la_page(registre, settings, entetes):
    settings.REGISTRE_DELAI = 0.3

    def repondre(traitement):
        if entetes:
            traitement.send_response(200)
            traitement.end_headers()
        for _ in range(1000):  # ou jusqu’à ce que l’on raccroche
            traitement.wfile.write(b"H")
            time.sleep(0.03)

    registre.repondre = repondre
    reponse, duree = chronometrer()
    assert (reponse, duree < PATIENCE) == (EN_PANNE, True)


def test_un_port_ferme_est_une_panne(registre, settings):
    settings.REGISTRE_URL = "http://127.0.0.1:1"
    assert demander(SIRET) == EN_PANNE


# --- L’écran ----------------------------------------------------------------------------------------------


def saisie(page) -> dict[str, object]:
    return {nom: page.context["form"][nom].value() for nom in page.context["form"].fields}


VIDE = {
    "siret": SIRET,
    "nom": None,
    "forme_juridique": FormeJuridique.ASSOCIATION,
    "rna": None,
    "adresse": None,
    "commune": None,
}


@pytest.mark.django_db
def test_le_formulaire_vient_prerempli_et_ce_qu_on_corrige_est_ce_qui_s_enregistre(registre, connecter):
    commune = CommuneFactory(code_insee="59606", nom="Valenciennes")
    registre.repond(entreprise(SIRET))
    client = connecter(PersonneFactory())
    page = client.get("/mon-organisme/rejoindre/", {"siret": SIRET}, follow=True)
    assert saisie(page) == {
        "siret": SIRET,
        "nom": "LA RESSOURCERIE",
        "forme_juridique": FormeJuridique.ASSOCIATION,
        "rna": "W591234567",
        "adresse": "19 RUE DE LA POSTE 59300 VALENCIENNES",
        "commune": commune.pk,
    }
    assert Issue.TROUVE.label in page.content.decode()
    assert not Organisme.objects.exists()
    corrige = {**saisie(page), "nom": "La Ressourcerie", "forme_juridique": "siae"}
    client.post("/mon-organisme/creer/", corrige)
    champs = ("siret", "nom", "forme_juridique", "rna", "adresse", "commune")
    assert list(Organisme.objects.values_list(*champs)) == [
        (SIRET, "La Ressourcerie", "siae", "W591234567", "19 RUE DE LA POSTE 59300 VALENCIENNES", commune.pk)
    ]
    assert len(registre.demandes) == 1


@pytest.mark.django_db
def test_une_commune_d_ailleurs_reste_vide(registre, connecter):
    CommuneFactory(code_insee="59350")
    registre.repond(entreprise(SIRET))
    assert saisie(connecter("porteur").get(f"/mon-organisme/creer/?siret={SIRET}"))["commune"] is None


@pytest.mark.django_db
@pytest.mark.parametrize("issue", [Issue.ETEINT, Issue.ABSENT, Issue.EN_PANNE])
def test_sans_reponse_le_formulaire_est_vide_et_une_phrase_le_dit(registre, settings, connecter, issue):
    if issue == Issue.ETEINT:
        settings.REGISTRE_URL = ""
    elif issue == Issue.ABSENT:
        registre.repond()
    else:
        registre.repond_octets(b"", 500)
    page = connecter("porteur").get(f"/mon-organisme/creer/?siret={SIRET}")
    assert (page.status_code, saisie(page)) == (200, VIDE)
    assert [issue for issue in Issue if issue.label in page.content.decode()] == [issue]


@pytest.mark.django_db
def test_un_etablissement_ferme_avertit_sans_empecher(registre, connecter):
    registre.repond(entreprise(SIRET, etat_administratif="C"))
    client = connecter(PersonneFactory())
    page = client.get(f"/mon-organisme/creer/?siret={SIRET}")
    assert "D’après le registre, cet établissement est fermé." in page.content.decode()
    client.post("/mon-organisme/creer/", {**saisie(page), "commune": ""})
    assert Organisme.objects.get().siret == SIRET


@pytest.mark.django_db
@pytest.mark.parametrize("adresse", ["/mon-organisme/creer/", "/mon-organisme/creer/?siret=73282932000079"])
def test_sans_siret_valide_rien_n_est_demande(registre, connecter, adresse):
    assert connecter("porteur").get(adresse).status_code == 200
    assert registre.demandes == []


@pytest.mark.django_db
def test_ce_que_dit_le_registre_ne_s_execute_pas(registre, connecter):
    registre.repond(entreprise(SIRET, nom_raison_sociale='"><script>alert(1)</script>'))
    page = connecter("porteur").get(f"/mon-organisme/creer/?siret={SIRET}").content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.django_db(transaction=True)
def test_le_registre_est_interroge_hors_de_toute_transaction(registre, connecter):
    """Le registre regarde la base : aucune de ses connexions n’attend, transaction ouverte."""
    base, ouvertes = connection.get_connection_params(), []
    client = connecter(PersonneFactory())

    def repondre(traitement):
        with psycopg.connect(host=base["host"], port=base["port"], user=base["user"], dbname=base["dbname"]) as lien:
            requete = "SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND state LIKE 'idle in transaction%%'"
            ouvertes.append(lien.execute(requete, [base["dbname"]]).fetchone())
        traitement.send_response(200)
        traitement.end_headers()
        traitement.wfile.write(json.dumps({"results": []}).encode())

    registre.repondre = repondre
    client.get(f"/mon-organisme/creer/?siret={SIRET}")
    assert ouvertes == [(0,)]
