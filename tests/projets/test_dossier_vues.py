"""Les pages d’étape et l’enregistrement automatique : ce qu’elles montrent, gardent, répondent, à qui, en combien."""

import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from comptes.states import RoleOrganisme
from projets.models import Projet, Saisie
from projets.states import MODIFIABLES, EtatProjet
from tests.comptes.fabriques import CompteBancaireFactory
from tests.projets.dossiers import ACTION, appel_ouvert, brouillon, collegue, ecrire, enregistrees, porteur
from tests.projets.fabriques import ProjetFactory, ProlongationFactory, QuestionFactory
from tests.territoires.fabriques import CommuneFactory

pytestmark = pytest.mark.django_db
ETAPES = ["organisme", "action", "publics"]
REQUETES_D_UNE_PAGE, REQUETES_D_UN_ENVOI = 15, 25


@pytest.fixture
def adhesion():
    return porteur(personne__prenom="Claire", personne__nom="Martin")


@pytest.fixture
def projet(adhesion):
    return brouillon(adhesion)


@pytest.fixture
def navigateur(connecter, adhesion) -> Client:
    return connecter(adhesion.personne)


@pytest.fixture
def paul(projet):
    return collegue(projet, personne__prenom="Paul", personne__nom="Petit")


def adresse(projet: Projet, cle: str = "action") -> str:
    return f"/mes-projets/{projet.pk}/{cle}/"


def enregistrer(navigateur: Client, projet: Projet, lu: dict | None = None, cle: str = "action", **envoi: object):
    """Comme dossier.js : ce qui est sale, et ce que la page en avait lu."""
    return navigateur.post(f"{adresse(projet, cle)}enregistrer/", {"lu": json.dumps(lu or {}), **envoi})


def ailleurs_et_conflits(rapport: dict) -> tuple[dict, list]:
    return (
        {champ: (ecrit["valeur"], ecrit["par"]) for champ, ecrit in rapport["ailleurs"].items()},
        [(c["champ"], c["mienne"], c["lisible"], c["par"]) for c in rapport["conflits"]],
    )


# --- Montrer ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cle", ETAPES)
def test_une_etape_neuve_ne_montre_aucune_erreur_et_dit_ce_qui_manque(navigateur, projet, cle):
    page = navigateur.get(adresse(projet, cle))
    contenu = page.content.decode()
    assert (page.status_code, "invalid-feedback" in contenu, "à compléter" in contenu) == (200, False, True)


def test_la_page_de_tous_les_manques_montre_chaque_oubli_a_sa_place(navigateur, projet):
    contenu = navigateur.get(f"{adresse(projet)}?tout=1").content.decode()
    assert contenu.count("invalid-feedback") == len(navigateur.get(adresse(projet)).context["etapes"][1][1]) == 10


def test_la_page_dit_l_echeance_et_le_temps_qui_reste(navigateur, projet):
    contexte = navigateur.get(adresse(projet)).context
    assert (contexte["cloture"], contexte["reste"]) == (projet.appel.ferme_le, "dans 6\u00a0jours")


def test_une_prolongation_recule_l_echeance_de_son_organisme(navigateur, projet):
    plus_tard = projet.appel.ferme_le + timedelta(days=10)
    ProlongationFactory(appel=projet.appel, organisme=projet.organisme, jusqu_au=plus_tard)
    assert navigateur.get(adresse(projet)).context["cloture"] == plus_tard


def test_l_appel_clos_le_brouillon_se_lit_s_ecrit_et_la_page_le_dit(navigateur, projet):
    type(projet.appel).objects.update(ferme_le=timezone.now() - timedelta(days=1))
    contenu = navigateur.get(adresse(projet)).content.decode()
    assert "lire et compléter ce brouillon, mais plus le déposer." in " ".join(contenu.split())
    assert enregistrer(navigateur, projet, lieu="Denain").json()["ecrits"] == ["lieu"]


@pytest.mark.parametrize(("role", "voit"), [(RoleOrganisme.RESPONSABLE, True), (RoleOrganisme.REDACTEUR, False)])
def test_seul_un_responsable_voit_le_lien_pour_ajouter_un_compte(connecter, projet, role, voit):
    personne = collegue(projet, role=role)
    contenu = connecter(personne).get(adresse(projet, "organisme")).content.decode()
    assert (f"/organismes/{projet.organisme_id}/comptes-bancaires/ajouter/" in contenu) is voit


def test_ce_qui_est_tape_ne_sort_jamais_de_son_texte(navigateur, projet, paul):
    piege = "</textarea><script>alert(1)</script>"
    ecrire(projet, paul, objectifs=piege, lieu='"><img src=x>')
    contenu = navigateur.get(adresse(projet)).content.decode()
    assert ("<script>alert" in contenu, "<img src=x" in contenu) == (False, False)


def test_une_etape_inconnue_est_introuvable(navigateur, projet):
    assert navigateur.get(adresse(projet, "inconnue")).status_code == 404


# --- Qui entre ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("cle", ETAPES)
def test_le_projet_d_autrui_est_introuvable_en_lecture_comme_en_ecriture(navigateur, cle):
    autre = brouillon()
    codes = [
        navigateur.get(adresse(autre, cle)).status_code,
        navigateur.post(adresse(autre, cle), {"lieu": "Denain"}).status_code,
        enregistrer(navigateur, autre, cle=cle, lieu="Denain").status_code,
    ]
    assert (codes, "lieu" in enregistrees(autre)) == ([404, 404, 404], False)


@pytest.mark.parametrize("etat", [etat for etat in EtatProjet if etat not in MODIFIABLES])
def test_un_projet_depose_renvoie_a_sa_fiche_et_refuse_ce_qu_on_y_ecrit(navigateur, adhesion, etat):
    projet = ProjetFactory(organisme=adhesion.organisme, etat=etat)
    fiche = f"/mes-projets/{projet.pk}/"
    envois = [navigateur.get(adresse(projet)), navigateur.post(adresse(projet), {"lieu": "Denain"})]
    refus = enregistrer(navigateur, projet, lieu="Denain")
    assert [e.url for e in envois] == [fiche, fiche]
    assert (refus.status_code, refus.json()) == (
        409,
        {"refus": f"Ce projet est {projet.etat_public} : il ne se modifie plus."},
    )
    assert enregistrees(projet) == {}


def test_une_session_expiree_renvoie_l_enregistrement_a_la_connexion(client, projet):
    reponse = client.post(f"{adresse(projet)}enregistrer/", {"lieu": "Denain"}, HTTP_REFERER="http://testserver/x/")
    assert (reponse.status_code, reponse.url) == (302, "/connexion/?next=/x/")


def test_une_page_ouverte_par_une_autre_personne_n_enregistre_rien_a_son_nom(navigateur, projet, paul):
    refus = enregistrer(navigateur, projet, lieu="Denain", personne=str(paul.pk))
    assert refus.status_code == 409
    assert refus.json()["refus"].startswith("La session ouverte sur cet ordinateur est celle de Claire Martin : rien")
    page = navigateur.post(adresse(projet), {"lieu": "Denain", "personne": str(paul.pk)})
    assert (page.status_code, page.context["form"]["lieu"].value()) == (200, "Denain")
    assert "lieu" not in enregistrees(projet)


# --- L’enregistrement automatique ---------------------------------------------------------------------------
def test_le_compte_rendu_dit_ce_qui_est_garde_faux_et_manquant(navigateur, projet):
    rapport = enregistrer(navigateur, projet, lieu="Denain", fin="2040-01-01", version="1").json()
    assert (rapport["ecrits"], rapport["version"], rapport["refuses"], rapport["conflits"], rapport["ailleurs"]) == (
        ["fin", "lieu"],
        2,
        {},
        [],
        {},
    )
    assert rapport["erreurs"] == {"fin": ["L’appel porte sur 2027-2028 : choisissez une date de ces années."]}
    assert rapport["etapes"]["action"] == len(rapport["manques"]) == 9
    assert rapport["manques"][0] == {
        "ancre": "id_objectifs",
        "libelle": "Objectifs",
        "message": "Ce champ est obligatoire.",
    }
    assert rapport["enregistre_a"] == f"à\u00a0{timezone.localtime(Projet.objects.get().modifie_le):%H\u00a0h\u00a0%M}"


def test_ce_qui_est_faux_se_garde_aussi(navigateur, projet):
    enregistrer(navigateur, projet, etp="deux et demi", debut="bientôt")
    assert (enregistrees(projet)["etp"], enregistrees(projet)["debut"]) == ("deux et demi", "bientôt")
    page = navigateur.get(adresse(projet))
    assert page.context["form"]["etp"].value() == "deux et demi"


def test_une_autre_page_apprend_ce_qui_a_change_depuis_sa_version(navigateur, projet, paul):
    ecrire(projet, paul, methode="Par Paul")
    rapport = enregistrer(navigateur, projet, lieu="Denain", version="1").json()
    assert ailleurs_et_conflits(rapport) == ({"methode": ("Par Paul", "Paul Petit")}, [])
    assert rapport["presents"] == "Paul Petit écrit aussi dans ce projet."
    rapport = enregistrer(navigateur, projet, lieu="Douai", lu={"lieu": "Denain"}, version=rapport["version"]).json()
    assert ailleurs_et_conflits(rapport) == ({}, [])


def test_le_meme_champ_change_des_deux_cotes_revient_avec_qui_et_quand(navigateur, projet, paul):
    ecrire(projet, paul, objectifs="Par Paul")
    rapport = enregistrer(navigateur, projet, objectifs="Par Claire", version="1").json()
    assert ailleurs_et_conflits(rapport) == ({}, [("objectifs", "Par Claire", "Par Paul", "Paul Petit")])
    assert rapport["conflits"][0]["quand"].startswith("à\u00a0")
    assert enregistrees(projet)["objectifs"] == "Par Paul"


def test_un_conflit_d_axe_se_dit_par_son_nom(navigateur, adhesion):
    appel = appel_ouvert()
    projet = brouillon(adhesion, appel)
    rapport = enregistrer(navigateur, projet, axe="", lu={"axe": "0"}).json()
    assert ailleurs_et_conflits(rapport)[1] == [("axe", "vide", str(projet.axe), "Claire Martin")]


@pytest.mark.parametrize("lu", ["", "[]", "pas du json", '{"lieu": 3}', '{"lieu": {"a": 1}}', "null", '{"lieu": [1]}'])
def test_un_champ_lu_illisible_ne_vaut_rien(navigateur, projet, lu):
    rapport = navigateur.post(f"{adresse(projet)}enregistrer/", {"lu": lu, "lieu": "Denain"}).json()
    assert rapport["ecrits"] == ["lieu"]


@pytest.mark.parametrize("version", ["", "-1", "x", "9" * 30])
def test_une_version_illisible_fait_tout_redire(navigateur, projet, version):
    rapport = enregistrer(navigateur, projet, lieu="Denain", version=version).json()
    assert sorted(rapport["ailleurs"]) == ["axe", "intitule"]


def test_un_champ_trop_long_est_refuse_seul_et_se_dit(navigateur, projet):
    rapport = enregistrer(navigateur, projet, lieu="Denain", objectifs="a" * 20_001).json()
    assert (rapport["ecrits"], list(rapport["refuses"])) == (["lieu"], ["objectifs"])


def test_l_enregistrement_ne_se_lit_pas(navigateur, projet):
    assert navigateur.get(f"{adresse(projet)}enregistrer/").status_code == 405


def test_une_personne_qui_n_ecrit_plus_depuis_longtemps_n_est_plus_annoncee(navigateur, projet, paul):
    ecrire(projet, paul, methode="Par Paul")
    Saisie.objects.update(saisie_le=timezone.now() - timedelta(minutes=6))
    assert navigateur.get(adresse(projet)).context["presents"] == ""


# --- Sans JavaScript ----------------------------------------------------------------------------------------
def page_lue(navigateur: Client, projet: Projet) -> dict[str, str]:
    """Les champs caches d’une page ouverte maintenant."""
    contexte = navigateur.get(adresse(projet)).context
    return {"lu": contexte["lu"], "vu": contexte["vu"]}


def test_un_envoi_entier_garde_tout_et_continue(navigateur, projet):
    page = page_lue(navigateur, projet)
    envoi = {**page, "intitule": projet.intitule, "axe": projet.axe_id, **ACTION, "continuer": "oui"}
    assert navigateur.post(adresse(projet), envoi).url == adresse(projet, "publics")
    assert {c: enregistrees(projet)[c] for c in ACTION} == ACTION


def test_un_envoi_avec_une_faute_est_garde_et_reste_sur_la_page(navigateur, projet):
    page = navigateur.post(
        adresse(projet), {**page_lue(navigateur, projet), "fin": "2040-01-01", "lieu": "Denain", "continuer": "oui"}
    )
    assert (page.status_code, list(page.context["form"].errors), enregistrees(projet)["lieu"]) == (
        200,
        ["fin"],
        "Denain",
    )


def test_un_conflit_montre_les_deux_versions_jusqu_au_choix(navigateur, projet, paul):
    avant = page_lue(navigateur, projet)
    ecrire(projet, paul, objectifs="Par Paul", lieu="Douai")
    mien = {"objectifs": "Par Claire", "lieu": "Denain", "methode": "Bilan"}
    page = navigateur.post(adresse(projet), {**avant, **mien})
    assert sorted(page.context["conflits"]) == ["lieu", "objectifs"]
    assert (page.context["form"]["objectifs"].value(), enregistrees(projet)["methode"]) == ("Par Claire", "Bilan")
    # Enregistrer sans choisir ne tranche rien.
    encore = navigateur.post(adresse(projet), {"lu": page.context["lu"], "vu": page.context["vu"], **mien})
    assert sorted(encore.context["conflits"]) == ["lieu", "objectifs"]
    caches = {"lu": encore.context["lu"], "vu": encore.context["vu"]}
    garde = navigateur.post(adresse(projet), {**caches, **mien, "garder": "objectifs"})
    assert (sorted(garde.context["conflits"]), enregistrees(projet)["objectifs"]) == (["lieu"], "Par Claire")
    caches = {"lu": garde.context["lu"], "vu": garde.context["vu"]}
    pris = navigateur.post(adresse(projet), {**caches, **mien, "prendre": "lieu"})
    assert (pris.status_code, enregistrees(projet)["lieu"]) == (302, "Douai")


def test_garder_la_sienne_n_ecrase_pas_une_troisieme_version(navigateur, projet, paul):
    avant = page_lue(navigateur, projet)
    ecrire(projet, paul, lieu="Douai")
    page = navigateur.post(adresse(projet), {**avant, "lieu": "Denain"})
    ecrire(projet, paul, {"lieu": "Douai"}, lieu="Lille")
    caches = {"lu": page.context["lu"], "vu": page.context["vu"]}
    encore = navigateur.post(adresse(projet), {**caches, "lieu": "Denain", "garder": "lieu"})
    assert (encore.context["conflits"]["lieu"]["lisible"], enregistrees(projet)["lieu"]) == ("Lille", "Lille")


def test_un_champ_trop_long_reste_a_l_ecran(navigateur, projet):
    page = navigateur.post(adresse(projet), {**page_lue(navigateur, projet), "lieu": "a" * 20_001})
    assert (page.status_code, len(page.context["form"]["lieu"].value())) == (200, 20_001)
    assert "lieu" not in enregistrees(projet)


# --- Combien de requêtes ------------------------------------------------------------------------------------
def grossir(projet: Projet, auteurs: list) -> None:
    """Des questions, des comptes, des communes, des saisies de plusieurs personnes."""
    for n in range(3):
        QuestionFactory(appel=projet.appel)
        CompteBancaireFactory(organisme=projet.organisme, iban=f"FR763000600001123456789018{n}")
        CommuneFactory()
    for n, auteur in enumerate(auteurs):
        ecrire(projet, auteur, **{champ: f"{champ} {n}" for champ in list(ACTION)[n::3]}, communes="Denain")


@pytest.mark.parametrize("cle", ETAPES)
def test_une_page_et_un_envoi_font_un_nombre_fixe_de_requetes(navigateur, projet, requetes, cle):
    comptes = []
    ecrire(projet, collegue(projet), communes="Denain")
    for tour in range(2):
        with requetes() as page:
            navigateur.get(adresse(projet, cle))
        lu = enregistrees(projet)
        with requetes() as envoi:
            enregistrer(navigateur, projet, lu, cle, contact_fonction=str(tour), lieu=str(tour), public_vise=str(tour))
        comptes.append((page.nombre, envoi.nombre))
        if not tour:
            grossir(projet, [collegue(projet) for _ in range(3)])
    assert comptes[0] == comptes[1], f"{page}\n\n{envoi}"
    assert comptes[0][0] <= REQUETES_D_UNE_PAGE, page
    assert comptes[0][1] <= REQUETES_D_UN_ENVOI, envoi


def test_montrer_une_page_n_ecrit_rien(navigateur, projet, requetes):
    for cle in ETAPES:
        with requetes() as prises:
            navigateur.get(adresse(projet, cle))
        assert prises.ecritures == []


# --- La liste -----------------------------------------------------------------------------------------------
def test_la_liste_dit_ou_en_est_chaque_brouillon(navigateur, adhesion, projet):
    clos = brouillon(adhesion)
    type(clos.appel).objects.filter(pk=clos.appel_id).update(ferme_le=timezone.now() - timedelta(hours=1))
    depose = ProjetFactory(organisme=adhesion.organisme)
    page = navigateur.get("/mes-projets/")
    etats = page.context["brouillons"]
    assert sorted(etats) == [projet.pk, clos.pk]
    assert (etats[projet.pk].cloture, etats[projet.pk].reste, etats[clos.pk].reste) == (
        projet.appel.ferme_le,
        "dans 6\u00a0jours",
        "",
    )
    ici = navigateur.get(adresse(projet)).context["etapes"]
    assert etats[projet.pk].manques == sum(len(manques) for _, manques in ici)
    contenu = page.content.decode()
    assert (adresse(projet, "organisme") in contenu, adresse(depose, "organisme") in contenu) == (True, False)


def test_la_liste_fait_autant_de_requetes_pour_un_brouillon_que_pour_trois(navigateur, adhesion, requetes):
    comptes = []
    for _ in range(3):
        projet = brouillon(adhesion)
        grossir(projet, [collegue(projet) for _ in range(3)]) if not comptes else ecrire(
            projet, adhesion.personne, communes="Denain"
        )
        with requetes() as prises:
            navigateur.get("/mes-projets/")
        comptes.append(prises.nombre)
    assert comptes[0] == comptes[1] == comptes[2], prises
