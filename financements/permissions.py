"""Qui entre où : des prédicats sur la personne. Les lignes, elles, passent par `.visibles_par`."""

from comptes.models import Personne
from comptes.states import Role
from financements.models import Action, Comite, ProcedureContradictoire, Scenario

_LECTEURS = frozenset({Role.PILOTE, Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR})


def peut_voir_le_tableau_de_bord(personne: Personne) -> bool:
    """Tout agent voit les chiffres clés du programme."""
    return personne.est_agent


def peut_lire_les_financements(personne: Personne) -> bool:
    """Actions financées, crédits, territoires, rapports : pilote, finances, lecture, administrateur."""
    return personne.role in _LECTEURS


def peut_importer(personne: Personne) -> bool:
    """Importer un programme ou des effectifs : le pilote."""
    return personne.role == Role.PILOTE


def peut_lire_les_imports(personne: Personne) -> bool:
    """Suivre les imports : le pilote, et l’administrateur en lecture."""
    return personne.role in {Role.PILOTE, Role.ADMINISTRATEUR}


def peut_arbitrer(personne: Personne) -> bool:
    """Arbitrer dans les enveloppes : le pilote."""
    return personne.role == Role.PILOTE


def peut_demander_un_rapport(personne: Personne) -> bool:
    """Produire un rapport : le pilote et les finances ; la lecture se contente de ceux qui existent."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_exporter_les_decisions(personne: Personne) -> bool:
    """Emporter les actions votées dans un fichier : le pilote et les finances ; la lecture s’en tient à l’écran."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_annuler_un_travail(personne: Personne, demande_par_id: int | None) -> bool:
    """Annuler ou relancer : la personne qui l’a demandé, ou un pilote."""
    return personne.role == Role.PILOTE or (demande_par_id is not None and personne.pk == demande_par_id)


def modifie_le_scenario(personne: Personne, scenario: Scenario) -> bool:
    """Saisir dans un scénario : son auteur, ou tout pilote s’il est partagé. Adopté, il ne se change plus."""
    return (
        peut_arbitrer(personne)
        and scenario.est_modifiable
        and (scenario.auteur_id == personne.pk or scenario.est_partage)
    )


def administre_le_scenario(personne: Personne, scenario: Scenario) -> bool:
    """Renommer, partager, supprimer un scénario : son auteur."""
    return peut_arbitrer(personne) and scenario.est_modifiable and scenario.auteur_id == personne.pk


def conduit_le_comite(personne: Personne, comite: Comite) -> bool:
    """Préparer, ouvrir, amender, clore : un pilote, auteur du scénario ou à qui il est partagé (lit `scenario`)."""
    return peut_arbitrer(personne) and (comite.scenario.auteur_id == personne.pk or comite.scenario.est_partage)


def peut_imputer(personne: Personne) -> bool:
    """Régler les imputations budgétaires d’un appel : le pilote et les finances."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_suivre_la_deliberation(personne: Personne) -> bool:
    """Dater la transmission et la publication, notifier : le pilote et les finances."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_executer(personne: Personne) -> bool:
    """Affecter, engager, reporter, régler les versements, conduire une procédure : le pilote et les finances."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_liquider(personne: Personne) -> bool:
    """Liquider, constater un mandat, un paiement, un titre : les finances seules."""
    return personne.role == Role.FINANCES


def peut_regler_les_lettres(personne: Personne) -> bool:
    """Écrire les modèles des lettres de décision : le pilote."""
    return personne.role == Role.PILOTE


def agit_pour_l_action(personne: Personne, action: Action) -> bool:
    """Une personne de l’organisme de l’action (lit `projet`)."""
    return personne.organismes.filter(pk=action.projet.organisme_id).exists()


def peut_observer(personne: Personne, procedure: ProcedureContradictoire) -> bool:
    """Répondre à une procédure : l’organisme qu’elle vise (lit `action.projet`)."""
    return agit_pour_l_action(personne, procedure.action)


def peut_conventionner(personne: Personne) -> bool:
    """Préparer, éditer, signer, résilier une convention et ses avenants : le pilote et les finances."""
    return personne.role in {Role.PILOTE, Role.FINANCES}
