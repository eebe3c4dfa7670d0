"""Noter, rendre, donner son avis dans un vrai navigateur : clavier, enregistrement au fil de la frappe, axe."""

from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from projets.models import AvisInstruction, Notation, Projet
from tests.navigateur.conftest import capturer, tenir
from tests.projets.fabriques import AvisExterneFactory, CritereFactory
from tests.projets.instruction.jury import (
    appel_en_instruction,
    avis_rendu,
    instructeur_de,
    projet_a_noter,
    projet_instruit,
    rendre,
)
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db(transaction=True)
GRILLE = (
    (5, "25", None, "Adéquation aux priorités de l’axe et du territoire"),
    (5, "20", 2, "Qualité de la méthode et de l’accompagnement"),
    (5, "20", None, "Résultats attendus et indicateurs"),
    (5, "10", None, "Ancrage partenarial"),
    (20, "25", None, "Soutenabilité et coût par allocataire"),
)


@pytest.fixture
def projet() -> Projet:
    appel = appel_en_instruction((), notations_attendues=2, ecart_de_troisieme_avis=Decimal(20))
    for ordre, (maximum, poids, plancher, intitule) in enumerate(GRILLE, 1):
        CritereFactory(
            appel=appel, ordre=ordre, intitule=intitule, note_maximale=maximum, poids=poids, note_plancher=plancher
        )
    ici, la = TerritoireFactory(nom="Roubaix-Tourcoing"), TerritoireFactory(nom="Douaisis")
    return projet_a_noter(appel, intitule="Garde d’enfants en horaires décalés", territoires={ici: 60, la: 40})


def test_noter_au_clavier_s_enregistre_seul_puis_se_rend(
    live_server: Any, page_connectee: Any, verifier_axe: Any, projet: Projet
) -> None:
    instructeur = instructeur_de(projet, prenom="Inès", nom="Morel")
    page = page_connectee(instructeur)
    page.goto(f"{live_server.url}/instruction/{projet.pk}/")
    expect(page.get_by_text("La note de l’autre instructeur apparaîtra quand la vôtre sera complète.")).to_be_visible()
    groupe = page.get_by_role("group", name="Adéquation aux priorités")
    groupe.get_by_role("radio").first.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    expect(groupe.get_by_role("radio", name="4 sur 5")).to_be_checked()
    page.keyboard.press("Tab")
    with page.expect_response(lambda r: "axe." in (r.request.post_data or "")):
        page.keyboard.type("Répond à l’axe.")
    expect(page.locator("#notation-points")).to_have_text("20\u00a0points sur 25 notés")
    assert Notation.objects.get().notes.filter(valeur=4, justification="Répond à l’axe.").exists()
    tenir(page, "notation-en-cours")
    page.get_by_role("button", name="Rendre la notation").click()
    expect(page.get_by_role("heading", name="Une erreur à corriger")).to_be_visible()
    verifier_axe(page)
    capturer(page, "notation-refusee")
    for rang, cadre in enumerate(page.get_by_role("group").filter(has=page.get_by_label("Justification")).all()):
        cadre.get_by_label("Justification").fill(f"Motif {rang}.")
        if cadre.get_by_role("radio").count():
            cadre.get_by_text("3", exact=False).locator("visible=true").last.click()
        else:
            cadre.get_by_role("spinbutton").fill("12")
    page.get_by_role("button", name="Rendre la notation").click()
    expect(page.get_by_text("Notation rendue.")).to_be_visible()
    rendre(projet, instructeur_de(projet, prenom="Paul", nom="Vasseur"), (1, 1, 1, 1, 2))
    page.reload()
    expect(page.get_by_text("troisième notation demandée")).to_be_visible()
    page.get_by_text("Lire les justifications").click()
    tenir(page, "notation-rendue")


def test_l_avis_se_rend_et_se_revise(live_server: Any, page_connectee: Any, verifier_axe: Any, projet: Projet) -> None:
    for valeurs in ((4, 4, 3, 5, 15), (4, 3, 3, 4, 14)):
        rendre(projet, valeurs=valeurs)
    AvisExterneFactory(projet=projet)
    page = page_connectee(instructeur_de(projet, prenom="Inès", nom="Morel"))
    page.goto(f"{live_server.url}/instruction/{projet.pk}/")
    page.get_by_text("Favorable", exact=True).first.click()
    for annee, montant in ((2016, "5 500"), (2017, "6 000"), (2018, "10 000,01")):
        page.get_by_label(f"Proposé {annee}").fill(montant)
    page.locator("#avis").get_by_label("Motif").fill("Projet attendu par le territoire.")
    page.get_by_role("button", name="Rendre l’avis").click()
    expect(page.get_by_text("ne dépasse pas le montant demandé").first).to_be_visible()
    verifier_axe(page)
    capturer(page, "avis-refuse")
    page.get_by_label("Proposé 2018").fill("6 000")
    page.get_by_role("button", name="Rendre l’avis").click()
    expect(page.get_by_text("Avis rendu.")).to_be_visible()
    assert AvisInstruction.objects.count() == 1
    page.get_by_text("Rendre une nouvelle version").click()
    page.get_by_text("Donner l’avis de mon territoire").click()
    tenir(page, "avis-rendu")
    page.get_by_role("link", name="Demander un avis").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Demander un avis extérieur")
    tenir(page, "demander-un-avis")


def test_le_comite_et_les_statistiques(live_server: Any, page_connectee: Any, projet: Projet) -> None:
    severe, doux = (instructeur_de(projet, prenom=prenom, nom="Lambert") for prenom in ("Anne", "Bruno"))
    rendre(projet, severe, (1, 2, 2, 1, 8))
    rendre(projet, doux, (4, 4, 3, 5, 15))
    rendre(projet, valeurs=(3, 3, 3, 3, 10))
    avis_rendu(projet)
    instruit = projet_instruit(appel_en_instruction(slug="autre", annee_debut=2019, annee_fin=2021))
    page = page_connectee("pilote")
    page.goto(f"{live_server.url}/instruction/notations/")
    tenir(page, "statistiques")
    page.goto(f"{live_server.url}/instruction/appels/{projet.appel.slug}/presenter/")
    tenir(page, "presenter")
    page.get_by_role("checkbox", name=f"Présenter {projet.reference}").check()
    page.get_by_role("checkbox", name="Je présente ces projets").check()
    page.get_by_role("button", name="Présenter les projets cochés").click()
    expect(page.get_by_text("Un projet présenté.")).to_be_visible()
    assert set(Projet.objects.filter(etat="instruit").values_list("pk", flat=True)) == {instruit.pk}


def test_repondre_sans_compte(live_server: Any, page: Page, verifier_axe: Any, projet: Projet) -> None:
    demande = AvisExterneFactory(projet=projet, montre_organisme=True)
    page.goto(f"{live_server.url}/avis/{demande.jeton}/")
    page.get_by_text("Réservé").click()
    tenir(page, "avis-externe")
    page.get_by_label("Votre réponse").fill("L’effectif me paraît élevé.")
    page.get_by_role("button", name="Envoyer mon avis").click()
    expect(page.get_by_role("heading", name="Votre avis est envoyé")).to_be_visible()
    verifier_axe(page)


def test_ce_que_l_on_fait_se_dit_aux_collegues(live_server: Any, page_connectee: Any, projet: Projet) -> None:
    page = page_connectee(instructeur_de(projet))
    page.goto(f"{live_server.url}/instruction/{projet.pk}/")

    def dit(fait: str) -> Any:
        return page.expect_request(lambda r: r.url.endswith("/presence/") and f"fait={fait}" in (r.post_data or ""))

    with dit("note"):
        page.get_by_role("group", name="Adéquation aux priorités").get_by_role("radio").first.focus()
    page.locator("#avis summary").first.click()
    with dit("redige"):
        page.locator("#avis [name=motif]").first.focus()
    with dit("consulte"):
        page.get_by_role("navigation", name="Onglets du projet").get_by_role("link").first.focus()
