"""Les cycles de vie : chaque acte × chaque état est décidé par la table."""

from itertools import product

import pytest

from config.socle.transitions import CycleDeVie, Passage, PassageRefuse
from config.socle.travaux import CYCLE_TRAVAIL
from projets.states import CYCLE_APPEL, CYCLE_PROJET

CYCLES = {"travail": CYCLE_TRAVAIL, "appel": CYCLE_APPEL, "projet": CYCLE_PROJET}
TRIPLETS = [
    (nom, passage.acte, etat)
    for nom, cycle in CYCLES.items()
    for passage, etat in product(cycle.passages, cycle.etats)
]


@pytest.mark.parametrize(("nom", "acte", "etat"), TRIPLETS)
def test_un_acte_ne_part_que_de_ses_etats(nom, acte, etat):
    cycle = CYCLES[nom]
    passage = cycle.passage(acte)
    if etat in passage.depuis:
        assert cycle.franchir(acte, etat) == passage.vers
        assert acte in cycle.actes_possibles(etat)
    else:
        with pytest.raises(PassageRefuse):
            cycle.franchir(acte, etat)
        assert acte not in cycle.actes_possibles(etat)


@pytest.mark.parametrize("nom", CYCLES)
def test_chaque_etat_est_atteignable_et_chaque_acte_unique(nom):
    cycle = CYCLES[nom]
    actes = [passage.acte for passage in cycle.passages]
    atteints = {next(iter(cycle.etats))} | {passage.vers for passage in cycle.passages}
    assert sorted(actes) == sorted(set(actes))
    assert atteints == set(cycle.etats)


def test_un_refus_dit_l_etat_present_et_celui_qu_il_faudrait():
    with pytest.raises(PassageRefuse) as refus:
        CYCLE_PROJET.franchir("rendre_un_avis", "depose")
    assert str(refus.value) == (
        "« rendre un avis » n’est pas possible : le projet est « déposé », il faudrait « recevable »."
    )


def test_les_actes_se_disent_avec_leurs_accents():
    with pytest.raises(PassageRefuse, match=r"^« déclarer recevable » n’est pas possible"):
        CYCLE_PROJET.franchir("declarer_recevable", "retenu")
    assert {p.acte: p.libelle for nom in CYCLES for p in CYCLES[nom].passages if p.libelle != p.acte} == {
        "echouer": "échouer",
        "depublier": "dépublier",
        "deliberer": "délibérer",
        "executer": "exécuter",
        "demander_une_piece": "demander une pièce",
        "completer": "compléter",
        "reprendre_sans_complement": "reprendre sans complément",
        "reprendre_pour_completer": "reprendre pour compléter",
        "declarer_recevable": "déclarer recevable",
        "declarer_irrecevable": "déclarer irrecevable",
        "rendre_un_avis": "rendre un avis",
        "reviser_l_avis": "réviser l’avis",
        "presenter": "présenter",
        "retirer_du_comite": "retirer du comité",
        "mettre_en_attente": "mettre en attente",
        "ne_pas_retenir": "ne pas retenir",
        "classer_sans_suite": "classer sans suite",
    }


def test_une_table_qui_nomme_un_etat_inconnu_ne_se_construit_pas():
    with pytest.raises(ValueError, match="états inconnus dans « aller »"):
        CycleDeVie("l’objet", {"ici": "ici"}, (Passage("aller", frozenset({"ici"}), "nulle_part"),))
