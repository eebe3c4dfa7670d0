"""Une note interne, et les collègues qu’elle prévient."""

from typing import Any

from django import forms

from comptes.models import Personne
from projets.models import Projet
from projets.models.commentaire import LONGUEUR_D_UN_COMMENTAIRE
from projets.permissions import instructeurs_de


class CommentaireForm(forms.Form):
    """Les collègues proposés sont ceux qui instruisent ce projet."""

    texte = forms.CharField(
        label="Note",
        max_length=LONGUEUR_D_UN_COMMENTAIRE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Le porteur ne lit jamais les notes internes.",
    )
    mentions = forms.ModelMultipleChoiceField(
        label="Prévenir",
        queryset=Personne.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, personne: Personne, projet: Projet, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "auto_id": "note_%s"})
        champ: Any = self.fields["mentions"]
        champ.queryset = instructeurs_de(projet).exclude(pk=personne.pk).order_by("nom", "prenom")
