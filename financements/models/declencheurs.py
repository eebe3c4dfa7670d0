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


def lignes_figees(*, noms: str, condition: str, phrase: str, contrainte: str) -> list[pgtrigger.Trigger]:
    """Refuse d’ajouter, de changer ou de retirer des lignes ; une lecture par requête, quel que soit leur nombre.

    `noms` : celui de chaque déclencheur, « {} » à la place du cas ; `condition` : la jointure de la ligne touchée `x`
    à ce qui la fige, et son WHERE.
    """
    func = f"""
        IF EXISTS (SELECT 1 FROM touchees x {condition}) THEN
            RAISE EXCEPTION '{phrase}' USING ERRCODE = 'check_violation', CONSTRAINT = '{contrainte}';
        END IF;
        RETURN NULL;
    """  # noqa: S608 (une jointure et une phrase écrites dans le code)
    cas = (
        ("ajout", pgtrigger.Insert, pgtrigger.Referencing(new="touchees")),  # type: ignore[no-untyped-call]
        ("maj", pgtrigger.Update, pgtrigger.Referencing(new="touchees")),  # type: ignore[no-untyped-call]
        ("retrait", pgtrigger.Delete, pgtrigger.Referencing(old="touchees")),  # type: ignore[no-untyped-call]
    )
    return [
        pgtrigger.Trigger(
            name=noms.format(suffixe),
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=operation,
            referencing=referencing,
            func=func,
        )
        for suffixe, operation, referencing in cas
    ]
