"""Valider une répartition : ce qui s’écrit, ce qui se refuse, ce que deux personnes ne font pas à la fois."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.template.loader import render_to_string

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.repartir import reverser_les_reliquats, valider_la_repartition
from financements.actions.enveloppes.reviser import Revision, reviser_l_enveloppe
from financements.actions.enveloppes.saisir_la_reference import SaisieDeReference, saisir_la_reference
from financements.actions.voter_enveloppe import repartir_enveloppe, voter_enveloppe
from financements.chiffres.plafonds import plafonds
from financements.chiffres.previsualisation import Choix, previsualiser
from financements.chiffres.reliquats import Reversement, previsualiser_le_reversement, redistribution_de
from financements.chiffres.versions_de_repartition import derniere_version, lire_la_version
from financements.models import CreditAnnuel, Repartition
from financements.rules.repartition import Quotite, calculer, depuis_json
from projets.states import EtatAppel
from territoires.models import Effectif
from territoires.rules.refus import RepartitionRefusee
from tests.comptes.fabriques import PersonneFactory
from tests.financements.enveloppes.scenes import adopter_un_scenario, choix_charge, enveloppe_votee
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory


@pytest.fixture
def enveloppe(db):
    return enveloppe_votee()


def valider(enveloppe, choix, **autres) -> Repartition:
    empreinte = previsualiser(enveloppe, choix).empreinte
    return valider_la_repartition(
        **{"auteur": None, "enveloppe": enveloppe, "choix": choix, "motif": "essai", "empreinte_lue": empreinte}
        | autres
    )


def test_la_version_garde_tout_ce_qui_l_explique(enveloppe):
    auteur = PersonneFactory(pilote=True)
    choix = choix_charge(enveloppe)
    ecrite = valider(enveloppe, choix, auteur=auteur, motif="  premier partage  ")
    lue = lire_la_version(Repartition.objects.select_related("releve", "enveloppe__appel").get(pk=ecrite.pk))
    assert (lue.repartition.version, lue.repartition.motif, lue.repartition.faite_par) == (
        1,
        "premier partage",
        auteur,
    )
    assert lue.repartition.methode == "plus forts restes, à l’euro\u00a0; réserve\u00a0; dotations d’axe"
    assert lue.empreinte == ecrite.empreinte
    calcul = calculer(depuis_json(lue.repartition.parametres))
    assert {(c, an): m for an, a in calcul.annees.items() for c, m in a.montants.items()} == lue.montants
    lus = plafonds(enveloppe.appel)
    assert (lus.territoires, lus.axes, lus.reserve) == (
        {("DOU", 2016): 30_000, ("VAL", 2016): 60_000, ("DOU", 2017): 16_700, ("VAL", 2017): 33_300},
        {(1, 2016): 45_000},
        {2016: 10_000},
    )
    ligne = Journal.objects.get(acte="repartir_enveloppe")
    assert ligne.apres == {
        "version": 1,
        "releve": str(choix.releve),
        "methode": lue.repartition.methode,
        "empreinte": ecrite.empreinte,
        "motif": "premier partage",
    }


def test_corriger_est_une_version_de_plus_et_la_premiere_ne_bouge_pas(enveloppe):
    premiere = valider(enveloppe, choix_charge(enveloppe))
    avant = derniere_version(enveloppe).montants
    seconde = valider(enveloppe, Choix(choix_charge(enveloppe).releve, depart="version", perte=500))
    assert (premiere.version, seconde.version) == (1, 2)
    assert lire_la_version(Repartition.objects.get(pk=premiere.pk)).montants == avant


@pytest.mark.parametrize(
    "changer",
    [
        lambda _: Effectif.objects.filter(territoire__code="DOU").update(nombre=11),
        lambda _: [
            CreditAnnuel.objects.filter(annee=2016).update(montant_cp="900.00"),
            CreditAnnuel.objects.filter(annee=2017).update(montant_cp="600.00"),
        ],
        lambda e: valider(e, choix_charge(e)),
    ],
    ids=["relevé", "enveloppe", "autre version"],
)
def test_ce_qui_a_change_depuis_la_lecture_se_refuse(enveloppe, changer):
    choix = choix_charge(enveloppe)
    lue = previsualiser(enveloppe, choix).empreinte
    changer(enveloppe)
    versions = Repartition.objects.count()
    with pytest.raises(VersionPerimee):
        valider(enveloppe, choix, empreinte_lue=lue)
    assert Repartition.objects.count() == versions


def test_ni_sans_motif_ni_quand_c_est_impossible(enveloppe):
    choix = choix_charge(enveloppe)
    with pytest.raises(ValidationError, match="une version se justifie"):
        valider(enveloppe, choix, motif=" ")
    impossible = Choix(choix.releve, reserves={2016: Quotite(centimes=100_001)})
    with pytest.raises(ValidationError, match="2016 : La réserve"):
        valider(enveloppe, impossible)
    assert Repartition.objects.count() == 0


def test_ni_une_fois_un_scenario_adopte(enveloppe):
    valider(enveloppe, choix_charge(enveloppe))
    adopter_un_scenario(enveloppe.appel)
    with pytest.raises(PassageRefuse, match="revenez d’abord sur son adoption"):
        valider(enveloppe, choix_charge(enveloppe))
    assert Repartition.objects.count() == 1


ACTES = {
    "valider": lambda e, auteur: valider(e, choix_charge(e), auteur=auteur),
    "reverser": lambda e, auteur: reverser_les_reliquats(
        auteur=auteur, enveloppe=e, reversement=Reversement({}, ()), motif="m", empreinte_lue=""
    ),
    "reviser": lambda e, auteur: reviser_l_enveloppe(
        auteur=auteur,
        enveloppe=e,
        revision=Revision({2016: Decimal(1)}, "D/1", date(2017, 1, 1), "m", repartir=False, lues=0),
    ),
    "saisir": lambda e, auteur: saisir_la_reference(
        auteur=auteur, appel=e.appel, saisie=SaisieDeReference(2015, {}, "s", est_fictif=False, lue="")
    ),
    "voter": lambda e, auteur: voter_enveloppe(
        auteur=auteur, appel=e.appel, credits_annuels={2016: Decimal(1)}, deliberation="", votee_le=None
    ),
}


@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("role", [role for role in Role if role != Role.PILOTE])
def test_seul_un_pilote_decide(enveloppe, acte, role):
    with pytest.raises(PermissionDenied):
        ACTES[acte](enveloppe, PersonneFactory(role=role))
    assert (Repartition.objects.count(), Journal.objects.exclude(acte="voter_enveloppe").count()) == (0, 0)


@pytest.mark.parametrize("acte", ACTES)
@pytest.mark.parametrize("etat", [EtatAppel.SOLDE, EtatAppel.ARCHIVE])
def test_l_enveloppe_d_un_appel_termine_ne_change_plus(enveloppe, acte, etat):
    enveloppe.appel.etat = etat
    enveloppe.appel.save()
    with pytest.raises(PassageRefuse, match="son enveloppe ne change plus"):
        ACTES[acte](enveloppe, PersonneFactory(pilote=True))
    assert (Repartition.objects.count(), Journal.objects.exclude(acte="voter_enveloppe").count()) == (0, 0)


def test_les_reliquats_changent_de_territoire_et_la_version_dit_d_ou_et_vers_qui(enveloppe):
    valider(enveloppe, choix_charge(enveloppe))
    courante = derniere_version(enveloppe)
    territoires = {t.code: t for t in courante.territoires}
    axe = AxeFactory(appel=enveloppe.appel, numero=2)
    action_votee(axe=axe, parts={territoires["VAL"]: 100}, montants={2016: "500.00"})
    prises = {("VAL", 2016): 50_000}
    trop = Reversement({("VAL", 2016): 10_001}, ("DOU",))
    with pytest.raises(RepartitionRefusee, match="il ne lui reste que 100,00\u00a0€"):
        reverser_les_reliquats(auteur=None, enveloppe=enveloppe, reversement=trop, motif="m", empreinte_lue="")
    choisi = Reversement({("VAL", 2016): 10_000}, ("DOU",))
    apercu = previsualiser_le_reversement(courante, choisi, prises)
    for lue, motif, refus in (("autre", "m", VersionPerimee), (apercu.version.empreinte, "", ValidationError)):
        with pytest.raises(refus):
            reverser_les_reliquats(
                auteur=None, enveloppe=enveloppe, reversement=choisi, motif=motif, empreinte_lue=lue
            )
    ecrite = reverser_les_reliquats(
        auteur=None, enveloppe=enveloppe, reversement=choisi, motif="m", empreinte_lue=apercu.version.empreinte
    )
    lue = derniere_version(enveloppe)
    assert lue.montants == courante.montants | {("VAL", 2016): 50_000, ("DOU", 2016): 40_000}
    assert (lue.reserve, lue.par_axe, lue.empreinte) == (courante.reserve, courante.par_axe, ecrite.empreinte)
    assert ecrite.parametres["reverse"] == {"2016": {"VAL": 10_000}}
    assert ecrite.parametres["recu"] == {"2016": {"DOU": 10_000}}
    assert redistribution_de(ecrite.parametres, ecrite.unite_centimes).montants == lue.montants
    assert Journal.objects.filter(acte="reverser_les_reliquats").count() == 1


def test_sans_repartition_il_n_y_a_rien_a_reverser(enveloppe):
    with pytest.raises(ValidationError, match="Rien n’est encore réparti"):
        reverser_les_reliquats(
            auteur=None, enveloppe=enveloppe, reversement=Reversement({}, ()), motif="m", empreinte_lue=""
        )


@pytest.mark.django_db(transaction=True)
def test_deux_validations_a_la_fois_n_ecrivent_qu_une_version():
    enveloppe = enveloppe_votee()
    choix = choix_charge(enveloppe)
    lue = previsualiser(enveloppe, choix).empreinte
    depart, sorts = threading.Barrier(2), []

    def tenter() -> None:
        try:
            depart.wait()
            valider(enveloppe, choix, empreinte_lue=lue)
            sorts.append("écrite")
        except VersionPerimee:
            sorts.append("périmée")
        finally:
            connection.close()

    fils = [threading.Thread(target=tenter) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join()
    assert sorted(sorts) == ["périmée", "écrite"]
    assert Repartition.objects.count() == 1


def test_voter_puis_repartir_sans_prevoir_garde_aussi_une_empreinte(enveloppe):
    repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=choix_charge(enveloppe).releve)
    lue = derniere_version(enveloppe)
    assert lue.repartition.empreinte == lue.empreinte
    assert sum(lue.montants.values()) == 150_000


def test_le_rapport_dit_la_methode_quand_elle_n_est_pas_le_seul_prorata(enveloppe):
    simple = Choix(choix_charge(enveloppe).releve)
    assert valider(enveloppe, simple).est_au_prorata_simple
    choisie = valider(enveloppe, choix_charge(enveloppe))
    assert not choisie.est_au_prorata_simple
    edition = {"etat_au": choisie.faite_le, "version": "0"}
    contexte = {"repartition": choisie, "territoire": None, "axe": None, "est_fictif": False, "edition": edition}
    lu = " ".join(render_to_string("financements/pdf/_methode.html", contexte).split())
    assert "Méthode suivie : <strong>plus forts restes, à l’euro ; réserve ; dotations d’axe</strong>." in lu
