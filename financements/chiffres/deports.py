"""Ce que les listes taisent à qui s’est déporté : combien, jamais lesquelles."""

from comptes.models import Personne
from config.socle.montants import format_nombre
from financements.models import Comite, LigneDeScenario, Scenario
from financements.models.deports import projets_fermes_a
from projets.models import AppelAProjets


def actions_tues(personne: Personne, appel: AppelAProjets) -> int:
    """Combien d’actions de l’appel ses listes et ses fichiers n’ont pas ; les totaux du programme les comptent."""
    return projets_fermes_a(personne).filter(projet__appel=appel, projet__action__isnull=False).count()


def lignes_fermees(personne: Personne, scenario: Scenario) -> set[int]:
    """Les lignes du scénario dont elle s’est déportée ; les totaux du scénario les comptent."""
    fermees = LigneDeScenario.objects.filter(scenario=scenario, projet__in=projets_fermes_a(personne))
    return set(fermees.values_list("pk", flat=True))


def points_tus(personne: Personne, comite: Comite) -> int:
    """Combien de points du comité ses pages n’ont pas ; les totaux les comptent."""
    return comite.points.filter(projet__in=projets_fermes_a(personne)).count()


DEPORT = "Déport de qui emporte ce fichier"


def dit_dans_un_fichier(tus: int) -> dict[str, str]:
    """La note d’un classeur incomplet : il se lit loin de l’écran qui l’annonce. Vide si rien n’y manque."""
    if not tus:
        return {}
    return {DEPORT: f"{format_nombre(tus)} projets n’y sont pas" if tus > 1 else "un projet n’y est pas"}
