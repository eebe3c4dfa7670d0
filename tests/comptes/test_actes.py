"""Modifier une personne, fermer et rouvrir un compte, rattacher et détacher : effet, journal, refus."""

import pytest
from django.core.exceptions import ValidationError

from comptes.actions.fermer_compte import fermer_compte, rouvrir_compte
from comptes.actions.modifier_personne import Fiche, modifier_personne
from comptes.actions.rattacher import detacher, rattacher
from comptes.models import Adhesion
from comptes.states import Role, RoleOrganisme
from config.socle.models import Journal
from tests.comptes.fabriques import AdhesionFactory, OrganismeFactory, PersonneFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


def journal() -> list[tuple]:
    return list(Journal.objects.order_by("id").values_list("acte", "avant", "apres"))


def test_changer_le_role_et_le_perimetre_s_ecrit_au_journal():
    admin = PersonneFactory(administrateur=True)
    personne = PersonneFactory(prenom="Lou", nom="Petit", role=Role.PORTEUR)
    val = TerritoireFactory(code="VAL")
    fiche = Fiche(prenom="Lou", nom="Petit", role=Role.INSTRUCTEUR, territoires=[val])
    modifier_personne(auteur=admin, pk=personne.pk, fiche=fiche)
    personne.refresh_from_db()
    assert (personne.role, list(personne.territoires.all())) == ("instructeur", [val])
    avant = {"prenom": "Lou", "nom": "Petit", "role": "porteur", "territoires": []}
    assert journal() == [
        ("modifier_personne", avant, avant | {"role": "instructeur", "territoires": ["VAL"]}),
    ]


def test_ne_rien_changer_n_ecrit_rien_au_journal():
    personne = PersonneFactory(prenom="Lou", nom="Petit", role=Role.LECTURE)
    modifier_personne(auteur=None, pk=personne.pk, fiche=Fiche("Lou", "Petit", Role.LECTURE))
    assert journal() == []


def test_seul_un_instructeur_a_des_territoires():
    personne = PersonneFactory(role=Role.LECTURE)
    with pytest.raises(ValidationError) as refus:
        modifier_personne(auteur=None, pk=personne.pk, fiche=Fiche("A", "B", Role.LECTURE, [TerritoireFactory()]))
    assert refus.value.message_dict == {"territoires": ["Seul un instructeur a des territoires."]}


def test_un_administrateur_ne_se_retire_pas_son_role():
    admin = PersonneFactory(administrateur=True)
    with pytest.raises(ValidationError) as refus:
        modifier_personne(auteur=admin, pk=admin.pk, fiche=Fiche("A", "B", Role.LECTURE))
    assert refus.value.message_dict == {"role": ["Vous ne pouvez pas changer votre propre rôle."]}
    assert journal() == []


def test_fermer_puis_rouvrir_un_compte_et_le_refaire_ne_change_rien():
    admin, personne = PersonneFactory(administrateur=True), PersonneFactory()
    for acte in (fermer_compte, fermer_compte, rouvrir_compte, rouvrir_compte):
        acte(auteur=admin, pk=personne.pk)
    assert journal() == [
        ("fermer_compte", {"compte_ouvert": True}, {"compte_ouvert": False}),
        ("rouvrir_compte", {"compte_ouvert": False}, {"compte_ouvert": True}),
    ]


def test_on_ne_ferme_pas_son_propre_compte():
    admin = PersonneFactory(administrateur=True)
    with pytest.raises(ValidationError):
        fermer_compte(auteur=admin, pk=admin.pk)
    admin.refresh_from_db()
    assert admin.is_active


def test_rattacher_deux_fois_change_le_role_sans_doublon():
    personne, organisme = PersonneFactory(), OrganismeFactory()
    for role in (RoleOrganisme.REDACTEUR, RoleOrganisme.REDACTEUR, RoleOrganisme.RESPONSABLE):
        rattacher(auteur=None, personne=personne, organisme=organisme, role=role)
    assert list(Adhesion.objects.values_list("personne", "organisme", "role")) == [
        (personne.pk, organisme.pk, "responsable")
    ]
    redacteur = {"organisme": organisme.pk, "role": "redacteur"}
    assert journal() == [
        ("rattacher", None, redacteur),
        ("rattacher", redacteur, {"organisme": organisme.pk, "role": "responsable"}),
    ]


def test_seul_un_porteur_se_rattache():
    with pytest.raises(ValidationError):
        rattacher(
            auteur=None,
            personne=PersonneFactory(pilote=True),
            organisme=OrganismeFactory(),
            role=RoleOrganisme.REDACTEUR,
        )
    assert not Adhesion.objects.exists()


def test_detacher_ote_l_adhesion_et_le_dit_au_journal():
    adhesion = AdhesionFactory()
    avant = {"organisme": adhesion.organisme_id, "role": "redacteur"}
    detacher(auteur=None, adhesion=adhesion)
    assert not Adhesion.objects.exists()
    assert journal() == [("detacher", avant, None)]
