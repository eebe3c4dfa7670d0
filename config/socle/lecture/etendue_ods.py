"""L’étendue et les cellules perdues d’une feuille ODS."""

import re

from config.socle.lecture.cellules_perdues import Fusion
from config.socle.lecture.etendue import PROTEGE, Etendue, exiger, formule
from config.socle.lecture.tableau import ERREUR_SANS_NOM, FichierIllisible, est_erreur_de_calcul

CELLULES = frozenset({"table:table-cell", "table:covered-table-cell"})
ESPACES = frozenset({"text:s", "text:tab", "text:line-break"})
# Où chaque type range sa valeur ; un texte est dans ses paragraphes, et peut être vide.
VALEURS = {
    "float": "office:value",
    "percentage": "office:value",
    "currency": "office:value",
    "date": "office:date-value",
    "time": "office:time-value",
    "boolean": "office:boolean-value",
}


class EtendueOds(Etendue):
    """Lignes et cellules répétées ; celles qui sont vides en bout de ligne ne comptent pas.

    Perdues : une erreur de calcul, annoncée ou, par les anciens tableurs, seulement montrée à la place du résultat ;
    une formule sans valeur ; un texte sans type, ou d’un type qui n’a pas sa valeur.
    """

    repetition = largeur = hauteur = matrice = 0
    feuille = ""
    formule: str | None = None
    est_en_erreur = est_ecoutee = est_muette = est_en_note = False
    paragraphes: tuple[str, ...] = ()

    def ouvrir(self, balise: str, attributs: dict[str, str]) -> None:
        """Suit les lignes, les cellules et leurs répétitions ; refuse un classeur chiffré."""
        if balise == "manifest:encryption-data":
            raise FichierIllisible(PROTEGE)
        if balise == "table:table":
            self.ligne = self.colonne = self.repetition = 0
            self.feuille = attributs.get("table:name", "")
        elif balise == "table:table-row":
            self.ligne += self.repetition
            self.repetition, self.colonne = _entier(attributs, "table:number-rows-repeated"), 0
        elif balise in CELLULES:
            self._ouvrir_cellule(attributs)
        else:
            self._ouvrir_contenu(balise)

    def _ouvrir_cellule(self, attributs: dict[str, str]) -> None:
        """Écoute la cellule si elle peut être perdue."""
        self.largeur = _entier(attributs, "table:number-columns-repeated")
        self.colonne += self.largeur
        genre = attributs.get("office:value-type", "")
        self._fusionner(attributs)
        self.formule, self.paragraphes = attributs.get("table:formula"), ()
        self.est_en_erreur = attributs.get("calcext:value-type") == "error"
        self.est_muette = not genre or (genre in VALEURS and not attributs.get(VALEURS[genre]))
        if self.est_en_erreur or genre or self.formule is not None:
            self.occuper(self.ligne + self.repetition, self.colonne)
        self.est_ecoutee = self.est_en_erreur or self.est_muette or self.formule is not None
        if self.est_ecoutee:
            self.ecouter()
            self._etaler(attributs)

    def _fusionner(self, attributs: dict[str, str]) -> None:
        lignes = _entier(attributs, "table:number-rows-spanned")
        colonnes = _entier(attributs, "table:number-columns-spanned")
        if lignes * colonnes > 1 and self.lieu == "content.xml":
            haut, gauche = self.ligne + 1, self.colonne - self.largeur + 1
            self.perdues.fusionner(self.feuille, Fusion(haut, haut + lignes - 1, gauche, gauche + colonnes - 1))

    def _etaler(self, attributs: dict[str, str]) -> None:
        """Une formule matricielle sans résultat laisse vides les cellules qu’elle devait remplir."""
        self.hauteur = _entier(attributs, "table:number-matrix-rows-spanned")
        self.matrice = _entier(attributs, "table:number-matrix-columns-spanned")

    def _ouvrir_contenu(self, balise: str) -> None:
        if balise == "text:p":
            self.occuper(self.ligne + self.repetition, self.colonne)
            if self.est_ecoutee:
                self.ecouter()
        elif balise == "office:annotation":
            self.est_en_note = True
        elif balise in ESPACES and self.est_ecoutee:
            self.textes.append(" ")

    def fermer(self, balise: str) -> None:
        """Un paragraphe, ou toute la cellule écoutée, est lu."""
        if balise == "text:p" and not self.est_en_note:
            self.paragraphes += (self.entendu(),)
        elif balise == "office:annotation":
            self.est_en_note = False
        elif balise in CELLULES:
            self.se_taire()
            self.est_ecoutee = False
            if self.lieu == "content.xml":
                self._juger()

    def _juger(self) -> None:
        dite = next(filter(est_erreur_de_calcul, self.paragraphes), "")
        if dite or self.est_en_erreur:
            self._perdre(dite or ERREUR_SANS_NOM)
        elif self.est_muette and self.formule is not None:
            self._perdre(formule(self.formule))
        elif self.est_muette and any(self.paragraphes):
            self._perdre("\n".join(self.paragraphes))

    def _perdre(self, texte: str) -> None:
        haut, gauche = self.ligne + 1, self.colonne - self.largeur + 1
        bas = max(self.ligne + self.repetition, self.ligne + self.hauteur)
        droite = max(self.colonne, gauche + self.matrice - 1)
        self.occuper(bas, droite)
        self.perdues.ajouter(self.feuille, range(haut, bas + 1), range(gauche, droite + 1), texte)


def _entier(attributs: dict[str, str], nom: str) -> int:
    texte = attributs.get(nom, "1")
    exiger(est_juste=re.fullmatch(r"[0-9]{1,8}", texte) is not None)
    return int(texte)
