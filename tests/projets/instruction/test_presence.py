"""Deux instructeurs sur le même projet s’en avertissent ; le porteur n’en sait rien."""

import pytest
from django.core.cache import cache
from django.urls import reverse

from comptes.states import Role, RoleOrganisme
from projets.models import Projet
from projets.states import EtatProjet
from projets.views.instruction import presence
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import ProjetFactory
from tests.projets.instruction.jury import projet_a_noter
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def cache_vide():
    cache.clear()


@pytest.fixture
def projet():
    return ProjetFactory(territoires={TerritoireFactory(): 100})


def instructeur(projet, nom):
    personne = PersonneFactory(role=Role.INSTRUCTEUR, prenom="Marie", nom=nom)
    personne.territoires.add(projet.parts.get().territoire)
    return personne


def battre(client, projet, fait="consulte", page="une"):
    return client.post(reverse("projets:presence", args=[projet.pk]), {"fait": fait, "page": page})


def test_chacun_voit_l_autre_et_ce_qu_il_fait(projet, connecter):
    une, autre = connecter(instructeur(projet, "Dupont")), connecter(instructeur(projet, "Martin"))
    assert battre(une, projet).content.decode() == ""
    assert battre(autre, projet, "note").content.decode() == "Marie Dupont consulte aussi ce projet."
    assert battre(une, projet).content.decode() == "Marie Martin est en train de noter ce projet."


def test_qui_part_ne_se_montre_plus(projet, connecter):
    une, autre = connecter(instructeur(projet, "Dupont")), connecter(instructeur(projet, "Martin"))
    battre(une, projet)
    battre(une, projet, "part")
    assert battre(autre, projet).content.decode() == ""


def test_d_une_page_a_l_autre_le_depart_peut_arriver_apres_l_arrivee(projet, connecter):
    une, autre = connecter(instructeur(projet, "Dupont")), connecter(instructeur(projet, "Martin"))
    battre(une, projet, page="fiche")
    battre(une, projet, "decide", page="formulaire")
    battre(une, projet, "part", page="fiche")
    assert battre(autre, projet).content.decode() == "Marie Dupont remplit un formulaire sur ce projet."
    battre(une, projet, "part", page="formulaire")
    assert battre(autre, projet).content.decode() == ""


def test_qui_ne_bat_plus_s_efface(projet, connecter, monkeypatch):
    une, autre = connecter(instructeur(projet, "Dupont")), connecter(instructeur(projet, "Martin"))
    battre(une, projet)
    monkeypatch.setattr(presence, "DUREE", 0.0)
    assert battre(autre, projet).content.decode() == ""


def test_un_fait_inconnu_est_une_simple_lecture(projet, connecter):
    une, autre = connecter(instructeur(projet, "Dupont")), connecter(instructeur(projet, "Martin"))
    battre(une, projet, "<script>")
    assert battre(autre, projet).content.decode() == "Marie Dupont consulte aussi ce projet."


def test_un_autre_projet_ne_se_melange_pas(projet, connecter):
    pilote, autre = connecter("pilote"), ProjetFactory()
    battre(connecter(instructeur(projet, "Dupont")), projet)
    assert battre(pilote, autre).content.decode() == ""


def test_hors_de_son_territoire_c_est_un_404(projet, connecter):
    assert battre(connecter("instructeur"), projet).status_code == 404


def test_le_porteur_n_entre_pas(projet, connecter):
    assert battre(connecter("porteur"), projet).status_code == 403


def test_un_battement_ne_coute_que_trois_requetes_dont_la_session(projet, connecter, requetes):
    client = connecter(instructeur(projet, "Dupont"))
    for nom in ("Un", "Deux", "Trois"):
        battre(connecter(instructeur(projet, nom)), projet)
    with requetes() as prises:
        battre(client, projet)
    assert (prises.nombre, prises.ecritures) == (3, [])


def test_un_verrou_oublie_ne_bloque_personne(projet, connecter):
    cache.set(presence._cle(projet.pk, "verrou"), 1, 60)
    assert battre(connecter(instructeur(projet, "Dupont")), projet).status_code == 200


def test_la_fiche_porte_de_quoi_battre(projet, connecter):
    page = connecter("pilote").get(reverse("projets:fiche_instruction", args=[projet.pk])).content.decode()
    assert f'data-presence="/instruction/{projet.pk}/presence/"' in page
    assert '<p class="mb-0" role="status"></p>' in page


@pytest.mark.parametrize(
    ("suite", "fait"),
    [
        ("", "consulte"),
        ("notation/", "consulte"),
        ("avis/", "consulte"),
        ("classement/", "decide"),
        ("deport/", "decide"),
    ],
)
def test_chaque_page_d_acte_de_l_agent_bat_aussi(projet, connecter, suite, fait):
    """Sinon, partir remplir un formulaire se dirait « parti »."""
    navigateur = connecter("pilote")
    page = navigateur.get(f"/instruction/{projet.pk}/{suite}")
    assert page.status_code == 200
    assert f'data-presence="/instruction/{projet.pk}/presence/" data-fait="{fait}"' in page.content.decode()
    assert "js/presence.js" in page.content.decode()


def test_la_grille_et_l_avis_disent_ce_que_l_on_fait(connecter):
    projet = projet_a_noter()
    page = connecter(instructeur(projet, "Dupont")).get(reverse("projets:fiche_instruction", args=[projet.pk]))
    assert [f'data-fait="{fait}"' in page.content.decode() for fait in ("note", "redige")] == [True, True]


def test_le_porteur_ne_bat_pas(connecter):
    adhesion = AdhesionFactory(role=RoleOrganisme.RESPONSABLE)
    projet = ProjetFactory(organisme=adhesion.organisme)
    page = connecter(adhesion.personne).get(f"/mes-projets/{projet.pk}/retirer/")
    assert (page.status_code, "presence" in page.content.decode()) == (200, False)


def test_un_lot_et_la_presentation_disent_qui_a_chaque_projet_ouvert(projet, connecter):
    voisin = ProjetFactory(axe=projet.axe, territoires={projet.parts.get().territoire: 100})
    for lu, nom, fait in ((projet, "Dupont", "note"), (voisin, "Martin", "redige")):
        battre(connecter(instructeur(lu, nom)), lu, fait)
    pilote = PersonneFactory(pilote=True)
    attendus = ["Marie Dupont est en train de noter ce projet.", "Marie Martin rédige l’avis sur ce projet."]
    assert list(presence.presents_sur([projet.pk, voisin.pk], pilote).values()) == attendus
    envoi = {"acte": "declarer_recevable", "projets": [projet.pk, voisin.pk]}
    lot = connecter(pilote).post("/instruction/lots/", envoi)
    assert [presents for _, _, presents in lot.context["lignes"]] == attendus
    Projet.objects.update(etat=EtatProjet.INSTRUIT)
    page = connecter(pilote).get(f"/instruction/appels/{projet.appel.slug}/presenter/")
    assert [ligne.presents for ligne in page.context["prets"]] == attendus


@pytest.mark.parametrize("page", ["avis/demander", "recevabilite"])
def test_une_page_d_acte_dit_que_l_on_y_decide(projet, connecter, page):
    reponse = connecter(instructeur(projet, "Dupont")).get(f"/instruction/{projet.pk}/{page}/")
    assert f'data-presence="/instruction/{projet.pk}/presence/" data-fait="decide"' in reponse.content.decode()
