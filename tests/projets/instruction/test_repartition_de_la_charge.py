"""La répartition : à qui de droit, au plus près d’une charge égale, toujours la même."""

from hypothesis import given
from hypothesis import strategies as st

from projets.rules.repartition_de_la_charge import repartir_la_charge

INSTRUCTEURS = st.integers(1, 6)
CHARGES = st.dictionaries(INSTRUCTEURS, st.integers(0, 12))
ADMISSIBLES = st.dictionaries(st.integers(1, 40), st.sets(INSTRUCTEURS), max_size=25)


def apres(choisis: dict[int, int], charges: dict[int, int]) -> dict[int, int]:
    total = {i: charges.get(i, 0) for i in range(1, 7)}
    for instructeur in choisis.values():
        total[instructeur] += 1
    return total


@given(ADMISSIBLES, CHARGES)
def test_chaque_projet_va_a_un_admissible_et_ceux_qui_n_en_ont_pas_restent(admissibles, charges):
    choisis = repartir_la_charge(admissibles, charges)
    assert set(choisis) == {projet for projet, qui in admissibles.items() if qui}
    assert all(choisis[projet] in admissibles[projet] for projet in choisis)


@given(ADMISSIBLES, CHARGES)
def test_aucun_projet_n_aurait_gagne_a_aller_ailleurs(admissibles, charges):
    choisis = repartir_la_charge(admissibles, charges)
    poids = apres(choisis, charges)
    assert [
        (projet, autre)
        for projet, instructeur in choisis.items()
        for autre in admissibles[projet]
        if poids[autre] + 1 < poids[instructeur]
    ] == []


def ecart_minimal(nombre: int, charges: dict[int, int]) -> int:
    """Remplir le plus bas, un projet à la fois : nul ne fait mieux quand tous conviennent."""
    niveaux = list(charges.values())
    for _ in range(nombre):
        niveaux[niveaux.index(min(niveaux))] += 1
    return max(niveaux) - min(niveaux)


@given(st.integers(0, 40), st.dictionaries(INSTRUCTEURS, st.integers(0, 12), min_size=1))
def test_quand_tous_conviennent_l_ecart_est_le_plus_petit_possible(nombre, charges):
    choisis = repartir_la_charge({projet: set(charges) for projet in range(nombre)}, charges)
    poids = {i: n for i, n in apres(choisis, charges).items() if i in charges}
    assert len(choisis) == nombre
    assert max(poids.values()) - min(poids.values()) == ecart_minimal(nombre, charges)


@given(ADMISSIBLES, CHARGES)
def test_l_ordre_des_donnees_ne_change_rien(admissibles, charges):
    a_l_envers = dict(reversed(admissibles.items()))
    assert repartir_la_charge(a_l_envers, charges) == repartir_la_charge(admissibles, charges)


def test_les_egalites_vont_au_plus_petit_identifiant():
    assert repartir_la_charge({1: [8, 7], 2: [8, 7], 3: [8, 7]}, {}) == {1: 7, 2: 8, 3: 7}


def test_un_projet_qui_n_a_qu_un_choix_passe_avant():
    assert repartir_la_charge({1: [7, 8], 2: [7], 3: [7]}, {}) == {1: 8, 2: 7, 3: 7}
