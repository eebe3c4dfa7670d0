"""Une procédure contradictoire dans un vrai navigateur : rien ne se décide sans le confirmer."""

import pytest
from playwright.sync_api import expect

from financements.states.execution import SorteDeProcedure
from tests.financements.execution.fabriques import engagees
from tests.financements.execution.test_procedures import entendue
from tests.navigateur.conftest import tenir

pytestmark = pytest.mark.django_db(transaction=True)


def test_entree_dans_le_montant_ne_decide_rien(live_server, page_connectee):
    (action,) = engagees()
    procedure = entendue(action, SorteDeProcedure.REDUCTION, "1000.00", 2016)
    slug = action.projet.appel.slug
    page = page_connectee("finances")
    page.goto(
        f"{live_server.url}/financements/{slug}/actions/{action.projet.numero}/execution/procedures/{procedure.pk}/"
    )
    page.get_by_label("Décision motivée").fill("Un texte pas fini")
    page.get_by_label("Montant retenu (€)").fill("100")
    page.get_by_label("Montant retenu (€)").press("Enter")
    page.get_by_text("Abandonner la procédure").click()
    expect(page.get_by_role("button", name="Confirmer l’abandon")).to_be_visible()
    tenir(page, "procedure-a-decider")
    page.get_by_text("Décider : réduction de l’aide").click()
    procedure.refresh_from_db()
    assert procedure.etat == "observee"
    page.get_by_role("button", name="Confirmer la décision").click()
    expect(page.get_by_text("La procédure est décidée")).to_be_visible()
    procedure.refresh_from_db()
    assert (procedure.etat, procedure.montant_retenu) == ("decidee", 100)
