"""Une session expirée au moment d’un envoi ramène à la page d’où il partait."""

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("page", "retour"),
    [
        ("http://testserver/rapports/?page=2", "/connexion/?next=/rapports/%3Fpage%3D2"),
        ("https://ailleurs.fr/rapports/", "/connexion/?next=/"),
        (None, "/connexion/?next=/"),
    ],
)
def test_un_envoi_sans_session_revient_a_sa_page(client, page, retour):
    entetes = {"Referer": page} if page else {}
    reponse = client.post("/rapports/1/relancer/", headers=entetes)
    assert (reponse.status_code, reponse.headers["Location"]) == (302, retour)


def test_une_lecture_sans_session_revient_a_son_adresse(client):
    reponse = client.get("/rapports/?page=2")
    assert (reponse.status_code, reponse.headers["Location"]) == (302, "/connexion/?next=/rapports/%3Fpage%3D2")


def test_une_mise_a_jour_sur_place_sans_session_mene_toute_la_page_a_la_connexion(client):
    entetes = {"HX-Request": "true", "HX-Current-URL": "http://testserver/rapports/?page=2"}
    reponse = client.get("/rapports/1/avancement/", headers=entetes)
    assert (reponse.status_code, reponse.content) == (200, b"")
    assert reponse.headers["HX-Redirect"] == "/connexion/?next=/rapports/%3Fpage%3D2"
