"""Lire un CSV tel que les tableurs les écrivent : encodage et séparateur reconnus, guillemets et sauts de ligne."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice

from config.socle.lecture.tableau import FichierIllisible, Rangee, caractere_interdit, nettoyer

SEPARATEURS = (";", "\t", ",")
CELLULE_AU_PLUS = 131_072  # caractères ; le réglage vaut pour tout le processus, une bibliothèque a pu l’élargir
APERCU = 50  # rangées regardées pour reconnaître le séparateur
BOM_UTF8 = b"\xef\xbb\xbf"
BOM_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_SEP = re.compile(r"sep=([;,\t])\r?\n", re.IGNORECASE)  # première ligne ajoutée par Excel, qu’il ne montre pas

Reconnaitre = Callable[[Rangee], int]


def decoder(octets: bytes) -> str:
    """Octets → texte : UTF-8 (avec ou sans BOM), UTF-16 avec BOM, sinon Windows-1252, même derrière un BOM UTF-8.

    `FichierIllisible` si ce n’est du texte dans aucun de ces encodages.
    """
    if octets.startswith(BOM_UTF16):
        encodages = ["utf-16"]
    else:
        octets = octets.removeprefix(BOM_UTF8)
        encodages = ["utf-8", "cp1252"]
    for encodage in encodages:
        try:
            texte = octets.decode(encodage)
        except UnicodeDecodeError:
            continue
        if caractere_interdit(texte):
            break
        return texte
    raise FichierIllisible(
        "Le fichier n’est ni un classeur ni du texte lisible : enregistrez-le en XLSX, en ODS ou en CSV (UTF-8)."
    )


def lire_csv(octets: bytes, reconnaitre: Reconnaitre) -> Callable[[], Iterator[Rangee]]:
    """Les rangées d’un CSV, dans une fonction qu’on peut rappeler. `reconnaitre` : en-têtes connus d’une rangée."""
    texte = decoder(octets)
    impose = _SEP.match(texte)
    if impose:
        texte = texte[impose.end() :]
    separateur = impose[1] if impose else _separateur(texte, reconnaitre)
    return lambda: _rangees(texte, separateur)


def _separateur(texte: str, reconnaitre: Reconnaitre) -> str:
    """Celui qui fait reconnaître le plus d’en-têtes, puis qui donne le plus de rangées de même largeur."""

    def score(separateur: str) -> tuple[int, int, int]:
        lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur)
        try:
            apercu = [tuple(nettoyer(c) for c in rangee) for rangee in islice(lecteur, APERCU)]
        except csv.Error:
            return (0, 0, 0)
        largeurs = Counter(len(rangee) for rangee in apercu if len(rangee) > 1)
        largeur, fois = max(largeurs.items(), key=lambda paire: (paire[1], paire[0]), default=(0, 0))
        return (max(map(reconnaitre, apercu), default=0), fois, largeur)

    return max(SEPARATEURS, key=score)


def _rangees(texte: str, separateur: str) -> Iterator[Rangee]:
    csv.field_size_limit(CELLULE_AU_PLUS)
    lecteur = csv.reader(io.StringIO(texte, newline=""), delimiter=separateur, strict=True)
    rendues = 0
    try:
        for rangee in lecteur:
            rendues += 1
            yield tuple(nettoyer(cellule) for cellule in rangee)
    except csv.Error as erreur:
        raise FichierIllisible(
            f"Ligne {rendues + 1} : guillemets mal fermés ou mal placés, ou cellule de plus de 131 072 caractères. "
            'Un texte entre guillemets double les siens (« "" ») et le guillemet fermant touche le séparateur.'
        ) from erreur
