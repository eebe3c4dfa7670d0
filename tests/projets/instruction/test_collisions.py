"""Deux actes contraires sur le même projet : un seul passe ; l’autre apprend lequel, de qui, et garde son texte."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.classer import classer_sans_suite
from projets.actions.collisions import DejaChange, dernier_passage
from projets.actions.echanges import demander_un_complement
from projets.actions.recevabilite import declarer_irrecevable, declarer_recevable
from projets.models import DemandeDeComplement, Projet
from projets.states import EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import ProjetFactory


def demain():
    return timezone.localdate() + timedelta(days=1)


def demander(projet, auteur, vu=None):
    return demander_un_complement(auteur=auteur, projet=projet, texte="Le RIB", echeance=demain(), vu=vu)


def classer(projet, auteur, vu=None):
    return classer_sans_suite(auteur=auteur, projet=projet, motif="Sans objet", vu=vu)


@pytest.fixture
def pilotes(db):
    return [PersonneFactory(pilote=True, prenom="Marie", nom=nom) for nom in ("Dupont", "Martin")]


@pytest.fixture
def projet(db):
    return ProjetFactory()


@pytest.mark.django_db
def test_qui_arrive_apres_apprend_ce_qui_a_ete_fait_et_par_qui(projet, pilotes):
    premier, second = pilotes
    vu = dernier_passage(projet)
    demander(projet, premier, vu)
    quand = timezone.localtime(Journal.objects.get().quand)
    with pytest.raises(DejaChange) as refus:
        classer(projet, second, vu)
    assert str(refus.value) == (
        f"Rien n’est fait\u00a0: depuis que vous avez ouvert cette page, complément demandé par Marie Dupont le "
        f"{quand:%d/%m/%Y à %H\u00a0h\u00a0%M}. Le projet est «\u00a0incomplet\u00a0». Relisez-le avant "
        "de recommencer."
    )
    assert (Projet.objects.get().etat, Journal.objects.count()) == (EtatProjet.INCOMPLET, 1)


@pytest.mark.django_db
def test_apres_relecture_l_acte_passe(projet, pilotes):
    premier, second = pilotes
    demander(projet, premier)
    assert classer(projet, second, dernier_passage(projet)).etat == EtatProjet.CLASSE


@pytest.mark.django_db
def test_un_second_clic_n_est_pas_une_collision(projet, pilotes):
    vu = dernier_passage(projet)
    assert demander(projet, pilotes[0], vu) == demander(projet, pilotes[0], vu)
    assert DemandeDeComplement.objects.count() == 1


@pytest.mark.django_db
def test_la_page_garde_le_texte_de_qui_arrive_apres(projet, pilotes, connecter):
    client, adresse = connecter(pilotes[1]), reverse("projets:classer", args=[projet.pk])
    vu = client.get(adresse).context["form"]["vu"].value()
    demander(projet, pilotes[0])
    page = client.post(adresse, {"motif": "Un motif longuement pesé", "vu": vu})
    assert "complément demandé par Marie Dupont" in page.content.decode()
    assert "Un motif longuement pesé" in page.content.decode()
    assert Projet.objects.get().etat == EtatProjet.INCOMPLET


def au_meme_instant(*actes):
    """Chaque acte dans son fil, tous lâchés ensemble ; rend ce que chacun a rendu ou levé."""
    depart, sorts = threading.Barrier(len(actes)), [None] * len(actes)

    def courir(rang, acte):
        try:
            depart.wait(timeout=10)
            sorts[rang] = acte()
        except PassageRefuse as refus:
            sorts[rang] = refus
        finally:
            connection.close()

    fils = [threading.Thread(target=courir, args=un) for un in enumerate(actes)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=30)
    return sorts


def recevable(projet, auteur, vu=None):
    return declarer_recevable(auteur=auteur, projet=projet, vu=vu)


def irrecevable(projet, auteur, vu=None):
    return declarer_irrecevable(auteur=auteur, projet=projet, motif="Hors sujet", vu=vu)


PAIRES = {
    "complément et classement": (demander, classer),
    "recevable et irrecevable": (recevable, irrecevable),
    "complément et recevable": (demander, recevable),
}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("paire", PAIRES)
def test_de_deux_actes_contraires_au_meme_instant_un_seul_passe(paire):
    projet = ProjetFactory()
    personnes = [PersonneFactory(role=Role.PILOTE, nom=nom) for nom in ("Dupont", "Martin")]
    vu = dernier_passage(projet)
    sorts = au_meme_instant(
        *(
            lambda acte=acte, personne=personne: acte(projet, personne, vu)
            for acte, personne in zip(PAIRES[paire], personnes, strict=True)
        )
    )
    refus = [sort for sort in sorts if isinstance(sort, PassageRefuse)]
    assert len(refus) == 1
    gagnant = personnes[0] if sorts[1] is refus[0] else personnes[1]
    assert str(gagnant) in str(refus[0])
    assert [ligne.auteur for ligne in Journal.objects.filter(objet_id=projet.pk)] == [gagnant]
