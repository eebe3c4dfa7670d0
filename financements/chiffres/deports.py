"""Ce que les listes taisent à qui s’est déporté : combien, jamais lesquelles."""

from comptes.models import Personne
from financements.models.action import projets_fermes_a
from projets.models import AppelAProjets


def actions_tues(personne: Personne, appel: AppelAProjets) -> int:
    """Combien d’actions de l’appel ses listes et ses fichiers n’ont pas ; les totaux du programme les comptent."""
    return projets_fermes_a(personne).filter(projet__appel=appel, projet__action__isnull=False).count()
