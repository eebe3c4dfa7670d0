"""Qui instruit un projet, et qui l’on prévient : les chargés, le remplaçant d’un absent, jamais un déporté."""

from datetime import timedelta

import pytest
from django.utils import timezone

from comptes.models import Avis
from comptes.states import Role
from projets.actions.echanges import ecrire_un_message, interlocuteurs
from projets.actions.relancer_l_instruction import alerter_des_rejets
from projets.forms.commentaire import CommentaireForm
from projets.models import Affectation, MessageDuProjet
from projets.permissions import a_prevenir, charges_de, instructeurs_de, instruit
from projets.states import Qualite
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import AffectationFactory, ProjetFactory, absence_de, deport_de, instructeur_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def projet(val):
    return ProjetFactory(territoires={val: 100}, depose_le=timezone.now())


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


@pytest.fixture
def porteur(projet):
    return AdhesionFactory(organisme=projet.organisme).personne


@pytest.fixture
def camille(projet, val):
    """Celle à qui le projet est confié."""
    return AffectationFactory(projet=projet, instructeur=instructeur_de(val), qualite=Qualite.CHEF_DE_FILE).instructeur


@pytest.fixture
def voisin(val):
    """Du même territoire, sans suivre le projet."""
    return instructeur_de(val)


@pytest.fixture
def remplacant():
    """D’un autre territoire : seule l’absence de Camille lui ouvre le projet."""
    return instructeur_de(TerritoireFactory(code="DOU", nom="Douaisis"))


def noms(personnes) -> set[int]:
    return {personne.pk for personne in personnes}


def test_un_projet_confie_previent_qui_le_suit_et_lui_seul(projet, camille, voisin, pilote, porteur):
    assert noms(charges_de(projet)) == noms(interlocuteurs(projet, sauf=porteur)) == {camille.pk}
    assert noms(instructeurs_de(projet)) == {camille.pk, voisin.pk, pilote.pk}


def test_un_projet_confie_a_personne_previent_le_territoire(projet, voisin, pilote, porteur):
    assert noms(charges_de(projet)) == noms(interlocuteurs(projet, sauf=porteur)) == {voisin.pk}


def test_le_remplacant_d_un_absent_recoit_messages_alertes_et_mentions(
    projet, camille, voisin, remplacant, pilote, porteur
):
    absence_de(camille, remplacant=remplacant)
    assert instruit(remplacant, projet)
    assert noms(charges_de(projet)) == {camille.pk, remplacant.pk}
    ecrire_un_message(auteur=porteur, projet=projet, texte="Une question.")
    assert noms(a.personne for a in Avis.objects.all()) == {camille.pk, remplacant.pk}
    Avis.objects.all().delete()
    projet.depose_le = timezone.now() - timedelta(days=50)
    projet.save(update_fields=["depose_le"])
    assert (alerter_des_rejets(timezone.now()), noms(a.personne for a in Avis.objects.all())) == (
        1,
        {camille.pk, remplacant.pk},
    )
    nommables = CommentaireForm(camille, projet).fields["mentions"].queryset
    assert noms(nommables) == {voisin.pk, remplacant.pk, pilote.pk}


def test_une_absence_passee_ou_a_venir_ne_previent_pas_le_remplacant(projet, camille, remplacant):
    jour = timezone.localdate()
    for du, au in ((-9, -1), (1, 9)):
        absence_de(camille, remplacant=remplacant, du=jour + timedelta(days=du), au=jour + timedelta(days=au))
    assert noms(charges_de(projet)) == {camille.pk}
    assert noms(charges_de(projet, jour + timedelta(days=2))) == {camille.pk, remplacant.pk}


def test_sans_personne_de_present_le_territoire_est_prevenu_aussi(projet, camille, voisin):
    absence_de(camille)
    assert noms(charges_de(projet)) == {camille.pk, voisin.pk}


def test_le_remplacant_deporte_ou_dont_le_compte_est_ferme_n_est_pas_prevenu(projet, camille, remplacant):
    autre = instructeur_de(TerritoireFactory(), is_active=False)
    absence_de(camille, remplacant=remplacant)
    absence_de(camille, remplacant=autre)
    deport_de(remplacant, projet)
    assert noms(charges_de(projet)) == {camille.pk}


def test_qui_est_deja_intervenu_recoit_la_suite(projet, camille, voisin, pilote, porteur):
    for auteur in (voisin, pilote):
        MessageDuProjet.objects.create(projet=projet, auteur=auteur, texte="Bonjour.")
    assert noms(interlocuteurs(projet, sauf=porteur)) == {camille.pk, voisin.pk, pilote.pk}
    deport_de(voisin, projet)
    assert noms(interlocuteurs(projet, sauf=porteur)) == {camille.pk, pilote.pk}


def test_a_prevenir_la_personne_sinon_les_charges_sinon_les_pilotes(projet, camille, voisin, pilote):
    assert a_prevenir(projet, voisin) == [voisin]
    deport_de(voisin, projet)
    assert a_prevenir(projet, voisin) == [camille]
    Affectation.objects.all().delete()
    deport_de(camille, projet)
    assert [p.role for p in a_prevenir(projet, voisin)] == [Role.PILOTE]
