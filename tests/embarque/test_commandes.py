"""`python -m config.embarque etat | arreter | effacer`."""

import pytest

from config.embarque.__main__ import COMMANDES, main

pytestmark = pytest.mark.lent


@pytest.fixture
def commande(ici, monkeypatch):
    for cle in ("DATABASE_URL", "REDIS_URL"):
        monkeypatch.delenv(cle, raising=False)
    monkeypatch.setenv("MILLE_ACTIONS_VAR", str(ici.etat))

    def executer(nom: str) -> None:
        monkeypatch.setattr("sys.argv", ["config.embarque", nom])
        main()

    return executer


def test_l_etat_dit_ou_vivent_les_serveurs_et_s_ils_repondent(ici, commande, nouvel_usage, capsys):
    lieux = f"État : {ici.etat}\nDonnées : {ici.serveurs}\nSockets : {ici.sockets}\n"
    commande("etat")
    assert capsys.readouterr().out == f"{lieux}postgres : arrêté\nvalkey : arrêté\n"
    nouvel_usage(ici)
    commande("etat")
    assert capsys.readouterr().out == f"{lieux}postgres : répond\nvalkey : répond\n"


def test_des_serveurs_en_usage_ne_s_arretent_ni_ne_s_effacent(ici, commande, nouvel_usage):
    nouvel_usage(ici)
    attendu = f"\nErreur : Les serveurs de « {ici.etat} » servent encore : arrêtez « make demo » d’abord."
    for nom in ("arreter", "effacer"):
        with pytest.raises(SystemExit) as sortie:
            commande(nom)
        assert sortie.value.code == attendu
    assert (ici.etat / "pg" / "donnees" / "PG_VERSION").exists()


def test_effacer_ne_laisse_rien(ici, commande, nouvel_usage):
    nouvel_usage(ici).fermer()
    commande("effacer")
    assert [d for d in (ici.etat, ici.serveurs, ici.sockets) if d.exists()] == []


def test_les_commandes_sont_celles_de_la_documentation():
    assert sorted(COMMANDES) == ["arreter", "demo", "effacer", "etat"]
