"""Le nom d’un fichier reçu, rendu sûr, et celui sous lequel on le range, tiré au hasard."""

import re
import unicodedata
from pathlib import PurePath
from uuid import uuid4

LONGUEUR_DU_NOM = 100


def nom_sur(nom: str) -> str:
    """Le nom sans chemin, sans caractère de commande ni de sens caché, d’au plus 100 caractères, extension gardée."""
    dernier = re.split(r"[/\\]", unicodedata.normalize("NFC", nom))[-1]
    visibles = "".join(c for c in dernier if unicodedata.category(c)[0] != "C" and c not in '<>:"|?*')
    base, point, extension = re.sub(r"\s+", " ", visibles).strip().rstrip(" .").rpartition(".")
    if not point:
        return extension[:LONGUEUR_DU_NOM] or "fichier"
    extension = extension[:10]
    return f"{base[: LONGUEUR_DU_NOM - len(extension) - 1].rstrip() or 'fichier'}.{extension}"


def chemin_au_hasard(dossier: str, nom: str) -> str:
    """« documents/<hasard>.pdf » : rien du nom d’origine n’y reste que l’extension."""
    return f"{dossier}/{uuid4().hex}{PurePath(nom).suffix.lower()[:11]}"
