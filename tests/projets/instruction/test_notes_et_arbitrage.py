"""L’appel passe en arbitrage pendant qu’une note s’écrit : l’un attend l’autre, aucune note ne s’ajoute après."""

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from projets.models import AppelAProjets, Notation, Note
from projets.states import EtatAppel
from tests.fixtures.verrous import DELAI, attendre_un_verrou
from tests.projets.instruction.jury import instructeur_de, projet_a_noter


@pytest.mark.django_db(transaction=True)
def test_une_note_ecrite_pendant_le_passage_en_arbitrage_est_refusee():
    projet = projet_a_noter()
    notation = Notation.objects.create(projet=projet, instructeur=instructeur_de(projet))
    critere, sorts = projet.appel.criteres.first(), []

    def noter() -> None:
        try:
            Note.objects.create(notation=notation, critere=critere, valeur=3)
            sorts.append("écrite")
        except IntegrityError as refus:
            sorts.append(refus.__cause__.diag.constraint_name)
        finally:
            connection.close()

    fil = threading.Thread(target=noter)
    with transaction.atomic():
        AppelAProjets.objects.filter(pk=projet.appel_id).update(etat=EtatAppel.ARBITRAGE)
        fil.start()
        attendre_un_verrou()
    fil.join(timeout=DELAI)
    assert (sorts, Note.objects.count()) == (["notes_arretees"], 0)
