"""Chaque adresse × chaque rôle : la table dit qui entre, et toute adresse nouvelle doit y entrer."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from tests.architecture.acces import QUI, ROLES, lignes, lire_le_fichier
from tests.architecture.monde import monde

pytestmark = pytest.mark.django_db
ADMINISTRATION = "administration/"


@pytest.fixture(autouse=True)
def file_absente(settings):
    """`/sante/` rend toujours 503 ici, qu’un travailleur tourne ou non pour d’autres essais."""
    settings.CELERY_BROKER_URL = "redis+socket:///absente/valkey.sock?virtual_host=0"


def adresses(resolveur: URLResolver, prefixe: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Toutes les adresses de l’application : (motif entier, adresse)."""
    for element in resolveur.url_patterns:
        motif = prefixe + str(element.pattern)
        if isinstance(element, URLResolver):
            yield from adresses(element, motif)
        else:
            yield motif, element


def toutes() -> dict[str, URLPattern]:
    return dict(adresses(get_resolver()))


def navigateur(personne) -> Client:
    client = Client()
    if personne is not None:
        client.force_login(personne)
    return client


def test_chaque_adresse_est_dans_la_table_et_reciproquement():
    connues = {ligne.motif for ligne in lignes()}
    presentes = {motif for motif in toutes() if not motif.startswith(ADMINISTRATION)}
    assert (sorted(presentes - connues), sorted(connues - presentes)) == ([], [])


@pytest.mark.parametrize("qui", QUI)
def test_chaque_role_recoit_ce_que_dit_la_table_et_lire_n_ecrit_jamais(qui, requetes):
    objets, personnes = monde()
    rang = QUI.index(qui)
    attendu = {ligne.cle: ligne.codes[rang] for ligne in lignes()}
    obtenu, ecritures = {}, {}
    client = navigateur(personnes.get(qui))
    for ligne in lignes():
        with requetes() as prises:
            reponse = client.generic(ligne.methode, ligne.exemple.format(**objets))
            lire_le_fichier(reponse)
        obtenu[ligne.cle] = reponse.status_code
        if ligne.methode == "GET" and prises.ecritures:
            ecritures[ligne.cle] = prises.ecritures
        if qui == "anonyme" and reponse.status_code == 302 and not ligne.est_public:
            assert reponse.url.startswith("/connexion/?next="), ligne.cle
    assert obtenu == attendu
    assert ecritures == {}


def test_seules_les_pages_declarees_sont_publiques():
    publiques = {motif for motif, adresse in toutes().items() if not getattr(adresse.callback, "login_required", True)}
    declarees = {ligne.motif for ligne in lignes() if ligne.est_public}
    # Ces deux adresses de l’administration ne montrent rien : renvoi à la connexion, traduction de libellés.
    assert publiques - {f"{ADMINISTRATION}login/", f"{ADMINISTRATION}jsi18n/"} == declarees


def exemple_d_administration(motif: str) -> str:
    """Une adresse du motif, avec un identifiant quelconque."""
    for trou in ("<path:object_id>", "<path:url>", "<int:content_type_id>", "<id>", "<int:pk>"):
        motif = motif.replace(trou, "1")
    return "/" + motif.removesuffix("$").replace("(?P<url>.*)", "rien").replace("(?P<app_label>", "").replace("^", "")


@pytest.mark.parametrize("role", [role for role in ROLES if role != "administrateur"])
def test_l_administration_est_fermee_a_tous_les_autres_roles(connecter, role):
    client = connecter(role)
    motifs = [motif for motif in toutes() if motif.startswith(ADMINISTRATION)]
    codes = {motif: client.get(exemple_d_administration(motif)).status_code for motif in motifs}
    assert {motif: code for motif, code in codes.items() if code not in (403, 404)} == {}
    assert codes[ADMINISTRATION] == 403


def test_l_anonyme_est_renvoye_de_l_administration_vers_la_connexion(client):
    for adresse in ("/administration/", "/administration/comptes/personne/"):
        renvois = [url for url, _ in client.get(adresse, follow=True).redirect_chain]
        assert renvois[-1] == f"/connexion/?next={adresse}"


def test_l_administrateur_ouvre_chaque_liste_et_ne_cree_que_des_personnes(connecter):
    monde()  # chaque liste a des lignes à montrer
    client = connecter("administrateur")
    listes = [motif for motif in toutes() if re.fullmatch(ADMINISTRATION + r"\w+/\w+/", motif)]
    codes = {motif: client.get(f"/{motif}").status_code for motif in listes}
    assert {motif: code for motif, code in codes.items() if code != 200} == {}
    creations = [motif for motif in toutes() if motif.endswith("/add/")]
    assert [motif for motif in creations if client.get(f"/{motif}").status_code == 200] == [
        "administration/comptes/personne/add/"
    ]
