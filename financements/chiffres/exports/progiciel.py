"""Ce qui part au progiciel financier : engagements d’un exercice, liquidations ; compté, puis lu en flux."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from financements.chiffres.exports import requete_progiciel as requetes
from financements.chiffres.imputation import Imputations, imputations_de_l_appel
from financements.chiffres.tableaux import ZERO
from financements.models import Action
from financements.rules.imputation import ImputationManquante
from financements.states.echanges import IMPUTATION, SorteDeProfil
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.models import AppelAProjets

PAR_LOT = 500
Ligne = dict[str, Any]


@dataclass(frozen=True)
class EnvoiAuProgiciel:
    """Les engagements, ou les liquidations, des actions choisies de l’appel. `exercice` : None pour tous.

    `toutes` : les liquidations déjà mandatées aussi, et pas seulement celles qui restent à mandater.
    """

    appel: AppelAProjets
    choix: QuerySet[Action]
    sorte: SorteDeProfil
    exercice: int | None = None
    toutes: bool = False

    @cached_property
    def _compte(self) -> tuple[int, Decimal]:
        with connection.cursor() as curseur:
            curseur.execute(*self._requete(requetes.COMPTE))
            nombre, montant = curseur.fetchone()
        return nombre, montant

    @property
    def nombre(self) -> int:
        """Combien de lignes le fichier aura."""
        return self._compte[0]

    @property
    def montant(self) -> Decimal:
        """Leurs euros."""
        return self._compte[1]

    def lignes(self) -> Iterator[Ligne]:
        """Toutes les lignes, par numéro d’action, en une requête et par un curseur du serveur ; clé → valeur.

        `manque` : pourquoi l’imputation n’est pas dite, vide si elle l’est. Lève `ExportIncomplet` à la fin si leur
        nombre ou leur somme n’est pas celui qui a été annoncé.
        """
        annonce, lues, somme = self._compte, 0, ZERO
        imputations = _Imputations(imputations_de_l_appel(self.appel))
        rangees = {
            SorteDeProfil.ENGAGEMENTS: requetes.RANGEES_DES_ENGAGEMENTS,
            SorteDeProfil.LIQUIDATIONS: requetes.RANGEES_DES_LIQUIDATIONS,
        }[self.sorte]
        with connection.chunked_cursor() as curseur:
            curseur.execute(*self._requete(rangees))
            while lot := curseur.fetchmany(PAR_LOT):
                noms = [colonne[0] for colonne in curseur.description or ()]
                for rangee in lot:
                    ligne = dict(zip(noms, rangee, strict=True))
                    lues += 1
                    somme += ligne["montant"]
                    yield ligne | imputations.de(ligne)
        if (lues, somme) != annonce:
            raise ExportIncomplet("progiciel financier : d’autres lignes, ou d’autres montants")

    def _requete(self, suite: str) -> tuple[str, list[Any]]:
        choisies, parametres = self.choix.order_by().values_list("pk").query.sql_with_params()
        etats = requetes.TOUTES if self.toutes else requetes.A_MANDATER
        debut = requetes.ENGAGES if self.sorte == SorteDeProfil.ENGAGEMENTS else requetes.LIQUIDES
        sql = debut.format(choisies=choisies, etats=etats)
        return sql + suite, [*parametres, self.exercice, self.exercice]


class _Imputations:
    """L’imputation de chaque ligne, cherchée une fois par axe, forme juridique et exercice."""

    def __init__(self, imputations: Imputations) -> None:
        self._imputations = imputations
        self._connues: dict[tuple[int, str, int], Ligne] = {}

    def de(self, ligne: Ligne) -> Ligne:
        """Ses colonnes, et `manque`."""
        cle = (ligne["axe"], ligne["forme_juridique"], ligne["exercice"])
        if cle not in self._connues:
            self._connues[cle] = self._chercher(*cle)
        return self._connues[cle]

    def _chercher(self, axe: int, forme: str, exercice: int) -> Ligne:
        try:
            trouvee = self._imputations.de(axe=axe, forme_juridique=forme, exercice=exercice)
        except ImputationManquante as manque:
            return {**dict.fromkeys(IMPUTATION, ""), "manque": str(manque)}
        return {**{nom: getattr(trouvee, nom) for nom in IMPUTATION}, "manque": ""}
