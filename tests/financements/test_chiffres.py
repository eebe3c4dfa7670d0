"""La couche de chiffres : chaque tableau au centime, et tous d’accord entre eux."""

from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.socle.dessins.formes import Texte
from config.socle.montants import INSECABLE
from financements.chiffres import (
    LigneAction,
    LigneTerritoire,
    Partage,
    Perimetre,
    Programme,
    TotalAnnuel,
    lignes_actions,
    version_des_donnees,
)
from financements.chiffres.dessins import dessin_du_partage
from financements.models import Action
from projets.models import AppelAProjets, Projet
from projets.states import Volet
from tests.comptes.fabriques import OrganismeFactory
from tests.financements.fabriques import action_votee, enveloppe_repartie
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def programme():
    """Deux axes, deux territoires, deux ans, trois actions dont une partagée et une avec FSE."""
    appel = AppelFactory(annee_debut=2016, annee_fin=2017, annee_reference=2015, part_pro_reference=34)
    pro = AxeFactory(appel=appel, numero=1)
    social = AxeFactory(appel=appel, numero=2, volet=Volet.SOCIAL)
    nord, sud = TerritoireFactory(code="NORD", nom="Nord"), TerritoireFactory(code="SUD", nom="Sud")
    enveloppe_repartie(appel, {2016: "300.01", 2017: "299.99"}, {nord: 2, sud: 1})
    ami = OrganismeFactory(nom="Les Amis", forme_juridique="association")
    action_votee(axe=pro, parts={nord: 100}, montants={2016: "100.00", 2017: "100.00"}, numero=1, organisme=ami)
    action_votee(
        axe=pro, parts={nord: "50", sud: "50"}, montants={2016: "33.33"}, numero=2, organisme=ami, montant_fse="10.00"
    )
    action_votee(
        axe=social,
        parts={sud: 100},
        montants={2017: "66.67"},
        numero=3,
        organisme=OrganismeFactory(nom="CCAS", forme_juridique="ccas"),
    )
    AxeFactory(appel=AppelFactory(), numero=1)  # un autre appel ne compte nulle part
    action_votee(parts={nord: 100})
    return Programme(Perimetre.entier(appel))


def test_les_axes(programme):
    assert [(ligne.axe.numero, ligne.actions, ligne.par_annee, ligne.total) for ligne in programme.par_axe] == [
        (1, 2, {2016: D("133.33"), 2017: D("100.00")}, D("233.33")),
        (2, 1, {2016: D("0.00"), 2017: D("66.67")}, D("66.67")),
    ]
    assert [ligne.part for ligne in programme.par_axe] == [D("233.33") * 100 / D("300"), D("66.67") * 100 / D("300")]


def test_les_territoires_face_au_prorata(programme):
    nord, sud = programme.par_territoire
    assert nord == LigneTerritoire(
        territoire=nord.territoire,
        actions=2,
        par_annee={2016: D("116.67"), 2017: D("100.00")},
        vote=D("216.67"),
        part=D("216.67") * 100 / D("300"),
        allocataires=2,
        prorata=D("400.00"),
    )
    assert (nord.ecart, nord.ecart_pourcent, nord.par_allocataire) == (D("-183.33"), D("-45.8325"), D("108.335"))
    assert (sud.territoire.nom, sud.actions, sud.vote, sud.prorata) == ("Sud", 2, D("83.33"), D("200.00"))
    total = programme.total_territoires
    assert (total.actions, total.vote, total.prorata, total.allocataires) == (3, D("300.00"), D("600.00"), 3)


def test_les_annees_face_aux_credits(programme):
    assert programme.par_annee == [
        TotalAnnuel(2016, D("300.01"), D("133.33")),
        TotalAnnuel(2017, D("299.99"), D("166.67")),
    ]
    assert [ligne.disponible for ligne in programme.par_annee] == [D("166.68"), D("133.32")]


def test_le_partage_professionnel_social(programme):
    cent = D(100)
    assert programme.partages == [
        Partage(2015, D("34.00"), D("66.00"), est_reference=True),
        Partage(2016, cent, D(0), D("133.33"), D("0.00")),
        Partage(2017, D("100.00") * 100 / D("166.67"), 100 - D("100.00") * 100 / D("166.67"), D("100.00"), D("66.67")),
        Partage(None, D("233.33") * 100 / D("300"), 100 - D("233.33") * 100 / D("300"), D("233.33"), D("66.67")),
    ]


def test_le_dessin_du_partage_dit_les_nombres_du_tableau_a_cote(programme):
    programme.appel.refresh_from_db()  # la part de comparaison telle que la base la rend
    ecrits = [forme.texte for forme in dessin_du_partage(programme).formes if isinstance(forme, Texte)]
    assert [texte.replace(INSECABLE, " ") for texte in ecrits] == [
        "2015", "constaté", "34,0 % professionnel", "66,0 % social",
        "2016", "100,0 % professionnel",
        "2017", "60,0 % professionnel", "40,0 % social",
        "Ensemble", "77,8 % professionnel", "22,2 % social",
    ]  # fmt: skip


def test_la_matrice(programme):
    matrice = programme.croisement
    (pro, social), (nord, sud) = matrice.axes, matrice.territoires
    assert matrice.valeurs == {
        pro.pk: {nord.pk: D("216.67"), sud.pk: D("16.66")},
        social.pk: {nord.pk: D("0.00"), sud.pk: D("66.67")},
    }
    assert (matrice.par_axe, matrice.par_territoire, matrice.total) == (
        {pro.pk: D("233.33"), social.pk: D("66.67")},
        {nord.pk: D("216.67"), sud.pk: D("83.33")},
        D("300.00"),
    )


def test_la_synthese(programme):
    synthese = programme.synthese
    assert (synthese.vote, synthese.ae, synthese.reste_ae) == (D("300.00"), D("600.00"), D("300.00"))
    assert (synthese.actions, synthese.organismes, synthese.allocataires_accompagnes) == (3, 2, 40)
    assert (synthese.actions_fse, synthese.montant_fse, synthese.vote_fse) == (1, D("10.00"), D("33.33"))
    assert synthese.cout_total == D("610.00")


def test_les_organismes_et_les_formes(programme):
    assert [(o.organisme.nom, o.actions, o.total) for o in programme.premiers_organismes()] == [
        ("Les Amis", 2, D("233.33")),
        ("CCAS", 1, D("66.67")),
    ]
    assert [o.organisme.nom for o in programme.premiers_organismes(1)] == ["Les Amis"]
    action_votee(axe=programme.axes[0], montants={2016: "0.00"}, numero=4)  # rien de voté : aucun n’est « premier »
    assert len(programme.premiers_organismes()) == 2
    assert [(f.libelle, f.organismes, f.actions, f.total) for f in programme.par_forme] == [
        ("association", 1, 2, D("233.33")),
        ("CCAS ou CIAS", 1, 1, D("66.67")),
    ]


def test_un_territoire_ne_compte_que_sa_part(programme):
    sud = programme.territoires[1]
    du_sud = Programme(Perimetre(programme.appel, (2016, 2017), territoire=sud))
    assert (du_sud.total, [ligne.total for ligne in du_sud.par_axe]) == (D("83.33"), [D("16.66"), D("66.67")])
    assert (du_sud.synthese.actions, du_sud.synthese.ae, du_sud.synthese.cout_total) == (2, None, D("171.67"))
    fse = (du_sud.synthese.actions_fse, du_sud.synthese.montant_fse, du_sud.synthese.vote_fse)
    assert (du_sud.synthese.allocataires_accompagnes, fse) == (15, (1, D("5.00"), D("16.66")))
    assert [(ligne.prorata, ligne.vote) for ligne in du_sud.par_territoire] == [(D("200.00"), D("83.33"))]
    assert [annee.cp for annee in du_sud.par_annee] == [None, None]


def test_un_axe_une_annee(programme):
    perimetre = Perimetre(programme.appel, (2016,), axe=programme.axes[0])
    de_l_axe = Programme(perimetre)
    assert (de_l_axe.total, de_l_axe.synthese.actions, de_l_axe.par_annee) == (
        D("133.33"),
        2,
        [TotalAnnuel(2016, None, D("133.33"))],
    )
    assert [ligne.prorata for ligne in de_l_axe.par_territoire] == [None, None]


def test_le_detail_des_actions(programme):
    lignes = lignes_actions(programme.perimetre)
    assert [(ligne.numero, ligne.total, ligne.territoire_code, ligne.autres_territoires) for ligne in lignes] == [
        (1, D("200.00"), "NORD", []),
        (2, D("33.33"), "NORD", ["Sud"]),
        (3, D("66.67"), "SUD", []),
    ]
    deuxieme = Projet.objects.get(appel=programme.appel, numero=2)
    assert lignes[1] == LigneAction(
        pk=deuxieme.action.pk,
        numero=2,
        intitule=deuxieme.intitule,
        organisme="Les Amis",
        siret=deuxieme.organisme.siret,
        commune="",
        axe_numero=1,
        sous_type="",
        allocataires=20,
        est_fse=True,
        par_annee={2016: D("33.33"), 2017: D("0.00")},
        total=D("33.33"),
        territoires=[("NORD", "Nord", D("16.67")), ("SUD", "Sud", D("16.66"))],
    )


def test_un_appel_sans_action_ni_enveloppe_se_chiffre_a_zero():
    appel = AppelFactory(annee_debut=2016, annee_fin=2016)
    vide = Programme(Perimetre.entier(appel))
    assert (vide.total, vide.par_axe, vide.par_territoire, vide.partages, lignes_actions(vide.perimetre)) == (
        D("0.00"),
        [],
        [],
        [],
        [],
    )
    assert vide.total_territoires is None
    assert vide.par_annee == [TotalAnnuel(2016, None, D("0.00"))]
    assert (vide.synthese.vote, vide.synthese.actions, vide.synthese.part_pro) == (D("0.00"), 0, None)


def test_le_tableau_de_bord_coute_peu_de_requetes_quel_que_soit_le_nombre_d_actions(
    programme, django_assert_num_queries
):
    for _ in range(3):
        action_votee(axe=programme.axes[0], montants={2016: "1.00"})
    with django_assert_num_queries(7):  # appel, axes, territoires, cube, budgets, dotations, crédits
        p = Programme(Perimetre.entier(AppelAProjets.objects.get(pk=programme.appel.pk)))
        _ = (p.synthese, p.par_axe, p.par_territoire, p.par_annee, p.partages, p.croisement, p.total_territoires)


def test_l_empreinte_change_avec_les_donnees_et_seulement_avec_elles(programme):
    appel = programme.appel
    avant = version_des_donnees(appel)
    action_votee(parts={programme.territoires[0]: 100})  # un autre appel
    assert version_des_donnees(appel) == avant
    Projet.objects.filter(appel=appel, numero=1).update(intitule="Autre intitulé")
    assert version_des_donnees(appel) != avant


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    actions=st.lists(
        st.tuples(
            st.sampled_from([0, 1]),
            st.integers(0, 10_000),
            st.dictionaries(st.sampled_from([2016, 2017]), st.integers(1, 10**9), min_size=1),
        ),
        min_size=1,
        max_size=4,
    )
)
def test_toutes_les_marges_font_le_meme_total(programme, actions):
    Action.objects.all().delete()
    nord, sud = programme.territoires
    attendu = 0
    for axe, part, montants in actions:
        pourcent = D(part) / 100
        parts = {t: str(v) for t, v in ((nord, pourcent), (sud, 100 - pourcent)) if v}
        euros = {annee: str(D(centimes) / 100) for annee, centimes in montants.items()}
        action_votee(axe=programme.axes[axe], parts=parts, montants=euros)
        attendu += sum(montants.values())
    p = Programme(programme.perimetre)
    sommes = {
        "axes": sum(ligne.total for ligne in p.par_axe),
        "axes par année": sum(sum(ligne.par_annee.values()) for ligne in p.par_axe),
        "territoires": sum(ligne.vote for ligne in p.par_territoire),
        "années": sum(ligne.vote for ligne in p.par_annee),
        "matrice": sum(sum(ligne.values()) for ligne in p.croisement.valeurs.values()),
        "volets": p.partages[-1].pro + p.partages[-1].social,
        "actions": sum(ligne.total for ligne in lignes_actions(p.perimetre)),
        "organismes": sum(ligne.total for ligne in p.premiers_organismes(100)),
        "formes": sum(ligne.total for ligne in p.par_forme),
    }
    assert sommes == dict.fromkeys(sommes, D(attendu) / 100)
