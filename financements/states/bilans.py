"""Ce que compte un bilan : les personnes accompagnées, par sexe, par âge, à la sortie. Des données."""

from django.db import models


class Critere(models.TextChoices):
    """Ce dont on compte les personnes ; le préfixe dit la répartition."""

    ACCOMPAGNES = "accompagnes", "personnes accompagnées"
    FEMMES = "sexe_femmes", "femmes"
    HOMMES = "sexe_hommes", "hommes"
    MOINS_DE_26 = "age_moins_26", "moins de 26 ans"
    DE_26_A_35 = "age_26_35", "26 à 35 ans"
    DE_36_A_49 = "age_36_49", "36 à 49 ans"
    CINQUANTE_ET_PLUS = "age_50_plus", "50 ans et plus"
    EMPLOI_DURABLE = "sortie_durable", "emploi durable (CDI, CDD de 6 mois et plus)"
    EMPLOI_TRANSITION = "sortie_transition", "emploi de transition (CDD de moins de 6 mois, contrat aidé)"
    FORMATION = "sortie_formation", "formation qualifiante ou certifiante"
    AUTRE_POSITIVE = "sortie_positive", "autre sortie positive (santé, logement, droits)"
    AUTRE_SORTIE = "sortie_autre", "autre sortie (abandon, déménagement, sans suite connue)"


def _de(prefixe: str) -> tuple[Critere, ...]:
    return tuple(critere for critere in Critere if critere.value.startswith(prefixe))


PAR_SEXE, PAR_AGE, SORTIES = _de("sexe_"), _de("age_"), _de("sortie_")
