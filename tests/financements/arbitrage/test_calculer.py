"""Le calcul d’une sélection : du scénario au problème exact, et la tâche de bout en bout."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied

from comptes.states import Role
from config.socle.execution import Suivi, commencer, encadrer
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail, TravailAnnule
from financements.actions.arbitrage.adopter import adopter
from financements.actions.arbitrage.calculer import (
    Recherche,
    annuler_un_calcul,
    demander_un_calcul,
    faire_le_calcul,
    ranger_le_resultat,
)
from financements.actions.arbitrage.imposer import imposer_au_calcul
from financements.chiffres.arbitrage.compte_rendu import relire
from financements.chiffres.arbitrage.donnees import impositions_de
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.arbitrage.parametres import Parametres, dire_les_parametres
from financements.chiffres.arbitrage.probleme import poser
from financements.models import CalculDeSelection
from financements.planning import calculer_une_selection
from financements.rules.selection import (
    Avancement,
    Candidat,
    Exercice,
    Objectif,
    Plancher,
    Ponderation,
    ProblemeRefuse,
    Resultat,
    Statut,
    resoudre,
)
from financements.rules.selection import Choix as Impose
from financements.states import Choix, Imposition, MontantsMaximaux, OrigineScenario
from projets.models import AppelAProjets, Projet
from projets.states import EtatAppel
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.fabriques import ANNEES, noter_les_projets, petit_arbitrage
from tests.financements.arbitrage.saisies import lire
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
ORDINAIRES = Parametres()
PRO = dict.fromkeys(ANNEES, 5_900)


def demande(monde, parametres=ORDINAIRES, base=None, auteur=None, nom="Calcul"):
    return demander_un_calcul(
        auteur=auteur or monde.pilote, appel=monde.appel, base=base, nom=nom, parametres=parametres
    )


def calcule(monde, parametres=ORDINAIRES, **options) -> CalculDeSelection:
    calcul = demande(monde, parametres, **options)
    calculer_une_selection(calcul.pk)
    calcul.refresh_from_db()
    return calcul


def imposes(monde, *numeros) -> frozenset[int]:
    return frozenset(monde.projets[numero].pk for numero in numeros)


def exercices(minimum: int, maximum: int) -> dict[int, Exercice]:
    return dict.fromkeys(ANNEES, Exercice(minimum, maximum))


def test_l_appel_devient_un_probleme_exact(monde):
    Projet.objects.filter(appel=monde.appel).update(allocataires_prevus=0)
    Projet.objects.filter(pk=monde.projets[1].pk).update(allocataires_prevus=40)
    noter_les_projets(monde, {1: 70, 3: 55})
    parametres = Parametres(part_professionnelle=PRO, dehors=imposes(monde, 2))
    pose = poser(monde.appel, parametres, None)
    pks = {numero: str(projet.pk) for numero, projet in monde.projets.items()}
    titres = {numero: f"AAP16-000{numero} {projet.intitule}" for numero, projet in monde.projets.items()}
    assert pose.probleme.candidats == (
        Candidat(
            cle=pks[1], note=7_000, allocataires=40, exercices=exercices(720_000, 900_000), parts={"VAL": 10_000},
            axe=1, est_professionnel=True, nom=titres[1],
        ),
        Candidat(
            cle=pks[2], note=0, allocataires=0, exercices=exercices(320_000, 400_000), parts={"DOU": 10_000},
            axe=2, est_professionnel=False, choix=Impose.ECARTE, nom=titres[2],
        ),
        # 100,01 € proposés : 100 € au plus, 80 € au moins.
        Candidat(
            cle=pks[3], note=5_500, allocataires=0, exercices=exercices(8_000, 10_000),
            parts={"DOU": 6_667, "VAL": 3_333}, axe=2, est_professionnel=False, nom=titres[3],
        ),
    )  # fmt: skip
    probleme = pose.probleme
    assert (probleme.annees, probleme.axes, probleme.credits) == (ANNEES, {}, dict.fromkeys(ANNEES, 2_000_000))
    assert probleme.territoires == {
        (code, annee): montant for code, montant in (("VAL", 1_200_000), ("DOU", 800_000)) for annee in ANNEES
    }
    assert (probleme.part_professionnelle, probleme.noms) == (PRO, {"DOU": "Douaisis", "VAL": "Valenciennois"})


@pytest.mark.parametrize(
    ("montants", "attendus"),
    [
        (MontantsMaximaux.PROPOSES, {1: 900_000, 2: 400_000, 3: 10_000, 4: 500_000, 5: 300_000}),
        (MontantsMaximaux.DEMANDES, {1: 1_000_000, 2: 600_000, 3: 100_000, 4: 500_000, 5: 300_000}),
        (MontantsMaximaux.SCENARIO, {1: 123_400, 2: 400_000, 3: 10_000, 4: 500_000, 5: 300_000}),
    ],
)
def test_d_ou_viennent_les_maximums(monde, montants, attendus):
    base = monde.scenario()
    base.lignes.get(projet=monde.projets[1]).parts.update(montant=Decimal("1234.56"))
    pose = poser(monde.appel, Parametres(montants=montants, ecarter_les_defavorables=False, minimum=0), base)
    numeros = {str(projet.pk): numero for numero, projet in monde.projets.items()}
    assert {
        numeros[candidat.cle]: candidat.exercices[2016].maximum for candidat in pose.probleme.candidats
    } == attendus


def test_un_projet_impose_est_candidat_malgre_son_avis_et_doit_avoir_un_montant(monde):
    pose = poser(monde.appel, Parametres(dedans=imposes(monde, 4)), None)
    assert [c.choix for c in pose.probleme.candidats] == [Impose.LIBRE, Impose.LIBRE, Impose.LIBRE, Impose.RETENU]
    monde.projets[4].exercices.update(montant_demande=0)
    with pytest.raises(ProblemeRefuse, match="ne demande aucun montant"):
        poser(monde.appel, Parametres(dedans=imposes(monde, 4)), None)


def test_un_territoire_sans_dotation_n_a_rien_a_donner(monde):
    TerritoireFactory(code="AVE", nom="Avesnois")
    assert poser(monde.appel, Parametres(), None).probleme.territoires["AVE", 2016] == 0


def test_les_parametres_se_gardent_et_se_lisent(monde):
    parametres = Parametres(
        montants=MontantsMaximaux.DEMANDES,
        minimum=7_550,
        part_professionnelle=PRO,
        planchers={"DOU": Plancher(100_000, 2)},
        objectif=Objectif(60, Ponderation.PROJET, 25),
        ecarter_les_defavorables=False,
        secondes=5,
        dedans=imposes(monde, 1, 2),
        dehors=imposes(monde, 3),
    )
    assert Parametres.de_json(parametres.en_json()) == parametres
    lus = dict(dire_les_parametres(parametres, {"DOU": "Douaisis"}))
    assert lus["Minimum viable"].startswith("75,50\u00a0%")
    assert lus["Planchers"] == "Douaisis\u00a0: 1\u202f000,00\u00a0€ et 2 projets"
    assert lus["Ce qu’on maximise"] == "notes 60\u00a0%, allocataires 40\u00a0%"


def test_un_calcul_cree_un_scenario_qui_tient_et_s_adopte(monde):
    noter_les_projets(monde, {1: 70, 2: 60, 3: 50})
    calcul = calcule(monde, Parametres(part_professionnelle=PRO))
    assert (calcul.etat, calcul.progression, calcul.message) == (EtatTravail.TERMINE, 100, "")
    scenario, rendu = calcul.scenario, relire(calcul.resultat)
    assert (scenario.nom, scenario.origine, scenario.auteur) == ("Calcul", OrigineScenario.CALCUL, monde.pilote)
    assert (rendu.statut, rendu.candidats, rendu.selection.retenus) == ("optimal", 3, 3)
    assert lire(scenario) == {
        1: (Choix.RETENU, dict.fromkeys(ANNEES, 900_000)),
        2: (Choix.RETENU, dict.fromkeys(ANNEES, 400_000)),
        3: (Choix.RETENU, dict.fromkeys(ANNEES, 10_000)),
        4: (Choix.NON_RETENU, dict.fromkeys(ANNEES, 0)),
        5: (Choix.NON_RETENU, dict.fromkeys(ANNEES, 0)),
    }
    panneau = Panneau(scenario)
    assert (panneau.depassements, panneau.total.periode.propose) == ([], rendu.selection.total)
    adopter(auteur=monde.pilote, scenario=scenario)
    apres = Journal.objects.get(acte="demander_un_calcul").apres
    assert (apres["appel"], apres["parametres"]) == (str(monde.appel), calcul.parametres)


def test_ce_qui_ne_tient_pas_attend_si_son_avis_est_favorable():
    monde = petit_arbitrage(cp="10000.00")  # le Valenciennois n’a que 6 000 € : le projet 1, favorable, n’y tient pas
    noter_les_projets(monde, {1: 70, 2: 60, 3: 50})
    calcul = calcule(monde)
    rendu = relire(calcul.resultat)
    assert {numero: choix for numero, (choix, _) in lire(calcul.scenario).items()} == {
        1: Choix.ATTENTE,
        2: Choix.RETENU if 2 in retenus(calcul) else Choix.NON_RETENU,
        3: Choix.RETENU,
        4: Choix.NON_RETENU,
        5: Choix.NON_RETENU,
    }
    assert lire(calcul.scenario)[1][1] == dict.fromkeys(ANNEES, 900_000)  # ce qu’il aurait reçu reste écrit
    projet, nom, pourquoi = rendu.manques[0]
    assert (projet, nom) == (monde.projets[1].pk, f"AAP16-0001 {monde.projets[1].intitule}")
    assert pourquoi.startswith(" : son minimum viable ne tient plus")
    adopter(auteur=monde.pilote, scenario=calcul.scenario)


def retenus(calcul) -> set[int]:
    return {numero for numero, (choix, _) in lire(calcul.scenario).items() if choix == Choix.RETENU}


def test_des_contraintes_qui_se_contredisent_se_disent_sans_scenario(monde):
    calcul = calcule(monde, Parametres(planchers={"DOU": Plancher(0, 9)}))
    rendu = relire(calcul.resultat)
    assert (calcul.etat, calcul.scenario, rendu.statut, rendu.selection) == ("termine", None, "infaisable", None)
    assert "Le plancher en projets «\u00a0Douaisis\u00a0»" in " ".join(rendu.conflit)


def en_route(monde) -> CalculDeSelection:
    """Un calcul que son processus vient de commencer."""
    calcul = commencer(CalculDeSelection, demande(monde).pk)
    assert calcul is not None
    return calcul


def test_une_annulation_arrete_la_recherche(monde):
    calcul = en_route(monde)
    annuler_un_calcul(auteur=monde.pilote, calcul=calcul)
    pose = poser(monde.appel, ORDINAIRES, None)
    with pytest.raises(TravailAnnule):
        Recherche(Suivi(CalculDeSelection, calcul.pk), 10)(Avancement(1.0, 10.0, 20.0))
    with pytest.raises(TravailAnnule):  # demandée pendant que le solveur finissait : rien n’est écrit
        ranger_le_resultat(calcul, ORDINAIRES, pose, resoudre(pose.probleme))
    with encadrer(CalculDeSelection, calcul.pk) as suivi:
        faire_le_calcul(calcul, suivi)
    calcul.refresh_from_db()
    assert (calcul.etat, calcul.scenario, calcul.resultat) == (EtatTravail.ANNULE, None, None)
    assert not monde.appel.scenarios.exists()
    with pytest.raises(PassageRefuse):
        annuler_un_calcul(auteur=monde.pilote, calcul=calcul)


@pytest.mark.parametrize(
    ("avancement", "dit"),
    [
        (Avancement(1.0, None, None), (2, "Recherche, écart restant : inconnu")),
        (Avancement(2.0, 99.0, 100.0), (66, "Recherche, écart restant : 1,00\u00a0%")),
        (Avancement(80.0, 99.0, 100.0), (78, "Recherche, écart restant : 1,00\u00a0%")),
        (Avancement(99.0, 100.0, 100.0), (98, "Recherche, écart restant : 0,00\u00a0%")),
    ],
)
def test_l_avancement_dit_l_ecart_qui_reste(monde, avancement, dit):
    calcul = en_route(monde)
    Recherche(Suivi(CalculDeSelection, calcul.pk), 100)(avancement)
    calcul.refresh_from_db()
    assert (calcul.progression, calcul.etape) == dit


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (lambda monde: monde.projets[4].exercices.update(montant_demande=0), "ne demande aucun montant"),
        (lambda _monde: AppelAProjets.objects.update(etat=EtatAppel.DELIBERE), "on y arbitre une fois"),
    ],
)
def test_un_echec_se_dit(monde, prepare, message):
    calcul = demande(monde, Parametres(dedans=imposes(monde, 4)))
    prepare(monde)
    calculer_une_selection(calcul.pk)
    calcul.refresh_from_db()
    assert (calcul.etat, calcul.scenario) == (EtatTravail.ECHOUE, None)
    assert message in calcul.message


def test_partir_des_montants_d_un_scenario_disparu_se_dit(monde):
    base = monde.scenario()
    calcul = demande(monde, Parametres(montants=MontantsMaximaux.SCENARIO), base=base)
    base.delete()
    calculer_une_selection(calcul.pk)
    calcul.refresh_from_db()
    assert (calcul.etat, calcul.message) == (EtatTravail.ECHOUE, "Le scénario de départ a été supprimé.")


def test_sans_temps_le_calcul_echoue_en_le_disant(monde):
    calcul = en_route(monde)
    pose = poser(monde.appel, ORDINAIRES, None)
    with encadrer(CalculDeSelection, calcul.pk):
        ranger_le_resultat(calcul, ORDINAIRES, pose, Resultat(Statut.SANS_REPONSE, 60.0))
    calcul.refresh_from_db()
    assert (calcul.etat, calcul.scenario) == (EtatTravail.ECHOUE, None)
    assert calcul.message.startswith("Aucune sélection trouvée en 60,0")


def test_arrete_avant_la_precision_le_meilleur_est_garde(monde):
    calcul = en_route(monde)
    pose = poser(monde.appel, ORDINAIRES, None)
    arrete = replace(resoudre(pose.probleme), statut=Statut.ARRETE, ecart=Fraction(1, 50))
    ranger_le_resultat(calcul, ORDINAIRES, pose, arrete)
    calcul.refresh_from_db()
    rendu = relire(calcul.resultat)
    assert (rendu.statut, rendu.ecart) == (Statut.ARRETE, Decimal(2))
    assert "recherche arrêtée avant la précision demandée" in calcul.scenario.description


@pytest.mark.parametrize("cp", ["12345.67", "8000.01", "3000.33"])
@pytest.mark.parametrize("montants", [MontantsMaximaux.DEMANDES, MontantsMaximaux.PROPOSES])
def test_le_scenario_tient_au_centime_quelle_que_soit_l_enveloppe(cp, montants):
    monde = petit_arbitrage(cp=cp)
    noter_les_projets(monde, {1: 70, 2: 60, 3: 90, 4: 40, 5: 80})
    reglages = Parametres(montants=montants, ecarter_les_defavorables=False, minimum=1_000)
    calcul = calcule(monde, reglages)
    panneau, rendu = Panneau(calcul.scenario), relire(calcul.resultat)
    assert panneau.depassements == []
    assert (panneau.totaux.retenus, panneau.total.periode.propose) == (rendu.selection.retenus, rendu.selection.total)
    assert adopter(auteur=monde.pilote, scenario=calcul.scenario).etat == "adopte"


def test_livree_deux_fois_la_tache_ne_cree_qu_un_scenario(monde):
    calcul = calcule(monde)
    calculer_une_selection(calcul.pk)
    CalculDeSelection.objects.filter(pk=calcul.pk).update(etat=EtatTravail.EN_ATTENTE)
    calculer_une_selection(calcul.pk)  # mort juste après avoir écrit : le scénario est là, il n’en crée pas un autre
    calcul.refresh_from_db()
    assert (calcul.etat, monde.appel.scenarios.count()) == (EtatTravail.TERMINE, 1)


def test_un_nom_pris_recoit_un_numero(monde):
    monde.scenario("Calcul")
    assert [calcule(monde).scenario.nom for _ in range(2)] == ["Calcul (2)", "Calcul (3)"]


def test_un_seul_calcul_a_la_fois_par_personne(monde):
    demande(monde)
    with pytest.raises(PassageRefuse, match="Un de vos calculs est en cours"):
        demande(monde)
    demande(monde, auteur=PersonneFactory(role="pilote"))


@pytest.mark.parametrize("etat", [etat for etat in EtatAppel if etat != EtatAppel.ARBITRAGE])
def test_hors_de_l_arbitrage_on_ne_calcule_pas(etat):
    monde = petit_arbitrage(etat=etat)
    with pytest.raises(PassageRefuse, match="on y arbitre une fois"):
        demande(monde)
    assert not CalculDeSelection.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PILOTE])
def test_seul_un_pilote_demande_et_seul_le_demandeur_annule(monde, role):
    with pytest.raises(PermissionDenied):
        demande(monde, auteur=PersonneFactory(role=role))
    calcul = demande(monde)
    autre = PersonneFactory(role=Role.PILOTE)
    with pytest.raises(PermissionDenied):  # partir du scénario privé d’un autre
        demande(monde, auteur=autre, base=monde.scenario())
    with pytest.raises(PermissionDenied):
        annuler_un_calcul(auteur=PersonneFactory(role=Role.PILOTE), calcul=calcul)
    assert not CalculDeSelection.objects.visibles_par(PersonneFactory(role=role)).exists()


def test_un_calcul_se_voit_de_qui_voit_son_scenario(monde):
    autre = PersonneFactory(role=Role.PILOTE)
    calcul = calcule(monde)
    assert not CalculDeSelection.objects.visibles_par(autre).exists()
    type(calcul.scenario).objects.filter(pk=calcul.scenario_id).update(est_partage=True)
    assert CalculDeSelection.objects.visibles_par(autre).get() == calcul


def test_les_impositions_suivent_le_scenario_calcule_et_sa_copie(monde):
    noter_les_projets(monde, {4: 50})
    base = monde.scenario()
    imposer_au_calcul(auteur=monde.pilote, scenario=base, projets=[monde.projets[4].pk], imposition=Imposition.DEDANS)
    assert Journal.objects.get(acte="imposer_au_calcul").apres == {
        "imposition": "toujours retenu",
        "projets": [monde.projets[4].pk],
    }
    imposees = impositions_de(base)
    assert imposees == {monde.projets[4].pk: Imposition.DEDANS}
    calcul = calcule(monde, Parametres(dedans=frozenset(imposees)), base=base)
    assert lire(calcul.scenario)[4] == (Choix.RETENU, dict.fromkeys(ANNEES, 500_000))
    copie = monde.scenario("Copie", OrigineScenario.COPIE, source=calcul.scenario)
    assert impositions_de(calcul.scenario) == impositions_de(copie) == imposees
    adopter(auteur=monde.pilote, scenario=calcul.scenario)
    with pytest.raises(PassageRefuse):
        imposer_au_calcul(auteur=monde.pilote, scenario=calcul.scenario, projets=[], imposition=Imposition.LIBRE)
    with pytest.raises(PermissionDenied):
        imposer_au_calcul(
            auteur=PersonneFactory(role=Role.PILOTE), scenario=base, projets=[], imposition=Imposition.LIBRE
        )
