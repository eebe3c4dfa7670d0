"""Les réglages d’un calcul de sélection : gardés en JSON, et lus en français."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from config.socle.montants import INSECABLE, en_euros, format_euros, format_nombre, format_pourcent
from financements.rules.selection import Objectif, Plancher, Ponderation
from financements.states import MontantsMaximaux

MINIMUM = 8_000  # centièmes de %
SECONDES = 60

PONDERATIONS = {
    Ponderation.EURO: "par euro : un euro vaut la note du projet qui le reçoit",
    Ponderation.PROJET: "par projet : chaque projet retenu vaut sa note",
}


@dataclass(frozen=True, slots=True)
class Parametres:
    """Ce que la personne a réglé.

    `minimum` : centièmes de % du maximum ; `part_professionnelle` : année → centièmes de % ; `planchers` : par code de
    territoire ; `dedans`, `dehors` : les projets imposés ; `secondes` : durée de la recherche.
    """

    montants: MontantsMaximaux = MontantsMaximaux.PROPOSES
    minimum: int = MINIMUM
    part_professionnelle: Mapping[int, int] = field(default_factory=dict)
    planchers: Mapping[str, Plancher] = field(default_factory=dict)
    objectif: Objectif = field(default_factory=Objectif)
    ecarter_les_defavorables: bool = True
    secondes: int = SECONDES
    dedans: frozenset[int] = frozenset()
    dehors: frozenset[int] = frozenset()

    def en_json(self) -> dict[str, Any]:
        """Ce que garde `CalculDeSelection.parametres`."""
        return {
            "montants": str(self.montants),
            "minimum": self.minimum,
            "part_professionnelle": {str(annee): part for annee, part in self.part_professionnelle.items()},
            "planchers": {code: [plancher.montant, plancher.nombre] for code, plancher in self.planchers.items()},
            "objectif": [self.objectif.part_note, str(self.objectif.ponderation), self.objectif.part_montant],
            "ecarter_les_defavorables": self.ecarter_les_defavorables,
            "secondes": self.secondes,
            "dedans": sorted(self.dedans),
            "dehors": sorted(self.dehors),
        }

    @classmethod
    def de_json(cls, lu: Mapping[str, Any]) -> "Parametres":
        """L’inverse de `en_json`."""
        part_note, ponderation, part_montant = lu["objectif"]
        return cls(
            montants=MontantsMaximaux(lu["montants"]),
            minimum=lu["minimum"],
            part_professionnelle={int(annee): part for annee, part in lu["part_professionnelle"].items()},
            planchers={code: Plancher(montant, nombre) for code, (montant, nombre) in lu["planchers"].items()},
            objectif=Objectif(part_note, Ponderation(ponderation), part_montant),
            ecarter_les_defavorables=lu["ecarter_les_defavorables"],
            secondes=lu["secondes"],
            dedans=frozenset(lu["dedans"]),
            dehors=frozenset(lu["dehors"]),
        )


def dire_les_parametres(parametres: Parametres, noms: Mapping[str, str]) -> list[tuple[str, str]]:
    """(réglage, valeur), tout ce qui change le résultat. `noms` : code de territoire → nom."""
    objectif = parametres.objectif
    parts = [
        f"{annee}{INSECABLE}: {_pourcent(part)}" for annee, part in sorted(parametres.part_professionnelle.items())
    ]
    planchers = [
        f"{noms.get(code, code)}{INSECABLE}: {_plancher(plancher)}"
        for code, plancher in sorted(parametres.planchers.items(), key=lambda un: noms.get(un[0], un[0]))
    ]
    notes = {100: "les notes seules", 0: "les allocataires accompagnés seuls"}
    melange = f"notes {objectif.part_note}{INSECABLE}%, allocataires {100 - objectif.part_note}{INSECABLE}%"
    defavorables = "écartés, sauf s’ils sont imposés" if parametres.ecarter_les_defavorables else "candidats aussi"
    return [
        ("Maximum de chaque projet", str(parametres.montants.label)),
        ("Minimum viable", f"{_pourcent(parametres.minimum)} du maximum, à l’euro inférieur"),
        ("Part professionnelle d’au moins", " ; ".join(parts) or "aucune"),
        ("Planchers", " ; ".join(planchers) or "aucun"),
        ("Projets toujours retenus", format_nombre(len(parametres.dedans))),
        ("Projets jamais retenus", format_nombre(len(parametres.dehors))),
        ("Avis défavorables et projets sans avis", defavorables),
        ("Ce qu’on maximise", notes.get(objectif.part_note, melange)),
        ("Poids des notes", PONDERATIONS[objectif.ponderation]),
        ("Part de la valeur qui suit le taux de financement", f"{objectif.part_montant}{INSECABLE}%"),
        ("Durée de la recherche", f"{parametres.secondes}{INSECABLE}s au plus"),
    ]


def _pourcent(centiemes: int) -> str:
    return format_pourcent(Decimal(centiemes).scaleb(-2), 2 if centiemes % 100 else 0)


def _plancher(plancher: Plancher) -> str:
    montant = format_euros(en_euros(plancher.montant)) if plancher.montant else ""
    nombre = f"{format_nombre(plancher.nombre)} projet{'s' if plancher.nombre > 1 else ''}" if plancher.nombre else ""
    return " et ".join(dit for dit in (montant, nombre) if dit)
