"""Les fichiers du dépôt, tels que git les connaît (suivis, ou nouveaux et pas ignorés)."""

import subprocess
from functools import cache
from pathlib import Path

RACINE = Path(__file__).resolve().parents[2]
APPS = ("territoires", "comptes", "projets", "financements")


@cache
def fichiers() -> tuple[Path, ...]:
    """Chemins relatifs à la racine. Sans git (archive), tout ce qui n’est pas un dossier caché ou d’état."""
    try:
        commande = ["git", "-C", str(RACINE), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        sortie = subprocess.run(commande, check=True, capture_output=True, text=True).stdout
        chemins = [Path(nom) for nom in sortie.split("\0") if nom]
    except (OSError, subprocess.CalledProcessError):
        chemins = [chemin.relative_to(RACINE) for chemin in RACINE.rglob("*") if chemin.is_file()]
        chemins = [chemin for chemin in chemins if chemin.parts[0] != "var" and not chemin.parts[0].startswith(".")]
    return tuple(sorted(chemin for chemin in chemins if (RACINE / chemin).is_file()))


def pythons() -> list[Path]:
    """Notre code Python, sans les migrations."""
    return [c for c in fichiers() if c.suffix == ".py" and "migrations" not in c.parts]


def gabarits() -> list[Path]:
    """Les gabarits, HTML et courriels."""
    return [c for c in fichiers() if c.parts[0] == "templates" and c.suffix in {".html", ".txt"}]


def lire(chemin: Path) -> str:
    """Le texte d’un fichier du dépôt."""
    return (RACINE / chemin).read_text(encoding="utf-8")
