"""Jeux de poids partagés par les tests des règles de répartition."""

from hypothesis import settings
from hypothesis import strategies as st

# Allocataires par territoire : valeurs INVENTÉES pour la démonstration (total calé sur 115 386).
HUIT_TERRITOIRES = {
    "AVE": 12_676,
    "CAM": 6_615,
    "DOU": 10_884,
    "FLI": 2_228,
    "FLM": 9_384,
    "MLI": 30_197,
    "MRT": 25_321,
    "VAL": 18_081,
}
# 74,3 M€, en centimes.
ENVELOPPE = 7_430_000_000

# Machine partagée : une lenteur passagère n’est pas un échec.
sans_delai = settings(deadline=None)

codes = st.text("ABCDEFGH", min_size=1, max_size=3)
effectifs = st.one_of(st.integers(0, 5), st.integers(0, 2_000_000))
jeux_de_poids = st.dictionaries(codes, effectifs, min_size=1, max_size=12).filter(lambda poids: any(poids.values()))
totaux = st.one_of(st.integers(0, 50), st.integers(0, 10**12))


def valeurs(poids: list[int]) -> dict[str, int]:
    """Liste de poids → clés A, B, C… dans l’ordre."""
    return {chr(ord("A") + rang): valeur for rang, valeur in enumerate(poids)}
