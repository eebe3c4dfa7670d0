"""Les déclencheurs différés : jugés à la validation, quand toutes les lignes d’une même écriture sont là."""

from collections.abc import Sequence

import pgtrigger


def differe(
    name: str, operation: pgtrigger.Operation, func: str, declare: Sequence[tuple[str, str]]
) -> pgtrigger.Trigger:
    """Déclencheur jugé à la fin de la transaction. `declare` : les variables de `func`, (nom, type)."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.After,
        operation=operation,
        timing=pgtrigger.Deferred,
        declare=list(declare),
        func=func,
    )
