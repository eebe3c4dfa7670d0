"""Ce que les tâches d’import ont en commun : le fichier déposé, sur le disque le temps de le lire."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.socle.execution import EchecDit
from config.socle.lecture.tableau import FichierIllisible
from config.socle.suivi_a_part import SuiviAPart
from financements.models import ImportDExecution, ImportProgramme


@contextmanager
def fichier_depose(travail: ImportProgramme | ImportDExecution) -> Iterator[tuple[Path, SuiviAPart]]:
    """La copie du fichier et de quoi dire l’avancement. Lève `EchecDit` s’il a disparu ou ne se lit pas."""
    with tempfile.TemporaryDirectory() as dossier, SuiviAPart(type(travail), travail.pk) as suivi:
        chemin = Path(dossier, "fichier")
        try:
            with travail.fichier.open("rb") as depose, chemin.open("wb") as copie:
                shutil.copyfileobj(depose, copie)
            yield chemin, suivi
        except FileNotFoundError as erreur:
            raise EchecDit("Le fichier déposé a disparu : déposez-le de nouveau.") from erreur
        except FichierIllisible as refus:
            raise EchecDit(str(refus)) from refus
