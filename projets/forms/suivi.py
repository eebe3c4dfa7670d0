"""Après le dépôt : un message, une demande de complément, un retrait, une copie."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.models import Personne
from config.socle.recherche import cle_de_tri
from config.socle.saisie import SaisieEntiere
from projets.forms.dossier.champs import texte_long
from projets.models import AppelAProjets, Axe, Projet
from projets.models.echanges import ECHEANCE_TROP_LOIN, LONGUEUR_D_UN_MESSAGE
from projets.rules.depot import DUREE_MAXIMALE
from projets.rules.motifs import LONGUEUR_D_UN_MOTIF, LONGUEUR_DU_MOTIF_DE_FIN


class MessageForm(SaisieEntiere, forms.Form):
    """Un message au service, ou au porteur."""

    texte = texte_long("Votre message", lignes=4, longueur=LONGUEUR_D_UN_MESSAGE)


class SurCeQuiEstVu(SaisieEntiere, forms.Form):
    """Porte ce que la page montrait du projet (`projets.actions.collisions`) : agir sur autre chose est refusé."""

    vu = forms.IntegerField(widget=forms.HiddenInput, required=False)


def jour_a_venir(jour: date) -> date:
    """Le jour, s’il est à venir et pas trop loin (`DUREE_MAXIMALE`). Lève `ValidationError`."""
    if jour <= timezone.localdate():
        raise ValidationError("L’échéance est un jour à venir.")
    if jour > timezone.localdate() + DUREE_MAXIMALE:
        raise ValidationError(ECHEANCE_TROP_LOIN)
    return jour


class ComplementForm(SurCeQuiEstVu):
    """Ce qui manque, et pour quand."""

    texte = texte_long(
        "Ce qui manque",
        "Le porteur lit ce texte tel quel : nommez chaque pièce.",
        lignes=4,
        longueur=LONGUEUR_D_UN_MESSAGE,
    )
    echeance = forms.DateField(
        label="À fournir au plus tard le",
        help_text=f"Dans {DUREE_MAXIMALE.days} jours au plus. Le délai de rejet implicite s’arrête jusque-là.",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )

    def clean_echeance(self) -> Any:
        """Un jour à venir, pas trop loin."""
        return jour_a_venir(self.cleaned_data["echeance"])


class RetraitForm(SaisieEntiere, forms.Form):
    """Pourquoi on retire le projet."""

    motif = texte_long("Motif du retrait", "Il est gardé avec le projet.", lignes=4, longueur=LONGUEUR_DU_MOTIF_DE_FIN)


class ClassementForm(SurCeQuiEstVu):
    """Pourquoi on classe le projet sans suite."""

    motif = texte_long(
        "Motif du classement",
        "Il est gardé avec le projet, et dit à qui le demande.",
        lignes=4,
        longueur=LONGUEUR_DU_MOTIF_DE_FIN,
    )


class RetraitDuComiteForm(SurCeQuiEstVu):
    """Pourquoi on retire le projet du comité."""

    motif = texte_long(
        "Motif",
        "Le projet redevient « instruit » : son avis peut se réviser, puis il se présente de nouveau. Le motif est "
        "interne au service.",
        lignes=4,
        longueur=LONGUEUR_D_UN_MOTIF,
    )


class CopieForm(SaisieEntiere, forms.Form):
    """Vers quel axe de quel appel ouvert, sous quel intitulé."""

    axe = forms.ChoiceField(label="Appel et axe")
    intitule = forms.CharField(label="Intitulé de l’action", max_length=300)
    jeton = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, source: Projet, personne: Personne, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        ouverts = AppelAProjets.objects.recevant(source.organisme)
        self.axes = list(Axe.objects.filter(appel__in=ouverts).select_related("appel").order_by("appel", "numero"))
        groupes: dict[str, list[tuple[str, str]]] = {}
        for axe in self.axes:
            groupes.setdefault(str(axe.appel), []).append((str(axe.pk), str(axe)))
        champ: Any = self.fields["axe"]
        champ.choices = [("", "Choisir un axe"), *groupes.items()]
        self.initial.setdefault("axe", _semblable(source.axe, self.axes))
        self.personne = personne

    def clean_axe(self) -> Axe:
        """L’axe choisi."""
        return next(axe for axe in self.axes if str(axe.pk) == self.cleaned_data["axe"])


def _semblable(source: Axe, axes: list[Axe]) -> int | None:
    """Celui que la copie propose : le même, sinon de même intitulé, sinon de même numéro ; None à défaut."""
    titre = cle_de_tri(source.intitule)
    semblables = [
        *(axe for axe in axes if axe.pk == source.pk),
        *(axe for axe in axes if cle_de_tri(axe.intitule) == titre),
        *(axe for axe in axes if axe.numero == source.numero),
    ]
    return semblables[0].pk if semblables else None
