"""L’export de l’instruction : ce que l’on a filtré, rien d’autrui, les notes des autres cachées, tout relu."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from python_calamine import CalamineWorkbook

from config.socle.models import Journal
from projets.actions.exporter_l_instruction import exporter_l_instruction
from projets.chiffres.export_de_l_instruction import ExportIncomplet, preparer_l_export
from projets.models import Deport
from projets.states import EtatProjet, Qualite
from tests.architecture.acces import lire_le_fichier
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.projets.fabriques import AffectationFactory, ProjetFactory
from tests.projets.instruction.jury import appel_en_instruction, avis_rendu, rendre
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
EXPORTS = ("/instruction/suivi/export.csv", "/instruction/suivi/export.xlsx")


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def dou():
    return TerritoireFactory(code="DOU", nom="Douaisis")


@pytest.fixture
def nadia(val):
    personne = PersonneFactory(instructeur=True, prenom="Nadia", nom="Kaci")
    personne.territoires.add(val)
    return personne


@pytest.fixture
def projet(val, dou, nadia):
    """Un projet recevable, partagé, noté par Nadia seule."""
    appel = appel_en_instruction(prefixe="AAP16")
    organisme = OrganismeFactory(nom="-Association", siret="99000001200017")
    trouve = ProjetFactory(
        axe=appel.axes.first(), numero=12, intitule="=1+1", organisme=organisme, etat=EtatProjet.RECEVABLE,
        territoires={dou: "33.50", val: "66.50"}, depose_le=datetime(2016, 4, 28, 15, 30, tzinfo=UTC),
        budget={2016: ("20000.00", "10000.50"), 2018: ("1000", "0")},
    )  # fmt: skip
    AffectationFactory(projet=trouve, instructeur=nadia)
    AffectationFactory(
        projet=trouve, instructeur=PersonneFactory(instructeur=True, prenom="Luc", nom="Aa"), qualite=Qualite.ASSOCIE
    )
    rendre(trouve, nadia, (4, 3))
    return trouve


def csv_de(navigateur, **donnees) -> list[list[str]]:
    reponse = navigateur.post(EXPORTS[0], donnees)
    assert reponse.status_code == 200, reponse
    texte = b"".join(reponse.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(texte, newline=""), delimiter=";"))


def xlsx_de(navigateur, **donnees) -> list[list[object]]:
    octets = b"".join(navigateur.post(EXPORTS[1], donnees).streaming_content)
    return CalamineWorkbook.from_filelike(io.BytesIO(octets)).get_sheet_by_index(0).to_python()


ENTETES = [
    "Numéro", "Référence", "Intitulé", "Organisme", "SIRET", "Axe", "Intitulé de l’axe", "Territoires et parts",
    "Allocataires par an", "Déposé le", "Rejet implicite le", "État", "Instructeurs", "Moyenne des notes (sur 100)",
    "Avis", "Coût 2016 (€)", "Demandé 2016 (€)", "Coût 2018 (€)", "Demandé 2018 (€)", "Proposé 2016 (€)",
    "Proposé 2018 (€)",
]  # fmt: skip


def test_le_csv_dit_chaque_projet_en_entier(connecter, projet):
    avis_rendu(projet, auteur=PersonneFactory(pilote=True), montants={2016: "9000.25", 2018: "0"})
    axe = projet.axe
    assert csv_de(connecter("pilote")) == [
        ENTETES,
        [
            "12", "AAP16-0012", "'=1+1", "'-Association", "99000001200017", "1", axe.intitule,
            "Valenciennois 66,5 %, Douaisis 33,5 %", "20", "28/04/2016 17:30:00", "28/06/2016", "instruit",
            "Nadia Kaci, Luc Aa (associé)", "72,00", "favorable", "20000,00", "10000,50", "1000,00", "0,00", "9000,25",
            "0,00",
        ],
    ]  # fmt: skip


def test_le_classeur_dit_les_memes_choses_avec_des_cases_typees(connecter, projet):
    entetes, ligne = xlsx_de(connecter("pilote"))
    assert entetes == ENTETES
    assert ligne == [
        12.0, "AAP16-0012", "=1+1", "-Association", "99000001200017", 1.0, projet.axe.intitule,
        "Valenciennois 66,5 %, Douaisis 33,5 %", 20.0, datetime(2016, 4, 28, 17, 30), date(2016, 6, 28), "recevable",  # noqa: DTZ001
        "Nadia Kaci, Luc Aa (associé)", 72.0, "", 20000.0, 10000.5, 1000.0, 0.0, "", "",
    ]  # fmt: skip


def test_la_derniere_version_de_l_avis_est_celle_du_fichier(connecter, projet):
    pilote = PersonneFactory(pilote=True)
    avis_rendu(projet, auteur=pilote)
    projet.refresh_from_db()
    avis_rendu(projet, auteur=pilote, sens="defavorable")
    _, ligne = csv_de(connecter(pilote))
    assert (ligne[14], ligne[19:]) == ("défavorable", ["0,00", "0,00"])


def test_qui_n_a_pas_note_ne_lit_pas_la_moyenne_des_autres(connecter, projet, nadia, val):
    autre = PersonneFactory(instructeur=True)
    autre.territoires.add(val)
    rang = ENTETES.index("Moyenne des notes (sur 100)")
    assert [csv_de(connecter(qui))[1][rang] for qui in (autre, nadia)] == ["", "72,00"]
    rendre(projet, autre, (2, 3))
    assert [csv_de(connecter(qui))[1][rang] for qui in (autre, nadia, "pilote")] == ["60,00"] * 3


def test_un_instructeur_n_emporte_que_ce_qu_il_voit(connecter, projet, nadia, dou, val):
    ProjetFactory(axe=projet.axe, numero=13, territoires={dou: 100})
    ProjetFactory(axe=projet.axe, numero=None, etat=EtatProjet.BROUILLON, territoires={val: 100})
    ecarte = ProjetFactory(axe=projet.axe, numero=14, territoires={val: 100})
    Deport.objects.create(projet=ecarte, personne=nadia, motif="Trésorière de l’association")
    assert [[ligne[0] for ligne in csv_de(connecter(qui))[1:]] for qui in (nadia, "pilote")] == [
        ["12"], ["12", "13", "14"],
    ]  # fmt: skip
    with pytest.raises(PermissionDenied):
        exporter_l_instruction(auteur=nadia, pks=[projet.pk, ecarte.pk], genre="csv", filtres={})
    with pytest.raises(PermissionDenied):
        exporter_l_instruction(auteur=PersonneFactory(finances=True), pks=[projet.pk], genre="csv", filtres={})


def test_les_filtres_sont_ceux_de_la_file(connecter, projet, dou):
    ProjetFactory(axe=projet.axe, numero=13, territoires={dou: 100}, intitule="Éveil musical")
    navigateur = connecter("pilote")
    choix = {
        "tout": {},
        "mot": {"q": "eveil"},
        "état": {"etat": "recevable"},
        "territoire": {"territoire": dou.pk},
        "cumul": {"territoire": dou.pk, "q": "musique"},
    }
    assert {nom: [li[0] for li in csv_de(navigateur, **filtres)[1:]] for nom, filtres in choix.items()} == {
        "tout": ["12", "13"], "mot": ["13"], "état": ["12"], "territoire": ["12", "13"], "cumul": [],
    }  # fmt: skip


def test_la_page_annonce_le_nombre_de_lignes_et_le_fichier_le_porte(connecter, projet, dou):
    ProjetFactory(axe=projet.axe, numero=13, territoires={dou: 100})
    navigateur = connecter("pilote")
    reponse = navigateur.get("/instruction/suivi/export/?etat=recevable")
    assert (reponse.context["nombre"], reponse.context["filtres"]) == (1, {"etat": "recevable"})
    reponses = [navigateur.post(adresse, {"annonce": "2"}) for adresse in EXPORTS]
    for recue in reponses:
        lire_le_fichier(recue)
    fins = [recue["Content-Disposition"].rpartition("-2-lignes.")[2] for recue in reponses]
    assert fins == ['csv"', 'xlsx"']


@pytest.mark.parametrize("adresse", EXPORTS)
def test_si_le_nombre_a_change_on_le_redemande(connecter, projet, adresse):
    reponse = connecter("pilote").post(adresse, {"annonce": "7", "etat": "recevable"}, follow=True)
    assert reponse.redirect_chain == [("/instruction/suivi/export/?etat=recevable", 302)]
    assert "Le fichier aurait maintenant 1 lignes" in reponse.content.decode()
    assert not Journal.objects.filter(acte="exporter_l_instruction").exists()


def test_l_export_s_ecrit_au_journal(connecter, projet, nadia):
    csv_de(connecter(nadia), etat="recevable", q="")
    ligne = Journal.objects.get(acte="exporter_l_instruction")
    assert (ligne.auteur, ligne.objet_id, ligne.apres) == (
        nadia, str(nadia.pk), {"format": "csv", "lignes": 1, "filtres": {"etat": "recevable"}},
    )  # fmt: skip


def test_un_compte_faux_arrete_le_fichier_plutot_que_de_le_finir(projet):
    export = preparer_l_export(PersonneFactory(pilote=True), [projet.pk, projet.pk + 1000])
    rangees = export.rangees()
    assert next(rangees)[0] == 12
    with pytest.raises(ExportIncomplet, match="1 rangées au lieu de 2 annoncées"):
        next(rangees)


def test_sans_projet_le_fichier_n_a_que_son_en_tete(connecter):
    assert csv_de(connecter("pilote")) == [ENTETES[:15]]
    assert "0 ligne" in connecter("pilote").get("/instruction/suivi/export/").content.decode()


def test_l_export_fait_autant_de_requetes_pour_un_projet_que_pour_trois(connecter, requetes, projet, val, dou):
    navigateur, comptes = connecter("pilote"), []
    for numero in range(3):
        with requetes() as prises:
            csv_de(navigateur)
        comptes.append(prises.nombre)
        ajoute = ProjetFactory(
            axe=projet.axe, numero=20 + numero, etat=EtatProjet.RECEVABLE, territoires={val: 50, dou: 50}
        )
        AffectationFactory(projet=ajoute)
        rendre(ajoute)
    # session, personne, projets choisis, contrôle, journal, années, notations, rangées
    assert comptes == [8, 8, 8], prises
