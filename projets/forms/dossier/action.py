"""L’étape « L’action » : ce que l’on veut faire, quand, avec quels moyens et quels résultats, et les questions posées.

Clés de saisie : le nom du champ ; `indicateur_<1 à 5>_libelle|cible|unite` ; `question_<pk>`.
"""

from collections.abc import Mapping
from typing import Any

from django import forms

from projets.forms.dossier.champs import champ_date, texte_long
from projets.forms.dossier.donnees import DonneesDuProjet
from projets.forms.dossier.etape import EtapeForm
from projets.forms.fields import DecimalFrField
from projets.forms.reponses import champ_de
from projets.models import Axe, Question
from projets.rules.fusion import Valeur

INDICATEURS = range(1, 6)


class ActionForm(EtapeForm):
    """Les questions de tous les axes y sont, celles des autres axes cachées : changer d’axe ne perd aucune réponse."""

    intitule = forms.CharField(label="Intitulé de l’action", max_length=300)
    axe = forms.ChoiceField(label="Axe de l’appel")
    objectifs = texte_long("Objectifs", "À quel besoin l’action répond-elle ? Que doit-elle changer ?")
    description = texte_long("Description", "Ce que vous ferez, concrètement.", lignes=8)
    methode = texte_long("Méthode", "Comment vous accompagnez les personnes : étapes, rythme, outils.")
    partenaires = texte_long("Partenaires", "Avec qui, et ce que chacun apporte.", est_obligatoire=False, lignes=3)
    debut = champ_date("Début")
    fin = champ_date("Fin")
    lieu = forms.CharField(label="Lieu", help_text="Adresses ou communes où l’action se déroule.", max_length=300)
    etp = DecimalFrField(
        label="Équivalents temps plein affectés à l’action (ETP)",
        help_text="0,5 pour un mi-temps, salariés et encadrants compris.",
        min_value=0,
        max_digits=6,
        decimal_places=2,
    )
    moyens_humains = texte_long("Moyens humains", "Fonctions et qualifications des personnes mobilisées.", lignes=3)
    moyens_materiels = texte_long("Moyens matériels", "Locaux, véhicules, outils.", est_obligatoire=False, lignes=3)
    resultats = texte_long("Résultats attendus", "Ce qui aura changé pour les personnes à la fin de l’action.")

    def __init__(self, donnees: DonneesDuProjet, valeurs: Mapping[str, Valeur]) -> None:
        super().__init__(donnees, valeurs)
        axe: Any = self.fields["axe"]
        axe.choices = [("", "Choisir un axe"), *((str(a.pk), str(a)) for a in donnees.axes)]
        premiere, derniere = donnees.annees[0], donnees.annees[-1]
        self.fields["debut"].help_text = f"Au plus tôt le 01/01/{premiere}."
        self.fields["fin"].help_text = f"Au plus tard le 31/12/{derniere}."
        for rang in INDICATEURS:
            self.fields |= _indicateur(rang)
        self.hors_axe = set()
        for question in donnees.toutes_les_questions:
            self.fields[_nom(question)] = champ = champ_de(question)
            if question not in donnees.questions:
                champ.required = False
                self.hors_axe.add(_nom(question))

    def champs_utiles(self) -> dict[str, forms.Field]:
        """Sans les questions des autres axes."""
        return {nom: champ for nom, champ in self.fields.items() if nom not in self.hors_axe}

    def clean(self) -> dict[str, Any]:
        """Les dates dans les années de l’appel et dans l’ordre ; un indicateur au moins, chacun avec sa cible."""
        for nom in self.hors_axe:
            self.errors.pop(nom, None)
        self._verifier_les_dates()
        self._verifier_les_indicateurs()
        return self.cleaned_data

    def _verifier_les_dates(self) -> None:
        debut, fin = self.cleaned_data.get("debut"), self.cleaned_data.get("fin")
        annees = self.donnees.annees
        for nom, lu in (("debut", debut), ("fin", fin)):
            if lu and lu.year not in annees:
                periode = self.donnees.projet.appel.periode
                self.add_error(nom, f"L’appel porte sur {periode} : choisissez une date de ces années.")
        if debut and fin and fin < debut:
            self.add_error("fin", "La fin vient après le début.")

    def _verifier_les_indicateurs(self) -> None:
        remplis = 0
        for rang in INDICATEURS:
            libelle, cible, unite = (f"indicateur_{rang}_{partie}" for partie in ("libelle", "cible", "unite"))
            est_dit = bool(self.cleaned_data.get(libelle))
            a_une_cible = self.cleaned_data.get(cible) is not None or cible in self.errors
            remplis += est_dit
            if est_dit and not a_une_cible:
                self.oublier(cible, "Quelle cible pour cet indicateur ?")
            if not est_dit and (a_une_cible or self.cleaned_data.get(unite)):
                self.oublier(libelle, "Que mesure cet indicateur ?")
        if not remplis and "indicateur_1_libelle" not in self.errors:
            self.oublier("indicateur_1_libelle", "Donnez au moins un indicateur et sa cible.")

    def indicateurs(self) -> list[tuple[int, list[forms.BoundField]]]:
        """Les cinq lignes : rang, puis libellé, cible, unité."""
        return [
            (rang, [self[f"indicateur_{rang}_{partie}"] for partie in ("libelle", "cible", "unite")])
            for rang in INDICATEURS
        ]

    def questions_communes(self) -> list[forms.BoundField]:
        """Celles que l’appel pose à tous."""
        return [self[_nom(q)] for q in self.donnees.toutes_les_questions if q.axe_id is None]

    def questions_par_axe(self) -> list[tuple[Axe, list[forms.BoundField]]]:
        """Chaque axe qui a des questions, et elles."""
        questions = self.donnees.toutes_les_questions
        par_axe = [(axe, [self[_nom(q)] for q in questions if q.axe_id == axe.pk]) for axe in self.donnees.axes]
        return [(axe, siennes) for axe, siennes in par_axe if siennes]


def _nom(question: Question) -> str:
    return f"question_{question.pk}"


def _indicateur(rang: int) -> dict[str, forms.Field]:
    return {
        f"indicateur_{rang}_libelle": forms.CharField(label=f"Indicateur {rang}", required=False, max_length=200),
        f"indicateur_{rang}_cible": DecimalFrField(
            label=f"Cible de l’indicateur {rang}", required=False, min_value=0, max_digits=12, decimal_places=2
        ),
        f"indicateur_{rang}_unite": forms.CharField(
            label=f"Unité de l’indicateur {rang}", required=False, max_length=40
        ),
    }
