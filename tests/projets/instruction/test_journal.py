"""Le journal d’un projet : qui, quoi, quand, avant et après, à l’écran, en CSV et en PDF."""

import csv
import hashlib
import io
from datetime import UTC, datetime

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone
from pypdf import PdfReader

from config.socle.journal import journaliser
from config.socle.models import Journal, SceauDuJournal
from config.socle.sceaux import empreinte_de_la_ligne, sceller_le_journal, texte_scelle
from config.socle.travaux import EtatTravail
from projets.actions.echanges import demander_un_complement
from projets.actions.exporter_le_journal import exporter_le_journal
from projets.models import AppelAProjets, ExportDuJournal, Projet
from projets.models.journal import Change, lisible
from projets.planning import reprendre_les_journaux
from projets.states import EtatAppel, EtatProjet
from projets.tasks import produire_le_journal
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import ProjetFactory
from tests.projets.test_recepisse import texte_de
from tests.territoires.fabriques import TerritoireFactory

pytestmark = pytest.mark.django_db
LE_2_JUIN = datetime(2026, 6, 2, 9, 30, 15, tzinfo=UTC)  # 11 h 30 à Paris
LE_5_JUIN = datetime(2026, 6, 5, 12, tzinfo=UTC)


@pytest.fixture
def val():
    return TerritoireFactory(code="VAL", nom="Valenciennois")


@pytest.fixture
def instructrice(val):
    personne = PersonneFactory(instructeur=True, prenom="Nadia", nom="Kaci")
    personne.territoires.add(val)
    return personne


@pytest.fixture
def projet(val, instructrice):
    """Un projet dont le complément a été demandé le 2 juin."""
    depose = ProjetFactory(numero=12, territoires={val: 100}, intitule="Garde d’enfants")
    ProjetFactory(numero=13, territoires={val: 100})
    with time_machine.travel(LE_2_JUIN, tick=False):
        demander_un_complement(
            auteur=instructrice, projet=depose, texte="=RIB()", echeance=datetime(2026, 6, 20, tzinfo=UTC).date()
        )
        journaliser(auteur=None, acte="relire", objet=depose, apres={"motif": "=1+1"})
    return depose


def lignes_csv(navigateur, projet) -> list[list[str]]:
    reponse = navigateur.get(f"/instruction/{projet.pk}/journal/export.csv")
    octets = b"".join(reponse.streaming_content)
    assert octets.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline=""), delimiter=";"))


def test_chaque_ligne_dit_qui_quoi_quand_et_chaque_champ_avant_et_apres(connecter, projet, instructrice):
    lignes = connecter(instructrice).get(f"/instruction/{projet.pk}/journal/").context["lignes"]
    assert [(li.quand, li.auteur, li.phrase, li.changes) for li in lignes] == [
        (LE_2_JUIN, "l’application", "Relire", (Change("motif", "–", "=1+1"),)),
        (
            LE_2_JUIN,
            "Nadia Kaci",
            "Complément demandé",
            (Change("état", "déposé", "incomplet"), Change("échéance", "–", "20/06/2026")),
        ),
    ]


def test_la_page_ecrit_l_heure_de_paris_et_les_valeurs(connecter, projet, instructrice):
    page = connecter(instructrice).get(f"/instruction/{projet.pk}/journal/").content.decode()
    attendus = ["02/06/2026&nbsp;11:30:15", "Nadia Kaci", "Complément demandé", "incomplet", "Aucun jour n’est encore"]
    assert [texte for texte in attendus if texte in page] == attendus


@pytest.mark.parametrize(
    ("valeur", "ecrit"),
    [
        ("12500.50", "12\u202f500,50\u00a0€"),
        ("2026-06-02T09:30:15Z", "02/06/2026 à 11:30"),
        ("2026-06-02", "02/06/2026"),
        (True, "oui"),
        (False, "non"),
        (None, "rien"),
        ("", "rien"),
        ([1, "deux"], "1, deux"),
        ([], "rien"),
        ({"annee": 2026, "montant": "10.00"}, "année : 2026, montant : 10,00\u00a0€"),
        ("2026-99-99", "2026-99-99"),
        ("un texte", "un texte"),
        (3, "3"),
    ],
)
def test_une_valeur_s_ecrit_en_francais(projet, valeur, ecrit):
    ligne = journaliser(auteur=None, acte="relire", objet=projet, apres={"valeur": valeur})
    assert lisible(ligne).changes == (Change("valeur", "–", ecrit),)


def test_une_grille_se_lit_critere_par_critere_un_avis_annee_par_annee_un_code_en_mots(projet):
    notes = {
        "10": {"critere": "Partenariats", "justification": "", "note": None},
        "2": {"critere": "Pertinence", "justification": "Un vrai besoin", "note": 16},
    }
    proposition = {"2027": {"montant": "10.00", "cout_eligible": "20.00"}}
    apres = {"notes": notes, "propositions": proposition, "sens": "reserve", "reponse": "sans_objet"}
    apres |= {"partage": ["intitule", "document 4"], "email": "a@b.fr", "qualite": "chef_de_file"}
    ligne = journaliser(auteur=None, acte="relire", objet=projet, avant={"qualite": "associe"}, apres=apres)
    assert set(lisible(ligne).changes) == {
        Change("critère 2, Pertinence", "–", "note : 16, justification : Un vrai besoin"),
        Change("critère 10, Partenariats", "–", "note : rien, justification : rien"),
        Change("proposition 2027", "–", "montant : 10,00\u00a0€, coût éligible : 20,00\u00a0€"),
        Change("avis", "–", "réservé"),
        Change("réponse", "–", "sans objet"),
        Change("ce qui est partagé", "–", "l’intitulé, document 4"),
        Change("adresse électronique", "–", "a@b.fr"),
        Change("à quel titre", "associé", "chef de file"),
    }
    libelles = [change.libelle for change in lisible(ligne).changes]
    assert libelles.index("critère 2, Pertinence") < libelles.index("critère 10, Partenariats")


def test_un_instructeur_d_ailleurs_ne_trouve_ni_la_page_ni_les_exports(connecter, projet):
    autre = PersonneFactory(instructeur=True)
    autre.territoires.add(TerritoireFactory())
    navigateur = connecter(autre)
    base = f"/instruction/{projet.pk}/journal/"
    codes = [navigateur.get(base).status_code, navigateur.get(f"{base}export.csv").status_code]
    assert [*codes, navigateur.post(f"{base}pdf/").status_code] == [404, 404, 404]
    with pytest.raises(PermissionDenied):
        exporter_le_journal(auteur=autre, projet=projet)
    assert ExportDuJournal.objects.count() == 0


@pytest.mark.parametrize(
    ("role", "attendu"),
    [("porteur", 403), ("finances", 403), ("lecture", 403), ("pilote", 200), ("administrateur", 200)],
)
def test_le_journal_s_ouvre_a_qui_instruit_et_a_l_administrateur(connecter, projet, role, attendu):
    assert connecter(role).get(f"/instruction/{projet.pk}/journal/").status_code == attendu


def test_le_journal_d_un_brouillon_n_existe_pas_pour_le_service(connecter):
    brouillon = ProjetFactory(numero=None, etat=EtatProjet.BROUILLON)
    assert connecter("pilote").get(f"/instruction/{brouillon.pk}/journal/").status_code == 404


def test_la_page_fait_autant_de_requetes_pour_une_ligne_que_pour_trois(connecter, requetes, projet):
    navigateur, comptes = connecter("pilote"), []
    for _ in range(2):
        with requetes() as prises:
            navigateur.get(f"/instruction/{projet.pk}/journal/")
        comptes.append(prises.nombre)
        for _fois in range(3):
            journaliser(auteur=PersonneFactory(), acte="relire", objet=projet)
    # session, personne, projet, exports, compte, page et auteurs, dernier sceau
    assert comptes == [7, 7], prises


def test_a_qui_n_a_pas_note_le_journal_se_dit_partiel_qu_il_y_ait_des_notations_ou_non(
    connecter, projet, instructrice
):
    Projet.objects.filter(pk=projet.pk).update(etat=EtatProjet.RECEVABLE)
    AppelAProjets.objects.filter(pk=projet.appel_id).update(etat=EtatAppel.INSTRUCTION)

    def annonces(qui):
        navigateur, adresse = connecter(qui), f"/instruction/{projet.pk}/journal/"
        nom = navigateur.get(f"{adresse}export.csv")["Content-Disposition"]
        return "Journal partiel" in navigateur.get(adresse).content.decode(), nom.partition("filename=")[2]

    assert annonces(instructrice) == (True, '"journal-partiel-12-2-lignes.csv"')
    assert annonces("pilote") == (False, '"journal-12-2-lignes.csv"')


def test_cinquante_lignes_par_page(connecter, projet):
    for _ in range(60):
        journaliser(auteur=None, acte="relire", objet=projet)
    navigateur = connecter("pilote")
    tailles = [len(navigateur.get(f"/instruction/{projet.pk}/journal/?page={p}").context["lignes"]) for p in (1, 2)]
    assert tailles == [50, 12]


def test_le_csv_a_ses_lignes_annoncees_ses_formules_desarmees_ses_empreintes_et_ses_sceaux(
    connecter, projet, instructrice
):
    sceller_le_journal(instant=LE_5_JUIN)
    journaliser(auteur=instructrice, acte="ecrire_un_message", objet=projet, apres={"message": 4})
    reponse = connecter(instructrice).get(f"/instruction/{projet.pk}/journal/export.csv")
    assert reponse["Content-Disposition"] == 'attachment; filename="journal-12-3-lignes.csv"'
    entetes, *lignes = lignes_csv(connecter(instructrice), projet)
    un, deux, trois = Journal.objects.filter(objet_id=str(projet.pk), objet_type="projets.Projet").order_by("pk")
    sceau = SceauDuJournal.objects.get(jour=LE_2_JUIN.date()).empreinte
    assert entetes == [
        "Ligne", "Date et heure (Paris)", "Auteur", "Acte", "Ce qui s’est passé", "Objet", "Avant", "Après",
        "Empreinte de la ligne (SHA-256)", "Sceau du jour (SHA-256)",
    ]  # fmt: skip
    objet = "12 · Garde d’enfants"
    assert [ligne[:1] + ligne[2:] for ligne in lignes] == [
        [
            str(un.pk), "Nadia Kaci", "demander_une_piece", "Complément demandé", objet, "état : déposé",
            "état : incomplet ; échéance : 20/06/2026", empreinte_de_la_ligne(un).hex(), sceau,
        ],
        [str(deux.pk), "l’application", "relire", "Relire", objet, "", "motif : =1+1",
         empreinte_de_la_ligne(deux).hex(), sceau],
        [str(trois.pk), "Nadia Kaci", "ecrire_un_message", "Message envoyé", objet, "", "message n° : 4",
         empreinte_de_la_ligne(trois).hex(), ""],
    ]  # fmt: skip
    assert [ligne[1] for ligne in lignes[:2]] == ["02/06/2026 11:30:15"] * 2


def test_le_pdf_annonce_ses_lignes_son_empreinte_et_le_dernier_sceau(projet, instructrice):
    sceller_le_journal(instant=LE_5_JUIN)
    export = exporter_le_journal(auteur=instructrice, projet=projet)
    produire_le_journal(export.pk)
    export.refresh_from_db()
    lignes = Journal.objects.filter(objet_id=str(projet.pk), objet_type="projets.Projet").order_by("pk")
    empreinte = hashlib.sha256("".join(f"{texte_scelle(ligne)}\n" for ligne in lignes).encode()).hexdigest()
    assert (export.etat, export.nombre, export.empreinte, export.derniere_ligne) == (
        EtatTravail.TERMINE, 2, empreinte, lignes[1].pk,
    )  # fmt: skip
    with export.fichier.open("rb") as fichier:
        octets = fichier.read()
    texte, sceau = texte_de(octets), SceauDuJournal.objects.last()
    attendus = ["Garde d’enfants", "Complément demandé", "incomplet", "02/06/2026 11:30:15", "Nadia Kaci"]
    assert [mot for mot in [*attendus, empreinte, sceau.empreinte] if mot not in texte] == []
    lecteur = PdfReader(io.BytesIO(octets))
    racine = lecteur.trailer["/Root"]
    assert (racine["/Lang"], racine["/MarkInfo"]["/Marked"], "/StructTreeRoot" in racine) == ("fr", True, True)


def test_deux_clics_ne_font_qu_un_export_et_chacun_ne_telecharge_que_le_sien(
    connecter, projet, instructrice, django_capture_on_commit_callbacks
):
    navigateur = connecter(instructrice)
    premier = exporter_le_journal(auteur=instructrice, projet=projet)
    with django_capture_on_commit_callbacks(execute=True):
        navigateur.post(f"/instruction/{projet.pk}/journal/pdf/")
    assert list(ExportDuJournal.objects.all()) == [premier]
    produire_le_journal(premier.pk)
    adresse = f"/instruction/{projet.pk}/journal/pdf/{premier.pk}/"
    reponse = navigateur.get(adresse)
    assert reponse["Content-Disposition"] == 'attachment; filename="journal-12-2-lignes.pdf"'
    assert b"".join(reponse.streaming_content).startswith(b"%PDF")
    assert adresse in navigateur.get(f"/instruction/{projet.pk}/journal/").content.decode()
    assert connecter("pilote").get(adresse).status_code == 404


def test_un_clic_lance_la_production(connecter, projet, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        reponse = connecter("administrateur").post(f"/instruction/{projet.pk}/journal/pdf/", follow=True)
    assert ExportDuJournal.objects.get().etat == EtatTravail.TERMINE
    assert "Journal du" in reponse.content.decode() or "Le PDF se prépare" in reponse.content.decode()


def test_qui_perd_le_projet_entre_temps_n_a_pas_le_pdf(projet, instructrice, connecter):
    export = exporter_le_journal(auteur=instructrice, projet=projet)
    instructrice.territoires.clear()
    produire_le_journal(export.pk)
    export.refresh_from_db()
    assert (export.etat, export.message) == (EtatTravail.ECHOUE, "Ce projet ne vous est plus ouvert.")


def test_un_export_oublie_par_la_file_est_repris(projet, instructrice):
    export = exporter_le_journal(auteur=instructrice, projet=projet)
    ExportDuJournal.objects.update(demande_le=timezone.now().replace(year=2020))
    reprendre_les_journaux()
    export.refresh_from_db()
    assert export.etat == EtatTravail.TERMINE
