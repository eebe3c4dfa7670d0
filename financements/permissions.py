"""Qui entre où : des prédicats sur la personne. Les lignes, elles, passent par `.visibles_par`."""

from comptes.models import Personne
from comptes.states import Role
from financements.models import Action, Bilan, Comite, ProcedureContradictoire, Scenario
from projets.permissions import charges_de

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


def peut_lire_les_bilans(personne: Personne) -> bool:
    """La file des bilans : qui lit les financements, et l’instructeur pour ses territoires."""
    return personne.role in _LECTEURS | {Role.INSTRUCTEUR}


def suit_un_bilan(personne: Personne) -> bool:
    """Lit une copie déposée : l’organisme les siennes, et qui lit les bilans."""
    return personne.role == Role.PORTEUR or peut_lire_les_bilans(personne)


def peut_revoir_les_bilans(personne: Personne) -> bool:
    """Demander une correction, valider : instructeur, pilote, finances."""
    return personne.role in {Role.INSTRUCTEUR, Role.PILOTE, Role.FINANCES}


def revoit_le_bilan(personne: Personne, bilan: Bilan) -> bool:
    """La même chose, sur un bilan qu’elle voit."""
    return peut_revoir_les_bilans(personne) and Bilan.objects.visibles_par(personne).filter(pk=bilan.pk).exists()


def peut_rouvrir_un_bilan(personne: Personne) -> bool:
    """Revenir sur une validation : le pilote et les finances."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_regler_les_bilans(personne: Personne) -> bool:
    """Seuil des écarts et indicateurs de l’appel, ouverture des bilans : le pilote."""
    return personne.role == Role.PILOTE


def suivent_le_bilan(bilan: Bilan) -> list[Personne]:
    """Qui l’on prévient d’un dépôt : ceux qui sont chargés du projet, et les finances (lit `action.projet`)."""
    finances = Personne.objects.filter(role=Role.FINANCES, is_active=True)
    return [*charges_de(bilan.action.projet), *finances.order_by("pk")]


def peut_echanger_avec_le_progiciel(personne: Personne) -> bool:
    """Régler les profils, envoyer engagements et liquidations (IBAN entier), importer le retour : les finances."""
    return personne.role == Role.FINANCES


def peut_tenir_le_fse(personne: Personne) -> bool:
    """Enregistrer les opérations du FSE, attester, tenir le registre de minimis : le pilote et les finances."""
    return personne.role in {Role.PILOTE, Role.FINANCES}


def peut_fixer_les_plafonds(personne: Personne) -> bool:
    """Ajouter un plafond de minimis, qui vaut pour tous les appels : le pilote."""
    return personne.role == Role.PILOTE
