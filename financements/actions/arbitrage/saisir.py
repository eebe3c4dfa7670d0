"""Saisir dans un scénario : une ligne, plusieurs à la fois, annuler, rétablir."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.montants import FINE, INSECABLE, en_euros, format_euros
from config.socle.transitions import PassageRefuse
from config.socle.versions import exiger_la_version
from financements.actions.arbitrage.ecriture import (
    Changement,
    Etat,
    avancer,
    ecrire,
    retenir_le_coup,
    scenario_verrouille,
)
from financements.chiffres.arbitrage.donnees import Connu, connus, montants_des_lignes
from financements.models import CoupDeScenario, LigneDeScenario, Scenario
from financements.models.scenario import LigneDeScenarioQuerySet
from financements.rules.saisie import Bornes, Montants, verifier
from financements.states import Choix

Operation = Callable[[Etat, Bornes], Etat]


@dataclass(frozen=True, slots=True)
class Saisie:
    """Ce qui a été tapé pour un projet. `montants` : centimes par année. `version` : celle que la page montrait."""

    projet: int
    choix: Choix
    montants: Montants
    version: int


@transaction.atomic
def saisir(*, auteur: Personne, scenario: Scenario, saisies: Sequence[Saisie]) -> CoupDeScenario | None:
    """Enregistre des saisies en un seul coup ; None si rien ne change.

    Lève `SaisieRefusee` (montant impossible), `VersionPerimee` si une ligne a changé depuis que la page est ouverte,
    `PassageRefuse`, dont un projet dont l’auteur s’est déporté, `PermissionDenied`.
    """
    verrouille = scenario_verrouille(auteur, scenario)
    tapees = {saisie.projet: saisie for saisie in saisies}
    choisies = _lignes(verrouille).filter(projet__in=tapees)
    if _en_ferme(auteur, choisies):
        raise PassageRefuse("Vous vous êtes déporté d’un de ces projets\u00a0: un autre pilote le saisit.")
    lignes = list(choisies)
    lus = connus(tapees)

    def tapee(etat: Etat, ligne: LigneDeScenario) -> Etat:
        saisie = tapees[ligne.projet_id]
        return Etat(saisie.choix, {**etat.montants, **saisie.montants})

    changements = _changements(lignes, lus, tapee)
    for changement in changements:
        exiger_la_version(changement.ligne, tapees[changement.ligne.projet_id].version)
        verifier(changement.apres.montants, lus[changement.ligne.projet_id].demandes)
    if not changements:
        return None
    libelle = _dire(changements[0]) if len(changements) == 1 else f"{len(changements)} projets saisis"
    ecrire(changements, lus)
    return retenir_le_coup(auteur, verrouille, changements, libelle)


@transaction.atomic
def saisir_en_lot(
    *, auteur: Personne, scenario: Scenario, projets: Sequence[int], operation: Operation, libelle: str
) -> CoupDeScenario | None:
    """La même opération sur plusieurs projets, en un seul coup, sauf déport ; None si rien ne change.

    `operation` : état et bornes d’un projet → nouvel état. Lève `SaisieRefusee`, `PassageRefuse`, `PermissionDenied`.
    """
    verrouille = scenario_verrouille(auteur, scenario)
    lignes = list(_lignes(verrouille).visibles_par(auteur).filter(projet__in=list(projets)))
    lus = connus(ligne.projet_id for ligne in lignes)
    changements = _changements(lignes, lus, lambda etat, ligne: operation(etat, lus[ligne.projet_id].bornes))
    for changement in changements:
        verifier(changement.apres.montants, lus[changement.ligne.projet_id].demandes)
    if not changements:
        return None
    ecrire(changements, lus)
    return retenir_le_coup(auteur, verrouille, changements, libelle)


@transaction.atomic
def annuler(*, auteur: Personne, scenario: Scenario) -> CoupDeScenario:
    """Défait le dernier coup.

    Lève `PassageRefuse` (plus rien à annuler, projet dont l’auteur s’est déporté), `PermissionDenied`.
    """
    verrouille = scenario_verrouille(auteur, scenario)
    coup = CoupDeScenario.objects.filter(scenario=verrouille, rang=verrouille.rang).first()
    if coup is None:
        raise PassageRefuse("Il n’y a plus rien à annuler.")
    _exiger_ouvertes(auteur, verrouille, coup)
    _rejouer(verrouille, {ligne: _etat(*avant) for ligne, *avant, _, _ in coup.lignes})
    avancer(verrouille, coup.rang - 1)
    journaliser(auteur=auteur, acte="annuler_une_saisie", objet=verrouille, apres={"saisie": coup.libelle})
    return coup


@transaction.atomic
def retablir(*, auteur: Personne, scenario: Scenario) -> CoupDeScenario:
    """Refait le coup annulé en dernier.

    Lève `PassageRefuse` (rien à rétablir, projet dont l’auteur s’est déporté), `PermissionDenied`.
    """
    verrouille = scenario_verrouille(auteur, scenario)
    coup = CoupDeScenario.objects.filter(scenario=verrouille, rang=verrouille.rang + 1).first()
    if coup is None:
        raise PassageRefuse("Il n’y a rien à rétablir.")
    _exiger_ouvertes(auteur, verrouille, coup)
    _rejouer(verrouille, {ligne: _etat(*apres) for ligne, _, _, *apres in coup.lignes})
    avancer(verrouille, coup.rang)
    journaliser(auteur=auteur, acte="retablir_une_saisie", objet=verrouille, apres={"saisie": coup.libelle})
    return coup


def _lignes(scenario: Scenario) -> LigneDeScenarioQuerySet:
    return LigneDeScenario.objects.filter(scenario=scenario).select_related("projet").order_by("pk")


def _en_ferme(auteur: Personne, lignes: LigneDeScenarioQuerySet) -> bool:
    """Vrai si l’auteur s’est déporté de l’un de ces projets."""
    return lignes.exclude(pk__in=lignes.visibles_par(auteur).order_by().values("pk")).exists()


def _exiger_ouvertes(auteur: Personne, scenario: Scenario, coup: CoupDeScenario) -> None:
    if _en_ferme(auteur, _lignes(scenario).filter(pk__in=[ligne for ligne, *_ in coup.lignes])):
        raise PassageRefuse("Ce coup touche un projet dont vous vous êtes déporté\u00a0: un autre pilote y revient.")


def _changements(
    lignes: Sequence[LigneDeScenario], lus: Mapping[int, Connu], nouvel_etat: Callable[[Etat, LigneDeScenario], Etat]
) -> list[Changement]:
    """Les lignes que l’opération change vraiment. Une année sans part écrite vaut zéro."""
    montants = montants_des_lignes(ligne.pk for ligne in lignes)
    trouves = []
    for ligne in lignes:
        zeros = dict.fromkeys(lus[ligne.projet_id].demandes, 0)
        avant = Etat(Choix(ligne.choix), zeros | montants.get(ligne.pk, {}))
        apres = nouvel_etat(avant, ligne)
        if apres != avant:
            trouves.append(Changement(ligne, avant, apres))
    return trouves


def _rejouer(scenario: Scenario, etats: Mapping[int, Etat]) -> None:
    lignes = list(_lignes(scenario).filter(pk__in=etats))
    lus = connus(ligne.projet_id for ligne in lignes)
    ecrire([Changement(ligne, etats[ligne.pk], etats[ligne.pk]) for ligne in lignes], lus)


def _etat(choix: str, montants: Mapping[str, int]) -> Etat:
    return Etat(Choix(choix), {int(annee): montant for annee, montant in montants.items()})


def _dire(changement: Changement) -> str:
    """« n° 412 : retenu ; 2016 : 78 000,00 € » : ce qui a changé d’un seul projet."""
    quoi = [changement.apres.choix.label] if changement.avant.choix != changement.apres.choix else []
    quoi += [
        f"{annee}{FINE}: {format_euros(en_euros(montant))}"
        for annee, montant in sorted(changement.apres.montants.items())
        if montant != changement.avant.montants.get(annee, 0)
    ]
    return f"n°{INSECABLE}{changement.ligne.projet.numero}{INSECABLE}: {'; '.join(quoi)}"
