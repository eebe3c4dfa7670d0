"""Ajouter un plafond de minimis : daté, sans rien changer au passé, par le pilote seul."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError, transaction

from comptes.states import Role
from config.socle.models import Journal
from financements.actions.fse.plafonds import ajouter_un_plafond_de_minimis
from financements.chiffres.de_minimis import plafonds, registre
from financements.models import AideDeMinimis, SeuilDeMinimis
from tests.comptes.fabriques import PersonneFactory

pytestmark = pytest.mark.django_db
DU = date(2027, 1, 1)


def seuil(**champs):
    valeurs = {"regime": "general", "du": DU, "plafond": Decimal("350000.00"), "est_glissant": True, "source": "Texte"}
    return SeuilDeMinimis(**valeurs | champs)


def ajouter(role=Role.PILOTE, **champs):
    return ajouter_un_plafond_de_minimis(auteur=PersonneFactory(role=role), seuil=seuil(**champs))


def test_le_nouveau_plafond_vaut_des_sa_date_et_laisse_le_passe_comme_il_etait():
    avant = list(SeuilDeMinimis.objects.values())
    ajoute = ajouter()
    assert list(SeuilDeMinimis.objects.exclude(pk=ajoute.pk).values()) == avant
    assert [(p.seuil.regime, p.seuil.du.year, p.au) for p in plafonds()] == [
        ("general", 2014, date(2023, 12, 31)),
        ("general", 2024, date(2026, 12, 31)),
        ("general", 2027, None),
        ("sieg", 2012, date(2023, 12, 31)),
        ("sieg", 2024, None),
    ]
    aide = AideDeMinimis(siren="732829320", regime="general", accordee_le=date(2026, 6, 1), montant=Decimal("320000"))
    for jour, plafond in ((DU - timedelta(days=1), 30_000_000), (DU, 35_000_000)):
        (ligne,) = registre([aide], jour)
        # Accordée sous l’ancien plafond, elle le passe toujours.
        assert (ligne.cumul.plafond, ligne.depasse.plafond) == (plafond, 30_000_000)
    trace = Journal.objects.get(acte="ajouter_un_plafond_de_minimis")
    assert (trace.objet_id, trace.apres) == (
        str(ajoute.pk),
        {
            "regime": "general",
            "plafond": "350000.00",
            "du": "2027-01-01",
            "est_glissant": True,
            "texte_de_reference": "Texte",
        },
    )


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PILOTE])
def test_seul_le_pilote_ajoute(role):
    with pytest.raises(PermissionDenied):
        ajouter(role)
    assert SeuilDeMinimis.objects.count() == 4


@pytest.mark.parametrize(
    "faux",
    [
        {"du": date(2023, 6, 1)},
        {"du": date(2024, 1, 1)},
        {"plafond": Decimal(0)},
        {"regime": "autre"},
        {"source": ""},
    ],
)
def test_un_plafond_faux_ou_d_un_jour_passe_est_refuse(faux):
    with pytest.raises(ValidationError):
        ajouter(**faux)
    assert (SeuilDeMinimis.objects.count(), Journal.objects.count()) == (4, 0)


def test_la_base_refuse_de_changer_ou_d_effacer_un_plafond():
    for geste in (lambda: SeuilDeMinimis.objects.update(plafond=1), lambda: SeuilDeMinimis.objects.all().delete()):
        with pytest.raises(DatabaseError, match="Cannot"), transaction.atomic():
            geste()


def test_a_l_ecran_une_faute_se_garde_puis_le_plafond_s_ajoute(connecter):
    client = connecter(Role.PILOTE)
    adresse = "/financements/de-minimis/plafonds/"
    envoi = {"regime": "sieg", "plafond": "800 000", "est_glissant": "on", "du": "2023-01-01", "source": "Texte neuf"}
    page = client.post(adresse, envoi).content.decode()
    assert "Relisez, puis cochez cette case." in page
    page = client.post(adresse, envoi | {"est_relu": "on"}).content.decode()
    assert ("Il faut un jour après le 01/01/2024" in page, 'value="Texte neuf"' in page) == (True, True)
    assert client.post(adresse, envoi | {"est_relu": "on", "du": "2027-01-01"}).status_code == 302
    for lue in (adresse, "/financements/de-minimis/"):
        assert "Texte neuf" in client.get(lue).content.decode()
    assert "Ajouter le plafond" not in connecter(Role.FINANCES).get(adresse).content.decode()
