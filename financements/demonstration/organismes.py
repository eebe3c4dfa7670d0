"""Organismes inventés : noms composés, identifiants valides qui n’appartiennent à personne."""

from collections.abc import Collection
from dataclasses import dataclass
from itertools import product
from random import Random

from stdnum import luhn

from financements.demonstration.lieux import tirer_ville
from financements.demonstration.lignes import OrganismeDemo
from territoires.imports.nord import CommuneDuNord

# Une tranche de SIREN qui n’a pas été attribuée : le répertoire Sirene publié par l’Insee commence à 000 325 175 et
# le plus petit numéro que nous ayons vu cité ailleurs (registre du commerce) est 000 199 968. Nous restons sous
# 000 100 000. Les « 99 » seraient moins sûrs : la numérotation avance vers eux.
PREMIER_SIREN = 1_000  # huit premiers chiffres : 000 010 00x
DERNIER_SIREN = 9_999
# Les greffes des associations du Nord numérotent de W591 à W596 : W599 n’existe pas.
PREFIXE_RNA = "W599"


@dataclass(frozen=True, slots=True)
class Genre:
    """Une famille d’organismes : façons de se nommer (« de » attend « des Cinq Peupliers », sinon « Les Cinq… »)."""

    code: str
    forme_juridique: str
    debuts: tuple[str, ...]
    est_association: bool = True


GENRES = {
    genre.code: genre
    for genre in (
        Genre("social", "association", ("Centre social", "Maison de quartier", "Espace de vie sociale")),
        Genre("cias", "ccas", ("CIAS de", "Centre intercommunal d’action sociale de"), est_association=False),
        Genre(
            "chantier", "siae", ("Chantiers d’insertion", "Ateliers de", "Régie de quartier", "Jardins solidaires de")
        ),
        Genre("emploi", "association", ("Relais emploi", "Passerelles vers l’emploi", "Cap entreprises")),
        Genre("maison_emploi", "gip", ("Maison de l’emploi de", "Plateforme emploi de"), est_association=False),
        Genre("entreprise", "entreprise", ("Coopérative", "Entreprise d’insertion"), est_association=False),
        Genre("mobilite", "association", ("Garage solidaire", "Mobilité pour tous", "Auto-école associative")),
        Genre("enfance", "association", ("Crèche associative", "Maison des tout-petits", "Halte-garderie")),
        Genre("numerique", "association", ("Espace numérique", "Atelier numérique", "Clic solidaire")),
        Genre("logement", "association", ("Toit et lien", "Logis solidaire", "Habitat partagé")),
        Genre("sante", "association", ("Accueil santé", "Point écoute", "Maison du mieux-être")),
        Genre(
            "entraide", "association", ("Entraide", "Épicerie solidaire", "Association familiale", "Accueil de jour")
        ),
        Genre("culture", "association", ("Compagnie", "Théâtre", "Fabrique artistique", "Collectif culturel")),
        Genre("intercommunalite", "epci", ("Communauté de communes de", "Syndicat mixte de"), est_association=False),
    )
}

NOMBRES = ("Cinq", "Six", "Sept", "Neuf", "Onze", "Douze", "Treize", "Quinze", "Seize")
PLURIELS = (
    "Peupliers", "Alouettes", "Charmilles", "Houblons", "Glycines", "Linottes", "Tisserins", "Lanternes", "Carillons",
    "Boussoles", "Cerfs-Volants", "Coquelicots", "Aubépines", "Libellules", "Roseaux", "Hirondelles", "Noisetiers",
    "Passereaux", "Grelots", "Bruyères", "Sureaux", "Loriots", "Mésanges", "Genêts", "Navettes", "Bobines", "Myosotis",
    "Écluses", "Sarcelles", "Marelles",
)  # fmt: skip
# (article, génitif, nom) et l’adjectif accordé au masculin ou au féminin.
SINGULIERS = (
    ("Le ", "du ", "Saule", 0), ("Le ", "du ", "Tilleul", 0), ("Le ", "du ", "Héron", 0), ("Le ", "du ", "Cormoran",
    0),
    ("Le ", "du ", "Rouet", 0), ("Le ", "du ", "Fuseau", 0), ("Le ", "du ", "Sentier", 0), ("L’", "de l’", "Érable",
    0),
    ("L’", "de l’", "Essieu", 0), ("L’", "de l’", "Osier", 0), ("La ", "de la ", "Mésange", 1), ("La ", "de la ",
    "Lanterne", 1),
    ("La ", "de la ", "Navette", 1), ("La ", "de la ", "Charmille", 1), ("La ", "de la ", "Marelle", 1),
    ("La ", "de la ", "Gabare", 1), ("La ", "de la ", "Sarcelle", 1), ("La ", "de la ", "Bobine", 1),
    ("L’", "de l’", "Alouette", 1), ("L’", "de l’", "Ancolie", 1), ("L’", "de l’", "Éclusette", 1), ("L’", "de l’",
    "Avocette", 1),
)  # fmt: skip
ADJECTIFS = (
    ("argenté", "argentée"), ("voyageur", "voyageuse"), ("de cuivre", "de cuivre"), ("pourpre", "pourpre"),
    ("tranquille", "tranquille"), ("matinal", "matinale"), ("d’ambre", "d’ambre"), ("vagabond", "vagabonde"),
    ("du levant", "du levant"), ("de velours", "de velours"), ("songeur", "songeuse"), ("d’étain", "d’étain"),
    ("rieur", "rieuse"), ("de granit", "de granit"), ("curieux", "curieuse"), ("d’octobre", "d’octobre"),
)  # fmt: skip


def _appellations() -> list[tuple[str, str]]:
    """(« Les Cinq Peupliers », « des Cinq Peupliers ») : toutes les appellations que les mots permettent."""
    groupes = [(f"Les {nombre} {nom}", f"des {nombre} {nom}") for nombre, nom in product(NOMBRES, PLURIELS)]
    for (article, genitif, nom, genre), adjectif in product(SINGULIERS, ADJECTIFS):
        groupes.append((f"{article}{nom} {adjectif[genre]}", f"{genitif}{nom} {adjectif[genre]}"))
    return groupes


def siret_fictif(rang: int) -> str:
    """SIRET du `rang`-ième organisme inventé : clés de Luhn justes. `ValueError` au-delà de la tranche."""
    base = PREMIER_SIREN + rang
    if base > DERNIER_SIREN:
        raise ValueError(f"la tranche de SIREN inventés s’arrête à {DERNIER_SIREN - PREMIER_SIREN + 1} organismes")
    chiffres = f"{base:08d}"
    siren = chiffres + luhn.calc_check_digit(chiffres)
    return siren + "0001" + luhn.calc_check_digit(siren + "0001")


class Annuaire:
    """Donne un organisme à chaque action : un de ceux qui existent et ont encore de la place, sinon un nouveau."""

    # Nombre d’actions qu’un organisme peut porter : la plupart une ou deux, quelques-uns une douzaine.
    CAPACITES = (1,) * 30 + (2,) * 24 + (3,) * 16 + (4,) * 11 + (5,) * 7 + (6,) * 5 + (8,) * 4 + (10, 11, 12)

    def __init__(
        self,
        alea: Random,
        villes: dict[str, list[CommuneDuNord]],
        *,
        premier_rang: int = 0,
        noms_pris: Collection[str] = (),
    ) -> None:
        self.alea = alea
        self.villes = villes
        self.premier_rang = premier_rang
        self.organismes: list[OrganismeDemo] = []
        self.places: dict[tuple[str, str], list[list[int]]] = {}  # (genre, territoire) → [rang, places libres]
        self.appellations = _appellations()
        alea.shuffle(self.appellations)
        self.noms_pris = set(noms_pris)

    def organisme(self, genre: str, territoire: str) -> OrganismeDemo:
        """Un organisme de ce genre et de ce territoire, qui porte désormais une action de plus."""
        libres = self.places.setdefault((genre, territoire), [])
        if not libres:
            libres.append([len(self.organismes), self.alea.choice(self.CAPACITES)])
            self.organismes.append(self._nouveau(GENRES[genre], territoire))
        choisi = self.alea.choice(libres)
        choisi[1] -= 1
        if not choisi[1]:
            libres.remove(choisi)
        return self.organismes[choisi[0]]

    def jumeau(self, organisme: OrganismeDemo) -> OrganismeDemo:
        """Un organisme du même genre et du même territoire, sous un autre nom ; un sur deux a encore une place."""
        if len(self.organismes) % 2:
            self.places.setdefault((organisme.genre, organisme.territoire), []).append([len(self.organismes), 1])
        self.organismes.append(self._nouveau(GENRES[organisme.genre], organisme.territoire))
        return self.organismes[-1]

    def _nouveau(self, genre: Genre, territoire: str) -> OrganismeDemo:
        rang = len(self.organismes)
        return OrganismeDemo(
            nom=self._nom(genre, rang),
            siret=siret_fictif(self.premier_rang + rang),
            rna=f"{PREFIXE_RNA}{self.premier_rang + rang + 1:06d}" if genre.est_association else "",
            forme_juridique=genre.forme_juridique,
            code_commune=tirer_ville(self.alea, self.villes[territoire]).code_insee,
            territoire=territoire,
            genre=genre.code,
        )

    def _nom(self, genre: Genre, rang: int) -> str:
        """Nom encore libre : chaque appellation sert une fois avant de resservir derrière un autre début."""
        for essai in range(len(self.appellations)):
            defini, genitif = self.appellations[(rang + essai) % len(self.appellations)]
            debut = self.alea.choice(genre.debuts)
            nom = f"{debut.removesuffix(' de')} {genitif}" if debut.endswith(" de") else f"{debut} {defini}"
            if nom not in self.noms_pris:
                self.noms_pris.add(nom)
                return nom
        raise ValueError(f"plus de nom libre pour le genre « {genre.code} »")
