"""Les écrans de l’entrée dans un organisme : ce qu’ils montrent, ce qu’ils refusent, ce qu’ils coûtent."""

import pytest
from django.test import Client

from comptes.models import Adhesion, DemandeEntree, Invitation, Organisme
from comptes.states import RoleOrganisme
from tests.comptes.fabriques import (
    AdhesionFactory,
    DemandeEntreeFactory,
    InvitationFactory,
    OrganismeFactory,
    PersonneFactory,
    ResponsableFactory,
    siret_d_essai,
)

pytestmark = pytest.mark.django_db
NEUF = siret_d_essai(888)


def messages_de(reponse) -> list[str]:
    return [str(message) for message in reponse.context["messages"]]


def test_un_seul_organisme_mene_droit_a_sa_page(connecter):
    adhesion = AdhesionFactory()
    assert connecter(adhesion.personne).get("/mon-organisme/").url == f"/organismes/{adhesion.organisme_id}/"


def test_une_demande_d_entree_se_voit_de_qui_y_repond(connecter):
    responsable = ResponsableFactory()
    organisme = responsable.organisme
    demande = DemandeEntreeFactory(organisme=organisme)
    redacteur = AdhesionFactory(organisme=organisme)
    page = f"/organismes/{organisme.pk}/"
    lues = [connecter(a.personne).get(page).context["demandes_a_traiter"] for a in (responsable, redacteur)]
    assert lues == [1, 0]
    AdhesionFactory(personne=responsable.personne)
    client = connecter(responsable.personne)
    assert client.get("/mon-organisme/").context["a_traiter"] == {organisme.pk: 1}
    assert "1 demande d’entrée à traiter" in client.get("/mon-organisme/").content.decode()
    client.post(f"/demandes-d-entree/{demande.pk}/refuser/")
    assert client.get("/mon-organisme/").context["a_traiter"] == {}


def test_un_siret_inconnu_mene_a_la_creation_deja_rempli(connecter):
    client = connecter("porteur")
    espace = f"{NEUF[:3]} {NEUF[3:6]} {NEUF[6:9]} {NEUF[9:]}"
    assert client.get("/mon-organisme/rejoindre/", {"siret": espace}).url == f"/mon-organisme/creer/?siret={NEUF}"
    assert client.get(f"/mon-organisme/creer/?siret={NEUF}").context["form"]["siret"].value() == NEUF


def test_un_siret_faux_se_dit_a_cote_du_champ(connecter):
    reponse = connecter("porteur").get("/mon-organisme/rejoindre/", {"siret": "73282932000079"})
    assert reponse.context["form"].errors == {
        "siret": ["Ce SIRET n’est pas valide : quatorze chiffres, clé de contrôle comprise."]
    }


def test_creer_puis_arriver_a_son_organisme(connecter):
    personne = PersonneFactory()
    champs = {"siret": NEUF, "nom": "La Ressourcerie", "forme_juridique": "association", "rna": " w591234567 "}
    reponse = connecter(personne).post("/mon-organisme/creer/", champs, follow=True)
    organisme = Organisme.objects.get()
    assert reponse.redirect_chain[-1][0] == f"/organismes/{organisme.pk}/"
    assert (organisme.siret, organisme.rna) == (NEUF, "W591234567")
    assert messages_de(reponse) == ["La Ressourcerie est créé : vous en êtes responsable."]


def test_creer_un_organisme_deja_connu_garde_la_saisie(connecter):
    connu = OrganismeFactory()
    champs = {"siret": connu.siret, "nom": "Autre nom", "forme_juridique": "association", "rna": ""}
    reponse = connecter("porteur").post("/mon-organisme/creer/", champs)
    assert list(reponse.context["form"].errors) == ["siret"]
    assert reponse.context["form"]["nom"].value() == "Autre nom"


def test_un_organisme_connu_se_demande(connecter):
    organisme, personne = ResponsableFactory().organisme, PersonneFactory()
    client = connecter(personne)
    assert client.get("/mon-organisme/rejoindre/", {"siret": organisme.siret}).context["organisme"] == organisme
    reponse = client.post(f"/organismes/{organisme.pk}/demander/", {"message": "C’est moi"}, follow=True)
    assert list(reponse.context["demandes"]) == list(DemandeEntree.objects.all())
    encore = client.post(f"/organismes/{organisme.pk}/demander/", {"message": "Encore"})
    assert encore.context["demande"].non_field_errors() == ["Votre demande attend déjà une réponse."]
    client.post(f"/demandes-d-entree/{DemandeEntree.objects.get().pk}/retirer/")
    assert list(client.get("/mon-organisme/").context["demandes"]) == []


def test_un_responsable_repond_depuis_la_page_des_personnes(connecter):
    demande = DemandeEntreeFactory()
    responsable = ResponsableFactory(organisme=demande.organisme).personne
    client, page = connecter(responsable), f"/organismes/{demande.organisme_id}/personnes/"
    assert list(client.get(page).context["demandes"]) == [demande]
    reponse = client.post(f"/demandes-d-entree/{demande.pk}/accepter/", {"role": "redacteur"}, follow=True)
    assert reponse.redirect_chain[-1][0] == page
    assert messages_de(reponse) == [f"{demande.personne} agit désormais pour {demande.organisme}."]
    reponse = client.post(f"/demandes-d-entree/{demande.pk}/refuser/", follow=True)
    assert messages_de(reponse) == ["Cette demande a déjà reçu sa réponse : elle est acceptée."]


def test_un_role_inconnu_ne_fait_rien(connecter):
    demande = DemandeEntreeFactory()
    adhesion = ResponsableFactory(organisme=demande.organisme)
    client = connecter(adhesion.personne)
    client.post(f"/demandes-d-entree/{demande.pk}/accepter/", {"role": "roi"})
    client.post(f"/adhesions/{adhesion.pk}/role/", {"role": "roi"})
    assert list(Adhesion.objects.values_list("role", flat=True)) == ["responsable"]


def test_un_redacteur_voit_les_personnes_sans_pouvoir_les_changer(connecter):
    demande = DemandeEntreeFactory()
    InvitationFactory(organisme=demande.organisme)
    contexte = (
        connecter(AdhesionFactory(organisme=demande.organisme).personne)
        .get(f"/organismes/{demande.organisme_id}/personnes/")
        .context
    )
    assert (contexte["est_responsable"], list(contexte["demandes"]), list(contexte["invitations"])) == (False, [], [])


def test_inviter_revoquer_changer_retirer_depuis_les_ecrans(connecter):
    organisme = OrganismeFactory()
    responsable, autre = ResponsableFactory(organisme=organisme), AdhesionFactory(organisme=organisme)
    client = connecter(responsable.personne)
    reponse = client.post(f"/organismes/{organisme.pk}/inviter/", {"email": "A@b.fr", "role": "redacteur"})
    assert reponse.url == f"/organismes/{organisme.pk}/personnes/"
    encore = client.post(f"/organismes/{organisme.pk}/inviter/", {"email": "a@b.fr", "role": "redacteur"})
    assert list(encore.context["form"].errors) == ["email"]
    client.post(f"/invitations/{Invitation.objects.get().pk}/revoquer/")
    assert Invitation.objects.get().etat == "revoquee"
    client.post(f"/adhesions/{autre.pk}/role/", {"role": "responsable"})
    autre.refresh_from_db()
    assert autre.role == RoleOrganisme.RESPONSABLE
    client.post(f"/adhesions/{autre.pk}/retirer/")
    assert list(Adhesion.objects.all()) == [responsable]
    assert client.post(f"/adhesions/{responsable.pk}/retirer/").url == f"/organismes/{organisme.pk}/personnes/"
    assert client.post(f"/organismes/{organisme.pk}/quitter/").url == f"/organismes/{organisme.pk}/personnes/"
    assert list(Adhesion.objects.all()) == [responsable]


def test_quitter_mene_a_mon_organisme_et_ferme_la_porte(connecter):
    organisme = ResponsableFactory().organisme
    client = connecter(AdhesionFactory(organisme=organisme).personne)
    assert client.post(f"/organismes/{organisme.pk}/quitter/").url == "/mon-organisme/"
    assert client.get(f"/organismes/{organisme.pk}/").status_code == 404


def test_l_invite_qui_a_un_compte_se_connecte_puis_accepte(connecter):
    personne, invitation = PersonneFactory(), InvitationFactory(role=RoleOrganisme.REDACTEUR)
    lien = f"/invitation/{invitation.jeton}/"
    Invitation.objects.update(email=personne.email)
    assert Client().get(lien).context["a_un_compte"] is True
    client = connecter(personne)
    client.get(lien)
    assert not Adhesion.objects.exists()
    assert client.post(lien).url == f"/organismes/{invitation.organisme_id}/"
    assert client.get(lien).status_code == 410


def test_l_invite_sans_compte_s_inscrit_sans_confirmer_son_adresse(client):
    invitation = InvitationFactory(email="neuve@exemple.fr")
    lien = f"/invitation/{invitation.jeton}/"
    assert client.get(lien).context["a_un_compte"] is False
    phrase = "une-phrase-bien-longue"
    saisie = {"prenom": "N", "nom": "N", "email": "neuve@exemple.fr", "password1": phrase, "password2": phrase}
    assert client.post("/inscription/", saisie | {"next": lien}).url == lien
    client.post(lien)
    assert list(Adhesion.objects.values_list("personne__email", "organisme")) == [
        ("neuve@exemple.fr", invitation.organisme_id)
    ]


def test_le_lien_d_une_invitation_ne_dispense_pas_une_autre_adresse_de_confirmer(client):
    client.get(f"/invitation/{InvitationFactory().jeton}/")
    phrase = "une-phrase-bien-longue"
    saisie = {"prenom": "N", "nom": "N", "email": "autre@exemple.fr", "password1": phrase, "password2": phrase}
    assert client.post("/inscription/", saisie).url == "/inscription/confirmer/"


def test_un_jeton_faux_est_un_404_et_un_lien_d_autrui_se_dit(client, connecter):
    assert client.get("/invitation/faux/").status_code == 404
    invitation = InvitationFactory()
    reponse = connecter("porteur").get(f"/invitation/{invitation.jeton}/")
    assert reponse.context["est_pour_moi"] is False


def test_les_listes_coutent_autant_pour_une_et_trois_lignes(connecter, requetes):
    responsable = ResponsableFactory()
    organisme, client = responsable.organisme, connecter(responsable.personne)
    pilote, nombres = connecter("pilote"), []
    for combien in (1, 2):
        for _ in range(combien):
            AdhesionFactory(organisme=organisme)
            AdhesionFactory(personne=responsable.personne)
            DemandeEntreeFactory(organisme=organisme)
            DemandeEntreeFactory(personne=responsable.personne)
            InvitationFactory(organisme=organisme)
        with requetes() as prises:
            client.get(f"/organismes/{organisme.pk}/personnes/")
            client.get("/mon-organisme/")
            pilote.get("/demandes-d-entree/")
        nombres.append(prises.nombre)
    assert nombres[0] == nombres[1]
