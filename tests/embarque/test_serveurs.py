"""Les vrais serveurs : partage, pannes, reprises."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
import redis

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import RACINE, SOCKET_VALKEY, Lieux, lieux
from config.embarque.postgresql import PostgreSQL
from config.embarque.processus import attendre, lire_pid
from config.embarque.valkey import Valkey

pytestmark = pytest.mark.lent

USAGER = """
import sys, time
from config.embarque.lieux import lieux
from config.embarque.usage import Usage, serveurs_voulus
ici = lieux({"MILLE_ACTIONS_VAR": sys.argv[1]})
Usage(ici, serveurs_voulus({}, ici)).ouvrir()
print("ouvert", flush=True)
time.sleep(60)
"""


def en_marche(ici: Lieux) -> list[bool]:
    return [PostgreSQL(ici).repond(), Valkey(ici).repond()]


def pid_de_postgresql(ici: Lieux) -> int:
    return lire_pid(ici.serveurs / "pg" / "donnees" / "postmaster.pid")


def lignes(ici: Lieux, requete: str) -> list[tuple[object, ...]]:
    with psycopg.connect(ici.adresses()["DATABASE_URL"], autocommit=True) as connexion:
        curseur = connexion.execute(requete)
        return curseur.fetchall() if curseur.description else []


def test_le_dernier_usager_arrete_les_serveurs(ici, nouvel_usage):
    premier = nouvel_usage(ici)
    second = nouvel_usage(ici)
    assert en_marche(ici) == [True, True]
    premier.fermer()
    assert en_marche(ici) == [True, True]
    second.fermer()
    assert en_marche(ici) == [False, False]


def test_la_base_est_creee_en_utf8_avec_la_collation_interne(ici, nouvel_usage):
    nouvel_usage(ici)
    requete = (
        "SELECT pg_encoding_to_char(encoding), datlocprovider::text, datlocale "
        "FROM pg_database WHERE datname = 'mille_actions'"
    )
    assert lignes(ici, requete) == [("UTF8", "b", "C.UTF-8")]


def test_un_usager_tue_ne_retient_pas_les_serveurs(ici, nouvel_usage):
    commande = [sys.executable, "-c", USAGER, str(ici.etat)]
    with subprocess.Popen(commande, cwd=RACINE, stdout=subprocess.PIPE, text=True) as usager:
        assert usager.stdout is not None
        assert usager.stdout.readline() == "ouvert\n"
        usager.kill()
    assert en_marche(ici) == [True, True]
    nouvel_usage(ici).fermer()
    assert en_marche(ici) == [False, False]


def test_les_donnees_survivent_a_un_kill_9_des_deux_serveurs(ici, nouvel_usage):
    usage = nouvel_usage(ici)
    lignes(ici, "CREATE TABLE essai AS SELECT 1234 AS valeur")
    with redis.Redis(unix_socket_path=str(ici.sockets / SOCKET_VALKEY)) as client:
        client.rpush("file", "tâche")
    os.kill(pid_de_postgresql(ici), signal.SIGKILL)
    os.kill(lire_pid(ici.serveurs / "valkey" / "valkey.pid"), signal.SIGKILL)
    assert attendre(lambda: en_marche(ici) == [False, False], 60)
    assert usage.reparer() == ["postgres", "valkey"]
    assert lignes(ici, "SELECT valeur FROM essai") == [(1234,)]
    with redis.Redis(unix_socket_path=str(ici.sockets / SOCKET_VALKEY)) as client:
        assert client.lrange("file", 0, -1) == ["tâche".encode()]
    assert usage.reparer() == []


def test_une_initialisation_interrompue_est_reprise(ici, nouvel_usage):
    ici.creer()
    (ici.serveurs / "pg" / "donnees.partielles-1-1").mkdir()
    incompletes = ici.serveurs / "pg" / "donnees"
    (incompletes / "base").mkdir(parents=True)
    nouvel_usage(ici)
    assert lignes(ici, "SELECT 1") == [(1,)]
    noms = sorted(re.sub(r"-\d+$", "", d.name) for d in (ici.serveurs / "pg").iterdir())
    assert noms == ["donnees", "donnees.incompletes"]


def test_un_numero_repris_par_un_autre_programme_n_empeche_pas_de_demarrer(ici, nouvel_usage):
    nouvel_usage(ici).fermer()
    (ici.serveurs / "pg" / "donnees" / "postmaster.pid").write_text(f"{os.getpid()}\n")
    nouvel_usage(ici)
    assert en_marche(ici) == [True, True]


def test_une_base_d_une_autre_version_est_refusee_clairement(ici, nouvel_usage):
    nouvel_usage(ici).fermer()
    (ici.serveurs / "pg" / "donnees" / "PG_VERSION").write_text("9\n")
    with pytest.raises(ErreurEmbarque, match="a été créée par PostgreSQL 9, et c’est PostgreSQL 18"):
        nouvel_usage(ici)


def test_un_chemin_long_avec_espaces_et_accents_convient(dossier: Path, nouvel_usage):
    etat = dossier / "un dossier d’été" / ("très long " * 9).strip() / "état"
    loin = lieux({"MILLE_ACTIONS_VAR": str(etat)})
    nouvel_usage(loin)
    assert en_marche(loin) == [True, True]
    assert lignes(loin, "SHOW data_directory") == [(str(etat / "pg" / "donnees"),)]


def test_manage_demarre_les_serveurs_puis_les_arrete(ici, environ_propre):
    commande = [sys.executable, "manage.py", "shell", "-v0", "-c", "from django.db import connection as c; c.cursor()"]
    environ = {**environ_propre, "MILLE_ACTIONS_VAR": str(ici.etat)}
    resultat = subprocess.run(commande, cwd=RACINE, env=environ, capture_output=True, text=True, check=False)
    assert (resultat.returncode, resultat.stdout, resultat.stderr) == (0, "", "")
    assert en_marche(ici) == [False, False]
