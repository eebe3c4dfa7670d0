"""La page de suivi : qui en est où, de quel âge, à quel rythme, en un nombre constant de requêtes."""

from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine

from projets.chiffres.suivi import Avancement, TrancheDAge, appels_suivis, suivi_de_l_instruction
from projets.models import AvisInstruction, DemandeDeComplement, Projet
from projets.models.echanges import en_retard
from projets.rules.prevision import Semaine
from projets.states import EtatAppel, EtatProjet, Qualite
from projets.views.instruction.chiffres_du_suivi import chiffres_du_suivi
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AffectationFactory, AppelFactory, AxeFactory, ProjetFactory, deport_de
from tests.projets.instruction.jury import appel_en_instruction, avis_rendu, instructeur_de, rendre
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
MERCREDI = date(2016, 6, 15)
MIDI = datetime(2016, 6, 15, 10, tzinfo=UTC)


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def dou():
    return TerritoireFactory(code="DOU", nom="Douaisis")


@pytest.fixture
def appel():
    return appel_en_instruction(notations_attendues=1)


def depose(appel, etat=EtatProjet.DEPOSE, jours=0, **champs) -> Projet:
    """Un projet déposé il y a tant de jours."""
    return ProjetFactory(
        **{"axe": appel.axes.first(), "etat": etat, "depose_le": MIDI - timedelta(days=jours), **champs}
    )


def suivi(qui, appel):
    return suivi_de_l_instruction(qui if not isinstance(qui, str) else PersonneFactory(role=qui), appel, MERCREDI)


def test_chaque_etat_compte_a_sa_place_une_fois(appel, val):
    for etat in EtatProjet.values:
        if etat != EtatProjet.BROUILLON:
            depose(appel, etat, territoires={val: 100})
    depose(appel, EtatProjet.BROUILLON, numero=None, territoires={val: 100})
    depose(appel_en_instruction(), territoires={val: 100})
    attendu = Avancement(a_verifier=2, incomplets=1, recevables=1, instruits=5, ecartes=3, notes=0, en_retard=0)
    lu = suivi("pilote", appel).ensemble
    assert lu == attendu
    assert (lu.deposes, lu.en_jeu, lu.complets, lu.restants, lu.part_instruite) == (12, 9, 6, 4, 55)


def test_par_territoire_par_axe_et_par_chef_de_file(appel, val, dou):
    deux = AxeFactory(appel=appel, numero=2, intitule="Deux")
    nadia = PersonneFactory(instructeur=True, prenom="Nadia", nom="Kaci")
    partage = depose(appel, EtatProjet.RECEVABLE, territoires={val: 60, dou: 40})
    depose(appel, EtatProjet.INSTRUIT, axe=deux, territoires={dou: 100})
    AffectationFactory(projet=partage, instructeur=nadia)
    AffectationFactory(projet=partage, qualite=Qualite.ASSOCIE)
    lu = suivi("pilote", appel)
    recevable, instruit = {"recevables": 1}, {"instruits": 1}
    assert list(lu.par_territoire) == [
        Avancement("Douaisis", recevables=1, instruits=1), Avancement("Valenciennois", **recevable),
    ]  # fmt: skip
    premier = appel.axes.get(numero=1)
    assert list(lu.par_axe) == [Avancement(f"1. {premier.intitule}", **recevable), Avancement("2. Deux", **instruit)]
    assert list(lu.par_instructeur) == [Avancement("Nadia Kaci", **recevable)]
    assert (lu.sans_instructeur, lu.ensemble.en_jeu) == (1, 2)


def test_l_instructeur_ne_compte_que_ses_territoires(appel, val, dou):
    instructrice = PersonneFactory(instructeur=True)
    instructrice.territoires.add(val)
    depose(appel, territoires={val: 10, dou: 90})
    depose(appel, territoires={dou: 100})
    lu = suivi(instructrice, appel)
    assert (lu.ensemble, list(lu.par_territoire)) == (
        Avancement(a_verifier=1), [Avancement("Valenciennois", a_verifier=1)],
    )  # fmt: skip


def test_un_projet_est_note_quand_toutes_les_notations_attendues_sont_rendues(val):
    appel = appel_en_instruction(notations_attendues=2)
    seul, complet = (depose(appel, EtatProjet.RECEVABLE, territoires={val: 100}) for _ in range(2))
    rendre(seul)
    rendre(complet)
    rendre(complet)
    lu = suivi("pilote", appel)
    assert [li.notes for li in (lu.ensemble, *lu.par_territoire, *lu.par_axe)] == [1, 1, 1]
    nadia = instructeur_de(complet)
    assert suivi(nadia, appel).ensemble.notes == 0, "elle n’a pas rendu la sienne : chacun note seul"
    rendre(complet, nadia)
    assert suivi(nadia, appel).ensemble.notes == 1


def test_la_notation_d_un_deporte_ne_compte_plus_dans_le_suivi(val):
    appel = appel_en_instruction(notations_attendues=1)
    projet = depose(appel, EtatProjet.RECEVABLE, territoires={val: 100})
    notation = rendre(projet)
    assert suivi("pilote", appel).ensemble.notes == 1
    deport_de(notation.instructeur, projet)
    assert suivi("pilote", appel).ensemble.notes == 0


def test_en_retard_le_rejet_implicite_passe_ou_dans_quinze_jours_et_rien_de_decide(appel, val):
    limite = MERCREDI + timedelta(days=15)
    recu = datetime(2016, 4, 30, 12, tzinfo=UTC)  # rejet implicite le 30 juin, quinze jours après
    assert limite == date(2016, 6, 30)
    for etat in (EtatProjet.DEPOSE, EtatProjet.RECEVABLE, EtatProjet.RETENU, EtatProjet.RETIRE):
        depose(appel, etat, territoires={val: 100}, depose_le=recu)
    depose(appel, EtatProjet.DEPOSE, territoires={val: 100}, depose_le=recu + timedelta(days=1))
    depose(appel, EtatProjet.DEPOSE, territoires={val: 100}, depose_le=recu - timedelta(days=60))
    assert suivi("pilote", appel).ensemble.en_retard == 3


def test_un_complement_pas_venu_a_temps_est_en_retard_comme_dans_la_file(appel, val):
    for attente, repondue in ((-1, None), (1, None), (-1, MIDI)):
        DemandeDeComplement.objects.create(
            projet=depose(appel, EtatProjet.INCOMPLET, territoires={val: 100}, jours=10),
            texte="Le RIB",
            demandee_par=PersonneFactory(),
            demandee_le=MIDI - timedelta(days=9),
            echeance=MERCREDI + timedelta(days=attente),
            repondue_le=repondue,
        )
    en_attente = depose(appel, EtatProjet.LISTE_ATTENTE, territoires={val: 100}, jours=60)
    AffectationFactory(projet=en_attente, instructeur=PersonneFactory(instructeur=True))
    lu = suivi("pilote", appel)
    lignes = (lu.ensemble, *lu.par_territoire, *lu.par_axe, *lu.par_instructeur)
    assert [ligne.en_retard for ligne in lignes] == [2, 2, 2, 1]
    file = Projet.objects.filter(en_retard(MERCREDI))
    assert sorted(file.values_list("etat", flat=True)) == ["incomplet", "liste_attente"]


def test_les_ages_se_comptent_de_date_a_date_a_paris(appel, val):
    for jours in (0, 15, 16, 30, 31, 45, 46, 200):
        depose(appel, jours=jours, territoires={val: 100})
    depose(appel, EtatProjet.RETENU, jours=3, territoires={val: 100})
    # 30 mai à 22 h 30, temps universel : le 31 à Paris, quinze jours avant
    depose(appel, territoires={val: 100}, depose_le=datetime(2016, 5, 30, 22, 30, tzinfo=UTC))
    depose(appel, territoires={val: 100}, depose_le=None)
    lus = suivi("pilote", appel).ages
    assert list(lus) == [
        TrancheDAge(0, 15, 3), TrancheDAge(16, 30, 2), TrancheDAge(31, 45, 2), TrancheDAge(46, None, 2),
    ]  # fmt: skip
    assert [tranche.libelle for tranche in lus] == [
        "0 à 15 jours",
        "16 à 30 jours",
        "31 à 45 jours",
        "plus de 45 jours",
    ]


def test_le_rythme_compte_le_premier_avis_de_chaque_projet_et_prevoit_la_fin(appel, val):
    instants = [datetime(2016, 5, 15, 22, 30, tzinfo=UTC), *(MIDI - timedelta(weeks=n) for n in (3, 3, 1, 0))]
    for instant in instants:  # le premier : un dimanche en temps universel, lundi 16 mai à Paris
        projet = depose(appel, EtatProjet.RECEVABLE, jours=60, territoires={val: 100})
        rendre(projet)
        with time_machine.travel(instant, tick=False):
            avis_rendu(projet)
    with time_machine.travel(MIDI, tick=False):
        avis_rendu(Projet.objects.latest("pk"), auteur=PersonneFactory(pilote=True))
    depose(appel, EtatProjet.RECEVABLE, jours=60, territoires={val: 100})
    lu = suivi("pilote", appel)
    assert AvisInstruction.objects.count() == 6
    assert list(lu.par_semaine)[-5:] == [
        Semaine(date(2016, 5, 16), 1), Semaine(date(2016, 5, 23), 2), Semaine(date(2016, 5, 30), 0),
        Semaine(date(2016, 6, 6), 1), Semaine(date(2016, 6, 13), 1),
    ]  # fmt: skip
    assert (len(lu.par_semaine), lu.prevision.restants, lu.prevision.fin) == (12, 1, date(2016, 6, 22))
    lus = [chiffres_du_suivi(lu, comite)[-1] for comite in (None, date(2016, 6, 22), date(2016, 6, 21))]
    au_rythme = ("22/06/2016", "au rythme des quatre dernières semaines", "")
    trop_tard = ("22/06/2016", "après le comité, prévu le 21/06/2016", "social")
    assert [(c.valeur, c.detail, c.ton) for c in lus] == [au_rythme, au_rythme, trop_tard]


def test_les_appels_en_instruction_d_abord_et_seulement_ceux_ou_l_on_voit_un_projet(val, dou):
    vieux = AppelFactory(etat=EtatAppel.EXECUTION)
    recent = AppelFactory(etat=EtatAppel.INSTRUCTION, ouvre_le=datetime(2015, 1, 1, tzinfo=UTC))
    AppelFactory(etat=EtatAppel.INSTRUCTION)
    for appel, territoire in ((vieux, val), (recent, dou)):
        ProjetFactory(axe=AxeFactory(appel=appel), territoires={territoire: 100})
    instructrice = PersonneFactory(instructeur=True)
    instructrice.territoires.add(val)
    assert appels_suivis(PersonneFactory(pilote=True)) == [recent, vieux]
    assert appels_suivis(instructrice) == [vieux]


def test_la_page_montre_les_chiffres_les_dessins_et_les_tableaux(connecter, appel, val):
    projet = depose(appel, EtatProjet.RECEVABLE, territoires={val: 100})
    AffectationFactory(projet=projet, instructeur=instructeur_de(projet, prenom="Nadia", nom="Kaci"))
    reponse = connecter("pilote").get("/instruction/suivi/")
    page = reponse.content.decode()
    attendus = [
        "Valenciennois",
        "Nadia Kaci",
        "pas assez de recul",
        "Ancienneté",
        'href="/instruction/suivi/export/?appel=',
    ]
    assert [mot for mot in attendus if mot not in page] == []
    assert {chiffre.libelle: chiffre.valeur for chiffre in reponse.context["chiffres"]} == {
        "Déposés": "1", "Recevables": "1", "Notés": "0", "Instruits": "0", "En retard": "1", "Fin prévue": "–",
    }  # fmt: skip
    assert page.count("<svg") >= 3


def test_sans_projet_depose_la_page_le_dit(connecter):
    assert "Aucun projet déposé" in connecter("pilote").get("/instruction/suivi/").content.decode()


def test_on_choisit_l_appel_et_un_appel_inconnu_est_le_premier(connecter, appel, val):
    autre = AppelFactory(etat=EtatAppel.EXECUTION)
    depose(appel, territoires={val: 100})
    ProjetFactory(axe=AxeFactory(appel=autre), territoires={val: 100})
    navigateur = connecter("pilote")
    suites = ("", f"?appel={autre.pk}", "?appel=x")
    lus = [navigateur.get(f"/instruction/suivi/{suite}").context["appel"] for suite in suites]
    assert lus == [appel, autre, appel]


def test_la_page_fait_autant_de_requetes_pour_un_projet_que_pour_trois(connecter, requetes, appel, val, dou):
    navigateur, comptes = connecter("pilote"), []
    for _ in range(3):
        projet = depose(appel, EtatProjet.RECEVABLE, territoires={val: 50, dou: 50})
        AffectationFactory(projet=projet)
        rendre(projet)
        avis_rendu(projet)
        with requetes() as prises:
            navigateur.get("/instruction/suivi/")
        comptes.append(prises.nombre)
    # session, personne, appels, puis ensemble, territoires, axes, instructeurs, avis par semaine
    assert comptes == [8, 8, 8], prises
