"""Du scénario adopté au solde payé, trente-six projets, par les pages ; puis chaque fichier relu, au centime."""

import csv
import io
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from django.contrib.messages import ERROR, get_messages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Sum
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

import comptes.planning  # noqa: F401 (enregistre la tâche d’examen des pièces, appelée par son nom)
from comptes.models import Organisme, Personne
from comptes.states import FormeJuridique, RoleOrganisme
from financements.actions.arbitrage.adopter import adopter
from financements.chiffres import Perimetre
from financements.models import (
    Bilan,
    Convention,
    Deliberation,
    MouvementDEngagement,
    Notification,
    PieceDeVersement,
    ProfilDExport,
    RattachementDImputation,
    Tranche,
    Versement,
)
from financements.states import CategorieDeBeneficiaire
from financements.states.echanges import SorteDeProfil
from projets.models import AppelAProjets
from projets.states import EtatProjet, SensDeLAvis
from tests.comptes.fabriques import AdhesionFactory, CompteBancaireFactory, OrganismeFactory, PersonneFactory
from tests.financements.arbitrage.fabriques import ANNEES, PetitArbitrage, avis_sur, petit_arbitrage
from tests.financements.echanges import frictionless_scdl
from tests.financements.echanges.fabriques import imputee, profil_de
from tests.financements.execution.fabriques import regle
from tests.financements.rapports import ecrit, imprime, texte
from tests.projets.fabriques import ProjetFactory
from tests.socle.fichiers_d_essai import pdf

pytestmark = pytest.mark.django_db
NOMBRE = 36
A_CONVENTIONNER = 2  # au-dessus de 23 000 € par an ; chacune fait un PDF
BILANS = 8  # rendus puis validés
MOINDRES = 2  # de ceux-là, qui ont dépensé moins que prévu : leur solde baisse
VOTE = "Attribué en tout (€)"
Faire = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True)
class Monde:
    """L’appel voté ici, et une personne de chaque rôle dans son navigateur."""

    appel: AppelAProjets
    pilote: Client
    finances: Client
    porteur: Client
    faire: Faire  # les effets différés s’exécutent à la sortie du bloc

    @property
    def adresse(self) -> str:
        return f"/financements/{self.appel.slug}/"

    def envoyer(self, navigateur: Client, adresse: str, **donnees: object) -> None:
        """Un formulaire accepté mène ailleurs, sans message d’erreur ; refusé, sa page le dit."""
        with self.faire():
            reponse = navigateur.post(adresse, donnees)
        assert reponse.status_code == 302, reponse.content.decode()
        dits = get_messages(reponse.wsgi_request)
        assert [str(dit) for dit in dits if dit.level >= ERROR] == []


def aide(numero: int) -> Decimal:
    """Par an, des centimes partout."""
    grande = Decimal("25000.37") if numero % NOMBRE < A_CONVENTIONNER else Decimal("1200.07")
    return grande + Decimal(numero) / 100


def organisme(numero: int, porteur: Personne) -> Organisme:
    """Un sur quatre est un CCAS ; ceux qui se conventionnent sont des associations."""
    est_public = numero % 4 == 0 and numero % NOMBRE >= A_CONVENTIONNER
    forme = FormeJuridique.CCAS if est_public else FormeJuridique.ASSOCIATION
    cree: Organisme = OrganismeFactory(nom=f"Organisme {numero}", forme_juridique=forme)
    CompteBancaireFactory(organisme=cree)
    AdhesionFactory(personne=porteur, organisme=cree, role=RoleOrganisme.RESPONSABLE)
    return cree


@transaction.atomic
def arbitrage_adopte(porteur: Personne) -> PetitArbitrage:
    """Trente-six projets favorables, sur deux axes et deux territoires, dans le scénario adopté."""
    monde = petit_arbitrage(cp="200000.00")
    axes = [monde.projets[1].axe, monde.projets[2].axe]
    for ancien in monde.projets.values():
        ancien.etat = EtatProjet.CLASSE
        ancien.save(update_fields=["etat"])
    parts = ({"VAL": "100"}, {"VAL": "33.33", "DOU": "66.67"}, {"DOU": "100"})
    for numero in range(NOMBRE, 2 * NOMBRE):
        montant = str(aide(numero))
        projet = ProjetFactory(
            axe=axes[numero % 2],
            numero=numero,
            organisme=organisme(numero, porteur),
            etat=EtatProjet.INSTRUIT,
            territoires={monde.territoires[code]: part for code, part in parts[numero % 3].items()},
            budget=dict.fromkeys(ANNEES, (str(aide(numero) * 2), montant)),
        )
        avis_sur(projet, SensDeLAvis.FAVORABLE, dict.fromkeys(ANNEES, montant), monde.pilote)
    regle(monde.appel)
    imputation = imputee(monde.appel)
    RattachementDImputation.objects.bulk_create(
        RattachementDImputation(imputation=imputation, axe=axe, categorie=CategorieDeBeneficiaire.CCAS) for axe in axes
    )
    return monde


@pytest.fixture
def monde(dossier_prive, django_capture_on_commit_callbacks) -> Monde:
    porteur = PersonneFactory()
    arbitrage = arbitrage_adopte(porteur)
    adopter(auteur=arbitrage.pilote, scenario=arbitrage.scenario("Adopté"))
    navigateurs = []
    for personne in (arbitrage.pilote, PersonneFactory(role="finances"), porteur):
        navigateurs.append(Client())
        navigateurs[-1].force_login(personne)
    return Monde(arbitrage.appel, *navigateurs, faire=lambda: django_capture_on_commit_callbacks(execute=True))


def test_du_vote_au_solde_paye_chaque_fichier_dit_les_memes_totaux(monde, tmp_path):
    voter_et_notifier(monde)
    conventionner(monde)
    assert payer(monde, exercice=2016) == NOMBRE
    rendre_et_valider_les_bilans(monde)
    deposer_les_decomptes(monde)
    assert payer(monde, exercice=2017) == 2 * BILANS  # le solde de 2016 et l’avance de 2017, de ceux-là seuls
    chaque_fichier_dit_les_totaux(monde, tmp_path)


def voter_et_notifier(monde: Monde) -> None:
    vote = {"reference": "D1", "adoptee_le": "2016-06-13", "organe": "assemblee", "pour": 70, "contre": 0}
    page = f"/arbitrage/{monde.appel.slug}/voter/"
    lu = monde.pilote.get(page).context["scenario"].marque
    monde.envoyer(monde.pilote, page, **vote, abstentions=0, lu=lu)
    deliberation = Deliberation.objects.get(reference="D1")
    page = f"{monde.adresse}deliberations/{deliberation.pk}/"
    with monde.faire():
        monde.finances.post(f"{page}notifier/", follow=True)
    assert Notification.objects.count() == 0  # rien avant l’exécutoire
    monde.envoyer(monde.finances, f"{page}dates/", transmise_le="2016-06-20", publiee_le="2016-06-21", version=1)
    monde.envoyer(monde.finances, f"{page}notifier/")
    assert Notification.objects.count() == NOMBRE
    assert engagees() == NOMBRE - A_CONVENTIONNER


def engagees() -> int:
    return MouvementDEngagement.objects.values("action").distinct().count()


def conventionner(monde: Monde) -> None:
    deliberation = Deliberation.objects.get(reference="D1").pk
    page = f"{monde.adresse}conventions/"
    monde.envoyer(monde.finances, f"{page}lots/", deliberation=deliberation)
    assert [une.pages > 0 for une in Convention.objects.all()] == [True] * A_CONVENTIONNER
    jour = timezone.localdate().isoformat()
    monde.envoyer(monde.finances, f"{page}signatures/{deliberation}/", organisme_le=jour, departement_le=jour)
    assert engagees() == NOMBRE


def payer(monde: Monde, exercice: int) -> int:
    """Liquider ce qui est prêt, envoyer les liquidations, importer le retour qu’elles font ; combien sont payés."""
    monde.envoyer(monde.finances, f"{monde.adresse}versements/liquider/?exercice={exercice}&pret=prets")
    liquidations = lignes(telecharge(monde, SorteDeProfil.LIQUIDATIONS))
    tampon = io.StringIO()
    plume = csv.writer(tampon, delimiter=";")
    plume.writerow(("identifiant", "statut", "montant", "mandat", "bordereau", "emis_le", "paye_le"))
    plume.writerows(
        (une["id_externe"], "payé", une["montant"], f"{exercice}-{rang}", "B1", "15/09/2016", "20/09/2016")
        for rang, une in enumerate(liquidations, start=1)
    )
    fichier = SimpleUploadedFile(f"retour-{exercice}.csv", tampon.getvalue().encode())
    monde.envoyer(monde.finances, f"{monde.adresse}exporter/progiciel/retours/", fichier=fichier, suite="importer")
    assert not Versement.objects.filter(etat="liquide").exists()
    assert telecharge(monde, SorteDeProfil.LIQUIDATIONS).count(b"\n") == 1  # tout est mandaté : l’en-tête seul
    return len(liquidations)


def telecharge(monde: Monde, sorte: SorteDeProfil, **donnees: str) -> bytes:
    """Le fichier du progiciel, toutes les colonnes, par la page."""
    profil = ProfilDExport.objects.filter(sorte=sorte).first() or profil_de(sorte)
    reponse = monde.finances.post(f"{monde.adresse}exporter/progiciel/profils/{profil.pk}/fichier/", donnees)
    return b"".join(reponse.streaming_content)


def lignes(octets: bytes, *, encodage: str = "utf-8", separateur: str = ";") -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(octets.decode(encodage), newline=""), delimiter=separateur))


def rendre_et_valider_les_bilans(monde: Monde) -> None:
    """Ceux des premières actions, par le portail ; les deux premières ont dépensé un dixième de moins."""
    monde.envoyer(monde.pilote, f"{monde.adresse}bilans/ouvrir/", annee="2016")
    assert Bilan.objects.count() == NOMBRE
    for rang, bilan in enumerate(bilans()):
        cout, verse = aide(bilan.action.projet.numero) * 2, bilan.action.versements.get(etat="paye").montant
        reel = cout * (9 if rang < MOINDRES else 10) / 10
        euros = {"c_601_2016": int(reel), "c_74dep_2016": int(verse), "c_70_2016": int(reel) - int(verse)}
        page = f"/mes-projets/{bilan.action.projet_id}/bilan/2016/"
        textes = {"effectif_accompagnes": "40", "realisation": "Fait.", "resultats": "Tenus."}
        monde.envoyer(monde.porteur, f"{page}resultats/", **textes)
        monde.envoyer(monde.porteur, f"{page}finances/", **euros)
        version = Bilan.objects.get(pk=bilan.pk).version
        monde.envoyer(monde.porteur, f"{page}verification/", certifie="on", version=version)
        revue = f"{monde.adresse}bilans/{bilan.action.projet.numero}/2016/valider/"
        monde.envoyer(monde.pilote, revue, cout_reel=int(reel), version=version + 1)
    assert Bilan.objects.filter(etat="valide").count() == BILANS


def bilans() -> Sequence[Bilan]:
    lus = Bilan.objects.select_related("action__projet").order_by("action__projet__numero")
    return list(lus[:BILANS])


def deposer_les_decomptes(monde: Monde) -> None:
    """La pièce que chaque solde attend, déposée par l’organisme, vérifiée par les finances."""
    pieces = PieceDeVersement.objects.filter(versement__annee=2016, versement__action__bilans__etat="valide")
    assert len(pieces) == BILANS
    for piece in pieces.select_related("versement__action"):
        projet = piece.versement.action.projet_id
        fichier = SimpleUploadedFile("decompte.pdf", pdf(marque=str(piece.pk)), content_type="application/pdf")
        monde.envoyer(monde.porteur, f"/mes-versements/{projet}/pieces/{piece.pk}/", fichier=fichier)
        monde.envoyer(monde.finances, f"{monde.adresse}versements/{piece.versement_id}/pieces/{piece.pk}/verifier/")


@dataclass(frozen=True)
class Totaux:
    """Ce que la base dit, en une somme par question."""

    vote: Decimal
    engage: Decimal
    paye: Decimal

    @classmethod
    def de_la_base(cls) -> "Totaux":
        sommes = [
            lignes_.aggregate(somme=Sum("montant"))["somme"]
            for lignes_ in (Tranche.objects, MouvementDEngagement.objects, Versement.objects.filter(etat="paye"))
        ]
        return cls(*sommes)


def chaque_fichier_dit_les_totaux(monde: Monde, dossier: Path) -> None:
    totaux = Totaux.de_la_base()
    votes = {numero: aide(numero) * 3 for numero in range(NOMBRE, 2 * NOMBRE)}
    assert totaux.vote == sum(votes.values())
    assert par_action_des_tableurs(monde) == dict.fromkeys(("xlsx", "ods", "csv"), votes)
    assert par_action_des_donnees_ouvertes(monde, dossier) == sorted(votes.values())
    engagements = lignes(telecharge(monde, SorteDeProfil.ENGAGEMENTS))
    assert sum(euros(une["montant"]) for une in engagements) == totaux.engage
    liquidations = lignes(telecharge(monde, SorteDeProfil.LIQUIDATIONS, toutes="on"))
    assert sum(euros(une["montant"]) for une in liquidations) == totaux.paye
    le_rapport_les_dit(monde, dossier, totaux)


def euros(texte_lu: str) -> Decimal:
    return Decimal(texte_lu.replace(",", "."))


def par_action_des_tableurs(monde: Monde) -> dict[str, dict[int, Decimal]]:
    """Format → numéro → voté, lus dans les lignes ; le total du pied et de la synthèse en est la somme."""
    recus = {}
    for genre in ("xlsx", "ods", "csv"):
        reponse = monde.finances.post(f"{monde.adresse}actions/exporter/{genre}/")
        recus[genre] = b"".join(reponse.streaming_content)
    classeur = openpyxl.load_workbook(io.BytesIO(recus["xlsx"]), data_only=True)
    ods = CalamineWorkbook.from_filelike(io.BytesIO(recus["ods"]))
    return {
        "xlsx": _des_feuilles({une.title: [list(r) for r in une.iter_rows(values_only=True)] for une in classeur}),
        "ods": _des_feuilles({nom: ods.get_sheet_by_name(nom).to_python() for nom in ods.sheet_names}),
        "csv": {int(une["N°"]): euros(une[VOTE]) for une in lignes(recus["csv"], encodage="utf-8-sig")},
    }


def _des_feuilles(feuilles: dict[str, list[list[object]]]) -> dict[int, Decimal]:
    synthese, *axes = feuilles.values()
    votes: dict[int, Decimal] = {}
    for entetes, *rangees, pied in axes:
        colonne = entetes.index(VOTE)
        siens = {int(str(r[0]).removesuffix(".0")): au_centime(r[colonne]) for r in rangees}
        assert au_centime(pied[colonne]) == sum(siens.values())
        votes |= siens
    (total,) = [rangee for rangee in synthese if rangee[0] == "Total"]
    assert au_centime(total[synthese[0].index(VOTE)]) == sum(votes.values())
    return votes


def au_centime(case: object) -> Decimal:
    return Decimal(str(case)).quantize(Decimal("0.01"))


def par_action_des_donnees_ouvertes(monde: Monde, dossier: Path) -> list[Decimal]:
    """Jugées sur le schéma officiel par frictionless ; leurs montants, triés."""
    reponse = monde.finances.post(f"{monde.adresse}exporter/donnees-ouvertes/", {"perimetre": "tout"})
    chemin = dossier / "scdl.csv"
    chemin.write_bytes(b"".join(reponse.streaming_content))
    assert frictionless_scdl.fautes(chemin) == set()
    return sorted(Decimal(une["montant"]) for une in lignes(chemin.read_bytes(), separateur=","))


def le_rapport_les_dit(monde: Monde, dossier: Path, totaux: Totaux) -> None:
    """La ligne d’ensemble de la section « Exécution » : attribué, engagé, mandaté, payé, reste à mandater."""
    chemin = dossier / "rapport.pdf"
    imprime(Perimetre.entier(monde.appel), chemin)
    reste = totaux.engage - totaux.paye
    attendu = (totaux.vote, totaux.engage, totaux.paye, totaux.paye, reste)
    assert " ".join(ecrit(montant) for montant in attendu) in " ".join(texte(chemin).split())
