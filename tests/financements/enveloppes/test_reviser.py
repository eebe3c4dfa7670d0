"""Réviser l’enveloppe : avant, après, délibération ; jamais sous ce qui est voté, adopté ou réparti."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from config.socle.models import Journal
from config.socle.montants import en_centimes
from config.socle.versions import VersionPerimee
from financements.actions.enveloppes.repartir import valider_la_repartition
from financements.actions.enveloppes.reviser import Revision, reviser_l_enveloppe
from financements.chiffres.previsualisation import previsualiser
from financements.chiffres.versions_de_repartition import derniere_version
from financements.models import (
    CreditAnnuel,
    Enveloppe,
    LigneDeScenario,
    PartDeScenario,
    Repartition,
    ReportDeCredits,
    RevisionEnveloppe,
    Scenario,
)
from financements.states import Choix, OrigineScenario
from projets.models import Axe
from territoires.models import Territoire
from tests.comptes.fabriques import PersonneFactory
from tests.financements.enveloppes.scenes import adopter_un_scenario, choix_charge, enveloppe_votee
from tests.financements.execution.fabriques import affecter, engagees, payer
from tests.financements.fabriques import action_votee
from tests.projets.fabriques import AxeFactory, ProjetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def enveloppe():
    return enveloppe_votee()


def revision(deux_mille_seize: str, deux_mille_dix_sept: str = "500.00", **autres: object) -> Revision:
    return Revision(
        **{
            "credits_annuels": {2016: Decimal(deux_mille_seize), 2017: Decimal(deux_mille_dix_sept)},
            "deliberation": "DLES/2017/1",
            "adoptee_le": date(2017, 3, 1),
            "motif": "crédits en plus",
            "repartir": False,
            "lues": 0,
        }
        | autres
    )


def juger() -> None:
    """Ce que la base jugerait à la fin de la transaction, que les essais n’atteignent pas."""
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def reviser(enveloppe, **champs):
    ecrite = reviser_l_enveloppe(enveloppe=enveloppe, **{"auteur": None} | champs)
    juger()
    return ecrite


def repartir(enveloppe) -> Repartition:
    choix = choix_charge(enveloppe)
    lue = previsualiser(enveloppe, choix).empreinte
    ecrite = valider_la_repartition(auteur=None, enveloppe=enveloppe, choix=choix, motif="m", empreinte_lue=lue)
    juger()
    return ecrite


def test_une_revision_garde_l_avant_l_apres_et_la_deliberation(enveloppe):
    auteur = PersonneFactory(pilote=True)
    reviser(enveloppe, auteur=auteur, revision=revision("1200.00"))
    ecrite = RevisionEnveloppe.objects.get()
    assert (ecrite.numero, ecrite.ae_avant, ecrite.ae_apres, ecrite.ecart) == (1, 1500, 1700, 200)
    assert ecrite.cp_avant == {"2016": "1000.00", "2017": "500.00"}
    assert ecrite.cp_apres == {"2016": "1200.00", "2017": "500.00"}
    assert (str(ecrite.deliberation), ecrite.motif, ecrite.faite_par) == (
        "DLES/2017/1 du 01/03/2017",
        "crédits en plus",
        auteur,
    )
    assert Enveloppe.objects.get().montant_ae == 1700
    assert dict(CreditAnnuel.objects.values_list("annee", "montant_cp")) == {2016: 1200, 2017: 500}
    ligne = Journal.objects.get(acte="reviser_enveloppe")
    assert ligne.avant == {"montant_ae": "1500.00", "cp": ecrite.cp_avant}
    assert ligne.apres == {
        "montant_ae": "1700.00",
        "cp": ecrite.cp_apres,
        "deliberation": "DLES/2017/1 du 01/03/2017",
        "motif": "crédits en plus",
    }


def test_reviser_et_repartir_de_nouveau_avec_les_memes_choix(enveloppe):
    repartir(enveloppe)
    reviser(enveloppe, revision=revision("900.00", repartir=True))
    lue = derniere_version(enveloppe)
    assert (lue.repartition.version, lue.repartition.motif) == (2, "Révision n° 1 : crédits en plus")
    assert (lue.reserve, lue.par_axe) == ({2016: 9_000}, {(1, 2016): 40_500})
    assert lue.montants == {
        ("DOU", 2016): 27_000,
        ("VAL", 2016): 54_000,
        ("DOU", 2017): 16_700,
        ("VAL", 2017): 33_300,
    }


@pytest.mark.parametrize("repartir_de_nouveau", [False, True])
def test_une_annee_ne_descend_pas_sous_le_vote(enveloppe, repartir_de_nouveau):
    repartir(enveloppe)
    val = Territoire.objects.get(code="VAL")
    action_votee(axe=AxeFactory(appel=enveloppe.appel, numero=2), parts={val: 100}, montants={2016: "700.00"})
    with pytest.raises(ValidationError) as refus:
        reviser(enveloppe, revision=revision("699.99", repartir=repartir_de_nouveau, motif="m"))
    assert "cp_2016" in refus.value.message_dict


def test_une_annee_ne_descend_pas_sous_ce_qui_est_reparti(enveloppe):
    repartir(enveloppe)
    with pytest.raises(ValidationError) as refus:
        reviser(enveloppe, revision=revision("999.99"))
    assert refus.value.message_dict == {
        "cp_2016": [
            "1\u202f000,00\u00a0€ sont déjà répartis pour 2016, réserve comprise : pas moins, sauf à répartir de "
            "nouveau."
        ]
    }
    assert (RevisionEnveloppe.objects.count(), Enveloppe.objects.get().montant_ae) == (0, 1500)


def test_la_repartition_refaite_couvre_le_scenario_adopte(enveloppe):
    repartir(enveloppe)
    adopter_un_scenario(enveloppe.appel)
    reviser(enveloppe, revision=revision("1100.00", repartir=True))  # rien n’est retenu : tout tient
    val = Territoire.objects.get(code="VAL")
    action_votee(axe=AxeFactory(appel=enveloppe.appel, numero=2), parts={val: 100}, montants={2016: "600.00"})
    with pytest.raises(ValidationError, match="ne tiendrait plus : VAL, 2016"):
        reviser(enveloppe, revision=revision("900.00", repartir=True, lues=1))


def test_une_annee_votee_ne_disparait_pas(enveloppe):
    val = Territoire.objects.get(code="VAL")
    action_votee(axe=AxeFactory(appel=enveloppe.appel, numero=2), parts={val: 100}, montants={2017: "100.00"})
    sans_2017 = revision("1500.00", credits_annuels={2016: Decimal("1500.00")})
    with pytest.raises(ValidationError) as refus:
        reviser(enveloppe, revision=sans_2017)
    assert "cp_2017" in refus.value.message_dict


def test_la_dotation_d_un_axe_ne_descend_pas_sous_le_scenario_adopte(enveloppe):
    repartir(enveloppe)
    lue = derniere_version(enveloppe)
    axe = Axe.objects.get(appel=enveloppe.appel, numero=1)
    pris = lue.par_axe[1, 2016]
    parts = {d.territoire: d for d in lue.dotations if d.annee == 2016}
    scenario = Scenario.objects.create(
        appel=enveloppe.appel, nom="A", auteur=PersonneFactory(pilote=True), origine=OrigineScenario.VIDE
    )
    for territoire, dotation in parts.items():
        montant = (dotation.montant * pris / sum(en_centimes(d.montant) for d in parts.values())).quantize(Decimal(1))
        projet = ProjetFactory(
            axe=axe, etat="instruit", territoires={territoire: "100"}, budget={2016: ("9000.00", "9000.00")}
        )
        ligne = LigneDeScenario.objects.create(scenario=scenario, projet=projet, choix=Choix.RETENU)
        PartDeScenario.objects.create(ligne=ligne, annee=2016, territoire=territoire, montant=montant - 1)
    scenario.etat, scenario.adopte_le = "adopte", timezone.now()
    scenario.repartition = lue.repartition
    scenario.save()
    with pytest.raises(ValidationError, match="ne tiendrait plus : axe 1, 2016"):
        reviser(enveloppe, revision=revision("900.00", repartir=True))


def test_ni_sans_changement_ni_sans_motif_ni_sur_une_page_perimee(enveloppe):
    with pytest.raises(ValidationError, match="Rien ne change"):
        reviser(enveloppe, revision=revision("1000.00"))
    with pytest.raises(ValidationError) as refus, transaction.atomic():
        reviser(enveloppe, revision=revision("1001.00", motif=" "))
    assert "motif" in refus.value.message_dict
    with pytest.raises(VersionPerimee):
        reviser(enveloppe, revision=revision("1001.00", lues=1))
    assert RevisionEnveloppe.objects.count() == 0


def test_une_revision_ne_se_modifie_ni_ne_s_efface(enveloppe):
    reviser(enveloppe, revision=revision("1200.00"))
    for retoucher in (
        lambda: RevisionEnveloppe.objects.update(motif="autre"),
        lambda: RevisionEnveloppe.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="ne se modifie ni ne s’efface"), transaction.atomic():
            retoucher()
    assert RevisionEnveloppe.objects.get().motif == "crédits en plus"


@pytest.mark.parametrize(
    ("reporte", "affecte", "refus"),
    [
        (
            "0.00",
            "200000.00",
            "230\u202f000,00\u00a0€ sont déjà affectés aux axes : l’autorisation d’engagement ne descend pas dessous.",
        ),
        ("50000.00", "0.01", "58\u202f000,00\u00a0€ sont déjà liquidés ou reportés sur 2016 : pas moins."),
    ],
)
def test_une_baisse_couvre_ce_qui_est_affecte_liquide_et_reporte(reporte, affecte, refus):
    (action,) = engagees()  # 10 000 € par an, pour 100 000 € de CP
    affecter(action, affecte)
    payer(action)  # 8 000 €
    une = Enveloppe.objects.get()
    if Decimal(reporte):
        ReportDeCredits.objects.create(enveloppe=une, de=2016, vers=2017, montant=Decimal(reporte), motif="Clôture")
    cp = dict.fromkeys((2016, 2017, 2018), Decimal(50_000))
    with pytest.raises(ValidationError) as refuse:
        reviser(une, revision=revision("0", credits_annuels=cp, repartir=True))
    assert refuse.value.messages == [refus]
    assert (RevisionEnveloppe.objects.count(), Enveloppe.objects.get().montant_ae) == (0, 300_000)
