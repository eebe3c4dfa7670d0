"""Les formulaires des conventions : réglages, signatures, fin, modèle, retour d’exemplaires signés."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from config.socle.fichiers.champ import FichiersField
from config.socle.saisie import SaisieEntiere
from financements.actions.conventions.rediger import Reglages
from financements.actions.conventions.signer import Signatures
from financements.forms.montants import PourcentField
from financements.models import Convention, ModeleDeConvention
from financements.rules.texte_de_convention import ARTICLES_AU_PLUS, OBLIGATOIRES, VARIABLES
from financements.rules.variables import analyser
from projets.forms.fields import JourField

FORMATS_NUMERISES = ("pdf", "jpg", "png")
EN_PLUS = 2  # articles vides offerts au bout
LONGUEUR_D_UN_ARTICLE = 8000


class ReglagesForm(SaisieEntiere, forms.Form):
    """Les dates et le taux d’une convention en préparation."""

    debut_le = JourField(label="Prend effet le")
    fin_le = JourField(label="Prend fin le")
    caduque_le = JourField(
        label="Caduque le", required=False, help_text="Sans démarrage ni justificatif ce jour-là, elle tombe."
    )
    taux = PourcentField(label="Part du coût éligible que l’aide couvre (%)")
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, convention: Convention, **kwargs: Any) -> None:
        depart = {
            "debut_le": convention.debut_le,
            "fin_le": convention.fin_le,
            "caduque_le": convention.caduque_le,
            "taux": "" if convention.taux is None else f"{convention.taux.normalize():f}".replace(".", ","),
            "version": convention.version,
        }
        super().__init__(*args, initial=depart, **kwargs)

    def clean(self) -> dict[str, Any]:
        """La fin suit le début."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        debut, fin = lues.get("debut_le"), lues.get("fin_le")
        if debut and fin and fin < debut:
            self.add_error("fin_le", "La convention prend fin après avoir pris effet.")
        if lues.get("taux") == 0:
            self.add_error("taux", "Le taux est supérieur à 0\u00a0%, ou laissé vide.")
        return lues

    def reglages(self) -> Reglages:
        """Ce que l’acte attend."""
        lues = self.cleaned_data
        taux = None if lues["taux"] is None else Decimal(lues["taux"]).scaleb(-2)
        return Reglages(lues["debut_le"], lues["fin_le"], lues["caduque_le"], taux)


class SignaturesForm(SaisieEntiere, forms.Form):
    """Ce que porte l’exemplaire signé, d’une convention ou d’un avenant."""

    organisme_le = JourField(label="Signée par l’organisme le")
    par_organisme = forms.CharField(label="Signataire de l’organisme", required=False, max_length=160)
    departement_le = JourField(label="Signée par le département le")
    par_departement = forms.CharField(label="Signataire du département", required=False, max_length=160)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def signatures(self) -> Signatures:
        """Ce que l’acte attend."""
        lues = self.cleaned_data
        return Signatures(lues["organisme_le"], lues["departement_le"], lues["par_organisme"], lues["par_departement"])


class SignaturesEnLotForm(SaisieEntiere, forms.Form):
    """Les mêmes dates de signature pour toutes les conventions à signer d’une délibération."""

    organisme_le = JourField(label="Signées par les organismes le")
    departement_le = JourField(label="Signées par le département le")
    par_departement = forms.CharField(label="Signataire du département", required=False, max_length=160)
    seulement_revenues = forms.BooleanField(
        label="Seulement celles dont l’exemplaire signé est revenu entier",
        required=False,
        initial=True,
        help_text="Décochée, toutes celles qui sont à signer le sont, exemplaire déposé ici ou non.",
    )

    def signatures(self) -> Signatures:
        """Ce que l’acte attend."""
        lues = self.cleaned_data
        return Signatures(lues["organisme_le"], lues["departement_le"], par_departement=lues["par_departement"])


class FinForm(SaisieEntiere, forms.Form):
    """Pourquoi la convention finit, et quand si elle est résiliée."""

    le = JourField(label="Résiliée le")
    motif = forms.CharField(label="Motif", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
    sur = forms.BooleanField(label="Je confirme, en mon nom", error_messages={"required": "Cochez pour confirmer."})
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, champs: Sequence[str], convention: Convention, **kwargs: Any) -> None:
        depart = {"version": convention.version, "le": timezone.localdate()}
        super().__init__(*args, initial=depart, **kwargs)
        for nom in ("le", "motif"):
            if nom not in champs:
                del self.fields[nom]


class ModeleForm(SaisieEntiere, forms.Form):
    """Le modèle d’un appel : un titre et un texte par article ; un article vidé disparaît."""

    signataire = forms.CharField(
        label="Signataire du département",
        max_length=160,
        help_text="Sa qualité, en minuscules\u00a0: le président…",
    )
    mois_de_caducite = forms.IntegerField(
        label="Caducité : mois après la délibération exécutoire", min_value=1, max_value=60
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, modele: ModeleDeConvention, **kwargs: Any) -> None:
        depart: dict[str, Any] = {
            "signataire": modele.signataire,
            "mois_de_caducite": modele.mois_de_caducite,
            "version": modele.version,
        }
        super().__init__(*args, initial=depart, **kwargs)
        self._rangs = range(1, min(len(modele.articles) + EN_PLUS, ARTICLES_AU_PLUS) + 1)
        for rang in self._rangs:
            article = modele.articles[rang - 1] if rang <= len(modele.articles) else {"titre": "", "texte": ""}
            self.fields[f"titre_{rang}"] = forms.CharField(
                label=f"Titre de l’article de rang {rang}", required=False, max_length=160, initial=article["titre"]
            )
            texte = forms.Textarea(attrs={"rows": max(3, 2 + len(article["texte"]) // 110)})
            self.fields[f"texte_{rang}"] = forms.CharField(
                label=f"Texte de l’article de rang {rang}",
                required=False,
                max_length=LONGUEUR_D_UN_ARTICLE,
                widget=texte,
                initial=article["texte"],
            )

    @property
    def articles_saisis(self) -> list[tuple[Any, Any]]:
        """(titre, texte) : les champs de chaque article."""
        return [(self[f"titre_{rang}"], self[f"texte_{rang}"]) for rang in self._rangs]

    def clean(self) -> dict[str, Any]:
        """Chaque variable est connue, chaque article a un titre et un texte, aucune variable ne manque."""
        lues: dict[str, Any] = super().clean() or self.cleaned_data
        articles: list[tuple[str, str]] = []
        employees: set[str] = set()
        for rang in self._rangs:
            titre, texte = lues.get(f"titre_{rang}", "").strip(), lues.get(f"texte_{rang}", "").strip()
            if not titre and not texte:
                continue
            if not titre or not texte:
                self.add_error(f"{'titre' if texte else 'texte'}_{rang}", "Un article a un titre et un texte.")
            analyse = analyser(texte, VARIABLES)
            employees.update(analyse.variables)
            for erreur in analyse.erreurs:
                self.add_error(f"texte_{rang}", str(erreur))
            articles.append((titre, texte.replace("\r\n", "\n")))
        for nom in OBLIGATOIRES:
            if nom not in employees:
                self.add_error(None, f"« {{{{ {nom} }}}} » doit figurer dans un article\u00a0: {VARIABLES[nom]}.")
        lues["articles"] = articles
        return lues


class RetourForm(SaisieEntiere, forms.Form):
    """Un ou plusieurs fichiers numérisés."""

    fichiers = FichiersField(
        label="Pages numérisées",
        formats=FORMATS_NUMERISES,
        help_text="PDF (300 pages au plus), JPEG ou PNG.",
    )


class PageForm(SaisieEntiere, forms.Form):
    """De quelle convention est cette page, et laquelle."""

    numero = forms.CharField(label="Numéro de la convention", max_length=80)
    avenant = forms.IntegerField(label="Avenant n°", required=False, min_value=1, max_value=99)
    page = forms.IntegerField(label="Page", min_value=1, max_value=60)
