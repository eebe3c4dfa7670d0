"""Vérifier, déposer, compléter, imprimer, garder le récépissé : par les pages, comme un porteur."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from comptes.models import Avis, Courriel, Organisme
from comptes.states import Role, RoleOrganisme
from projets.actions.echanges import demander_un_complement
from projets.models import AppelAProjets, Depot, Projet, Recepisse
from projets.states import EtatProjet
from projets.tasks.recepisse import produire_le_recepisse
from territoires.models import Territoire
from tests.comptes.fabriques import AdhesionFactory, DocumentFactory, PersonneFactory
from tests.projets.complets import appel_a_deposer, projet_complet, responsable_pret
from tests.projets.dossiers import ecrire
from tests.projets.fabriques import PieceFactory, ProjetFactory, ProlongationFactory
from tests.projets.pieces import piece_jointe

pytestmark = pytest.mark.django_db
DECLARATIONS = dict.fromkeys(["sincerite", "obligations", "demande", "versement", "pouvoir"], "on")
CHANGE = "Le projet a changé pendant que vous le vérifiiez. Il n’est pas déposé : relisez-le, puis recommencez."
REQUETES_D_UNE_PAGE, REQUETES_D_UN_DEPOT = 15, 30  # dont douze écritures et relectures sous verrou


@pytest.fixture
def adhesion():
    return responsable_pret()


@pytest.fixture
def projet(adhesion):
    return projet_complet(adhesion)


@pytest.fixture
def navigateur(connecter, adhesion) -> Client:
    return connecter(adhesion.personne)


@pytest.fixture
def instructeur(projet):
    personne = PersonneFactory(role=Role.INSTRUCTEUR)
    personne.territoires.add(*Territoire.objects.all())
    return personne


def verification(projet: Projet) -> str:
    return f"/mes-projets/{projet.pk}/verification/"


def envoyer(navigateur: Client, projet: Projet, **champs: object):
    """L’envoi de la page telle qu’elle vient d’être lue, toutes les cases cochées."""
    version = Projet.objects.get(pk=projet.pk).version
    return navigateur.post(verification(projet), {**DECLARATIONS, "version": version, **champs})


def texte(reponse) -> str:
    return " ".join(reponse.content.decode().split())


def demander(projet, instructeur, jours=10):
    echeance = timezone.localdate() + timedelta(days=jours)
    return demander_un_complement(auteur=instructeur, projet=projet, texte="Le RIB manque.", echeance=echeance)


def etat(projet: Projet) -> str:
    return Projet.objects.get(pk=projet.pk).etat


# --- Vérifier -----------------------------------------------------------------------------------------------
def test_un_dossier_complet_montre_les_declarations_et_la_version(navigateur, projet):
    page = navigateur.get(verification(projet))
    assert (page.context["dossier"].manques, list(page.context["form"].fields)) == ([], ["version", *DECLARATIONS])
    assert f'<input type="hidden" name="version" value="{projet.version}">' in page.content.decode()


def test_chaque_manque_mene_a_son_champ(navigateur, projet, adhesion):
    ecrire(projet, adhesion.personne, lu={"objectifs": projet.saisies.get(champ="objectifs").valeur}, objectifs="")
    piece = PieceFactory(appel=projet.appel, intitule="Statuts", est_obligatoire=True)
    page = navigateur.get(verification(projet))
    contenu = page.content.decode()
    liens = [
        f"/mes-projets/{projet.pk}/{fin}"
        for fin in ("action/?tout=1#id_objectifs", f"pieces/?tout=1#piece-{piece.pk}")
    ]
    assert [m.libelle for m in page.context["dossier"].manques] == ["Objectifs", "Statuts"]
    assert [lien for lien in liens if f'href="{lien}"' not in contenu] == []
    assert "Déposer le projet" not in contenu


def test_une_structure_d_insertion_qui_a_un_numero_rna_declare_ce_que_declare_une_association(connecter):
    adhesion = responsable_pret(forme_juridique="siae", rna="W591234567")
    page = connecter(adhesion.personne).get(verification(projet_complet(adhesion)))
    assert list(page.context["form"].fields) == [
        "version", "sincerite", "obligations", "charte", "engagement_republicain", "cumul", "demande", "versement",
        "pouvoir",
    ]  # fmt: skip


def test_le_redacteur_lit_et_ne_depose_pas(connecter, projet, adhesion):
    redacteur = AdhesionFactory(organisme=adhesion.organisme, role=RoleOrganisme.REDACTEUR).personne
    client = connecter(redacteur)
    page = client.get(verification(projet))
    assert "vous êtes rédacteur" in texte(page)
    assert "Déposer le projet" not in texte(page)
    assert (envoyer(client, projet).status_code, etat(projet)) == (403, "brouillon")


def test_le_projet_d_un_autre_organisme_est_introuvable(connecter, projet):
    client = connecter(responsable_pret().personne)
    codes = [
        client.get(verification(projet)).status_code,
        envoyer(client, projet).status_code,
        client.get(f"/mes-projets/{projet.pk}/imprimer/").status_code,
    ]
    assert (codes, etat(projet)) == ([404, 404, 404], "brouillon")


def test_un_compte_ferme_ne_depose_plus(navigateur, projet, adhesion):
    type(adhesion.personne).objects.filter(pk=adhesion.personne_id).update(is_active=False)
    reponse = envoyer(navigateur, projet)
    assert (reponse.status_code, etat(projet)) == (302, "brouillon")
    assert reponse.url.startswith("/connexion/")


# --- Déposer ------------------------------------------------------------------------------------------------
def test_deposer_par_la_page(navigateur, projet, adhesion):
    reponse = envoyer(navigateur, projet)
    assert (reponse.status_code, reponse.url) == (302, f"/mes-projets/{projet.pk}/")
    relu = Projet.objects.get(pk=projet.pk)
    assert (relu.etat, relu.numero, relu.allocataires_prevus) == ("depose", 1, 65)
    assert dict(relu.parts.values_list("territoire__code", "pourcentage")) == {
        "VAL": Decimal("60.00"),
        "DOU": Decimal("40.00"),
    }
    assert list(relu.exercices.values_list("annee", "cout", "montant_demande")) == [
        (annee, Decimal("104000.00"), Decimal("60000.00")) for annee in (2027, 2028, 2029)
    ]
    contenu = Depot.objects.get().contenu
    assert (contenu["reference"], [a["code"] for a in contenu["attestations"]], contenu["depose_par"]["courriel"]) == (
        "AAP27-0001", list(DECLARATIONS), adhesion.personne.email,
    )  # fmt: skip
    assert "Projet reçu sous le numéro AAP27-0001." in texte(navigateur.get(reponse.url))


@pytest.mark.parametrize("oubliee", DECLARATIONS)
def test_une_declaration_non_cochee_arrete_le_depot_et_garde_les_autres(navigateur, projet, oubliee):
    reponse = envoyer(navigateur, projet, **{oubliee: ""})
    form = reponse.context["form"]
    assert (reponse.status_code, form.errors) == (200, {oubliee: ["Cochez cette déclaration pour déposer."]})
    assert (etat(projet), texte(reponse).count("checked")) == ("brouillon", len(DECLARATIONS) - 1)


def test_le_double_envoi_ne_depose_qu_une_fois_et_ne_dit_pas_d_erreur(navigateur, projet):
    premier, second = envoyer(navigateur, projet), envoyer(navigateur, projet)
    assert [premier.url, second.url] == [f"/mes-projets/{projet.pk}/"] * 2
    assert (Depot.objects.count(), Courriel.objects.count()) == (1, 1)


def test_un_projet_change_entre_temps_se_refuse_puis_se_depose_depuis_la_meme_page(navigateur, projet, adhesion):
    ecrire(
        projet,
        adhesion.personne,
        partenaires="CCAS",
        lu={"partenaires": projet.saisies.get(champ="partenaires").valeur},
    )
    refus = envoyer(navigateur, projet, version=projet.version)
    assert (refus.context["form"].non_field_errors(), etat(projet)) == ([CHANGE], "brouillon")
    assert f'name="version" value="{projet.version + 1}"' in refus.content.decode()
    envoyer(navigateur, projet, version=projet.version + 1)
    assert etat(projet) == "depose"


@pytest.mark.parametrize("version", ["", "abc", "999", "-1"])
def test_une_version_qui_n_est_pas_celle_du_projet_ne_depose_rien(navigateur, projet, version):
    reponse = envoyer(navigateur, projet, version=version)
    assert (reponse.status_code, etat(projet)) == (200, "brouillon")
    assert CHANGE in texte(reponse)


def test_joindre_une_piece_entre_la_verification_et_l_envoi_oblige_a_relire(navigateur, projet):
    document = DocumentFactory(organisme=projet.organisme)
    navigateur.post(f"/mes-projets/{projet.pk}/pieces/joindre/", {"document": document.pk, "piece": ""})
    refus = envoyer(navigateur, projet, version=projet.version)
    assert (refus.context["form"].non_field_errors(), etat(projet)) == ([CHANGE], "brouillon")


def test_la_fiche_devenue_incomplete_arrete_le_depot_et_la_page_le_dit(navigateur, projet):
    Organisme.objects.filter(pk=projet.organisme_id).update(representant_nom="")
    reponse = envoyer(navigateur, projet)
    assert "Le projet n’est pas déposé : voyez ce qui reste à faire." in texte(reponse)
    assert (etat(projet), [m.libelle for m in reponse.context["dossier"].manques]) == (
        "brouillon", ["Fiche de l’organisme"],
    )  # fmt: skip


def test_l_appel_clos_ne_recoit_plus_et_la_page_le_dit(navigateur, projet):
    AppelAProjets.objects.update(ferme_le=timezone.now() - timedelta(seconds=1))
    reponse = envoyer(navigateur, projet)
    assert ("Le dépôt est fermé, le projet n’est pas déposé." in texte(reponse), etat(projet)) == (True, "brouillon")
    assert "Déposer le projet" not in texte(navigateur.get(verification(projet)))


def test_une_prolongation_se_depose_apres_la_cloture(navigateur, projet):
    AppelAProjets.objects.update(ferme_le=timezone.now() - timedelta(seconds=1))
    fin = timezone.now() + timedelta(hours=1)
    ProlongationFactory(appel=projet.appel, organisme=projet.organisme, jusqu_au=fin)
    assert (envoyer(navigateur, projet).status_code, etat(projet)) == (302, "depose")


# --- Compléter ----------------------------------------------------------------------------------------------
def test_le_complement_se_rend_meme_appel_clos_et_previent_l_instruction(navigateur, projet, instructeur, adhesion):
    envoyer(navigateur, projet)
    demander(projet, instructeur)
    AppelAProjets.objects.update(ferme_le=timezone.now() - timedelta(seconds=1))
    page = navigateur.get(verification(projet))
    assert ("Le RIB manque." in texte(page), "Rendre le complément" in texte(page)) == (True, True)
    Avis.objects.all().delete()
    reponse = envoyer(navigateur, projet)
    assert "Complément reçu sous le numéro AAP27-0001." in texte(navigateur.get(reponse.url))
    assert (etat(projet), list(Depot.objects.values_list("version", flat=True))) == ("complete", [1, 2])
    assert list(Avis.objects.values_list("personne", "texte")) == [
        (instructeur.pk, f"{adhesion.personne} a rendu complété « {projet.intitule} ».")
    ]


def test_la_page_de_depot_restee_ouverte_ne_rend_pas_le_complement_sans_relire(navigateur, projet, instructeur):
    ancienne = Projet.objects.get(pk=projet.pk).version
    envoyer(navigateur, projet, version=ancienne)
    demander(projet, instructeur)
    refus = envoyer(navigateur, projet, version=ancienne)
    assert (refus.context["form"].non_field_errors(), etat(projet)) == ([CHANGE], "incomplet")


def test_pendant_le_complement_chacun_relit_ce_qui_a_ete_depose(connecter, navigateur, projet, instructeur, adhesion):
    envoyer(navigateur, projet)
    demander(projet, instructeur)
    ecrire(projet, adhesion.personne, lu={"lieu": "Denain, Douai"}, lieu="Ailleurs")
    adresse = f"/mes-projets/{projet.pk}/imprimer/"
    lus = [
        "Ailleurs" in texte(client.get(chemin))
        for client, chemin in (
            (navigateur, adresse),
            (navigateur, f"{adresse}?depose"),
            (connecter(instructeur), adresse),
        )
    ]
    assert lus == [True, False, False]


# --- Imprimer, récépissé ------------------------------------------------------------------------------------
def test_imprimer_un_brouillon_montre_ce_qui_est_tape_et_joint(navigateur, projet):
    jointe = piece_jointe(projet)
    contenu = texte(navigateur.get(f"/mes-projets/{projet.pk}/imprimer/"))
    attendus = ["Denain, Douai", "Claire Petit", jointe.document.nom, jointe.document.empreinte]
    assert [attendu for attendu in attendus if attendu not in contenu] == []


def test_un_agent_ne_lit_pas_un_projet_qui_n_a_rien_depose(connecter, projet):
    vote = ProjetFactory(etat=EtatProjet.RETENU)
    pilote = connecter("pilote")
    assert [pilote.get(f"/mes-projets/{p.pk}/imprimer/").status_code for p in (projet, vote)] == [404, 404]


@pytest.mark.parametrize(
    ("role", "attendu"),
    [(Role.PILOTE, 200), (Role.INSTRUCTEUR, 404), (Role.LECTURE, 403), (Role.FINANCES, 403), (Role.PORTEUR, 404)],
)
def test_le_recepisse_et_la_copie_sont_pour_qui_suit_le_projet(connecter, navigateur, projet, role, attendu):
    envoyer(navigateur, projet)
    produire_le_recepisse(Depot.objects.get().pk)
    client = connecter(PersonneFactory(role=role))  # l’instructeur est d’un autre territoire, le porteur d’ailleurs
    adresses = (f"/projets/{projet.pk}/recepisse/1/", f"/mes-projets/{projet.pk}/imprimer/")
    reponses = [client.get(adresse) for adresse in adresses]
    assert [reponse.status_code for reponse in reponses] == [attendu, attendu]
    for reponse in reponses:
        reponse.close()  # le fichier du récépissé


def test_le_recepisse_absent_se_dit_puis_se_telecharge(navigateur, projet):
    envoyer(navigateur, projet)
    adresse = f"/projets/{projet.pk}/recepisse/1/"
    fiche = texte(navigateur.get(f"/mes-projets/{projet.pk}/"))
    assert (navigateur.get(adresse).status_code, "PDF en préparation" in fiche, adresse in fiche) == (404, True, False)
    produire_le_recepisse(Depot.objects.get().pk)
    pdf = navigateur.get(adresse)
    assert (pdf.status_code, pdf["Content-Type"], pdf["Content-Disposition"], pdf["X-Content-Type-Options"]) == (
        200, "application/pdf", 'attachment; filename="recepisse-AAP27-0001.pdf"', "nosniff",
    )  # fmt: skip
    assert b"".join(pdf.streaming_content)[:5] == b"%PDF-"
    assert f'href="{adresse}"' in texte(navigateur.get(f"/mes-projets/{projet.pk}/"))
    assert Recepisse.objects.count() == 1


# --- Nombre de requêtes -------------------------------------------------------------------------------------
def test_la_page_et_l_envoi_prennent_un_nombre_fixe_de_requetes(connecter, requetes):
    appel, comptes = appel_a_deposer(), []
    for pieces in (1, 3):
        adhesion = responsable_pret()
        projet = projet_complet(adhesion, appel)
        for _ in range(pieces):
            piece_jointe(projet)
        client = connecter(adhesion.personne)
        with requetes() as page:
            client.get(verification(projet))
        with requetes() as impression:
            client.get(f"/mes-projets/{projet.pk}/imprimer/")
        with requetes() as envoi:
            client.post(verification(projet), {**DECLARATIONS, "version": projet.version})
        comptes.append((page.nombre, impression.nombre, envoi.nombre))
        assert etat(projet) == "depose"
    assert comptes[0] == comptes[1], comptes
    assert (comptes[0][0] <= REQUETES_D_UNE_PAGE, comptes[0][2] <= REQUETES_D_UN_DEPOT) == (True, True), comptes
