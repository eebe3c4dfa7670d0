"""Ce que PostgreSQL croit de ses tables : à lui redire quand un acte y écrit mille lignes d’un coup."""

from collections.abc import Iterable

from django.db import connection, models


def mesurer_les_tables(modeles: Iterable[type[models.Model]]) -> None:
    """Compte de nouveau les lignes de ces tables, celles de la transaction en cours comprises.

    PostgreSQL le fait de lui-même au bout d’une minute ; mais si ce moment tombe pendant une longue écriture, dont il
    ne voit encore rien, il croit les tables vides et lit ensuite mille fois ce qu’une seule lecture donnerait.
    """
    # Sans nom de table, la commande mesurerait toute la base.
    tables = ", ".join(connection.ops.quote_name(modele._meta.db_table) for modele in modeles)
    if not tables:
        return
    with connection.cursor() as curseur:
        curseur.execute(f"ANALYZE {tables}")
