"""La barre de navigation selon le rôle et la page."""

from config.navigation import BARRE, entrees


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
