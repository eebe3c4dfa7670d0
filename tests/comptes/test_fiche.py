"""La fiche d’un organisme et ses comptes bancaires : écrire, refuser, ne rien perdre, ne rien montrer de trop."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError

from comptes.actions.comptes_bancaires import NouveauCompte, ajouter_un_compte, archiver_un_compte
from comptes.actions.fiche import CHAMPS, modifier_la_fiche
from comptes.models import CompteBancaire, Organisme
from comptes.rules.banque import bic_est_valide, iban_est_valide, iban_lisible, iban_masque, pays_concordent
from comptes.states import Role
from config.socle.models import Journal
from config.socle.versions import VersionPerimee
from tests.comptes.fabriques import (
    AdhesionFactory,
    OrganismeFactory,
    PersonneFactory,
    ResponsableFactory,
    siret_d_essai,
)

pytestmark = pytest.mark.django_db
IBAN = "FR7630006000011234567890189"
AUTRE_IBAN = "FR1420041010050500013M02606"
BIC = "AGRIFRPP"
COMPTE = NouveauCompte("Compte courant", "La Ressourcerie", "fr76 3000 6000 0112 3456 7890 189", "agrifrpp")


def saisie(organisme: Organisme, **champs) -> dict:
    return {champ: getattr(organisme, champ) for champ in CHAMPS} | champs


def envoi(organisme: Organisme, **champs) -> dict:
    base = dict.fromkeys(CHAMPS, "")
    base |= {"siret": organisme.siret, "nom": organisme.nom, "forme_juridique": "autre", "version": organisme.version}
    return base | champs


# --- La fiche ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fabrique", [ResponsableFactory, AdhesionFactory])
def test_responsable_et_redacteur_modifient_la_fiche(fabrique):
    adhesion = fabrique()
    organisme = adhesion.organisme
    modifier_la_fiche(
        auteur=adhesion.personne,
        organisme=organisme,
        version=1,
        saisie=saisie(organisme, benevoles=12, adresse="1 rue"),
    )
    organisme.refresh_from_db()
    assert (organisme.benevoles, organisme.adresse, organisme.version) == (12, "1 rue", 2)
    assert organisme.modifie_par == adhesion.personne
    assert list(Journal.objects.values_list("acte", "avant", "apres")) == [
        ("modifier_la_fiche", {"benevoles": None, "adresse": ""}, {"benevoles": 12, "adresse": "1 rue"})
    ]


def test_le_courrier_arrive_ailleurs_qu_au_siege_si_la_fiche_le_dit(connecter):
    adhesion = AdhesionFactory()
    page = connecter(adhesion.personne)
    postales = []
    for ailleurs in ("BP 12, 59500 Douai", ""):
        organisme = Organisme.objects.get()
        champs = envoi(organisme, adresse="1 rue, 59500 Douai", adresse_courrier=ailleurs)
        lue = page.post(f"/organismes/{organisme.pk}/modifier/", champs, follow=True).content.decode()
        postales.append((Organisme.objects.get().adresse_postale, "Adresse où écrire" in lue))
    assert postales == [("BP 12, 59500 Douai", True), ("1 rue, 59500 Douai", False)]


def test_ne_rien_changer_n_ecrit_rien():
    adhesion = AdhesionFactory()
    organisme = adhesion.organisme
    modifier_la_fiche(auteur=adhesion.personne, organisme=organisme, version=1, saisie=saisie(organisme))
    assert (Organisme.objects.get().version, Journal.objects.count()) == (1, 0)


def test_qui_n_agit_pas_pour_l_organisme_ne_le_modifie_pas():
    organisme = OrganismeFactory()
    for auteur in [PersonneFactory(role=role) for role in Role] + [ResponsableFactory().personne]:
        with pytest.raises(PermissionDenied):
            modifier_la_fiche(auteur=auteur, organisme=organisme, version=1, saisie=saisie(organisme, nom="Pris"))


@pytest.mark.parametrize(
    ("champs", "fautes"),
    [
        ({"siret": "73282932000079"}, ["siret"]),
        ({"siret": "73282932000074"}, ["siret"]),
        ({"rna": "X123"}, ["rna"]),
        ({"telephone": "abc"}, ["telephone"]),
        ({"courriel": "sans-arobase"}, ["courriel"]),
        ({"salaries_etp": -1}, ["salaries_etp"]),
        ({"nom": ""}, ["nom"]),
    ],
)
def test_une_saisie_fausse_est_refusee_a_cote_du_champ(champs, fautes):
    adhesion = AdhesionFactory()
    organisme = adhesion.organisme
    with pytest.raises(ValidationError) as refus:
        modifier_la_fiche(auteur=adhesion.personne, organisme=organisme, version=1, saisie=saisie(organisme, **champs))
    assert list(refus.value.message_dict) == fautes
    assert Organisme.objects.get().version == 1


def test_une_version_perimee_n_ecrase_rien():
    adhesion = AdhesionFactory()
    organisme = adhesion.organisme
    modifier_la_fiche(auteur=adhesion.personne, organisme=organisme, version=1, saisie=saisie(organisme, adresse="A"))
    with pytest.raises(VersionPerimee) as refus:
        modifier_la_fiche(
            auteur=adhesion.personne, organisme=organisme, version=1, saisie=saisie(organisme, adresse="B")
        )
    assert (refus.value.actuel.version, Organisme.objects.get().adresse) == (2, "A")


def test_l_ecran_montre_les_deux_versions_garde_la_saisie_puis_l_enregistre(connecter):
    adhesion = AdhesionFactory(organisme__nom="La Ressourcerie")
    organisme, client = adhesion.organisme, connecter(adhesion.personne)
    page = f"/organismes/{organisme.pk}/modifier/"
    autre = connecter(AdhesionFactory(organisme=organisme).personne)
    assert autre.post(page, envoi(organisme, adresse="Au 1", benevoles="3")).url == f"/organismes/{organisme.pk}/"
    mienne = envoi(organisme, adresse="Au 2", salaries_etp="2,5", benevoles="3")
    reponse = client.post(page, mienne)
    ecarts = [(e["champ"].name, e["enregistre"], e["saisi"]) for e in reponse.context["ecarts"]]
    assert ecarts == [("adresse", "Au 1", "Au 2"), ("salaries_etp", "", "2,5")]
    formulaire = reponse.context["form"]
    assert {champ: formulaire[champ].value() for champ in ("adresse", "salaries_etp", "version")} == {
        "adresse": "Au 2",
        "salaries_etp": "2,5",
        "version": "2",
    }
    assert client.post(page, mienne | {"version": "2"}).status_code == 302
    organisme.refresh_from_db()
    assert (organisme.adresse, str(organisme.salaries_etp), organisme.version) == ("Au 2", "2.50", 3)


def test_une_erreur_garde_la_saisie(connecter):
    adhesion = AdhesionFactory()
    connu = OrganismeFactory()
    champs = envoi(adhesion.organisme, siret=connu.siret, adresse="Au 2")
    reponse = connecter(adhesion.personne).post(f"/organismes/{adhesion.organisme_id}/modifier/", champs)
    assert list(reponse.context["form"].errors) == ["siret"]
    assert reponse.context["form"]["adresse"].value() == "Au 2"


def test_un_siege_qui_demenage_garde_son_siren():
    adhesion = AdhesionFactory(organisme__siret="73282932000074")
    organisme = adhesion.organisme
    for siret in ("73282932000082", siret_d_essai(999)):
        try:
            modifier_la_fiche(
                auteur=adhesion.personne, organisme=organisme, version=1, saisie=saisie(organisme, siret=siret)
            )
        except (ValidationError, VersionPerimee):
            continue
    assert Organisme.objects.get().siret == "73282932000082"


# --- Les comptes bancaires --------------------------------------------------------------------------------


def test_l_iban_et_le_bic_se_controlent():
    assert [iban_est_valide(numero) for numero in (IBAN, AUTRE_IBAN, IBAN[:-1] + "8", "FR76", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert [bic_est_valide(numero) for numero in (BIC, "AGRIFRPPXXX", "AGRI", "")] == [True, True, False, False]


@pytest.mark.parametrize(
    ("iban", "bic", "concordent"),
    [
        (IBAN, "AGRIFRPP", True),
        (IBAN, "CEPAFRPP831", True),
        (IBAN, "BREDGPGX", True),
        ("DE89370400440532013000", "COBADEFF", True),
        ("DE89370400440532013000", "AGRIFRPP", False),
        (IBAN, "COBADEFF", False),
        ("GB82WEST12345698765432", "WESTJEH1", True),
    ],
)
def test_le_bic_est_du_pays_de_l_iban(iban, bic, concordent):
    assert pays_concordent(iban, bic) is concordent


def test_un_iban_allemand_avec_un_bic_francais_se_dit_au_bic(connecter):
    adhesion = ResponsableFactory()
    champs = {"libelle": "A", "titulaire": "Nous", "iban": "DE89 3704 0044 0532 0130 00", "bic": BIC}
    reponse = connecter(adhesion.personne).post(
        f"/organismes/{adhesion.organisme_id}/comptes-bancaires/ajouter/", champs
    )
    assert reponse.context["form"].errors == {
        "bic": ["Ce BIC est d’une banque d’un autre pays (FR) que l’IBAN (DE)\u00a0: recopiez les deux du même RIB."]
    }
    assert CompteBancaire.objects.count() == 0


def test_rien_n_est_coupe_a_la_frappe_et_les_bornes_se_disent(connecter):
    adhesion = AdhesionFactory()
    adresse = f"/organismes/{adhesion.organisme_id}/modifier/"
    client = connecter(adhesion.personne)
    assert "maxlength" not in client.get(adresse).content.decode()
    assert "maxlength" not in client.get("/mon-organisme/creer/").content.decode()
    champs = {**client.get(adresse).context["form"].initial, "nom": "N" * 201, "benevoles": "3000000000"}
    faux = client.post(adresse, {nom: valeur for nom, valeur in champs.items() if valeur is not None})
    assert {nom: faux.context["form"].errors[nom] for nom in ("nom", "benevoles")} == {
        "nom": ["Assurez-vous que cette valeur comporte au plus 200 caractères (actuellement 201)."],
        "benevoles": ["Ce nombre est trop grand\u00a0: 1\u202f000\u202f000 au plus."],
    }
    assert faux.context["form"]["nom"].value() == "N" * 201


def test_l_iban_masque_ne_montre_que_ses_bouts():
    assert iban_masque(IBAN) == "FR76\u00a0••••\u00a0••••\u00a00189"
    assert iban_lisible(IBAN) == "FR76\u00a03000\u00a06000\u00a00112\u00a03456\u00a07890\u00a0189"


def test_un_responsable_ajoute_archive_et_reprend_un_compte():
    adhesion = ResponsableFactory()
    compte = ajouter_un_compte(auteur=adhesion.personne, organisme=adhesion.organisme, nouveau=COMPTE)
    assert (compte.iban, compte.bic) == (IBAN, BIC)
    for est_archive in (True, True, False):
        archiver_un_compte(auteur=adhesion.personne, compte=compte, est_archive=est_archive)
    masque = {"compte": compte.pk, "iban": iban_masque(IBAN)}
    assert list(Journal.objects.order_by("id").values_list("acte", "apres")) == [
        ("ajouter_un_compte", masque),
        ("archiver_un_compte", masque),
        ("reprendre_un_compte", masque),
    ]


def test_le_meme_iban_ne_s_ajoute_pas_deux_fois_au_meme_organisme():
    adhesion = ResponsableFactory()
    ajouter_un_compte(auteur=adhesion.personne, organisme=adhesion.organisme, nouveau=COMPTE)
    with pytest.raises(ValidationError):
        ajouter_un_compte(auteur=adhesion.personne, organisme=adhesion.organisme, nouveau=COMPTE)
    autre = ResponsableFactory()
    ajouter_un_compte(auteur=autre.personne, organisme=autre.organisme, nouveau=COMPTE)
    assert CompteBancaire.objects.count() == 2


def test_seul_un_responsable_touche_aux_comptes():
    responsable = ResponsableFactory()
    organisme = responsable.organisme
    compte = ajouter_un_compte(auteur=responsable.personne, organisme=organisme, nouveau=COMPTE)
    redacteur = AdhesionFactory(organisme=organisme).personne
    for auteur in [redacteur, ResponsableFactory().personne, *(PersonneFactory(role=role) for role in Role)]:
        with pytest.raises(PermissionDenied):
            ajouter_un_compte(auteur=auteur, organisme=organisme, nouveau=COMPTE)
        with pytest.raises(PermissionDenied):
            archiver_un_compte(auteur=auteur, compte=compte)


def test_la_base_refuse_un_iban_a_espaces():
    with pytest.raises(IntegrityError):
        CompteBancaire.objects.create(organisme=OrganismeFactory(), libelle="A", titulaire="A", iban="FR76 3", bic=BIC)


def test_seul_le_service_financier_lit_l_iban_entier(connecter):
    responsable = ResponsableFactory()
    organisme = responsable.organisme
    ajouter_un_compte(auteur=responsable.personne, organisme=organisme, nouveau=COMPTE)
    lecteurs = {role.value: connecter(role) for role in Role if role != Role.PORTEUR}
    lecteurs |= {"responsable": connecter(responsable.personne)}
    lecteurs |= {"redacteur": connecter(AdhesionFactory(organisme=organisme).personne)}
    pages = {qui: client.get(f"/organismes/{organisme.pk}/").content.decode() for qui, client in lecteurs.items()}
    assert [qui for qui, page in pages.items() if iban_lisible(IBAN) in page] == ["finances"]
    assert {qui for qui, page in pages.items() if iban_masque(IBAN) in page} == pages.keys() - {"finances"}


def test_ajouter_archiver_et_reprendre_depuis_les_ecrans(connecter):
    adhesion = ResponsableFactory()
    client, base = connecter(adhesion.personne), f"/organismes/{adhesion.organisme_id}/"
    champs = {"libelle": "Courant", "titulaire": "Nous", "iban": IBAN[:-1] + "8", "bic": "AGRI"}
    reponse = client.post(f"{base}comptes-bancaires/ajouter/", champs)
    assert list(reponse.context["form"].errors) == ["iban", "bic"]
    assert reponse.context["form"]["iban"].value() == IBAN[:-1] + "8"
    assert client.post(f"{base}comptes-bancaires/ajouter/", champs | {"iban": COMPTE.iban, "bic": BIC}).url == base
    encore = client.post(f"{base}comptes-bancaires/ajouter/", champs | {"iban": COMPTE.iban, "bic": BIC})
    assert encore.context["form"].non_field_errors() == [
        "Cet IBAN est déjà enregistré pour l’organisme, peut-être archivé."
    ]
    compte = CompteBancaire.objects.get()
    for acte, attendu in (("archiver", True), ("reprendre", False)):
        client.post(f"/comptes-bancaires/{compte.pk}/{acte}/")
        compte.refresh_from_db()
        assert compte.est_archive is attendu


def test_la_fiche_coute_autant_pour_un_et_trois_comptes(connecter, requetes):
    adhesion = ResponsableFactory()
    client, nombres = connecter(adhesion.personne), []
    for rang, iban in enumerate((IBAN, AUTRE_IBAN, "DE89370400440532013000")):
        CompteBancaire.objects.create(
            organisme=adhesion.organisme, libelle=f"Compte {rang}", titulaire="Nous", iban=iban, bic=BIC
        )
        with requetes() as prises:
            client.get(f"/organismes/{adhesion.organisme_id}/")
        nombres.append(prises.nombre)
    assert len(set(nombres)) == 1
