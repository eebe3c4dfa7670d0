"""Adresses des comptes. Les vues et les noms sont ceux d’allauth ; seules les vues utiles sont montées."""

from allauth.account import views as allauth
from django.urls import path, re_path

from comptes.views.comptes_bancaires import ajouter_compte, archiver, reprendre
from comptes.views.connexion import ConnexionView
from comptes.views.courriels import courriel, courriels
from comptes.views.demandes import accepter, demandes_d_entree, refuser
from comptes.views.documents import (
    ajouter_documents,
    archiver_document,
    decrire,
    documents,
    reprendre_document,
    supprimer,
    telecharger_document,
)
from comptes.views.invitation import invitation
from comptes.views.mon_compte import mon_compte
from comptes.views.mon_organisme import creer, demander, mon_organisme, rejoindre, retirer_ma_demande
from comptes.views.organisme import modifier, organisme
from comptes.views.personnes import (
    changer_un_role,
    inviter_une_personne,
    personnes,
    quitter_un_organisme,
    retirer_une_personne,
    revoquer_une_invitation,
)

urlpatterns = [
    path("connexion/", ConnexionView.as_view(), name="account_login"),
    path("deconnexion/", allauth.logout, name="account_logout"),
    path("compte-ferme/", allauth.account_inactive, name="account_inactive"),
    path("inscription/", allauth.signup, name="account_signup"),
    path("inscription/confirmer/", allauth.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^inscription/confirmer/(?P<key>[-:\w]+)/$", allauth.confirm_email, name="account_confirm_email"),
    path("courriels/", courriels, name="courriels"),
    path("courriels/<int:pk>/", courriel, name="courriel"),
    path("mon-organisme/", mon_organisme, name="mon_organisme"),
    path("mon-organisme/rejoindre/", rejoindre, name="rejoindre"),
    path("mon-organisme/creer/", creer, name="creer_organisme"),
    path("organismes/<int:pk>/", organisme, name="organisme"),
    path("organismes/<int:pk>/modifier/", modifier, name="modifier_la_fiche"),
    path("organismes/<int:pk>/comptes-bancaires/ajouter/", ajouter_compte, name="ajouter_un_compte"),
    path("comptes-bancaires/<int:pk>/archiver/", archiver, name="archiver_un_compte"),
    path("comptes-bancaires/<int:pk>/reprendre/", reprendre, name="reprendre_un_compte"),
    path("organismes/<int:pk>/documents/", documents, name="documents"),
    path("organismes/<int:pk>/documents/ajouter/", ajouter_documents, name="ajouter_documents"),
    path("documents/<int:pk>/", decrire, name="decrire_un_document"),
    path("documents/<int:pk>/telecharger/", telecharger_document, name="telecharger_un_document"),
    path("documents/<int:pk>/archiver/", archiver_document, name="archiver_un_document"),
    path("documents/<int:pk>/reprendre/", reprendre_document, name="reprendre_un_document"),
    path("documents/<int:pk>/supprimer/", supprimer, name="supprimer_un_document"),
    path("organismes/<int:pk>/demander/", demander, name="demander_l_entree"),
    path("organismes/<int:pk>/personnes/", personnes, name="personnes_de_l_organisme"),
    path("organismes/<int:pk>/inviter/", inviter_une_personne, name="inviter"),
    path("organismes/<int:pk>/quitter/", quitter_un_organisme, name="quitter"),
    path("adhesions/<int:pk>/role/", changer_un_role, name="changer_un_role"),
    path("adhesions/<int:pk>/retirer/", retirer_une_personne, name="retirer_une_personne"),
    path("demandes-d-entree/", demandes_d_entree, name="demandes_d_entree"),
    path("demandes-d-entree/<int:pk>/accepter/", accepter, name="accepter_la_demande"),
    path("demandes-d-entree/<int:pk>/refuser/", refuser, name="refuser_la_demande"),
    path("demandes-d-entree/<int:pk>/retirer/", retirer_ma_demande, name="retirer_la_demande"),
    path("invitation/<str:jeton>/", invitation, name="invitation"),
    path("invitations/<int:pk>/revoquer/", revoquer_une_invitation, name="revoquer_l_invitation"),
    path("mon-compte/", mon_compte, name="mon_compte"),
    path("mot-de-passe/", allauth.password_change, name="account_change_password"),
    path("mot-de-passe/oublie/", allauth.password_reset, name="account_reset_password"),
    path("mot-de-passe/oublie/envoye/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "mot-de-passe/oublie/change/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^mot-de-passe/oublie/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
