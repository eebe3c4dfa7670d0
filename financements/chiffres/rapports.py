"""Les rapports produits, tels que leurs listes les montrent."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet, Sum

from financements.chiffres.version import versions_des_donnees
from financements.models import EcheanceDeRapport, Rapport


@dataclass(frozen=True)
class RapportVu:
    """Un rapport, et s’il dit encore ce que disent les données."""

    rapport: Rapport
    est_a_jour: bool


def avec_mesures(rapports: QuerySet[Rapport]) -> QuerySet[Any]:
    """Ajoute `nombre_volumes`, `pages`, `octets` (None tant que rien n’est produit) et `est_planifie`.

    Du plus récent au plus ancien. `est_planifie` : une échéance l’a demandé ou s’en est servie.

    L’ordre est redit : Django n’applique pas celui du modèle à une requête qui groupe.
    """
    mesures = rapports.select_related("appel", "territoire", "axe", "demande_par").annotate(
        nombre_volumes=Count("volumes"),
        pages=Sum("volumes__pages"),
        octets=Sum("volumes__taille"),
        est_planifie=Exists(EcheanceDeRapport.objects.filter(rapport=OuterRef("pk"))),
    )
    return mesures.order_by("-pk")


def juger(rapports: list[Any]) -> list[RapportVu]:
    """Compare chaque rapport à l’état présent des données de son appel. Une requête pour tous."""
    versions = versions_des_donnees({rapport.appel_id for rapport in rapports})
    return [RapportVu(rapport, rapport.version_donnees == versions[rapport.appel_id]) for rapport in rapports]
