"""`manage.py importer_programme` : ce qu’il dit, ce qu’il rend, ce qu’il consomme."""

import os
import re
import subprocess
import sys
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from config.embarque.essais import adresse_de_la_base_d_essai
from config.embarque.lieux import RACINE
from financements.models import Action, PartTranche
from tests.comptes.fabriques import siret_d_essai
from tests.financements.fabriques import ouvrir_une_ae
from tests.financements.fichiers import appel_du_nord, ecrire_csv, ecrire_xlsx, ligne

MEBI = 1024  # Kio
IMPORTER_ET_DIRE_LA_MEMOIRE = """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(["manage.py", "importer_programme", *sys.argv[1:]])
print(open("/proc/self/status").read())
"""


def lancer(*arguments):
    sortie, erreurs = StringIO(), StringIO()
    try:
        call_command(
            "importer_programme", *map(str, arguments), "--appel=nord-2016-2018", stdout=sortie, stderr=erreurs
        )
    except CommandError as erreur:
        return str(erreur), sortie.getvalue(), erreurs.getvalue()
    return None, sortie.getvalue(), erreurs.getvalue()


@pytest.fixture
def fichier(db, tmp_path):
    ouvrir_une_ae(appel_du_nord())
    return lambda *lignes: ecrire_csv(tmp_path / "programme.csv", list(lignes))


def test_la_commande_importe_et_dit_les_totaux(fichier):
    echec, sortie, erreurs = lancer(fichier(ligne(remarque="x"), ligne(numero="2", axe="1")))
    assert (echec, erreurs) == (None, "")
    assert sortie.replace("\u202f", " ").replace("\u00a0", " ").splitlines() == [
        "Colonnes ignorées : remarque",
        "Import terminé : 2 actions créées, 0 inchangée, 1 organisme créé, 100 002,02 €.",
        "  Axe 1 — 2016 : 10 000,00 € ; 2017 : 20 000,50 € ; 2018 : 20 000,51 € ; ensemble : 50 001,01 €",
        "  Axe 3 — 2016 : 10 000,00 € ; 2017 : 20 000,50 € ; 2018 : 20 000,51 € ; ensemble : 50 001,01 €",
        "  Total — 2016 : 20 000,00 € ; 2017 : 40 001,00 € ; 2018 : 40 001,02 € ; ensemble : 100 002,02 €",
    ]
    assert Action.objects.count() == 2


def test_la_simulation_n_ecrit_rien_et_le_dit(fichier):
    echec, sortie, _ = lancer(fichier(ligne()), "--simuler")
    assert echec is None
    assert sortie.startswith("Simulation, rien n’est écrit : 1 action créée, 0 inchangée, 1 organisme créé,")
    assert Action.objects.count() == 0


def test_les_erreurs_sont_en_tableau_et_dans_le_fichier_a_renvoyer(fichier, tmp_path):
    rapport = tmp_path / "erreurs.csv"
    echec, sortie, erreurs = lancer(fichier(ligne(axe="=1+1"), ligne(numero="x")), f"--rapport={rapport}")
    assert (echec, sortie) == (f"2 erreurs : rien n’a été importé. Elles sont dans « {rapport} ».", "")
    assert erreurs.splitlines() == [
        "Erreurs :",
        "ligne  colonne  valeur  attendu",
        "2      axe      =1+1    un axe de l’appel : 1, 2, 3, 4, 5",
        "3      numero   x       un nombre entier, sans décimale",
    ]
    assert rapport.read_bytes().decode() == (
        "\ufeffligne;colonne;valeur;attendu\r\n"
        "2;axe;'=1+1;un axe de l’appel : 1, 2, 3, 4, 5\r\n"
        "3;numero;x;un nombre entier, sans décimale\r\n"
    )
    assert Action.objects.count() == 0


def test_un_appel_inconnu_ou_un_fichier_absent_se_disent(fichier):
    fichier()
    with pytest.raises(CommandError, match="Aucun appel à projets « rien »"):
        call_command("importer_programme", "x.csv", "--appel=rien")
    assert lancer("absent.csv")[0] == "Le fichier « absent.csv » n’existe pas ou ne peut pas être ouvert."


@pytest.mark.lent
@pytest.mark.parametrize("ecrire", [ecrire_csv, ecrire_xlsx])
def test_dix_mille_lignes_tiennent_dans_512_mio(transactional_db, tmp_path, ecrire):
    """Dans un processus à part, qui dit lui-même le plus haut de sa mémoire.

    `getrusage` ne convient pas : Linux compte au fils ce que pesait le père au moment de sa naissance.
    """
    appel_du_nord()
    chemin = ecrire(
        tmp_path / "dix-mille.dat",
        [
            ligne(numero=str(n), siret=siret_d_essai(n % 400), organisme=f"Organisme {n % 400}", axe=str(n % 5 + 1))
            for n in range(1, 10_001)
        ],
    )
    environ = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "DATABASE_URL": adresse_de_la_base_d_essai(os.environ, str(connection.settings_dict["NAME"])),
    }
    commande = [sys.executable, "-c", IMPORTER_ET_DIRE_LA_MEMOIRE, str(chemin), "--appel=nord-2016-2018"]
    sortie = subprocess.run(commande, cwd=RACINE, env=environ, check=True, capture_output=True, text=True).stdout
    plus_haut = int(re.findall(r"^VmHWM:\s+(\d+) kB$", sortie, re.MULTILINE)[-1])
    assert 0 < plus_haut < 512 * MEBI
    assert (Action.objects.count(), PartTranche.objects.count()) == (10_000, 60_000)
