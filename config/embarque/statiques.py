"""Savoir si les fichiers statiques sont à rassembler de nouveau : les comprimer prend dix secondes."""

import hashlib
from pathlib import Path

from config.embarque.lieux import RACINE

# Ce qui décide du résultat, en plus des fichiers eux-mêmes : versions des bibliothèques et réglages.
AUTRES_SOURCES = ("requirements/production.txt", "config/settings/base.py", "config/settings/demo.py")


class EmpreinteDesStatiques:
    """L’empreinte des sources, notée à côté du résultat après chaque rassemblement réussi."""

    def __init__(self, dossier: Path) -> None:
        self.fichier = dossier / ".empreinte"
        self.valeur = empreinte_des_sources(RACINE)

    def est_a_jour(self) -> bool:
        """Vrai si le dernier rassemblement a réussi avec ces mêmes sources."""
        return self.fichier.is_file() and self.fichier.read_text() == self.valeur

    def noter(self) -> None:
        """Atteste que le rassemblement de ces sources a réussi."""
        self.fichier.parent.mkdir(parents=True, exist_ok=True)
        self.fichier.write_text(self.valeur)


def empreinte_des_sources(racine: Path) -> str:
    """Empreinte du nom et du contenu des fichiers de `static/` et de `<app>/static/`."""
    dossiers = [racine / "static", *sorted(racine.glob("*/static"))]
    fichiers = [f for d in dossiers for f in sorted(d.rglob("*")) if f.is_file()]
    empreinte = hashlib.sha256()
    for fichier in [*fichiers, *(racine / nom for nom in AUTRES_SOURCES)]:
        empreinte.update(str(fichier.relative_to(racine)).encode())
        empreinte.update(fichier.read_bytes())
    return empreinte.hexdigest()
