"""Le journal est en ajout seul : la base refuse de modifier, de supprimer et de vider."""

import pytest
from django.db import DatabaseError, connection, transaction

from config.socle.journal import journaliser
from config.socle.models import Journal
from tests.comptes.fabriques import PersonneFactory
from tests.fixtures.ajout_seul import sans_le_droit_de_vider

pytestmark = pytest.mark.django_db
REFUS = r"Cannot update or delete rows from|Le journal ne se vide pas\."


@pytest.fixture
def lignes() -> list[tuple[str, str]]:
    personne = PersonneFactory()
    for acte in ("ouvrir", "fermer"):
        journaliser(auteur=personne, acte=acte, objet=personne)
    connection.check_constraints()  # une table aux contrôles en attente ne se vide pas, déclencheur ou non
    return [("ouvrir", str(personne.pk)), ("fermer", str(personne.pk))]


@pytest.mark.parametrize(
    "faire",
    [
        lambda: Journal.objects.update(acte="autre"),
        lambda: Journal.objects.all().delete(),
        lambda: sans_le_droit_de_vider("TRUNCATE socle_journal"),
        lambda: sans_le_droit_de_vider("TRUNCATE comptes_personne CASCADE"),
    ],
    ids=["modifier", "supprimer", "vider", "vider en cascade"],
)
def test_le_journal_ne_perd_rien(lignes, faire):
    with pytest.raises(DatabaseError, match=REFUS), transaction.atomic():
        faire()
    assert list(Journal.objects.order_by("pk").values_list("acte", "objet_id")) == lignes


def test_les_essais_seuls_le_vident(lignes):
    with connection.cursor() as curseur:
        curseur.execute("TRUNCATE socle_journal")
    assert Journal.objects.count() == 0
