"""Du brouillon complet au récépissé, dans un vrai navigateur ; la copie ; le refus après l’instant."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from comptes.models import Courriel
from projets.models import AppelAProjets, Depot, Projet, Recepisse
from projets.tasks import produire_le_recepisse
from tests.projets.complets import projet_complet, responsable_pret
from tests.projets.fabriques import CONTENU_DEPOSE, PDF_D_ESSAI, ProjetFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def complet(live_server: Any, page_connectee: Any) -> tuple[Page, Projet, str]:
    """La page d’un responsable, son brouillon complet, et l’adresse de la dernière étape."""
    adhesion = responsable_pret(courriel="bureau@asso.exemple.fr", forme_juridique="association")
    projet = projet_complet(adhesion)
    return page_connectee(adhesion.personne), projet, f"{live_server.url}/mes-projets/{projet.pk}/verification/"


def tout_declarer(page: Page) -> None:
    page.wait_for_load_state()
    for case in page.get_by_role("checkbox").all():
        case.check()
    for choix in page.get_by_role("radio", name="inférieur ou égal").all():
        choix.check()


def cocher_et_deposer(page: Page) -> None:
    tout_declarer(page)
    page.get_by_role("button", name="Déposer le projet").click()


def test_du_brouillon_complet_au_recepisse(
    live_server: Any, complet: tuple[Page, Projet, str], verifier_axe: Any, tmp_path: Any
) -> None:
    page, projet, verification = complet
    page.goto(verification)
    expect(page.get_by_text("Rien ne manque")).to_be_visible()
    verifier_axe(page)
    page.get_by_role("button", name="Déposer le projet").click()
    expect(page.get_by_role("heading", name="erreurs à corriger")).to_be_visible()
    verifier_axe(page)
    cocher_et_deposer(page)
    expect(page.get_by_text("Projet reçu sous le numéro AAP27-0001.")).to_be_visible()
    produire_le_recepisse(Depot.objects.get().pk)
    page.reload()
    verifier_axe(page)
    with page.expect_download() as telechargement:
        page.get_by_role("link", name="accusé de réception").click()
    fichier = tmp_path / "recepisse.pdf"
    telechargement.value.save_as(fichier)
    assert "AAP27-0001" in PdfReader(fichier).pages[0].extract_text()
    assert Courriel.objects.filter(objet__contains="AAP27-0001").count() == 2
    page.goto(verification)  # la page d’avant, reprise par l’historique ou un signet : on n’y dépose plus
    assert page.url == f"{live_server.url}/mes-projets/{projet.pk}/"


def test_un_double_clic_ne_depose_qu_une_fois(complet: tuple[Page, Projet, str]) -> None:
    page, _, verification = complet
    page.goto(verification)
    tout_declarer(page)
    page.get_by_role("button", name="Déposer le projet").dblclick()
    expect(page.get_by_role("heading", name="Accusés de réception")).to_be_visible()
    assert Depot.objects.count() == 1


def test_apres_l_instant_le_depot_est_refuse(complet: tuple[Page, Projet, str]) -> None:
    page, _, verification = complet
    page.goto(verification)
    AppelAProjets.objects.update(ferme_le=timezone.now() - timedelta(seconds=1))
    cocher_et_deposer(page)
    expect(page.get_by_text("Le dépôt est fermé").first).to_be_visible()
    assert (Depot.objects.count(), Projet.objects.get().etat) == (0, "brouillon")


def test_copier_un_projet(complet: tuple[Page, Projet, str], live_server: Any, verifier_axe: Any) -> None:
    page, projet, _ = complet
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/copier/")
    verifier_axe(page)
    page.get_by_label("Appel et axe").select_option(index=1)
    page.get_by_role("button", name="Copier").click()
    expect(page.get_by_text("Projet copié.")).to_be_visible()
    copie = Projet.objects.exclude(pk=projet.pk).get()
    avant, apres = (dict(p.saisies.values_list("champ", "valeur")) for p in (projet, copie))
    assert apres == avant


def test_le_recepisse_parait_des_qu_il_est_pret(live_server: Any, page_connectee: Any, verifier_axe: Any) -> None:
    adhesion = responsable_pret()
    projet = ProjetFactory(organisme=adhesion.organisme, depose_le=timezone.now())
    depot = Depot.objects.create(projet=projet, depose_le=timezone.now(), contenu=CONTENU_DEPOSE, empreinte="a" * 64)
    page = page_connectee(adhesion.personne)
    page.goto(f"{live_server.url}/mes-projets/{projet.pk}/")
    expect(page.get_by_text("PDF en préparation")).to_be_visible()
    verifier_axe(page)
    Recepisse.objects.create(depot=depot, fichier=ContentFile(PDF_D_ESSAI, "r.pdf"), empreinte="b" * 64)
    expect(page.get_by_role("link", name="accusé de réception de ce dépôt (PDF)")).to_be_visible()
    expect(page.locator("#annonce")).to_have_text("L’accusé de réception est prêt.")
    expect(page.locator("#accuses [hx-get]")).to_have_count(0)
