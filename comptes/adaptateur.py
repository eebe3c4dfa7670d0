"""Ce que la maison règle dans allauth : courriels par la boîte d’envoi, inscription des porteurs, confirmation."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.stages import EmailVerificationStage
from django.contrib.sites.shortcuts import get_current_site
from django.core.mail import EmailMultiAlternatives
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url

from comptes.actions.deposer_courriel import deposer_courriel
from comptes.actions.inscrire import inscrire
from comptes.models import Personne
from comptes.notifications.message import Message
from comptes.permissions import est_porteur_sans_organisme, personne_de

# Ce qu’allauth donne aux gabarits dont le courriel porte un lien à usage personnel.
LIENS = {"activate_url", "password_reset_url", "key", "code"}
ETAPE_D_ALLAUTH = "allauth.account.stages.EmailVerificationStage"


class EtapeConfirmation(EmailVerificationStage):  # type: ignore[misc]
    """La confirmation de l’adresse, pour qui s’est inscrit de lui-même.

    Un compte ouvert par l’administration n’a pas d’adresse à confirmer : il a reçu par courriel le lien où choisir son
    mot de passe. C’est la personne qui le dit, pas les adresses d’allauth : « mot de passe oublié », que chacun peut
    demander pour n’importe qui, en écrit une, non confirmée.
    """

    def handle(self) -> tuple[HttpResponse | None, bool]:
        """Laisse passer les comptes de l’administration."""
        personne = self.login.user
        if isinstance(personne, Personne) and not personne.doit_confirmer_son_adresse:
            return None, True
        reponse: tuple[HttpResponse | None, bool] = super().handle()
        return reponse


class AdaptateurComptes(DefaultAccountAdapter):  # type: ignore[misc]
    """Comportements d’allauth propres à la maison."""

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Dépose le courriel dans la boîte d’envoi, au lieu de l’envoyer pendant la requête."""
        contexte = {"request": self.request, "email": email, "current_site": get_current_site(self.request), **context}
        rendu = self.render_mail(template_prefix, email, contexte)
        if not isinstance(rendu, EmailMultiAlternatives):
            raise TypeError(f"{template_prefix} : il faut une version texte et une version HTML.")
        html = str(rendu.alternatives[0][0])
        message = Message(email, str(rendu.subject), str(rendu.body), html, est_sensible=bool(LIENS & set(context)))
        deposer_courriel(message=message)

    def save_user(self, request: HttpRequest, user: Personne, form: Any, commit: bool = True) -> Personne:  # noqa: ARG002, FBT001, FBT002 (signature d’allauth)
        """Par l’acte : un porteur. Une adresse prouvée par une invitation n’en prouve pas une autre."""
        saisie = form.cleaned_data
        if not self.is_email_verified(request, saisie["email"]):
            self.unstash_verified_email(request)
        return inscrire(
            email=saisie["email"], prenom=saisie["prenom"], nom=saisie["nom"], mot_de_passe=saisie["password1"]
        )

    def get_login_stages(self) -> list[str]:
        """Les étapes d’allauth, avec notre confirmation."""
        notre = f"{EtapeConfirmation.__module__}.{EtapeConfirmation.__qualname__}"
        return [notre if etape == ETAPE_D_ALLAUTH else etape for etape in super().get_login_stages()]

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Un porteur sans organisme est mené à « Mon organisme »."""
        if est_porteur_sans_organisme(personne_de(request)):
            return resolve_url("mon_organisme")
        return str(super().get_login_redirect_url(request))

    def get_signup_redirect_url(self, request: HttpRequest) -> str:
        """Après une inscription dont l’adresse est déjà prouvée (invitation)."""
        return self.get_login_redirect_url(request)
