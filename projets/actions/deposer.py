"""Déposer un projet : un seul acte, tout ou rien. Numéro, données typées, copie figée, accusé de réception."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection, models, transaction
from django.urls import reverse
from django.utils import timezone

from comptes.actions.avis import prevenir
from comptes.actions.deposer_courriel import deposer_courriel
from comptes.models import Avis, Personne
from comptes.permissions import est_responsable
from comptes.states import UTILISABLES, Role
from config.socle.journal import journaliser
from config.socle.montants import en_euros
from config.socle.transitions import PassageRefuse
from projets.actions.echanges import prevenir_l_autre_cote
from projets.models import (
    AppelAProjets,
    Cofinancement,
    DemandeDeComplement,
    Depot,
    ExerciceProjet,
    LigneBudget,
    PartProjet,
    Projet,
)
from projets.notifications.depot import recepisse_du_depot
from projets.permissions import depot_est_possible, instructeurs_de
from projets.rules.budget import BudgetVerifie
from projets.rules.depot import DossierVerifie, empreinte, reference
from projets.states import CYCLE_PROJET
from projets.tasks.recepisse import lancer_le_recepisse
from territoires.models import Territoire

CHANGE = "Le projet a changé pendant que vous le vérifiiez. Il n’est pas déposé : relisez-le, puis recommencez."


class DepotTardif(PassageRefuse):
    """L’appel est clos pour cet organisme, à l’horloge du serveur."""


@transaction.atomic
def deposer(*, auteur: Personne, projet: Projet, verifie: DossierVerifie) -> Depot:
    """Dépose le projet tel qu’il a été vérifié ; le numéro suit le dernier de l’appel, sans trou ni doublon.

    Tout s’écrit avant que l’appel ne soit verrouillé : les dépôts simultanés ne s’attendent que pour le numéro.
    Lève `PermissionDenied` si l’auteur n’est pas responsable de l’organisme, `PassageRefuse` si le projet est déjà
    déposé ou a changé depuis la vérification, `DepotTardif` hors de la période.
    """
    verrouille = _verrouiller(auteur, projet, verifie)
    apres = CYCLE_PROJET.franchir("deposer", verrouille.etat)
    _ecrire_les_donnees(verrouille, verifie)
    _prevenir_l_instruction(verrouille)
    appel = AppelAProjets.objects.select_for_update(of=("self",), no_key=True).get(pk=verrouille.appel_id)
    instant = heure_du_serveur()
    if not depot_est_possible(appel, verrouille.organisme, instant):
        raise DepotTardif(
            f"Le dépôt est fermé, le projet n’est pas déposé. Il est {timezone.localtime(instant):%H h %M min %S s} à "
            "l’horloge du serveur."
        )
    dernier = Projet.objects.filter(appel=appel).aggregate(n=models.Max("numero"))["n"]
    verrouille.etat, verrouille.numero, verrouille.depose_le = apres, (dernier or 0) + 1, instant
    verrouille.save()
    return _figer(auteur, verrouille, verifie, version=1, instant=instant)


@transaction.atomic
def completer(*, auteur: Personne, projet: Projet, verifie: DossierVerifie) -> Depot:
    """Rend le projet complété : une nouvelle copie figée s’ajoute, la première reste. Mêmes refus que `deposer`."""
    verrouille = _verrouiller(auteur, projet, verifie)
    verrouille.etat = CYCLE_PROJET.franchir("completer", verrouille.etat)
    for modele in (PartProjet, ExerciceProjet, LigneBudget, Cofinancement):
        modele.objects.filter(projet=verrouille).delete()
    _ecrire_les_donnees(verrouille, verifie)
    verrouille.save()
    instant = heure_du_serveur()
    DemandeDeComplement.objects.filter(projet=verrouille, repondue_le__isnull=True).update(repondue_le=instant)
    prevenir_l_autre_cote(verrouille, auteur, f"{auteur} a rendu complété « {verrouille.intitule} ».")
    derniere = Depot.objects.filter(projet=verrouille).aggregate(v=models.Max("version"))["v"]
    return _figer(auteur, verrouille, verifie, version=(derniere or 1) + 1, instant=instant)


def _prevenir_l_instruction(projet: Projet) -> None:
    """Une ligne dans le prochain courriel groupé des instructeurs de ses territoires, quel que soit le nombre de
    dépôts d’ici là : le lien les montre tous.
    """
    lien = f"{reverse('projets:instruction')}?portee=territoire&etat=depose&tri=-depose"
    deja = Avis.objects.a_grouper().filter(lien=lien).values("personne")
    texte = f"De nouveaux projets sont déposés sur vos territoires, dont «\u00a0{projet.intitule}\u00a0»."
    instructeurs = instructeurs_de(projet).filter(role=Role.INSTRUCTEUR)
    prevenir(personnes=instructeurs.exclude(pk__in=deja), texte=texte, lien=lien)


def heure_du_serveur() -> datetime:
    """L’heure de PostgreSQL, la même pour tous les serveurs web, au moment où on la demande."""
    with connection.cursor() as curseur:
        curseur.execute("SELECT clock_timestamp()")
        (instant,) = curseur.fetchone()
    return instant  # type: ignore[no-any-return]


def _verrouiller(auteur: Personne, projet: Projet, verifie: DossierVerifie) -> Projet:
    verrouille = Projet.objects.verrouille(projet.pk)
    if not est_responsable(auteur, verrouille.organisme):
        raise PermissionDenied
    if verrouille.version != verifie.version and verrouille.est_modifiable:
        raise PassageRefuse(CHANGE)
    if verrouille.pieces_jointes.exclude(document__etat__in=UTILISABLES).exists():
        raise PassageRefuse(
            "Toutes les pièces du projet ne sont pas contrôlées et saines. Relisez l’étape des pièces."
        )
    return verrouille


def _ecrire_les_donnees(projet: Projet, verifie: DossierVerifie) -> None:
    """Les tables que lisent les listes, l’instruction et les chiffres."""
    projet.intitule, projet.axe_id = verifie.intitule, verifie.axe
    projet.allocataires_prevus = verifie.allocataires
    territoires = Territoire.objects.in_bulk(list(verifie.parts), field_name="code")
    PartProjet.objects.bulk_create(
        PartProjet(projet=projet, territoire=territoires[code], pourcentage=en_euros(centiemes))
        for code, centiemes in verifie.parts.items()
    )
    for lignes in _lignes_du_budget(projet, verifie.budget):
        _creer(lignes)


def _lignes_du_budget(projet: Projet, budget: BudgetVerifie) -> Iterable[list[models.Model]]:
    yield [
        ExerciceProjet(projet=projet, annee=annee, cout=en_euros(cout), montant_demande=en_euros(demande))
        for annee, (cout, demande) in budget.exercices.items()
    ]
    yield [
        LigneBudget(
            projet=projet,
            annee=ligne.annee,
            cote=ligne.cote,
            compte=ligne.compte,
            rang=ligne.rang,
            precision=ligne.precision,
            montant=en_euros(ligne.montant),
        )
        for ligne in budget.lignes
    ]
    yield [
        Cofinancement(
            projet=projet,
            financeur=cofinancement.financeur,
            precision=cofinancement.precision,
            montant=en_euros(cofinancement.montant),
            est_acquis=cofinancement.est_acquis,
        )
        for cofinancement in budget.cofinancements
    ]


def _creer(lignes: list[models.Model]) -> None:
    if lignes:
        type(lignes[0])._default_manager.bulk_create(lignes)


def _figer(auteur: Personne, projet: Projet, verifie: DossierVerifie, *, version: int, instant: datetime) -> Depot:
    contenu: dict[str, Any] = {
        **verifie.contenu,
        "reference": reference(projet.appel.prefixe, projet.numero or 0),
        "depose_le": instant.isoformat(),
        "depose_par": {"nom": str(auteur), "courriel": auteur.email},
    }
    depot = Depot.objects.create(
        projet=projet,
        version=version,
        depose_le=instant,
        depose_par=auteur,
        contenu=contenu,
        empreinte=empreinte(contenu),
    )
    journaliser(
        auteur=auteur,
        acte="deposer" if version == 1 else "completer",
        objet=projet,
        apres={"etat": projet.etat, "numero": projet.numero, "version": depot.version, "empreinte": depot.empreinte},
    )
    for message in recepisse_du_depot(depot, auteur):
        deposer_courriel(message=message)
    transaction.on_commit(partial(lancer_le_recepisse, depot.pk))
    return depot
