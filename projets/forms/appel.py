"""Créer, copier, régler un appel ; joindre son règlement ; accorder une prolongation."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.text import slugify

from comptes.models import Organisme
from config.socle.fichiers.contenu import PDF
from projets.forms.fields import DecimalFrField, FichierField, InstantField, JourField
from projets.forms.version import AvecVersion
from projets.models import AppelAProjets

RESERVES = frozenset({"nouveau"})
TAILLE_DU_REGLEMENT = 20  # Mo


class AppelForm(AvecVersion):
    """Les textes, les années, le calendrier et les crédits d’un appel."""

    ouvre_le = InstantField(label="Ouverture du dépôt")
    ferme_le = InstantField(label="Clôture du dépôt", help_text="Heure de Paris. À cet instant, le dépôt est fermé.")
    comite_le = JourField(label="Comité de sélection", required=False)
    deliberation_le = JourField(
        label="Délibération de l’assemblée",
        required=False,
        help_text="Dates prévues, publiées avec l’appel ; elles se corrigent.",
    )
    montant_total = DecimalFrField(label="Crédits annoncés (€)", min_value=0, max_digits=14, decimal_places=2)
    part_pro_cible = DecimalFrField(
        label="Part visée de l’insertion professionnelle (%)",
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        required=False,
    )
    ecart_de_troisieme_avis = DecimalFrField(
        label="Écart qui demande une notation de plus (points sur 100)",
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text="Au-delà de cet écart entre deux totaux, un autre instructeur note aussi. Vide : jamais.",
    )

    class Meta:
        model = AppelAProjets
        fields = (
            "intitule",
            "slug",
            "presentation",
            "qui_peut_repondre",
            "annee_debut",
            "annee_fin",
            "ouvre_le",
            "ferme_le",
            "comite_le",
            "deliberation_le",
            "montant_total",
            "part_pro_cible",
            "notations_attendues",
            "ecart_de_troisieme_avis",
            "contact",
            "service",
            "service_adresse",
            "service_telephone",
            "charge_du_dossier",
            "tribunal",
        )
        help_texts = {
            "slug": "Dans l’adresse de la page, sans accent ni espace. Vide : tirée de l’intitulé.",
            "presentation": "Ce que l’appel cherche, en quelques paragraphes.",
            "qui_peut_repondre": "Les organismes admis et les conditions à remplir.",
            "contact": "L’adresse électronique publiée avec l’appel.",
            "service": "Il est nommé sur l’accusé de réception, avec son adresse et son téléphone.",
            "charge_du_dossier": "« Claire Martin, chargée de mission insertion » : l’accusé de réception le nomme.",
            "tribunal": "Celui que l’accusé de réception indique : « tribunal administratif de Lille ».",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False

    def clean_slug(self) -> str:
        """L’adresse donnée, ou tirée de l’intitulé."""
        slug = self.cleaned_data["slug"] or slugify(self.cleaned_data.get("intitule", ""))[:60].strip("-")
        if not slug:
            raise ValidationError("L’adresse ne se tire pas de cet intitulé : écrivez-la.")
        if slug in RESERVES:
            raise ValidationError("Cette adresse est réservée.")
        return str(slug)

    def clean_annee_debut(self) -> int:
        """Quatre chiffres."""
        annee = int(self.cleaned_data["annee_debut"])
        if not 2000 <= annee <= 2100:  # noqa: PLR2004 (bornes de bon sens)
            raise ValidationError("Une année entre 2000 et 2100.")
        return annee


class ReglementForm(forms.Form):
    """Le règlement de l’appel, en PDF."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    reglement = FichierField(
        label="Règlement (PDF)",
        formats=(PDF,),
        taille_maximale=TAILLE_DU_REGLEMENT,
        help_text=f"PDF, {TAILLE_DU_REGLEMENT}\u00a0Mo au plus.",
    )


class ProlongationForm(forms.Form):
    """L’organisme, l’instant et le motif."""

    identifiant = forms.CharField(label="SIRET ou numéro RNA de l’organisme", max_length=20)
    jusqu_au = InstantField(label="Jusqu’au")
    motif = forms.CharField(label="Motif", widget=forms.Textarea(attrs={"rows": 3}), max_length=2000)

    def clean_identifiant(self) -> Organisme:
        """L’organisme qui a ce numéro, espaces tapés ou non."""
        lu = "".join(self.cleaned_data["identifiant"].split()).upper()
        organisme = Organisme.objects.filter(Q(siret=lu) | Q(rna=lu)).first()
        if organisme is None:
            raise ValidationError("Aucun organisme connu n’a ce numéro.")
        return organisme
