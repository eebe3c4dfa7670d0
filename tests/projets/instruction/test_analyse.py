"""Les repères d’un budget : médianes en SQL, écarts, doublons, et rien de ce que la personne ne voit pas."""

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comptes.states import Role
from projets.chiffres.analyse import SANS_SUITE, Repere, Reperes, autres_projets, reperes
from projets.models import Cofinancement, Projet
from projets.rules.analyse import (
    COMPARABLES,
    Bornes,
    EcartAnnuel,
    Exercice,
    bornes_habituelles,
    ecarts_annuels,
    financeurs_en_double,
)
from projets.states import EtatProjet
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory


# --- Les règles ---------------------------------------------------------------------------------------------
def test_un_ecart_entre_annees_se_dit_au_dela_du_seuil():
    def cout(*couts):
        return [Exercice(2027 + rang, cout, 0) for rang, cout in enumerate(couts)]

    assert ecarts_annuels(cout(100_00, 120_00, 96_00)) == []
    assert ecarts_annuels(cout(100_00, 121_00, 0, 50_00)) == [EcartAnnuel(2028, 21), EcartAnnuel(2029, -100)]


def test_un_financeur_inscrit_deux_fois_se_nomme():
    financeurs = [("commune, Denain", "commune, denain"), ("État", "etat"), ("commune, DENAIN", "commune, denain")]
    assert financeurs_en_double(financeurs) == ["commune, Denain"]


def test_chaque_borne_est_a_son_quartile_comme_les_quartiles_l_un_a_l_autre():
    bornes = bornes_habituelles(Decimal(100), Decimal(150), COMPARABLES)
    assert (bornes.basse, bornes.haute) == (Decimal("66.67"), Decimal("225.00"))
    lus = {valeur: bornes.ecart(Decimal(valeur)) for valeur in ("66.66", "66.67", "225", "225.01")}
    attendus = {"66.66": "bas", "66.67": "", "225": "", "225.01": "haut"}
    assert (lus, bornes.ecart(None)) == (attendus, "")


def test_trop_peu_de_projets_ou_rien_a_comparer_ne_dit_rien():
    assert bornes_habituelles(Decimal(100), Decimal(140), COMPARABLES - 1) is None
    assert bornes_habituelles(None, None, COMPARABLES) is None
    assert bornes_habituelles(Decimal(0), Decimal(140), COMPARABLES) is None


@given(st.lists(st.integers(1, 10_000), min_size=COMPARABLES))
def test_entre_les_quartiles_rien_n_est_inhabituel_et_moins_de_la_moitie_l_est(valeurs):
    q1, _, q3 = (Decimal(q) for q in statistics.quantiles(valeurs, n=4, method="inclusive"))
    bornes = bornes_habituelles(q1, q3, len(valeurs))
    signalees = [valeur for valeur in valeurs if bornes.ecart(Decimal(valeur))]
    assert [valeur for valeur in signalees if q1 <= valeur <= q3] == []
    assert 2 * len(signalees) <= len(valeurs)


# --- Les chiffres -------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_la_mediane_est_celle_des_projets_deposes_de_l_axe():
    axe = AxeFactory()
    projets = [
        ProjetFactory(axe=axe, allocataires_prevus=10, budget={2016: (cout, demande), 2017: (cout, demande)})
        for cout, demande in (("1000", "500"), ("2000", "1200"), ("6000", "6000"))
    ]
    ProjetFactory(axe=axe, numero=None, etat=EtatProjet.BROUILLON, budget={2016: ("90000", "1")})
    ProjetFactory(axe=AxeFactory(appel=axe.appel), budget={2016: ("90000", "1")})
    assert reperes(projets[0]) == Reperes(
        Repere(Decimal("100.00"), Decimal("200.00")), Repere(Decimal("50.0"), Decimal("60.0")), 3
    )


@pytest.mark.django_db
@pytest.mark.parametrize("etat", sorted(SANS_SUITE))
def test_la_mediane_ignore_ce_qui_est_sans_suite_et_le_projet_garde_sa_valeur(etat):
    axe = AxeFactory()
    vivant = ProjetFactory(axe=axe, allocataires_prevus=10, budget={2016: ("1000", "500")})
    ecarte = ProjetFactory(axe=axe, allocataires_prevus=10, budget={2016: ("9000", "9000")}, etat=etat)
    mediane = (Decimal("100.00"), Decimal("50.0"))
    assert [reperes(projet) for projet in (vivant, ecarte)] == [
        Reperes(Repere(Decimal("100.00"), mediane[0]), Repere(Decimal("50.0"), mediane[1]), 1),
        Reperes(Repere(Decimal("900.00"), mediane[0]), Repere(Decimal("100.0"), mediane[1]), 1),
    ]


@pytest.mark.django_db
def test_sans_allocataire_ni_budget_rien_ne_se_divise():
    projet = ProjetFactory(allocataires_prevus=0, budget={2016: ("0", "0")})
    assert reperes(projet) == Reperes(Repere(None, None), Repere(None, None), 1)


@pytest.mark.django_db
def test_un_cout_hors_des_bornes_de_son_axe_se_dit_avec_la_limite(connecter):
    axe = AxeFactory(numero=4)
    couts = ("800", "900", "1000", "1000", "1100", "1200", "1300", "4000")  # pour dix allocataires
    projets = [ProjetFactory(axe=axe, allocataires_prevus=10, budget={2016: (cout, "500")}) for cout in couts]
    assert [reperes(projet).ecart for projet in projets] == [""] * 7 + ["haut"]
    assert reperes(projets[0]).bornes == Bornes(Decimal("97.50"), Decimal("122.50"))
    adresse = f"/instruction/{projets[-1].pk}/?onglet=budget"
    page = " ".join(connecter("pilote").get(adresse).content.decode().split())
    assert "<strong>Coût par allocataire inhabituel</strong>&nbsp;: au-dessus de 154" in page
    assert "Rien à signaler" not in page


@pytest.fixture
def territoire():
    return TerritoireFactory()


@pytest.fixture
def projet(territoire):
    organisme = OrganismeFactory(siret="73282932000074")
    return ProjetFactory(
        organisme=organisme, territoires={territoire: 100}, intitule="Garde d’enfants en horaires décalés"
    )


@pytest.mark.django_db
def test_un_projet_proche_du_meme_siren_et_d_une_annee_commune_est_un_doublon(projet, territoire):
    freres = {"organisme": OrganismeFactory(siret="73282932000082"), "territoires": {territoire: 100}}
    proche = ProjetFactory(**freres, intitule="Garde d’enfants, horaires décalés")
    autre = ProjetFactory(**freres, intitule="Jardin partagé")
    ProjetFactory(**freres, intitule=projet.intitule, etat=EtatProjet.NON_RETENU)
    ProjetFactory(**freres, intitule=projet.intitule, budget={2030: ("1", "1")})
    ProjetFactory(intitule=projet.intitule, territoires={territoire: 100})  # d’un autre organisme
    ProjetFactory(**freres, intitule=projet.intitule, numero=None, etat=EtatProjet.BROUILLON)
    Cofinancement.objects.create(projet=autre, financeur="fse", montant=10)
    trouves = autres_projets(PersonneFactory(pilote=True), Projet.objects.get(pk=projet.pk))
    assert (len(trouves.vus), trouves.caches, trouves.doublons, trouves.fse) == (4, 0, [proche], [autre])
    assert (trouves.doublons_caches, trouves.fse_caches) == (0, 0)


@pytest.mark.django_db
def test_un_projet_d_un_autre_territoire_n_est_que_compte(connecter, projet, territoire):
    secret = ProjetFactory(organisme=projet.organisme, intitule="Garde d’enfants en horaires très décalés")
    instructeur = PersonneFactory(role=Role.INSTRUCTEUR)
    instructeur.territoires.add(territoire)
    page = connecter(instructeur).get(f"/instruction/{projet.pk}/?onglet=budget")
    autres = page.context["autres"]
    assert (autres.vus, autres.caches, autres.doublons, autres.doublons_caches) == ([], 1, [], 1)
    texte = " ".join(page.content.decode().split())
    assert secret.intitule not in texte
    assert "1 projet hors de votre périmètre, d’intitulé proche et d’une année commune" in texte
    assert "Rien à signaler" not in texte


@pytest.mark.django_db
def test_le_fse_demande_hors_de_son_perimetre_se_compte_sans_se_nommer(connecter, projet, territoire):
    secret = ProjetFactory(organisme=projet.organisme, intitule="Jardin partagé")
    instructeur = PersonneFactory(role=Role.INSTRUCTEUR)
    instructeur.territoires.add(territoire)
    phrase, navigateur = "pour 1 projet hors de votre périmètre", connecter(instructeur)

    def lue() -> str:
        return " ".join(navigateur.get(f"/instruction/{projet.pk}/?onglet=budget").content.decode().split())

    Cofinancement.objects.create(projet=secret, financeur="fse", montant=10)
    assert (phrase in lue(), "Rien à signaler" in lue()) == (False, True), "lui ne demande pas le FSE"
    Cofinancement.objects.create(projet=projet, financeur="fse", montant=10)
    assert (phrase in lue(), "Rien à signaler" in lue(), "Jardin partagé" in lue()) == (True, False, False)
    Projet.objects.filter(pk=secret.pk).update(etat=EtatProjet.RETIRE)
    assert phrase not in lue()


@pytest.mark.django_db
def test_l_onglet_dit_les_alertes_et_les_aides_passees(connecter, projet, territoire):
    action_votee(organisme=projet.organisme, parts={territoire: 100}, intitule="Garde d’enfants en horaires décalés")
    for _ in range(2):
        Cofinancement.objects.create(projet=projet, financeur="commune", precision="Denain", montant=10)
    page = " ".join(connecter("pilote").get(f"/instruction/{projet.pk}/?onglet=budget").content.decode().split())
    attendus = ["Double financement possible", "Financeur inscrit deux fois&nbsp;: commune, Denain", "aides-passees"]
    assert [attendu for attendu in attendus if attendu not in page] == []


@pytest.mark.django_db
def test_l_onglet_prend_autant_de_requetes_pour_un_frere_que_pour_trois(connecter, requetes, projet):
    navigateur, comptes = connecter("pilote"), []
    for _ in range(3):
        ProjetFactory(organisme=projet.organisme)
        with requetes() as prises:
            navigateur.get(f"/instruction/{projet.pk}/?onglet=budget")
        comptes.append(prises.nombre)
    assert len(set(comptes)) == 1, prises
