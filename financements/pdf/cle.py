"""La clé d’un rapport : même demande, mêmes données, même maquette, donc même contenu."""

import hashlib

from financements.chiffres import Perimetre
from financements.models import Rapport
from financements.states import SorteDeRapport

MAQUETTE = 4  # à augmenter quand le contenu ou l’aspect du rapport change : les anciens ne seront plus réutilisés


def cle_du_rapport(
    perimetre: Perimetre, version: str, sorte: SorteDeRapport | str = SorteDeRapport.PLURIANNUEL
) -> str:
    """64 caractères hexadécimaux. `version` : l’empreinte des données de l’appel."""
    demande = (
        MAQUETTE,
        str(sorte),
        perimetre.appel.pk,
        perimetre.territoire.pk if perimetre.territoire else 0,
        perimetre.axe.pk if perimetre.axe else 0,
        perimetre.annees[0],
        perimetre.annees[-1],
        version,
    )
    return hashlib.sha256("|".join(map(str, demande)).encode()).hexdigest()


def perimetre_du_rapport(rapport: Rapport) -> Perimetre:
    """Ce que ce rapport chiffre."""
    annees = tuple(range(rapport.annee_debut, rapport.annee_fin + 1))
    return Perimetre(rapport.appel, annees, rapport.territoire, rapport.axe)
