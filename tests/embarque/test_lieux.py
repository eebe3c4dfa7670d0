"""Où vivent les serveurs : chemins longs, espaces, adresses, variables de l’appelant."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.essais import adresse_de_la_base_d_essai, numero_du_processus, viser_les_serveurs_des_essais
from config.embarque.lieux import (
    LONGUEUR_MAXIMALE_DES_SOCKETS,
    RACINE,
    Lieux,
    creer_dossier,
    diriger,
    dossier_des_sockets,
    est_atteignable,
    est_exterieure,
    verifier_proprietaire,
)

COURT = Path("/srv/mille/var")
ICI = Lieux(COURT, COURT, COURT / "sockets", 1000, 1000)


def test_un_chemin_court_garde_ses_sockets_chez_lui():
    assert dossier_des_sockets(COURT) == Path("/srv/mille/var/sockets")


@pytest.mark.parametrize(
    "chemin", [Path("/srv/un dossier/var"), Path("/srv") / ("x" * 90) / "var", Path("/srv/été/var"), Path("/srv/a,b")]
)
def test_un_chemin_long_ou_special_prend_un_dossier_court(chemin):
    trouve = dossier_des_sockets(chemin)
    assert trouve.parent == Path("/tmp")  # noqa: S108 (le dossier de repli)
    assert trouve.name.startswith(f"mille-actions-{os.geteuid()}-")
    assert len(str(trouve)) <= LONGUEUR_MAXIMALE_DES_SOCKETS


def test_la_longueur_limite_est_exacte():
    reste = LONGUEUR_MAXIMALE_DES_SOCKETS - len("/") - len("/sockets")
    assert dossier_des_sockets(Path("/" + "x" * reste)).name == "sockets"
    assert dossier_des_sockets(Path("/" + "x" * (reste + 1))).name != "sockets"


def test_le_dossier_de_repli_est_le_meme_dans_un_autre_processus():
    lignes = ["from pathlib import Path", "from config.embarque.lieux import dossier_des_sockets"]
    code = "\n".join([*lignes, "print(dossier_des_sockets(Path('/a b/var')))"])
    sorties = {
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=RACINE,
            env={**os.environ, "PYTHONHASHSEED": graine},
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for graine in ("1", "2")
    }
    assert sorties == {str(dossier_des_sockets(Path("/a b/var")))}


def test_les_adresses_menent_aux_sockets():
    assert ICI.adresses(1) == {
        "DATABASE_URL": "postgresql://postgres@/mille_actions?host=/srv/mille/var/sockets&port=5432",
        "REDIS_URL": "unix:///srv/mille/var/sockets/valkey.sock?db=2",
        "CACHE_URL": "unix:///srv/mille/var/sockets/valkey.sock?db=3",
        "CELERY_BROKER_URL": "redis+socket:///srv/mille/var/sockets/valkey.sock?virtual_host=2",
    }


def test_une_base_exterieure_est_laissee_a_l_appelant():
    environ = {"DATABASE_URL": "postgresql://ailleurs/base"}
    assert est_exterieure(environ, "DATABASE_URL", ICI)
    assert sorted(diriger(environ, ICI)) == ["CACHE_URL", "CELERY_BROKER_URL", "REDIS_URL"]


def test_une_file_exterieure_est_laissee_a_l_appelant():
    assert sorted(diriger({"REDIS_URL": "redis://ailleurs/0"}, ICI)) == ["DATABASE_URL"]


def test_une_autre_base_du_serveur_embarque_n_est_pas_exterieure():
    environ = {"DATABASE_URL": ICI.adresse_base("test_mille_actions")}
    assert not est_exterieure(environ, "DATABASE_URL", ICI)
    assert "DATABASE_URL" not in diriger(environ, ICI)


@pytest.mark.parametrize(("nom", "numero"), [("", 1), ("gw0", 2), ("gw3", 5)])
def test_chaque_processus_d_essai_a_sa_file(nom, numero):
    assert numero_du_processus({"PYTEST_XDIST_WORKER": nom}) == numero


@pytest.mark.parametrize(
    ("donnee", "visee"),
    [
        ("redis://:mot@file.exemple.fr:6379/0", "redis://:mot@file.exemple.fr:6379/3"),
        ("rediss://file.exemple.fr", "rediss://file.exemple.fr/3"),
        ("unix:///run/redis.sock?db=4", "unix:///run/redis.sock?db=4"),
    ],
)
def test_sur_vos_serveurs_chaque_processus_d_essai_a_sa_file(donnee, visee):
    base = "postgresql://moi@base.exemple.fr:5433/ici?sslmode=require"
    environ = {"PYTEST_XDIST_WORKER": "gw1", "REDIS_URL": donnee, "DATABASE_URL": base}
    for _ in range(2):  # un processus lancé par un essai relit l’environnement déjà posé
        viser_les_serveurs_des_essais(environ)
        assert {cle: environ.get(cle) for cle in ("REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL", "DATABASE_URL")} == {
            "REDIS_URL": visee,
            "CACHE_URL": None,
            "CELERY_BROKER_URL": None,
            "DATABASE_URL": base,
        }


@pytest.mark.parametrize(
    ("adresse", "attendue"),
    [
        (
            "postgresql://moi@base.exemple.fr:5433/ici?sslmode=require",
            "postgresql://moi@base.exemple.fr:5433/test_ici?sslmode=require",
        ),
        (ICI.adresses()["DATABASE_URL"], ICI.adresse_base("test_ici")),
    ],
)
def test_un_processus_lance_par_un_essai_vise_la_base_d_essai_du_meme_serveur(adresse, attendue):
    assert adresse_de_la_base_d_essai({"DATABASE_URL": adresse}, "test_ici") == attendue


def test_un_dossier_ferme_n_est_pas_atteignable(tmp_path):
    ferme = tmp_path / "ferme"
    ferme.mkdir(mode=0o700)
    assert not est_atteignable(ferme / "dedans")


def test_un_fichier_a_la_place_du_dossier_est_dit(tmp_path):
    (tmp_path / "etat").write_text("")
    with pytest.raises(ErreurEmbarque, match="existe et n’est pas un dossier"):
        creer_dossier(tmp_path / "etat", 0o700)


def test_le_dossier_d_un_autre_compte_est_refuse(tmp_path):
    with pytest.raises(ErreurEmbarque, match="appartient à un autre compte"):
        verifier_proprietaire(tmp_path, os.geteuid() + 1)
