"""Les chiffres clés et les dessins de l’exécution, communs au tableau de bord, au territoire et à l’axe."""

from typing import Any

from config.socle.montants import format_euros, format_meuros, format_pourcent
from financements.chiffres.execution.dessins import courbe_du_rythme, dessin_des_ages, dessin_par_exercice
from financements.chiffres.execution.programme import Execution
from financements.views.chiffres_cles import ChiffreCle

COLONNE = 560  # unités d’un dessin placé dans une demi-page


def chiffres_de_l_execution(execution: Execution) -> list[ChiffreCle]:
    """AE et affecté (programme ou axe), engagé, mandaté, payé, reste à mandater."""
    parcours, total = execution.parcours, execution.total
    chiffres = []
    if parcours.affecte is not None:
        detail = "" if parcours.ae is None else f"sur {format_meuros(parcours.ae)} d’autorisation d’engagement"
        chiffres.append(ChiffreCle(format_meuros(parcours.affecte), "affectés", detail))
    engage = format_pourcent(parcours.taux_d_engagement)
    de_quoi = "de l’attribué" if parcours.ae is None else "de l’AE"
    mandate = format_pourcent(total.taux_de_mandatement)
    chiffres += [
        ChiffreCle(format_meuros(total.engage), "engagés", f"{engage} {de_quoi}" if engage else ""),
        ChiffreCle(format_meuros(total.mandate), "mandatés", f"{mandate} de l’engagé" if mandate else ""),
        ChiffreCle(format_meuros(total.paye), "payés", format_euros(total.paye)),
        ChiffreCle(format_meuros(total.reste_a_mandater), "à mandater", format_euros(total.reste_a_mandater)),
    ]
    if total.repris:
        chiffres.append(ChiffreCle(format_euros(total.repris), "repris par titre de recette"))
    return chiffres


def figures_de_l_execution(execution: Execution, *, largeur: float = COLONNE) -> dict[str, Any]:
    """Ce qu’attend `suivi/_execution.html` ; vide tant que rien n’est affecté ni engagé."""
    if not execution.a_commence:
        return {}
    return {
        "execution": execution,
        "chiffres_de_l_execution": chiffres_de_l_execution(execution),
        "par_exercice": dessin_par_exercice(execution, largeur=largeur),
        "rythme": courbe_du_rythme(execution.rythme, largeur=largeur),
        "ages": dessin_des_ages(execution),
    }
