"""Les étapes du vote au solde payé, par les pages : deux projets dans la suite, tout un programme dans la recette.

Chaque étape finit sur ce que l’écran en dit. `attente` : ce qu’un travail en file peut prendre (millisecondes).
"""

import csv
import re
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Page, expect

from config.socle.montants import format_euros, format_nombre
from financements.models import Versement
from projets.models import AppelAProjets
from tests.navigateur.conftest import DELAI, taper
from tests.socle.fichiers_d_essai import pdf

REFERENCE = "DLES/2016/131"
COLONNES_DU_RETOUR = ("identifiant", "statut", "montant", "mandat", "bordereau", "emis_le", "paye_le", "motif")
RESULTATS = {"effectif_accompagnes": "40", "realisation": "Des ateliers.", "resultats": "Douze."}
LOT_LONG = 600_000  # ms : mille conventions, sur une machine chargée


def chiffres(nombre: int) -> str:
    """Le motif du nombre tel que l’écran l’écrit, quelles que soient ses espaces, et non d’un plus grand."""
    return r"(?<!\d)" + r"\s".join(format_nombre(nombre).split()) + r"(?!\d)"


def euros(montant: Decimal) -> str:
    """Le motif du montant tel que l’écran l’écrit, et non de la fin d’un plus grand."""
    return r"(?<!\d)(?<!\d\s)" + r"\s".join(format_euros(montant).split())


def combien(avant: str, nombre: int, suite: str) -> re.Pattern[str]:
    """« Notifier 1 335 décisions »."""
    return re.compile(rf"{avant}\s?{chiffres(nombre)}\s{suite}")


def regler_les_versements(page: Page, appel: AppelAProjets) -> None:
    """80 % puis 20 % sur bilan, avant que rien ne s’engage."""
    page.goto(f"/financements/{appel.slug}/versements/regles/")
    page.get_by_role("link", name="Partir de « 80 % puis 20 % sur bilan »").click()
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("par défaut", exact=True)).to_be_visible()


def voter(page: Page, appel: AppelAProjets, scenario: str) -> None:
    page.goto(f"/arbitrage/{appel.slug}/scenarios/")
    page.get_by_role("link", name=scenario, exact=True).click()
    page.get_by_role("link", name="Enregistrer le vote").click()
    page.get_by_label("Référence de la délibération").fill(REFERENCE)
    page.get_by_label("Adoptée le").fill("2016-06-13")
    page.get_by_label("Voix pour").fill("70")
    page.get_by_role("button", name="Enregistrer le vote").click()
    expect(page.get_by_text("Rien n’est notifié aux organismes.")).to_be_visible()


def ouvrir_la_deliberation(page: Page, appel: AppelAProjets) -> None:
    page.goto(f"/financements/{appel.slug}/deliberations/")
    page.get_by_role("link", name=REFERENCE).click()
    expect(page.get_by_role("heading", name=f"Délibération {REFERENCE}")).to_be_visible()


def rien_ne_se_notifie_encore(page: Page) -> None:
    expect(page.get_by_text("pas exécutoire")).to_be_visible()
    expect(page.locator("summary", has_text="Notifier")).to_have_count(0)


def dater(page: Page) -> None:
    page.get_by_label("Transmise").fill("2016-06-20")
    page.get_by_label("Publiée").fill("2016-06-21")
    page.get_by_role("button", name="Enregistrer les dates").click()
    expect(page.get_by_text("exécutoire depuis le")).to_be_visible()


def lancer_les_notifications(page: Page, nombre: int) -> None:
    page.get_by_text(combien("Notifier", nombre, "décision")).first.click()
    page.get_by_role("button", name=combien("Confirmer : notifier", nombre, "décision")).click()


def notifiees(page: Page, nombre: int, attente: int = DELAI) -> None:
    expect(page.get_by_text(combien("", nombre, "décisions? notifiée")).first).to_be_visible(timeout=attente)


def lancer_les_conventions(page: Page, appel: AppelAProjets, nombre: int) -> None:
    """Éditer toutes celles que la loi oblige."""
    page.goto(f"/financements/{appel.slug}/conventions/")
    page.get_by_role("button", name=combien("Éditer", nombre, "convention")).click()


def editees(page: Page, nombre: int, attente: int = DELAI) -> None:
    expect(page.get_by_text(combien("", nombre, "éditées?"))).to_be_visible(timeout=attente)


def signer_les_conventions(page: Page, nombre: int, attente: int = DELAI) -> None:
    """Les mêmes dates pour toutes, sans attendre les exemplaires numérisés : chaque action s’engage."""
    page.get_by_role("link", name="Enregistrer les signatures").click()
    page.get_by_label("Signées par les organismes le").fill(aujourd_hui(page))
    page.get_by_label("Signées par le département le").fill(aujourd_hui(page))
    page.get_by_label("Seulement celles dont").uncheck()
    page.get_by_role("button", name="Enregistrer les signatures").click()
    expect(page.get_by_text(combien("", nombre, "signées?\\."))).to_be_visible(timeout=attente)


def aujourd_hui(page: Page) -> str:
    return str(page.evaluate("new Date().toLocaleDateString('sv-SE', {timeZone: 'Europe/Paris'})"))


def liquider(page: Page, appel: AppelAProjets, filtre: str, nombre: int) -> None:
    """Tout ce qui est prêt dans la file filtrée, d’un coup."""
    page.goto(f"/financements/{appel.slug}/versements/?{filtre}")
    page.get_by_text("Liquider tous les versements prêts de cette liste").click()
    page.get_by_role("button", name=combien("Confirmer : liquider", nombre, "versement")).click()
    expect(page.get_by_text(combien("", nombre, "versements? liquidé"))).to_be_visible()


def a_mandater(appel: AppelAProjets) -> list[tuple[str, Decimal]]:
    """(identifiant, montant) de chaque versement liquidé."""
    liquides = Versement.objects.filter(action__projet__appel=appel, etat="liquide").order_by("reference")
    return list(liquides.values_list("reference", "montant"))


def importer_le_retour(
    page: Page, appel: AppelAProjets, dossier: Path, lignes: Iterable[tuple[str, Decimal]], attente: int = DELAI
) -> None:
    """Le progiciel rend chaque liquidation mandatée et payée : contrôlée d’abord, importée ensuite."""
    fichier = dossier / "retour.csv"
    with fichier.open("w", encoding="utf-8", newline="") as ouvert:
        plume = csv.writer(ouvert, delimiter=";")
        plume.writerow(COLONNES_DU_RETOUR)
        plume.writerows(
            [cle, "payé", f"{montant}".replace(".", ","), f"M{rang}", "B1", "15/09/2016", "20/09/2016", ""]
            for rang, (cle, montant) in enumerate(lignes, start=1)
        )
    page.goto(f"/financements/{appel.slug}/exporter/progiciel/retours/")
    page.locator("input[type=file]").set_input_files(fichier)
    page.get_by_role("button", name="Envoyer le fichier").click()
    page.get_by_role("button", name="Importer ce retour").click(timeout=attente)
    expect(page.get_by_text("paiements constatés")).to_be_visible(timeout=attente)


def ouvrir_les_bilans(page: Page, appel: AppelAProjets) -> None:
    page.goto(f"/financements/{appel.slug}/bilans/reglages/")
    page.locator("select[name=annee]").select_option("2016")
    page.get_by_role("button", name="Ouvrir les bilans").click()
    expect(page.get_by_text("bilans ouverts", exact=False).first).to_be_visible()


def compte_rendu(depense: int, verse: int) -> dict[str, str]:
    """Ce que 2016 a coûté, et ce qui l’a payé (euros)."""
    return {"c_601_2016": str(depense), "c_74dep_2016": str(verse), "c_70_2016": str(depense - verse)}


def remplir_le_bilan(page: Page, projet: int, *, depense: int, verse: int) -> None:
    """L’organisme dit ce qu’il a fait et dépensé en 2016, et le dépose. `projet` : sa clé."""
    page.goto(f"/mes-projets/{projet}/bilan/2016/resultats/")
    taper(page, RESULTATS)
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/finances/")
    page.wait_for_load_state()
    taper(page, compte_rendu(depense, verse))
    page.get_by_role("button", name="Continuer").click()
    page.wait_for_url("**/pieces/")
    page.goto(f"/mes-projets/{projet}/bilan/2016/verification/")
    page.get_by_label("Je certifie exactes").check()
    page.get_by_role("button", name="Déposer le bilan").click()
    expect(page.get_by_text("Bilan reçu", exact=False).first).to_be_visible()


def valider_le_bilan(page: Page, appel: AppelAProjets, numero: int, cout: int) -> None:
    """Le service retient ce coût réel (euros), depuis la file de ceux qui sont déposés."""
    page.goto(f"/financements/{appel.slug}/bilans/?etat=depose")
    page.locator(f"a[href*='/bilans/{numero}/2016/']").first.click()
    page.get_by_role("link", name="Valider").click()
    page.get_by_label("Coût réel éligible retenu (€)").fill(str(cout))
    page.get_by_role("button", name="Valider le bilan").click()
    expect(page.get_by_text("Bilan validé.")).to_be_visible()


def deposer_le_decompte(page: Page, projet: int, dossier: Path) -> None:
    """La pièce que le solde attend, par le portail."""
    fichier = dossier / "decompte.pdf"
    fichier.write_bytes(pdf())
    page.goto(f"/mes-versements/{projet}/")
    page.locator("input[type=file]").first.set_input_files(fichier)
    page.get_by_role("button", name="Déposer").first.click()
    expect(page.get_by_text("déposé", exact=False).first).to_be_visible()


def verifier_le_decompte(page: Page, appel: AppelAProjets, numero: int) -> None:
    """Les finances ouvrent la pièce reçue et la disent vérifiée : le solde est prêt."""
    page.goto(f"/financements/{appel.slug}/actions/{numero}/execution/")
    page.get_by_role("link", name="Solde 2016").click()
    with page.expect_download() as recu:
        page.get_by_role("link", name="decompte.pdf").click()
    assert recu.value.path().read_bytes() == pdf()
    page.get_by_role("button", name="Vérifiée").click()
    expect(page.get_by_text("Rien ne manque")).to_be_visible()
