"""La nature d’un document, devinée à l’intitulé de la pièce."""

import pytest

from comptes.rules.documents import nature_probable


@pytest.mark.parametrize(
    ("intitule", "nature"),
    [
        ("Statuts à jour, signés", "statuts"),
        ("Liste des dirigeants et du conseil d’administration", "dirigeants"),
        ("Comptes annuels du dernier exercice clos", "comptes"),
        ("Bilan et compte de résultat", "comptes"),
        ("RIB", "rib"),
        ("Relevé d’identité bancaire ou postal", "rib"),
        ("Rapport d’activité 2025", "activite"),
        ("Rapport du commissaire aux comptes", "commissaire"),
        ("Pouvoir du signataire, s’il n’est pas le représentant légal", "pouvoir"),
        ("Agrément ESUS", "agrement"),
        ("Conventionnement IAE", "agrement"),
        ("Délibération du conseil municipal", "deliberation"),
        ("Fiche action", "autre"),
        ("", "autre"),
    ],
)
def test_l_intitule_d_une_piece_dit_la_nature_probable(intitule, nature):
    assert nature_probable(intitule) == nature
