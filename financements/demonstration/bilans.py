"""Ce que contiennent les bilans inventés de 2016 : lignes, effectifs, textes, selon le numéro de l’action."""

from collections.abc import Iterator
from dataclasses import dataclass

from financements.rules.effectifs import MOINS_DE_CINQ, SEUIL, Effectif
from territoires.rules.plus_forts_restes import repartir

EURO = 100  # centimes
# Parts des charges, en pour cent : achats, services, déplacements, personnel, charges sociales, frais de structure.
CHARGES = {"601": 6, "613": 8, "625": 4, "641": 50, "645": 20, "IND1": 12}
SORTIES = {"sortie_durable": 14, "sortie_transition": 16, "sortie_formation": 12, "sortie_positive": 10}
CORRIGES = 40  # de quarante en quarante, un bilan déposé est à corriger
REALISATION = (
    "L’accompagnement s’est tenu toute l’année, en entretiens individuels et en ateliers. Les référents de parcours "
    "ont orienté les personnes ; chacune a eu un projet écrit et un point d’étape chaque mois.",
    "Trois sessions ont eu lieu. La première a servi à ajuster le rythme ; les deux autres ont ouvert à l’effectif "
    "prévu, avec une immersion en entreprise à mi-parcours.",
    "L’équipe a reçu les personnes sur trois sites, pour rester proche de ceux qui se déplacent mal. Les partenaires "
    "locaux ont tenu une permanence par quinzaine.",
)
RESULTATS = (
    "Les objectifs de fréquentation sont tenus. Les sorties se font surtout vers l’emploi de transition et la "
    "formation.",
    "L’assiduité progresse au second semestre ; la moitié des personnes ont levé au moins un frein identifié à "
    "l’entrée.",
)
VACANCE = "Un poste d’accompagnateur est resté vacant de mars à juin\u00a0; le recrutement a abouti le 1er juillet."
REPARTITION = "Les charges de structure sont réparties au temps passé par les salariés sur chaque action."
A_CORRIGER = (
    "Les charges de personnel ne correspondent pas aux comptes joints\u00a0: précisez les équivalents temps plein "
    "affectés à l’action, et joignez le tableau de répartition."
)


@dataclass(frozen=True, slots=True)
class LigneDemo:
    """Prévu et réalisé d’un compte (centimes)."""

    cote: str
    compte: str
    prevu: int
    realise: int


@dataclass(frozen=True, slots=True)
class BilanDemo:
    """`cout` et `cout_reel` : prévu et réalisé ; `attribue` : l’aide de l’année (centimes) ; `prevus` : personnes."""

    numero: int
    cout: int
    cout_reel: int
    attribue: int
    prevus: int

    @property
    def a_un_poste_vacant(self) -> bool:
        """Vrai si le coût réel est sous le prévu : c’est le personnel qui l’explique."""
        return self.cout_reel < self.cout

    def lignes(self) -> list[LigneDemo]:
        """Charges et produits, égaux au centime des deux côtés ; le manque d’un côté est le résultat de l’action."""
        prevues, reelles = repartir(self.cout, CHARGES), self._charges()
        lignes = [LigneDemo("charge", compte, prevues[compte], reelles[compte]) for compte in CHARGES]
        lignes.append(LigneDemo("produit", "74dep", self.attribue, self.attribue))
        lignes.append(LigneDemo("produit", "RP", max(0, self.cout - self.attribue), self._propres()))
        lignes.append(LigneDemo("charge", "EXC", 0, max(0, self.attribue - self.cout_reel)))
        return [ligne for ligne in lignes if ligne.prevu or ligne.realise]

    def _charges(self) -> dict[str, int]:
        """Un coût sous le prévu vient du personnel ; les autres postes bougent peu."""
        prevues = repartir(self.cout, CHARGES)
        en_moins = min(max(0, self.cout - self.cout_reel), prevues["641"] - 1)
        return repartir(self.cout_reel, {**prevues, "641": prevues["641"] - en_moins})

    def _propres(self) -> int:
        return max(0, self.cout_reel - self.attribue)

    def total(self, cote: str) -> tuple[int, int]:
        """Prévu et réalisé d’un côté, sans le résultat."""
        lignes = [ligne for ligne in self.lignes() if ligne.cote == cote and ligne.compte != "EXC"]
        return sum(ligne.prevu for ligne in lignes), sum(ligne.realise for ligne in lignes)

    def personnel(self) -> tuple[int, int]:
        """Prévu et réalisé du compte 64."""
        lignes = [ligne for ligne in self.lignes() if ligne.compte.startswith("64")]
        return sum(ligne.prevu for ligne in lignes), sum(ligne.realise for ligne in lignes)

    @property
    def accompagnes(self) -> int:
        """Autour de l’effectif prévu, de 90 à 108 %."""
        return max(SEUIL * 2, self.prevus * (90 + self.numero % 19) // 100)

    def effectifs(self) -> dict[str, Effectif]:
        """Le total, par sexe, et les sorties ; les petits sont masqués, sans qu’un total les fasse deviner."""
        total = self.accompagnes
        femmes = total * (48 + self.numero % 13) // 100
        par_sexe = {"sexe_femmes": Effectif(femmes), "sexe_hommes": Effectif(total - femmes)}
        if min(femmes, total - femmes) < SEUIL:
            par_sexe = {}
        sorties = {critere: _protege(total * part // 100) for critere, part in SORTIES.items()}
        return {"accompagnes": Effectif(total), **par_sexe, **sorties}

    def textes(self) -> Iterator[tuple[str, str, str]]:
        """Champ, libellé, texte du compte rendu."""
        yield "realisation", "Ce qui a été fait", REALISATION[self.numero % len(REALISATION)]
        yield "resultats", "Résultats obtenus", RESULTATS[self.numero % len(RESULTATS)]


def _protege(nombre: int) -> Effectif:
    return Effectif(marque=MOINS_DE_CINQ) if 0 < nombre < SEUIL else Effectif(nombre)
