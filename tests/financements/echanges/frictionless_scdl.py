"""Le verdict de frictionless sur le schéma officiel et ses deux contrôles sur mesure."""

from collections.abc import Iterator
from pathlib import Path

import attrs
from frictionless import Check, Checklist, Resource, Row, Schema, errors
from stdnum.fr import siret

from financements.rules.scdl import SCHEMA


@attrs.define(kw_only=True, repr=False)
class SiretFrancais(Check):
    """`french-siret-value`."""

    type = "french-siret-value"
    Errors = [errors.CellError]
    colonne: str

    def validate_row(self, row: Row) -> Iterator[errors.CellError]:
        if row[self.colonne] and not siret.is_valid(row[self.colonne]):
            yield errors.CellError.from_row(row, note="SIRET", field_name=self.colonne)


@attrs.define(kw_only=True, repr=False)
class UnDesDeux(Check):
    """`one-of-required`."""

    type = "one-of-required"
    Errors = [errors.RowError]

    def validate_row(self, row: Row) -> Iterator[errors.RowError]:
        if row["idBeneficiaire"] is None and row["rnaBeneficiaire"] is None:
            yield errors.RowError.from_row(row, note="ni SIRET ni RNA")


def fautes(chemin: Path) -> set[tuple[int, str]]:
    """(ligne, champ) de chaque faute ; la ligne 0 pour l’en-tête."""
    sirets = (SiretFrancais(colonne=colonne) for colonne in ("idAttribuant", "idBeneficiaire"))
    ressource = Resource(path=chemin.name, basepath=str(chemin.parent), schema=Schema.from_descriptor(dict(SCHEMA)))
    rapport = ressource.validate(Checklist(checks=[*sirets, UnDesDeux()]), limit_errors=1_000_000)
    return {
        (getattr(faute, "row_number", 0), getattr(faute, "field_name", "idBeneficiaire"))
        for tache in rapport.tasks
        for faute in tache.errors
    }
