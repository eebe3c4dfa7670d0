"""Une adresse d’envoi ouverte comme une page se dit en français, au lieu d’une page blanche."""

import re

import pytest

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("methode", "adresse", "permises"),
    [("GET", "/rapports/1/annuler/", "POST"), ("POST", "/instruction/", "GET, HEAD"), ("DELETE", "/", "GET, HEAD")],
)
def test_une_methode_non_permise_a_sa_page(connecter, methode, adresse, permises):
    reponse = connecter("pilote").generic(methode, adresse)
    titres = re.findall("<h1>(.*?)</h1>", reponse.content.decode())
    assert (reponse.status_code, reponse.headers["Allow"]) == (405, permises)
    assert titres == ["Cette adresse ne se lit pas"]
    assert 'aria-label="Navigation principale"' in reponse.content.decode()
