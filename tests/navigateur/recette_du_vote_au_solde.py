"""Du scénario adopté au solde payé, sur les 1 350 projets de l’appel de 2016 : par les pages, dans un vrai navigateur.

Hors de la suite, par `make recette` : trois minutes sur deux cœurs libres, sept sur une machine chargée, presque
toutes à éditer et à signer un demi-millier de conventions. Les travaux passent par la file et un vrai travailleur ;
leurs barres avancent, leurs annulations arrêtent. Après chaque étape, l’écran et la base disent le même nombre et les
mêmes euros, au centime.

Hors des pages : le chargement, les adhésions des porteurs, et les bilans au-delà des premiers.
"""

import csv
import re
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
from django.db.models import QuerySet, Sum
from playwright.sync_api import Page, expect

from comptes.models import Document, Personne
from comptes.states import EtatDocument, Role, RoleOrganisme
from config.embarque.processus import attendre
from financements.actions.bilans.deposer import deposer_le_bilan
from financements.actions.bilans.revoir import valider_le_bilan
from financements.actions.bilans.saisir import saisir_le_bilan
from financements.actions.imputer_la_demonstration import imputer_la_demonstration
from financements.chiffres.arbitrage.panneau import Panneau
from financements.chiffres.conventions import actions_obligees
from financements.forms.bilans.dossier import DossierDuBilan
from financements.models import (
    Action,
    Bilan,
    Convention,
    Decision,
    MouvementDEngagement,
    Notification,
    Scenario,
    Tranche,
    Versement,
)
from projets.models import AppelAProjets
from tests.comptes.fabriques import AdhesionFactory, PersonneFactory
from tests.financements.bilans.scenes import relu
from tests.navigateur import du_vote_au_solde as etapes
from tests.navigateur.test_parcours_de_l_arbitrage import adopter, appel_de_2016, proposer_une_selection

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.lent]
AUX_PAGES = 3  # bilans remplis, déposés et validés par les pages ; le premier a dépensé un dixième de moins
HORS_DES_PAGES = 40  # bilans que les mêmes actes rendent et valident
MINUTE = 60.0  # secondes


def test_tout_le_programme_du_scenario_adopte_au_solde_paye(worker_celery, entrer, tmp_path):
    appel, personne = appel_de_2016()
    imputer_la_demonstration()
    pilote, finances = entrer(personne), entrer(PersonneFactory(role=Role.FINANCES))
    adopter_une_selection(pilote, appel)
    etapes.regler_les_versements(finances, appel)
    voter(pilote, appel)
    notifier(finances, appel)
    conventionner(finances, appel)
    payer(finances, appel, tmp_path, "exercice=2016", siennes(Versement, appel).filter(exercice=2016))
    choisies = rendre_et_valider_les_bilans(entrer, pilote, appel, tmp_path)
    liberer_2017_pour_elles_seules(finances, appel, choisies, tmp_path)
    tout_se_retrouve(finances, appel)


def siennes(modele, appel: AppelAProjets) -> QuerySet:
    """Les lignes de cet appel : tranches, engagements, versements."""
    return modele.objects.filter(action__projet__appel=appel)


def somme(lignes: QuerySet) -> Decimal:
    return lignes.aggregate(somme=Sum("montant"))["somme"] or Decimal(0)


def dit(page: Page, *valeurs: Decimal | int) -> None:
    """La page écrit chacune : des euros au centime, ou un nombre."""
    for valeur in valeurs:
        motif = etapes.chiffres(valeur) if isinstance(valeur, int) else etapes.euros(valeur)
        expect(page.get_by_text(re.compile(motif)).locator("visible=true").first).to_be_visible()


def interrompre(page: Page) -> None:
    """Le travail avance, s’annule, et la page rechargée offre ce qui reste."""
    expect(page.get_by_text("% ·").first).to_be_visible()
    page.get_by_role("button", name="Annuler").first.click()
    expect(page.get_by_text("Annulé à la demande d’une personne.").first).to_be_visible()


def adopter_une_selection(page: Page, appel: AppelAProjets) -> None:
    """La sélection que le calcul propose tient dans chaque enveloppe."""
    page.goto(f"/arbitrage/{appel.slug}/")
    proposer_une_selection(page)
    adopter(page, appel)


def voter(page: Page, appel: AppelAProjets) -> None:
    propose = Panneau(Scenario.objects.select_related("appel").get(appel=appel, etat="adopte"))
    etapes.voter(page, appel, "Calculée")
    vote = somme(siennes(Tranche, appel))
    assert (vote, Action.objects.count()) == (propose.total.periode.propose, propose.totaux.retenus)
    dit(page, Action.objects.count(), Decision.objects.filter(sens="non_retenu").count())
    page.goto(f"/financements/{appel.slug}/suivi/")
    dit(page, vote)


def notifier(page: Page, appel: AppelAProjets) -> None:
    """Rien avant l’exécutoire ; interrompu puis repris, l’envoi notifie chaque décision une fois."""
    etapes.ouvrir_la_deliberation(page, appel)
    etapes.rien_ne_se_notifie_encore(page)
    assert (Notification.objects.count(), MouvementDEngagement.objects.count()) == (0, 0)
    etapes.dater(page)
    toutes = Decision.objects.count()
    etapes.lancer_les_notifications(page, toutes)
    interrompre(page)
    restent = toutes - Notification.objects.count()
    assert 0 < restent < toutes
    etapes.lancer_les_notifications(page, restent)
    etapes.notifiees(page, restent, etapes.LOT_LONG)
    assert Notification.objects.count() == toutes
    sans = Action.objects.exclude(pk__in=actions_obligees(appel).values("pk"))
    assert somme(siennes(MouvementDEngagement, appel)) == somme(Tranche.objects.filter(action__in=sans))


def conventionner(page: Page, appel: AppelAProjets) -> None:
    """Toutes celles que la loi oblige, en un lot ; signées, tout ce qui est voté est engagé."""
    obligees = actions_obligees(appel).count()
    etapes.lancer_les_conventions(page, appel, obligees)
    etapes.editees(page, obligees, etapes.LOT_LONG)
    interrompre(page)  # l’archive des PDF, que l’édition vient de demander
    etapes.signer_les_conventions(page, obligees, etapes.LOT_LONG)
    assert Convention.objects.filter(etat="signee").count() == obligees
    engage = somme(siennes(MouvementDEngagement, appel))
    assert engage == somme(siennes(Tranche, appel)) == somme(siennes(Versement, appel))
    page.goto(f"/financements/{appel.slug}/versements/")
    dit(page, engage, siennes(Versement, appel).count())


def payer(page: Page, appel: AppelAProjets, dossier: Path, filtre: str, voulus: QuerySet[Versement]) -> None:
    """Liquide la file filtrée, emporte les liquidations, importe le retour qu’elles font : voulus, et eux seuls."""
    cles = list(voulus.exclude(etat="paye").values_list("pk", flat=True))
    ceux_la = Versement.objects.filter(pk__in=cles)
    montant = somme(ceux_la)
    etapes.liquider(page, appel, filtre, len(cles))
    dit(page, montant)
    assert set(siennes(Versement, appel).filter(etat="liquide").values_list("pk", flat=True)) == set(cles)
    liquidations = emporter_les_liquidations(page, appel, dossier)
    assert (len(liquidations), sum(euros for _, euros in liquidations)) == (len(cles), montant)
    etapes.importer_le_retour(page, appel, dossier, liquidations, etapes.LOT_LONG)
    dit(page, len(cles), montant)
    assert set(ceux_la.values_list("etat", flat=True)) == {"paye"}


def emporter_les_liquidations(page: Page, appel: AppelAProjets, dossier: Path) -> list[tuple[str, Decimal]]:
    """(identifiant, montant) de chaque ligne du fichier que le progiciel recevrait."""
    adresse = f"/financements/{appel.slug}/exporter/progiciel/"
    page.goto(adresse)
    if not page.get_by_role("link", name="Emporter").count():
        page.goto(f"{adresse}profils/ajouter/?sorte=liquidations")
        page.get_by_label("Nom", exact=False).first.fill("Liquidations")
        page.get_by_role("button", name="Enregistrer").click()
    page.get_by_role("link", name="Emporter").click()
    with page.expect_download() as recu:
        page.get_by_role("button", name="Emporter le fichier").click()
    fichier = dossier / "liquidations.csv"
    recu.value.save_as(fichier)
    with fichier.open(encoding="utf-8", newline="") as lu:
        lignes = list(csv.DictReader(lu, delimiter=";"))
    return [(ligne["id_externe"], Decimal(ligne["montant"].replace(",", "."))) for ligne in lignes]


def rendre_et_valider_les_bilans(entrer, pilote: Page, appel: AppelAProjets, dossier: Path) -> list[Action]:
    """Un bilan par action payée en 2016 ; ceux de quelques actions aidées aussi en 2017, rendus et validés."""
    etapes.ouvrir_les_bilans(pilote, appel)
    payees = siennes(Versement, appel).filter(exercice=2016, etat="paye").values("action").distinct()
    assert Bilan.objects.count() == payees.count()
    en_2017 = Action.objects.filter(pk__in=payees, tranches__annee=2017).select_related("projet")
    choisies = list(en_2017.order_by("projet__numero")[: AUX_PAGES + HORS_DES_PAGES])
    porteur = PersonneFactory()
    for organisme in {action.projet.organisme_id for action in choisies}:
        AdhesionFactory(personne=porteur, organisme_id=organisme, role=RoleOrganisme.RESPONSABLE)
    page = entrer(porteur)
    for rang, action in enumerate(choisies[:AUX_PAGES]):
        par_les_pages(page, pilote, action, 9 if rang == 0 else 10)
        etapes.deposer_le_decompte(page, action.projet_id, dossier)
    par_les_actes(choisies[AUX_PAGES:], porteur)
    assert Bilan.objects.filter(etat="valide").count() == AUX_PAGES + HORS_DES_PAGES
    pilote.goto(f"/financements/{appel.slug}/bilans/")
    dit(pilote, Bilan.objects.count(), AUX_PAGES + HORS_DES_PAGES)
    return choisies


def par_les_pages(page: Page, pilote: Page, action: Action, dixiemes: int) -> None:
    """L’organisme dit cette part de ce qu’il avait prévu ; le service la retient."""
    depense, verse = depense_et_verse(action, dixiemes)
    etapes.remplir_le_bilan(page, action.projet_id, depense=depense, verse=verse)
    etapes.valider_le_bilan(pilote, action.projet.appel, action.projet.numero, depense)


def depense_et_verse(action: Action, dixiemes: int = 10) -> tuple[int, int]:
    """Cette part du coût prévu pour 2016, et l’avance payée, en euros ronds."""
    prevu = action.bilans.get(annee=2016).cout_prevu
    return int(prevu * dixiemes / 10), int(action.versements.get(annee=2016, etat="paye").montant)


def par_les_actes(actions: Sequence[Action], porteur: Personne) -> None:
    """Les autres, par les mêmes actes que les pages : le réalisé est le prévu."""
    pilote = Personne.objects.get(role=Role.PILOTE)
    for action in actions:
        depense, verse = depense_et_verse(action)
        bilan = action.bilans.get(annee=2016)
        lu = dict(bilan.saisies.values_list("champ", "valeur"))
        saisi = {**etapes.RESULTATS, **etapes.compte_rendu(depense, verse)}
        saisir_le_bilan(auteur=porteur, bilan=bilan, lu=lu, saisi=saisi)
        rempli = relu(bilan)
        deposer_le_bilan(auteur=porteur, bilan=rempli, verifie=DossierDuBilan(rempli).verifie())
        depose = relu(bilan)
        valider_le_bilan(auteur=pilote, bilan=depose, cout_reel=Decimal(depense), motif="", version=depose.version)


def liberer_2017_pour_elles_seules(
    page: Page, appel: AppelAProjets, choisies: Sequence[Action], dossier: Path
) -> None:
    """Leur avance de 2017, le solde de 2016 de celles dont le décompte est vérifié, et ce qui commence en 2017."""
    assert attendre(lambda: not Document.objects.filter(etat=EtatDocument.EN_ANALYSE).exists(), MINUTE)
    for action in choisies[:AUX_PAGES]:
        etapes.verifier_le_decompte(page, appel, action.projet.numero)
    prevus = siennes(Versement, appel).filter(exercice=2017, montant__gt=0)
    attendues = prevus.filter(nature="avance", action__in=choisies)
    soldes = prevus.filter(nature="solde", action__in=choisies[:AUX_PAGES])
    nouvelles = prevus.filter(nature="avance").exclude(action__tranches__annee=2016)  # n’ont pas de bilan à rendre
    assert (attendues.count(), soldes.count()) == (len(choisies), AUX_PAGES)
    voulus = [lignes.values("pk") for lignes in (attendues, soldes, nouvelles)]
    payer(page, appel, dossier, "exercice=2017&pret=prets", prevus.filter(pk__in=voulus[0].union(*voulus[1:])))
    assert prevus.filter(etat="paye").count() == len(choisies) + AUX_PAGES + nouvelles.count()


def tout_se_retrouve(page: Page, appel: AppelAProjets) -> None:
    """Engagé et payé de chaque exercice, à l’écran comme dans la base ; l’engagement ne dépasse pas le voté."""
    page.goto(f"/financements/{appel.slug}/suivi/")
    engages, payes = siennes(MouvementDEngagement, appel), siennes(Versement, appel).filter(etat="paye")
    for exercice in (2016, 2017, 2018, 2019):
        rangee = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=str(exercice), exact=True))
        for lignes in (engages, payes):
            ecrit = re.compile(f"^{etapes.euros(somme(lignes.filter(exercice=exercice)))}$")
            expect(rangee.first.get_by_role("cell", name=ecrit).first).to_be_visible()
    dit(page, somme(engages), somme(payes))
    assert somme(payes) < somme(engages) <= somme(siennes(Tranche, appel))
