"""Ce que rend l’écriture d’un fichier d’échange : ce qui est écrit, ou les fautes qui l’ont empêché."""

from dataclasses import dataclass

from config.socle.lecture.erreurs import ErreurLigne


class FichierRefuse(Exception):
    """Des lignes ne peuvent pas partir : ce qui est écrit est à jeter. `fautes` les dit toutes."""

    def __init__(self, fautes: list[ErreurLigne]) -> None:
        super().__init__(f"{len(fautes)} fautes")
        self.fautes = fautes


@dataclass(frozen=True, slots=True)
class Ecrit:
    """Un fichier écrit : ses lignes sans l’en-tête, et son empreinte SHA-256."""

    nombre: int
    empreinte: str
