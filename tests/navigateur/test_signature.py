"""La signature chez un prestataire, dans un vrai navigateur : l’envoyer, lire son état et le refus, la signer."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from financements.models import DemandeDeSignature
from financements.planning import suivre_une_signature
from tests.financements.conventions.fabriques import editee, finances
from tests.financements.conventions.prestataire import CLE, Prestataire, servir_le_prestataire
from tests.navigateur.conftest import elargir


@pytest.fixture
def prestataire(settings, monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    prestataire = Prestataire()
    serveur = servir_le_prestataire(prestataire)
    settings.SIGNATURE_URL, settings.SIGNATURE_CLE = prestataire.adresse, CLE
    yield prestataire
    serveur.shutdown()
    serveur.server_close()


@pytest.mark.parametrize("largeur", [320, 1280])
def test_refusee_puis_signee(live_server, page_connectee, prestataire, verifier_axe, largeur):
    auteur = finances()
    convention = editee(auteur)
    page = page_connectee(auteur)
    elargir(page, largeur)
    page.goto(live_server.url + convention.get_absolute_url())
    panneau = page.get_by_role("region", name="Signature par le prestataire")

    def envoyer_puis(conclure, attendu):
        page.get_by_role("button", name="Envoyer au prestataire de signature").click()
        expect(panneau).to_contain_text("en attente des signatures")
        verifier_axe(page)
        demande = DemandeDeSignature.objects.first()
        conclure(str(demande.reference))
        suivre_une_signature(demande.pk)
        expect(panneau).to_contain_text(attendu, timeout=20_000)  # la page se relit seule, toutes les cinq secondes
        verifier_axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= largeur

    envoyer_puis(
        lambda reference: prestataire.sorts.update({reference: {"etat": "refusee", "motif": "Trop peu."}}), "Trop peu."
    )
    instant = timezone.localtime().isoformat()
    envoyer_puis(lambda reference: prestataire.signe(reference, instant, instant), "signée des deux")
    expect(panneau.get_by_role("link", name="Télécharger le PDF signé")).to_be_visible()
