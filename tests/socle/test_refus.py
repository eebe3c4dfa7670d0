"""Ce que la base refuse se lit en français : la phrase du déclencheur, jamais le nom d’une contrainte."""

import pytest
from django.db import IntegrityError, connection, transaction

from config.socle.refus import REFUS_DE_LA_BASE, phrase_de_la_base

pytestmark = pytest.mark.django_db

DECLENCHEUR = "DO $$ BEGIN RAISE EXCEPTION 'Il ne reste rien.' USING ERRCODE = 'check_violation'; END $$"
CONTRAINTE = "CREATE TEMPORARY TABLE essai (n int CHECK (n > 0)) ON COMMIT DROP; INSERT INTO essai VALUES (0)"


@pytest.mark.parametrize(
    ("requete", "options", "dit"),
    [
        (DECLENCHEUR, {}, "Il ne reste rien."),
        (CONTRAINTE, {}, REFUS_DE_LA_BASE),
        (CONTRAINTE, {"sinon": "Recommencez."}, "Recommencez."),
    ],
)
def test_la_phrase_d_un_refus(requete, options, dit):
    with pytest.raises(IntegrityError) as refus, transaction.atomic(), connection.cursor() as curseur:
        curseur.execute(requete)
    assert phrase_de_la_base(refus.value, **options) == dit
