"""Ce que lance `make demo` : les serveurs, la préparation de la base, l’application, et leur surveillance."""

import fcntl
import http.client
import os
import signal
import socket
import sys
import time
from pathlib import Path
from types import FrameType

from config.embarque.erreurs import ErreurEmbarque
from config.embarque.lieux import Lieux, diriger, est_exterieure
from config.embarque.processus import attendre, fin_du_journal
from config.embarque.programmes import Programme, arreter_ensemble, de_l_application
from config.embarque.statiques import EmpreinteDesStatiques
from config.embarque.usage import Usage, Verrou, serveurs_voulus

PORT_PAR_DEFAUT = 8000
PORT_MAXIMAL = 65535
HOTE = "127.0.0.1"
DELAI_DU_PORT = 2.0  # secondes
DELAI_DE_SANTE = 90.0  # secondes
PERIODE = 0.5  # secondes entre deux tours de surveillance
TOURS_PAR_VERIFICATION = 4  # les serveurs sont interrogés tous les quatre tours
ROLES = ("porteur", "instructeur", "pilote", "finances", "lecture", "admin")
MOT_DE_PASSE = "mille-actions"  # comptes de démonstration, publics par nature


class ArretDemande(BaseException):
    """Ctrl-C, SIGTERM ou fin du terminal."""


class Superviseur:
    """Une démonstration, du premier octet au dernier processus arrêté."""

    def __init__(self, ici: Lieux, port: int) -> None:
        self.ici = ici
        self.port = port
        self.verrou = Verrou(ici.verrous / "demonstration")
        self.usage = Usage(ici, serveurs_voulus(os.environ, ici))
        self.statiques = EmpreinteDesStatiques(ici.etat / "statiques")
        self.en_cours: list[Programme] = []
        self.environ = {
            **os.environ,
            **diriger(os.environ, ici),
            "DJANGO_SETTINGS_MODULE": "config.settings.demo",
            "MILLE_ACTIONS_VAR": str(ici.etat),
            "PYTHONUNBUFFERED": "1",
            "PORT": str(port),
            "ADRESSE": HOTE,
            "JOURNAL_DES_ACCES": "-",
        }
        self.parent = os.getppid()
        self.sous_make = bool(os.environ.get("MILLE_ACTIONS_SOUS_MAKE"))

    def conduire(self) -> None:
        """Démarre tout, surveille jusqu’à l’arrêt demandé, arrête tout. Lève `ErreurEmbarque`."""
        self.ici.creer()
        self._etre_seul()
        verifier_le_port(self.port)
        for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(numero, self._interrompre)
        try:
            self._demarrer()
            self._surveiller()
        except ArretDemande:
            dire("\nArrêt en cours…")
        finally:
            self._arreter()
        dire("Tout est arrêté ; les données sont gardées.")

    def _etre_seul(self) -> None:
        fichier = self.verrou.fichier
        if not self.verrou.prendre(fcntl.LOCK_EX | fcntl.LOCK_NB):
            raise ErreurEmbarque(
                f"La démonstration tourne déjà, sur le port {fichier.read_text().strip() or 'inconnu'}.\n"
                "Arrêtez-la d’abord (Ctrl-C dans son terminal)."
            )
        fichier.write_text(f"{self.port}\n")

    # --- Démarrer ------------------------------------------------------------------------------------------
    def _demarrer(self) -> None:
        depart = time.monotonic()
        dire("→ Serveurs : PostgreSQL et Valkey…")
        self.usage.ouvrir()
        if est_exterieure(os.environ, "DATABASE_URL", self.ici):
            dire("→ Base de DATABASE_URL : vide, ou déjà celle d’une démonstration ?")
            self._attendre_la_fin(self._lancer("charger_demo", "--controler"))
        dire("→ Base : tables à jour, fichiers statiques…")
        statiques = self._lancer_les_statiques()
        self._attendre_la_fin(self._lancer("migrate", "--no-input"))
        dire("→ Programme de démonstration (chargé une seule fois)…")
        self._attendre_la_fin(self._lancer("charger_demo", "--si-vide"))
        if statiques is not None:
            self._attendre_la_fin(statiques)
            self.statiques.noter()
        self.en_cours = []
        dire("→ Application : web, travailleur, planificateur…")
        self.en_cours = de_l_application(self.ici.journaux, self.environ)
        for programme in self.en_cours:
            programme.lancer()
        self._attendre_la_sante()
        dire(annonce(self.port, self.ici.journaux, time.monotonic() - depart))

    def _lancer_les_statiques(self) -> Programme | None:
        """Rassemble et comprime les fichiers statiques, de front avec la base ; rien si aucun n’a changé."""
        return None if self.statiques.est_a_jour() else self._lancer("collectstatic", "--no-input")

    def _lancer(self, *commande: str) -> Programme:
        """Lance une commande de `manage.py`, son texte dans un journal à son nom."""
        journal = self.ici.journaux / f"{commande[0]}.log"
        programme = Programme(commande[0], ["manage.py", *commande, "--no-color"], journal, self.environ)
        self.en_cours.append(programme)
        programme.lancer()
        return programme

    def _attendre_la_fin(self, programme: Programme) -> None:
        """Lève `ErreurEmbarque`, avec la fin du journal, si la commande échoue."""
        while programme.est_en_vie():
            time.sleep(0.05)
        if programme.processus is None or programme.processus.returncode:
            raise ErreurEmbarque(
                f"La commande « {' '.join(programme.arguments[:-1])} » a échoué.\n"
                f"Fin de « {programme.journal} » :\n{fin_du_journal(programme.journal)}"
            )

    def _attendre_la_sante(self) -> None:
        limite = time.monotonic() + DELAI_DE_SANTE
        while time.monotonic() < limite:
            if interroger_la_sante(self.port) == http.HTTPStatus.OK:
                return
            self._relancer_les_morts()
            time.sleep(0.2)
        raise ErreurEmbarque(
            f"L’application ne se dit pas prête après {DELAI_DE_SANTE:.0f} s.\n"
            f"Fin du journal du serveur web :\n{fin_du_journal(self.ici.journaux / 'web.log')}\n"
            f"Fin du journal du travailleur :\n{fin_du_journal(self.ici.journaux / 'worker.log')}"
        )

    # --- Surveiller ----------------------------------------------------------------------------------------
    def _surveiller(self) -> None:
        tour = 0
        while not self._make_est_parti():
            time.sleep(PERIODE)
            tour += 1
            self._relancer_les_morts()
            if tour % TOURS_PAR_VERIFICATION == 0:
                for nom in self.usage.reparer():
                    dire(f"Le serveur « {nom} » ne répondait plus ; il est relancé.")

    def _relancer_les_morts(self) -> None:
        for programme in self.en_cours:
            if not programme.est_en_vie():
                dire(programme.relancer())

    def _make_est_parti(self) -> bool:
        """Vrai si `make` a été tué, ou a reçu seul un SIGINT : il attend alors notre fin sans nous prévenir.

        Un Ctrl-C au clavier atteint tout le groupe ; un signal adressé à `make` seul, non. On le voit à ce que `make`
        cesse d’intercepter SIGINT (SigCgt) dès qu’il l’a reçu.
        """
        if not self.sous_make:
            return False
        if os.getppid() != self.parent:
            return True
        try:
            etat = Path(f"/proc/{self.parent}/status").read_text()
        except OSError:
            return False
        masques = [int(ligne.split()[1], 16) for ligne in etat.splitlines() if ligne.startswith(("SigCgt", "SigIgn"))]
        return bool(masques) and not any(masque >> (signal.SIGINT - 1) & 1 for masque in masques)

    # --- Arrêter -------------------------------------------------------------------------------------------
    def _interrompre(self, _numero: int, _cadre: FrameType | None) -> None:
        for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(numero, signal.SIG_IGN)  # l’arrêt est borné dans le temps : on le laisse finir
        raise ArretDemande

    def _arreter(self) -> None:
        for numero in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(numero, signal.SIG_IGN)
        arreter_ensemble(self.en_cours)
        self.usage.fermer()
        self.verrou.rendre()


def verifier_le_port(port: int) -> None:
    """Lève `ErreurEmbarque` si un autre programme écoute sur le port, encore après `DELAI_DU_PORT`.

    L’attente laisse finir le serveur web d’une démonstration qui vient d’être tuée.
    """
    essais: list[OSError] = []
    if attendre(lambda: peut_ecouter(port, essais), DELAI_DU_PORT, pas=0.2):
        return
    if isinstance(essais[-1], PermissionError):
        raise ErreurEmbarque(f"Le port {port} est réservé à root.\n{conseil(PORT_PAR_DEFAUT)}")
    libre = port + 1 if port < PORT_MAXIMAL else PORT_PAR_DEFAUT
    raise ErreurEmbarque(f"Le port {port} est déjà pris par un autre programme.\n{conseil(libre)}")


def peut_ecouter(port: int, erreurs: list[OSError]) -> bool:
    """Vrai si l’on peut écouter sur le port ; sinon l’erreur est ajoutée à `erreurs`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as essai:
        essai.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            essai.bind((HOTE, port))
            essai.listen()
        except OSError as erreur:
            erreurs.append(erreur)
            return False
    return True


def conseil(port: int) -> str:
    """Comment choisir un autre port."""
    return f"Choisissez-en un autre, par exemple :\n    PORT={port} make demo"


def lire_le_port(texte: str) -> int:
    """Le port demandé. Lève `ErreurEmbarque` s’il n’est pas un nombre entre 1 et 65535."""
    if not texte:
        return PORT_PAR_DEFAUT
    if not texte.isascii() or not texte.isdigit() or not 1 <= int(texte) <= PORT_MAXIMAL:
        raise ErreurEmbarque(f"PORT vaut « {texte} » ; il faut un nombre entre 1 et {PORT_MAXIMAL}.")
    return int(texte)


def interroger_la_sante(port: int) -> int:
    """Le code HTTP de `/sante/`, 0 si personne ne répond."""
    liaison = http.client.HTTPConnection(HOTE, port, timeout=3)
    try:
        liaison.request("GET", "/sante/")
        return liaison.getresponse().status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        liaison.close()


def annonce(port: int, journaux: Path, duree: float) -> str:
    """Ce que lit l’utilisateur quand tout est prêt. `duree` en secondes."""
    comptes = "\n".join(f"    {role + '@exemple.fr':<24} {MOT_DE_PASSE}" for role in ROLES)
    return (
        f"\nMille actions est prêt ({duree:.0f} s) :  http://{HOTE}:{port}/\n\n"
        f"  Comptes de démonstration (adresse, mot de passe) :\n{comptes}\n\n"
        f"  Journaux : {journaux}\n"
        "  Ctrl-C arrête tout ; les données sont gardées.\n"
    )


def dire(phrase: str) -> None:
    """Écrit une phrase, même si le terminal d’en face a disparu."""
    try:
        print(phrase, flush=True)
    except OSError:
        sys.stdout = open(os.devnull, "w")  # noqa: SIM115, PTH123 (jusqu’à la fin du processus)
