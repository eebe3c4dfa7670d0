"""Après toute suite d’actes, permis ou refusés : payé ≤ engagé ≤ affecté ≤ AE, Σ CP = AE."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.rules.saisie import SaisieRefusee
from tests.financements.execution.machine import Monde, photographier

pytestmark = pytest.mark.django_db
REFUS = (PassageRefuse, ValidationError, SaisieRefusee, VersionPerimee)
SANS_ACTE = ("desequilibrer", "affecter_de_force")  # des écritures nues : la base seule les refuse
ACTES = (
    *("voter", "notifier", "reviser", "affecter", "engager", "rediger", "signer", "liquider", "revenir", "payer"),
    *("rejeter", "solder", "retirer", "emettre", "recouvrer", "annuler", "reporter", *SANS_ACTE),
)
PAS = st.tuples(st.sampled_from(ACTES), st.integers(0, 11), st.integers(0, 12_000))


def jouer(monde: Monde, nom: str, rang: int, montant: int) -> str:
    """« fait », ou la phrase du refus ; refusé, l’acte n’a lui-même rien écrit, et ce qui le préparait est défait."""
    refus = (*REFUS, IntegrityError) if nom in SANS_ACTE else REFUS
    try:
        with transaction.atomic():
            acte = getattr(monde, nom)(rang, montant)
            avant = photographier()
            try:
                acte()
            except refus:
                assert photographier() == avant
                raise
            connection.check_constraints()
    except refus as raison:
        return str(raison)
    return "fait"


# Trois refus tardifs, que le hasard rencontre rarement : ce que l’acte avait déjà écrit se défait.
@example([("affecter_de_force", 0, 9_000), ("reviser", 1, 5_000)])
@example([("voter", 1, 4_000), ("rediger", 0, 11_000), ("signer", 0, 0)])
@example([("liquider", 0, 0), ("retirer", 6, 9_000)])
@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(PAS, min_size=4, max_size=14))
def test_apres_toute_suite_d_actes_l_argent_tient(suite):
    with transaction.atomic():
        monde = Monde()
        for pas in suite:
            jouer(monde, *pas)
            monde.verifier()
        transaction.set_rollback(True)


DU_VOTE_AU_RECOUVREMENT = (
    ("reviser", 9, 0),  # l’AE ne couvre plus le vote
    ("voter", 1, 2_000),
    ("reviser", 9, 12_000),
    ("affecter", 0, 0),
    ("notifier", 0, 0),
    ("engager", 0, 0),
    ("reviser", 1, 12_000),
    ("affecter_de_force", 0, 4_000),
    ("rediger", 0, 12_000),
    ("signer", 0, 0),
    ("liquider", 0, 0),
    ("revenir", 0, 0),
    ("liquider", 0, 0),
    ("payer", 0, 0),
    ("retirer", 2, 1_000),
    ("emettre", 0, 0),
    ("recouvrer", 0, 0),
    ("retirer", 2, 500),
    ("annuler", 1, 0),
    ("liquider", 6, 0),
    ("rejeter", 6, 0),
    ("solder", 5, 4_000),
    ("reporter", 1, 9_000),
    ("reviser", 9, 5_900),
)


def test_chaque_acte_de_la_suite_peut_aboutir():
    """Sans quoi la propriété ne dirait rien : elle jouerait des suites de refus."""
    monde, issues = Monde(), []
    for pas in DU_VOTE_AU_RECOUVREMENT:
        issues.append((pas[0], jouer(monde, *pas)))
        monde.verifier()
    assert issues == [(nom, "fait") for nom, *_ in DU_VOTE_AU_RECOUVREMENT]
    assert set(ACTES) - {nom for nom, _ in issues} == {"desequilibrer"}
    assert "fait" not in {jouer(monde, "desequilibrer", rang, 500) for rang in range(6)}
