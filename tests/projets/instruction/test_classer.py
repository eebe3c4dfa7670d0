"""Classer un projet sans suite : le pilote, avant la décision, avec un motif. Les états et les rôles : test_cycle."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from comptes.models import Avis
from config.socle.models import Journal
from projets.actions.classer import classer_sans_suite
from projets.models import DemandeDeComplement, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import PersonneFactory, ResponsableFactory
from tests.projets.fabriques import ProjetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True)


def test_le_classement_clot_la_demande_se_journalise_et_previent_l_organisme(pilote):
    projet = ProjetFactory(etat=EtatProjet.INCOMPLET)
    responsable = ResponsableFactory(organisme=projet.organisme).personne
    instant = timezone.now()
    DemandeDeComplement.objects.create(
        projet=projet,
        texte="Le RIB",
        echeance=timezone.localdate() + timedelta(days=3),
        demandee_par=pilote,
        demandee_le=instant,
    )
    classer_sans_suite(auteur=pilote, projet=projet, motif=" Organisme dissous. ")
    assert Projet.objects.get().etat == EtatProjet.CLASSE
    assert DemandeDeComplement.objects.get().repondue_le >= instant
    ligne = Journal.objects.get(acte="classer_sans_suite")
    assert (ligne.auteur, ligne.avant, ligne.apres) == (
        pilote,
        {"etat": "incomplet"},
        {"etat": "classe", "motif": "Organisme dissous."},
    )
    assert list(Avis.objects.values_list("personne", "texte")) == [
        (responsable.pk, f"«\u00a0{projet.intitule}\u00a0» est classé sans suite.")
    ]


@pytest.mark.parametrize("motif", ["", "   ", "x" * 2001])
def test_sans_motif_ou_trop_long_rien_ne_se_fait(pilote, motif):
    projet = ProjetFactory()
    with pytest.raises(ValidationError):
        classer_sans_suite(auteur=pilote, projet=projet, motif=motif)
    assert (Projet.objects.get().etat, Journal.objects.count()) == (EtatProjet.DEPOSE, 0)


def test_le_pilote_classe_par_la_page(connecter):
    projet = ProjetFactory()
    client, adresse = connecter("pilote"), reverse("projets:classer", args=[projet.pk])
    assert adresse in client.get(reverse("projets:fiche_instruction", args=[projet.pk])).content.decode()
    assert client.post(adresse, {"motif": ""}).context["form"].errors == {"motif": ["Ce champ est obligatoire."]}
    assert client.post(adresse, {"motif": "Organisme dissous"}).url == f"/instruction/{projet.pk}/"
    assert Projet.objects.get().etat == EtatProjet.CLASSE


def test_un_projet_decide_ne_se_classe_plus_et_le_bouton_n_y_est_pas(connecter):
    projet = ProjetFactory(etat=EtatProjet.RETENU)
    client, adresse = connecter("pilote"), reverse("projets:classer", args=[projet.pk])
    assert adresse not in client.get(reverse("projets:fiche_instruction", args=[projet.pk])).content.decode()
    assert client.get(adresse).url == f"/instruction/{projet.pk}/"
    page = client.post(adresse, {"motif": "Trop tard"})
    assert page.context["form"].data["motif"] == "Trop tard"
    assert Projet.objects.get().etat == EtatProjet.RETENU


def test_l_instructeur_n_a_pas_le_bouton(connecter):
    projet = ProjetFactory()
    personne = PersonneFactory(instructeur=True)
    personne.territoires.add(projet.parts.get().territoire)
    client = connecter(personne)
    assert "classement" not in client.get(reverse("projets:fiche_instruction", args=[projet.pk])).content.decode()
