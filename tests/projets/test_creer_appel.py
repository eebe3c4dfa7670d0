"""Créer un appel : ses axes, son état, et les refus."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from config.socle.models import Journal
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets
from projets.states import Volet

pytestmark = pytest.mark.django_db
DEJA_LE_30 = datetime(2016, 4, 29, 22, 30, tzinfo=UTC)  # à Paris
APRES_LE_COMITE = "La délibération vient après le jour de la clôture, et pas avant le comité."


def appel(**champs) -> AppelAProjets:
    return AppelAProjets(
        **{
            "slug": "essai-2016",
            "intitule": "Appel d’essai",
            "annee_debut": 2016,
            "annee_fin": 2017,
            "ouvre_le": datetime(2016, 4, 1, tzinfo=UTC),
            "ferme_le": datetime(2016, 4, 29, tzinfo=UTC),
            "montant_total": Decimal(1000),
            **champs,
        }
    )


def test_l_appel_et_ses_axes_sont_crees_et_journalises() -> None:
    axes = [NouvelAxe(1, "Emploi", Volet.PROFESSIONNEL), NouvelAxe(2, "Lien social", Volet.SOCIAL)]
    cree = creer_appel(auteur=None, appel=appel(), axes=axes)
    assert list(cree.axes.values_list("numero", "intitule", "volet")) == [
        (1, "Emploi", "professionnel"),
        (2, "Lien social", "social"),
    ]
    assert list(Journal.objects.values_list("acte", "apres")) == [
        ("creer_appel", {"slug": "essai-2016", "etat": "brouillon", "axes": [1, 2]})
    ]


@pytest.mark.parametrize(
    ("champs", "message"),
    [
        ({"annee_fin": 2015}, "La dernière année suit la première, de neuf ans au plus."),
        ({"ferme_le": datetime(2016, 3, 1, tzinfo=UTC)}, "La clôture vient après l’ouverture."),
        ({"comite_le": date(2016, 4, 29)}, "Le comité se réunit après le jour de la clôture."),
        ({"ferme_le": DEJA_LE_30, "comite_le": date(2016, 4, 30)}, "Le comité se réunit après le jour de la clôture."),
        ({"deliberation_le": date(2016, 4, 29)}, APRES_LE_COMITE),
        ({"comite_le": date(2016, 5, 12), "deliberation_le": date(2016, 5, 11)}, APRES_LE_COMITE),
    ],
)
def test_un_appel_mal_rempli_est_refuse_sans_rien_ecrire(champs: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as refus:
        creer_appel(auteur=None, appel=appel(**champs), axes=[NouvelAxe(1, "Emploi", Volet.PROFESSIONNEL)])
    assert refus.value.messages == [message]
    assert (AppelAProjets.objects.count(), Journal.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    "champs",
    [
        {"comite_le": date(2016, 4, 30)},
        {"deliberation_le": date(2016, 4, 30)},
        {"comite_le": date(2016, 5, 12), "deliberation_le": date(2016, 5, 12)},
    ],
)
def test_le_comite_et_la_deliberation_se_datent_ou_non(champs: dict[str, object]) -> None:
    creer_appel(auteur=None, appel=appel(**champs), axes=[])
    assert list(AppelAProjets.objects.values("comite_le", "deliberation_le")) == [
        {"comite_le": None, "deliberation_le": None} | champs
    ]


@pytest.mark.parametrize(
    "champs",
    [
        {"comite_le": date(2016, 4, 29)},
        {"deliberation_le": date(2016, 4, 28)},
        {"ferme_le": DEJA_LE_30, "comite_le": date(2016, 4, 30)},
    ],
)
def test_la_base_refuse_un_comite_ou_une_deliberation_avant_la_fin_du_depot(champs: dict[str, object]) -> None:
    creer_appel(auteur=None, appel=appel(), axes=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        AppelAProjets.objects.update(**champs)
