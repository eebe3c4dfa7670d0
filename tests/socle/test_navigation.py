"""La barre de navigation selon le rôle et la page."""

import re

import pytest

from config.navigation import BARRE, entrees
from tests.architecture.acces import QUI, ROLES
from tests.architecture.monde import monde


def test_une_entree_sans_adresse_connue_ne_parait_pas(settings):
    settings.ROOT_URLCONF = "tests.socle.adresses_navigation"
    assert [(e.libelle, e.adresse) for e in entrees("pilote", "/")] == [
        ("Tableau de bord", "/"),
        ("Rapports", "/rapports/"),
    ]


def test_chacun_ne_voit_que_ce_que_son_role_ouvre(settings):
    settings.ROOT_URLCONF = "tests.socle.adresses_navigation"
    vues = {role: [e.libelle for e in entrees(role, "/")] for role in ("porteur", "instructeur", "lecture", None)}
    assert vues == {
        "porteur": ["Mes projets"],
        "instructeur": ["Tableau de bord"],
        "lecture": ["Tableau de bord", "Rapports"],
        None: [],
    }


def test_la_page_courante_est_la_plus_precise_et_la_seule(settings):
    settings.ROOT_URLCONF = "tests.socle.adresses_navigation"
    assert [e.libelle for e in entrees("pilote", "/rapports/12/") if e.est_courante] == ["Rapports"]
    assert [e.libelle for e in entrees("pilote", "/") if e.est_courante] == ["Tableau de bord"]
    assert [e.libelle for e in entrees("pilote", "/ailleurs/") if e.est_courante] == []


def test_aucun_libelle_de_la_barre_ne_revient_deux_fois():
    assert len({entree.libelle for entree in BARRE}) == len(BARRE)


def courante(role, chemin):
    return [entree.libelle for entree in entrees(role, chemin) if entree.est_courante]


@pytest.mark.parametrize(
    ("role", "chemin", "attendue"),
    [
        ("pilote", "/financements/nord/imports/", "Imports"),
        ("administrateur", "/financements/nord/imports/12/", "Imports"),
        ("pilote", "/financements/imports/", "Imports"),
        ("pilote", "/financements/effectifs/3/", "Effectifs"),
        ("pilote", "/financements/nord/actions/3/", "Crédits"),
        ("pilote", "/arbitrage/nord/", "Crédits"),
        ("pilote", "/organismes/3/", "Crédits"),
        ("lecture", "/organismes/3/", "Crédits"),
        ("instructeur", "/organismes/3/", "Instruction"),
        ("instructeur", "/financements/nord/bilans/3/2016/", "Bilans"),
        ("pilote", "/financements/nord/bilans/3/2016/", "Crédits"),
        ("porteur", "/mes-versements/3/", "Mes projets"),
        ("porteur", "/organismes/3/", "Mon organisme"),
        ("porteur", "/organismes/3/personnes/", "Mon organisme"),
        ("porteur", "/organismes/3/comptes-bancaires/ajouter/", "Mon organisme"),
        ("porteur", "/adhesions/3/retirer/", "Mon organisme"),
        ("porteur", "/invitation/jeton/", "Mon organisme"),
        ("pilote", "/appels/nord/reglages/axes/", "Appels à projets"),
    ],
)
def test_chaque_page_releve_d_une_seule_entree(role, chemin, attendue):
    assert courante(role, chemin) == [attendue]


@pytest.mark.parametrize(
    ("role", "chemin"), [("pilote", "/aide/"), ("porteur", "/mon-compte/"), ("pilote", "/rien/"), (None, "/")]
)
def test_une_page_hors_de_la_barre_n_a_pas_d_entree_courante(role, chemin):
    assert courante(role, chemin) == []


@pytest.mark.django_db
@pytest.mark.parametrize("qui", QUI)
def test_chaque_entree_montree_s_ouvre_et_se_dit_courante(qui, client):
    _, personnes = monde()
    role = qui if qui in ROLES else None
    if role:
        client.force_login(personnes[role])
    constat = {}
    for entree in entrees(role, "/"):
        page = client.get(entree.adresse, follow=True)
        barre = re.search(r'<nav class="barre.*?</nav>', page.content.decode(), re.DOTALL).group()
        constat[entree.libelle] = (page.status_code, re.findall(r'aria-current="page"\s*>([^<]+)</a>', barre))
    assert constat == {libelle: (200, [libelle]) for libelle in constat}
    assert constat != {}
