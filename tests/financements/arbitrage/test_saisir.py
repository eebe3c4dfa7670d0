"""Saisir, annuler, rétablir : les totaux de la base sont ceux que l’on referait à la main."""

from collections.abc import Mapping

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import adopter
from financements.actions.arbitrage.ecriture import Etat
from financements.actions.arbitrage.saisir import annuler, retablir, saisir, saisir_en_lot
from financements.chiffres.arbitrage.totaux import Totaux, totaux
from financements.models import CoupDeScenario, LigneDeScenario, PartDeScenario, Scenario
from financements.rules import saisie as regles
from financements.rules.saisie import SaisieRefusee
from financements.states import Choix, OrigineScenario
from projets.states import EtatAppel, EtatProjet
from territoires.rules.plus_forts_restes import repartir
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import ANNEES, PROJETS
from tests.financements.arbitrage.saisies import lire, saisie

pytestmark = pytest.mark.django_db


def totaux_a_la_main(etats: Mapping[int, tuple[str, Mapping[int, int]]]) -> dict[tuple[str, int, int], int]:
    """(territoire, année, axe) → centimes, refaits sans la base."""
    cellules: dict[tuple[str, int, int], int] = {}
    for numero, axe, parts, *_ in PROJETS:
        choix, montants = etats[numero]
        if choix != Choix.RETENU:
            continue
        poids = {code: int(float(part) * 100) for code, part in parts.items()}
        for annee, montant in montants.items():
            for code, centimes in repartir(montant, poids).items():
                cle = (code, annee, axe)
                cellules[cle] = cellules.get(cle, 0) + centimes
    return cellules


def test_un_scenario_part_des_propositions(monde):
    scenario = monde.scenario()
    propose = dict.fromkeys
    assert lire(scenario) == {
        1: (Choix.RETENU, propose(ANNEES, 9_000_00)),
        2: (Choix.ATTENTE, propose(ANNEES, 4_000_00)),
        3: (Choix.RETENU, propose(ANNEES, 100_01)),
        4: (Choix.NON_RETENU, propose(ANNEES, 0)),
        5: (Choix.NON_RETENU, propose(ANNEES, 0)),
    }
    lus = totaux(scenario)
    assert lus == Totaux(
        cellules={("VAL", an, 1): 9_000_00 for an in ANNEES}
        | {("VAL", an, 2): 33_33 for an in ANNEES}
        | {("DOU", an, 2): 66_68 for an in ANNEES},
        volets={1: "professionnel", 2: "social"},
        retenus=2,
        en_attente=1,
        non_retenus=2,
        allocataires=40,
    )
    assert (lus.total, lus.par_annee[2017], lus.professionnel(2016)) == (27_300_03, 9_100_01, 9_000_00)
    assert lus.par_territoire["DOU", 2018] == 66_68
    assert lus.par_axe[2, 2016] == 100_01


def test_un_projet_retire_depuis_ne_compte_plus(monde):
    scenario = monde.scenario()
    monde.projets[1].etat = EtatProjet.RETIRE
    monde.projets[1].save()
    assert totaux(scenario).total == 300_03
    assert totaux(scenario).retenus == 1


def test_partir_de_rien_et_copier(monde):
    vide = monde.scenario("Vide", OrigineScenario.VIDE)
    assert lire(vide) == dict.fromkeys(monde.projets, (Choix.NON_RETENU, dict.fromkeys(ANNEES, 0)))
    source = monde.scenario("Source")
    copie = monde.scenario("Copie", OrigineScenario.COPIE, source=source)
    assert lire(copie) == lire(source)
    saisir(auteur=monde.pilote, scenario=copie, saisies=[saisie(monde, copie, 1, Choix.ATTENTE, {})])
    assert lire(source)[1][0] == Choix.RETENU


def test_saisir_change_les_totaux_et_se_defait(monde):
    scenario = monde.scenario()
    coup = saisir(
        auteur=monde.pilote,
        scenario=scenario,
        saisies=[saisie(monde, scenario, 5, Choix.RETENU, {2016: 1_000_01, 2018: 3})],
    )
    assert coup is not None
    assert coup.libelle.replace("\u202f", " ").replace("\u00a0", " ") == (
        "n° 5 : retenu; 2016 : 1 000,01 €; 2018 : 0,03 €"
    )
    apres = lire(scenario)
    assert apres[5] == (Choix.RETENU, {2016: 1_000_01, 2017: 0, 2018: 3})
    assert totaux(scenario).cellules["VAL", 2016, 1] == 9_000_00 + 500_00
    assert totaux(scenario).cellules["DOU", 2016, 1] == 500_01  # à égalité, le plus petit code
    defait = annuler(auteur=monde.pilote, scenario=scenario)
    assert defait == coup
    assert lire(scenario)[5] == (Choix.NON_RETENU, dict.fromkeys(ANNEES, 0))
    retablir(auteur=monde.pilote, scenario=scenario)
    assert lire(scenario) == apres
    actes = Journal.objects.filter(objet_type="financements.Scenario").order_by("pk").values_list("acte", flat=True)
    assert list(actes) == [
        "creer_un_scenario",
        "saisir_dans_un_scenario",
        "annuler_une_saisie",
        "retablir_une_saisie",
    ]


def test_une_saisie_sans_effet_n_est_pas_un_coup(monde):
    scenario = monde.scenario()
    assert (
        saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.RETENU, {})]) is None
    )
    assert not CoupDeScenario.objects.exists()


def test_apres_une_annulation_une_saisie_ferme_la_suite(monde):
    scenario = monde.scenario()
    for montant in (1_00, 2_00):
        saisir(
            auteur=monde.pilote,
            scenario=scenario,
            saisies=[saisie(monde, scenario, 1, Choix.RETENU, {2016: montant})],
        )
    annuler(auteur=monde.pilote, scenario=scenario)
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.RETENU, {2016: 3_00})])
    with pytest.raises(PassageRefuse, match="rien à rétablir"):
        retablir(auteur=monde.pilote, scenario=scenario)
    annuler(auteur=monde.pilote, scenario=scenario)
    assert lire(scenario)[1][1][2016] == 1_00
    annuler(auteur=monde.pilote, scenario=scenario)
    with pytest.raises(PassageRefuse, match="plus rien à annuler"):
        annuler(auteur=monde.pilote, scenario=scenario)


def test_un_montant_au_dela_du_demande_ne_laisse_rien(monde):
    scenario = monde.scenario()
    avant = lire(scenario)
    with pytest.raises(SaisieRefusee, match="dépasse ce que le projet demande"):
        saisir(
            auteur=monde.pilote,
            scenario=scenario,
            saisies=[
                saisie(monde, scenario, 2, Choix.RETENU, {2016: 1_00}),
                saisie(monde, scenario, 1, Choix.RETENU, {2017: 10_000_01}),
            ],
        )
    assert lire(scenario) == avant
    ligne = LigneDeScenario.objects.get(scenario=scenario, projet=monde.projets[1])
    with pytest.raises(IntegrityError, match="dépassent les"), transaction.atomic():
        PartDeScenario.objects.filter(ligne=ligne, annee=2016).update(montant="10000.01")


def test_la_page_perimee_est_refusee(monde):
    scenario = monde.scenario()
    lue = saisie(monde, scenario, 1, Choix.ATTENTE, {})
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.RETENU, {2016: 1_00})])
    with pytest.raises(VersionPerimee) as perimee:
        saisir(auteur=monde.pilote, scenario=scenario, saisies=[lue])
    assert perimee.value.actuel.projet_id == monde.projets[1].pk


def test_en_lot_un_seul_coup(monde):
    scenario = monde.scenario()
    projets = [monde.projets[n].pk for n in (1, 2, 4)]
    coup = saisir_en_lot(
        auteur=monde.pilote,
        scenario=scenario,
        projets=projets,
        operation=lambda etat, bornes: Etat(etat.choix, regles.varier(etat.montants, -300, bornes)),
        libelle="−3 %",
    )
    assert coup is not None
    assert len(coup.lignes) == 2  # le projet 4 est à zéro : rien ne change
    assert lire(scenario)[1][1] == dict.fromkeys(ANNEES, 8_730_00)
    assert lire(scenario)[2][1] == dict.fromkeys(ANNEES, 3_880_00)
    annuler(auteur=monde.pilote, scenario=scenario)
    assert lire(scenario)[1][1] == dict.fromkeys(ANNEES, 9_000_00)


ACTES = {
    "saisir": lambda p, s: saisir(auteur=p, scenario=s, saisies=[]),
    "lot": lambda p, s: saisir_en_lot(auteur=p, scenario=s, projets=[], operation=lambda e, _: e, libelle="x"),
    "annuler": lambda p, s: annuler(auteur=p, scenario=s),
    "retablir": lambda p, s: retablir(auteur=p, scenario=s),
}


def test_chaque_acte_par_chaque_autre(monde):
    scenario = monde.scenario()
    for role in Role:  # un autre pilote non plus : le scénario n’est pas partagé
        personne = PersonneFactory(role=role)
        for acte in ACTES.values():
            with pytest.raises(PermissionDenied):
                acte(personne, scenario)


def test_chaque_acte_hors_de_l_arbitrage(monde):
    scenario = monde.scenario()
    for etat in EtatAppel:
        type(monde.appel).objects.filter(pk=monde.appel.pk).update(etat=etat)
        for acte in ACTES.values():
            if etat == EtatAppel.ARBITRAGE:
                continue
            with pytest.raises(PassageRefuse, match="ses scénarios ne changent plus"):
                acte(monde.pilote, scenario)


def test_un_scenario_adopte_est_fige_par_la_base(monde):
    scenario = monde.scenario()
    adopter(auteur=monde.pilote, scenario=scenario)
    for acte in ACTES.values():
        with pytest.raises(PassageRefuse, match="adopté ne change plus"):
            acte(monde.pilote, scenario)
    for changer in (
        lambda: LigneDeScenario.objects.filter(scenario=scenario).update(choix=Choix.RETENU),
        lambda: PartDeScenario.objects.filter(ligne__scenario=scenario).update(montant=1),
        lambda: PartDeScenario.objects.filter(ligne__scenario=scenario).delete(),
    ):
        with pytest.raises(IntegrityError, match="adopté ne change plus"), transaction.atomic():
            changer()


gestes = st.lists(
    st.one_of(
        st.just("annuler"),
        st.just("retablir"),
        st.tuples(
            st.integers(min_value=1, max_value=5),
            st.sampled_from(list(Choix)),
            st.fixed_dictionaries({an: st.integers(min_value=0, max_value=1_000_00) for an in ANNEES}),
        ),
    ),
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(suite=gestes)
def test_quelle_que_soit_la_suite_les_totaux_sont_ceux_refaits_de_zero(monde, suite):
    with transaction.atomic():
        scenario = monde.scenario(f"Essai {Scenario.objects.count()}")
        faits, annules = [lire(scenario)], []
        for geste in suite:
            if geste == "annuler":
                if len(faits) > 1:
                    annuler(auteur=monde.pilote, scenario=scenario)
                    annules.append(faits.pop())
            elif geste == "retablir":
                if annules:
                    retablir(auteur=monde.pilote, scenario=scenario)
                    faits.append(annules.pop())
            else:
                numero, choix, montants = geste
                coup = saisir(
                    auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, numero, choix, montants)]
                )
                if coup:
                    faits.append({**faits[-1], numero: (choix, montants)})
                    annules = []
            assert lire(scenario) == faits[-1]
            lus = totaux(scenario)
            assert {c: m for c, m in lus.cellules.items() if m} == {
                c: m for c, m in totaux_a_la_main(faits[-1]).items() if m
            }
        transaction.set_rollback(True)
