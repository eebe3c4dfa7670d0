"""Écrire les actions d’un vote : leurs tranches et leurs parts, sur l’échelle d’un programme entier."""

from collections.abc import Mapping

from config.socle.montants import en_euros
from financements.chiffres.arbitrage.donnees import Connu
from financements.models import Action, Deliberation, PartTranche, Tranche

Parts = Mapping[int, Mapping[str, int]]  # année → territoire → centimes


def ecrire_les_actions(
    deliberation: Deliberation, attributions: Mapping[int, Parts], connus: Mapping[int, Connu]
) -> list[Action]:
    """`attributions` : identifiant de projet → ses parts. Les contraintes différées se jugent à la validation."""
    actions = Action.objects.bulk_create(
        (Action(projet_id=pk, deliberation=deliberation) for pk in attributions), batch_size=1000
    )
    tranches = [
        (Tranche(action=action, annee=annee, montant=en_euros(sum(parts.values()))), action.projet_id, parts)
        for action in actions
        for annee, parts in attributions[action.projet_id].items()
    ]
    Tranche.objects.bulk_create((tranche for tranche, _, _ in tranches), batch_size=2000)
    PartTranche.objects.bulk_create(
        (
            PartTranche(tranche=tranche, territoire_id=connus[projet].territoires[code], montant=en_euros(centimes))
            for tranche, projet, parts in tranches
            for code, centimes in parts.items()
        ),
        batch_size=2000,
    )
    return actions
