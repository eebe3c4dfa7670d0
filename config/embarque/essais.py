"""Les serveurs embarqués des essais : leur propre dossier d’état, et une file par processus de pytest-xdist."""

from collections.abc import MutableMapping

from config.embarque.lieux import Lieux, diriger, lieux

DOSSIER_DES_ESSAIS = "var/tests"


def lieux_des_essais(environ: MutableMapping[str, str]) -> Lieux:
    """Les lieux des essais : `MILLE_ACTIONS_VAR`, à défaut `var/tests`, jamais ceux de la démonstration."""
    return lieux(environ, DOSSIER_DES_ESSAIS)


def numero_du_processus(environ: MutableMapping[str, str]) -> int:
    """1 hors de pytest-xdist, sinon 2 pour « gw0 », 3 pour « gw1 »… ; 0 est la file de la démonstration."""
    nom = environ.get("PYTEST_XDIST_WORKER", "")
    return int(nom.removeprefix("gw")) + 2 if nom.startswith("gw") else 1


def viser_les_serveurs_des_essais(environ: MutableMapping[str, str]) -> None:
    """Pose dans `environ` le dossier et les adresses des essais, sans rien démarrer."""
    ici = lieux_des_essais(environ)
    environ["MILLE_ACTIONS_VAR"] = str(ici.etat)
    environ.update(diriger(environ, ici, numero_du_processus(environ)))
