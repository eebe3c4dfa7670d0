"""Le retour d’exécution : passages, erreurs ligne à ligne, tout ou rien, sans effet la seconde fois."""

import csv
import io
from datetime import date
from decimal import Decimal

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile

from comptes.states import Role
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from config.socle.travaux import EtatTravail
from financements.actions.execution.liquider import liquider
from financements.actions.execution.solder import arreter_le_solde
from financements.actions.exports.retours import (
    annuler_le_retour,
    deposer_un_retour,
    importer_le_retour_controle,
    relancer_le_retour,
)
from financements.models import ImportDExecution, LigneDExecution, MouvementDEngagement, NumeroDEngagement
from financements.states.echanges import SorteDeProfil
from financements.states.execution import EtatBilan, EtatTitre, EtatVersement
from tests.comptes.fabriques import PersonneFactory
from tests.financements.echanges.fabriques import profil_de
from tests.financements.execution.fabriques import bilan, du, engagees, engager, programme, titre, versement

pytestmark = pytest.mark.django_db(transaction=False)
ENTETES = (
    "id_externe", "numero_engagement", "numero_mandat", "numero_bordereau", "date_emission", "date_paiement",
    "montant", "statut", "motif",
)  # fmt: skip


@pytest.fixture
def action():
    (votee,) = programme()
    engager(votee)
    return votee


@pytest.fixture
def avance(action):
    """Un versement de 3 000 € liquidé."""
    return versement(action, "3000.00", EtatVersement.LIQUIDE, liquide_le=date(2016, 9, 1))


@pytest.fixture
def finances():
    return PersonneFactory(finances=True)


def csv_de(*lignes: dict[str, str], entetes=ENTETES) -> bytes:
    tampon = io.StringIO()
    plume = csv.DictWriter(tampon, entetes, delimiter=";", restval="")
    plume.writeheader()
    plume.writerows(lignes)
    return tampon.getvalue().encode("cp1252")


@pytest.fixture
def rapporter_pour(finances, django_capture_on_commit_callbacks):
    """Dépose un retour de l’appel d’une action et le conduit ; rend l’import relu."""

    def pour(action):
        def faire(*lignes: dict[str, str], simuler=False, profil=None, contenu=None, nom="retour.csv"):
            fichier = ContentFile(contenu or csv_de(*lignes), name=nom)
            with django_capture_on_commit_callbacks(execute=True):
                depose = deposer_un_retour(
                    auteur=finances, appel=action.projet.appel, profil=profil, fichier=fichier, simuler=simuler
                )
            return ImportDExecution.objects.get(pk=depose.pk)

        return faire

    return pour


@pytest.fixture
def rapporter(action, rapporter_pour):
    return rapporter_pour(action)


def emis(un, **champs: str) -> dict[str, str]:
    return {
        "id_externe": un.reference, "numero_mandat": "M1", "numero_bordereau": "B1", "date_emission": "12/09/2016",
        "montant": "3 000,00", "statut": "Émis", **champs,
    }  # fmt: skip


def paye(un, **champs: str) -> dict[str, str]:
    return emis(un, date_emission="", date_paiement="20/09/2016", statut="payé", **champs)


def etat(un) -> dict[str, object]:
    un.refresh_from_db()
    return {
        champ: getattr(un, champ)
        for champ in ("etat", "numero_de_mandat", "numero_de_bordereau", "mandate_le", "paye_le", "motif", "version")
    }


def comptes(import_) -> dict[str, object]:
    sans = {"fichier", "format", "feuille", "empreinte", "est_simulation"}
    return {
        nom: valeur for nom, valeur in import_.resultat.items() if nom not in sans and valeur not in (0, [], "0.00")
    }


def erreurs(import_) -> list[tuple[int, str, str, str]]:
    champs = ("ligne", "colonne", "valeur", "attendu")
    return [tuple(erreur[champ] for champ in champs) for erreur in import_.resultat["erreurs"]]


def test_emis_puis_paye_dans_le_meme_fichier(avance, rapporter):
    import_ = rapporter(emis(avance), paye(avance))
    assert (import_.etat, comptes(import_)) == (
        EtatTravail.TERMINE, {"lues": 2, "emis": 1, "payes": 1, "montant_paye": "3000.00"},
    )  # fmt: skip
    assert etat(avance) == {
        "etat": "paye", "numero_de_mandat": "M1", "numero_de_bordereau": "B1", "mandate_le": date(2016, 9, 12),
        "paye_le": date(2016, 9, 20), "motif": "", "version": 2,
    }  # fmt: skip
    assert list(Journal.objects.order_by("pk").values_list("acte", flat=True)) == [
        "deposer_un_retour", "constater_l_execution", "importer_l_execution",
    ]  # fmt: skip
    ligne = Journal.objects.get(acte="constater_l_execution")
    assert (ligne.avant, ligne.apres) == (
        {"reference": avance.reference, "etat": "liquide"},
        {"reference": avance.reference, "etat": "paye", "numero_de_mandat": "M1", "numero_de_bordereau": "B1",
         "mandate_le": "2016-09-12", "paye_le": "2016-09-20"},
    )  # fmt: skip


def test_reimporter_ne_change_rien(avance, rapporter):
    rapporter(emis(avance), paye(avance))
    import_ = rapporter(emis(avance), paye(avance))
    assert comptes(import_) == {"lues": 2, "deja_connues": 2}
    assert (etat(avance)["version"], LigneDExecution.objects.count()) == (2, 2)
    assert Journal.objects.filter(acte="importer_l_execution").count() == 1


def test_un_rejet_puis_un_nouveau_mandat_et_les_vieux_fichiers_restent_connus(avance, rapporter):
    rejet = emis(avance, statut="rejeté", motif="RIB clos")
    rapporter(emis(avance))
    rapporter(rejet)
    assert (etat(avance)["etat"], etat(avance)["motif"]) == ("rejete", "RIB clos")
    rapporter(emis(avance, numero_mandat="M2", date_emission="01/10/2016"))
    assert (etat(avance)["etat"], etat(avance)["numero_de_mandat"], etat(avance)["motif"]) == ("mandate", "M2", "")
    assert comptes(rapporter(emis(avance), rejet)) == {"lues": 2, "deja_connues": 2}
    assert etat(avance)["numero_de_mandat"] == "M2"


def test_un_rejet_apres_un_solde_en_baisse_ne_rend_que_ce_qui_est_du(rapporter_pour):
    (action,) = engagees()
    avance = du(action)
    liquider(auteur=None, versement=avance, version=avance.version)
    valide = bilan(action, etat=EtatBilan.VALIDE, cout_reel=Decimal("10000.00"))
    assert arreter_le_solde(auteur=None, bilan=valide).du == Decimal("5000.00")
    rapporter = rapporter_pour(action)
    rapporter(emis(avance, montant="8000", statut="rejeté", motif="RIB clos"))
    avance.refresh_from_db()
    assert (avance.montant, avance.etat, avance.motif) == (Decimal("5000.00"), EtatVersement.PREVU, "RIB clos")
    engages = MouvementDEngagement.objects.filter(action=action, exercice=2016).values_list("montant", flat=True)
    assert sum(engages) == Decimal("5000.00")
    ((_, colonne, *_),) = erreurs(rapporter(emis(avance, montant="8000", numero_mandat="M2")))
    assert colonne == "montant"


def test_un_mandat_annule_rend_le_versement_rejete(avance, rapporter):
    rapporter(emis(avance))
    assert comptes(rapporter(emis(avance, statut="annulé", motif="double"))) == {"lues": 1, "annules": 1}
    assert (etat(avance)["etat"], etat(avance)["motif"]) == ("rejete", "Mandat annulé\u00a0: double")


def test_un_paiement_sans_emission_connue_porte_son_mandat(avance, rapporter):
    refus = rapporter(paye(avance))
    assert [(ligne, colonne) for ligne, colonne, *_ in erreurs(refus)] == [(2, "date_emission")]
    assert (refus.etat, etat(avance)["etat"]) == (EtatTravail.ECHOUE, "liquide")
    rapporter(paye(avance) | {"date_emission": "12/09/2016"})
    assert (etat(avance)["etat"], etat(avance)["mandate_le"]) == ("paye", date(2016, 9, 12))


@pytest.mark.parametrize(
    ("change", "erreur"),
    [
        ({"montant": "2 999,99"}, ("montant", "2 999,99 €", "3 000,00 €, le montant enregistré ici")),
        ({"montant": "1.234"}, ("montant", "1.234", None)),
        ({"id_externe": "V-0-0"}, ("id_externe", "V-0-0", "la référence d’un versement ou d’un titre de cet appel")),
        ({"id_externe": ""}, ("id_externe", "", "l’identifiant externe, ou le numéro d’engagement")),
        ({"statut": "perdu"}, ("statut", "perdu", "un statut : « émis », « rejeté », « payé » ou « annulé »")),
        ({"statut": "rejeté"}, ("motif", "", "une valeur, puisque la ligne dit « rejeté »")),
        ({"numero_mandat": ""}, ("numero_mandat", "", "une valeur, puisque la ligne dit « émis »")),
        ({"date_emission": "13/06/2062"}, ("date_emission", "13/06/2062", "une date d’aujourd’hui au plus tard")),
        ({"date_emission": "31/02/2016"}, ("date_emission", "31/02/2016", "une date qui existe, comme 13/06/2016")),
    ],
)
def test_chaque_erreur_dit_sa_ligne_son_champ_et_ce_qui_etait_attendu(avance, rapporter, change, erreur):
    import_ = rapporter(emis(avance, **change))
    ((ligne, colonne, valeur, attendu),) = erreurs(import_)
    colonne_voulue, valeur_voulue, attendu_voulu = erreur
    lue = valeur.replace("\u202f", " ").replace("\u00a0", " ")
    assert (ligne, colonne, lue) == (2, colonne_voulue, valeur_voulue)
    assert attendu_voulu is None or attendu.replace("\u202f", " ").replace("\u00a0", " ") == attendu_voulu
    assert (import_.etat, etat(avance)["etat"], LigneDExecution.objects.exists()) == (
        EtatTravail.ECHOUE, "liquide", False,
    )  # fmt: skip


@pytest.mark.parametrize(
    "depart", [EtatVersement.PREVU, EtatVersement.SUSPENDU, EtatVersement.ANNULE, EtatVersement.PAYE]
)
def test_un_mauvais_etat_se_dit_et_rien_n_est_ecrit(action, avance, rapporter, depart):
    autre = versement(action, "3000.00", depart)
    import_ = rapporter(emis(avance), emis(autre, numero_mandat="M9"))
    ((ligne, colonne, _, attendu),) = erreurs(import_)
    assert (ligne, colonne, attendu.startswith("« mandater » n’est pas possible")) == (3, "statut", True)
    assert etat(avance)["etat"] == "liquide"


def test_une_ligne_parle_du_mandat_que_porte_le_versement(avance, rapporter):
    rapporter(emis(avance))
    ((_, colonne, valeur, attendu),) = erreurs(rapporter(paye(avance, numero_mandat="M7")))
    assert (colonne, valeur, attendu) == ("numero_mandat", "M7", "« M1 », le mandat de ce versement")
    ((_, colonne, *_),) = erreurs(rapporter(paye(avance) | {"date_paiement": "11/09/2016"}))
    assert colonne == "date_paiement"


def test_un_titre_s_emet_puis_se_recouvre(action, avance, rapporter):
    rapporter(emis(avance), paye(avance))
    demande = titre(action, "500.00")
    rejet = emis(demande, montant="500", statut="rejeté", motif="x")
    assert erreurs(rapporter(rejet))[0][1] == "statut"
    rapporter(emis(demande, numero_mandat="T1", montant="500"))
    trop_tot = {**paye(demande, numero_mandat="T1", montant="500"), "date_paiement": "11/09/2016"}
    assert erreurs(rapporter(trop_tot))[0][1] == "date_paiement"
    rapporter(paye(demande, numero_mandat="T1", montant="500"))
    demande.refresh_from_db()
    assert (demande.etat, demande.numero, demande.emis_le, demande.recouvre_le) == (
        EtatTitre.RECOUVRE, "T1", date(2016, 9, 12), date(2016, 9, 20),
    )  # fmt: skip


def test_le_numero_d_engagement_se_note_puis_designe_le_versement(action, avance, rapporter):
    numero = {"id_externe": f"E-{action.pk}-2016", "numero_engagement": "GF16"}
    assert comptes(rapporter(numero)) == {"lues": 1, "numerotes": 1}
    assert comptes(rapporter(numero)) == {"lues": 1, "deja_connues": 1}
    assert NumeroDEngagement.objects.get().numero == "GF16"
    rapporter(emis(avance, id_externe="", numero_engagement="GF16"))
    assert etat(avance)["etat"] == "mandate"
    autre = erreurs(rapporter(numero | {"numero_engagement": "GF17"}))
    assert autre[0][1:] == ("numero_engagement", "GF17", "« GF16 », le numéro de cet engagement")
    inconnu = erreurs(rapporter(numero | {"id_externe": "E-0-2016"}))
    assert inconnu[0][1] == "id_externe"


def test_deux_versements_du_meme_montant_ne_se_devinent_pas(action, avance, rapporter):
    versement(action, "3000.00", EtatVersement.LIQUIDE, liquide_le=date(2016, 9, 2))
    NumeroDEngagement.objects.create(action=action, exercice=2016, numero="GF16")
    ((_, colonne, _, attendu),) = erreurs(rapporter(emis(avance, id_externe="", numero_engagement="GF16")))
    assert (colonne, "2 versements de ce montant" in attendu) == ("numero_engagement", True)


def test_un_profil_nomme_les_colonnes_et_compte_en_centimes(avance, rapporter):
    profil = profil_de(SorteDeProfil.RETOUR, format_montant="centimes")
    profil.colonnes = [["id_externe", "REF"], ["montant", "MT"], ["statut", "SITUATION PIECE"],
                       ["numero_mandat", "PIECE"], ["date_emission", "DT"]]  # fmt: skip
    profil.save()
    lu = {"REF": avance.reference, "MT": "300000", "SITUATION PIECE": "Mandaté", "PIECE": "12", "DT": "2016-09-12"}
    rapporter(profil=profil, contenu=csv_de(lu, entetes=tuple(lu)))
    assert (etat(avance)["etat"], etat(avance)["numero_de_mandat"]) == ("mandate", "12")


def test_un_classeur_se_lit_aussi(avance, rapporter):
    classeur, tampon = openpyxl.Workbook(), io.BytesIO()
    feuille = classeur.active
    feuille.append(["Référence", "Mandat", "Émis le", "Montant", "Statut", "Reste"])
    feuille.append([avance.reference, 12, date(2016, 9, 12), 3000.0, "émis", "x"])
    classeur.save(tampon)
    import_ = rapporter(contenu=tampon.getvalue(), nom="retour.xlsx")
    assert (etat(avance)["numero_de_mandat"], import_.resultat["colonnes_ignorees"]) == ("12", ["Reste"])


def test_un_fichier_sans_les_colonnes_est_refuse(avance, rapporter):
    lu = erreurs(rapporter(contenu=csv_de({"motif": "x"}, entetes=("motif", "montant"))))
    assert [(ligne, colonne) for ligne, colonne, *_ in lu] == [(1, "statut"), (1, "id_externe")]


def test_une_simulation_n_ecrit_rien_puis_s_importe(avance, rapporter, finances, django_capture_on_commit_callbacks):
    simulation = rapporter(emis(avance), simuler=True)
    assert (comptes(simulation), etat(avance)["etat"]) == ({"lues": 1, "emis": 1}, "liquide")
    with django_capture_on_commit_callbacks(execute=True):
        import_ = importer_le_retour_controle(auteur=finances, simulation=simulation)
    import_.refresh_from_db()
    assert (import_.etat, etat(avance)["etat"]) == (EtatTravail.TERMINE, "mandate")
    with pytest.raises(PassageRefuse):
        importer_le_retour_controle(auteur=finances, simulation=import_)
    with pytest.raises(PassageRefuse):
        importer_le_retour_controle(auteur=finances, simulation=rapporter(emis(avance, montant="1"), simuler=True))


@pytest.mark.parametrize("role", [r for r in Role if r != Role.FINANCES])
def test_le_retour_est_l_affaire_des_finances(action, avance, rapporter, role):
    simulation, autre = rapporter(emis(avance), simuler=True), PersonneFactory(role=role)
    depot = {"appel": action.projet.appel, "profil": None, "fichier": ContentFile(b"x", name="x.csv"), "simuler": True}
    for acte in (
        lambda: deposer_un_retour(auteur=autre, **depot),
        lambda: importer_le_retour_controle(auteur=autre, simulation=simulation),
        lambda: annuler_le_retour(auteur=autre, import_=simulation),
        lambda: relancer_le_retour(auteur=autre, import_=simulation),
    ):
        with pytest.raises(PermissionDenied):
            acte()
    assert not ImportDExecution.objects.visibles_par(autre).exists()


def test_l_ecran_depose_montre_et_importe(action, avance, connecter, django_capture_on_commit_callbacks):
    navigateur, racine = connecter("finances"), f"/financements/{action.projet.appel.slug}/exporter/progiciel/retours/"
    with django_capture_on_commit_callbacks(execute=True):
        depot = navigateur.post(
            racine, {"fichier": ContentFile(csv_de(emis(avance)), name="r.csv"), "suite": "simuler", "profil": ""}
        )
    page = navigateur.get(depot["Location"]).content.decode()
    assert ("mandats à constater" in page, "Importer ce retour" in page) == (True, True)
    with django_capture_on_commit_callbacks(execute=True):
        importe = navigateur.post(f"{depot['Location']}importer/")
    assert "mandats constatés" in navigateur.get(importe["Location"]).content.decode()
    assert etat(avance)["etat"] == "mandate"
    with django_capture_on_commit_callbacks(execute=True):
        faux = navigateur.post(
            racine, {"fichier": ContentFile(csv_de(emis(avance, montant="1")), name="f.csv"), "suite": "importer"}
        )
    assert "Une erreur" in navigateur.get(faux["Location"]).content.decode()
    liste = b"".join(navigateur.get(f"{faux['Location']}erreurs/").streaming_content).decode("utf-8-sig")
    assert liste.splitlines()[0] == "ligne;colonne;valeur;attendu"
    assert navigateur.get(racine).status_code == 200
