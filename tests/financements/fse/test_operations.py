"""Les opérations du FSE : notre aide mobilisée une seule fois, attestations numérotées et figées."""

from datetime import date
from decimal import Decimal
from importlib import import_module

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.utils import timezone

from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from financements.actions.fse.operations import (
    Operation,
    enregistrer_une_operation,
    etablir_l_attestation,
    reste_a_mobiliser,
    retirer_une_operation,
)
from financements.models import Action, AttestationFse, ContrepartieFse, OperationFse, PdfDAttestation, Tranche
from financements.planning import GRACE_D_UN_PDF, reprendre_les_attestations
from tests.comptes.fabriques import PersonneFactory
from tests.financements.fabriques import action_votee

pytestmark = pytest.mark.django_db


def donnees(**champs):
    valeurs = {
        "numero": "201600123",
        "cout_eligible": Decimal("60000.00"),
        "taux": Decimal("50.00"),
        "debut_le": date(2016, 1, 1),
        "fin_le": date(2017, 12, 31),
        "montant_mobilise": Decimal("20000.00"),
        **champs,
    }
    return Operation(**valeurs)


@pytest.fixture
def action():
    """Une action de 30 000 €, que le FSE aide."""
    return action_votee(montant_fse="15000.00")


@pytest.fixture
def finances():
    return PersonneFactory(finances=True)


def test_plusieurs_operations_se_partagent_l_aide_sans_la_compter_deux_fois(action, finances):
    enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    assert reste_a_mobiliser(action) == Decimal("10000.00")
    with pytest.raises(ValidationError) as refus:
        enregistrer_une_operation(
            auteur=finances, action=action, donnees=donnees(numero="B", montant_mobilise=Decimal("10000.01"))
        )
    assert "montant_mobilise" in refus.value.message_dict
    enregistrer_une_operation(
        auteur=finances, action=action, donnees=donnees(numero="B", montant_mobilise=Decimal("10000.00"))
    )
    contrepartie = ContrepartieFse.objects.get(action=action)
    assert (contrepartie.montant_mobilise, contrepartie.numero_operation) == (Decimal("30000.00"), "201600123")


@pytest.mark.parametrize(
    "faux",
    [
        {"montant_mobilise": Decimal("30000.01"), "cout_eligible": Decimal("60000.00")},  # plus que le FSE ne laisse
        {"taux": Decimal("0.00")},
        {"taux": Decimal("100.01")},
        {"fin_le": date(2015, 12, 31)},
        {"numero": ""},
        {"montant_mobilise": Decimal(0)},
    ],
)
def test_une_operation_fausse_est_refusee(action, finances, faux):
    with pytest.raises(ValidationError):
        enregistrer_une_operation(auteur=finances, action=action, donnees=donnees(**faux))
    assert not OperationFse.objects.exists()


def test_la_meme_operation_ne_s_enregistre_pas_deux_fois(action, finances):
    enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    with pytest.raises(ValidationError):
        enregistrer_une_operation(auteur=finances, action=action, donnees=donnees(montant_mobilise=Decimal(1)))


def test_corriger_puis_retirer_une_operation(action, finances):
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    corrigee = enregistrer_une_operation(
        auteur=finances,
        action=action,
        donnees=donnees(montant_mobilise=Decimal("30000.00")),
        operation=ecrite,
        version=ecrite.version,
    )
    assert (corrigee.version, reste_a_mobiliser(action)) == (2, Decimal(0))
    with pytest.raises(VersionPerimee):
        enregistrer_une_operation(auteur=finances, action=action, donnees=donnees(), operation=ecrite, version=1)
    retirer_une_operation(auteur=finances, action=action, operation=ecrite)
    assert ContrepartieFse.objects.get(action=action).montant_mobilise == 0
    assert Journal.objects.filter(acte__endswith="du_fse").count() == 3


@pytest.mark.parametrize("role", ["instructeur", "lecture", "administrateur", "porteur"])
def test_seuls_le_pilote_et_les_finances_tiennent_le_fse(action, finances, role):
    autre = PersonneFactory(role=role)
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    for acte in (
        lambda: enregistrer_une_operation(auteur=autre, action=action, donnees=donnees(numero="B")),
        lambda: retirer_une_operation(auteur=autre, action=action, operation=ecrite),
        lambda: etablir_l_attestation(auteur=autre, action=action, operation=ecrite),
    ):
        with pytest.raises(PermissionDenied):
            acte()
    assert OperationFse.objects.count() == 1


def test_sans_fse_rien_ne_s_enregistre(finances):
    with pytest.raises(PassageRefuse):
        enregistrer_une_operation(auteur=finances, action=action_votee(), donnees=donnees())


def test_la_base_refuse_de_mobiliser_deux_fois_la_meme_aide(action, finances):
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())

    def juger(changer):
        changer()
        connection.check_constraints()

    for changer in (
        lambda: OperationFse.objects.create(
            contrepartie=ecrite.contrepartie,
            numero="B",
            cout_eligible=60000,
            taux=50,
            debut_le=date(2016, 1, 1),
            fin_le=date(2016, 2, 1),
            montant_mobilise=Decimal("10000.01"),
        ),
        lambda: OperationFse.objects.update(montant_mobilise=Decimal("20000.01")),
        lambda: _sans_tranches(action),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            juger(changer)


def _sans_tranches(action):
    """Les parts suivent la tranche, pour que la contrepartie seule soit en cause."""
    Tranche.objects.filter(action=action).update(montant=Decimal(0))
    type(action.tranches.first().parts.first()).objects.update(montant=Decimal(0))


def test_l_attestation_est_numerotee_figee_et_en_pdf(action, finances, django_capture_on_commit_callbacks):
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    with django_capture_on_commit_callbacks(execute=True):
        premiere = etablir_l_attestation(auteur=finances, action=action, operation=ecrite)
        with pytest.raises(PassageRefuse, match="dit déjà cela"):
            etablir_l_attestation(auteur=finances, action=action, operation=ecrite)
        champs = {"donnees": donnees(montant_mobilise=Decimal("5000.00")), "operation": ecrite, "version": 1}
        enregistrer_une_operation(auteur=finances, action=action, **champs)
        # Ce que la première déclare reste pris : l’autorité de gestion l’a peut-être entre les mains.
        autre = donnees(numero="B", montant_mobilise=Decimal("10000.01"))
        with pytest.raises(ValidationError, match="qu’une fois"):
            enregistrer_une_operation(auteur=finances, action=action, donnees=autre)
        seconde = etablir_l_attestation(auteur=finances, action=action, operation=ecrite)
    enregistrer_une_operation(auteur=finances, action=action, donnees=autre)
    assert (premiere.contenu["remplace"], seconde.contenu["remplace"]) == ("", premiere.numero)
    slug = action.projet.appel.slug
    assert [premiere.numero, seconde.numero] == [f"{slug}-FSE-0001", f"{slug}-FSE-0002"]
    assert premiere.contenu["mobilise"] == "20\u202f000,00\xa0€"
    assert premiere.pdf.fichier.read().startswith(b"%PDF-")
    premiere.pdf.fichier.close()
    with pytest.raises(PassageRefuse):
        retirer_une_operation(auteur=finances, action=action, operation=ecrite)
    with pytest.raises((IntegrityError, ProgrammingError)), transaction.atomic():
        AttestationFse.objects.update(numero="autre")


def _porter_l_aide_a(action, montant):
    """La première tranche vaut `montant`, les autres plus rien, parts comprises ; tout est jugé, avant comme après."""
    connection.check_constraints()
    premiere, *autres = action.tranches.order_by("annee")
    for tranche, vaut in ((premiere, montant), *((autre, "0.00") for autre in autres)):
        tranche.parts.update(montant=Decimal(vaut))
        Tranche.objects.filter(pk=tranche.pk).update(montant=Decimal(vaut))
    connection.check_constraints()


@pytest.fixture
def depassee(action, finances):
    """20 000 € attestés, l’opération corrigée à 5 000 €, puis l’aide réduite à 10 000 € : l’acte reste permis."""
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    etablir_l_attestation(auteur=finances, action=action, operation=ecrite)
    champs = {"donnees": donnees(montant_mobilise=Decimal("5000.00")), "operation": ecrite, "version": 1}
    ecrite = enregistrer_une_operation(auteur=finances, action=action, **champs)
    _porter_l_aide_a(action, "10000.00")
    return ecrite


def test_une_aide_reduite_sous_ce_qui_est_atteste_se_dit_sans_reste_negatif(action, connecter, finances, depassee):
    with pytest.raises(ValidationError, match=r"en reste 0,00.*établies, elle est dépassée de 10.*000,00"):
        enregistrer_une_operation(auteur=finances, action=action, donnees=donnees(numero="B", montant_mobilise=1))
    base = f"/financements/{action.projet.appel.slug}/actions/{action.projet.numero}/fse/"
    client = connecter("finances")
    for adresse in (base, f"{base}operations/nouvelle/"):
        page = client.get(adresse).content.decode()
        assert ("-10" in page, "−10" in page, "l’aide attribuée est dépassée" in page) == (False, False, True)
    derniere = AttestationFse.objects.get()
    assert f"{derniere} ne dit plus l’opération d’à présent" in client.get(base).content.decode()
    etablir_l_attestation(auteur=finances, action=action, operation=depassee)
    connection.check_constraints()
    assert reste_a_mobiliser(action) == Decimal("5000.00")
    assert "dépassée" not in client.get(base).content.decode()


def test_la_base_ne_laisse_pas_prendre_ce_qu_une_attestation_declare_deja(action, finances, depassee):
    atteste = AttestationFse.objects.get()
    champs = {champ: getattr(depassee, champ) for champ in ("cout_eligible", "taux", "debut_le", "fin_le")}

    def attester_plus():
        champs = {"operation": depassee, "action": action, "contenu": {}, "etablie_le": timezone.now()}
        AttestationFse.objects.create(numero="B", montant_mobilise=Decimal("10000.01"), **champs)

    def ajouter():
        ContrepartieFse.objects.update(montant_mobilise=Decimal("5000.01"))
        autre = {"contrepartie": depassee.contrepartie, "numero": "B", "montant_mobilise": Decimal("0.01")}
        OperationFse.objects.create(**autre, **champs)

    def juger(changer):
        changer()
        connection.check_constraints()

    for changer in (attester_plus, ajouter):
        with pytest.raises(IntegrityError, match="plus que l’aide attribuée"), transaction.atomic():
            juger(changer)
    OperationFse.objects.update(numero="corrigé")  # ne prend rien de plus
    connection.check_constraints()
    assert atteste.montant_mobilise == Decimal("20000.00")


def test_ce_qui_ne_prend_rien_de_plus_reste_permis_meme_l_aide_depassee(action, finances, depassee):
    _porter_l_aide_a(action, "30000.00")
    autre = donnees(numero="B", montant_mobilise=Decimal("1000.00"))
    retiree = enregistrer_une_operation(auteur=finances, action=action, donnees=autre)
    _porter_l_aide_a(action, "10000.00")
    retirer_une_operation(auteur=finances, action=action, operation=retiree)
    connection.check_constraints()
    champs = {"operation": depassee, "version": depassee.version}
    autre = donnees(numero="C", montant_mobilise=Decimal("4000.00"))
    corrigee = enregistrer_une_operation(auteur=finances, action=action, donnees=autre, **champs)
    connection.check_constraints()
    assert (corrigee.numero, reste_a_mobiliser(action)) == ("C", Decimal("-10000.00"))


def test_l_attestation_dit_l_aide_d_a_present_meme_lue_avant_l_avenant(action, finances):
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    lue = Action.objects.prefetch_related("tranches").select_related("projet__appel").get(pk=action.pk)
    assert len(lue.tranches.all()) == 3  # lues par la page ; l’avenant est signé avant l’acte
    _porter_l_aide_a(action, "20000.00")
    faite = etablir_l_attestation(auteur=finances, action=lue, operation=ecrite)
    assert faite.contenu["attribue"] == "20\u202f000,00\xa0€"


def test_la_reprise_lit_le_montant_que_chaque_attestation_declare(action, finances):
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    contenu = {"mobilise": "1\u202f234\u202f567,89\xa0€"}
    champs = {"operation": ecrite, "action": action, "contenu": contenu, "etablie_le": timezone.now()}
    AttestationFse.objects.create(numero="A", montant_mobilise=0, **champs)
    with connection.cursor() as curseur:
        for requete in import_module("financements.migrations.0034_montant_des_attestations_fse").REPRISE:
            connection.check_constraints()
            curseur.execute(requete)
    assert AttestationFse.objects.get().montant_mobilise == Decimal("1234567.89")


def test_une_attestation_dont_le_message_s_est_perdu_a_son_pdf_a_la_reprise(action, finances):
    ecrite = enregistrer_une_operation(auteur=finances, action=action, donnees=donnees())
    etablir_l_attestation(auteur=finances, action=action, operation=ecrite)  # rien n’est parti dans la file
    reprendre_les_attestations()
    assert PdfDAttestation.objects.count() == 0  # la file a encore le temps
    with time_machine.travel(timezone.now() + GRACE_D_UN_PDF, tick=False):
        reprendre_les_attestations()
    assert PdfDAttestation.objects.count() == 1


def test_les_ecrans_enregistrent_attestent_et_montrent(action, connecter, django_capture_on_commit_callbacks):
    projet = action.projet
    base = f"/financements/{projet.appel.slug}/actions/{projet.numero}/fse/"
    client = connecter("finances")
    envoi = {
        "version": "1",
        "numero": "201600123",
        "cout_eligible": "60 000",
        "taux": "50",
        "debut_le": "2016-01-01",
        "fin_le": "2017-12-31",
        "montant_mobilise": "40 000",
    }
    trop = client.post(f"{base}operations/nouvelle/", envoi)
    assert "ne se mobilise qu’une fois" in trop.content.decode() or "ne dépasse pas" in trop.content.decode()
    assert client.post(f"{base}operations/nouvelle/", envoi | {"montant_mobilise": "20 000"}).url == base
    ecrite = OperationFse.objects.get()
    assert client.get(f"{base}operations/{ecrite.pk}/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        client.post(f"{base}operations/{ecrite.pk}/attester/")
    faite = AttestationFse.objects.get()
    fichier = client.get(f"{base}attestations/{faite.pk}/")
    assert b"".join(fichier.streaming_content).startswith(b"%PDF-")
    assert faite.numero in client.get(base).content.decode()
    assert "Établir une attestation" not in connecter("lecture").get(base).content.decode()
