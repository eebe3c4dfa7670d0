"""Relever toutes les erreurs d’un fichier : ligne, colonne, valeur lue, ce qui était attendu ; les rendre en CSV."""

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from config.socle.lecture.cellules import ValeurRefusee, refuser_sans_valeur
from config.socle.lecture.tableau import Cellule, CelluleFusionnee, Ligne, Tableau, en_texte
from config.socle.montants import format_nombre

T = TypeVar("T")
ERREURS_MAXIMUM = 50_000  # au-delà, le fichier n’est pas celui qu’on croit : la lecture s’arrête et le dit
VALEUR_MAXIMUM = 200  # caractères gardés de la valeur fautive
ENTETES_ERREURS = ("ligne", "colonne", "valeur", "attendu")
LARGEUR_TERMINAL = 36  # caractères d’une colonne du tableau écrit dans le terminal
_BLANCS = re.compile(r"[ \t\r\n]+")
FORMULE = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class ErreurLigne:
    """Une erreur, ou un avertissement. `ligne` : numéro dans le tableur, 0 pour le fichier entier."""

    ligne: int
    colonne: str
    valeur: str
    attendu: str


class Releve:
    """Les erreurs d’un fichier, dans l’ordre où on les trouve, après celles qu’on connaît déjà."""

    def __init__(self, connues: Iterable[ErreurLigne] = ()) -> None:
        self.erreurs: list[ErreurLigne] = list(connues)

    def par_ligne(self) -> list[ErreurLigne]:
        """Les erreurs dans l’ordre des lignes ; sur une ligne, dans l’ordre où elles ont été trouvées."""
        return sorted(self.erreurs, key=lambda erreur: erreur.ligne)

    @property
    def est_plein(self) -> bool:
        """Vrai quand il y a trop d’erreurs pour continuer."""
        return len(self.erreurs) >= ERREURS_MAXIMUM

    def ajouter(self, ligne: int, colonne: str, valeur: str, attendu: str) -> None:
        """Noter une erreur ; la valeur est tenue sur une ligne et raccourcie."""
        if self.est_plein:
            return
        courte = _BLANCS.sub(" ", valeur).strip()
        courte = courte if len(courte) <= VALEUR_MAXIMUM else courte[: VALEUR_MAXIMUM - 1] + "…"
        self.erreurs.append(ErreurLigne(ligne, colonne, courte, attendu))
        if self.est_plein:
            self.erreurs.append(ErreurLigne(ligne, "", "", "trop d’erreurs : la lecture s’est arrêtée ici"))


class LecteurDeLigne:
    """Lit les cellules d’une ligne par nom de colonne ; une cellule refusée vaut `None` et une erreur relevée.

    Une colonne absente vaut `None` sans erreur : elle se dit une fois, à la ligne d’en-têtes.
    """

    def __init__(self, ligne: Ligne, positions: Mapping[str, int], releve: Releve) -> None:
        self.numero = ligne.numero
        self._ligne, self._positions, self._releve = ligne, positions, releve

    def cellule(self, colonne: str) -> Cellule:
        """La cellule brute, `None` si elle est vide ou si la colonne n’existe pas."""
        return self._ligne.cellule(self._positions[colonne]) if colonne in self._positions else None

    def a_la_colonne(self, colonne: str) -> bool:
        """Vrai si le fichier a cette colonne."""
        return colonne in self._positions

    def premiere(self, colonnes: Iterable[str]) -> str:
        """Celle de ces colonnes, toutes présentes, qui vient d’abord dans le fichier."""
        return min(colonnes, key=self._positions.__getitem__)

    def lire(self, colonne: str, lecteur: Callable[[Cellule], T]) -> T | None:
        """Une valeur obligatoire, si la colonne existe."""
        if not self.a_la_colonne(colonne):
            return None
        cellule = self.cellule(colonne)
        try:
            refuser_sans_valeur(cellule)
            return lecteur(cellule)
        except ValeurRefusee as refus:
            self.refuser(colonne, refus.attendu)
            return None

    def lire_si_dit(self, colonne: str, lecteur: Callable[[Cellule], T], vide: T) -> T | None:
        """Une valeur facultative : `vide` si la cellule est vide ou la colonne absente, `None` si elle est refusée."""
        return vide if self.cellule(colonne) is None else self.lire(colonne, lecteur)

    def refuser(self, colonne: str, attendu: str) -> None:
        """Noter une erreur sur cette colonne."""
        self._releve.ajouter(self.numero, colonne, en_texte(self.cellule(colonne)), attendu)

    def refuser_ce_qui_deborde(self, tableau: Tableau) -> None:
        """Une cellule remplie au-delà des en-têtes trahit un séparateur resté dans un texte."""
        largeur = len(tableau.entetes)
        if any(c is not None and not isinstance(c, CelluleFusionnee) for c in self._ligne.cellules[largeur:]):
            self._releve.ajouter(
                self.numero,
                "",
                en_texte(self._ligne.cellules[-1]),
                f"{largeur} cellules comme les en-têtes, pas {len(self._ligne.cellules)} : un texte qui contient le "
                "séparateur se met entre guillemets",
            )


def erreurs_en_csv(erreurs: Iterable[ErreurLigne]) -> Iterator[str]:
    """Les lignes d’un CSV (`;`, marque UTF-8) que les tableurs ouvrent tel quel, formules neutralisées."""
    tampon = io.StringIO()
    ecriture = csv.writer(tampon, delimiter=";")
    yield "\ufeff"
    for rangee in (ENTETES_ERREURS, *((e.ligne or "", e.colonne, e.valeur, e.attendu) for e in erreurs)):
        ecriture.writerow([_sans_formule(cellule) for cellule in rangee])
        yield tampon.getvalue()
        tampon.seek(0)
        tampon.truncate()


def _sans_formule(cellule: object) -> object:
    return f"'{cellule}" if isinstance(cellule, str) and cellule.startswith(FORMULE) else cellule


def nombre_d_erreurs(erreurs: Sequence[ErreurLigne]) -> str:
    """« 1 erreur », « 1 250 erreurs »."""
    return "1 erreur" if len(erreurs) == 1 else f"{format_nombre(len(erreurs))} erreurs"


def en_tableau(erreurs: Sequence[ErreurLigne]) -> Iterator[str]:
    """Les lignes d’un tableau à colonnes alignées, pour le terminal."""
    rangees = [ENTETES_ERREURS, *((str(e.ligne or "—"), e.colonne, e.valeur, e.attendu) for e in erreurs)]
    largeurs = [min(max(len(rangee[rang]) for rangee in rangees), LARGEUR_TERMINAL) for rang in range(3)]
    for rangee in rangees:
        courtes = (_couper(texte, largeur) for texte, largeur in zip(rangee, largeurs, strict=False))
        yield "  ".join([*courtes, rangee[3]])


def _couper(texte: str, largeur: int) -> str:
    return f"{texte if len(texte) <= largeur else texte[: largeur - 1] + '…':<{largeur}}"
