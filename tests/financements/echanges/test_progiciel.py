"""Les engagements et les liquidations : les lignes, les formats d’un profil, ce qui empêche le fichier de partir."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from comptes.states import Role
from config.socle.models import Journal
from config.socle.versions import VersionPerimee
from financements.actions.exports.profils import (
    ajouter_un_profil,
    envoyer_au_progiciel,
    modifier_un_profil,
    supprimer_un_profil,
)
from financements.chiffres.exports.progiciel import EnvoiAuProgiciel
from financements.exports.ecrit import FichierRefuse
from financements.exports.progiciel import apercu, ecrire_l_envoi
from financements.models import Action, MouvementDEngagement, NumeroDEngagement, ProfilDExport
from financements.states.echanges import COLONNES, Encodage, SorteDeProfil
from financements.states.execution import EtatVersement, NatureDeMouvement
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from tests.comptes.fabriques import CompteBancaireFactory, OrganismeFactory, PersonneFactory
from tests.financements.echanges.fabriques import imputee, profil_de
from tests.financements.execution.fabriques import affecter, convention, engager, programme, versement
from tests.financements.rapports import normaliser

pytestmark = pytest.mark.django_db
ENGAGEMENTS, LIQUIDATIONS = SorteDeProfil.ENGAGEMENTS, SorteDeProfil.LIQUIDATIONS
IBAN = "FR7630006000011234567890189"


@pytest.fixture
def action():
    """Une action de trois tranches de 10 000 €, engagée, imputée, dont l’organisme a un compte."""
    tiers = OrganismeFactory(nom="Les Amis", siret="52499120500013", rna="W591234567")
    (votee,) = programme(organisme=tiers, numero=7, intitule="Accompagner l’éveil")
    CompteBancaireFactory(organisme=tiers, titulaire="Les Amis")
    imputee(votee.projet.appel)
    engager(votee)
    return votee


def envoi(action, sorte=ENGAGEMENTS, **options) -> EnvoiAuProgiciel:
    appel = action.projet.appel
    return EnvoiAuProgiciel(appel, Action.objects.filter(projet__appel=appel), sorte, **options)


def octets(profil, donnees) -> bytes:
    fichier = io.BytesIO()
    ecrire_l_envoi(fichier, profil, donnees)
    return fichier.getvalue()


def test_un_engagement_par_exercice_avec_toutes_ses_colonnes(action):
    convention(action)
    NumeroDEngagement.objects.create(action=action, exercice=2017, numero="GF17")
    donnees = envoi(action)
    lus = list(
        csv.DictReader(io.StringIO(octets(ProfilDExport.par_defaut(ENGAGEMENTS), donnees).decode()), delimiter=";")
    )
    assert lus[1] == {
        "id_externe": f"E-{action.pk}-2017", "exercice": "2017", "budget": "", "gestionnaire": "DIPLE",
        "numero_ae": "AE2016-1", "chapitre": "9356", "nature": "6574", "fonction": "564",
        "code_tiers": "52499120500013", "siret": "52499120500013", "rna": "W591234567", "raison_sociale": "Les Amis",
        "iban": IBAN, "bic": "AGRIFRPP", "titulaire": "Les Amis", "deliberation": "DLES/2016/131",
        "date_deliberation": "13/06/2016", "convention": f"CONV-{action.pk}", "objet": "Accompagner l’éveil",
        "appel": action.projet.appel.slug, "numero_action": "7", "axe": str(action.projet.axe.numero),
        "montant_total": "30000,00", "montant": "10000,00", "numero_engagement": "GF17",
    }  # fmt: skip
    assert ([ligne["exercice"] for ligne in lus], donnees.nombre, donnees.montant) == (
        ["2016", "2017", "2018"], 3, Decimal("30000.00"),
    )  # fmt: skip


def test_une_reduction_et_un_report_changent_la_ligne_pas_son_identifiant(action):
    profil = profil_de(ENGAGEMENTS, "id_externe", "montant")
    affecter(action, "10000.00")
    MouvementDEngagement.objects.create(
        action=action, exercice=2018, montant=Decimal("-10000.00"), nature=NatureDeMouvement.REDUCTION
    )
    assert octets(profil, envoi(action)).decode().splitlines() == [
        "id_externe;montant",
        *(f"E-{action.pk}-{an};{montant}" for an, montant in ((2016, "10000,00"), (2017, "10000,00"), (2018, "0,00"))),
    ]  # fmt: skip


def test_les_memes_donnees_donnent_le_meme_fichier_a_l_octet(action):
    profil = ProfilDExport.par_defaut(ENGAGEMENTS)
    assert octets(profil, envoi(action)) == octets(profil, envoi(action))


@pytest.mark.parametrize(
    ("formats", "attendu"),
    [
        ({}, b"montant;date_deliberation\r\n10000,00;13/06/2016\r\n"),
        (
            {"separateur": "\t", "format_montant": "centimes", "format_date": "%Y%m%d", "avec_entete": False},
            b"1000000\t20160613\r\n",
        ),
        ({"separateur": "|", "format_montant": "point", "format_date": "%Y-%m-%d"},
         b"montant|date_deliberation\r\n10000.00|2016-06-13\r\n"),
        ({"encodage": Encodage.UTF8_MARQUE, "avec_entete": False}, b"\xef\xbb\xbf10000,00;13/06/2016\r\n"),
    ],
)  # fmt: skip
def test_les_formats_sont_ceux_du_profil(action, formats, attendu):
    profil = profil_de(ENGAGEMENTS, "montant", "date_deliberation", **formats)
    assert octets(profil, envoi(action, exercice=2016)) == attendu


def test_sans_aucune_ligne_le_fichier_garde_ses_en_tetes(action):
    profil = profil_de(ENGAGEMENTS, "montant", "date_deliberation")
    assert octets(profil, envoi(action, exercice=2030)) == b"montant;date_deliberation\r\n"


def test_l_ordre_les_en_tetes_le_budget_et_l_objet_coupe_sont_ceux_du_profil(action):
    profil = profil_de(ENGAGEMENTS, budget="01")
    profil.longueur_objet = 15
    profil.colonnes = [["objet", "LIB"], ["budget", "BUD"], ["id_externe", "ID"]]
    assert octets(profil, envoi(action, exercice=2016)).decode() == (
        f"LIB;BUD;ID\r\nAccompagner;01;E-{action.pk}-2016\r\n"
    )


def test_les_liquidations_disent_le_cumul_et_ne_gardent_que_ce_qui_est_a_mandater(action):
    paye = versement(action, "3000.00", EtatVersement.PAYE, liquide_le=date(2016, 9, 1))
    liquide = versement(action, "2000.00", EtatVersement.LIQUIDE, liquide_le=date(2016, 10, 1))
    versement(action, "1000.00")
    profil = profil_de(LIQUIDATIONS, "id_externe", "id_engagement", "sorte", "montant", "cumul_avant", "cumul_apres")
    lignes = {
        toutes: octets(profil, envoi(action, LIQUIDATIONS, toutes=toutes)).decode().splitlines()[1:]
        for toutes in (False, True)
    }
    engagement = f"E-{action.pk}-2016"
    derniere = f"{liquide.reference};{engagement};avance;2000,00;3000,00;5000,00"
    assert lignes == {
        False: [derniere], True: [f"{paye.reference};{engagement};avance;3000,00;0,00;3000,00", derniere],
    }  # fmt: skip


def test_un_caractere_que_l_encodage_n_a_pas_se_dit_avec_sa_ligne_et_rien_ne_sort(action):
    action.projet.intitule = "L’éveil → emploi"
    action.projet.save()
    profil = profil_de(ENGAGEMENTS, "id_externe", "objet", encodage=Encodage.CP1252)
    with pytest.raises(FichierRefuse) as refus:
        ecrire_l_envoi(io.BytesIO(), profil, envoi(action, exercice=2016))
    (faute,) = refus.value.fautes
    assert (faute.ligne, faute.colonne, faute.valeur, faute.attendu) == (
        2, "objet", "L'éveil → emploi", "des caractères que l’encodage Windows-1252 connaît : « → » n’en est pas",
    )  # fmt: skip


def test_sans_imputation_ou_sans_compte_la_ligne_ne_part_pas(action):
    action.projet.appel.imputations.all().delete()
    action.projet.organisme.comptes_bancaires.all().delete()
    versement(action, "2000.00", EtatVersement.LIQUIDE, liquide_le=date(2016, 10, 1))
    with pytest.raises(FichierRefuse) as refus:
        ecrire_l_envoi(io.BytesIO(), profil_de(LIQUIDATIONS), envoi(action, LIQUIDATIONS))
    assert [(faute.ligne, faute.colonne) for faute in refus.value.fautes] == [(2, "gestionnaire"), (2, "iban")]
    assert octets(profil_de(LIQUIDATIONS, "id_externe", nom="court"), envoi(action, LIQUIDATIONS))


def test_l_apercu_masque_l_iban(action):
    profil = profil_de(ENGAGEMENTS, "iban", "objet", encodage=Encodage.LATIN9)
    lu = apercu(profil, [next(envoi(action).lignes())])
    assert (IBAN in lu, lu.splitlines()[0]) == (False, "iban;objet")


def test_des_engagements_qui_changent_arretent_le_fichier(action):
    donnees = envoi(action)
    assert donnees.nombre == 3
    MouvementDEngagement.objects.create(
        action=action, exercice=2018, montant=Decimal("-1.00"), nature=NatureDeMouvement.REDUCTION
    )
    with pytest.raises(ExportIncomplet):
        list(donnees.lignes())


def test_la_commande_ecrit_engagements_et_liquidations(action, tmp_path, capsys):
    sortie, slug = tmp_path / "f.csv", action.projet.appel.slug
    profil_de(ENGAGEMENTS, "id_externe", nom="Grand livre")
    commande = ("exporter_decisions", slug, "--format", "engagements", "--sortie", str(sortie))
    call_command(*commande, "--profil", "Grand livre", "--exercice", "2016")
    assert sortie.read_text().splitlines() == ["id_externe", f"E-{action.pk}-2016"]
    assert "1 ligne, 10 000,00 €" in normaliser(capsys.readouterr().out)
    ligne = Journal.objects.get(acte="envoyer_au_progiciel")
    assert (ligne.auteur, ligne.apres["profil"], ligne.apres["lignes"]) == (None, "Grand livre", 1)
    with pytest.raises(CommandError, match="Profils connus : Grand livre"):
        call_command(*commande, "--profil", "absent")
    action.projet.appel.imputations.all().delete()
    with pytest.raises(CommandError, match="3 erreurs : le fichier n’est pas sorti"):
        call_command(*commande)


SAISIE = {
    "nom": "Interface", "colonnes": [["id_externe", "ID"]], "separateur": ";", "encodage": "cp1252",
    "format_date": "%d/%m/%Y", "format_montant": "virgule", "avec_entete": True, "longueur_objet": 60, "budget": "",
}  # fmt: skip


def test_regler_un_profil_se_consigne_et_une_version_perimee_se_dit():
    finances = PersonneFactory(finances=True)
    profil = ajouter_un_profil(auteur=finances, sorte=ENGAGEMENTS, saisie=SAISIE)
    modifie = modifier_un_profil(auteur=finances, profil=profil, saisie=SAISIE | {"nom": "Autre"}, version=1)
    assert (modifie.nom, modifie.version) == ("Autre", 2)
    with pytest.raises(VersionPerimee):
        modifier_un_profil(auteur=finances, profil=profil, saisie=SAISIE, version=1)
    for colonnes in ([], [["inconnue", "X"]], [["objet", "A"], ["objet", "B"]]):
        with pytest.raises(ValidationError):
            ajouter_un_profil(auteur=finances, sorte=ENGAGEMENTS, saisie=SAISIE | {"colonnes": colonnes})
    supprimer_un_profil(auteur=finances, profil=profil)
    assert not ProfilDExport.objects.exists()
    assert list(Journal.objects.order_by("pk").values_list("acte", flat=True)) == [
        "ajouter_un_profil", "modifier_un_profil", "supprimer_un_profil",
    ]  # fmt: skip


@pytest.mark.parametrize("role", [r for r in Role if r != Role.FINANCES])
def test_le_progiciel_est_l_affaire_des_finances(action, role):
    autre, profil = PersonneFactory(role=role), profil_de(ENGAGEMENTS)
    actes = [
        lambda: ajouter_un_profil(auteur=autre, sorte=ENGAGEMENTS, saisie=SAISIE),
        lambda: modifier_un_profil(auteur=autre, profil=profil, saisie=SAISIE, version=1),
        lambda: supprimer_un_profil(auteur=autre, profil=profil),
        lambda: envoyer_au_progiciel(
            auteur=autre, profil=profil, donnees=envoi(action), fichier=io.BytesIO(), filtres={}
        ),
    ]
    for acte in actes:
        with pytest.raises(PermissionDenied):
            acte()
    assert not ProfilDExport.objects.visibles_par(autre).exists()
    assert not Journal.objects.exists()


def test_l_ecran_regle_previsualise_puis_emporte(action, connecter):
    navigateur, slug = connecter("finances"), action.projet.appel.slug
    racine = f"/financements/{slug}/exporter/progiciel/"
    ajouter = f"{racine}profils/ajouter/?sorte=engagements"
    formulaire = {
        "nom": "Interface", "separateur": "|", "encodage": "cp1252", "format_date": "%Y%m%d",
        "format_montant": "point", "longueur_objet": "60", "budget": "01", "avec_entete": "on",
        "place_montant": "2", "entete_montant": "MT", "place_id_externe": "1", "entete_id_externe": "",
    }  # fmt: skip
    vu = navigateur.post(ajouter, formulaire | {"apercu": "oui"}).content.decode()
    assert (f"id_externe|MT\r\nE-{action.pk}-2016|10000.00" in vu, ProfilDExport.objects.count()) == (True, 0)
    assert navigateur.post(ajouter, formulaire)["Location"] == racine
    profil = ProfilDExport.objects.get()
    assert profil.colonnes == [["id_externe", "id_externe"], ["montant", "MT"]]
    fichier = f"{racine}profils/{profil.pk}/fichier/"
    lu = normaliser(navigateur.get(f"{fichier}?exercice=2016").content.decode())
    assert "<strong>1 ligne</strong>" in lu
    reponse = navigateur.post(fichier, {"exercice": "2016", "annonce": "1", "montant": "10000.00"})
    assert b"".join(reponse.streaming_content) == f"id_externe|MT\r\nE-{action.pk}-2016|10000.00\r\n".encode()
    change = navigateur.post(fichier, {"exercice": "2016", "annonce": "2"})
    assert (change.status_code, change["Location"]) == (302, f"{fichier}?exercice=2016")


def test_l_ecran_regle_un_profil_de_retour_qui_n_a_ni_separateur_ni_dates(action, connecter):
    racine = f"/financements/{action.projet.appel.slug}/exporter/progiciel/"
    formulaire = {
        "nom": "Mandats", "format_montant": "point",
        "place_id_externe": "1", "entete_id_externe": "ID", "place_statut": "2", "entete_statut": "",
    }  # fmt: skip
    reponse = connecter("finances").post(f"{racine}profils/ajouter/?sorte=retour", formulaire)
    profil, depart = ProfilDExport.objects.get(), ProfilDExport.par_defaut(SorteDeProfil.RETOUR)
    assert (reponse["Location"], profil.nom, profil.format_montant) == (racine, "Mandats", "point")
    assert profil.colonnes == [["id_externe", "ID"], ["statut", "statut"]]
    assert (profil.separateur, profil.encodage, profil.format_date, profil.longueur_objet) == (
        depart.separateur, depart.encodage, depart.format_date, depart.longueur_objet,
    )  # fmt: skip


def test_l_ecran_dit_les_places_prises_et_garde_l_identifiant(action, connecter):
    adresse = f"/financements/{action.projet.appel.slug}/exporter/progiciel/profils/ajouter/"
    reponse = connecter("finances").post(
        adresse, {"nom": "X", "separateur": ";", "encodage": "utf-8", "format_date": "%d/%m/%Y",
                  "format_montant": "point", "longueur_objet": "60", "place_montant": "1", "place_objet": "1"},
    )  # fmt: skip
    assert reponse.context["form"].errors == {"place_montant": ["Une autre colonne a déjà cette place."]}
    assert set(COLONNES[ENGAGEMENTS]) >= {"iban", "montant"}


def test_l_envoi_fait_autant_de_requetes_pour_une_action_que_pour_trois(connecter, requetes):
    navigateur, comptes, profil = connecter("finances"), [], profil_de(ENGAGEMENTS, "id_externe", "montant")
    actions = programme(3)
    affecter(actions[0], "90000.00")
    adresse = f"/financements/{actions[0].projet.appel.slug}/exporter/progiciel/profils/{profil.pk}/fichier/"
    for lot in (actions[:1], actions[1:]):
        for votee in lot:
            engager(votee, dict.fromkeys((2016, 2017, 2018), "10000.00"))
        with requetes() as prises:
            b"".join(navigateur.post(adresse).streaming_content)
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1]
