"""Les notes internes : écrites entre agents, jamais lues du porteur, gardées quand on les retire."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.utils import ProgrammingError

from comptes.models import Avis
from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.commenter import commenter, retirer_un_commentaire
from projets.models import Commentaire
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.fabriques import NoteFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
RESERVE = "Le budget de l’an passé n’était pas tenu."


@pytest.fixture
def territoire():
    return TerritoireFactory()


@pytest.fixture
def projet(territoire):
    return ProjetFactory(territoires={territoire: 100})


@pytest.fixture
def instructeur(territoire):
    personne = PersonneFactory(role=Role.INSTRUCTEUR)
    personne.territoires.add(territoire)
    return personne


def test_une_note_previent_les_collegues_nommes_et_se_journalise(projet, instructeur):
    pilote = PersonneFactory(pilote=True)
    notes = [commenter(auteur=instructeur, projet=projet, texte=f" {RESERVE} ", mentions=[pilote]) for _ in range(2)]
    assert (notes[0], Commentaire.objects.count()) == (notes[1], 1)  # un second clic
    assert list(Avis.objects.values_list("personne", "lien")) == [
        (pilote.pk, f"/instruction/{projet.pk}/?onglet=echanges#notes-internes")
    ]
    assert Journal.objects.values_list("acte", "apres").get() == (
        "commenter",
        {"commentaire": notes[0].pk, "mentions": [str(pilote)]},
    )


def test_ni_l_auteur_ni_le_collegue_nomme_ne_peuvent_etre_d_ailleurs(projet, instructeur):
    ailleurs = PersonneFactory(role=Role.INSTRUCTEUR)
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    for auteur, mentions in ((ailleurs, []), (porteur, []), (instructeur, [ailleurs]), (instructeur, [porteur])):
        with pytest.raises(PermissionDenied):
            commenter(auteur=auteur, projet=projet, texte=RESERVE, mentions=mentions)
    with pytest.raises(ValidationError):
        commenter(auteur=instructeur, projet=projet, texte="  ")
    assert (Commentaire.objects.count(), Avis.objects.count(), Journal.objects.count()) == (0, 0, 0)


def test_on_ne_retire_que_sa_note_une_fois_et_la_ligne_reste(projet, instructeur):
    note = commenter(auteur=instructeur, projet=projet, texte=RESERVE)
    with pytest.raises(PermissionDenied):
        retirer_un_commentaire(auteur=PersonneFactory(pilote=True), commentaire=note)
    retirer_un_commentaire(auteur=instructeur, commentaire=note)
    with pytest.raises(PassageRefuse):
        retirer_un_commentaire(auteur=instructeur, commentaire=note)
    for geste in (lambda: Commentaire.objects.update(texte="x"), lambda: Commentaire.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            geste()


def test_le_porteur_ne_lit_jamais_une_note(connecter, projet, instructeur):
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    commenter(auteur=instructeur, projet=projet, texte=RESERVE)
    assert RESERVE in connecter(instructeur).get(f"/instruction/{projet.pk}/?onglet=echanges").content.decode()
    lui = connecter(porteur)
    pages = [lui.get(adresse).content.decode() for adresse in (f"/mes-projets/{projet.pk}/", "/mes-projets/", "/")]
    assert [page for page in pages if RESERVE in page or "Note interne" in page] == []
    refus = [lui.get(f"/instruction/{projet.pk}/?onglet=echanges"), lui.post(f"/instruction/{projet.pk}/notes/")]
    assert [reponse.status_code for reponse in refus] == [403, 403]


def test_une_note_retiree_ne_montre_plus_son_texte(connecter, projet, instructeur):
    note = commenter(auteur=instructeur, projet=projet, texte=RESERVE)
    navigateur = connecter(instructeur)
    page = navigateur.post(f"/notes/{note.pk}/retirer/", follow=True).content.decode()
    assert (RESERVE in page, "Note retirée par son auteur" in page) == (False, True)


def test_la_page_propose_les_seuls_collegues_du_projet_et_garde_une_note_refusee(connecter, projet, instructeur):
    pilote = PersonneFactory(pilote=True)
    PersonneFactory(role=Role.INSTRUCTEUR)  # d’un autre territoire
    PersonneFactory(pilote=True, is_active=False)
    navigateur = connecter(instructeur)
    form = navigateur.get(f"/instruction/{projet.pk}/?onglet=echanges").context["form_de_note"]
    assert list(form.fields["mentions"].queryset) == [pilote]
    refusee = navigateur.post(f"/instruction/{projet.pk}/notes/", {"texte": "x" * 5001})
    assert (refusee.status_code, len(refusee.context["form"].errors["texte"])) == (200, 1)


def test_l_onglet_des_echanges_prend_autant_de_requetes_pour_une_note_que_pour_trois(connecter, requetes, projet):
    navigateur, comptes = connecter("pilote"), []
    for _ in range(3):
        NoteFactory(projet=projet)
        with requetes() as prises:
            navigateur.get(f"/instruction/{projet.pk}/?onglet=echanges")
        comptes.append(prises.nombre)
    assert (len(set(comptes)), comptes[0] <= 16) == (1, True), prises
