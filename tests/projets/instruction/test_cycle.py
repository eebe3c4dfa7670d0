"""Tiré de la table des passages : chaque état × chaque acte × chaque personne, par l’acte lui-même.

Un acte réussit là où la table le dit, et nulle part ailleurs ; refusé, il ne change ni ne journalise rien. Un passage
nouveau sans acte ici fait échouer l’essai.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from comptes.models import Avis, Courriel, Personne
from comptes.states import Role, RoleOrganisme
from config.socle.models import Journal
from config.socle.transitions import Passage, PassageRefuse
from projets.actions.classer import classer_sans_suite
from projets.actions.comite import retirer_du_comite
from projets.actions.deposer import completer, deposer
from projets.actions.echanges import demander_un_complement, lever_la_demande
from projets.actions.recevabilite import declarer_irrecevable, declarer_recevable, rouvrir
from projets.actions.rendre_un_avis import presenter, rendre_un_avis
from projets.actions.reprendre import reprendre_pour_completer
from projets.actions.retirer import retirer_projet
from projets.models import (
    AvisInstruction,
    DemandeDeComplement,
    Depot,
    ExerciceProjet,
    Irrecevabilite,
    LigneBudget,
    Notation,
    Note,
    PartProjet,
    Projet,
    PropositionAnnuelle,
)
from projets.states import CYCLE_PROJET, NON_DECIDES, EtatProjet
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory, ResponsableFactory
from tests.projets.fabriques import CritereFactory
from tests.projets.instruction.jury import contenu
from tests.projets.test_deposer import appel_ouvert, brouillon, verifie
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
AGENTS_QUI_INSTRUISENT = {Role.INSTRUCTEUR, Role.PILOTE}


def demain():
    return timezone.localdate() + timedelta(days=1)


Acte = Callable[[Personne, Projet], object]
# Chaque passage et l’acte qui le franchit, avec le moins d’arguments possible.
ACTES: dict[str, Acte] = {
    "deposer": lambda p, projet: deposer(auteur=p, projet=projet, verifie=_verifie(projet)),
    "completer": lambda p, projet: completer(auteur=p, projet=projet, verifie=_verifie(projet)),
    "demander_une_piece": lambda p, projet: demander_un_complement(
        auteur=p, projet=projet, texte="Le RIB", echeance=demain()
    ),
    "reprendre_sans_complement": lambda p, projet: lever_la_demande(auteur=p, projet=projet, motif="Déjà là"),
    "declarer_recevable": lambda p, projet: declarer_recevable(auteur=p, projet=projet),
    "declarer_irrecevable": lambda p, projet: declarer_irrecevable(auteur=p, projet=projet, motif="Hors délai"),
    "rouvrir": lambda p, projet: rouvrir(auteur=p, projet=projet, motif="Délai prolongé"),
    "reprendre_pour_completer": lambda p, projet: reprendre_pour_completer(auteur=p, projet=projet),
    "retirer": lambda p, projet: retirer_projet(auteur=p, projet=projet, motif="Plus de financement"),
    "rendre_un_avis": lambda p, projet: rendre_un_avis(auteur=p, projet=projet, contenu=contenu(projet), version=0),
    "reviser_l_avis": lambda p, projet: rendre_un_avis(auteur=p, projet=projet, contenu=contenu(projet), version=1),
    "presenter": lambda p, projet: presenter(auteur=p, projet=projet),
    "retirer_du_comite": lambda p, projet: retirer_du_comite(auteur=p, projet=projet, motif="Avis à revoir"),
    "classer_sans_suite": lambda p, projet: classer_sans_suite(auteur=p, projet=projet, motif="Sans objet"),
}
# Les passages de l’arbitrage, qui viendra avec les enveloppes : personne ne les franchit encore.
A_VENIR = {"retenir", "mettre_en_attente", "ne_pas_retenir"}


def _deja_note(projet: Projet) -> None:
    """Une notation rendue, quel que soit l’état où l’on met ensuite le projet."""
    lignes = Projet.objects.filter(pk=projet.pk)
    lignes.update(etat=EtatProjet.RECEVABLE, numero=1)
    notation = Notation.objects.create(projet=projet, instructeur=PersonneFactory())
    critere = CritereFactory(appel=projet.appel)
    Note.objects.create(notation=notation, critere=critere, valeur=3, justification="Bien.")
    Notation.objects.filter(pk=notation.pk).update(rendue_le=timezone.now())
    lignes.update(etat=projet.etat, numero=projet.numero)


def _deja_un_avis(projet: Projet) -> None:
    """Noté, et un avis rendu, quel que soit l’état où l’on met ensuite le projet."""
    _deja_note(projet)
    lignes = Projet.objects.filter(pk=projet.pk)
    lignes.update(etat=EtatProjet.RECEVABLE, numero=1)
    avis = AvisInstruction.objects.create(projet=projet, sens="reserve", motif="x", rendu_par=PersonneFactory())
    for e in projet.exercices.all():
        PropositionAnnuelle.objects.create(
            avis=avis, annee=e.annee, montant=0, montant_demande=e.montant_demande, cout_eligible=e.cout
        )
    lignes.update(etat=projet.etat, numero=projet.numero)


def _deja_completable(projet: Projet) -> None:
    """Déclaré irrecevable, et le temps de compléter, quel que soit l’état où l’on met ensuite le projet."""
    Irrecevabilite.objects.create(
        projet=projet,
        motif="Le RIB manque.",
        contenu={},
        prononcee_par=PersonneFactory(pilote=True),
        prononcee_le=timezone.now(),
        completable_jusqu_au=demain(),
    )


PREPARATIONS: dict[str, Callable[[Projet], None]] = {
    "rendre_un_avis": _deja_note,
    "reviser_l_avis": _deja_un_avis,
    "reprendre_pour_completer": _deja_completable,
}
# Ce que la table ne dit pas : un brouillon se retire par tout membre de l’organisme.
EN_PLUS = {("retirer", "brouillon", "rédacteur")}


def _verifie(projet: Projet):
    return verifie(projet, territoire=projet.organisme.territoire_d_essai)


@dataclass
class Monde:
    """Un projet, et qui s’en approche. `bons` : ceux que leur périmètre n’écarte pas."""

    projet: Projet
    territoire: object
    personnes: dict[str, Personne]
    bons: frozenset[str]

    def mettre(self, etat: str) -> Projet:
        """Le projet dans cet état, tel que la vie l’y aurait mis : un brouillon n’a ni numéro ni parts."""
        est_brouillon = etat == EtatProjet.BROUILLON
        lignes = Projet.objects.filter(pk=self.projet.pk)
        lignes.update(
            etat=etat, numero=None if est_brouillon else 1, depose_le=None if est_brouillon else timezone.now()
        )
        if not est_brouillon:
            PartProjet.objects.create(projet=self.projet, territoire=self.territoire, pourcentage=100)
            ExerciceProjet.objects.create(projet=self.projet, annee=2027, cout=20_000, montant_demande=12_000)
            if etat == EtatProjet.INCOMPLET:
                DemandeDeComplement.objects.create(
                    projet=self.projet,
                    texte="Les statuts",
                    echeance=timezone.localdate() - timedelta(days=1),
                    demandee_par=self.personnes["pilote"],
                    demandee_le=timezone.now() - timedelta(days=9),
                )
        return self.relire()

    def relire(self) -> Projet:
        """Le projet tel que la base le dit."""
        relu = Projet.objects.select_related("organisme", "appel", "axe").get(pk=self.projet.pk)
        relu.organisme.territoire_d_essai = self.territoire
        return relu


@pytest.fixture
def monde() -> Monde:
    projet, responsable = brouillon(appel_ouvert())
    territoire = TerritoireFactory()
    instructeur, ailleurs = (PersonneFactory(role=Role.INSTRUCTEUR) for _ in range(2))
    instructeur.territoires.add(territoire)
    ailleurs.territoires.add(TerritoireFactory())
    redacteur = AdhesionFactory(organisme=projet.organisme, role=RoleOrganisme.REDACTEUR).personne
    personnes = {
        "porteur": responsable,
        "rédacteur": redacteur,
        "porteur d’ailleurs": ResponsableFactory().personne,
        "instructeur": instructeur,
        "instructeur d’ailleurs": ailleurs,
        **{str(r): PersonneFactory(role=r) for r in Role if r not in {Role.PORTEUR, Role.INSTRUCTEUR}},
    }
    bons = {"porteur", "instructeur", "pilote", "finances", "lecture", "administrateur"}
    return Monde(projet, territoire, personnes, frozenset(bons))


@contextmanager
def defait() -> Iterator[None]:
    """Ce qui s’y fait ne reste pas."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def photographie(projet: Projet) -> list[object]:
    """Tout ce qu’un acte sur le projet pourrait toucher."""
    lies = [
        list(modele.objects.filter(projet=projet).order_by("pk").values())
        for modele in (Depot, DemandeDeComplement, PartProjet, ExerciceProjet, LigneBudget)
    ]
    autres = [modele.objects.count() for modele in (Journal, Courriel, Avis)]
    return [Projet.objects.filter(pk=projet.pk).values().get(), lies, autres]


def essayer(acte: Acte, personne: Personne, projet: Projet, avant: list[object]) -> object:
    """« fait », ou l’exception levée ; un refus ne laisse pas de trace."""
    try:
        with transaction.atomic():
            acte(personne, projet)
    except (PassageRefuse, PermissionDenied) as refus:
        assert photographie(projet) == avant
        return type(refus)
    return "fait"


def attendu(passage: Passage, etat: str, qui: str, monde: Monde) -> object:
    """Ce que la table veut : un droit qui manque se dit avant un état qui ne convient pas."""
    if (passage.acte, etat, qui) in EN_PLUS:
        return "fait"
    role = monde.personnes[qui].role
    if role not in passage.roles or qui not in monde.bons:
        return PermissionDenied
    if etat == EtatProjet.BROUILLON and role in AGENTS_QUI_INSTRUISENT:
        return PermissionDenied  # un agent ne voit pas les brouillons
    return "fait" if etat in passage.depuis else PassageRefuse


def test_chaque_passage_a_son_acte_ou_attend_l_arbitrage() -> None:
    assert {passage.acte for passage in CYCLE_PROJET.passages} == set(ACTES) | A_VENIR


def test_ce_qui_n_est_pas_decide_est_ce_qui_se_classe_encore_liste_d_attente_comprise() -> None:
    assert CYCLE_PROJET.passage("classer_sans_suite").depuis == NON_DECIDES
    assert EtatProjet.LISTE_ATTENTE in NON_DECIDES


@pytest.mark.parametrize("nom", ACTES)
def test_un_acte_reussit_la_ou_la_table_le_dit_et_nulle_part_ailleurs(nom: str, monde: Monde) -> None:
    passage = CYCLE_PROJET.passage(nom)
    ecarts = {}
    for etat in EtatProjet.values:
        with defait():
            prepare = monde.mettre(etat)
            PREPARATIONS.get(nom, lambda _: None)(prepare)
            avant, deja = photographie(prepare), Journal.objects.count()
            for qui, personne in monde.personnes.items():
                with defait():
                    projet = monde.relire()
                    voulu, obtenu = attendu(passage, etat, qui, monde), essayer(ACTES[nom], personne, projet, avant)
                    if voulu != obtenu:
                        ecarts[etat, qui] = (voulu, obtenu)
                    if obtenu == "fait":
                        lignes = list(Journal.objects.order_by("pk")[deja:])
                        assert [ligne.acte for ligne in lignes] == [nom]
                        assert (lignes[0].auteur, lignes[0].apres["etat"]) == (personne, passage.vers)
                        assert Projet.objects.get(pk=projet.pk).etat == passage.vers
    assert ecarts == {}
