"""Ce que les listes taisent à qui s’est déporté : combien, jamais lesquelles."""

from comptes.models import Personne
from financements.models import Comite, LigneDeScenario, Scenario
from financements.models.deports import projets_fermes_a
from projets.models import AppelAProjets


def actions_tues(personne: Personne, appel: AppelAProjets) -> int:
    """Combien d’actions de l’appel ses listes et ses fichiers n’ont pas ; les totaux du programme les comptent."""
    return projets_fermes_a(personne).filter(projet__appel=appel, projet__action__isnull=False).count()


def projets_tus(personne: Personne, scenario: Scenario) -> int:
    """Combien de projets du scénario ses listes n’ont pas ; les totaux du scénario les comptent."""
    return LigneDeScenario.objects.filter(scenario=scenario, projet__in=projets_fermes_a(personne)).count()


def points_tus(personne: Personne, comite: Comite) -> int:
    """Combien de points du comité ses pages n’ont pas ; les totaux les comptent."""
    return comite.points.filter(projet__in=projets_fermes_a(personne)).count()
