"""Formulaires des comptes : ceux d’allauth, avec nos mots et sans texte fantôme dans les champs (RGAA 11.1)."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

from comptes.models import Personne

LIBELLES = {
    "login": "Adresse électronique",
    "email": "Adresse électronique",
    "password": "Mot de passe",
    "oldpassword": "Mot de passe actuel",
    "password1": "Nouveau mot de passe",
    "password2": "Nouveau mot de passe, encore une fois",
}


class LibellesMaison:
    """Mêmes libellés partout ; le champ reste vide tant que la personne n’a rien tapé."""

    fields: dict[str, Any]
    libelles = LIBELLES

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for nom, champ in self.fields.items():
            champ.label = self.libelles.get(nom, champ.label)
            champ.widget.attrs.pop("placeholder", None)
            if nom != "password1":
                champ.help_text = ""


class ConnexionForm(LibellesMaison, allauth.LoginForm):  # type: ignore[misc]
    """Adresse et mot de passe."""


class ChangerMotDePasseForm(LibellesMaison, allauth.ChangePasswordForm):  # type: ignore[misc]
    """L’ancien mot de passe, puis le nouveau deux fois."""


class MotDePasseOublieForm(LibellesMaison, allauth.ResetPasswordForm):  # type: ignore[misc]
    """L’adresse où envoyer le lien."""


class NouveauMotDePasseForm(LibellesMaison, allauth.ResetPasswordKeyForm):  # type: ignore[misc]
    """Le nouveau mot de passe, deux fois, derrière le lien reçu."""


class InscriptionForm(LibellesMaison, allauth.SignupForm):  # type: ignore[misc]
    """Qui l’on est, son adresse, et le mot de passe deux fois."""

    prenom = forms.CharField(
        label="Prénom",
        max_length=Personne._meta.get_field("prenom").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )
    nom = forms.CharField(
        label="Nom",
        max_length=Personne._meta.get_field("nom").max_length,
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    libelles = {**LIBELLES, "password1": "Mot de passe", "password2": "Mot de passe, encore une fois"}
    field_order = ("prenom", "nom", "email", "password1", "password2")
