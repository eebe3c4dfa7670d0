"""Formulaires des comptes : ceux d’allauth, avec nos mots et sans texte fantôme dans les champs (RGAA 11.1)."""

from typing import Any

from allauth.account import forms as allauth
from django import forms

from comptes.actions.fiche import CHAMPS
from comptes.models import CompteBancaire, DemandeEntree, Document, Invitation, Organisme, Personne
from comptes.models.document import DERNIERE_ANNEE, PREMIERE_ANNEE
from comptes.models.organisme import valider_siret
from comptes.rules.banque import compacter
from comptes.states import NatureDeDocument, RoleOrganisme
from config.socle.fichiers.champ import FichiersField
from config.socle.saisie import SaisieEntiere

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
            champ.widget.attrs.pop("maxlength", None)
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


class SiretField(forms.CharField):
    """Un SIRET, tapé avec ou sans espaces."""

    default_validators = [valider_siret]

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", "SIRET")
        kwargs.setdefault("help_text", "Quatorze chiffres, sur votre avis de situation Insee.")
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}))
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str:
        """Sans espaces, insécables compris."""
        return "".join(str(super().to_python(value)).split())


class SiretForm(forms.Form):
    """Chercher un organisme."""

    siret = SiretField()


class OrganismeForm(SaisieEntiere, forms.ModelForm[Organisme]):
    """Ce qu’il faut pour créer un organisme, et ce que le registre en dit ; le reste de la fiche vient ensuite."""

    siret = SiretField()

    class Meta:
        model = Organisme
        fields = ("siret", "nom", "forme_juridique", "rna", "adresse", "commune")
        help_texts = {
            "rna": "Facultatif. Pour une association : « W » et neuf caractères.",
            "adresse": "Facultatif. Numéro, voie, code postal et ville du siège.",
            "commune": "Facultatif. Si le siège est dans le département.",
        }

    def clean_rna(self) -> str | None:
        """Vide vaut absence."""
        return _rna(self.cleaned_data["rna"])


def _rna(tape: str | None) -> str | None:
    return (tape or "").strip().upper() or None


class DemandeForm(SaisieEntiere, forms.ModelForm[DemandeEntree]):
    """Le mot joint à la demande."""

    class Meta:
        model = DemandeEntree
        fields = ("message",)
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}
        help_texts = {"message": "Facultatif. Dites qui vous êtes, pour que l’on vous reconnaisse."}


class InvitationForm(SaisieEntiere, forms.ModelForm[Invitation]):
    """Qui inviter, dans quel rôle."""

    class Meta:
        model = Invitation
        fields = ("email", "role")
        help_texts = {"role": "Un rédacteur écrit les projets ; un responsable, en plus, invite, retire et signe."}

    def clean_email(self) -> str:
        """En minuscules, comme les comptes."""
        return str(self.cleaned_data["email"]).strip().lower()


class RoleForm(forms.Form):
    """Le rôle donné à une personne."""

    role = forms.ChoiceField(label="Rôle", choices=RoleOrganisme.choices)

    @property
    def role_choisi(self) -> RoleOrganisme:
        """Le rôle, une fois le formulaire valide."""
        return RoleOrganisme(self.cleaned_data["role"])


class FicheForm(SaisieEntiere, forms.ModelForm[Organisme]):
    """La fiche entière. `version` : celle que la personne a sous les yeux."""

    siret = SiretField(required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)

    class Meta:
        model = Organisme
        fields = CHAMPS
        localized_fields = ("salaries_etp",)
        widgets = {"objet_social": forms.Textarea(attrs={"rows": 3}), "agrements": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "objet_social": "Tel qu’il est écrit dans vos statuts.",
            "adresse": "Numéro, voie, code postal et ville du siège.",
            "commune": "Si le siège est dans le département.",
            "adresse_courrier": "Facultatif. Si les lettres doivent arriver ailleurs qu’au siège.",
            "salaries_etp": "En équivalents temps plein, par exemple 2,5.",
            "agrements": "Un par ligne : nature, autorité, date.",
        }

    def clean_siret(self) -> str | None:
        """Vide vaut absence."""
        return self.cleaned_data["siret"] or None

    def clean_rna(self) -> str | None:
        """Vide vaut absence."""
        return _rna(self.cleaned_data["rna"])


class CompteBancaireForm(SaisieEntiere, forms.ModelForm[CompteBancaire]):
    """Un compte, recopié du RIB."""

    iban = forms.CharField(label="IBAN", max_length=50, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    bic = forms.CharField(label="BIC", max_length=20, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    class Meta:
        model = CompteBancaire
        fields = ("libelle", "titulaire", "iban", "bic")
        help_texts = {"libelle": "Pour le reconnaître : « compte courant », « compte du chantier »."}

    def clean_iban(self) -> str:
        """Sans espaces, en majuscules."""
        return compacter(self.cleaned_data["iban"])

    def clean_bic(self) -> str:
        """Sans espaces, en majuscules."""
        return compacter(self.cleaned_data["bic"])


class DocumentForm(SaisieEntiere, forms.ModelForm[Document]):
    """Ce que l’on dit d’un document ; son contenu ne change pas."""

    class Meta:
        model = Document
        fields = ("intitule", "nature", "annee")


class DocumentsForm(forms.Form):
    """Un ou plusieurs fichiers de même nature."""

    fichiers = FichiersField(
        label="Fichiers", help_text="PDF, Word, Excel, OpenDocument, JPEG ou PNG, 50\u00a0Mo au plus chacun."
    )
    nature = forms.ChoiceField(label="Nature", choices=[("", "Choisir une nature"), *NatureDeDocument.choices])
    annee = forms.IntegerField(
        label="Année",
        required=False,
        min_value=PREMIERE_ANNEE,
        max_value=DERNIERE_ANNEE,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=Document._meta.get_field("annee").help_text,
    )
