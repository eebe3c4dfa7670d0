"""Qui entre où : la table attendue ; `monde` donne les objets sur lesquels elle se vérifie.

Une ligne par méthode et par adresse. Une adresse nouvelle doit y entrer, sinon l’essai échoue. « {…} » : un objet de
`monde`. Colonnes : anonyme, porteur, instructeur, pilote, finances, lecture, administrateur. Un 302 de l’anonyme est
un renvoi vers la connexion, sauf mention « public » (une page publique qui, elle-même, renvoie ailleurs).
"""

import re
from dataclasses import dataclass

from django.http import HttpResponseBase
from django.urls import resolve

from tests.architecture.tables_des_acces import bilans, comptes, financements, fse, projets

ROLES = ("porteur", "instructeur", "pilote", "finances", "lecture", "administrateur")
QUI = ("anonyme", *ROLES)

# Dans cet ordre : une ligne peut agir sur l’objet d’une ligne qui suit.
TABLE = comptes.TABLE + projets.TABLE + financements.TABLE + bilans.TABLE + fse.TABLE


@dataclass(frozen=True)
class Ligne:
    """Une ligne de la table. `codes` : dans l’ordre de `QUI`."""

    methode: str
    exemple: str
    codes: tuple[int, ...]
    est_public: bool

    @property
    def cle(self) -> str:
        """« GET /appels/nord/ »."""
        return f"{self.methode} {self.exemple}"

    @property
    def motif(self) -> str:
        """Le motif d’adresse dont l’exemple relève."""
        return resolve(re.sub(r"{\w+}", "1", self.exemple)).route


def lignes() -> list[Ligne]:
    """La table, lue."""
    resultat = []
    for texte in filter(None, TABLE.splitlines()):
        methode, exemple, *codes = texte.split()
        est_public = codes[-1] == "public" or codes[0] != "302"
        resultat.append(Ligne(methode, exemple, tuple(map(int, codes[: len(QUI)])), est_public))
    return resultat


def lire_le_fichier(reponse: HttpResponseBase) -> None:
    """Un fichier téléchargé n’est refermé qu’une fois lu jusqu’au bout."""
    for _ in getattr(reponse, "streaming_content", ()):
        pass
