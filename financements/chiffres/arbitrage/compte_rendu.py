"""Ce qu’un calcul de sélection a trouvé, gardé en JSON : chiffres exacts et phrases, lus tels quels à l’écran."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from config.socle.montants import INSECABLE, en_euros
from financements.rules.selection import Probleme, Resultat, Solution, Statut, glouton, verifier
from financements.rules.selection.phrases import (
    dire_la_tension,
    dire_la_violation,
    dire_le_conflit,
    dire_le_manque,
    dire_le_resultat,
)

TENSIONS = 12  # les plus chères ; les autres ne rapporteraient presque rien
FINESSE = 6  # décimales gardées d’une valeur en points ou d’un écart


@dataclass(frozen=True)
class Bilan:
    """Une sélection : valeur en points, projets, euros, euros de l’insertion professionnelle, allocataires par an."""

    valeur: Decimal
    retenus: int
    total: Decimal
    professionnel: Decimal
    allocataires: int

    @property
    def part_professionnelle(self) -> Decimal | None:
        """En % de ce qui est donné."""
        return self.professionnel * 100 / self.total if self.total else None


@dataclass(frozen=True)
class CompteRendu:
    """Le résultat relu. `borne` en points, `ecart` en % ; sans sélection, `selection` vaut None.

    `manques` : (identifiant, nom, pourquoi) des projets qui ont manqué de peu, le plus proche d’abord.
    """

    statut: Statut
    phrase: str
    secondes: Decimal
    candidats: int
    borne: Decimal | None
    ecart: Decimal | None
    selection: Bilan | None
    reference: Bilan | None
    manquements: list[str]
    tensions: list[str]
    manques: list[tuple[int, str, str]]
    conflit: list[str]

    @property
    def gain(self) -> Decimal | None:
        """De combien de % la sélection vaut plus que celle faite à la main."""
        if not self.selection or not self.reference or not self.reference.valeur:
            return None
        return (self.selection.valeur / self.reference.valeur - 1) * 100


def en_json(probleme: Probleme, resultat: Resultat) -> dict[str, Any]:
    """Ce que garde `CalculDeSelection.resultat`."""
    reference = glouton(probleme)
    return {
        "statut": str(resultat.statut),
        "phrase": dire_le_resultat(resultat),
        "secondes": str(round(Decimal(resultat.secondes), 1)),
        "candidats": len(probleme.candidats),
        "borne": _decimal(resultat.borne),
        "ecart": _decimal(resultat.ecart * 100 if resultat.ecart is not None else None),
        "selection": _bilan(probleme, resultat.solution) if resultat.solution else None,
        "reference": _bilan(probleme, reference),
        "manquements": [dire_la_violation(probleme, violation) for violation in verifier(probleme, reference)],
        "tensions": [dire_la_tension(probleme, tension) for tension in resultat.tensions[:TENSIONS]],
        "manques": _manques(probleme, resultat),
        "conflit": dire_le_conflit(probleme, resultat.conflit) if resultat.statut is Statut.INFAISABLE else [],
    }


def _manques(probleme: Probleme, resultat: Resultat) -> list[list[Any]]:
    noms = {candidat.cle: candidat.nom for candidat in probleme.candidats}
    return [
        [
            int(manque.cle),
            noms[manque.cle],
            dire_le_manque(probleme, manque).removeprefix(f"«{INSECABLE}{noms[manque.cle]}{INSECABLE}»"),
        ]
        for manque in resultat.manques
    ]


def relire(lu: Mapping[str, Any]) -> CompteRendu:
    """L’inverse de `en_json`."""
    return CompteRendu(
        statut=Statut(lu["statut"]),
        phrase=lu["phrase"],
        secondes=Decimal(lu["secondes"]),
        candidats=lu["candidats"],
        borne=None if lu["borne"] is None else Decimal(lu["borne"]),
        ecart=None if lu["ecart"] is None else Decimal(lu["ecart"]),
        selection=_relu(lu["selection"]),
        reference=_relu(lu["reference"]),
        manquements=lu["manquements"],
        tensions=lu["tensions"],
        manques=[(projet, nom, pourquoi) for projet, nom, pourquoi in lu["manques"]],
        conflit=lu["conflit"],
    )


def _bilan(probleme: Probleme, solution: Solution) -> dict[str, Any]:
    retenus = [candidat for candidat in probleme.candidats if candidat.cle in solution.montants]
    montants = {candidat.cle: sum(solution.montants[candidat.cle].values()) for candidat in retenus}
    return {
        "valeur": _decimal(solution.valeur),
        "retenus": len(retenus),
        "total": str(en_euros(sum(montants.values()))),
        "professionnel": str(en_euros(sum(montants[c.cle] for c in retenus if c.est_professionnel))),
        "allocataires": sum(candidat.allocataires for candidat in retenus),
    }


def _relu(lu: Mapping[str, Any] | None) -> Bilan | None:
    if lu is None:
        return None
    valeur, total, professionnel = Decimal(lu["valeur"]), Decimal(lu["total"]), Decimal(lu["professionnel"])
    return Bilan(valeur, lu["retenus"], total, professionnel, lu["allocataires"])


def _decimal(points: Fraction | None) -> str | None:
    return None if points is None else str(round(Decimal(points.numerator) / points.denominator, FINESSE))
