"""L’export des actions votées : les filtres de l’écran, le compte annoncé, les totaux de la couche de chiffres."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from python_calamine import CalamineWorkbook

from comptes.states import Role
from config.socle.models import Journal
from config.socle.montants import format_euros
from financements.actions.exporter_les_decisions import exporter_les_decisions
from financements.chiffres import Perimetre, Programme
from financements.chiffres.choix import compter
from financements.chiffres.decisions import Decisions
from financements.models import Action, PartTranche
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from projets.states import Volet
from tests.architecture.acces import lire_le_fichier
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.exports import augmentee_pendant_l_export
from tests.financements.fabriques import action_votee
from tests.financements.rapports import imprime, normaliser, texte
from tests.projets.fabriques import AppelFactory, AxeFactory
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
PAGE = "/financements/essai/actions/exporter/"
FORMATS = ("xlsx", "ods", "csv")
CLASSEURS = ("xlsx", "ods")
ENTETES = [
    "N°", "Appel à projets", "Axe", "Volet", "Territoires et parts", "Organisme", "SIRET", "RNA", "Commune",
    "Intitulé", "Dispositif", "Allocataires par an", "Coût total de l’action (€)",
    "Attribué 2016 (€)", "Attribué 2017 (€)",
    "Attribué en tout (€)", "Aide du FSE à l’action (€)", "Délibération", "Date de la délibération",
]  # fmt: skip
MONTANTS = slice(13, 16)


@pytest.fixture
def appel():
    """Deux axes, deux territoires, deux ans, trois actions dont une partagée ; et une quatrième, d’un autre appel."""
    appel = AppelFactory(slug="essai", intitule="Insertion", annee_debut=2016, annee_fin=2017, est_fictif=True)
    pro = AxeFactory(appel=appel, numero=1, intitule="Emploi")
    social = AxeFactory(appel=appel, numero=2, intitule="Lien", volet=Volet.SOCIAL)
    nord, sud = TerritoireFactory(code="NORD", nom="Nord"), TerritoireFactory(code="SUD", nom="Sud")
    amis = OrganismeFactory(nom="-Les Amis", siret="99000001200017", rna=None, commune=None)
    ccas = OrganismeFactory(nom="CCAS", siret=None, rna="W591234567", commune=None)
    action_votee(
        axe=pro, numero=2, intitule="=1+1", organisme=amis, sous_type="ACI", allocataires_prevus=20,
        parts={nord: "66.50", sud: "33.50"}, montants={2016: "1000.01", 2017: "0.10"}, montant_fse="20.00",
    )  # fmt: skip
    action_votee(axe=social, numero=3, intitule="Épicerie", organisme=ccas, parts={sud: 100}, montants={2017: "10.20"})
    action_votee(axe=pro, numero=1, intitule="Éveil", organisme=ccas, parts={nord: 100}, montants={2016: "0.20"})
    action_votee(axe=AxeFactory(appel=AppelFactory(slug="autre"), numero=1), numero=9, intitule="Autre appel")
    return appel


def entieres(appel) -> Decisions:
    return Decisions(Perimetre.entier(appel), Action.objects.filter(projet__appel=appel))


def recu(navigateur, genre: str, **donnees) -> bytes:
    reponse = navigateur.post(f"{PAGE}{genre}/", donnees)
    assert reponse.status_code == 200, reponse
    return b"".join(reponse.streaming_content)


def csv_de(navigateur, **donnees) -> list[list[str]]:
    texte_recu = recu(navigateur, "csv", **donnees).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texte_recu, newline=""), delimiter=";"))


def classeur(navigateur, genre: str, **donnees) -> dict[str, list[list[object]]]:
    lu = CalamineWorkbook.from_filelike(io.BytesIO(recu(navigateur, genre, **donnees)))
    return {nom: lu.get_sheet_by_name(nom).to_python() for nom in lu.sheet_names}


def test_le_csv_dit_chaque_action_par_axe_puis_par_numero(appel, connecter):
    assert csv_de(connecter("finances")) == [
        ENTETES,
        ["1", "Insertion", "1", "insertion professionnelle", "Nord 100 %", "CCAS", "", "W591234567", "", "Éveil", "",
         "20", "0,40", "0,20", "0,00", "0,20", "", "DLES/2016/131", "13/06/2016"],
        ["2", "Insertion", "1", "insertion professionnelle", "Nord 66,5 %, Sud 33,5 %", "'-Les Amis", "99000001200017",
         "", "", "'=1+1", "ACI", "20", "2040,22", "1000,01", "0,10", "1000,11", "20,00", "DLES/2016/131",
         "13/06/2016"],
        ["3", "Insertion", "2", "insertion sociale", "Sud 100 %", "CCAS", "", "W591234567", "", "Épicerie", "", "20",
         "20,40", "0,00", "10,20", "10,20", "", "DLES/2016/131", "13/06/2016"],
    ]  # fmt: skip


@pytest.mark.parametrize("genre", CLASSEURS)
def test_le_classeur_a_une_synthese_puis_une_feuille_par_axe_aux_cases_typees(appel, connecter, genre):
    feuilles = classeur(connecter("pilote"), genre)
    assert list(feuilles) == ["Synthèse", "Axe 1", "Axe 2"]
    assert feuilles["Synthèse"][:4] == [
        [
            "Axe",
            "Intitulé de l’axe",
            "Volet",
            "Actions",
            "Attribué 2016 (€)",
            "Attribué 2017 (€)",
            "Attribué en tout (€)",
        ],
        [1.0, "Emploi", "insertion professionnelle", 2.0, 1000.21, 0.1, 1000.31],
        [2.0, "Lien", "insertion sociale", 1.0, 0.0, 10.2, 10.2],
        ["Total", "", "", 3.0, 1000.21, 10.3, 1010.51],
    ]
    assert feuilles["Synthèse"][-1][0] == "Données de démonstration."
    entetes, premiere, seconde, total = feuilles["Axe 1"]
    assert (entetes, premiere[0]) == (ENTETES, 1.0)
    assert seconde == [
        2.0, "Insertion", 1.0, "insertion professionnelle", "Nord 66,5 %, Sud 33,5 %", "-Les Amis", "99000001200017",
        "", "", "=1+1", "ACI", 20.0, 2040.22, 1000.01, 0.1, 1000.11, 20.0, "DLES/2016/131", date(2016, 6, 13),
    ]  # fmt: skip
    assert total == ["Total", *[""] * 12, 1000.21, 0.1, 1000.31, *[""] * 3]


def test_les_totaux_du_xlsx_sont_des_formules(appel, connecter):
    octets = recu(connecter("finances"), "xlsx")
    lu = openpyxl.load_workbook(io.BytesIO(octets))
    assert [c.value for c in lu["Axe 1"][4]][MONTANTS] == ["=SUM(N2:N3)", "=SUM(O2:O3)", "=SUM(P2:P3)"]
    assert [c.value for c in lu["Synthèse"][2]][3:] == [
        "=COUNT('Axe 1'!A2:A3)", "=SUM('Axe 1'!N2:N3)", "=SUM('Axe 1'!O2:O3)", "=SUM('Axe 1'!P2:P3)",
    ]  # fmt: skip
    assert [c.value for c in lu["Synthèse"][4]] == [
        "Total", None, None, "=SUM(D2:D3)", "=SUM(E2:E3)", "=SUM(F2:F3)", "=SUM(G2:G3)",
    ]  # fmt: skip
    assert (lu["Axe 1"].freeze_panes, lu["Axe 1"].auto_filter.ref) == ("B2", "A1:S3")
    assert lu["Axe 1"]["J3"].data_type == "s"  # « =1+1 » reste un texte


def test_les_totaux_sont_ceux_de_la_couche_de_chiffres_et_du_rapport(appel, connecter, tmp_path):
    programme = Programme(Perimetre.entier(appel))
    attendus = {li.axe.numero: [*li.par_annee.values(), li.total] for li in programme.par_axe}
    lignes = csv_de(connecter("finances"))[1:]
    lus = {
        numero: [
            sum(Decimal(li[rang].replace(",", ".")) for li in lignes if li[2] == str(numero)) for rang in (13, 14, 15)
        ]
        for numero in attendus
    }
    assert lus == attendus
    imprime(programme.perimetre, tmp_path / "rapport.pdf")
    assert normaliser(format_euros(entieres(appel).total)) == "1 010,51 €"
    assert "1 010,51" in texte(tmp_path / "rapport.pdf")


def test_les_filtres_sont_ceux_de_la_liste(appel, connecter):
    navigateur = connecter("finances")
    choix = {"axe": {"axe": "2"}, "mot": {"q": "eveil"}, "fse": {"fse": "oui"}, "montant": {"minimum": "10,20"}}
    lus = {nom: [li[0] for li in csv_de(navigateur, **filtres)[1:]] for nom, filtres in choix.items()}
    assert lus == {"axe": ["3"], "mot": ["1"], "fse": ["2"], "montant": ["2", "3"]}


def test_un_territoire_ne_montre_que_sa_part_et_le_dit(appel, connecter):
    sud = csv_de(connecter("finances"), territoire="SUD")
    assert sud[0][MONTANTS] == [
        "Attribué 2016, part Sud (€)", "Attribué 2017, part Sud (€)", "Attribué en tout, part Sud (€)",
    ]  # fmt: skip
    assert [[li[0], *li[MONTANTS]] for li in sud[1:]] == [
        ["2", "335,00", "0,03", "335,03"], ["3", "0,00", "10,20", "10,20"],
    ]  # fmt: skip
    notes = [li[0] for li in classeur(connecter("finances"), "xlsx", territoire="SUD")["Synthèse"]]
    assert "Montants attribués : la part du territoire Sud, non l’action entière." in notes
    assert "Territoire : Sud." in notes


@pytest.mark.parametrize("territoire", ["", "NORD", "SUD"])
def test_le_compte_par_axe_est_celui_de_l_ecran(appel, territoire):
    trouve = PartTranche.objects.filter(territoire__code=territoire).first()
    perimetre = Perimetre(appel, (2016, 2017), territoire=trouve.territoire if trouve else None)
    decisions = Decisions(perimetre, Action.objects.filter(projet__appel=appel))
    assert (decisions.actions, decisions.total) == compter(perimetre, decisions.choix)
    assert decisions.par_annee == {t.annee: t.vote for t in Programme(perimetre).par_annee}
    assert len(list(decisions.toutes())) == decisions.actions


def test_la_page_annonce_les_lignes_les_euros_et_les_filtres(appel, connecter):
    reponse = connecter("pilote").get(f"{PAGE}?axe=1&q=&minimum=1")
    lu = normaliser(reponse.content.decode())
    assert "<strong>1 ligne</strong>" in lu
    assert "<strong>1 000,11 €</strong>" in lu
    assert reponse.context["filtre"].en_clair == {"Axe": "1. Emploi", "Montant minimum (€)": "1"}
    assert 'href="/financements/essai/actions/?axe=1&amp;minimum=1"' in lu
    assert 'name="annonce" value="1"' in lu
    assert 'name="montant" value="1000.11"' in lu


def test_la_page_sans_action_n_offre_pas_de_fichier(appel, connecter):
    reponse = connecter("pilote").get(f"{PAGE}?q=introuvable").content.decode()
    assert ("0 ligne" in reponse, "formaction" in reponse) == (True, False)


@pytest.mark.parametrize("genre", FORMATS)
def test_le_fichier_a_le_nombre_annonce_et_le_porte_dans_son_nom(appel, connecter, genre):
    reponse = connecter("finances").post(f"{PAGE}{genre}/", {"annonce": "3", "montant": "1010.51"})
    lire_le_fichier(reponse)
    assert reponse["Content-Disposition"].endswith(f'-3-lignes.{genre}"')


@pytest.mark.parametrize("genre", FORMATS)
@pytest.mark.parametrize(("annonce", "montant"), [("7", "1010.51"), ("3", "1010.52")])
def test_si_le_programme_a_change_on_le_redemande(appel, connecter, genre, annonce, montant):
    donnees = {"annonce": annonce, "montant": montant, "fse": ""}
    reponse = connecter("pilote").post(f"{PAGE}{genre}/", donnees, follow=True)
    assert reponse.redirect_chain == [(PAGE, 302)]
    assert "le fichier aurait 3 lignes et 1 010,51 €" in normaliser(reponse.content.decode())
    assert not Journal.objects.filter(acte="exporter_les_decisions").exists()


def test_l_export_s_ecrit_au_journal_de_l_appel(appel, connecter):
    finances = PersonneFactory(finances=True)
    recu(connecter(finances), "ods", axe="1", q="")
    ligne = Journal.objects.get(acte="exporter_les_decisions")
    assert (ligne.auteur, ligne.objet_type, ligne.objet_id, ligne.apres) == (
        finances, "projets.AppelAProjets", str(appel.pk),
        {"format": "ods", "lignes": 2, "montant": "1000.31", "filtres": {"axe": "1"}},
    )  # fmt: skip


@pytest.mark.parametrize("role", [Role.PORTEUR, Role.INSTRUCTEUR, Role.LECTURE, Role.ADMINISTRATEUR])
def test_qui_ne_fait_que_lire_n_exporte_pas(appel, connecter, role):
    personne = PersonneFactory(role=role)
    assert [connecter(personne).get(PAGE).status_code, connecter(personne).post(f"{PAGE}csv/").status_code] == [
        403,
        403,
    ]
    with pytest.raises(PermissionDenied):
        exporter_les_decisions(auteur=personne, decisions=entieres(appel), genre="csv", filtres={})
    assert not Journal.objects.exists()


def test_le_bouton_de_la_liste_emporte_les_filtres_et_n_est_que_pour_qui_exporte(appel, connecter):
    liste = "/financements/essai/actions/?axe=1&q=&tri=-montant&page=1"
    assert f'href="{PAGE}?axe=1"' in connecter("finances").get(liste).content.decode()
    assert "exporter" not in connecter("lecture").get(liste).content.decode()


def test_un_compte_ou_une_somme_qui_change_arrete_le_fichier(appel):
    decisions = entieres(appel)
    assert decisions.actions == 3
    Action.objects.get(projet__numero=1, projet__appel=appel).delete()
    with pytest.raises(ExportIncomplet, match="axe 1"):
        list(decisions.toutes())
    decisions = entieres(appel)
    assert decisions.actions == 2
    action_votee(axe=appel.axes.get(numero=2), numero=8, montants={2016: "1.00"})
    with pytest.raises(ExportIncomplet, match="axe 2"):
        list(decisions.toutes())
    decisions = entieres(appel)
    with augmentee_pendant_l_export(3, 2017), pytest.raises(ExportIncomplet, match="axe 2"):
        list(decisions.toutes())


@pytest.mark.parametrize("genre", CLASSEURS)
def test_un_classeur_dont_les_montants_changent_se_redemande(appel, connecter, genre):
    with augmentee_pendant_l_export(3, 2017):
        reponse = connecter("pilote").post(f"{PAGE}{genre}/", {"axe": "2"})
    assert (reponse.status_code, reponse["Location"]) == (302, f"{PAGE}?axe=2")


@pytest.mark.parametrize("genre", FORMATS)
def test_l_export_fait_autant_de_requetes_pour_une_action_que_pour_trois(connecter, requetes, genre):
    axe = AxeFactory(appel=AppelFactory(slug="essai", annee_debut=2016, annee_fin=2016), numero=1)
    navigateur, comptes = connecter("finances"), []
    for rang in (1, 2, 3):
        action_votee(axe=axe, numero=rang)
        if rang == 2:
            continue
        for demande in (lambda: navigateur.get(PAGE), lambda: recu(navigateur, genre)):
            with requetes() as prises:
                demande()
            comptes.append(prises.nombre)
    assert comptes[:2] == comptes[2:]
    assert max(comptes) <= 11, comptes
