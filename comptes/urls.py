"""Adresses des comptes. Les vues et les noms sont ceux d’allauth ; seules les vues utiles sont montées."""

from allauth.account import views as allauth
from django.urls import path, re_path

from comptes.views.connexion import ConnexionView
from comptes.views.courriels import courriel, courriels
from comptes.views.mon_compte import mon_compte

urlpatterns = [
    path("connexion/", ConnexionView.as_view(), name="account_login"),
    path("deconnexion/", allauth.logout, name="account_logout"),
    path("compte-ferme/", allauth.account_inactive, name="account_inactive"),
    path("inscription/", allauth.signup, name="account_signup"),
    path("inscription/confirmer/", allauth.email_verification_sent, name="account_email_verification_sent"),
    re_path(r"^inscription/confirmer/(?P<key>[-:\w]+)/$", allauth.confirm_email, name="account_confirm_email"),
    path("courriels/", courriels, name="courriels"),
    path("courriels/<int:pk>/", courriel, name="courriel"),
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
