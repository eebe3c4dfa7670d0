"""Les données ouvertes : ce qui se publie, la ligne, le fichier relu par frictionless, les fautes qui l’arrêtent."""

import csv
import io
from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command

from comptes.states import FormeJuridique, Role
from config.socle.lecture.erreurs import ErreurLigne
from config.socle.models import Journal
from config.socle.transitions import PassageRefuse
from financements.actions.exports.publier import mettre_en_ligne, preparer_les_donnees_ouvertes
from financements.chiffres.exports.publications import RestesAPublier, restes_a_publier
from financements.chiffres.exports.requete_scdl import Situation
from financements.chiffres.exports.scdl import Subventions
from financements.exports.ecrit import FichierRefuse
from financements.exports.scdl import ecrire_scdl
from financements.models import Action, AideDeMinimis, LignePubliee, Publication
from financements.rules.scdl import CHAMPS
from financements.states.execution import EtatConvention, EtatVersement
from financements.states.fse import OrigineDAide
from projets.chiffres.export_de_l_instruction import ExportIncomplet
from tests.comptes.fabriques import OrganismeFactory, PersonneFactory
from tests.financements.echanges import frictionless_scdl
from tests.financements.echanges.fabriques import publication_de
from tests.financements.execution.fabriques import convention, programme, versement
from tests.financements.exports import augmenter
from tests.financements.fabriques import DeliberationFactory, action_votee
from tests.financements.rapports import normaliser
from tests.projets.fabriques import AppelFactory, AxeFactory

pytestmark = pytest.mark.django_db
SIRET = "52499120500013"


@pytest.fixture
def appel():
    return AppelFactory(slug="essai", intitule="Insertion", annee_debut=2016, annee_fin=2018)


@pytest.fixture
def axe(appel):
    return AxeFactory(appel=appel, numero=1, intitule="Emploi")


def organisme(siret: str | None = SIRET, rna: str | None = None, **champs: object):
    valeurs = {"nom": "Les Amis", "forme_juridique": FormeJuridique.ASSOCIATION, **champs}
    return OrganismeFactory(siret=siret, rna=rna, **valeurs)


def subventions(appel, **options: bool) -> Subventions:
    return Subventions(appel, Action.objects.filter(projet__appel=appel), **options)


def situations(appel, **options: bool) -> dict[str, int]:
    comptes = subventions(appel, **options).comptes
    return {situation.value: compte.nombre for situation, compte in comptes.items() if compte.nombre}


def lignes(appel, **options: bool) -> list[dict[str, str]]:
    lues = subventions(appel, **options)
    return [dict(zip(lues.entetes, rangee, strict=True)) for rangee in lues.rangees()]


def test_une_convention_signee_fait_une_ligne_du_montant_en_vigueur(appel, axe):
    action = action_votee(
        axe=axe, numero=7, intitule="Accompagner\nvers l’emploi", organisme=organisme(rna="W591234567"),
        montants={2016: "30000.00", 2017: "20000.50"},
    )  # fmt: skip
    convention(action)
    versement(action, prevu_le=date(2016, 9, 1))
    versement(action, prevu_le=date(2017, 3, 1), etat=EtatVersement.SUSPENDU)
    versement(action, prevu_le=date(2018, 3, 1), etat=EtatVersement.ANNULE)
    assert lignes(appel) == [
        {
            "nomAttribuant": "Département du Nord",
            "idAttribuant": "22590001800014",
            "dateConvention": "2016-07-12",
            "referenceDecision": "DLES/2016/131",
            "nomBeneficiaire": "Les Amis",
            "idBeneficiaire": SIRET,
            "rnaBeneficiaire": "W591234567",
            "objet": "Accompagner vers l’emploi",
            "montant": "50000.50",
            "nature": "aide en numéraire",
            "conditionsVersement": "échelonné",
            "datesPeriodeVersement": "2016-09-01/2017-03-01",
            "idRAE": "",
            "notificationUE": "non",
            "pourcentageSubvention": "1",
            "dispositifAide": "",
        }
    ]


def test_une_aide_du_registre_de_minimis_se_dit_notifiee(appel, axe):
    """La nôtre, par son action, sa convention ou sa délibération ; ni une aide déclarée, ni une autre convention."""
    sirets = (SIRET, "38047555800058", "55208131766522", "77567227221138", "21590350100017")
    actions = [
        action_votee(axe=axe, numero=rang, organisme=organisme(siret=siret), montants={2016: "100.00"})
        for rang, siret in enumerate(sirets, start=1)
    ]
    numeros = [convention(action).numero for action in actions]
    for rang, origine, reference, action in (
        (0, OrigineDAide.DEPARTEMENT, numeros[0], None),
        (1, OrigineDAide.DEPARTEMENT, "DLES/2016/131", None),
        (2, OrigineDAide.DECLAREE, numeros[2], None),
        (3, OrigineDAide.DEPARTEMENT, numeros[0], None),
        (4, OrigineDAide.DEPARTEMENT, "", actions[4]),
    ):
        AideDeMinimis.objects.create(
            siren=sirets[rang][:9], regime="general", origine=origine, autorite="Nord", reference=reference,
            accordee_le=date(2016, 7, 12), montant=Decimal(100), action=action,
        )  # fmt: skip
    assert [ligne["notificationUE"] for ligne in lignes(appel)] == ["oui", "oui", "non", "non", "oui"]


def test_au_dela_du_seuil_il_faut_la_convention_et_le_cumul_est_par_siren_et_par_an(appel, axe):
    """Deux établissements du même SIREN, deux appels, 23 000,01 € en 2016 : les deux attendent leur convention."""
    autre = AxeFactory(appel=AppelFactory(annee_debut=2016, annee_fin=2018))
    action_votee(axe=axe, organisme=organisme(), montants={2016: "13000.00", 2017: "23000.00"})
    assert situations(appel) == {"publiable": 1}
    action_votee(axe=autre, organisme=organisme(siret="52499120500021"), montants={2016: "10000.01"})
    assert situations(appel) == {"sans_convention": 1}
    convention(Action.objects.get(projet__axe=axe), etat=EtatConvention.EDITEE)
    assert situations(appel) == {"sans_convention": 1}


def test_un_organisme_public_n_a_pas_de_seuil(appel, axe):
    action_votee(axe=axe, organisme=organisme(forme_juridique=FormeJuridique.CCAS), montants={2016: "90000.00"})
    assert (situations(appel), situations(appel, seuil=True)) == ({"publiable": 1}, {"sous_le_seuil": 1})


def test_sans_convention_la_ligne_a_la_date_de_notification_ou_de_la_deliberation_importee(appel, axe):
    action = action_votee(axe=axe, organisme=organisme(), montants={2017: "1000.00"})
    (ligne,) = lignes(appel)
    assert (ligne["dateConvention"], ligne["conditionsVersement"], ligne["datesPeriodeVersement"]) == (
        "2016-06-13", "unique", "2017-01-01/2017-12-31",
    )  # fmt: skip
    Action.objects.filter(pk=action.pk).update(
        deliberation=DeliberationFactory(reference="D/2", appel=appel, adoptee_le=date(2016, 6, 20))
    )
    assert situations(appel) == {"sans_notification": 1}


def test_un_seul_versement_est_une_date_et_un_rna_corse_se_tait(appel, axe):
    action = action_votee(axe=axe, organisme=organisme(rna="W2A1234567"), montants={2016: "1000.00"})
    versement(action, prevu_le=date(2016, 9, 1))
    (ligne,) = lignes(appel)
    assert [ligne[champ] for champ in ("conditionsVersement", "datesPeriodeVersement", "rnaBeneficiaire")] == [
        "unique", "2016-09-01", "",
    ]  # fmt: skip


def test_le_seuil_legal_ne_garde_que_ce_que_la_loi_publie(appel, axe):
    convention(action_votee(axe=axe, numero=1, organisme=organisme(), montants={2016: "23000.01"}))
    convention(
        action_votee(axe=axe, numero=2, organisme=organisme(siret="38047555800058"), montants={2016: "23000.00"})
    )
    assert situations(appel, seuil=True) == {"publiable": 1, "sous_le_seuil": 1}
    assert [ligne["montant"] for ligne in lignes(appel, seuil=True)] == ["23000.01"]
    assert len(lignes(appel)) == 2


def test_la_forme_etendue_ajoute_ses_champs_apres_ceux_du_schema(appel, axe):
    action = action_votee(
        axe=axe, numero=3, organisme=organisme(), montants={2016: "8000.00", 2017: "1.00"}, montant_fse="5.00"
    )
    convention(action)
    (ligne,) = lignes(appel, etendue=True)
    assert list(ligne)[:16] == list(CHAMPS)
    assert dict(list(ligne.items())[16:]) == {
        "idSubvention": "essai-3", "exerciceBudgetaire": "2016", "pluriannualite": "oui", "dateDecision": "2016-06-13",
        "referenceConvention": f"CONV-{action.pk}", "statutLabel": "Accordé", "etatConvention": "signée",
        "dispositif": "Axe 1 : Emploi",
        "montantDemande": "8001.00", "montantVerse": "0.00", "montantFSE": "5.00",
    }  # fmt: skip


def test_le_fichier_est_valide_pour_frictionless_et_fait_les_totaux_annonces(appel, axe, tmp_path):
    for rang, siret in enumerate((SIRET, "38047555800058", None), start=1):
        tiers = organisme(siret, rna=None if siret else "W591234567", nom=f'Tiers "{rang}", sud')
        convention(action_votee(axe=axe, numero=rang, organisme=tiers, montants={2016: f"{rang}000.10"}))
    sortie = tmp_path / "scdl.csv"
    call_command("exporter_decisions", "essai", "--format", "scdl", "--sortie", str(sortie))
    assert frictionless_scdl.fautes(sortie) == set()
    with sortie.open(encoding="utf-8", newline="") as ouvert:
        relues = list(csv.DictReader(ouvert))
    lues = subventions(appel)
    assert (len(relues), sum(Decimal(r["montant"]) for r in relues)) == (lues.nombre, lues.montant) == (
        3, Decimal("6000.30"),
    )  # fmt: skip
    assert lues.comptes[Situation.PUBLIABLE].sans_siret == 1
    publication = Publication.objects.get()
    assert (publication.nombre, publication.montant, publication.preparee_par) == (3, Decimal("6000.30"), None)
    assert LignePubliee.objects.filter(publication=publication).count() == 3


@pytest.fixture
def fausse(appel, axe):
    """Une ligne juste, une dont le SIRET a une clé fausse."""
    action_votee(axe=axe, numero=1, organisme=organisme(), montants={2016: "1.00"})
    action_votee(axe=axe, numero=2, organisme=organisme("52499120500014"), montants={2016: "1.00"})
    return ErreurLigne(3, "idBeneficiaire", "52499120500014", "un SIRET : quatorze chiffres, clé comprise")


def test_une_faute_arrete_le_fichier_et_se_dit(appel, fausse, tmp_path):
    with pytest.raises(FichierRefuse) as refus:
        ecrire_scdl(io.BytesIO(), subventions(appel))
    assert refus.value.fautes == [fausse]
    sortie = tmp_path / "scdl.csv"
    with pytest.raises(CommandError, match="1 erreur : le fichier n’est pas sorti") as leve:
        call_command("exporter_decisions", "essai", "--format", "scdl", "--sortie", str(sortie))
    assert "52499120500014" in str(leve.value)
    assert (list(tmp_path.iterdir()), Publication.objects.count(), Journal.objects.count()) == ([], 0, 0)


def test_sans_le_siret_du_departement_rien_ne_sort(appel, axe, settings):
    settings.SIRET_DEPARTEMENT = ""
    with pytest.raises(FichierRefuse) as refus:
        ecrire_scdl(io.BytesIO(), subventions(appel))
    assert [(f.ligne, f.colonne) for f in refus.value.fautes] == [(0, "idAttribuant")]


def test_des_donnees_qui_changent_arretent_le_fichier(appel, axe):
    action_votee(axe=axe, numero=1, organisme=organisme(), montants={2016: "1.00"})
    lues = subventions(appel)
    assert lues.nombre == 1
    augmenter(1, 2016)
    with pytest.raises(ExportIncomplet):
        list(lues.rangees())


def test_ce_qui_reste_a_publier_et_a_republier(appel, axe):
    finances = PersonneFactory(finances=True)
    action = action_votee(axe=axe, numero=1, organisme=organisme(), montants={2016: "30000.00"})
    assert restes_a_publier(appel) == RestesAPublier(0, 0, None)
    convention(action, signee_departement_le=date(2017, 8, 31))
    ancienne = action_votee(axe=axe, numero=2, organisme=organisme("38047555800058"), montants={2016: "30000.00"})
    convention(ancienne, signee_departement_le=date(2017, 7, 31))
    assert restes_a_publier(appel) == RestesAPublier(1, 0, date(2017, 11, 30))
    publication = preparer_les_donnees_ouvertes(
        auteur=finances, subventions=subventions(appel), fichier=io.BytesIO(), filtres={}
    )
    assert restes_a_publier(appel) == RestesAPublier(1, 0, date(2017, 11, 30))
    mettre_en_ligne(auteur=finances, publication=publication, jour=date(2017, 9, 1), adresse="https://data.exemple.fr")
    assert restes_a_publier(appel) == RestesAPublier(0, 0, None)
    augmenter(1, 2016)
    assert restes_a_publier(appel) == RestesAPublier(0, 1, None)
    assert lignes(appel)[0]["montant"] == "30000.01"
    with pytest.raises(PassageRefuse):
        mettre_en_ligne(auteur=finances, publication=publication, jour=date(2016, 8, 2), adresse="https://b.fr")
    assert [ligne.acte for ligne in Journal.objects.order_by("pk")] == [
        "preparer_les_donnees_ouvertes", "mettre_en_ligne",
    ]  # fmt: skip


@pytest.mark.parametrize("role", [Role.PORTEUR, Role.INSTRUCTEUR, Role.LECTURE, Role.ADMINISTRATEUR])
def test_qui_ne_fait_que_lire_ne_publie_pas(appel, axe, role):
    auteur = PersonneFactory(role=role)
    with pytest.raises(PermissionDenied):
        preparer_les_donnees_ouvertes(auteur=auteur, subventions=subventions(appel), fichier=io.BytesIO(), filtres={})
    publication = publication_de(appel)
    with pytest.raises(PermissionDenied):
        mettre_en_ligne(auteur=auteur, publication=publication, jour=date(2016, 8, 1), adresse="https://b.fr")
    assert not Journal.objects.exists()


PAGE = "/financements/essai/exporter/donnees-ouvertes/"


def test_l_ecran_annonce_emporte_et_filtre(appel, axe, connecter):
    action_votee(axe=axe, numero=1, organisme=organisme(), montants={2016: "1000.00"})
    action_votee(axe=AxeFactory(appel=appel, numero=2), numero=2, organisme=organisme("38047555800058"),
                 montants={2016: "90000.00"})  # fmt: skip
    navigateur = connecter("finances")
    lu = normaliser(navigateur.get(PAGE).content.decode())
    assert "<strong>1 ligne</strong>" in lu
    assert "1 action (90 000,00 €) hors du fichier : convention obligatoire" in " ".join(
        lu.replace("&nbsp;", " ").split()
    )
    reponse = navigateur.post(PAGE, {"annonce": "1", "axe": "1", "forme": "scdl", "perimetre": "tout"})
    assert reponse["Content-Disposition"].endswith('-1-ligne.csv"')
    texte = b"".join(reponse.streaming_content).decode()
    assert (texte.splitlines()[0], len(texte.splitlines())) == (",".join(CHAMPS), 2)
    change = navigateur.post(PAGE, {"annonce": "2", "axe": "1", "perimetre": "legal"})
    assert (change.status_code, change["Location"]) == (302, f"{PAGE}?axe=1&perimetre=legal")


def test_l_ecran_montre_les_fautes_et_n_emporte_rien(appel, fausse, connecter):
    reponse = connecter("pilote").post(PAGE, {"annonce": "2"})
    lu = normaliser(reponse.content.decode())
    assert ("Une faute" in lu, fausse.valeur in lu, fausse.attendu in lu) == (True, True, True)
    assert not Publication.objects.exists()


def test_on_dit_qu_un_fichier_est_en_ligne(appel, connecter):
    publication = publication_de(appel)
    adresse, navigateur = f"{PAGE}{publication.pk}/en-ligne/", connecter("finances")
    refus = navigateur.post(adresse, {"en_ligne_le": "2999-01-01", "adresse": "https://data.exemple.fr/jeu"})
    assert "Cette date est à venir" in refus.content.decode()
    fait = navigateur.post(adresse, {"en_ligne_le": "2016-08-01", "adresse": "https://data.exemple.fr/jeu"})
    assert (fait.status_code, fait["Location"]) == (302, PAGE)
    publication.refresh_from_db()
    assert (publication.en_ligne_le, publication.adresse) == (date(2016, 8, 1), "https://data.exemple.fr/jeu")
    encore = navigateur.post(adresse, {"en_ligne_le": "2016-08-02", "adresse": "https://b.fr"}, follow=True)
    assert "déjà dite en ligne" in encore.content.decode()


def test_la_page_fait_autant_de_requetes_pour_une_ligne_que_pour_trois(connecter, requetes):
    navigateur, comptes = connecter("finances"), []
    actions = programme(3, montant="1.00")
    for nombre in (1, 3):
        slug = actions[0].projet.appel.slug
        for action in actions[:nombre]:
            if not hasattr(action, "convention"):
                convention(action)
        with requetes() as prises:
            navigateur.get(f"/financements/{slug}/exporter/donnees-ouvertes/")
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1]
