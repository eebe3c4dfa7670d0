"""Changer le programme pendant qu’un export se lit."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import F

from financements.models import PartTranche, Tranche


def augmenter(numero: int, annee: int) -> None:
    """Un centime de plus pour cette année d’une action d’un seul territoire."""
    centime = Decimal("0.01")
    Tranche.objects.filter(action__projet__numero=numero, annee=annee).update(montant=F("montant") + centime)
    parts = PartTranche.objects.filter(tranche__action__projet__numero=numero, tranche__annee=annee)
    parts.update(montant=F("montant") + centime)


@contextmanager
def augmentee_pendant_l_export(numero: int, annee: int) -> Iterator[None]:
    """L’action change entre l’annonce et la lecture de ses lignes."""
    faits = []

    def guetter(execute: Any, sql: str, params: Any, many: Any, contexte: Any) -> Any:
        if "WITH choisies" in sql and not faits:
            faits.append(sql)
            augmenter(numero, annee)
        return execute(sql, params, many, contexte)

    with connection.execute_wrapper(guetter):
        yield
    assert faits, "l’export n’a lu aucune ligne"
