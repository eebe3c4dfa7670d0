"""Les écrans des avenants et des exemplaires signés."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from financements.chiffres.avenants import tranches_de
from financements.models import Action, Avenant, ExemplaireSigne, RetourSigne
from tests.financements.conventions.fabriques import editee, finances, signee
from tests.financements.conventions.test_retours import numeriser
from tests.financements.conventions.test_vues import adresse

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]


@pytest.fixture
def auteur(client):
    personne = finances()
    client.force_login(personne)
    return personne


def test_un_avenant_de_la_page_a_la_signature(client, auteur, django_capture_on_commit_callbacks):
    une = signee(auteur)
    nouveau = adresse("nouvel_avenant", une.action)
    vide = client.post(nouveau, {"objet": "Rien."})
    assert "change un montant ou la date de fin" in vide.text
    illisible = client.post(nouveau, {"objet": "Moins.", "montant_2018": "vingt"})
    assert illisible.context["form"].errors.keys() == {"montant_2018"}
    assert client.post(nouveau, {"objet": "Moins.", "montant_2018": "20 000"}).status_code == 302
    avenant = Avenant.objects.get()
    page = adresse("avenant", une.action, 1)
    assert client.get(page).context["form"]["montant_2018"].value() == "20000,00"
    saisie = {"objet": "Moins.", "montant_2018": "25 000,50", "version": avenant.version}
    assert client.post(page, saisie).status_code == 302
    assert "a changé depuis" in client.post(page, saisie).text
    with django_capture_on_commit_callbacks(execute=True):
        client.post(adresse("agir_sur_avenant", une.action, 1, "editer"))
    pdf = client.get(adresse("telecharger_avenant", une.action, 1))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    avenant.refresh_from_db()
    jour = timezone.localdate()
    signatures = {"organisme_le": jour, "departement_le": jour, "version": avenant.version}
    assert client.post(adresse("signer_avenant", une.action, 1), signatures).status_code == 302
    assert tranches_de(Action.objects.get())[2018] == 25_000_50
    lue = client.get(page)
    assert lue.context["form"] is None
    assert "25\u202f000,50\u00a0€" in lue.text
    assert client.post(page, saisie).status_code == 404
    assert client.post(adresse("agir_sur_avenant", une.action, 1, "inconnu")).status_code == 404


def test_deposer_lire_et_rattacher_par_les_ecrans(client, auteur, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        une = editee(auteur)
    une.refresh_from_db()
    depot = reverse("financements:retours_signes", args=[une.action.projet.appel.slug])
    flux = numeriser(une, [1, 2, 3, 4], effacer={0}).getvalue()
    client.post(depot, {"fichiers": [SimpleUploadedFile("retour.pdf", flux)]})
    retour = RetourSigne.objects.get()
    page = client.get(retour.get_absolute_url())
    assert "1 page à rattacher à la main" in " ".join(page.text.replace("\u00a0", " ").split())
    assert "il manque la page 1" in " ".join(page.text.split())
    rattacher = reverse("financements:rattacher_page", args=[une.action.projet.appel.slug, retour.pk, 1])
    fautive = client.post(rattacher, {"p1-numero": "INCONNU", "p1-page": "1"})
    assert "n’a ce numéro" in fautive.text
    assert (
        "d’avenant de ce numéro"
        in client.post(rattacher, {"p1-numero": une.numero, "p1-avenant": "1", "p1-page": "1"}).text
    )
    assert client.post(rattacher, {"p1-numero": une.numero.lower(), "p1-page": "1"}).status_code == 302
    exemplaire = ExemplaireSigne.objects.get()
    assert exemplaire.est_complet
    fichier = client.get(adresse("exemplaire_signe", une.action, exemplaire.pk))
    assert b"".join(fichier.streaming_content).startswith(b"%PDF")
    assert client.get(adresse("exemplaire_signe", une.action, 999_999)).status_code == 404
    encore = client.post(
        depot, {"fichiers": [SimpleUploadedFile("retour.pdf", flux), SimpleUploadedFile("x.exe", b"MZ")]}
    )
    fautes = " ".join(encore.context["form"].errors["fichiers"])
    assert "déjà été déposé" in fautes
    assert "format admis" in fautes
    assert (
        b"".join(
            client.get(
                reverse("financements:telecharger_retour", args=[une.action.projet.appel.slug, retour.pk])
            ).streaming_content
        )
        == BytesIO(flux).getvalue()
    )
