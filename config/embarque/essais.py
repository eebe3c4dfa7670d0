"""Les serveurs embarqués des essais : leur propre dossier d’état, et une file par processus de pytest-xdist."""

from collections.abc import Mapping, MutableMapping
from urllib.parse import urlsplit

from config.embarque.lieux import Lieux, diriger, est_exterieure, lieux

DOSSIER_DES_ESSAIS = "var/tests"


def lieux_des_essais(environ: MutableMapping[str, str]) -> Lieux:
    """Les lieux des essais : `MILLE_ACTIONS_VAR`, à défaut `var/tests`, jamais ceux de la démonstration."""
    return lieux(environ, DOSSIER_DES_ESSAIS)


def numero_du_processus(environ: MutableMapping[str, str]) -> int:
    """1 hors de pytest-xdist, sinon 2 pour « gw0 », 3 pour « gw1 »… ; 0 est la file de la démonstration."""
    nom = environ.get("PYTEST_XDIST_WORKER", "")
    return int(nom.removeprefix("gw")) + 2 if nom.startswith("gw") else 1


def viser_les_serveurs_des_essais(environ: MutableMapping[str, str]) -> None:
    """Pose dans `environ` le dossier et les adresses des essais, sans rien démarrer.

    D’un `REDIS_URL` extérieur, chaque processus prend la base de son numéro : leurs files ne se mêlent pas.
    """
    ici = lieux_des_essais(environ)
    environ["MILLE_ACTIONS_VAR"] = str(ici.etat)
    if est_exterieure(environ, "REDIS_URL", ici) and urlsplit(environ["REDIS_URL"]).scheme in {"redis", "rediss"}:
        environ["REDIS_URL"] = autre_base(environ["REDIS_URL"], str(numero_du_processus(environ)))
    environ.update(diriger(environ, ici, numero_du_processus(environ)))


def autre_base(adresse: str, nom: str) -> str:
    """La même adresse de serveur (PostgreSQL ou Redis), pour la base `nom`."""
    return urlsplit(adresse)._replace(path=f"/{nom}").geturl()


def adresse_de_la_base_d_essai(environ: Mapping[str, str], nom: str) -> str:
    """Pour un processus que lance un essai : la base `nom`, sur le serveur des essais, embarqué ou non."""
    return autre_base(environ["DATABASE_URL"], nom)
