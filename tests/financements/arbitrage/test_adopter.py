"""Adopter : le plafond dur, la dérogation signée, le retour, et deux adoptions au même instant."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.arbitrage.adopter import EnveloppeDepassee, Signature, adopter, revenir_sur_l_adoption
from financements.actions.arbitrage.saisir import saisir
from financements.chiffres.arbitrage.panneau import Panneau
from financements.models import Derogation, Dotation, Repartition, Scenario
from financements.states import Choix
from projets.states import EtatAppel
from tests.comptes.fabriques import PersonneFactory
from tests.financements.arbitrage.comites import comite_de
from tests.financements.arbitrage.fabriques import ANNEES, petit_arbitrage
from tests.financements.arbitrage.pages import adresse, texte
from tests.financements.arbitrage.saisies import saisie


@pytest.fixture
def trop(db):
    """Le même appel, mais 10 000 € par an : le projet 1 (9 000 €) dépasse les 6 000 € du Valenciennois."""
    return petit_arbitrage(cp="10000.00")


DEPASSE = [("Valenciennois", annee, Decimal("3033.33")) for annee in ANNEES]


def test_adopter_arrete_le_scenario_sur_la_repartition_du_jour(monde):
    scenario = adopter(auteur=monde.pilote, scenario=monde.scenario())
    scenario.refresh_from_db()
    assert (scenario.etat, scenario.repartition) == ("adopte", monde.repartition)
    assert Journal.objects.get(acte="adopter_un_scenario").apres == {
        "nom": "Scénario A",
        "projets": 2,
        "montant": "27300.03",
        "repartition": 1,
        "depassements": [],
    }


def test_un_depassement_d_un_centime_est_refuse_et_dit(trop):
    scenario = trop.scenario()
    saisies = [saisie(trop, scenario, 1, Choix.RETENU, dict.fromkeys(ANNEES, 5_966_67))]
    saisir(auteur=trop.pilote, scenario=scenario, saisies=saisies)
    assert Panneau(scenario).depassements == []
    saisies = [saisie(trop, scenario, 1, Choix.RETENU, {2017: 5_966_68})]
    saisir(auteur=trop.pilote, scenario=scenario, saisies=saisies)
    with pytest.raises(EnveloppeDepassee) as refus:
        adopter(auteur=trop.pilote, scenario=scenario)
    assert refus.value.depassements == [("Valenciennois", 2017, Decimal("0.01"))]
    scenario.refresh_from_db()
    assert scenario.etat == "etude"
    assert not Journal.objects.filter(acte="adopter_un_scenario").exists()


def test_un_retenu_sans_montant_ne_s_adopte_pas(monde):
    scenario = monde.scenario()
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 4, Choix.RETENU, {})])
    with pytest.raises(PassageRefuse, match="Retenus sans montant\u00a0: n° 4"):
        adopter(auteur=monde.pilote, scenario=scenario)


def test_un_territoire_sans_dotation_n_a_droit_a_rien(monde):
    suivante = Repartition.objects.create(
        enveloppe=monde.repartition.enveloppe, releve=monde.repartition.releve, version=2
    )
    for annee in ANNEES:
        Dotation.objects.create(
            repartition=suivante, territoire=monde.territoires["VAL"], annee=annee, poids=1, montant=Decimal(12000)
        )
    with pytest.raises(EnveloppeDepassee) as refus:
        adopter(auteur=monde.pilote, scenario=monde.scenario())
    assert refus.value.depassements == [("Douaisis", annee, Decimal("66.68")) for annee in ANNEES]


def test_la_base_refuse_seule_un_depassement(trop):
    scenario = trop.scenario()
    adopte = {"etat": "adopte", "adopte_le": timezone.now(), "repartition": trop.repartition}
    with pytest.raises(IntegrityError, match="dépasse une enveloppe de 20"), transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(**adopte)


def test_la_base_refuse_une_repartition_depassee(monde):
    scenario = monde.scenario()
    suivante = Repartition.objects.create(
        enveloppe=monde.repartition.enveloppe, releve=monde.repartition.releve, version=2
    )
    for territoire, montant in (("VAL", "12000.00"), ("DOU", "8000.00")):
        for annee in ANNEES:
            Dotation.objects.create(
                repartition=suivante,
                territoire=monde.territoires[territoire],
                annee=annee,
                poids=1,
                montant=Decimal(montant),
            )
    adopte = {"etat": "adopte", "adopte_le": timezone.now(), "repartition": monde.repartition}
    with pytest.raises(IntegrityError, match="dernière répartition"), transaction.atomic():
        Scenario.objects.filter(pk=scenario.pk).update(**adopte)
    assert adopter(auteur=monde.pilote, scenario=scenario).repartition == suivante


def test_deroger_se_signe_avec_un_motif_et_une_source(trop):
    scenario = trop.scenario()
    signature = Signature("Fermeture d’une usine.", "Fonds d’urgence.", DEPASSE)
    for motif, source in (("", "Fonds."), ("Motif.", " ")):
        with pytest.raises(ValidationError):
            adopter(auteur=trop.pilote, scenario=scenario, signature=Signature(motif, source, DEPASSE))
    with pytest.raises(EnveloppeDepassee):  # ce qui a été lu n’est plus ce qui dépasse
        adopter(auteur=trop.pilote, scenario=scenario, signature=Signature("M.", "S.", DEPASSE[:2]))
    assert not Derogation.objects.exists()
    adopter(auteur=trop.pilote, scenario=scenario, signature=signature)
    derogation = Derogation.objects.get()
    assert (derogation.signee_par, derogation.depassements) == (
        trop.pilote,
        [["Valenciennois", annee, 3033_33] for annee in ANNEES],
    )
    with pytest.raises(IntegrityError, match="ne change pas"), transaction.atomic():
        Derogation.objects.update(motif="Autre.")
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        Derogation.objects.all().delete()
    revenir_sur_l_adoption(auteur=trop.pilote, scenario=scenario, motif="Séance reportée.")
    with pytest.raises(EnveloppeDepassee):  # la signature valait pour cette adoption
        adopter(auteur=trop.pilote, scenario=scenario)


def test_un_seul_scenario_adopte_et_l_on_peut_revenir_avant_le_vote(monde):
    premier, second = monde.scenario("A"), monde.scenario("B")
    adopter(auteur=monde.pilote, scenario=premier)
    with pytest.raises(PassageRefuse, match="« A » est déjà adopté".replace(" A ", "\u00a0A\u00a0")):
        adopter(auteur=monde.pilote, scenario=second)
    with pytest.raises(PassageRefuse):
        revenir_sur_l_adoption(auteur=monde.pilote, scenario=second, motif="Erreur.")
    with pytest.raises(ValidationError):
        revenir_sur_l_adoption(auteur=monde.pilote, scenario=premier, motif=" ")
    revenir_sur_l_adoption(auteur=monde.pilote, scenario=premier, motif="Erreur.")
    adopter(auteur=monde.pilote, scenario=second)
    type(monde.appel).objects.filter(pk=monde.appel.pk).update(etat=EtatAppel.DELIBERE)
    with pytest.raises(PassageRefuse, match="n’est plus en arbitrage"):
        revenir_sur_l_adoption(auteur=monde.pilote, scenario=second, motif="Trop tard.")


def test_sans_repartition_on_n_adopte_pas(monde):
    scenario = monde.scenario()
    with connection.cursor() as curseur:
        curseur.execute("SET LOCAL session_replication_role = replica")
    Dotation.objects.all().delete()
    Repartition.objects.all().delete()
    with pytest.raises(PassageRefuse, match="n’est pas répartie"):
        adopter(auteur=monde.pilote, scenario=scenario)


def test_par_chaque_role_et_depuis_chaque_etat_de_l_appel(monde):
    scenario = monde.scenario()
    for role in Role:
        personne = PersonneFactory(role=role)
        with pytest.raises(PermissionDenied):
            adopter(auteur=personne, scenario=scenario)
        if role != Role.PILOTE:
            with pytest.raises(PermissionDenied):
                revenir_sur_l_adoption(auteur=personne, scenario=scenario, motif="Motif.")
    for etat in EtatAppel:
        if etat != EtatAppel.ARBITRAGE:
            type(monde.appel).objects.filter(pk=monde.appel.pk).update(etat=etat)
            with pytest.raises(PassageRefuse):
                adopter(auteur=monde.pilote, scenario=scenario)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    montants=st.lists(st.integers(min_value=0, max_value=1_000_00), min_size=15, max_size=15),
    choix=st.lists(st.sampled_from(list(Choix)), min_size=5, max_size=5),
    cp=st.integers(min_value=2, max_value=3_000_00),
)
def test_aucun_scenario_adopte_ne_depasse_une_enveloppe_d_un_centime(monde, montants, choix, cp):
    with transaction.atomic():
        scenario = monde.scenario(f"Essai {Scenario.objects.count()}")
        suite = iter(montants)
        saisies = [
            saisie(monde, scenario, numero, choix[numero - 1], {annee: next(suite) for annee in ANNEES})
            for numero in monde.projets
        ]
        saisir(auteur=monde.pilote, scenario=scenario, saisies=saisies)
        suivante = Repartition.objects.create(
            enveloppe=monde.repartition.enveloppe,
            releve=monde.repartition.releve,
            version=Repartition.objects.count() + 1,
        )
        for code, part in (("VAL", cp), ("DOU", cp // 2)):
            for annee in ANNEES:
                Dotation.objects.create(
                    repartition=suivante,
                    territoire=monde.territoires[code],
                    annee=annee,
                    poids=1,
                    montant=Decimal(part) / 100,
                )
        lu = Panneau(scenario)
        tient = all(
            sum(m for (code, an, _), m in lu.totaux.cellules.items() if (code, an) == (territoire, annee)) <= part
            for territoire, part in (("VAL", cp), ("DOU", cp // 2))
            for annee in ANNEES
        )
        sans_montant = any(
            choix[numero - 1] == Choix.RETENU and not any(montants[3 * (numero - 1) : 3 * numero])
            for numero in monde.projets
        )
        if sans_montant:
            with pytest.raises((PassageRefuse, EnveloppeDepassee)):
                adopter(auteur=monde.pilote, scenario=scenario)
        elif tient:
            adopter(auteur=monde.pilote, scenario=scenario)
        else:
            with pytest.raises(EnveloppeDepassee):
                adopter(auteur=monde.pilote, scenario=scenario)
        transaction.set_rollback(True)


@pytest.mark.django_db(transaction=True)
def test_deux_adoptions_au_meme_instant_une_seule_gagne():
    monde = petit_arbitrage()
    scenarios = [monde.scenario("A"), monde.scenario("B")]
    depart = Barrier(2)

    def tenter(scenario: Scenario) -> str:
        try:
            depart.wait(timeout=20)
            adopter(auteur=monde.pilote, scenario=scenario)
        except PassageRefuse as refus:
            return str(refus)
        else:
            return "adopté"
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as fils:
        issues = list(fils.map(tenter, scenarios))
    refusee = next(issue for issue in issues if issue != "adopté")
    assert issues.count("adopté") == 1
    assert "est déjà adopté" in refusee
    assert Scenario.objects.filter(etat="adopte").count() == 1


def test_a_l_ecran_adopter_deroger_revenir(trop, connecter):
    scenario, client = trop.scenario(), connecter(trop.pilote)
    saisir(auteur=trop.pilote, scenario=scenario, saisies=[saisie(trop, scenario, 2, Choix.ATTENTE, {})])
    page = client.get(adresse(scenario, "adopter/"))
    assert "Valenciennois, 2016 : 3 033,33 € au-delà" in texte(page)
    envoi = {"motif": "Usine fermée.", "source": "Fonds.", "vus": page.context["form"]["vus"].initial}
    envoi |= {"lu": page.context["scenario"].marque}
    assert "Cochez pour signer." in texte(client.post(adresse(scenario, "adopter/"), envoi))
    perimee = client.post(adresse(scenario, "adopter/"), envoi | {"signe": "on", "vus": "autre"})
    assert "Les dépassements ont changé depuis" in texte(perimee)
    reponse = client.post(adresse(scenario, "adopter/"), envoi | {"signe": "on"}, follow=True)
    assert "est adopté : ses propositions sont arrêtées." in texte(reponse)
    assert "Usine fermée. Source : Fonds." in texte(reponse)
    assert 'name="choix-' not in reponse.content.decode()
    assert "data-annuler" not in reponse.content.decode()
    assert "Ce champ est obligatoire." in texte(client.post(adresse(scenario, "revenir/"), {"motif": ""}))
    reponse = client.post(adresse(scenario, "revenir/"), {"motif": "Séance reportée."}, follow=True)
    assert "est de nouveau à l’étude." in texte(reponse)
    assert Derogation.objects.get().levee_le > datetime(2026, 1, 1, tzinfo=UTC)


def test_on_n_adopte_que_ce_que_l_on_a_lu(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    lu = client.get(adresse(scenario, "adopter/")).context["scenario"].marque
    saisir(auteur=monde.pilote, scenario=scenario, saisies=[saisie(monde, scenario, 1, Choix.NON_RETENU, {})])
    assert "Ce scénario a changé depuis" in texte(client.post(adresse(scenario, "adopter/"), {"lu": lu}))
    with pytest.raises(VersionPerimee):
        adopter(auteur=monde.pilote, scenario=scenario, lu=lu)
    lu = client.get(adresse(scenario, "adopter/")).context["scenario"].marque
    assert client.post(adresse(scenario, "adopter/"), {"lu": lu}).status_code == 302


def test_adopter_dit_le_comite_qui_n_est_pas_clos(monde, connecter):
    scenario, client = monde.scenario(), connecter(monde.pilote)
    comite_de(scenario, monde.projets[1], monde.territoires["VAL"], etat="ouvert", ouvert_le=timezone.now())
    lu = texte(client.get(adresse(scenario, "adopter/")))
    assert "Comité non clos : 12 octobre 2016 (ouvert). Une fois le scénario adopté, il ne s’y amende plus." in lu
