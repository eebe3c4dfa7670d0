"""Un projet irrecevable que le porteur complète à temps, dans le délai de la lettre. États et rôles : test_cycle."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from comptes.models import Avis, Courriel
from comptes.states import RoleOrganisme
from config.socle.jours import jour as en_lettres
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from projets.actions.recevabilite import declarer_irrecevable
from projets.actions.reprendre import MOTIF_DE_LA_LEVEE, SANS_DELAI, reprendre_pour_completer
from projets.models import DemandeDeComplement, Irrecevabilite, Projet
from projets.rules.depot import DUREE_MAXIMALE
from projets.states import EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory, ResponsableFactory
from tests.projets.fabriques import AffectationFactory, ProjetFactory, instructeur_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
MOTIF = "Les comptes approuvés manquent."


@pytest.fixture
def instructeur():
    return instructeur_de(TerritoireFactory())


@pytest.fixture
def projet(instructeur):
    depose = ProjetFactory(
        territoires={instructeur.territoires.get(): 100}, depose_le=timezone.now(), intitule="Garde d’enfants"
    )
    AffectationFactory(projet=depose, instructeur=instructeur)
    return depose


@pytest.fixture
def responsable(projet):
    return ResponsableFactory(organisme=projet.organisme).personne


def dans(jours: int):
    return timezone.localdate() + timedelta(days=jours)


def etat(projet) -> str:
    return Projet.objects.get(pk=projet.pk).etat


def test_repris_a_temps_le_projet_redevient_incomplet_et_le_motif_est_le_complement(projet, instructeur, responsable):
    declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF, completable_jusqu_au=dans(10))
    demande = reprendre_pour_completer(auteur=responsable, projet=projet)
    irrecevabilite = Irrecevabilite.objects.get()
    assert (etat(projet), irrecevabilite.levee_par, irrecevabilite.motif_de_la_levee) == (
        "incomplet",
        responsable,
        MOTIF_DE_LA_LEVEE,
    )
    assert (demande.texte, demande.echeance, demande.demandee_par, demande.demandee_le) == (
        MOTIF,
        dans(10),
        instructeur,
        irrecevabilite.prononcee_le,
    )
    lignes = Journal.objects.order_by("pk").values_list("acte", "auteur", "avant", "apres")
    jour = dans(10).isoformat()
    assert list(lignes) == [
        (
            "declarer_irrecevable",
            instructeur.pk,
            {"etat": "depose"},
            {"etat": "irrecevable", "motif": MOTIF, "completable_jusqu_au": jour},
        ),
        (
            "reprendre_pour_completer",
            responsable.pk,
            {"etat": "irrecevable"},
            {"etat": "incomplet", "echeance": jour},
        ),
    ]
    assert list(Avis.objects.values_list("personne", flat=True)) == [instructeur.pk]
    (repris,) = Projet.objects.filter(pk=projet.pk)
    assert repris.version == projet.version + 1


def test_sans_delai_ou_passe_rien_ne_se_reprend(projet, instructeur, responsable):
    declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF)
    with pytest.raises(PassageRefuse, match=SANS_DELAI):
        reprendre_pour_completer(auteur=responsable, projet=projet)
    autre = ProjetFactory(organisme=projet.organisme, territoires={instructeur.territoires.get(): 100})
    declarer_irrecevable(auteur=instructeur, projet=autre, motif=MOTIF, completable_jusqu_au=dans(2))
    fin = timezone.now() + timedelta(days=2)
    with time_machine.travel(fin + timedelta(days=1)), pytest.raises(PassageRefuse, match=SANS_DELAI):
        reprendre_pour_completer(auteur=responsable, projet=autre)
    assert (etat(projet), etat(autre), DemandeDeComplement.objects.count()) == ("irrecevable", "irrecevable", 0)
    with time_machine.travel(fin):  # le dernier jour compte
        reprendre_pour_completer(auteur=responsable, projet=autre)
    assert etat(autre) == "incomplet"


def test_la_base_tient_le_delai_a_venir_et_fige(projet, instructeur):
    declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF, completable_jusqu_au=dans(3))
    irrecevabilite = Irrecevabilite.objects.get()
    champs = {"motif": MOTIF, "contenu": {}, "prononcee_par": instructeur, "prononcee_le": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Irrecevabilite.objects.create(projet=ProjetFactory(), completable_jusqu_au=dans(0), **champs)
    assert (irrecevabilite.completable_jusqu_au, irrecevabilite.est_completable) == (dans(3), True)


def test_la_lettre_et_les_deux_fiches_disent_le_delai(connecter, projet, instructeur, responsable):
    navigateur, adresse = connecter(instructeur), f"/instruction/{projet.pk}/irrecevable/"
    for jour in (dans(0), dans(DUREE_MAXIMALE.days + 1)):
        refuse = navigateur.post(adresse, {"motif": MOTIF, "completable_jusqu_au": jour.isoformat()})
        assert list(refuse.context["form"].errors) == ["completable_jusqu_au"]
    navigateur.post(adresse, {"motif": MOTIF, "completable_jusqu_au": dans(10).isoformat()})
    assert etat(projet) == "irrecevable"
    fiche = " ".join(navigateur.get(f"/instruction/{projet.pk}/").content.decode().split())
    assert f"compléter jusqu’au <strong>{en_lettres(dans(10))}</strong>" in fiche
    courriel = Courriel.objects.get(destinataire=responsable.email)
    phrase = "Vous pouvez encore compléter votre demande jusqu’au"
    assert (phrase in courriel.texte, phrase in courriel.html) == (True, True)
    porteur = connecter(responsable)
    page = porteur.get(f"/mes-projets/{projet.pk}/").content.decode()
    assert (phrase in page, "Reprendre et compléter le projet" in page) == (True, True)
    redacteur = AdhesionFactory(organisme=projet.organisme, role=RoleOrganisme.REDACTEUR).personne
    page = connecter(redacteur).get(f"/mes-projets/{projet.pk}/").content.decode()
    assert ("Reprendre et compléter" in page, "Un responsable de l’organisme peut" in page) == (False, True)
    porteur = connecter(responsable)
    repris = porteur.post(f"/mes-projets/{projet.pk}/reprendre/", follow=True)
    assert (etat(projet), "Compléter le projet" in repris.content.decode()) == ("incomplet", True)
    refait = porteur.post(f"/mes-projets/{projet.pk}/reprendre/", follow=True)
    assert "« reprendre pour compléter » n’est pas possible" in refait.content.decode().replace("&nbsp;", " ")


def test_non_rendu_a_temps_il_se_declare_irrecevable_de_nouveau(projet, instructeur, responsable):
    declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF, completable_jusqu_au=dans(2))
    reprendre_pour_completer(auteur=responsable, projet=projet)
    with pytest.raises(PassageRefuse, match="pour compléter son projet"):
        declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF)
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        declarer_irrecevable(auteur=instructeur, projet=projet, motif=MOTIF)
    assert (etat(projet), projet.irrecevabilites.count()) == (EtatProjet.IRRECEVABLE, 2)


def test_sans_personne_qui_le_suive_le_pilote_est_prevenu(responsable, instructeur):
    pilote = PersonneFactory(pilote=True)
    projet = ProjetFactory(organisme=responsable.organismes.get(), depose_le=timezone.now())
    declarer_irrecevable(auteur=pilote, projet=projet, motif=MOTIF, completable_jusqu_au=dans(5))
    reprendre_pour_completer(auteur=responsable, projet=projet)
    assert list(Avis.objects.values_list("personne", flat=True)) == [pilote.pk]
