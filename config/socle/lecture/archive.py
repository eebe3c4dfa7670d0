"""Contrôler un classeur (archive zip) avant de le confier au lecteur : taille réelle, chiffrement, étendue, XML.

Le lecteur de classeurs range une feuille dans un tableau plein : une seule cellule remplie en XFD1048576, ou une ligne
ODS « répétée un million de fois », lui ferait demander des centaines de gigaoctets ; un XML mal fermé le ferait
tourner sans fin. Tout est donc lu une première fois ici, au fil de la décompression, sans rien garder en mémoire que
les cellules en erreur de calcul, que ce lecteur rendrait vides.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from xml.parsers import expat

from config.socle.lecture.erreurs_de_calcul import ErreursDeCalcul, membre
from config.socle.lecture.tableau import COLONNES_MAXIMUM, FichierIllisible, est_erreur_de_calcul

DECOMPRESSE_MAXIMUM = 100 * 1024 * 1024  # octets
MEMBRES_MAXIMUM = 2_000
LIGNES_MAXIMUM = 100_000
CASES_MAXIMUM = 3_000_000
SANS_FIN = 1 << 40  # octets
MORCEAU = 1024 * 1024  # octets
CHIFFRE = 0x1  # bit du zip

ODS = b"application/vnd.oasis.opendocument.spreadsheet"
PROTEGE = "Le fichier est protégé par un mot de passe : enregistrez-le sans mot de passe, puis recommencez."
ABIME = (
    "Le fichier est abîmé ou incomplet : ouvrez-le dans votre tableur, enregistrez-le de nouveau, puis recommencez."
)
XML = (".xml", ".rels")
CELLULES_ODS = frozenset({"table:table-cell", "table:covered-table-cell"})


class Etendue:
    """Suit l’étendue d’une feuille pendant que son XML défile. `FichierIllisible` dès qu’elle dépasse les limites.

    `lieu` : membre de l’archive ; le texte n’est écouté que dans une cellule peut-être en erreur de calcul.
    """

    def __init__(self, analyse: expat.XMLParserType, lieu: str, erreurs: ErreursDeCalcul) -> None:
        self.analyse, self.lieu, self.erreurs = analyse, lieu, erreurs
        self.textes: list[str] = []
        self.ligne = self.colonne = self.ligne_max = self.colonne_max = 0

    def ouvrir(self, balise: str, attributs: dict[str, str]) -> None:
        """Tenir compte d’une balise ouvrante."""
        raise NotImplementedError

    def fermer(self, balise: str) -> None:
        """Tenir compte d’une balise fermante, dans une cellule écoutée."""
        raise NotImplementedError

    def ecouter(self) -> None:
        """Garder le texte qui suit, à partir de rien."""
        self.textes = []
        self.analyse.CharacterDataHandler = self.textes.append
        self.analyse.EndElementHandler = self.fermer

    def se_taire(self) -> None:
        """Ne plus rien garder."""
        self.analyse.CharacterDataHandler = self.analyse.EndElementHandler = None

    def occuper(self, ligne: int) -> None:
        """La cellule courante est remplie, jusqu’à cette ligne."""
        self.ligne_max, self.colonne_max = max(self.ligne_max, ligne), max(self.colonne_max, self.colonne)
        lignes, colonnes = self.ligne_max, self.colonne_max
        if lignes > LIGNES_MAXIMUM or colonnes > COLONNES_MAXIMUM or lignes * colonnes > CASES_MAXIMUM:
            raise FichierIllisible(
                f"La feuille s’étend jusqu’à la ligne {lignes} et la colonne {colonnes} : un import accepte "
                f"{LIGNES_MAXIMUM} lignes et {COLONNES_MAXIMUM} colonnes au plus. "
                "Supprimez ce qui est écrit loin du tableau, puis recommencez."
            )


class EtendueXlsx(Etendue):
    """Feuille XLSX : l’adresse de chaque cellule remplie (`<c r="B12"><v>…`), ou sa place si l’adresse manque.

    Une cellule en erreur de calcul : `<c r="B12" t="e"><v>#N/A</v>`.
    """

    est_en_erreur = False

    def ouvrir(self, balise: str, attributs: dict[str, str]) -> None:
        """Suit `row`, `c` et ce qui remplit une cellule ; une feuille ne se cache pas hors des fichiers XML."""
        nom = balise.rpartition(":")[2]
        if nom == "row":
            self.ligne = _entier(attributs["r"]) if "r" in attributs else self.ligne + 1
            self.colonne = 0
        elif nom == "c":
            self._aller(attributs.get("r"))
            self.est_en_erreur = attributs.get("t") == "e"
        elif nom in {"v", "is", "f"}:
            self.occuper(self.ligne)
            if nom == "v" and self.est_en_erreur:
                self.ecouter()
        else:
            self._situer(nom, attributs)

    def fermer(self, balise: str) -> None:
        """La valeur d’une cellule en erreur est lue."""
        del balise
        self.se_taire()
        lignes, colonnes = range(self.ligne, self.ligne + 1), range(self.colonne, self.colonne + 1)
        self.erreurs.ajouter(membre(self.lieu), lignes, colonnes, "".join(self.textes).strip())

    def _situer(self, nom: str, attributs: dict[str, str]) -> None:
        """Retenir quel membre de l’archive porte quelle feuille."""
        if nom == "Relationship" and attributs.get("Type", "").endswith("/worksheet"):
            _verifier(est_juste=attributs.get("Target", "").lower().endswith(XML))
            if self.lieu.lower() == "xl/_rels/workbook.xml.rels":
                self.erreurs.cibles[attributs.get("Id", "")] = attributs["Target"]
        elif nom == "sheet" and self.lieu.lower() == "xl/workbook.xml":
            relation = next((v for cle, v in attributs.items() if cle.rpartition(":")[2] == "id"), "")
            self.erreurs.relations[attributs.get("name", "")] = relation

    def _aller(self, adresse: str | None) -> None:
        if adresse is None:
            self.colonne += 1
            return
        decoupe = re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", adresse)
        if decoupe is None:
            raise FichierIllisible(ABIME)
        self.colonne = 0
        for lettre in decoupe[1]:
            self.colonne = self.colonne * 26 + ord(lettre) - ord("A") + 1
        self.ligne = int(decoupe[2])


class EtendueOds(Etendue):
    """Feuille ODS : lignes et cellules répétées ; celles qui sont vides en bout de ligne ne comptent pas."""

    repetition = largeur = 0
    feuille = ""
    est_en_erreur = est_ecoutee = False
    paragraphes: Sequence[str] = ()

    def ouvrir(self, balise: str, attributs: dict[str, str]) -> None:
        """Suit les lignes, les cellules et leurs répétitions ; refuse un classeur chiffré."""
        if balise == "manifest:encryption-data":
            raise FichierIllisible(PROTEGE)
        if balise == "table:table":
            self.ligne = self.colonne = self.repetition = 0
            self.feuille = attributs.get("table:name", "")
        elif balise == "table:table-row":
            self.ligne += self.repetition
            self.repetition, self.colonne = _entier(attributs.get("table:number-rows-repeated", "1")), 0
        elif balise in CELLULES_ODS:
            self._ouvrir_cellule(attributs)
        elif balise == "text:p":
            self.occuper(self.ligne + self.repetition)
            if self.est_ecoutee:
                self.ecouter()

    def _ouvrir_cellule(self, attributs: dict[str, str]) -> None:
        """Une erreur est annoncée, ou bien, par les anciens tableurs, seulement montrée à la place du résultat."""
        self.largeur = _entier(attributs.get("table:number-columns-repeated", "1"))
        self.colonne += self.largeur
        self.est_en_erreur = attributs.get("calcext:value-type") == "error"
        if self.est_en_erreur or "office:value-type" in attributs or "table:formula" in attributs:
            self.occuper(self.ligne + self.repetition)
        if self.est_en_erreur or "table:formula" in attributs:
            self.est_ecoutee, self.paragraphes = True, []
            self.ecouter()

    def fermer(self, balise: str) -> None:
        """Un paragraphe, ou toute la cellule écoutée, est lu."""
        if balise == "text:p":
            self.paragraphes = [*self.paragraphes, "".join(self.textes).strip()]
        if balise not in CELLULES_ODS:
            return
        self.se_taire()
        dite = next(filter(est_erreur_de_calcul, self.paragraphes), "")
        self.est_ecoutee = False
        if (dite or self.est_en_erreur) and self.lieu == "content.xml":
            lignes = range(self.ligne + 1, self.ligne + self.repetition + 1)
            colonnes = range(self.colonne - self.largeur + 1, self.colonne + 1)
            self.erreurs.ajouter(self.feuille, lignes, colonnes, dite)


def _entier(texte: str) -> int:
    _verifier(est_juste=re.fullmatch(r"[0-9]{1,8}", texte) is not None)
    return int(texte)


def _verifier(*, est_juste: bool) -> None:
    if not est_juste:
        raise FichierIllisible(ABIME)


def controler_archive(chemin: Path) -> tuple[str, ErreursDeCalcul]:
    """Le format du classeur, « XLSX » ou « ODS », et ses cellules en erreur de calcul.

    `FichierIllisible` s’il est d’un autre format, chiffré, abîmé ou démesuré.
    """
    erreurs = ErreursDeCalcul()
    try:
        with zipfile.ZipFile(chemin) as archive:
            format_ = _format(archive)
            _parcourir(archive, format_, erreurs)
    except (zipfile.BadZipFile, zlib.error, expat.ExpatError, EOFError, OSError, ValueError, LookupError) as erreur:
        raise FichierIllisible(ABIME) from erreur
    return format_, erreurs


def _format(archive: zipfile.ZipFile) -> str:
    noms = set(archive.namelist())
    if "xl/workbook.xml" in noms:
        return "XLSX"
    if "mimetype" in noms and archive.getinfo("mimetype").file_size == len(ODS) and archive.read("mimetype") == ODS:
        return "ODS"
    if "xl/workbook.bin" in noms:
        raise FichierIllisible("Le fichier est un classeur XLSB : enregistrez-le au format XLSX, ODS ou CSV.")
    raise FichierIllisible("Ce fichier n’est pas un tableau : déposez un classeur XLSX ou ODS, ou un fichier CSV.")


def _parcourir(archive: zipfile.ZipFile, format_: str, erreurs: ErreursDeCalcul) -> None:
    membres = archive.infolist()
    _verifier(est_juste=len(membres) <= MEMBRES_MAXIMUM)
    reste = DECOMPRESSE_MAXIMUM
    for piece in membres:
        if piece.flag_bits & CHIFFRE:
            raise FichierIllisible(PROTEGE)
        _verifier(est_juste=piece.compress_type in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
        analyse = _analyse(format_, piece.filename, erreurs) if piece.filename.lower().endswith(XML) else None
        for morceau in _decompresser(archive, piece):
            reste -= len(morceau)
            if reste < 0:
                taille = f"{DECOMPRESSE_MAXIMUM // MORCEAU} Mio"
                raise FichierIllisible(
                    f"Le classeur décompressé dépasse {taille} : découpez-le en plusieurs fichiers."
                )
            if analyse:
                analyse.Parse(morceau, False)  # noqa: FBT003 (signature d’expat)
        if analyse:
            analyse.Parse(b"", True)  # noqa: FBT003


def _decompresser(archive: zipfile.ZipFile, piece: zipfile.ZipInfo) -> Iterator[bytes]:
    # La taille annoncée peut mentir : on lit comme si elle était sans fin, l’appelant compte ce qui sort vraiment.
    piece.file_size = SANS_FIN
    with archive.open(piece) as flux:
        while morceau := flux.read(MORCEAU):
            yield morceau


def _analyse(format_: str, lieu: str, erreurs: ErreursDeCalcul) -> expat.XMLParserType:
    """Un analyseur qui suit l’étendue ; un DOCTYPE (réservoir d’entités) n’a rien à faire dans un classeur."""
    analyse = expat.ParserCreate()
    analyse.buffer_text = True
    etendue = (EtendueXlsx if format_ == "XLSX" else EtendueOds)(analyse, lieu, erreurs)
    analyse.StartElementHandler = etendue.ouvrir

    def refuser(*_args: object) -> None:
        raise FichierIllisible(ABIME)

    analyse.StartDoctypeDeclHandler = refuser
    return analyse
