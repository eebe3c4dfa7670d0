"""Le programme de démonstration entier, 988 actions : totaux publiés, chaque action une fois, mémoire bornée."""

import subprocess
import sys
from decimal import Decimal

import pytest
from django.utils import timezone

from financements.chiffres import Perimetre, Programme, version_des_donnees
from financements.pdf.contexte import Edition
from financements.pdf.document import composer
from tests.financements.rapports import ENTIER, ecrit, imprime, numeros_de_la_liste, texte
from tests.mesures.donnees import charger_programme

pytestmark = [pytest.mark.django_db, pytest.mark.lent]


def test_les_988_actions_et_les_totaux_publies(tmp_path):
    appel = charger_programme()
    chemin = tmp_path / "rapport.pdf"
    imprime(Perimetre.entier(appel), chemin)
    assert sorted(numeros_de_la_liste(chemin)) == list(range(1, 989))
    lu = texte(chemin)
    organismes = Programme(Perimetre.entier(appel)).synthese.organismes
    assert f"988 actions, portées par {organismes} organismes, reçoivent 74 280 000,00 €" in lu
    publies = ("7 320 000,00", "6 580 000,00", "15 190 000,00", "14 760 000,00", "30 430 000,00")
    actions = (38, 91, 115, 219, 525)
    for nombre, publie in zip(actions, publies, strict=True):
        assert f"{nombre} actions, {publie} € : 2016" in lu
    chiffres = Programme(Perimetre.entier(appel))
    assert chiffres.total == Decimal("74280000.00")
    for ligne in chiffres.par_territoire:
        assert ecrit(ligne.vote) in lu


REPETER = """
import resource, sys, tempfile
from pathlib import Path
import django
django.setup()
from tests.financements.rapports import sans_rappel
from financements.pdf.document import imprimer

page, cible = Path(sys.argv[1]).read_text("utf-8"), Path(sys.argv[2])
pics = []
for _ in range(6):
    imprimer(page, cible, sans_rappel)
    pics.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
print(*pics)
"""


def test_la_memoire_ne_croit_pas_avec_le_nombre_de_rapports(tmp_path):
    """Six rapports dans un même processus : le pic du dernier est celui du deuxième, à un vingtième près."""
    appel = charger_programme()
    page = tmp_path / "page.html"
    page.write_text(_html_d_un_axe(appel), "utf-8")
    sortie = subprocess.run(
        [sys.executable, "-c", REPETER, page, tmp_path / "r.pdf"], check=True, capture_output=True, text=True
    )
    pics = [int(pic) for pic in sortie.stdout.split()]
    assert len(pics) == 6
    assert pics[-1] <= pics[1] * 1.05


def _html_d_un_axe(appel) -> str:
    perimetre = Perimetre(appel, (2016, 2017, 2018), axe=appel.axes.get(numero=3))
    return composer(perimetre, ENTIER, Edition(timezone.localtime(), version_des_donnees(appel)))
