"""Où vivent les serveurs embarqués, et à quelles adresses on les joint. Calculs sans effet, sauf `Lieux.creer`."""

import hashlib
import os
import pwd
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from config.embarque.erreurs import ErreurEmbarque

RACINE = Path(__file__).resolve().parents[2]
BASE = "mille_actions"
PORT_POSTGRESQL = 5432  # seulement un suffixe du nom de la socket : rien n’écoute sur le réseau
SOCKET_POSTGRESQL = f".s.PGSQL.{PORT_POSTGRESQL}"
SOCKET_VALKEY = "valkey.sock"
# Une adresse de socket unix tient en 107 octets ; PostgreSQL y ajoute « .s.PGSQL.5432 ».
LONGUEUR_MAXIMALE_DES_SOCKETS = 107 - len("/" + SOCKET_POSTGRESQL)
CHEMIN_SANS_SURPRISE = re.compile(r"[A-Za-z0-9_./-]+")
ESPACES_DE_CLES = 64  # bases de Valkey : deux par processus d’essai


@dataclass(frozen=True)
class Lieux:
    """Les dossiers d’une installation.

    `etat` : dossier d’état choisi (journaux, verrous, fichiers privés) ; `serveurs` : données de PostgreSQL et de
    Valkey, le plus souvent `etat` ; `sockets` : dossier des sockets unix, court et sans espace ;
    `uid`, `gid` : compte sous lequel les serveurs tournent (`nobody` quand on est root : PostgreSQL refuse root).
    """

    etat: Path
    serveurs: Path
    sockets: Path
    uid: int
    gid: int

    @property
    def journaux(self) -> Path:
        """Un fichier par processus : `postgres.log`, `valkey.log`, `web.log`…"""
        return self.etat / "journaux"

    @property
    def verrous(self) -> Path:
        """Les fichiers de verrou `flock`."""
        return self.etat / "verrous"

    def creer(self) -> None:
        """Crée les dossiers manquants avec les droits voulus. Lève `ErreurEmbarque` si l’un appartient à autrui."""
        moi = os.geteuid()
        for dossier in dict.fromkeys((self.etat, self.serveurs)):
            creer_dossier(dossier, 0o711 if moi == 0 else 0o700)
            verifier_proprietaire(dossier, moi)
            if moi == 0:
                # `nobody` doit pouvoir traverser le dossier, même créé par un autre outil sous un umask serré.
                dossier.chmod(dossier.stat().st_mode | stat.S_IXGRP | stat.S_IXOTH)
        for dossier in (self.journaux, self.verrous):
            creer_dossier(dossier, 0o700)
        for dossier in (self.sockets, self.serveurs / "pg", self.serveurs / "valkey"):
            creer_dossier(dossier, 0o700)
            if moi == 0 and dossier.lstat().st_uid == 0:
                os.chown(dossier, self.uid, self.gid, follow_symlinks=False)
            verifier_proprietaire(dossier, self.uid)

    def adresses(self, numero: int = 0) -> dict[str, str]:
        """Variables d’environnement qui mènent aux serveurs ; `numero` sépare les files de plusieurs essais."""
        socket = quote(str(self.sockets / SOCKET_VALKEY))
        file, cache = (2 * numero) % ESPACES_DE_CLES, (2 * numero + 1) % ESPACES_DE_CLES
        return {
            "DATABASE_URL": self.adresse_base(BASE),
            "REDIS_URL": f"unix://{socket}?db={file}",
            "CACHE_URL": f"unix://{socket}?db={cache}",
            "CELERY_BROKER_URL": f"redis+socket://{socket}?virtual_host={file}",
        }

    def adresse_base(self, nom: str) -> str:
        """Adresse de la base `nom`. Le port est écrit pour qu’un PGPORT de passage n’égare personne."""
        return f"postgresql://postgres@/{nom}?host={quote(str(self.sockets))}&port={PORT_POSTGRESQL}"


def lieux(environ: Mapping[str, str], defaut: str = "var") -> Lieux:
    """Les lieux désignés par `MILLE_ACTIONS_VAR` (à défaut `defaut`), relatifs à la racine du projet."""
    etat = (RACINE / (environ.get("MILLE_ACTIONS_VAR") or defaut)).resolve()
    if os.geteuid() != 0:
        return Lieux(etat, etat, dossier_des_sockets(etat), os.geteuid(), os.getegid())
    try:
        personne = pwd.getpwnam("nobody")
        uid, gid = personne.pw_uid, personne.pw_gid
    except KeyError:
        uid, gid = 65534, 65534
    # Le dossier d’état lui-même est à nous : seuls ses parents peuvent barrer la route à `nobody`.
    serveurs = etat if est_atteignable(etat.parent) else Path("/var/tmp") / _nom_court(etat)  # noqa: S108 (vérifié)
    return Lieux(etat, serveurs, dossier_des_sockets(serveurs), uid, gid)


def dossier_des_sockets(serveurs: Path) -> Path:
    """`serveurs/sockets` s’il est assez court et sans caractère spécial, sinon un dossier court de `/tmp`.

    Le même chemin donne toujours le même dossier, quel que soit le processus qui le calcule.
    """
    voulu = serveurs / "sockets"
    texte = str(voulu)
    if len(os.fsencode(texte)) <= LONGUEUR_MAXIMALE_DES_SOCKETS and CHEMIN_SANS_SURPRISE.fullmatch(texte):
        return voulu
    return Path("/tmp") / _nom_court(serveurs)  # noqa: S108 (créé en 0700, propriétaire vérifié)


def _nom_court(chemin: Path) -> str:
    empreinte = hashlib.sha256(os.fsencode(chemin)).hexdigest()[:12]
    return f"mille-actions-{os.geteuid()}-{empreinte}"


def est_atteignable(dossier: Path) -> bool:
    """Vrai si un compte ordinaire peut traverser `dossier` et tous ses parents (ceux qui existent déjà)."""
    reel = dossier.resolve()
    return all(d.stat().st_mode & stat.S_IXOTH for d in (reel, *reel.parents) if d.exists())


def creer_dossier(dossier: Path, mode: int) -> None:
    """Crée `dossier` (droits `mode`) et ses parents (droits 0755) ; ne touche pas à ceux qui existent."""
    if dossier.is_dir():
        return
    creer_dossier(dossier.parent, 0o755)
    try:
        dossier.mkdir()
    except FileExistsError:
        if not dossier.is_dir():
            raise ErreurEmbarque(f"« {dossier} » existe et n’est pas un dossier.") from None
        return  # une autre commande vient de le créer
    except OSError as erreur:
        raise ErreurEmbarque(f"Impossible de créer « {dossier} » : {erreur.strerror}.") from erreur
    dossier.chmod(mode)


def verifier_proprietaire(dossier: Path, uid: int) -> None:
    """Refuse un dossier qui appartient à un autre compte : ses données ne seraient ni lisibles ni sûres."""
    constat = dossier.lstat()
    lien_accepte = stat.S_ISLNK(constat.st_mode) and dossier.stat().st_uid == uid and constat.st_uid == uid
    if not lien_accepte and (not stat.S_ISDIR(constat.st_mode) or constat.st_uid != uid):
        raise ErreurEmbarque(
            f"Le dossier « {dossier} » appartient à un autre compte (n° {constat.st_uid}, il faudrait {uid}).\n"
            "Lancez la commande avec le compte du premier démarrage, ou choisissez un autre dossier d’état :\n"
            "    MILLE_ACTIONS_VAR=autre-dossier make demo"
        )


def est_exterieure(environ: Mapping[str, str], cle: str, ici: Lieux) -> bool:
    """Vrai si `cle` (DATABASE_URL ou REDIS_URL) mène ailleurs que sur nos serveurs embarqués."""
    valeur = environ.get(cle, "")
    return bool(valeur) and quote(str(ici.sockets)) not in valeur


def diriger(environ: Mapping[str, str], ici: Lieux, numero: int = 0) -> dict[str, str]:
    """Les adresses embarquées à poser dans l’environnement, sans celles que l’appelant a fixées lui-même."""
    adresses = ici.adresses(numero)
    if environ.get("DATABASE_URL"):  # ailleurs, ou une autre base du même serveur : celle des essais
        del adresses["DATABASE_URL"]
    if est_exterieure(environ, "REDIS_URL", ici):
        for cle in ("REDIS_URL", "CACHE_URL", "CELERY_BROKER_URL"):
            del adresses[cle]
    return adresses
