"""Les annexes annuelles : ce qu’elles comptent, leurs fichiers, le produit des organismes."""

import csv
import io
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from python_calamine import CalamineWorkbook

from comptes.states import FormeJuridique, Role
from config.socle.models import Journal
from financements.actions.exports.annexes import declarer_un_produit, exporter_une_annexe
from financements.chiffres.exports.annexes import Annexe, SorteDAnnexe, exercices_connus, organismes_aides
from financements.models import ProduitDOrganisme
from financements.states.execution import EtatVersement
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.execution.fabriques import engager, programme, versement
from tests.financements.exports import augmenter
from tests.financements.fabriques import action_votee
from tests.financements.rapports import normaliser
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import CommuneFactory

pytestmark = pytest.mark.django_db
PETITE, GRANDE, SANS = "Asso à moitié", "Grande", "Sans commune"


@pytest.fixture
def organismes():
    """Trois organismes aidés en 2016 par deux appels : 80 000,01 €, 10 000 € et 500 € ; une action l’est en 2017."""
    lille = CommuneFactory(nom="Lille", code_insee="59350", population=1000)
    asso = {"forme_juridique": FormeJuridique.ASSOCIATION}
    grande = OrganismeFactory(nom=GRANDE, siret="52499120500013", rna=None, commune=lille, **asso)
    petite = OrganismeFactory(nom=PETITE, siret=None, rna="W591234567", commune=lille, **asso)
    sans = OrganismeFactory(nom=SANS, siret="38047555800058", rna=None, commune=None, **asso)
    (payee,) = programme(organisme=petite, numero=1, intitule="Éveil")
    engager(payee)
    versement(payee, "8000.00", EtatVersement.PAYE)
    axe = AxeFactory(appel=AppelFactory(intitule="Autre", annee_debut=2016, annee_fin=2017))
    action_votee(axe=axe, organisme=grande, numero=2, intitule="Un", montants={2016: "80000.00", 2017: "1.00"})
    action_votee(axe=axe, organisme=grande, numero=3, intitule="Deux", montants={2016: "0.01"})
    action_votee(axe=axe, organisme=sans, numero=4, intitule="Trois", montants={2016: "500.00"})
    action_votee(axe=axe, organisme=sans, numero=5, intitule="Quatre", montants={2017: "7.00"})
    return {un.nom: un for un in (grande, petite, sans)}


def lues(sorte: str, exercice: int = 2016) -> list[list[object]]:
    return [list(rangee) for rangee in Annexe(SorteDAnnexe(sorte), exercice).rangees()]


def test_les_concours_sont_ceux_de_l_annee_tous_appels(organismes):
    appel = organismes[PETITE].projets.get().appel.intitule
    euros = Decimal
    assert lues("concours") == [
        [PETITE, None, "W591234567", "Lille", "association", appel, 1, "Éveil", euros("10000.00"), euros("8000.00")],
        [GRANDE, "52499120500013", None, "Lille", "association", "Autre", 2, "Un", euros("80000.00"), euros("0.00")],
        [GRANDE, "52499120500013", None, "Lille", "association", "Autre", 3, "Deux", euros("0.01"), euros("0.00")],
        [SANS, "38047555800058", None, None, "association", "Autre", 4, "Trois", euros("500.00"), euros("0.00")],
    ]
    assert Annexe(SorteDAnnexe.CONCOURS, 2016).compte == (4, euros("90500.01"), euros("8000.00"))
    assert exercices_connus() == [2018, 2017, 2016]


def test_un_organisme_est_retenu_au_dessus_de_75_000_euros_ou_de_la_moitie_de_son_produit(organismes):
    assert [rangee[0] for rangee in lues("organismes")] == [GRANDE]
    auteur = PersonneFactory(finances=True)
    declarer_un_produit(auteur=auteur, organisme=organismes[PETITE], annee=2016, montant=Decimal("20000.00"))
    assert [rangee[0] for rangee in lues("organismes")] == [GRANDE]
    declarer_un_produit(auteur=auteur, organisme=organismes[PETITE], annee=2016, montant=Decimal("19999.99"))
    assert [(rangee[0], *rangee[5:]) for rangee in lues("organismes")] == [
        (GRANDE, 2, Decimal("80000.01"), Decimal("0.00"), None, None),
        (PETITE, 1, Decimal("10000.00"), Decimal("8000.00"), Decimal("19999.99"), Decimal("50.00")),
    ]
    assert [(ligne.acte, ligne.avant, ligne.apres) for ligne in Journal.objects.order_by("pk")] == [
        ("declarer_un_produit", None, {"annee": 2016, "produit": "20000.00"}),
        ("declarer_un_produit", {"annee": 2016, "produit": "20000.00"}, {"annee": 2016, "produit": "19999.99"}),
    ]
    aides, combien, inconnus = organismes_aides(2016, 0, 50)
    assert ([(aide.nom, aide.est_retenu) for aide in aides], combien, inconnus) == (
        [(GRANDE, True), (PETITE, True), (SANS, False)], 3, 1,
    )  # fmt: skip


def test_l_etat_par_commune_dit_l_attribue_par_habitant(organismes):
    assert lues("communes") == [
        ["Lille", "59350", 1000, 2, 3, Decimal("90000.01"), Decimal("8000.00"), Decimal("90.00")],
        ["Commune du siège non renseignée", None, None, 1, 1, Decimal("500.00"), Decimal("0.00"), None],
    ]


@pytest.mark.parametrize("sorte", list(SorteDAnnexe))
def test_le_fichier_fait_les_totaux_annonces(organismes, connecter, sorte):
    annexe, navigateur = Annexe(sorte, 2016), connecter("finances")
    nombre, attribue, verse = annexe.compte

    def recu(extension: str) -> bytes:
        reponse = navigateur.post(f"/financements/annexes/2016/{sorte}/{extension}/", {"annonce": str(nombre)})
        return b"".join(reponse.streaming_content)

    rang = annexe.forme.premier_montant
    lignes = list(csv.reader(io.StringIO(recu("csv").decode("utf-8-sig"), newline=""), delimiter=";"))[1:]
    sommes = [sum(Decimal(ligne[colonne].replace(",", ".")) for ligne in lignes) for colonne in (rang, rang + 1)]
    assert (len(lignes), *sommes) == (nombre, attribue, verse)
    feuille = openpyxl.load_workbook(io.BytesIO(recu("xlsx")))["Annexe"]
    lettre = openpyxl.utils.get_column_letter(rang + 1)
    assert feuille.cell(nombre + 2, rang + 1).value == f"=SUM({lettre}2:{lettre}{nombre + 1})"
    ods = CalamineWorkbook.from_filelike(io.BytesIO(recu("ods"))).get_sheet_by_name("Annexe").to_python()
    assert (ods[nombre + 1][0], ods[nombre + 1][rang]) == ("Total", float(attribue))
    assert Journal.objects.filter(acte="exporter_une_annexe").count() == 3


def test_une_annexe_qui_change_se_redemande(organismes, connecter):
    reponse = connecter("pilote").post("/financements/annexes/2016/concours/csv/", {"annonce": "9"})
    assert (reponse.status_code, reponse["Location"]) == (302, "/financements/annexes/?exercice=2016&annexe=concours")
    annexe = Annexe(SorteDAnnexe.CONCOURS, 2016)
    assert annexe.nombre == 4
    augmenter(4, 2016)
    with pytest.raises(ExportIncomplet):
        list(annexe.rangees())


@pytest.mark.parametrize("role", [Role.PORTEUR, Role.INSTRUCTEUR, Role.LECTURE, Role.ADMINISTRATEUR])
def test_qui_ne_fait_que_lire_n_emporte_ni_ne_saisit(organismes, role):
    auteur, annexe = PersonneFactory(role=role), Annexe(SorteDAnnexe.CONCOURS, 2016)
    with pytest.raises(PermissionDenied):
        exporter_une_annexe(auteur=auteur, annexe=annexe, extension="csv", fichier=io.BytesIO())
    with pytest.raises(PermissionDenied):
        declarer_un_produit(auteur=auteur, organisme=organismes[PETITE], annee=2016, montant=Decimal(1))
    assert not Journal.objects.exists()


def test_l_ecran_montre_page_et_saisit_le_produit(organismes, connecter):
    navigateur = connecter("finances")
    lu = " ".join(
        normaliser(navigateur.get("/financements/annexes/?exercice=2016&annexe=communes").content.decode()).split()
    )
    assert ("2 lignes" in lu, "90 000,01 €" in lu, "Commune du siège non renseignée" in lu) == (True, True, True)
    liste = "/financements/annexes/2016/produits/"
    assert "2 organismes" in normaliser(navigateur.get(liste).content.decode())
    adresse = f"{liste}{organismes[SANS].pk}/"
    assert "Un montant positif" in navigateur.post(adresse, {"montant": "0"}).content.decode()
    assert navigateur.post(adresse, {"montant": "900,00"})["Location"] == liste
    assert ProduitDOrganisme.objects.get().montant == Decimal("900.00")
    assert [rangee[0] for rangee in lues("organismes")] == [GRANDE, SANS]
