"""Écrire les actions d’un programme, par lots, et contrôler chaque lot sans attendre la fin de la transaction."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, OperationalError, connection
from psycopg.errors import DeadlockDetected, UniqueViolation

from comptes.models import Organisme
from config.socle.ecriture import par_lots
from config.socle.montants import en_euros
from config.socle.statistiques import mesurer_les_tables
from financements.imports.annuaire import Annuaire
from financements.imports.lignes import LigneProgramme
from financements.models import Action, ContrepartieFse, Deliberation, PartTranche, Tranche
from projets.models import AppelAProjets, Cofinancement, ExerciceProjet, PartProjet, Projet
from projets.models.cofinancement import Financeur
from projets.states import EtatProjet
from territoires.models import Territoire
from territoires.rules.plus_forts_restes import repartir

TABLES_ECRITES = (Projet, PartProjet, ExerciceProjet, Cofinancement, Action, Tranche, PartTranche, ContrepartieFse)
LOT = 500  # actions écrites puis contrôlées ensemble

Ecrites = Callable[[int], None]


class OrganismesDisputes(Exception):
    """Un autre travail a créé ou complété les mêmes organismes depuis la comparaison : elle est à refaire."""


@dataclass(frozen=True)
class _Cles:
    """Les clés étrangères dont les lignes ont besoin."""

    axes: Mapping[int, int]
    territoires: Mapping[str, int]
    deliberations: Mapping[tuple[str, date], Deliberation]


def ecrire(appel: AppelAProjets, nouvelles: Sequence[LigneProgramme], annuaire: Annuaire, avancer: Ecrites) -> None:
    """Crée organismes, projets retenus, actions et tranches. `avancer(actions écrites)` est appelé après chaque lot.

    À appeler dans une transaction. Lève `OrganismesDisputes`, ou `IntegrityError` si une contrainte de la base n’est
    pas tenue.
    """
    _ecrire_les_organismes(annuaire)
    cles = _Cles(
        dict(appel.axes.values_list("numero", "pk")),
        dict(Territoire.objects.values_list("code", "pk")),
        {
            (reference, jour): Deliberation.objects.get_or_create(reference=reference, adoptee_le=jour)[0]
            for reference, jour in sorted({(ligne.deliberation, ligne.date_deliberation) for ligne in nouvelles})
        },
    )
    _declarer_les_controles()
    ecrites, a_mesurer = 0, LOT
    for lot in par_lots(nouvelles, LOT):
        _ecrire_lot(appel, lot, annuaire, cles)
        ecrites += len(lot)
        if ecrites >= a_mesurer:
            mesurer_les_tables(TABLES_ECRITES)  # les plans des contrôles, faits sur du vide, se refont
            a_mesurer *= 2
        avancer(ecrites)


def _ecrire_les_organismes(annuaire: Annuaire) -> None:
    """Dans l’ordre de leurs identifiants : deux imports qui créent les mêmes s’attendent, sans se bloquer."""
    nouveaux = sorted(annuaire.nouveaux, key=lambda organisme: (organisme.siret or "", organisme.rna or ""))
    try:
        Organisme.objects.bulk_create(nouveaux, batch_size=LOT)
        Organisme.objects.bulk_update(annuaire.a_completer, ["siret", "rna"], batch_size=LOT)
    except (IntegrityError, OperationalError) as erreur:
        if isinstance(erreur.__cause__, UniqueViolation | DeadlockDetected):
            raise OrganismesDisputes from erreur
        raise


def _declarer_les_controles() -> None:
    """Dire, pour cette transaction, qu’aucun déclencheur n’est mis de côté (liste vide).

    Chaque déclencheur lit ce réglage ; absent, il lève et rattrape une erreur, ce qui laisse une sous-transaction par
    contrôle : à dix mille actions, le temps devient quadratique (deux minutes au lieu de quinze secondes).
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def _ecrire_lot(appel: AppelAProjets, lot: Sequence[LigneProgramme], annuaire: Annuaire, cles: _Cles) -> None:
    """Les contraintes différées sont contrôlées à chaque lot : l’avancement dit vrai et la mémoire reste plate."""
    projets = Projet.objects.bulk_create(
        Projet(
            appel=appel,
            numero=ligne.numero,
            axe_id=cles.axes[ligne.axe],
            organisme=annuaire.organisme(ligne),
            intitule=ligne.intitule,
            sous_type=ligne.sous_type or "",
            etat=EtatProjet.RETENU,
            allocataires_prevus=ligne.allocataires_prevus,
        )
        for ligne in lot
    )
    PartProjet.objects.bulk_create(
        PartProjet(projet=projet, territoire_id=cles.territoires[code], pourcentage=en_euros(part))
        for projet, ligne in zip(projets, lot, strict=True)
        for code, part in ligne.parts
    )
    ExerciceProjet.objects.bulk_create(
        exercice for projet, ligne in zip(projets, lot, strict=True) for exercice in _exercices(projet, ligne)
    )
    actions = Action.objects.bulk_create(
        Action(projet=projet, deliberation=cles.deliberations[ligne.deliberation, ligne.date_deliberation])
        for projet, ligne in zip(projets, lot, strict=True)
    )
    Cofinancement.objects.bulk_create(
        Cofinancement(projet=projet, financeur=Financeur.FSE, montant=en_euros(ligne.montant_fse), est_acquis=True)
        for projet, ligne in zip(projets, lot, strict=True)
        if ligne.montant_fse
    )
    ContrepartieFse.objects.bulk_create(
        ContrepartieFse(action=action, montant_fse=en_euros(ligne.montant_fse))
        for action, ligne in zip(actions, lot, strict=True)
        if ligne.montant_fse
    )
    _ecrire_tranches(actions, lot, cles)
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _exercices(projet: Projet, ligne: LigneProgramme) -> Iterator[ExerciceProjet]:
    """Le coût total réparti entre les années au prorata des montants : chaque année couvre ainsi son montant."""
    couts = repartir(ligne.cout_total, {str(annee): montant for annee, montant in ligne.montants})
    for annee, montant in ligne.montants:
        yield ExerciceProjet(
            projet=projet, annee=annee, cout=en_euros(couts[str(annee)]), montant_demande=en_euros(montant)
        )


def _ecrire_tranches(actions: Sequence[Action], lot: Sequence[LigneProgramme], cles: _Cles) -> None:
    """Une tranche par année financée, et ses parts par territoire, au centime."""
    par_tranche = [
        (Tranche(action=action, annee=annee, montant=en_euros(montant)), repartir(montant, dict(ligne.parts)))
        for action, ligne in zip(actions, lot, strict=True)
        for annee, montant in ligne.montants
    ]
    Tranche.objects.bulk_create(tranche for tranche, _ in par_tranche)
    PartTranche.objects.bulk_create(
        PartTranche(tranche=tranche, territoire_id=cles.territoires[code], montant=en_euros(centimes))
        for tranche, parts in par_tranche
        for code, centimes in parts.items()
    )
