"""Créer un organisme, y entrer, en sortir : effet, journal, refus depuis chaque mauvais rôle et mauvais état."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from comptes.actions.demandes import accepter_la_demande, demander_l_entree, refuser_la_demande, retirer_la_demande
from comptes.actions.invitations import accepter_l_invitation, inviter, revoquer
from comptes.actions.organisme import (
    DERNIER_RESPONSABLE,
    NouvelOrganisme,
    changer_le_role,
    creer_organisme,
    quitter,
    retirer,
)
from comptes.models import Adhesion, Courriel, DemandeEntree, Invitation, Organisme
from comptes.states import EtatDemande, EtatInvitation, FormeJuridique, Role, RoleOrganisme
from config.socle.models import Journal
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
RESPONSABLE, REDACTEUR = RoleOrganisme.RESPONSABLE, RoleOrganisme.REDACTEUR


def actes() -> list[str]:
    return list(Journal.objects.order_by("id").values_list("acte", flat=True))


def courriels() -> list[tuple[str, str]]:
    return list(Courriel.objects.order_by("pk").values_list("destinataire", "objet"))


def adhesions(organisme) -> set[tuple[int, str]]:
    return set(Adhesion.objects.filter(organisme=organisme).values_list("personne", "role"))


def nouvel(siret: str = "") -> NouvelOrganisme:
    return NouvelOrganisme(siret or siret_d_essai(777), "La Ressourcerie", FormeJuridique.ASSOCIATION)


# --- Créer ------------------------------------------------------------------------------------------------


def test_creer_un_organisme_en_fait_un_responsable():
    personne = PersonneFactory()
    organisme = creer_organisme(auteur=personne, nouvel=nouvel())
    assert adhesions(organisme) == {(personne.pk, "responsable")}
    assert list(Journal.objects.values_list("acte", "apres")) == [
        (
            "creer_organisme",
            {"siret": siret_d_essai(777), "nom": "La Ressourcerie", "responsable": personne.pk},
        )
    ]


@pytest.mark.parametrize("siret", ["73282932000079", "0" * 14, "123"])
def test_un_siret_faux_est_refuse(siret):
    with pytest.raises(ValidationError) as refus:
        creer_organisme(auteur=PersonneFactory(), nouvel=nouvel(siret))
    assert list(refus.value.message_dict) == ["siret"]
    assert not Organisme.objects.exists()


def test_un_siret_deja_connu_est_refuse():
    connu = OrganismeFactory()
    with pytest.raises(ValidationError) as refus:
        creer_organisme(auteur=PersonneFactory(), nouvel=nouvel(connu.siret))
    assert list(refus.value.message_dict) == ["siret"]


@pytest.mark.parametrize("role", [role for role in Role if role != Role.PORTEUR])
def test_un_agent_ne_cree_pas_d_organisme_et_n_en_rejoint_pas(role):
    agent, organisme = PersonneFactory(role=role), OrganismeFactory()
    with pytest.raises(PermissionDenied):
        creer_organisme(auteur=agent, nouvel=nouvel())
    with pytest.raises(PermissionDenied):
        demander_l_entree(auteur=agent, organisme=organisme)
    invitation = InvitationFactory(email=agent.email)
    with pytest.raises(ValidationError):
        accepter_l_invitation(auteur=agent, invitation=invitation)


# --- Demander ---------------------------------------------------------------------------------------------


def test_demander_ecrit_a_chaque_responsable_dont_le_compte_est_ouvert():
    organisme = OrganismeFactory(nom="La Ressourcerie")
    responsable = ResponsableFactory(organisme=organisme).personne
    ResponsableFactory(organisme=organisme, personne__is_active=False)
    AdhesionFactory(organisme=organisme)
    PersonneFactory(pilote=True)
    personne = PersonneFactory(prenom="Lou", nom="Petit")
    demander_l_entree(auteur=personne, organisme=organisme, message=" Bonjour ")
    assert list(DemandeEntree.objects.values_list("personne", "etat", "message")) == [
        (personne.pk, "en_attente", "Bonjour")
    ]
    assert courriels() == [(responsable.email, "[Mille actions] Lou Petit demande à rejoindre La Ressourcerie")]
    assert f"/organismes/{organisme.pk}/personnes/" in Courriel.objects.get().texte


def test_sans_responsable_la_demande_va_aux_pilotes():
    pilote = PersonneFactory(pilote=True)
    demander_l_entree(auteur=PersonneFactory(), organisme=OrganismeFactory())
    assert [destinataire for destinataire, _ in courriels()] == [pilote.email]
    assert "http://testserver/demandes-d-entree/" in Courriel.objects.get().texte


def test_on_ne_demande_pas_deux_fois_ni_quand_on_y_est():
    demande, adhesion = DemandeEntreeFactory(), AdhesionFactory()
    for auteur, organisme in ((demande.personne, demande.organisme), (adhesion.personne, adhesion.organisme)):
        with pytest.raises(ValidationError):
            demander_l_entree(auteur=auteur, organisme=organisme)
    assert DemandeEntree.objects.count() == 1


@pytest.mark.parametrize("role", [RESPONSABLE, REDACTEUR])
def test_accepter_fait_entrer_dans_le_role_choisi_et_l_ecrit(role):
    demande = DemandeEntreeFactory()
    responsable = ResponsableFactory(organisme=demande.organisme).personne
    accepter_la_demande(auteur=responsable, demande=demande, role=role)
    demande.refresh_from_db()
    assert (demande.etat, demande.traitee_par) == ("acceptee", responsable)
    assert adhesions(demande.organisme) == {(responsable.pk, "responsable"), (demande.personne_id, role)}
    assert [destinataire for destinataire, _ in courriels()] == [demande.personne.email]
    assert actes() == ["accepter_la_demande"]


def test_refuser_ne_fait_pas_entrer_et_l_ecrit():
    demande = DemandeEntreeFactory()
    responsable = ResponsableFactory(organisme=demande.organisme).personne
    refuser_la_demande(auteur=responsable, demande=demande)
    assert adhesions(demande.organisme) == {(responsable.pk, "responsable")}
    assert courriels() == [
        (demande.personne.email, f"[Mille actions] Votre demande pour {demande.organisme} est refusée")
    ]
    assert actes() == ["refuser_la_demande"]


@pytest.mark.parametrize("etat", [EtatDemande.ACCEPTEE, EtatDemande.REFUSEE, EtatDemande.RETIREE])
def test_une_demande_traitee_ne_se_traite_plus(etat):
    demande = DemandeEntreeFactory(etat=etat, traitee_le=timezone.now())
    responsable = ResponsableFactory(organisme=demande.organisme).personne
    for acte in (
        lambda: accepter_la_demande(auteur=responsable, demande=demande, role=REDACTEUR),
        lambda: refuser_la_demande(auteur=responsable, demande=demande),
        lambda: retirer_la_demande(auteur=demande.personne, demande=demande),
    ):
        with pytest.raises(ValidationError):
            acte()
    assert (actes(), courriels()) == ([], [])


def test_seul_un_responsable_de_l_organisme_repond():
    demande = DemandeEntreeFactory()
    ResponsableFactory(organisme=demande.organisme)
    redacteur = AdhesionFactory(organisme=demande.organisme).personne
    autres = [PersonneFactory(role=role) for role in Role]
    for auteur in (redacteur, demande.personne, ResponsableFactory().personne, *autres):
        with pytest.raises(PermissionDenied):
            accepter_la_demande(auteur=auteur, demande=demande, role=RESPONSABLE)
        with pytest.raises(PermissionDenied):
            refuser_la_demande(auteur=auteur, demande=demande)


@pytest.mark.parametrize(
    ("role", "peut"), [(role, role in {Role.PILOTE, Role.ADMINISTRATEUR}) for role in Role if role != Role.PORTEUR]
)
def test_sans_responsable_seuls_pilote_et_administrateur_repondent(role, peut):
    demande, agent = DemandeEntreeFactory(), PersonneFactory(role=role)
    if peut:
        accepter_la_demande(auteur=agent, demande=demande, role=RESPONSABLE)
        assert adhesions(demande.organisme) == {(demande.personne_id, "responsable")}
    else:
        with pytest.raises(PermissionDenied):
            accepter_la_demande(auteur=agent, demande=demande, role=RESPONSABLE)


def test_retirer_sa_demande_et_pas_celle_d_un_autre():
    demande = DemandeEntreeFactory()
    with pytest.raises(PermissionDenied):
        retirer_la_demande(auteur=PersonneFactory(), demande=demande)
    retirer_la_demande(auteur=demande.personne, demande=demande)
    demande.refresh_from_db()
    assert demande.etat == "retiree"


# --- Inviter ----------------------------------------------------------------------------------------------


def test_inviter_envoie_un_lien_de_sept_jours():
    responsable = ResponsableFactory()
    invitation = inviter(
        auteur=responsable.personne, organisme=responsable.organisme, email=" Lou@Exemple.fr", role=REDACTEUR
    )
    assert invitation.email == "lou@exemple.fr"
    assert timedelta(days=6, hours=23) < invitation.expire_le - timezone.now() <= timedelta(days=7)
    courriel = Courriel.objects.get()
    assert courriel.destinataire == "lou@exemple.fr"
    assert f"http://testserver/invitation/{invitation.jeton}/" in courriel.texte
    assert Invitation.objects.du_jeton(invitation.jeton) == invitation
    assert Invitation.objects.du_jeton(invitation.jeton[:-1]) is None


def test_seul_un_responsable_invite_et_revoque():
    invitation = InvitationFactory()
    organisme = invitation.organisme
    ResponsableFactory(organisme=organisme)
    redacteur = AdhesionFactory(organisme=organisme).personne
    autres = [PersonneFactory(role=role) for role in Role]
    for auteur in (redacteur, ResponsableFactory().personne, *autres):
        with pytest.raises(PermissionDenied):
            inviter(auteur=auteur, organisme=organisme, email="x@exemple.fr", role=REDACTEUR)
        with pytest.raises(PermissionDenied):
            revoquer(auteur=auteur, invitation=invitation)


def test_on_n_invite_ni_deux_fois_ni_qui_en_est_mais_de_nouveau_apres_sept_jours():
    responsable = ResponsableFactory()
    organisme, auteur = responsable.organisme, responsable.personne
    perimee = InvitationFactory(organisme=organisme, email="p@exemple.fr", expire_le=timezone.now())
    InvitationFactory(organisme=organisme, email="o@exemple.fr")
    for email in ("o@exemple.fr", auteur.email):
        with pytest.raises(ValidationError) as refus:
            inviter(auteur=auteur, organisme=organisme, email=email, role=REDACTEUR)
        assert list(refus.value.message_dict) == ["email"]
    inviter(auteur=auteur, organisme=organisme, email="p@exemple.fr", role=REDACTEUR)
    perimee.refresh_from_db()
    assert perimee.etat == "revoquee"


def test_une_invitation_sert_une_fois_et_clot_la_demande():
    personne = PersonneFactory()
    invitation = InvitationFactory(email=personne.email, role=RESPONSABLE)
    demande = DemandeEntreeFactory(personne=personne, organisme=invitation.organisme)
    accepter_l_invitation(auteur=personne, invitation=invitation)
    assert adhesions(invitation.organisme) == {(personne.pk, "responsable")}
    demande.refresh_from_db()
    assert demande.etat == "acceptee"
    Adhesion.objects.all().delete()
    with pytest.raises(ValidationError):
        accepter_l_invitation(auteur=personne, invitation=invitation)
    assert adhesions(invitation.organisme) == set()


@pytest.mark.parametrize("champs", [{"etat": EtatInvitation.REVOQUEE}, {"expire_le": timezone.now()}])
def test_une_invitation_revoquee_ou_perimee_ne_sert_pas(champs):
    personne = PersonneFactory()
    invitation = InvitationFactory(email=personne.email, **champs)
    with pytest.raises(ValidationError):
        accepter_l_invitation(auteur=personne, invitation=invitation)
    assert not Adhesion.objects.exists()


def test_une_invitation_ne_sert_qu_a_son_adresse():
    invitation = InvitationFactory(email="lou@exemple.fr")
    with pytest.raises(ValidationError) as refus:
        accepter_l_invitation(auteur=PersonneFactory(), invitation=invitation)
    assert refus.value.messages == [
        "Cette invitation est adressée à lou@exemple.fr : connectez-vous avec cette adresse."
    ]


def test_revoquer_ferme_le_lien_une_seule_fois():
    invitation = InvitationFactory()
    responsable = ResponsableFactory(organisme=invitation.organisme).personne
    revoquer(auteur=responsable, invitation=invitation)
    with pytest.raises(ValidationError):
        revoquer(auteur=responsable, invitation=invitation)
    assert actes() == ["revoquer"]


# --- Rôles et départs -------------------------------------------------------------------------------------


def test_changer_un_role_s_ecrit_une_fois():
    organisme = OrganismeFactory()
    responsable, autre = ResponsableFactory(organisme=organisme), AdhesionFactory(organisme=organisme)
    for _ in range(2):
        changer_le_role(auteur=responsable.personne, adhesion=autre, role=RESPONSABLE)
    assert adhesions(organisme) == {(responsable.personne_id, "responsable"), (autre.personne_id, "responsable")}
    assert actes() == ["changer_le_role"]


def test_le_dernier_responsable_ne_part_pas_n_est_pas_retire_ne_change_pas_de_role():
    organisme = OrganismeFactory()
    seul = ResponsableFactory(organisme=organisme)
    AdhesionFactory(organisme=organisme)
    ResponsableFactory(organisme=organisme, personne__is_active=False)
    for acte in (
        lambda: quitter(auteur=seul.personne, organisme=organisme),
        lambda: retirer(auteur=seul.personne, adhesion=seul),
        lambda: changer_le_role(auteur=seul.personne, adhesion=seul, role=REDACTEUR),
    ):
        with pytest.raises(ValidationError) as refus:
            acte()
        assert refus.value.messages == [DERNIER_RESPONSABLE]
    assert actes() == []


def test_seul_un_responsable_retire_et_change_les_roles():
    organisme = OrganismeFactory()
    cible = ResponsableFactory(organisme=organisme)
    redacteur = AdhesionFactory(organisme=organisme).personne
    autres = [PersonneFactory(role=role) for role in Role]
    for auteur in (redacteur, ResponsableFactory().personne, *autres):
        with pytest.raises(PermissionDenied):
            retirer(auteur=auteur, adhesion=cible)
        with pytest.raises(PermissionDenied):
            changer_le_role(auteur=auteur, adhesion=cible, role=REDACTEUR)


def test_retirer_et_quitter_otent_l_adhesion():
    organisme = OrganismeFactory()
    responsable = ResponsableFactory(organisme=organisme)
    retiree, partie = AdhesionFactory(organisme=organisme), AdhesionFactory(organisme=organisme)
    retirer(auteur=responsable.personne, adhesion=retiree)
    quitter(auteur=partie.personne, organisme=organisme)
    assert adhesions(organisme) == {(responsable.personne_id, "responsable")}
    assert actes() == ["retirer", "quitter"]
    with pytest.raises(ValidationError):
        retirer(auteur=responsable.personne, adhesion=retiree)
    with pytest.raises(ValidationError):
        quitter(auteur=partie.personne, organisme=organisme)


@pytest.mark.django_db(transaction=True)
def test_deux_responsables_qui_partent_en_meme_temps_il_en_reste_un():
    organisme = OrganismeFactory()
    personnes = [ResponsableFactory(organisme=organisme).personne for _ in range(2)]
    depart, refus = Barrier(2), []

    def partir(personne):
        try:
            depart.wait(timeout=10)
            quitter(auteur=personne, organisme=organisme)
        except ValidationError as erreur:
            refus.append(erreur.messages)
        finally:
            connection.close()

    fils = [Thread(target=partir, args=(personne,)) for personne in personnes]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(timeout=20)
    assert refus == [[DERNIER_RESPONSABLE]]
    assert Adhesion.objects.filter(organisme=organisme).count() == 1
