"""Les pièges d’un PDF : chiffrement, pages sans nombre, flux démesurés, script, fichier joint, lancement.

Chaque objet est lu une fois, sans rien dessiner ; un fichier que l’on n’arrive pas à lire en entier est refusé, car ce
qui n’a pas été lu n’a pas été contrôlé.
"""

import time
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from config.socle.fichiers.defauts import ILLISIBLE, PROTEGE, Defaut

PAGES_AU_PLUS = 300
OBJETS_AU_PLUS = 200_000
FLUX_MAXIMUM = 100 * 1024 * 1024  # octets décompressés, pour un flux
FLUX_EN_TOUT = 1024 * 1024 * 1024  # octets décompressés, pour tout le fichier
PIXELS_AU_PLUS = 200_000_000
DELAI = 15.0  # secondes : au-delà, le fichier est tenu pour un piège
PROFONDEUR = 50
MORCEAU = 1024 * 1024  # octets

SCRIPT = "contient du script (JavaScript) ou un lancement de programme. Imprimez-le en PDF, puis envoyez le résultat."
JOINT = "contient des fichiers joints. Envoyez-les à part, et imprimez celui-ci en PDF avant de l’envoyer."
DEMESURE = "contient des données démesurées. Imprimez-le en PDF, puis envoyez le résultat."
COMPLEXE = "est trop complexe pour être contrôlé. Imprimez-le en PDF, puis envoyez le résultat."
TROP_DE_PAGES = (
    f"a plus de {PAGES_AU_PLUS} pages, la limite. Coupez-le en plusieurs fichiers, ou n’envoyez que l’utile."
)
ACTIFS = {"/JS": SCRIPT, "/JavaScript": SCRIPT, "/EF": JOINT, "/EmbeddedFiles": JOINT, "/RichMediaContent": JOINT}
GENRES_ACTIFS = {"/JavaScript": SCRIPT, "/Launch": SCRIPT, "/EmbeddedFile": JOINT, "/RichMedia": JOINT}
FLATE = frozenset({"/FlateDecode", "/Fl"})


def controler_pdf(fichier: BinaryIO) -> None:
    """Parcourt tous les objets du fichier. Lève `Defaut`. Le fichier revient à son début."""
    try:
        lecteur = PdfReader(fichier)
        if lecteur.is_encrypted:
            raise Defaut(PROTEGE)
        _Parcours(lecteur).controler()
    except (PyPdfError, ValueError, TypeError, KeyError, IndexError, AttributeError, OSError, zlib.error) as erreur:
        raise Defaut(ILLISIBLE) from erreur
    except RecursionError as erreur:
        raise Defaut(COMPLEXE) from erreur
    finally:
        fichier.seek(0)


class _Parcours:
    """Un passage sur tous les objets ; s’arrête au premier défaut ou au bout du délai."""

    def __init__(self, lecteur: PdfReader) -> None:
        self.lecteur = lecteur
        self.limite = time.monotonic() + DELAI
        self.decompresse = 0

    def controler(self) -> None:
        numeros = list(self._numeros())
        if len(numeros) > OBJETS_AU_PLUS:
            raise Defaut(COMPLEXE)
        self._compter_les_pages()
        self._voir(self.lecteur.trailer, 0)
        for numero, generation in numeros:
            self._surveiller()
            self._voir(self.lecteur.get_object(IndirectObject(numero, generation, self.lecteur)), 0)

    def _numeros(self) -> Iterator[tuple[int, int]]:
        for generation, objets in self.lecteur.xref.items():
            yield from ((numero, generation) for numero in objets)
        yield from ((numero, 0) for numero in self.lecteur.xref_objStm)

    def _surveiller(self) -> None:
        if time.monotonic() > self.limite:
            raise Defaut(COMPLEXE)

    def _compter_les_pages(self) -> None:
        """Suit l’arbre lui-même : le nombre qu’il annonce peut mentir."""
        racine: Any = self.lecteur.trailer["/Root"]
        a_voir, pages, vus = [racine["/Pages"]], 0, 0
        while a_voir:
            noeud = a_voir.pop().get_object()
            vus += 1
            enfants = noeud.get("/Kids")
            if enfants is None:
                pages += 1
            else:
                a_voir.extend(enfants.get_object())
            if pages > PAGES_AU_PLUS or len(a_voir) > OBJETS_AU_PLUS or vus > OBJETS_AU_PLUS:
                raise Defaut(TROP_DE_PAGES)

    def _voir(self, objet: Any, profondeur: int) -> None:
        """Un objet et ce qu’il contient, sans suivre les renvois : chaque objet est vu à son tour."""
        if profondeur > PROFONDEUR:
            raise Defaut(COMPLEXE)
        if isinstance(objet, DictionaryObject):
            self._voir_le_dictionnaire(objet)
            for valeur in objet.values():
                self._voir(valeur, profondeur + 1)
        elif isinstance(objet, ArrayObject):
            for valeur in objet:
                self._voir(valeur, profondeur + 1)
        if isinstance(objet, StreamObject):
            self._voir_le_flux(objet)

    def _voir_le_dictionnaire(self, objet: DictionaryObject) -> None:
        for cle, defaut in ACTIFS.items():
            if cle in objet:
                raise Defaut(defaut)
        for cle in ("/S", "/Type", "/Subtype"):
            nom = objet.raw_get(cle) if cle in objet else None
            if isinstance(nom, str) and nom in GENRES_ACTIFS:
                raise Defaut(GENRES_ACTIFS[nom])

    def _voir_le_flux(self, flux: StreamObject) -> None:
        largeur, hauteur = flux.get("/Width"), flux.get("/Height")
        if isinstance(largeur, int) and isinstance(hauteur, int) and largeur * hauteur > PIXELS_AU_PLUS:
            raise Defaut(DEMESURE)
        filtres = flux.get("/Filter", flux.get("/F"))
        noms = [str(f) for f in filtres] if isinstance(filtres, ArrayObject) else [str(filtres)]
        compressions = sum(nom in FLATE for nom in noms)
        if compressions > 1:
            raise Defaut(DEMESURE)
        if compressions and noms[0] in FLATE:
            self._mesurer(flux._data)  # noqa: SLF001 (les octets du fichier, avant que pypdf ne les décompresse)

    def _mesurer(self, octets: bytes) -> None:
        """Décompresse sans rien garder. Un flux abîmé est laissé au lecteur de PDF, qui n’en tirera pas plus."""
        moteur, sortie, reste = zlib.decompressobj(), 0, octets
        try:
            while reste and not moteur.eof:
                sortie += len(moteur.decompress(reste, MORCEAU))
                reste = moteur.unconsumed_tail
                self._surveiller()
                if sortie > FLUX_MAXIMUM or self.decompresse + sortie > FLUX_EN_TOUT:
                    raise Defaut(DEMESURE)
        except zlib.error:
            return
        self.decompresse += sortie
