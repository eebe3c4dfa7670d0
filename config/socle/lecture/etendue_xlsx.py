"""L’étendue et les cellules perdues d’une feuille XLSX."""

import re

from config.socle.lecture.cellules_perdues import Fusion, membre
from config.socle.lecture.etendue import ABIME, Etendue, exiger, formule
from config.socle.lecture.tableau import ERREUR_SANS_NOM, FichierIllisible, est_erreur_de_calcul

XML = (".xml", ".rels")
CLASSEUR = "xl/workbook.xml"
VRAI = frozenset({"1", "true"})
PLAGES = frozenset({"array", "dataTable"})  # une seule formule, écrite dans la première cellule de la plage


class EtendueXlsx(Etendue):
    """L’adresse de chaque cellule remplie (`<c r="B12"><v>…`), ou sa place si l’adresse manque.

    Perdues : `<c t="e"><v>#N/A</v>` (erreur de calcul) ; `<c><f>A1*2</f><v></v>` ou sans `v` (jamais calculée). Un
    texte vide annoncé (`<c t="str"><f>…</f><v></v>`) est un vrai résultat : la cellule est vide. Un classeur qui
    demande à être recalculé à l’ouverture (`fullCalcOnLoad`, écrit par les programmes qui ne calculent pas) porte des
    résultats de remplissage, souvent zéro : aucun n’est cru.
    """

    genre = ""
    formule: str | None = None
    resultat: str | None = None
    plage = ""

    def ouvrir(self, balise: str, attributs: dict[str, str]) -> None:
        """Suit `row`, `c` et ce qui remplit une cellule ; une feuille ne se cache pas hors des fichiers XML."""
        nom = balise.rpartition(":")[2]
        if nom == "row":
            self.ligne = _entier(attributs["r"]) if "r" in attributs else self.ligne + 1
            self.colonne = 0
        elif nom == "c":
            self._ouvrir_cellule(attributs)
        elif nom in {"v", "is", "f"}:
            self.occuper(self.ligne, self.colonne)
            self.textes = []
            if nom == "f" and self.colonne:  # hors d’une cellule : la formule d’un graphique
                self._ouvrir_formule(attributs)
        else:
            self._situer(nom, attributs)

    def _ouvrir_cellule(self, attributs: dict[str, str]) -> None:
        self.ligne, self.colonne = self._place(attributs.get("r"))
        self.genre = attributs.get("t", "n")
        self.formule = self.resultat = None
        if self.genre == "e":
            self.ecouter()

    def _ouvrir_formule(self, attributs: dict[str, str]) -> None:
        """Le lecteur n’entend pas un résultat écrit avant sa formule : il est oublié."""
        self.formule, self.resultat = "", None
        self.plage = attributs.get("ref", "") if attributs.get("t") in PLAGES else ""
        self.ecouter()

    def fermer(self, balise: str) -> None:
        """Une formule, un résultat, ou toute la cellule est lue."""
        nom = balise.rpartition(":")[2]
        if nom == "f":
            self.formule = self.entendu()
        elif nom == "v":
            self.resultat = self.entendu()
        elif nom == "c":
            self.se_taire()
            self._juger()

    def _juger(self) -> None:
        est_muette = self.resultat is None or (not self.resultat and self.genre != "str")
        if self.formule is not None and (est_muette or self.perdues.est_a_recalculer):
            bas, droite = self._fin_de_la_plage()
            self._perdre(bas, droite, formule(self.formule))
        elif self.genre == "e":
            dite = self.resultat or ""
            self._perdre(self.ligne, self.colonne, dite if est_erreur_de_calcul(dite) else ERREUR_SANS_NOM)

    def _fin_de_la_plage(self) -> tuple[int, int]:
        """Les autres cellules d’une formule matricielle n’ont que leur résultat : sans lui, elles sont perdues."""
        fin = self.plage.rpartition(":")[2]
        bas, droite = self._place(fin) if fin else (self.ligne, self.colonne)
        self.occuper(bas, droite)
        return max(bas, self.ligne), max(droite, self.colonne)

    def _perdre(self, bas: int, droite: int, texte: str) -> None:
        lignes, colonnes = range(self.ligne, bas + 1), range(self.colonne, droite + 1)
        self.perdues.ajouter(membre(self.lieu), lignes, colonnes, texte)

    def _situer(self, nom: str, attributs: dict[str, str]) -> None:
        """Retenir quel membre de l’archive porte quelle feuille, et si le classeur est à recalculer."""
        if nom == "Relationship" and attributs.get("Type", "").endswith("/worksheet"):
            exiger(est_juste=attributs.get("Target", "").lower().endswith(XML))
            if self.lieu.lower() == "xl/_rels/workbook.xml.rels":
                self.perdues.cibles[attributs.get("Id", "")] = attributs["Target"]
        elif nom == "sheet" and self.lieu.lower() == CLASSEUR:
            relation = next((v for cle, v in attributs.items() if cle.rpartition(":")[2] == "id"), "")
            self.perdues.relations[attributs.get("name", "")] = relation
        elif nom == "mergeCell":
            self._fusionner(attributs.get("ref", ""))
        elif nom == "calcPr" and self.lieu.lower() == CLASSEUR:
            self.perdues.est_a_recalculer |= attributs.get("fullCalcOnLoad", "").lower() in VRAI

    def _fusionner(self, plage: str) -> None:
        debut, _, fin = plage.partition(":")
        if fin:
            (haut, gauche), (bas, droite) = self._place(debut), self._place(fin)
            self.perdues.fusionner(membre(self.lieu), Fusion(haut, bas, gauche, droite))

    def _place(self, adresse: str | None) -> tuple[int, int]:
        """« B12 » → (12, 2) ; sans adresse, la cellule suivante."""
        if adresse is None:
            return self.ligne, self.colonne + 1
        decoupe = re.fullmatch(r"\$?([A-Z]{1,3})\$?([0-9]{1,7})", adresse)
        if decoupe is None:
            raise FichierIllisible(ABIME)
        colonne = 0
        for lettre in decoupe[1]:
            colonne = colonne * 26 + ord(lettre) - ord("A") + 1
        return int(decoupe[2]), colonne


def _entier(texte: str) -> int:
    exiger(est_juste=re.fullmatch(r"[0-9]{1,8}", texte) is not None)
    return int(texte)
