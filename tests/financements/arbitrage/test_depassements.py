"""Ce qu’une sélection prend de trop à chaque enveloppe."""

from financements.rules.depassements import Limites, depassements


def test_les_depassements_d_une_selection():
    cellules = {("A", 2016, 1): 60, ("B", 2016, 1): 40, ("A", 2016, 2): 50, ("C", 2017, 2): 10}
    limites = Limites({("A", 2016): 109, ("B", 2016): 40}, {(1, 2016): 99}, {2016: 150})
    assert depassements(cellules, limites) == [
        ("territoire", "A", 2016, 1),
        ("territoire", "C", 2017, 10),
        ("axe", 1, 2016, 1),
        ("année", 2017, 2017, 10),
    ]
