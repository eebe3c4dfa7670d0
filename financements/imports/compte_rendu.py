"""Le compte rendu d’un import : ce qui a été fait ou le serait, les totaux, les colonnes ignorées, les erreurs."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import Any

from config.socle.lecture.erreurs import ErreurLigne
from config.socle.montants import en_euros
from financements.imports.lignes import LigneProgramme

Totaux = dict[int, dict[int, int]]


def totaliser(lignes: Iterable[LigneProgramme]) -> Totaux:
    """Crédits en centimes par axe puis par année, toutes lignes du fichier comprises."""
    totaux: Totaux = defaultdict(lambda: defaultdict(int))
    for ligne in lignes:
        for annee, centimes in ligne.montants:
            totaux[ligne.axe][annee] += centimes
    return {axe: dict(totaux[axe]) for axe in sorted(totaux)}


@dataclass(frozen=True)
class LigneTotaux:
    """Une ligne du tableau des totaux : `axe` (0 pour le total), montants en euros dans l’ordre des années, somme."""

    axe: int
    montants: tuple[Decimal, ...]
    total: Decimal


@dataclass(frozen=True)
class CompteRendu:
    """Résultat d’un import ou d’une simulation. S’il y a des erreurs, rien n’a été écrit et rien ne le serait.

    `totaux` : axe → année → centimes ; `lues` : lignes du fichier ; les autres nombres comptent ce qui a été créé, ou
    le serait.
    """

    est_simulation: bool
    fichier: str = ""
    format: str = ""
    feuille: str = ""
    empreinte: str = ""
    annees: tuple[int, ...] = ()
    lues: int = 0
    creees: int = 0
    inchangees: int = 0
    organismes_crees: int = 0
    organismes_completes: int = 0
    totaux: Totaux = field(default_factory=dict)
    colonnes_ignorees: tuple[str, ...] = ()
    erreurs: Sequence[ErreurLigne] = ()
    avertissements: Sequence[ErreurLigne] = ()

    @property
    def est_ecrit(self) -> bool:
        """Vrai si l’import a abouti et n’était pas une simulation."""
        return not self.erreurs and not self.est_simulation

    @property
    def lignes_totaux(self) -> list[LigneTotaux]:
        """Une ligne par axe, puis la ligne de total."""
        lignes = [self._ligne(axe, par_annee) for axe, par_annee in self.totaux.items()]
        ensemble = {annee: sum(axe.get(annee, 0) for axe in self.totaux.values()) for annee in self.annees}
        return [*lignes, self._ligne(0, ensemble)] if lignes else []

    def _ligne(self, axe: int, par_annee: Mapping[int, int]) -> LigneTotaux:
        montants = tuple(en_euros(par_annee.get(annee, 0)) for annee in self.annees)
        return LigneTotaux(axe, montants, sum(montants, Decimal(0)))

    @property
    def total(self) -> Decimal:
        """Crédits du fichier, en euros."""
        return en_euros(sum(centimes for axe in self.totaux.values() for centimes in axe.values()))

    def en_json(self) -> dict[str, Any]:
        """Pour la colonne `resultat` d’un import."""
        return asdict(self)

    @classmethod
    def depuis_json(cls, donnees: Mapping[str, Any]) -> "CompteRendu":
        """L’inverse de `en_json`."""
        return cls(
            **{
                **donnees,
                "annees": tuple(donnees["annees"]),
                "totaux": {
                    int(axe): {int(annee): centimes for annee, centimes in par_annee.items()}
                    for axe, par_annee in donnees["totaux"].items()
                },
                "colonnes_ignorees": tuple(donnees["colonnes_ignorees"]),
                "erreurs": [ErreurLigne(**erreur) for erreur in donnees["erreurs"]],
                "avertissements": [ErreurLigne(**erreur) for erreur in donnees["avertissements"]],
            }
        )
