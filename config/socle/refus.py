"""Ce que la base refuse, dit en français."""

import logging

from django.db import IntegrityError

REFUS_DE_LA_BASE = "La base refuse cet acte\u00a0: rechargez la page, puis recommencez."
journal = logging.getLogger(__name__)


def phrase_de_la_base(refus: IntegrityError, sinon: str = REFUS_DE_LA_BASE) -> str:
    """La phrase du déclencheur ; `sinon` pour une contrainte de table, dont le nom ne dirait rien à personne."""
    diagnostic = getattr(refus.__cause__, "diag", None)
    if diagnostic is None or diagnostic.table_name:  # seule une contrainte de la table la nomme
        journal.error("La base a refusé un acte.", exc_info=refus)
        return sinon
    return str(diagnostic.message_primary)
