"""Les opérations du FSE : notre aide mobilisée une seule fois, attestations numérotées et figées."""

from datetime import date
from decimal import Decimal

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
from financements.models import AttestationFse, ContrepartieFse, OperationFse, PdfDAttestation, Tranche
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
