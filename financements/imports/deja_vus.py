"""Ce qui doit s’accorder d’une ligne à l’autre : un numéro par action ; SIRET, RNA et nom d’un organisme unis."""

from collections.abc import Mapping
from typing import Any

from config.socle.lecture.erreurs import LecteurDeLigne
from config.socle.recherche import cle_de_tri


class DejaVus:
    """Les identifiants lus jusqu’ici et leur ligne ; une ligne fausse par ailleurs compte aussi."""

    def __init__(self) -> None:
        self._numeros: dict[int, int] = {}
        # (colonne qui reconnaît, identifiant, colonne qui doit suivre) → (valeur de comparaison, valeur lue, ligne)
        self._suites: dict[tuple[str, str, str], tuple[str, str, int]] = {}

    @property
    def rna_du_siret(self) -> dict[str, str]:
        """Le RNA que le fichier donne à chaque SIRET qui en a un."""
        return {cle[1]: lue for cle, (_, lue, _) in self._suites.items() if (cle[0], cle[2]) == ("siret", "rna")}

    def sont_coherents(self, lecteur: LecteurDeLigne, valeurs: Mapping[str, Any]) -> bool:
        """Relève ce qui contredit une ligne précédente. Rend vrai s’il n’y a rien."""
        coherent = self._numero_est_neuf(lecteur, valeurs["numero"])
        nom, siret, rna = valeurs["organisme"], valeurs["siret"], valeurs["rna"]
        for colonne, identifiant, suite, valeur in (
            ("siret", siret, "organisme", nom),
            ("rna", rna, "organisme", nom),
            ("siret", siret, "rna", rna),
            ("rna", rna, "siret", siret),
        ):
            if identifiant and valeur:
                coherent &= self._suit(lecteur, (colonne, identifiant, suite), valeur)
        return coherent

    def _numero_est_neuf(self, lecteur: LecteurDeLigne, numero: int | None) -> bool:
        if numero is None:
            return True
        premiere = self._numeros.setdefault(numero, lecteur.numero)
        if premiere != lecteur.numero:
            lecteur.refuser("numero", f"un numéro par action : celui-ci est déjà à la ligne {premiere}")
        return premiere == lecteur.numero

    def _suit(self, lecteur: LecteurDeLigne, cle: tuple[str, str, str], valeur: str) -> bool:
        colonne, _, suite = cle
        forme = cle_de_tri(valeur)
        connue, lue, ligne = self._suites.setdefault(cle, (forme, valeur, lecteur.numero))
        if connue != forme:
            lecteur.refuser(suite, f"« {lue} », comme ligne {ligne} pour le même {colonne.upper()}")
        return connue == forme
