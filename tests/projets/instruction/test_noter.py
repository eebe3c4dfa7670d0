"""Noter : chacun seul, un brouillon qui ne se perd pas, une notation rendue qui ne change plus ; la base veille."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import F

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.versions import VersionPerimee
from projets.actions.deport import se_deporter
from projets.actions.noter import Saisie, enregistrer_notes, rendre_la_notation, reprendre_la_notation
from projets.models import Notation, Note, Projet
from projets.permissions import lit_les_notations
from projets.states import EtatAppel, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.fixtures.contraintes import refuse
from tests.projets.fabriques import CritereFactory
from tests.projets.instruction.jury import (
    ailleurs,
    appel_en_instruction,
    avis_rendu,
    instructeur_de,
    projet_a_noter,
    rendre,
    saisie,
)

pytestmark = pytest.mark.django_db
SE_NOTENT = {EtatProjet.RECEVABLE, EtatProjet.INSTRUIT}
ACTES = (enregistrer_notes, rendre_la_notation)


@pytest.fixture
def projet() -> Projet:
    return projet_a_noter()


@pytest.fixture
def instructeur(projet):
    return instructeur_de(projet)


def notes_de(notation: Notation) -> list[tuple[int | None, str]]:
    return list(notation.notes.order_by("critere__ordre").values_list("valeur", "justification"))


def test_un_brouillon_s_enregistre_incomplet_et_avance_d_une_version(projet, instructeur):
    un = enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, None, texte=""), version=0)
    deux = enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 0, texte=" Oui. "), version=1)
    assert (un.pk, deux.version, deux.rendue_le) == (deux.pk, 2, None)
    assert notes_de(deux) == [(4, "Oui."), (0, "Oui.")]
    assert Journal.objects.count() == 0, "un brouillon n’engage pas"


def test_rendre_demande_chaque_note_et_chaque_justification(projet, instructeur):
    with pytest.raises(ValidationError, match="un critère reste à noter et une note est à justifier"):
        rendre_la_notation(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, None, texte=" "), version=0)
    assert Notation.objects.count() == 0, "rien n’est à moitié écrit"
    notation = rendre_la_notation(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)
    assert notation.rendue_le is not None
    (ligne,) = Journal.objects.all()
    assert (ligne.acte, ligne.auteur, ligne.objet_type, ligne.objet_id) == (
        "rendre_la_notation",
        instructeur,
        "projets.Notation",
        str(notation.pk),
    )
    assert ligne.apres == {
        "projet": projet.pk,
        "version": 2,
        "commentaire": "",
        "notes": {
            "1": {"critere": "Critère 1", "note": 4, "justification": "Parce que."},
            "2": {"critere": "Critère 2", "note": 3, "justification": "Parce que."},
        },
    }


def test_une_page_perimee_ne_remplace_rien(projet, instructeur):
    enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)
    with pytest.raises(VersionPerimee) as refus:
        enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 1, 1), version=0)
    assert notes_de(refus.value.actuel) == [(4, "Parce que."), (3, "Parce que.")]


def test_la_meme_page_envoyee_deux_fois_ne_se_contredit_pas(projet, instructeur):
    enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)
    rendue = rendre_la_notation(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)
    assert rendue.rendue_le is not None


@pytest.mark.parametrize("valeur", [-1, 6])
def test_une_note_reste_dans_sa_borne(projet, instructeur, valeur):
    with pytest.raises(ValidationError, match="La note va de 0 à 5"):
        enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, valeur, 3), version=0)


def test_un_critere_d_un_autre_appel_est_refuse(projet, instructeur):
    etranger = CritereFactory()
    with pytest.raises(ValidationError, match="pas de cet appel"):
        enregistrer_notes(auteur=instructeur, projet=projet, saisie=Saisie({etranger.pk: (1, "x")}), version=0)


@pytest.mark.parametrize("etat", sorted(set(EtatProjet) - SE_NOTENT))
@pytest.mark.parametrize("acte", ACTES)
def test_hors_de_l_instruction_le_projet_ne_se_note_pas(acte, etat, projet, instructeur):
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    refus = PermissionDenied if etat == EtatProjet.BROUILLON else PassageRefuse  # un brouillon n’est vu de personne
    with pytest.raises(refus):
        acte(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)
    assert Notation.objects.count() == 0


@pytest.mark.parametrize("etat", sorted(set(EtatProjet) - {EtatProjet.RECEVABLE, EtatProjet.BROUILLON}))
def test_une_notation_ne_se_reprend_qu_avant_l_avis(etat, projet, instructeur):
    rendre(projet, instructeur)
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    with pytest.raises(PassageRefuse):
        reprendre_la_notation(auteur=instructeur, projet=projet)
    assert Notation.objects.get().rendue_le is not None


@pytest.mark.parametrize("etat", [EtatAppel.ARBITRAGE, EtatAppel.DELIBERE, EtatAppel.EXECUTION, EtatAppel.SOLDE])
@pytest.mark.parametrize("acte", ACTES)
def test_a_partir_de_l_arbitrage_les_notes_sont_arretees(acte, etat, projet, instructeur):
    type(projet.appel).objects.filter(pk=projet.appel_id).update(etat=etat)
    with pytest.raises(PassageRefuse, match="arrêtées"):
        acte(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)


@pytest.mark.parametrize("acte", ACTES)
def test_seul_un_instructeur_du_projet_note(acte, projet):
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    autres = [PersonneFactory(role=role) for role in Role if role not in {Role.PORTEUR, Role.INSTRUCTEUR}]
    for personne in (porteur, ailleurs(), *autres):
        with pytest.raises(PermissionDenied):
            acte(auteur=personne, projet=projet, saisie=saisie(projet, 4, 3), version=0)
        with pytest.raises(PermissionDenied):
            reprendre_la_notation(auteur=personne, projet=projet)
    assert Notation.objects.count() == 0


@pytest.mark.parametrize("acte", ACTES)
def test_qui_s_est_deporte_ne_note_plus_et_ne_lit_rien(acte, projet, instructeur):
    rendre(projet)
    se_deporter(auteur=instructeur, projet=projet, motif="Membre du bureau.")
    with pytest.raises(PermissionDenied):
        acte(auteur=instructeur, projet=projet, saisie=saisie(projet, 4, 3), version=0)
    assert not lit_les_notations(instructeur, Projet.objects.get(pk=projet.pk))


def test_une_notation_rendue_se_reprend_et_le_journal_garde_l_ancienne(projet, instructeur):
    rendue = rendre(projet, instructeur)
    with pytest.raises(PassageRefuse, match="reprenez-la"):
        enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 1, 1), version=rendue.version)
    reprise = reprendre_la_notation(auteur=instructeur, projet=projet)
    assert (reprise.rendue_le, reprise.version, notes_de(reprise)) == (
        None,
        rendue.version + 1,
        [(4, "Parce que."), (3, "Parce que.")],
    )
    ligne = Journal.objects.get(acte="reprendre_la_notation")
    assert [note["note"] for note in ligne.avant["notes"].values()] == [4, 3]
    with pytest.raises(PassageRefuse, match="pas de notation rendue"):
        reprendre_la_notation(auteur=instructeur, projet=projet)


def test_apres_l_avis_une_notation_ne_se_reprend_plus(projet, instructeur):
    rendre(projet, instructeur)
    avis_rendu(projet)
    with pytest.raises(PassageRefuse, match="Un avis est rendu"):
        reprendre_la_notation(auteur=instructeur, projet=projet)


def test_on_lit_les_autres_une_fois_sa_notation_rendue(projet, instructeur):
    autre = instructeur_de(projet)
    rendre(projet, autre)
    pilote = PersonneFactory(pilote=True)
    enregistrer_notes(auteur=instructeur, projet=projet, saisie=saisie(projet, 1, 1), version=0)

    def lus(personne):
        lues = Notation.objects.visibles_par(personne).filter(projet=projet)
        return sorted(n.instructeur_id for n in lues), lit_les_notations(personne, Projet.objects.get(pk=projet.pk))

    assert (lus(instructeur), lus(pilote)) == (
        ([instructeur.pk], False),
        (sorted([instructeur.pk, autre.pk]), True),
    )
    rendre_la_notation(auteur=instructeur, projet=projet, saisie=saisie(projet, 1, 1), version=1)
    assert lus(instructeur) == (sorted([instructeur.pk, autre.pk]), True)
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.PRESENTE)
    assert lus(instructeur_de(projet)) == (sorted([autre.pk, instructeur.pk]), True), "arrêtées, plus rien à cacher"


@pytest.mark.parametrize("premier", [True, False])
def test_qui_a_pu_lire_un_collegue_ne_reprend_plus_sa_notation(projet, instructeur, premier):
    """Sinon : rendre n’importe quoi, lire les autres, reprendre, s’y accorder."""
    autre = instructeur_de(projet)
    for auteur in (instructeur, autre) if premier else (autre, instructeur):
        rendre(projet, auteur)
    for auteur in (instructeur, autre):
        with pytest.raises(PassageRefuse, match="Un autre instructeur a rendu sa notation"):
            reprendre_la_notation(auteur=auteur, projet=projet)
    refuse("notation_lue", lambda: _reprendre_en_base(instructeur))
    assert Notation.objects.rendues().count() == 2
    assert list(Journal.objects.filter(acte="reprendre_la_notation")) == []


def test_le_brouillon_d_un_autre_n_empeche_pas_de_reprendre(projet, instructeur):
    enregistrer_notes(auteur=instructeur_de(projet), projet=projet, saisie=saisie(projet, 1, 1), version=0)
    rendre(projet, instructeur)
    assert reprendre_la_notation(auteur=instructeur, projet=projet).rendue_le is None


def test_la_notation_d_un_deporte_empeche_encore_de_reprendre(projet, instructeur):
    """Elle ne compte plus, mais on a pu la lire."""
    autre = instructeur_de(projet)
    rendre(projet, autre)
    rendre(projet, instructeur)
    se_deporter(auteur=autre, projet=projet, motif="Membre du bureau.")
    with pytest.raises(PassageRefuse, match="ne se reprend plus"):
        reprendre_la_notation(auteur=instructeur, projet=projet)


def _reprendre_en_base(instructeur) -> None:
    Notation.objects.filter(instructeur=instructeur).update(rendue_le=None, version=F("version") + 1)


@pytest.mark.parametrize("role", [Role.PORTEUR, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR])
def test_les_autres_roles_ne_lisent_aucune_notation(projet, role):
    rendre(projet)
    personne = PersonneFactory(role=role)
    if role == Role.PORTEUR:
        AdhesionFactory(personne=personne, organisme=projet.organisme)
    assert list(Notation.objects.visibles_par(personne)) == []
    assert not lit_les_notations(personne, projet)


def test_la_base_refuse_ce_que_les_actes_refusent(projet, instructeur):
    notation = Notation.objects.create(projet=projet, instructeur=instructeur)
    un, deux = projet.appel.criteres.order_by("ordre")
    refuse("note_bornee", lambda: Note.objects.create(notation=notation, critere=un, valeur=6))
    refuse(
        "note_critere_de_l_appel", lambda: Note.objects.create(notation=notation, critere=CritereFactory(), valeur=1)
    )
    refuse("notation_complete", lambda: Notation.objects.filter(pk=notation.pk).update(rendue_le="2026-01-01T00:00Z"))
    for critere in (un, deux):
        Note.objects.create(notation=notation, critere=critere, valeur=5, justification="Bien.")
    Notation.objects.filter(pk=notation.pk).update(rendue_le="2026-01-01T00:00Z")
    refuse("notation_figee", lambda: Note.objects.filter(critere=un).update(valeur=1))
    refuse("notation_figee", lambda: Note.objects.filter(critere=un).delete())
    refuse("notation_figee", lambda: Notation.objects.filter(pk=notation.pk).update(commentaire="autre"))
    refuse("notation_figee", lambda: Notation.objects.filter(pk=notation.pk)._raw_delete("default"))


@pytest.mark.parametrize("gel", ["projet", "appel"])
def test_la_base_arrete_les_notes_quand_le_comite_commence(projet, instructeur, gel):
    notation = Notation.objects.create(projet=projet, instructeur=instructeur)
    critere = projet.appel.criteres.first()
    Note.objects.create(notation=notation, critere=critere, valeur=2)
    if gel == "projet":
        Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.PRESENTE)
    else:
        type(projet.appel).objects.filter(pk=projet.appel_id).update(etat=EtatAppel.ARBITRAGE)
    refuse("notes_arretees", lambda: Note.objects.create(notation=notation, critere=projet.appel.criteres.last()))
    refuse("notes_arretees", lambda: Note.objects.update(valeur=3))
    refuse("notes_arretees", lambda: Note.objects.all()._raw_delete("default"))
    refuse("notes_arretees", lambda: Notation.objects.create(projet=projet, instructeur=PersonneFactory()))
    refuse("notes_arretees", lambda: Notation.objects.update(commentaire="x"))


def test_un_instructeur_n_a_qu_une_notation_par_projet(projet, instructeur):
    Notation.objects.create(projet=projet, instructeur=instructeur)
    refuse("notation_une_par_instructeur", lambda: Notation.objects.create(projet=projet, instructeur=instructeur))


def test_la_facon_de_noter_se_fige_a_la_publication():
    appel = appel_en_instruction(etat=EtatAppel.BROUILLON, notations_attendues=2, ecart_de_troisieme_avis=20)
    type(appel).objects.filter(pk=appel.pk).update(notations_attendues=3)
    type(appel).objects.filter(pk=appel.pk).update(etat=EtatAppel.PUBLIE)
    refuse("appel_notation_figee", lambda: type(appel).objects.filter(pk=appel.pk).update(notations_attendues=1))
    refuse(
        "appel_notation_figee", lambda: type(appel).objects.filter(pk=appel.pk).update(ecart_de_troisieme_avis=None)
    )


@pytest.mark.parametrize(
    ("champs", "contrainte"),
    [
        ({"notations_attendues": 0}, "appel_notations_attendues"),
        ({"notations_attendues": 6}, "appel_notations_attendues"),
        ({"ecart_de_troisieme_avis": 0}, "appel_ecart_en_points"),
        ({"ecart_de_troisieme_avis": 101}, "appel_ecart_en_points"),
    ],
)
def test_les_reglages_de_la_notation_sont_bornes(champs, contrainte):
    refuse(contrainte, lambda: appel_en_instruction(**champs))
