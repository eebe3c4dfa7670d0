"""Ouvrir un compte : le rôle, le périmètre, les organismes, et la ligne au journal."""

import pytest
from django.core.exceptions import ValidationError

from comptes.actions.creer_personne import NouvellePersonne, creer_personne
from comptes.models import Personne
from comptes.states import Role
from config.socle.models import Journal
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


def test_un_porteur_devient_responsable_de_ses_organismes() -> None:
    organisme = OrganismeFactory()
    nouvelle = NouvellePersonne("Porteur@Exemple.fr", "Aline", "Vasseur", Role.PORTEUR, organismes=[organisme])
    personne = creer_personne(auteur=None, nouvelle=nouvelle, mot_de_passe="mille-actions")
    assert (personne.email, personne.nom_complet) == ("porteur@exemple.fr", "Aline Vasseur")
    assert personne.check_password("mille-actions")
    assert list(personne.adhesions.values_list("organisme", "role")) == [(organisme.pk, "responsable")]


def test_un_instructeur_recoit_ses_territoires_et_le_journal_le_dit() -> None:
    admin, territoire = PersonneFactory(administrateur=True), TerritoireFactory(code="VAL")
    nouvelle = NouvellePersonne("i@exemple.fr", "Malik", "Desmet", Role.INSTRUCTEUR, territoires=[territoire])
    personne = creer_personne(auteur=admin, nouvelle=nouvelle, mot_de_passe=None)
    assert list(personne.territoires.all()) == [territoire]
    assert not personne.has_usable_password()
    assert list(Journal.objects.values_list("auteur", "acte", "objet_id", "apres")) == [
        (
            admin.pk,
            "creer_personne",
            str(personne.pk),
            {"role": "instructeur", "territoires": ["VAL"], "organismes": []},
        )
    ]


def test_une_adresse_deja_prise_est_refusee_sans_rien_ecrire() -> None:
    PersonneFactory(email="prise@exemple.fr")
    with pytest.raises(ValidationError):
        creer_personne(
            auteur=None,
            nouvelle=NouvellePersonne("PRISE@exemple.fr", "Aline", "Vasseur", Role.LECTURE),
            mot_de_passe=None,
        )
    assert (Personne.objects.count(), Journal.objects.count()) == (1, 0)
