"""Créer un appel : ses axes, son état, et les refus."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from config.socle.models import Journal
from projets.actions.creer_appel import NouvelAxe, creer_appel
from projets.models import AppelAProjets
from projets.states import Volet

pytestmark = pytest.mark.django_db


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
    ],
)
def test_un_appel_mal_rempli_est_refuse_sans_rien_ecrire(champs: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError) as refus:
        creer_appel(auteur=None, appel=appel(**champs), axes=[NouvelAxe(1, "Emploi", Volet.PROFESSIONNEL)])
    assert refus.value.messages == [message]
    assert (AppelAProjets.objects.count(), Journal.objects.count()) == (0, 0)
