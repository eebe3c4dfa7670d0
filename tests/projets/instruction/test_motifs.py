"""Les motifs : rien avant la décision, sur demande après, sans le nom de qui a noté (CRPA, art. L311-2)."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from comptes.models import Avis
from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.motifs import communiquer_les_motifs, demander_les_motifs
from projets.models import DemandeDeMotifs, Projet
from projets.states import DECIDES, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.projets.instruction.jury import (
    ailleurs,
    appel_en_instruction,
    avis_rendu,
    instructeur_de,
    projet_a_noter,
    rendre,
)

pytestmark = pytest.mark.django_db
SECRETS = ("Motif secret", "Condition secrète", "Justification secrète", "72,00", "Noémie", "sous le plancher", "4/5")


@pytest.fixture
def projet() -> Projet:
    """Noté, instruit, avec de quoi fuir."""
    projet = projet_a_noter(appel_en_instruction(((5, "60", 5), (5, "40", None))))
    instructrice = instructeur_de(projet, prenom="Noémie", nom="Note")
    rendre(projet, instructrice)
    avis_rendu(projet, instructrice, motif="Motif secret", conditions="Condition secrète", montants={2016: "1234.56"})
    return projet


@pytest.fixture
def porteur(projet):
    return AdhesionFactory(organisme=projet.organisme).personne


def passe_a(projet: Projet, etat: str) -> Projet:
    Projet.objects.filter(pk=projet.pk).update(etat=etat)
    return Projet.objects.get(pk=projet.pk)


def test_le_porteur_ne_lit_rien_avant_la_decision(projet, porteur, connecter):
    navigateur = connecter(porteur)
    pages = ("/mes-projets/", f"/mes-projets/{projet.pk}/", f"/organismes/{projet.organisme_id}/")
    for etat in sorted(set(EtatProjet) - DECIDES - {EtatProjet.BROUILLON}):
        passe_a(projet, etat)
        for adresse in pages:
            texte = navigateur.get(adresse).content.decode()
            fuites = [secret for secret in (*SECRETS, "1\u202f234,56", "Motifs de la décision") if secret in texte]
            assert fuites == [], (etat, adresse)
        with pytest.raises(PassageRefuse, match="une fois la décision prise"):
            demander_les_motifs(auteur=porteur, projet=projet)
    assert DemandeDeMotifs.objects.count() == 0


@pytest.mark.parametrize("etat", sorted(DECIDES))
def test_apres_la_decision_il_les_demande_puis_les_lit(projet, porteur, connecter, etat):
    passe_a(projet, etat)
    navigateur, fiche = connecter(porteur), f"/mes-projets/{projet.pk}/"
    avant = navigateur.get(fiche).content.decode()
    assert ("Demander les motifs" in avant, [s for s in SECRETS if s in avant]) == (True, [])
    for _ in range(2):  # un second clic
        assert navigateur.post(f"{fiche}motifs/").status_code == 302
    attente = navigateur.get(fiche).content.decode()
    assert ("Le service les communiquera ici" in attente, [s for s in SECRETS if s in attente]) == (True, [])
    instructeur = instructeur_de(projet)
    assert connecter(instructeur).post(f"/instruction/{projet.pk}/motifs/").status_code == 302
    lu = navigateur.get(fiche).content.decode()
    assert [s for s in SECRETS if s in lu] == ["Motif secret", "Condition secrète", "72,00"]
    assert "4,00" in lu
    assert list(Journal.objects.filter(acte__contains="motifs").order_by("pk").values_list("acte", "auteur")) == [
        ("demander_les_motifs", porteur.pk),
        ("communiquer_les_motifs", instructeur.pk),
    ]
    assert porteur.pk in Avis.objects.values_list("personne", flat=True)


def test_seul_un_membre_demande_et_seule_l_instruction_communique(projet, porteur):
    passe_a(projet, EtatProjet.NON_RETENU)
    autre_porteur = AdhesionFactory().personne
    agents = [PersonneFactory(role=role) for role in Role if role != Role.PORTEUR]
    for personne in (autre_porteur, *agents):
        with pytest.raises(PermissionDenied):
            demander_les_motifs(auteur=personne, projet=projet)
    demander_les_motifs(auteur=porteur, projet=projet)
    fermes = [PersonneFactory(role=role) for role in (Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR)]
    for personne in (porteur, ailleurs(), *fermes):
        with pytest.raises(PermissionDenied):
            communiquer_les_motifs(auteur=personne, projet=projet)
    communiquer_les_motifs(auteur=PersonneFactory(pilote=True), projet=projet)


def test_on_ne_communique_que_ce_qui_est_demande_et_une_fois(projet, porteur):
    passe_a(projet, EtatProjet.RETENU)
    pilote = PersonneFactory(pilote=True)
    with pytest.raises(PassageRefuse, match="n’a pas demandé"):
        communiquer_les_motifs(auteur=pilote, projet=projet)
    demander_les_motifs(auteur=porteur, projet=projet)
    communiquer_les_motifs(auteur=pilote, projet=projet)
    with pytest.raises(PassageRefuse, match="déjà communiqués"):
        communiquer_les_motifs(auteur=pilote, projet=projet)


def test_un_projet_repris_d_un_programme_vote_n_a_pas_de_motifs(connecter):
    projet = projet_a_noter(etat=EtatProjet.RETENU)
    porteur = AdhesionFactory(organisme=projet.organisme).personne
    assert "Motifs de la décision" not in connecter(porteur).get(f"/mes-projets/{projet.pk}/").content.decode()
    with pytest.raises(PassageRefuse, match="déjà voté"):
        demander_les_motifs(auteur=porteur, projet=projet)


def test_la_base_refuse_une_demande_avant_la_decision(projet, porteur):
    with pytest.raises(IntegrityError, match="décision prise"), transaction.atomic():
        DemandeDeMotifs.objects.create(projet=projet, demandee_par=porteur)
