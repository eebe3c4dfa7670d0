"""Dire en français ce que l’optimisation a trouvé. Tout texte montré est ici."""

from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

from config.socle.montants import INSECABLE, en_euros, format_euros, format_euros_ronds, format_nombre, format_pourcent
from financements.rules.selection.comptes import Comptes, Obstacle, consommations, montants_en_bornes
from financements.rules.selection.conflits import Conflit
from financements.rules.selection.contraintes import Repere, Sorte
from financements.rules.selection.explications import Manque, Tension
from financements.rules.selection.probleme import Candidat, Choix, Plancher, Probleme
from financements.rules.selection.resolution import Resultat
from financements.rules.selection.solution import Statut
from financements.rules.selection.verification import Violation

MILLE = format_euros_ronds(Decimal(1_000))  # le cran d’une enveloppe (explications.Tension)
PLURIEL = 2
CITES = 3  # obstacles cités, les plus durs d’abord
NOMMES = 5  # projets nommés dans une phrase ; au-delà, leur nombre
PRUDENCE = (
    "Ces gains sont les prix de la relaxation linéaire, où un projet peut être retenu en partie : exacts pour un "
    "petit changement, un ordre de grandeur pour la sélection."
)
_ENVELOPPES = (Sorte.TERRITOIRE, Sorte.AXE, Sorte.CREDITS)


def nommer(probleme: Probleme, repere: Repere) -> str:
    """« l’enveloppe 2017 « Douaisis » », « la part professionnelle de 2017 », « les projets imposés »…"""
    lieu, annee = f"«{INSECABLE}{probleme.nom_du_territoire(repere.territoire)}{INSECABLE}»", repere.annee
    projet = f"«{INSECABLE}{_nom(probleme, repere.projet)}{INSECABLE}»"
    return {
        Sorte.TERRITOIRE: f"l’enveloppe {annee} {lieu}",
        Sorte.AXE: f"l’enveloppe {annee} de l’axe {repere.axe}",
        Sorte.CREDITS: f"les crédits de paiement de {annee}",
        Sorte.PART_PROFESSIONNELLE: f"la part professionnelle de {annee}",
        Sorte.PLANCHER_MONTANT: f"le plancher en euros {lieu}",
        Sorte.PLANCHER_NOMBRE: f"le plancher en projets {lieu}",
        Sorte.RETENU: f"le choix de retenir {projet}" if repere.projet else "les projets imposés",
        Sorte.ECARTE: f"le choix d’écarter {projet}" if repere.projet else "les projets écartés",
        Sorte.MONTANT: f"le montant {annee} de {projet}",
    }[repere.sorte]


def dire_le_resultat(resultat: Resultat) -> str:
    """En une phrase : combien, à quel écart prouvé, en combien de temps."""
    duree = f"{format_nombre(Decimal(round(resultat.secondes * 10)).scaleb(-1), 1)}{INSECABLE}s"
    if resultat.statut is Statut.INFAISABLE:
        return f"Aucune sélection ne tient toutes les contraintes (établi en {duree})."
    if resultat.solution is None:
        return f"Aucune sélection trouvée en {duree} : le temps accordé n’a pas suffi, sans rien prouver."
    retenus = _projets(len(resultat.solution.montants))
    if resultat.ecart is None:
        return f"{retenus} en {duree}, sans borne : rien ne dit ce qu’une autre sélection vaudrait."
    prouve = f"il est prouvé qu’aucune sélection ne vaut plus de {_pourcent(resultat.ecart)} de mieux"
    arret = "recherche arrêtée avant la précision demandée ; " if resultat.statut is Statut.ARRETE else ""
    return f"{retenus} en {duree} ; {arret}{prouve}."


def dire_la_tension(probleme: Probleme, tension: Tension) -> str:
    """Ce qui pèse, ce qui y reste, et ce qu’un cran de plus rapporterait (voir `PRUDENCE`)."""
    repere, gain = tension.repere, f"{_points(tension.gain)} à la valeur"
    nom = _majuscule(nommer(probleme, repere))
    if repere.sorte is Sorte.PART_PROFESSIONNELLE:
        reste = f"Le volet social peut encore y prendre {_euros(tension.reste)}."
        return f"{nom} : un point de moins ajouterait {gain}. {reste}"
    if repere.sorte is Sorte.PLANCHER_NOMBRE:
        return f"{nom} : un projet de moins ajouterait {gain}. La sélection en a {tension.reste} de plus que demandé."
    if repere.sorte is Sorte.PLANCHER_MONTANT:
        reste = f"La sélection le dépasse de {_euros(tension.reste)}."
        return f"{nom} : {MILLE} de moins ajouteraient {gain}. {reste}"
    return f"{nom} : {MILLE} de plus ajouteraient {gain}. Il y reste {_euros(tension.reste)}."


def dire_le_manque(probleme: Probleme, manque: Manque) -> str:
    """Pourquoi ce projet n’est pas retenu."""
    nom = f"«{INSECABLE}{_nom(probleme, manque.cle)}{INSECABLE}»"
    if not manque.est_financable:
        return f"{nom} : aucun montant en euros entiers ne tient entre son minimum viable et son maximum."
    if manque.obstacles:
        durs = sorted(manque.obstacles, key=lambda obstacle: obstacle.reste - obstacle.besoin)
        ou = [_obstacle(probleme, obstacle) for obstacle in durs[:CITES]]
        if len(durs) > CITES:
            ou.append(f"{len(durs) - CITES} autre{'s' if len(durs) > CITES + 1 else ''}")
        return f"{nom} : son minimum viable ne tient plus dans {_enumerer(ou)}."
    return f"{nom} : il tiendrait dans les enveloppes, mais n’améliore pas la valeur."


def _obstacle(probleme: Probleme, obstacle: Obstacle) -> str:
    reste = f"reste {_euros(max(obstacle.reste, 0))}, besoin {_euros(obstacle.besoin)}"
    if obstacle.repere.sorte is Sorte.PART_PROFESSIONNELLE:
        return f"ce que {nommer(probleme, obstacle.repere)} laisse au volet social ({reste})"
    return f"{nommer(probleme, obstacle.repere)} ({reste})"


def dire_le_conflit(probleme: Probleme, conflit: Conflit | None) -> list[str]:
    """Une phrase par contrainte qui se contredit, avec ses montants, puis ce qui en lèverait une."""
    if conflit is None:
        return ["Le temps accordé n’a pas suffi à trouver quelles contraintes se contredisent."]
    if conflit.irrealisables:
        noms = _enumerer(_nom(probleme, cle) for cle in conflit.irrealisables)
        return [f"Imposés, mais sans montant en euros entiers entre leur minimum et leur maximum : {noms}."]
    tete = "Ces contraintes se contredisent ; sans n’importe laquelle d’entre elles, les autres se tiennent."
    if len(conflit.reperes) == 1:
        tete = "Cette contrainte ne peut pas être tenue, même seule : les projets n’y suffisent pas."
    if conflit.est_au_centime:
        tete += " Elles ne se contredisent qu’en euros entiers, au centime près."
    phrases = [tete, *(_contrainte(probleme, repere, conflit) for repere in conflit.reperes)]
    return phrases + [_remede(probleme, repere, manque) for repere, manque in conflit.manques.items()]


def _contrainte(probleme: Probleme, repere: Repere, conflit: Conflit) -> str:
    nom, lieu = _majuscule(nommer(probleme, repere)), probleme.planchers.get(repere.territoire, Plancher())
    if repere.sorte in _ENVELOPPES:
        return f"{nom} : {_euros(Comptes(probleme).reste(repere))}{_exige(probleme, repere, conflit)}."
    part = format_pourcent(Decimal(probleme.part_professionnelle.get(repere.annee, 0)).scaleb(-2), 2)
    dit = {
        Sorte.RETENU: _en_cause(probleme, Choix.RETENU, conflit),
        Sorte.ECARTE: _en_cause(probleme, Choix.ECARTE, conflit),
        Sorte.PART_PROFESSIONNELLE: f"au moins {part} des montants",
        Sorte.PLANCHER_NOMBRE: f"au moins {_projets(lieu.nombre)}",
        Sorte.PLANCHER_MONTANT: f"au moins {_euros(lieu.montant)} sur la durée",
    }
    return f"{nom} : {dit[repere.sorte]}."


def _exige(probleme: Probleme, repere: Repere, conflit: Conflit) -> str:
    """Ce que les projets imposés prennent au moins d’une enveloppe, s’ils sont dans le conflit."""
    if Repere(Sorte.RETENU) not in conflit.reperes:
        return ""
    imposes = {c.cle: montants_en_bornes(c, au_maximum=False) for c in probleme.candidats if c.choix is Choix.RETENU}
    return f" ; les projets imposés y demandent au moins {_euros(Comptes.de(probleme, imposes).prises[repere])}"


def _remede(probleme: Probleme, repere: Repere, manque: int) -> str:
    nom = nommer(probleme, repere)
    combien = _projets(manque) if repere.sorte is Sorte.PLANCHER_NOMBRE else _euros(manque)
    if repere.sorte is Sorte.PART_PROFESSIONNELLE:
        geste = f"trouver au moins {combien} de volet professionnel, ou abaisser {nom}"
    elif repere.sorte in _ENVELOPPES:
        geste = f"relever {nom} d’au moins {combien}"
    else:
        geste = f"abaisser {nom} d’au moins {combien}"
    return f"Pour lever cette contradiction : {geste}."


def dire_la_violation(probleme: Probleme, violation: Violation) -> str:
    """Ce qu’une sélection ne tient pas, et de combien."""
    repere, nom = violation.repere, _majuscule(nommer(probleme, violation.repere))
    if repere.sorte in (Sorte.RETENU, Sorte.ECARTE):
        return f"{nom} n’est pas respecté."
    if repere.sorte is Sorte.PLANCHER_NOMBRE:
        return f"{nom} : {_projets(violation.atteint)}, il en faut {violation.borne}."
    atteint, borne = _euros(violation.atteint), _euros(violation.borne)
    if repere.sorte in _ENVELOPPES:
        return f"{nom} : {atteint} pour {borne}, soit {_euros(violation.atteint - violation.borne)} de trop."
    hors = (
        "hors de ses bornes, ou pas en euros entiers" if repere.sorte is Sorte.MONTANT else f"il faut au moins {borne}"
    )
    return f"{nom} : {atteint}, {hors}."


def _nom(probleme: Probleme, cle: str) -> str:
    return next((c.nom or c.cle for c in probleme.candidats if c.cle == cle), cle)


def _en_cause(probleme: Probleme, choix: Choix, conflit: Conflit) -> str:
    """Les projets imposés (ou écartés) qui touchent au conflit ; leur nombre s’ils sont beaucoup."""
    noms = [
        f"«{INSECABLE}{candidat.nom or candidat.cle}{INSECABLE}»"
        for candidat in probleme.candidats
        if candidat.choix is choix and _touches(candidat) & set(conflit.reperes)
    ]
    return _projets(len(noms)) if len(noms) > NOMMES else _enumerer(noms)


def _touches(candidat: Candidat) -> set[Repere]:
    annees = {Repere(Sorte.PART_PROFESSIONNELLE, annee) for annee in candidat.exercices}
    return annees | set(consommations(candidat, montants_en_bornes(candidat, au_maximum=True)))


def _enumerer(textes: Iterable[str]) -> str:
    *debut, fin = [*textes] or ["aucun"]
    return f"{', '.join(debut)} et {fin}" if debut else fin


def _majuscule(texte: str) -> str:
    return texte[:1].upper() + texte[1:]


def _projets(nombre: int) -> str:
    return f"{format_nombre(nombre)} projet{'s' if nombre > 1 else ''}"


def _euros(centimes: int) -> str:
    return format_euros(en_euros(centimes))


def _points(points: Fraction) -> str:
    texte = format_nombre(Decimal(points.numerator) / points.denominator, 2)
    return f"{texte} point{'s' if points >= PLURIEL else ''}"


def _pourcent(part: Fraction) -> str:
    return format_pourcent(Decimal(part.numerator) * 100 / part.denominator, 3)
