"""Quand une signature se demande au prestataire, ce qu’elle empêche tant qu’elle court, qui la demande ou l’annule."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from comptes.states import Role
from config.socle.transitions import PassageRefuse
from financements.actions.conventions.finir import constater_la_caducite
from financements.actions.conventions.rediger import reprendre
from financements.actions.conventions.signature.demander import annuler_la_demande, envoyer_au_prestataire
from financements.actions.conventions.signer import Signatures, signer
from financements.models import DemandeDeSignature
from financements.states.execution import SIGNATURES_EN_COURS, EtatConvention, EtatSignature
from tests.comptes.fabriques import PersonneFactory
from tests.financements.conventions.fabriques import action_a_conventionner, demande_a_l_etat, finances
from tests.financements.execution.fabriques import convention

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]
AUJOURD_HUI = timezone.localdate()


def test_sans_reglage_rien_ne_part(a_signer, settings):
    with pytest.raises(PassageRefuse, match="Aucun prestataire"):
        envoyer_au_prestataire(auteur=finances(), convention=a_signer)
    assert not DemandeDeSignature.objects.exists()


def test_tant_qu_elle_court_rien_d_autre_ne_signe_ni_ne_reprend(envoyer, a_signer):
    envoyer()
    a_signer.refresh_from_db()
    actes = (
        lambda auteur: reprendre(auteur=auteur, convention=a_signer),
        lambda auteur: signer(
            auteur=auteur,
            convention=a_signer,
            signatures=Signatures(AUJOURD_HUI, AUJOURD_HUI),
            version=a_signer.version,
        ),
        lambda auteur: envoyer_au_prestataire(auteur=auteur, convention=a_signer),
        lambda auteur: constater_la_caducite(
            auteur=auteur, convention=a_signer, motif="Jamais commencée.", version=a_signer.version
        ),
    )
    for acte in actes:
        with pytest.raises(PassageRefuse, match="en cours chez le prestataire"):
            acte(finances())


@pytest.mark.parametrize("etat", [etat for etat in EtatConvention.values if etat != "editee"])
def test_seule_une_convention_a_signer_s_envoie(prestataire, etat):
    fin = {"motif_de_fin": "Motif."} if etat in ("resiliee", "caduque") else {}
    une = convention(action_a_conventionner(), EtatConvention(etat), fichier="x.pdf", pages=3, **fin)
    with pytest.raises(PassageRefuse, match="Seule une convention éditée"):
        envoyer_au_prestataire(auteur=finances(), convention=une)


@pytest.mark.parametrize(
    ("champs", "pdf", "dit"),
    [
        ({"notifiee": False}, "x.pdf", "pas encore notifiée"),
        ({"notifiee": False, "executoire": False}, "x.pdf", "exécutoire"),
        ({}, "", "pas encore produit"),
    ],
)
def test_ni_sans_pdf_ni_avant_que_la_decision_soit_dite(prestataire, champs, pdf, dit):
    une = convention(action_a_conventionner(**champs), EtatConvention.EDITEE, fichier=pdf)
    with pytest.raises(PassageRefuse, match=dit):
        envoyer_au_prestataire(auteur=finances(), convention=une)


def test_ni_sans_adresse_ou_ecrire_a_l_organisme(prestataire):
    une = convention(action_a_conventionner(), EtatConvention.EDITEE, fichier="x.pdf")
    organisme = une.action.projet.organisme
    organisme.courriel = ""
    organisme.save()
    with pytest.raises(PassageRefuse, match="adresse électronique"):
        envoyer_au_prestataire(auteur=finances(), convention=une)


@pytest.mark.parametrize("etat", [etat for etat in EtatSignature.values if etat not in SIGNATURES_EN_COURS])
def test_une_demande_conclue_ne_s_annule_plus_ne_change_plus_ne_s_efface_plus(prestataire, etat):
    demande = demande_a_l_etat(etat)
    with pytest.raises(PassageRefuse):
        annuler_la_demande(auteur=finances(), demande=demande)
    demande.motif = "Autre."
    with pytest.raises(IntegrityError, match="conclue ne change plus"), transaction.atomic():
        demande.save()
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        demande.delete()


def test_les_deux_actes_sont_au_pilote_et_aux_finances(prestataire):
    demande = demande_a_l_etat(EtatSignature.EN_ATTENTE)
    for role in (Role.PORTEUR, Role.INSTRUCTEUR, Role.LECTURE, Role.ADMINISTRATEUR):
        auteur = PersonneFactory(role=role)
        with pytest.raises(PermissionDenied):
            envoyer_au_prestataire(auteur=auteur, convention=demande.convention)
        with pytest.raises(PermissionDenied):
            annuler_la_demande(auteur=auteur, demande=demande)
    annuler_la_demande(auteur=PersonneFactory(role=Role.PILOTE), demande=demande)
    assert DemandeDeSignature.objects.get().etat == EtatSignature.ANNULEE
