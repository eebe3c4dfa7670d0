"""Les conventions du petit monde des accès."""

from datetime import date

from financements.models import (
    Action,
    Avenant,
    DemandeDeSignature,
    LotDeConventions,
    PageDeRetour,
    RetourSigne,
    TirageDeConventions,
)
from financements.states.execution import EtatConvention
from tests.comptes.fabriques import PersonneFactory
from tests.financements.execution.fabriques import convention


def conventions_du_monde(action: Action) -> dict[str, object]:
    """Une convention en préparation, un avenant, un lot, un tirage, un fichier déposé, une demande de signature."""
    appel = action.projet.appel
    sienne = convention(action, EtatConvention.PREPARATION)
    Avenant.objects.create(convention=sienne, numero=1, objet="Six mois de plus.")
    signature = DemandeDeSignature.objects.create(
        convention=sienne, demandee_par=PersonneFactory(role="finances"), expire_le=date(2026, 12, 31)
    )
    retour = RetourSigne.objects.create(appel=appel, nom="retour.pdf", format="pdf", taille=1, empreinte="0" * 64)
    PageDeRetour.objects.create(retour=retour, rang=1)
    return {
        "deliberation_importee": action.deliberation_id,
        "lot_de_conventions": LotDeConventions.objects.create(deliberation=action.deliberation).pk,
        "tirage": TirageDeConventions.objects.create(appel=appel, convention=sienne).pk,
        "retour_signe": retour.pk,
        "deliberation_conventionnee": action.deliberation_id,
        "signature": signature.pk,
    }
