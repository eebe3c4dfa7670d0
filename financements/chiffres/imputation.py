"""Trouver l’imputation d’une subvention : les règles d’un appel, lues une fois."""

from dataclasses import dataclass
from itertools import product

from financements.models import Imputation, RattachementDImputation, Tranche
from financements.rules.imputation import Categorie, ImputationManquante, Rattachement, categorie_de, trouver
from financements.states import PROJETS_ARBITRABLES
from projets.models import AppelAProjets, Projet


@dataclass(frozen=True)
class Imputations:
    """Les imputations d’un appel, par clé, et à quoi elles se rattachent. Deux requêtes pour toutes les actions."""

    par_cle: dict[int, Imputation]
    rattachements: list[Rattachement]

    def de(self, *, axe: int, forme_juridique: str, exercice: int) -> Imputation:
        """L’imputation de cet axe (son numéro), de cet organisme, cet exercice. Lève `ImputationManquante`."""
        categorie = categorie_de(forme_juridique)
        return self.par_cle[trouver(self.rattachements, axe=axe, categorie=categorie, exercice=exercice)]

    def chercher(self, *, axe: int, forme_juridique: str, exercice: int) -> Imputation | None:
        """Comme `de`, None s’il n’y en a pas."""
        try:
            return self.de(axe=axe, forme_juridique=forme_juridique, exercice=exercice)
        except ImputationManquante:
            return None


def imputations_de_l_appel(appel: AppelAProjets) -> Imputations:
    """Toutes celles de l’appel."""
    lignes = Imputation.objects.filter(appel=appel).select_related("appel")
    par_cle = {une.pk: une for une in lignes}
    liens = RattachementDImputation.objects.filter(imputation__appel=appel).values_list(
        "imputation_id", "axe__numero", "categorie"
    )
    return Imputations(
        par_cle,
        [
            Rattachement(cle, axe, Categorie(nom), par_cle[cle].premier_exercice, par_cle[cle].dernier_exercice)
            for cle, axe, nom in liens
            if cle in par_cle
        ],
    )


def imputation_de(projet: Projet, exercice: int) -> Imputation:
    """L’imputation d’un projet (ou du projet d’une action) cet exercice (lit `axe`, `organisme`, `appel`).

    Pour une liste, lire `imputations_de_l_appel` une fois. Lève `ImputationManquante`.
    """
    connues = imputations_de_l_appel(projet.appel)
    forme = projet.organisme.forme_juridique
    return connues.de(axe=projet.axe.numero, forme_juridique=forme, exercice=exercice)


def manques(appel: AppelAProjets) -> list[str]:
    """Ce qui manque pour imputer chaque projet encore en lice, une phrase par axe, catégorie et exercice, triées."""
    connues = imputations_de_l_appel(appel)
    formes = (
        Projet.objects.filter(appel=appel, etat__in=PROJETS_ARBITRABLES)
        .order_by("axe__numero")
        .values_list("axe__numero", "organisme__forme_juridique")
        .distinct()
    )
    phrases = set()
    for (axe, forme), exercice in product(formes, appel.annees):
        try:
            connues.de(axe=axe, forme_juridique=forme, exercice=exercice)
        except ImputationManquante as manque:
            phrases.add(str(manque))
    return sorted(phrases)


def utilisees(appel: AppelAProjets) -> set[int]:
    """Les clés des imputations dont une action votée de l’appel se sert : leur code ne change plus. Trois requêtes."""
    connues = imputations_de_l_appel(appel)
    votees = (
        Tranche.objects.filter(action__projet__appel=appel)
        .values_list("action__projet__axe__numero", "action__projet__organisme__forme_juridique", "annee")
        .distinct()
    )
    trouvees = (connues.chercher(axe=axe, forme_juridique=forme, exercice=annee) for axe, forme, annee in votees)
    return {une.pk for une in trouvees if une}
