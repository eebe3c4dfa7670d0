"""Retirer du comité : le contraire de « présenter », jusqu’à l’arbitrage. Les états et les rôles : test_cycle."""

import pytest
from django.core.exceptions import ValidationError

from comptes.models import Avis
from config.socle.journal import journaliser
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.collisions import DejaChange
from projets.actions.comite import ARRETEES, retirer_du_comite
from projets.models import AppelAProjets, Projet
from projets.states import NOTES_ARRETEES, EtatAppel, EtatProjet
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AffectationFactory, ProjetFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def pilote():
    return PersonneFactory(pilote=True, prenom="Paul", nom="Ott")


@pytest.fixture
def projet():
    presente = ProjetFactory(etat=EtatProjet.PRESENTE, intitule="Garde d’enfants")
    AppelAProjets.objects.filter(pk=presente.appel_id).update(etat=EtatAppel.INSTRUCTION)
    return Projet.objects.get(pk=presente.pk)


def test_le_projet_redevient_instruit_le_journal_dit_pourquoi_qui_le_suit_est_prevenu(pilote, projet):
    chef = AffectationFactory(projet=projet).instructeur
    retirer_du_comite(auteur=pilote, projet=projet, motif=" Avis à revoir. ")
    assert Projet.objects.get().etat == EtatProjet.INSTRUIT
    ligne = Journal.objects.get()
    assert (ligne.acte, ligne.auteur, ligne.avant, ligne.apres) == (
        "retirer_du_comite",
        pilote,
        {"etat": "presente"},
        {"etat": "instruit", "motif": "Avis à revoir."},
    )
    texte = "«\u00a0Garde d’enfants\u00a0» est retiré du comité par Paul Ott\u00a0: Avis à revoir."
    assert list(Avis.objects.values_list("personne", "texte")) == [(chef.pk, texte)]


@pytest.mark.parametrize("etat", sorted(NOTES_ARRETEES))
def test_a_partir_de_l_arbitrage_plus_rien_ne_se_retire(connecter, pilote, projet, etat):
    AppelAProjets.objects.update(etat=etat)
    with pytest.raises(PassageRefuse, match=ARRETEES):
        retirer_du_comite(auteur=pilote, projet=projet, motif="Avis à revoir")
    assert (Projet.objects.get().etat, Journal.objects.count()) == (EtatProjet.PRESENTE, 0)
    page = connecter(pilote).get(f"/instruction/{projet.pk}/").content.decode()
    assert "Retirer du comité" not in page


@pytest.mark.parametrize("motif", ["", "  "])
def test_sans_motif_rien_ne_se_fait(pilote, projet, motif):
    with pytest.raises(ValidationError):
        retirer_du_comite(auteur=pilote, projet=projet, motif=motif)
    assert (Projet.objects.get().etat, Journal.objects.count()) == (EtatProjet.PRESENTE, 0)


def test_le_pilote_le_fait_par_la_page_et_l_instructeur_n_en_a_pas_le_lien(connecter, pilote, projet):
    adresse = f"/instruction/{projet.pk}/comite/retirer/"
    navigateur = connecter(pilote)
    assert adresse in navigateur.get(f"/instruction/{projet.pk}/").content.decode()
    refuse = navigateur.post(adresse, {"motif": ""})
    assert (refuse.status_code, "motif" in refuse.context["form"].errors) == (200, True)
    fait = navigateur.post(adresse, {"motif": "Avis à revoir"})
    assert (fait.url, Projet.objects.get().etat) == (f"/instruction/{projet.pk}/#avis", EtatProjet.INSTRUIT)
    Projet.objects.update(etat=EtatProjet.PRESENTE)
    instructeur = PersonneFactory(instructeur=True)
    instructeur.territoires.add(projet.parts.get().territoire)
    assert adresse not in connecter(instructeur).get(f"/instruction/{projet.pk}/").content.decode()


def test_une_page_restee_ouverte_ne_retire_pas_ce_qui_a_avance(pilote, projet):
    journaliser(auteur=PersonneFactory(), acte="presenter", objet=projet, apres={"etat": "presente"})
    with pytest.raises(DejaChange):
        retirer_du_comite(auteur=pilote, projet=projet, motif="Avis à revoir", vu=0)
