"""Les déports d’élus que le comité a notés, pour la délibération qui vote son scénario."""

from collections import defaultdict

from comptes.models import Personne
from financements.chiffres.comite.seance import ref
from financements.models import DeportDElu, Scenario
from financements.models.deports import projets_fermes_a
from financements.states import PROJETS_ARBITRABLES, EtatComite


def deports_des_elus(scenario: Scenario, personne: Personne) -> tuple[list[str], int]:
    """Un élu par ligne : « Anne Leroy, conseillère (AAP16-0001, AAP16-0003) ». Deux requêtes.

    Ceux des comités tenus sur ce scénario, pour les projets qui se votent encore. Le second : combien de déports ne
    sont pas dits, leur projet étant fermé à la personne.
    """
    notes = DeportDElu.objects.filter(elu__comite__scenario=scenario, projet__etat__in=PROJETS_ARBITRABLES)
    tenus = notes.exclude(elu__comite__etat=EtatComite.PREPARATION)
    fermes = tenus.filter(projet__in=projets_fermes_a(personne))
    par_elu: dict[str, list[str]] = defaultdict(list)
    lus = tenus.exclude(projet__in=projets_fermes_a(personne)).select_related("elu", "projet__appel")
    for deport in lus.order_by("elu__nom", "elu__qualite", "projet__numero"):
        references = par_elu[f"{deport.elu.nom}, {deport.elu.qualite}"]
        if (reference := ref(deport.projet)) not in references:
            references.append(reference)
    return [f"{elu} ({', '.join(references)})" for elu, references in par_elu.items()], fermes.count()
