"""Imposer des projets au calcul d’une sélection, ou les en écarter. Le scénario lui-même ne change pas."""

from collections.abc import Sequence

from django.db import transaction

from comptes.models import Personne
from config.socle.journal import journaliser
from financements.actions.arbitrage.ecriture import scenario_verrouille
from financements.models import LigneDeScenario, Scenario
from financements.states import Imposition


@transaction.atomic
def imposer_au_calcul(
    *, auteur: Personne, scenario: Scenario, projets: Sequence[int], imposition: Imposition
) -> list[int]:
    """Rend les projets dont l’imposition change ; un projet dont l’auteur s’est déporté est laissé.

    Ce n’est pas un coup : on y revient en la remettant « libre ».

    Lève `PassageRefuse` (scénario adopté, appel pas en arbitrage), `PermissionDenied`.
    """
    verrouille = scenario_verrouille(auteur, scenario)
    siennes = LigneDeScenario.objects.filter(scenario=verrouille).visibles_par(auteur)
    lignes = siennes.filter(projet__in=list(projets))
    changent = list(lignes.exclude(imposition=imposition).order_by("pk").values_list("projet", flat=True))
    if not changent:
        return []
    avant = {
        str(autre.label): lignes.filter(projet__in=changent, imposition=autre).count()
        for autre in Imposition
        if autre is not imposition
    }
    LigneDeScenario.objects.filter(scenario=verrouille, projet__in=changent).update(imposition=imposition)
    journaliser(
        auteur=auteur,
        acte="imposer_au_calcul",
        objet=verrouille,
        avant=avant,
        apres={"imposition": str(imposition.label), "projets": changent},
    )
    return changent
