"""Les chiffres de l’exécution : chacun est le SQL brut, et toute découpe fait le total, au centime."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.socle.montants import en_centimes, en_euros
from financements.chiffres import Perimetre, Programme
from financements.chiffres.execution.programme import Execution
from financements.chiffres.execution.tableaux import Chiffres, TrancheDAge
from financements.models import AffectationDeCredits, Enveloppe, MouvementDEngagement, PartTranche, ReportDeCredits
from financements.states.execution import EtatTitre, EtatVersement, NatureDeMouvement
from projets.models import AppelAProjets
from territoires.rules.plus_forts_restes import repartir
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.execution.fabriques import affecter, engager, titre, versement
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
D = Decimal
V = EtatVersement
COMPTES = ("liquide", "mandate", "paye", "rejete")


@pytest.fixture
def actions():
    """Deux axes, trois territoires, deux ans ; la première action est à tous, la deuxième aux deux premiers."""
    appel = AppelFactory(annee_debut=2016, annee_fin=2017)
    axes = [AxeFactory(appel=appel, numero=numero) for numero in (1, 2)]
    un, deux, trois = (TerritoireFactory(code=code, nom=code) for code in ("T1", "T2", "T3"))
    enveloppe_repartie(appel, {2016: "500.00", 2017: "500.00"}, {un: 1, deux: 1, trois: 1})
    ccas = OrganismeFactory(nom="CCAS", forme_juridique="ccas")
    return [
        action_votee(
            axe=axes[0],
            parts={un: "33.34", deux: "33.33", trois: "33.33"},
            montants={2016: "100.00", 2017: "50.01"},
            numero=1,
        ),
        action_votee(axe=axes[0], parts={un: 50, deux: 50}, montants={2016: "33.33"}, numero=2, organisme=ccas),
        action_votee(axe=axes[1], parts={trois: 100}, montants={2016: "10.00", 2017: "20.00"}, numero=3),
    ]


def execution(perimetre, au=date(2017, 6, 30)):
    return Execution(Programme(perimetre), au=au)


def entiere(actions, **kw):
    return execution(Perimetre.entier(actions[0].projet.appel), **kw)


def test_chaque_grandeur_par_exercice_axe_et_territoire(actions):
    une, deux, trois = actions
    engager(une)
    engager(deux)
    affecter(trois, "30.00")
    engager(trois, {2016: "10.00"})
    versement(une, "80.00", V.PAYE)
    versement(une, "20.00", V.PREVU)
    versement(deux, "33.33", V.MANDATE)
    versement(trois, "10.00", V.LIQUIDE)
    titre(une, "15.00", etat=EtatTitre.EMIS, numero="T1", emis_le=date(2017, 3, 1))
    titre(une, "1.00")  # pas encore émis : rien n’est repris
    lue = entiere(actions)
    assert lue.exercices == [2016, 2017]
    assert [(ligne.exercice, ligne.cp, ligne.chiffres, ligne.couverture) for ligne in lue.par_exercice] == [
        (2016, D("500.00"), Chiffres(*map(D, ("143.33", "143.33", "20.00", "123.33", "113.33", "80.00", "0.00"))), 50),
        (2017, D("500.00"), Chiffres(*map(D, ("70.01", "50.01", "0.00", "0.00", "0.00", "0.00", "15.00"))), 100),
    ]
    assert [(ligne.affecte, ligne.chiffres.engage, ligne.reste_sur_affecte) for ligne in lue.par_axe] == [
        (D("183.34"), D("183.34"), D("0.00")),
        (D("30.00"), D("10.00"), D("20.00")),
    ]
    # Engagé comme voté, chaque territoire garde sa part votée ; payé, aucun n’a plus que son engagé.
    assert [(t.territoire.code, t.chiffres.engage, t.chiffres.paye) for t in lue.par_territoire] == [
        ("T1", D("66.68"), D("26.67")),
        ("T2", D("66.66"), D("26.67")),
        ("T3", D("60.00"), D("26.66")),
    ]
    parcours = lue.parcours
    assert (parcours.ae, parcours.affecte, parcours.reste_a_affecter) == (D("1000.00"), D("213.34"), D("786.66"))
    assert (parcours.reste_a_engager, parcours.taux_d_engagement) == (D("806.66"), D("19.334"))
    assert (lue.total.net, lue.total.reste_a_mandater, lue.total.a_mandater) == (D("65.00"), D("80.01"), D("10.00"))


def test_les_reports_deplacent_les_credits_d_un_exercice(actions):
    enveloppe = Enveloppe.objects.get(appel=actions[0].projet.appel)
    ReportDeCredits.objects.create(enveloppe=enveloppe, de=2016, vers=2018, montant=D("200.00"), motif="Glissement.")
    lignes = entiere(actions).par_exercice
    assert [(x.exercice, x.cp, x.recus, x.cedes, x.cp_ouverts, x.disponible) for x in lignes] == [
        (2016, D("500.00"), D("0.00"), D("200.00"), D("300.00"), D("300.00")),
        (2017, D("500.00"), D("0.00"), D("0.00"), D("500.00"), D("500.00")),
        (2018, D("0.00"), D("200.00"), D("0.00"), D("200.00"), D("200.00")),
    ]
    assert sum(x.cp_ouverts for x in lignes) == enveloppe.montant_ae


def test_les_restes_a_mandater_ont_un_age(actions):
    engager(actions[0])
    versement(actions[0], "60.00", V.MANDATE)
    tranches = entiere(actions, au=date(2017, 6, 30)).ages
    assert tranches == [
        TrancheDAge("exercices à venir", [], D("0.00"), D(0)),
        TrancheDAge("exercice 2017", [2017], D("50.01"), D("50.01") * 100 / D("90.01")),
        TrancheDAge("un an", [2016], D("40.00"), D("40.00") * 100 / D("90.01")),
        TrancheDAge("deux ans", [], D("0.00"), D(0)),
        TrancheDAge("trois ans et plus", [], D("0.00"), D(0)),
    ]
    assert [tranche.exercices for tranche in entiere(actions, au=date(2030, 1, 1)).ages][-1] == [2016, 2017]


def test_un_perimetre_ne_lit_que_le_sien(actions):
    engager(actions[0])
    engager(actions[2])
    versement(actions[0], "100.00", V.PAYE)
    autre = action_votee()  # d’un autre appel
    appel, t1 = actions[0].projet.appel, entiere(actions).programme.territoires[0]
    assert autre.projet.appel != appel
    du_territoire = execution(Perimetre(appel, (2016, 2017), territoire=t1))
    assert (du_territoire.total.engage, du_territoire.total.paye) == (D("50.01"), D("33.34"))
    assert (du_territoire.parcours.ae, du_territoire.parcours.affecte) == (None, None)
    de_l_axe = execution(Perimetre(appel, (2016, 2017), axe=actions[2].projet.axe))
    assert (de_l_axe.total.engage, de_l_axe.parcours.affecte) == (D("30.00"), D("30.00"))
    d_un_an = execution(Perimetre(appel, (2017,)))
    assert (d_un_an.exercices, d_un_an.total.engage) == ([2017], D("70.01"))


def test_un_solde_paye_apres_le_programme_compte(actions):
    enveloppe = Enveloppe.objects.get()
    affecter(actions[2], "10.00")
    engager(actions[2], {2016: "10.00"})
    ReportDeCredits.objects.create(enveloppe=enveloppe, de=2017, vers=2018, montant=D("10.00"), motif="Solde.")
    for exercice, montant in ((2016, "-4.00"), (2018, "4.00")):
        MouvementDEngagement.objects.create(
            action=actions[2], exercice=exercice, montant=D(montant), nature=NatureDeMouvement.REPORT
        )
    versement(actions[2], "4.00", V.PAYE, exercice=2018)
    lue = entiere(actions)
    assert [(x.exercice, x.chiffres.engage, x.chiffres.paye) for x in lue.par_exercice] == [
        (2016, D("6.00"), D("0.00")),
        (2017, D("0.00"), D("0.00")),
        (2018, D("4.00"), D("4.00")),
    ]


def test_l_execution_coute_une_requete_et_l_imputation_deux_de_plus(actions, django_assert_num_queries):
    engager(actions[0])
    appel = AppelAProjets.objects.get(pk=actions[0].projet.appel_id)
    programme = Programme(Perimetre.entier(appel))
    _ = (programme.axes, programme.territoires, programme.credits)
    lue = Execution(programme)
    with django_assert_num_queries(1):
        _ = (lue.total, lue.parcours, lue.par_exercice, lue.par_axe, lue.par_territoire, lue.ages, lue.a_commence)
    with django_assert_num_queries(2):
        _ = lue.par_imputation


# --- Quelle que soit la suite d’écritures ---------------------------------------------------------------------------
ECRITURES = st.lists(
    st.tuples(
        st.integers(0, 2),
        st.sampled_from([2016, 2017]),
        st.sampled_from(["engager", *V.values]),
        st.integers(1, 9_000),
    ),
    max_size=12,
)


def _ecrire(actions, ecritures):
    """Écrit ce que la base accepte ; le reste est refusé comme il doit l’être."""
    for rang, exercice, quoi, centimes in ecritures:
        montant = str(en_euros(centimes))
        try:
            with transaction.atomic():
                if quoi == "engager":
                    nature = NatureDeMouvement.AVENANT
                    MouvementDEngagement.objects.create(
                        action=actions[rang], exercice=exercice, montant=D(montant), nature=nature
                    )
                else:
                    versement(actions[rang], montant, V(quoi), exercice=exercice, annee=exercice)
        except IntegrityError as refus:
            assert "dépass" in str(refus)  # noqa: PT017 (les déclencheurs ont leurs propres essais)


def _brut(sql):
    with connection.cursor() as curseur:
        curseur.execute(sql)
        return {ligne[:-1]: ligne[-1] for ligne in curseur.fetchall()}


_VERSES = "SELECT p.axe_id, m.exercice, sum(m.montant)"
_DE_LA_BASE = {
    "attribue": "SELECT p.axe_id, m.annee, sum(m.montant) FROM financements_tranche m",
    "engage": "SELECT p.axe_id, m.exercice, sum(m.montant) FROM financements_mouvementdengagement m",
    **{
        nom: f"{_VERSES} FILTER (WHERE m.etat IN ({etats})) FROM financements_versement m"
        for nom, etats in {
            "prevu": "'prevu', 'suspendu'",
            "liquide": "'liquide', 'mandate', 'paye', 'rejete'",
            "mandate": "'mandate', 'paye'",
            "paye": "'paye'",
        }.items()
    },
}
_SUITE = " JOIN financements_action a ON a.id = m.action_id JOIN projets_projet p ON p.id = a.projet_id GROUP BY 1, 2"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ecritures=ECRITURES)
def test_toute_decoupe_fait_le_total_et_chaque_chiffre_est_le_sql_brut(actions, ecritures):
    with transaction.atomic():
        for action in actions[::2]:
            affecter(action, "200.00")
        _ecrire(actions, ecritures)
        lue = entiere(actions)
        total = lue.total
        for decoupe in (lue.par_exercice, lue.par_axe, lue.par_territoire, lue.par_imputation):
            assert sum((ligne.chiffres for ligne in decoupe), Chiffres()) == total
        sans = Execution(lue.programme, au=lue.au, sans_territoires=True)
        assert (sans.par_exercice, sans.par_axe, sans.total) == (lue.par_exercice, lue.par_axe, total)
        for nom, sql in _DE_LA_BASE.items():
            brut = {cle: montant for cle, montant in _brut(sql + _SUITE).items() if montant}
            assert {
                (ligne.axe.pk, an): getattr(chiffres, nom)
                for ligne in lue.par_axe
                for an, chiffres in ligne.par_exercice.items()
                if getattr(chiffres, nom)
            } == brut
        assert sum(tranche.montant for tranche in lue.ages) == total.reste_a_mandater
        for ligne in lue.par_territoire:
            chiffres = ligne.chiffres
            assert D(0) <= chiffres.paye <= chiffres.mandate <= chiffres.liquide <= chiffres.engage
        assert total.engage <= total.attribue
        assert total.engage <= sum(AffectationDeCredits.objects.values_list("montant", flat=True))
        _comparer_a_la_regle(lue, actions)
        transaction.set_rollback(True)


def _niveaux(action, exercice):
    """Engagé, liquidé, mandaté, payé de l’action cet exercice, en centimes."""
    niveaux = {"engage": action.engagements.filter(exercice=exercice)}
    for nom, etats in (("liquide", COMPTES), ("mandate", ("mandate", "paye")), ("paye", ("paye",))):
        niveaux[nom] = action.versements.filter(exercice=exercice, etat__in=etats)
    return {nom: en_centimes(sum(lignes.values_list("montant", flat=True), D(0))) for nom, lignes in niveaux.items()}


def _comparer_a_la_regle(lue, actions):
    """La cascade de PostgreSQL est celle de `repartir`, action par action."""
    attendu = defaultdict(int)
    for action, exercice in product(actions, (2016, 2017)):
        votees = PartTranche.objects.filter(tranche__action=action)
        votees = votees.filter(tranche__annee=exercice) or votees
        votes = defaultdict(int)
        for part in votees.select_related("territoire"):
            votes[part.territoire.code] += en_centimes(part.montant)
        parts = votes
        for nom, centimes in _niveaux(action, exercice).items():
            parts = repartir(centimes, parts if any(parts.values()) else votes)
            for code, part in parts.items():
                attendu[code, exercice, nom] += part
    assert {
        (ligne.territoire.code, an, nom): en_centimes(getattr(chiffres, nom))
        for ligne in lue.par_territoire
        for an, chiffres in ligne.par_exercice.items()
        for nom in ("engage", "liquide", "mandate", "paye")
        if getattr(chiffres, nom)
    } == {cle: centimes for cle, centimes in attendu.items() if centimes}
