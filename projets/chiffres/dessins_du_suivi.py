"""Les dessins de la page de suivi ; le tableau des mêmes chiffres est toujours à côté."""

from config.socle import dessins
from config.socle.montants import format_nombre
from projets.chiffres.suivi import Avancement, Suivi

ETAPES = (
    dessins.Etape("à vérifier", "neutre"),
    dessins.Etape("incomplets", "attente"),
    dessins.Etape("recevables, avis à rendre", "bleu"),
    dessins.Etape("instruits", "pro"),
)


def dessin_des_territoires(suivi: Suivi, *, largeur: float = 1000) -> dessins.Dessin:
    """Une bande par territoire, un segment par étape."""
    return dessins.avancement(
        titre="Avancement de l’instruction par territoire, en projets",
        etapes=ETAPES,
        lignes=[dessins.LigneAvancement(ligne.libelle, _etapes(ligne)) for ligne in suivi.par_territoire],
        largeur=largeur,
    )


def dessin_des_semaines(suivi: Suivi, *, largeur: float = 560) -> dessins.Dessin:
    """Les avis rendus chaque semaine, celle en cours comprise."""
    return dessins.barres_empilees(
        titre="Avis rendus par semaine, semaine commençant le",
        categories=[f"{semaine.lundi:%d/%m}" for semaine in suivi.par_semaine],
        series=[dessins.Serie("avis", tuple(semaine.finis for semaine in suivi.par_semaine), ton="pro")],
        largeur=largeur,
        hauteur=200,
        format_montant=dessins.EN_NOMBRE,
    )


def dessin_des_ages(suivi: Suivi, *, largeur: float = 420) -> dessins.Dessin:
    """Les projets pas décidés, par ancienneté du dépôt."""
    tons = ("pro", "bleu", "attente", "alerte")
    return dessins.barres_horizontales(
        titre="Projets pas encore décidés, par ancienneté de leur dépôt",
        barres=[
            dessins.Barre(tranche.libelle, tranche.nombre, ton=ton, texte=format_nombre(tranche.nombre))
            for tranche, ton in zip(suivi.ages, tons, strict=True)
        ],
        largeur=largeur,
    )


def _etapes(ligne: Avancement) -> tuple[int, ...]:
    return ligne.a_verifier, ligne.incomplets, ligne.recevables, ligne.instruits
