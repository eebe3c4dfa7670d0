"""Le verrou de chaque acte du comité : le scénario d’abord, puis le comité, dans cet ordre partout."""

from django.core.exceptions import PermissionDenied

from comptes.models import Personne
from config.socle.transitions import PassageRefuse
from financements.models import Comite, Scenario
from financements.permissions import conduit_le_comite
from financements.states import EtatComite


def comite_verrouille(auteur: Personne, comite: Comite, *etats: EtatComite) -> Comite:
    """Le comité et son scénario, verrouillés jusqu’à la fin de la transaction.

    Lève `PermissionDenied`, ou `PassageRefuse` si le comité n’est dans aucun des `etats`.
    """
    scenario = Scenario.objects.select_for_update(of=("self",)).select_related("appel").get(pk=comite.scenario_id)
    verrouille = Comite.objects.select_for_update(of=("self",)).select_related("appel").get(pk=comite.pk)
    verrouille.scenario = scenario
    if not conduit_le_comite(auteur, verrouille):
        raise PermissionDenied
    if verrouille.etat not in etats:
        attendus = " ou ".join(f"«\u00a0{etat.label}\u00a0»" for etat in etats)
        raise PassageRefuse(
            f"Ce comité est «\u00a0{verrouille.get_etat_display()}\u00a0»\u00a0: il faudrait qu’il soit {attendus}."
        )
    return verrouille
