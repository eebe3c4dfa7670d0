"""La clôture d’un exercice : ce qui se rattache, ce qui reste, ce que les suivants demandent, et leurs fichiers."""

import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.utils import timezone
from python_calamine import CalamineWorkbook

from comptes.states import Role
from config.socle.models import Journal
from financements.actions.suivi.exporter_la_cloture import exporter_la_cloture
from financements.chiffres import Perimetre, Programme
from financements.chiffres.execution.cloture import Cloture, Prevision, TotalDesRestes, TotalRattache
from financements.chiffres.execution.programme import Execution
from financements.exports.cloture import LISTES
from financements.models import Enveloppe, ReportDeCredits, Versement
from financements.states.execution import EtatVersement
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from tests.comptes.fabriques import PersonneFactory
from tests.financements.execution.fabriques import versement
from tests.financements.suivi.scenes import execute
from tests.financements.test_vues_programme import rangees
from tests.projets.fabriques import ProjetFactory, deport_de

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture
def actions():
    return execute()


def cloture(actions, annee):
    programme = Programme(Perimetre.entier(actions[0].projet.appel))
    return Cloture(Execution(programme), annee, PersonneFactory(finances=True))


def test_se_rattache_le_service_fait_que_rien_ne_mandate_au_31_decembre(actions):
    versement(actions[0], "0.50", EtatVersement.PREVU, service_fait_le=date(2017, 1, 3))  # service fait après
    versement(actions[0], "0.50", EtatVersement.ANNULE, service_fait_le=date(2016, 1, 3))
    lue = cloture(actions, 2016)
    # Mandaté le 10 janvier 2017, le troisième attendait encore au 31 décembre.
    assert [(v.action.projet.numero, v.montant) for v in lue.rattachements] == [(2, D("150.00")), (3, D("50.00"))]
    assert lue.total_rattache == TotalRattache(2, D("200.00"))
    assert list(cloture(actions, 2017).rattachements.values_list("montant", flat=True)) == [D("0.50"), D("150.00")]


def test_les_restes_a_payer_et_a_realiser(actions):
    lue = cloture(actions, 2016)
    assert [(r.numero, r.engage, r.mandate, r.reste, r.rattache, r.a_realiser) for r in lue.restes()] == [
        (1, D("100.01"), D("80.01"), D("20.00"), D("0.00"), D("20.00")),
        (2, D("200.00"), D("0.00"), D("200.00"), D("150.00"), D("50.00")),
        (3, D("50.00"), D("0.00"), D("50.00"), D("50.00"), D("0.00")),
    ]
    assert lue.total_des_restes == TotalDesRestes(3, *map(D, ("350.01", "80.01", "270.00", "200.00", "70.00")), lues=3)
    assert [r.numero for r in lue.restes(1, 1)] == [2]
    # Fin 2017, tous exercices ensemble : le reste à mandater est celui du programme.
    assert cloture(actions, 2017).total_des_restes.reste == lue.execution.total.reste_a_mandater


def test_la_prevision_confronte_les_echeanciers_aux_credits(actions):
    axe_1, axe_2 = (axe.pk for axe in cloture(actions, 2016).axes)
    enveloppe = Enveloppe.objects.get()
    ReportDeCredits.objects.create(enveloppe=enveloppe, de=2016, vers=2017, montant=D("300.00"), motif="Glissement.")
    (ligne,) = cloture(actions, 2016).previsions
    assert ligne == Prevision(
        exercice=2017,
        cp=D("1300.00"),
        mandate=D("0.00"),
        par_axe={axe_1: D("100.00"), axe_2: D("120.00")},
        en_retard=D("170.00"),  # 20 prévus et 150 liquidés de 2016
        sans_echeancier=D("30.00"),
    )
    assert (ligne.a_payer, ligne.besoin, ligne.ecart) == (D("390.00"), D("390.00"), D("910.00"))


def test_apres_le_dernier_exercice_les_retards_demandent_encore_des_credits(actions):
    (ligne,) = cloture(actions, 2017).previsions
    assert (ligne.exercice, ligne.cp, ligne.en_retard, ligne.ecart) == (2018, D("0.00"), D("390.00"), D("-390.00"))
    Versement.objects.filter(etat=EtatVersement.PREVU).update(etat=EtatVersement.ANNULE, motif="Essai.")
    Versement.objects.filter(etat=EtatVersement.LIQUIDE).update(
        etat=EtatVersement.MANDATE, mandate_le=date(2017, 2, 1), numero_de_mandat="M"
    )
    assert cloture(actions, 2017).previsions == []


def test_la_page_dit_les_chiffres_de_la_couche(actions, connecter):
    page = connecter(Role.LECTURE).get("/financements/essai/cloture/2016/")
    assert rangees(page, "Versements dont le service est fait et qui ne sont pas mandatés")[-1] == [
        "Total des rattachements",
        "200,00 €",
    ]
    assert rangees(page, "Restes à mandater et restes à réaliser par action")[-1] == [
        "Total de la liste", "350,01 €", "80,01 €", "270,00 €", "200,00 €", "70,00 €",
    ]  # fmt: skip
    assert rangees(
        page, "Crédits de paiement ouverts face aux paiements attendus, par exercice et par axe"
    ) == [
        ["2017", "1 000,00 €", "0,00 €", "100,00 €", "120,00 €", "170,00 €", "390,00 €", "+610,00 €", "30,00 €"],
    ]  # fmt: skip
    assert b"XLSX" not in page.content  # la lecture n’emporte rien


def test_la_derniere_cloture_est_celle_ou_il_reste_a_mandater(actions, connecter):
    client = connecter(Role.FINANCES)
    assert client.get("/financements/essai/cloture/").headers["Location"] == "/financements/essai/cloture/2016/"


def test_la_page_coute_toujours_autant(actions, connecter, requetes):
    client = connecter(Role.FINANCES)
    nombres = []
    for ajoutes in (0, 3):
        for _ in range(ajoutes):
            versement(actions[1], "1.00", EtatVersement.LIQUIDE, service_fait_le=date(2016, 12, 15))
        with requetes() as prises:
            assert client.get("/financements/essai/cloture/2016/").status_code == 200
        nombres.append(prises.nombre)
        assert prises.ecritures == []
    assert nombres == [11, 11]


def test_les_listes_taisent_l_action_de_qui_s_en_est_deporte_que_les_totaux_comptent(actions, client):
    moi = PersonneFactory(finances=True)
    client.force_login(moi)

    def lues(adresse="/financements/essai/cloture/2016/"):
        page = client.get(adresse)
        titres = (
            "Versements dont le service est fait et qui ne sont pas mandatés",
            "Restes à mandater et restes à réaliser par action",
        )
        tableaux = [rangees(page, titre) for titre in titres]
        return [len(lignes) - 1 for lignes in tableaux], [lignes[-1] for lignes in tableaux], page.text

    lignes, totaux, ecran = lues()
    assert (lignes, "déporté" in ecran) == ([2, 3], False)
    deport_de(moi, actions[1].projet)
    deport_de(moi, ProjetFactory(axe=actions[1].projet.axe))  # non retenu : aucune liste ne l’aurait eu
    lignes_apres, totaux_apres, ecran = lues()
    assert (lignes_apres, totaux_apres, ecran.count("Un projet dont vous vous êtes déporté")) == ([1, 2], totaux, 2)
    fichier = client.post("/financements/essai/cloture/2016/restes/csv/")
    recu = b"".join(fichier.streaming_content).decode("utf-8-sig")
    assert [ligne.split(";")[1] for ligne in recu.splitlines()[1:]] == ["1", "3"]
    for adresse, dit in (("cloture/2016/restes", 1), ("cloture/2016/prevision", 0), ("actions/exporter", 1)):
        reponse = client.post(f"/financements/essai/{adresse}/xlsx/")
        feuille = openpyxl.load_workbook(io.BytesIO(b"".join(reponse.streaming_content))).worksheets[0]
        notes = [str(case) for rangee in feuille.iter_rows(values_only=True) for case in rangee]
        assert notes.count("Déport de qui emporte ce fichier : un projet n’y est pas.") == dit, adresse


@pytest.mark.parametrize(
    ("liste", "lignes", "colonne", "total"),
    [("rattachements", 2, "J", 200), ("restes", 3, "H", 270), ("prevision", 1, "G", 390)],
)
def test_chaque_liste_s_emporte_et_l_export_laisse_sa_trace(actions, connecter, liste, lignes, colonne, total):
    client = connecter(Role.FINANCES)

    def recu(extension: str) -> bytes:
        reponse = client.post(f"/financements/essai/cloture/2016/{liste}/{extension}/")
        nom = f"essai-{liste}-2016-{timezone.localdate():%Y-%m-%d}-{lignes}-{'lignes' if lignes > 1 else 'ligne'}"
        assert reponse.headers["Content-Disposition"] == f'attachment; filename="{nom}.{extension}"'
        return b"".join(reponse.streaming_content)

    feuille = openpyxl.load_workbook(io.BytesIO(recu("xlsx"))).worksheets[0]
    valeurs = [feuille[f"{colonne}{rang}"].value for rang in range(2, lignes + 2)]
    assert sum(valeurs) == total
    assert feuille[f"{colonne}{lignes + 2}"].value == f"=SUM({colonne}2:{colonne}{lignes + 1})"
    ods = CalamineWorkbook.from_filelike(io.BytesIO(recu("ods"))).get_sheet_by_index(0).to_python()
    assert (ods[lignes + 1][0], ods[lignes + 1][ord(colonne) - ord("A")]) == ("Total", total)
    assert len(recu("csv").decode("utf-8-sig").strip().split("\r\n")) == lignes + 1
    acte = Journal.objects.filter(acte="exporter_la_cloture").order_by("pk").first()
    assert (acte.apres["lignes"], acte.apres["exercice"], acte.apres["format"]) == (lignes, 2016, "xlsx")


def test_une_liste_qui_change_se_redemande(actions, connecter):
    client = connecter(Role.FINANCES)
    page = client.get("/financements/essai/cloture/2016/").content.decode()
    annonces = [page.count(f'name="annonce" value="{nombre}"') for nombre in (1, 2, 3)]
    assert annonces == [3, 3, 3]  # prévision, rattachements, restes, en trois formats
    reponse = client.post("/financements/essai/cloture/2016/restes/csv/", {"annonce": "2"})
    assert (reponse.status_code, reponse["Location"]) == (302, "/financements/essai/cloture/2016/")
    lue = cloture(actions, 2016)
    assert (lue.total_des_restes.lues, lue.total_rattache.lus) == (3, 2)
    Versement.objects.filter(mandate_le__year=2017).update(mandate_le=date(2016, 12, 1))
    for liste in ("restes", "rattachements"):
        with pytest.raises(ExportIncomplet):
            exporter_la_cloture(
                auteur=lue.personne, cloture=lue, liste=LISTES[liste], extension="csv", fichier=io.BytesIO()
            )
    assert not Journal.objects.exists()
