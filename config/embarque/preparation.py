"""Prépare `.venv` et le système avant « make demo » et « make test ». S’exécute comme un script, avec le Python du
système : bibliothèque standard seulement, et aucun import du projet.

Usage : python3 config/embarque/preparation.py demo|dev

Rien n’est refait quand le verrou n’a pas changé : une fois l’installation finie, tout marche hors ligne. Une
installation interrompue laisse une marque, et l’environnement est alors refait de zéro.
"""

import ctypes
import fcntl
import hashlib
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
VENV = Path(".venv")  # relatif : le chemin du projet peut contenir des espaces
PYTHON = VENV / "bin" / "python"
MARQUE_EN_COURS = VENV / ".installation-en-cours"
VERSION_MINIMALE = (3, 11)
# Chaque verrou contient le précédent : installer « dev » rend « demo » inutile.
VERROUS = {"demo": ["demo"], "dev": ["dev", "demo"]}
# bibliothèque chargée par WeasyPrint → paquet Debian
BIBLIOTHEQUES = {
    "libpango-1.0.so.0": "libpango-1.0-0",
    "libpangoft2-1.0.so.0": "libpangoft2-1.0-0",
    "libharfbuzz-subset.so.0": "libharfbuzz-subset0",
}
# programme dont les essais se servent → paquet Debian
PROGRAMMES = {"chromium": "chromium", "pdftotext": "poppler-utils"}
# … et dont on peut se passer en le disant : les essais du vrai antivirus sautent
PROGRAMMES_SOUHAITES = {"clamd": "clamav-daemon"}


NON_LANCES = "absent ; les essais qui s’en servent NE SERONT PAS lancés.\n"


class Impossible(Exception):
    """La préparation ne peut pas continuer ; le message dit pourquoi et la ligne à lancer."""


def main() -> None:
    """Prépare l’ensemble demandé."""
    os.chdir(RACINE)
    ensemble = sys.argv[1] if len(sys.argv) > 1 else "demo"
    try:
        verifier_python()
        verrou = os.open(".", os.O_RDONLY)
        fcntl.flock(verrou, fcntl.LOCK_EX)  # deux « make » lancés de front s’attendent
        preparer_environnement(ensemble)
        preparer_systeme(ensemble)
    except Impossible as erreur:
        sys.exit(f"\nErreur : {erreur}")
    except OSError as erreur:
        sys.exit(f"\nErreur : {erreur.strerror} : « {erreur.filename} ». Est-ce bien votre dossier ?")
    except KeyboardInterrupt:
        sys.exit("\nPréparation interrompue ; relancez la même commande pour la reprendre.")


def verifier_python() -> None:
    """Lève `Impossible` si ce Python est trop ancien."""
    if sys.version_info < VERSION_MINIMALE:
        raise Impossible(
            f"Python 3.11 ou plus récent est nécessaire ; « {sys.executable} » est un Python "
            f"{platform.python_version()}.\nDonnez-en un autre :  make demo PYTHON=/chemin/vers/python3.11"
        )


# --- L’environnement Python --------------------------------------------------------------------------------
def preparer_environnement(ensemble: str) -> None:
    """Crée `.venv` et y installe le verrou de l’ensemble, s’il a changé."""
    if MARQUE_EN_COURS.exists() or not est_sain():
        creer_environnement()
    if all(empreinte_posee(nom).exists() for nom in VERROUS[ensemble][:1]):
        return
    print(f"→ Installation des paquets de requirements/{ensemble}.txt…", flush=True)
    MARQUE_EN_COURS.touch()
    installer(Path("requirements") / f"{ensemble}.txt")
    for nom in VERROUS[ensemble]:
        for ancienne in VENV.glob(f".verrou-{nom}-*"):
            ancienne.unlink()
        empreinte_posee(nom).touch()
    MARQUE_EN_COURS.unlink()


def empreinte_posee(nom: str) -> Path:
    """Le fichier qui atteste que ce contenu exact du verrou `nom` est installé."""
    contenu = (Path("requirements") / f"{nom}.txt").read_bytes()
    return VENV / f".verrou-{nom}-{hashlib.sha256(contenu).hexdigest()[:16]}"


def est_sain() -> bool:
    """Vrai si `.venv` a un Python assez récent et un pip qui marchent."""
    if not PYTHON.exists():
        return False
    essai = f"import pip, sys; sys.exit(sys.version_info < {VERSION_MINIMALE!r})"
    return subprocess.run([PYTHON, "-c", essai], capture_output=True, check=False).returncode == 0


def creer_environnement() -> None:
    """Crée `.venv` de zéro, en installant python3-venv s’il manque et qu’on le peut."""
    print("→ Création de l’environnement Python (.venv)…", flush=True)
    try:
        import ensurepip  # noqa: F401, PLC0415 (absent du Python de Debian sans python3-venv)
    except ImportError:
        version = f"{sys.version_info[0]}.{sys.version_info[1]}"
        installer_avec_apt([f"python{version}-venv"], "Le module « venv » de Python manque.")
    if VENV.exists():
        shutil.rmtree(VENV)
    VENV.mkdir()
    MARQUE_EN_COURS.touch()
    resultat = subprocess.run([sys.executable, "-m", "venv", VENV], capture_output=True, text=True, check=False)
    if resultat.returncode:
        raise Impossible(f"L’environnement Python ne se crée pas :\n{resultat.stdout}{resultat.stderr}")


def installer(verrou: Path) -> None:
    """Installe un verrou haché avec uv, à défaut avec pip."""
    if amorcer_uv():
        options = ["--quiet", "--compile-bytecode", "--python", str(PYTHON), "--require-hashes", "-r", str(verrou)]
        if subprocess.run([PYTHON, "-m", "uv", "pip", "install", *options], check=False).returncode == 0:
            return
        print("→ uv n’a pas abouti ; pip prend le relais…", flush=True)
    if not pip("--require-hashes", "-r", str(verrou)):
        raise Impossible(
            "Les paquets Python ne s’installent pas (voir les lignes ci-dessus).\n"
            "Vérifiez l’accès au registre de paquets, puis relancez la même commande."
        )


def amorcer_uv() -> bool:
    """Vrai si uv est installé, ou s’installe depuis son verrou."""
    present = subprocess.run([PYTHON, "-m", "uv", "--version"], capture_output=True, check=False)
    return present.returncode == 0 or pip("--require-hashes", "-r", "requirements/amorce.txt")


def pip(*arguments: str) -> bool:
    """Lance pip ; vrai s’il réussit."""
    options: list[str] = ["--quiet", "--disable-pip-version-check", "--no-input"]
    return subprocess.run([PYTHON, "-m", "pip", "install", *options, *arguments], check=False).returncode == 0


# --- Le système --------------------------------------------------------------------------------------------
def preparer_systeme(ensemble: str) -> None:
    """Installe les bibliothèques et programmes manquants, ou dit la ligne exacte à lancer."""
    manquants = [paquet for nom, paquet in BIBLIOTHEQUES.items() if not se_charge(nom)]
    if manquants:
        installer_avec_apt(manquants, "Il manque des bibliothèques de mise en page pour produire les PDF.")
        encore = [nom for nom in BIBLIOTHEQUES if not se_charge(nom)]
        if encore:
            raise Impossible(f"Bibliothèques toujours introuvables après installation : {', '.join(encore)}.")
    if ensemble == "dev":
        preparer_les_essais()


def preparer_les_essais() -> None:
    """Chromium et poppler ; SANS_NAVIGATEUR=1 permet de s’en passer, en le disant."""
    manquants = paquets_absents(PROGRAMMES)
    if manquants and os.environ.get("SANS_NAVIGATEUR"):
        print(f"\n!!! {', '.join(manquants)} : {NON_LANCES}", flush=True)
    elif manquants:
        explication = "Il manque des programmes dont les essais se servent (SANS_NAVIGATEUR=1 pour s’en passer)."
        installer_avec_apt(manquants, explication)
    souhaites = paquets_absents(PROGRAMMES_SOUHAITES)
    if souhaites:
        try:
            installer_avec_apt(souhaites, "Les essais du vrai antivirus veulent un programme qui manque.")
        except Impossible as absence:
            print(f"\n!!! {', '.join(souhaites)} : {NON_LANCES}{absence}\n", flush=True)


def paquets_absents(programmes: dict[str, str]) -> list[str]:
    """Les paquets des programmes introuvables ; Debian range les services dans /usr/sbin, hors du PATH commun."""
    chemins = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    return [paquet for nom, paquet in programmes.items() if shutil.which(nom, path=chemins) is None]


def se_charge(nom: str) -> bool:
    """Vrai si la bibliothèque partagée `nom` se charge."""
    try:
        ctypes.CDLL(nom)
    except OSError:
        return False
    return True


def installer_avec_apt(paquets: list[str], explication: str) -> None:
    """Installe des paquets Debian si l’on est root et qu’apt existe ; sinon lève `Impossible` avec la ligne."""
    ligne = f"apt-get install -y --no-install-recommends {' '.join(paquets)}"
    if shutil.which("apt-get") is None:
        raise Impossible(f"{explication}\nInstallez l’équivalent, sur ce système, de : {' '.join(paquets)}")
    if os.geteuid() != 0:
        raise Impossible(f"{explication}\nLancez cette ligne, puis recommencez :\n\n    sudo {ligne}\n")
    print(f"→ {explication}\n→ {ligne}", flush=True)
    environ = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    installation: list[str] = [*ligne.split(), "-qq"]
    if subprocess.run(installation, env=environ, check=False, stdout=subprocess.DEVNULL).returncode == 0:
        return
    subprocess.run(["apt-get", "update", "-qq"], env=environ, check=False)
    if subprocess.run(installation, env=environ, check=False, stdout=subprocess.DEVNULL).returncode != 0:
        raise Impossible(f"{explication}\napt n’a pas pu l’installer. Lancez à la main :\n\n    {ligne}\n")


if __name__ == "__main__":
    main()
