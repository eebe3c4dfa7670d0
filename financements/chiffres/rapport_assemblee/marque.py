"""L’état des données dont un rapport est fait : de quoi dire qu’un fichier n’est plus celui du jour."""

import hashlib

from django.db.models import Count, Max, Sum

from financements.models import Imputation, RapportALAssemblee, Scenario


def marque_du_rapport(rapport: RapportALAssemblee, scenario: Scenario) -> str:
    """Le scénario, le texte, la séance et les imputations. Une requête."""
    lignes = Imputation.objects.filter(appel_id=rapport.appel_id)
    compte = lignes.aggregate(nombre=Count("pk"), versions=Sum("version"), derniere=Max("pk"))
    parties = [scenario.marque, rapport.titre, rapport.texte, str(rapport.seance_le), *map(str, compte.values())]
    return hashlib.sha256("\x1f".join(parties).encode()).hexdigest()
