"""Les écrans de l’enveloppe : voter, prévisualiser sans écrire, valider ce qu’on a lu, réviser, reverser, comparer."""

import re
from decimal import Decimal

import pytest
from django.test import Client

from comptes.states import Role
from config.socle.models import Journal
from financements.actions.enveloppes.repartir import valider_la_repartition
from financements.actions.voter_enveloppe import repartir_enveloppe
from financements.chiffres.previsualisation import Choix, previsualiser
from financements.chiffres.versions_de_repartition import derniere_version
from financements.models import CreditDeReference, Enveloppe, Repartition, RevisionEnveloppe
from projets.states import Volet
from territoires.models import Effectif, ReleveEffectifs
from tests.financements.enveloppes.scenes import enveloppe_votee
from tests.projets.fabriques import AppelFactory

pytestmark = pytest.mark.django_db
BASE = "/arbitrage/essai/enveloppes/"
TOUT = "unite=100&depart=&reserve_2016=10+%25&axe_1_2016=50+%25"


@pytest.fixture
def pilote(connecter) -> Client:
    return connecter(Role.PILOTE)


@pytest.fixture
def enveloppe() -> Enveloppe:
    return enveloppe_votee(slug="essai")


@pytest.fixture
def repartie(enveloppe) -> Enveloppe:
    repartir_enveloppe(auteur=None, enveloppe=enveloppe, releve=ReleveEffectifs.objects.get())
    return enveloppe


def empreinte_de(page) -> str:
    return re.search(r'name="empreinte" value="(\w+)"', page.content.decode())[1]


def erreurs(page, nom: str = "form") -> dict:
    return {champ: list(liste) for champ, liste in page.context[nom].errors.items()}


def test_voter_l_enveloppe_d_un_appel_qui_n_en_a_pas(pilote):
    appel = AppelFactory(slug="essai", annee_debut=2016, annee_fin=2017)
    assert b"Voter l\xe2\x80\x99enveloppe" in pilote.get(BASE).content
    saisie = {"cp_2016": "1 000,50", "cp_2017": "0", "deliberation": "D/1", "adoptee_le": "2016-06-13"}
    refusee = pilote.post(f"{BASE}voter/", saisie | {"cp_2016": "beaucoup"})
    assert erreurs(refusee) == {"cp_2016": ["Il faut un montant en euros, comme 12 345,67."]}
    nulle = pilote.post(f"{BASE}voter/", saisie | {"cp_2016": "0"})
    assert erreurs(nulle) == {"__all__": ["Donnez au moins une année dont les crédits ne sont pas nuls."]}
    assert pilote.post(f"{BASE}voter/", saisie).url == BASE
    votee = Enveloppe.objects.get(appel=appel)
    assert (votee.montant_ae, votee.deliberation, str(votee.votee_le)) == (Decimal("1000.50"), "D/1", "2016-06-13")
    assert pilote.post(f"{BASE}voter/", saisie).url == BASE  # déjà votée : rien de plus
    assert Enveloppe.objects.count() == 1


def test_previsualiser_ne_s_ecrit_pas_et_valider_ecrit_ce_qu_on_a_lu(pilote, enveloppe, requetes):
    adresse = f"{BASE}repartir/?releve={ReleveEffectifs.objects.get().pk}&{TOUT}"
    with requetes() as prises:
        page = pilote.get(adresse)
    assert prises.ecritures == []
    assert [(ligne.libelle, ligne.apres) for ligne in page.context["annees"][0].lignes] == [
        ("Douaisis", Decimal("300.00")),
        ("Valenciennois", Decimal("600.00")),
    ]
    assert erreurs(pilote.post(adresse, {"empreinte": empreinte_de(page), "motif": ""}), "validation") == {
        "motif": ["Ce champ est obligatoire."]
    }
    reponse = pilote.post(adresse, {"empreinte": empreinte_de(page), "motif": "premier partage"})
    assert reponse.url == "/financements/essai/repartitions/1/"
    lue = derniere_version(enveloppe)
    assert (lue.reserve, lue.par_axe, lue.repartition.motif) == (
        {2016: 10_000},
        {(1, 2016): 45_000},
        "premier partage",
    )


def test_valider_une_previsualisation_perimee_la_remontre_et_garde_le_motif(pilote, enveloppe):
    adresse = f"{BASE}repartir/?releve={ReleveEffectifs.objects.get().pk}&{TOUT}"
    lue = empreinte_de(pilote.get(adresse))
    Effectif.objects.filter(territoire__code="DOU").update(nombre=20)
    page = pilote.post(adresse, {"empreinte": lue, "motif": "pourquoi"})
    assert "a changé depuis votre lecture" in page.content.decode()
    assert page.context["validation"]["motif"].value() == "pourquoi"
    assert empreinte_de(page) not in {"", lue}
    assert Repartition.objects.count() == 0


def test_des_choix_impossibles_se_disent_et_ne_se_valident_pas(pilote, repartie):
    releve = ReleveEffectifs.objects.get().pk
    page = pilote.get(f"{BASE}repartir/?releve={releve}&unite=1&depart=version&perte=0&reserve_2016=10+%25")
    assert "2016 : Plancher intenable : il manque 100,00\u00a0€" in page.content.decode()
    assert "Valider cette répartition" not in page.content.decode()
    sans_depart = pilote.get(f"{BASE}repartir/?releve={releve}&unite=1&perte=5&duree=3")
    assert erreurs(sans_depart) == {champ: ["Choisissez d’abord par rapport à quoi."] for champ in ("perte", "duree")}
    faux = pilote.get(f"{BASE}repartir/?releve={releve}&unite=1&reserve_2016=101+%25")
    assert erreurs(faux) == {"reserve_2016": ["Il faut un pourcentage de 0 à 100, comme 5 ou 2,5."]}


def test_reviser_puis_relire_l_histoire(pilote, repartie):
    saisie = {
        "cp_2016": "1 200",
        "cp_2017": "500",
        "deliberation": "D/2",
        "adoptee_le": "2017-03-01",
        "motif": "plus",
        "repartir": "on",
        "lues": "0",
    }
    assert pilote.get(f"{BASE}reviser/").context["form"]["cp_2016"].value() == "1\u202f000,00"
    basse = pilote.post(f"{BASE}reviser/", saisie | {"cp_2016": "900", "repartir": ""})
    assert list(erreurs(basse)) == ["cp_2016"]
    assert pilote.post(f"{BASE}reviser/", saisie).url == BASE
    texte = pilote.get(BASE).content.decode()
    assert "D/2 du 01/03/2017" in texte
    assert "1\u202f000,00\u00a0€ → 1\u202f200,00\u00a0€" in texte
    assert derniere_version(repartie).repartition.version == 2
    perimee = pilote.post(f"{BASE}reviser/", saisie | {"cp_2016": "1300"})
    assert erreurs(perimee) == {
        "__all__": ["L’enveloppe vient d’être révisée : relisez ses crédits, puis envoyez de nouveau."]
    }
    assert pilote.post(f"{BASE}reviser/", saisie | {"cp_2016": "1300", "lues": "1"}).url == BASE
    assert RevisionEnveloppe.objects.count() == 2


def test_reverser_des_reliquats_de_la_lecture_a_la_validation(pilote, repartie):
    assert b"Valider ce reversement" not in pilote.get(f"{BASE}reliquats/").content
    trop = pilote.get(f"{BASE}reliquats/?r_DOU_2016=9999&receveurs=VAL")
    assert "il ne lui reste que 333,33" in erreurs(trop)["__all__"][0]
    adresse = f"{BASE}reliquats/?r_DOU_2016=33,33&receveurs=VAL"
    page = pilote.get(adresse)
    assert pilote.post(adresse, {"empreinte": "fausse", "motif": "m"}).status_code == 200
    reponse = pilote.post(adresse, {"empreinte": empreinte_de(page), "motif": "le Douaisis ne consomme pas"})
    assert reponse.url == "/financements/essai/repartitions/2/"
    lue = derniere_version(repartie)
    assert (lue.montants["DOU", 2016], lue.montants["VAL", 2016]) == (30_000, 70_000)
    version = pilote.get(reponse.url)
    assert [(m.annee, m.territoire.code, m.reverse, m.recu) for m in version.context["mouvements"]] == [
        (2016, "DOU", Decimal("33.33"), None),
        (2016, "VAL", None, Decimal("33.33")),
    ]
    assert "Le calcul refait donne les mêmes montants, au centime" in version.content.decode()
    assert "+33,33" in pilote.get("/financements/essai/territoires/VAL/").content.decode()


@pytest.mark.parametrize("role", [Role.FINANCES, Role.LECTURE, Role.ADMINISTRATEUR])
def test_qui_lit_les_financements_lit_les_versions_et_ne_decide_rien(connecter, repartie, role):
    client = connecter(role)
    assert client.get("/financements/essai/repartitions/").status_code == 200
    texte = client.get("/financements/essai/repartitions/1/").content.decode()
    assert "L’empreinte recalculée est celle d’alors" in " ".join(texte.split())
    assert "/arbitrage/" not in texte
    for page in ("", "voter/", "reviser/", "repartir/", "reliquats/", "equite/", "reference/"):
        assert client.post(f"{BASE}{page}").status_code in {403, 405}
    assert Repartition.objects.count() == 1


def test_l_annee_de_comparaison_se_saisit_et_sert_de_depart_et_de_mesure(pilote, repartie):
    page = pilote.get(f"{BASE}reference/")
    saisie = {
        "annee": "2015",
        "source": "rapport d’activité",
        "montant_DOU": "300",
        "pro_DOU": "100",
        "montant_VAL": "300",
        "lue": page.context["form"]["lue"].value(),
    }
    assert erreurs(pilote.post(f"{BASE}reference/", saisie | {"pro_DOU": "301"})) == {
        "pro_DOU": ["Pas plus que le montant en tout."]
    }
    assert "annee" in erreurs(pilote.post(f"{BASE}reference/", saisie | {"annee": "2016"}))
    assert pilote.post(f"{BASE}reference/", saisie).url == f"{BASE}equite/"
    assert set(CreditDeReference.objects.values_list("territoire__code", "volet", "montant")) == {
        ("DOU", Volet.PROFESSIONNEL, 100),
        ("DOU", Volet.SOCIAL, 200),
        ("VAL", "", 300),
    }
    assert "Quelqu’un vient d’enregistrer" in pilote.post(f"{BASE}reference/", saisie).content.decode()
    assert Journal.objects.filter(acte="saisir_la_reference").count() == 1
    equite = pilote.get(f"{BASE}equite/").context["equite"]
    assert [(m.libelle, m.theil, m.moyenne) for m in equite.mesures] == [
        ("2015", Decimal("0.058892"), Decimal("20.00")),
        ("Demandé", Decimal(0), Decimal(0)),
        ("Dotation", Decimal(0), Decimal("25.00")),
    ]
    assert [ligne.valeurs for ligne in equite.lignes] == [
        [Decimal("30.00"), Decimal(0), Decimal("25.00")],
        [Decimal("15.00"), Decimal(0), Decimal("25.00")],
    ]
    releve = ReleveEffectifs.objects.get().pk
    page = pilote.get(f"{BASE}repartir/?releve={releve}&unite=1&depart=reference&duree=2")
    assert [ligne.apres for ligne in page.context["annees"][0].lignes] == [Decimal("416.67"), Decimal("583.33")]
    assert [ligne.apres for ligne in page.context["annees"][1].lignes] == [Decimal("166.67"), Decimal("333.33")]


def test_la_page_d_un_territoire_dit_que_les_parts_convergent(pilote, repartie):
    releve = ReleveEffectifs.objects.get()
    choix = Choix(releve, depart="version", duree=2, perte=0)
    lue = previsualiser(repartie, choix).empreinte
    valider_la_repartition(auteur=None, enveloppe=repartie, choix=choix, motif="m", empreinte_lue=lue)
    page = pilote.get("/financements/essai/territoires/DOU/")
    explication = page.context["explication"]
    assert (explication.converge, [quote.dotation for quote in explication.quotes]) == (
        True,
        [Decimal("333.33"), Decimal("166.67")],
    )
    assert "Les effectifs sont ici mêlés au partage de départ" in " ".join(page.content.decode().split())


def test_sans_repartition_l_equite_mene_aux_enveloppes(pilote, enveloppe):
    assert "Rien n’est encore réparti" in pilote.get(f"{BASE}equite/").content.decode()
    assert pilote.get(f"{BASE}reliquats/").url == BASE


def test_la_page_de_l_enveloppe_lit_autant_pour_une_version_que_pour_trois(pilote, repartie, requetes):
    with requetes() as une:
        pilote.get(BASE)
    for _ in range(2):
        repartir_enveloppe(auteur=None, enveloppe=repartie, releve=ReleveEffectifs.objects.get())
    with requetes() as trois:
        pilote.get(BASE)
    assert une.nombre == trois.nombre, trois
