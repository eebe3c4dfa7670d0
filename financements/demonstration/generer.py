"""Tirer le programme de démonstration : même graine, mêmes lignes, au centime."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

from financements.demonstration.lieux import (
    Repartiteur,
    a_commune,
    dire_les_territoires,
    tirer_ville,
    villes,
)
from financements.demonstration.lignes import AXES, VOTE_LE, AxeDemo, LigneDemo
from financements.demonstration.montants import (
    COURANT,
    ESSAIMAGE,
    EURO,
    STABLE,
    Echelle,
    Melange,
    cout_et_fse,
    par_annee,
    profils,
    tailles,
)
from financements.demonstration.organismes import Annuaire
from financements.demonstration.themes import ACI, EXPERIMENTATION, IOD, MEDIATION, OBSTACLES, SOCIAL, Theme
from territoires.imports.nord import lire_effectifs

VILLES_D_APPUI = 12  # les sites IOD sont dans les communes les plus peuplées de leur territoire
PREMIERE_DELIBERATION = 211  # numéros inventés, un par axe
UNE_A_PLUSIEURS_SUR = 7  # dans les lots ouverts à plusieurs territoires : 12 % des actions du programme
PART_AU_PLUS_PRES = 4  # le dernier quart d’un lot (les petites actions) comble les écarts restants


@dataclass(frozen=True, slots=True)
class Lot:
    """Des actions tirées ensemble : leur nombre, leur total en centimes, et les règles du tirage."""

    axe: AxeDemo
    nombre: int
    total: int
    echelle: Echelle
    melange: Melange
    themes: tuple[Theme, ...]
    chances_fse: int
    est_ouvert: bool = True  # à des actions sur plusieurs territoires


def lots() -> tuple[Lot, ...]:
    """Les lots du programme : l’axe 1 en a deux (les 19 sites IOD, les autres), chaque autre axe un seul."""
    un, deux, trois, quatre, cinq = AXES
    sites, credits_des_sites = 19, 513_000_000
    return (
        Lot(un, sites, credits_des_sites, Echelle(150_000, 395_000, 1), STABLE, (IOD,), 45, est_ouvert=False),
        Lot(un, un.actions - sites, un.total - credits_des_sites, Echelle(30_000, 300_000, 2), COURANT, MEDIATION, 30),
        Lot(deux, deux.actions, deux.total, Echelle(6_000, 320_000, 3), ESSAIMAGE, EXPERIMENTATION, 20),
        Lot(trois, trois.actions, trois.total, Echelle(48_000, 390_000, 1), STABLE, (ACI,), 25, est_ouvert=False),
        Lot(quatre, quatre.actions, quatre.total, Echelle(2_500, 360_000, 3), COURANT, OBSTACLES, 12),
        Lot(cinq, cinq.actions, cinq.total, Echelle(1_500, 395_000, 4), COURANT, SOCIAL, 4),
    )


class Tirage:
    """L’état d’un tirage : le hasard de la graine et ce qui est déjà pris.

    `deja` : des lignes dont ni les intitulés ni les noms d’organismes ne resservent ; `premier_organisme` : le rang du
    premier SIRET inventé ; `poids` : ce que chaque territoire attire, ses effectifs à défaut.
    """

    def __init__(
        self,
        graine: int,
        *,
        deja: Sequence[LigneDemo] = (),
        premier_organisme: int = 0,
        poids: Mapping[str, int] | None = None,
    ) -> None:
        self.alea = Random(graine)  # noqa: S311 (rien de secret ici : on veut au contraire le même tirage)
        self.villes = villes()
        pris = {ligne.organisme.nom for ligne in deja}
        self.annuaire = Annuaire(self.alea, self.villes, premier_rang=premier_organisme, noms_pris=pris)
        self.repartiteur = Repartiteur(self.alea, poids or lire_effectifs())
        self.intitules = {ligne.intitule for ligne in deja}
        self.lignes: list[LigneDemo] = []

    def tirer_lot(self, lot: Lot, facteur: int) -> None:
        """Ajoute les lignes d’un lot, des plus grandes actions aux plus petites."""
        nombre, total = lot.nombre * facteur, lot.total * facteur
        montants = tailles(self.alea, nombre, total, lot.echelle)
        self.repartiteur.ouvrir(total)
        for rang, (montant, profil) in enumerate(
            zip(montants, profils(self.alea, montants, lot.melange), strict=True)
        ):
            parts = self.repartiteur.placer(
                montant,
                au_plus_pres=rang >= nombre - nombre // PART_AU_PLUS_PRES,
                plusieurs=lot.est_ouvert and rang % UNE_A_PLUSIEURS_SUR == 0,
            )
            self.lignes.append(self._ligne(lot, par_annee(montant, profil), parts))

    def _ligne(self, lot: Lot, montants: dict[int, int], parts: tuple[tuple[str, int], ...]) -> LigneDemo:
        total = sum(montants.values())
        theme = self._theme(lot.themes, total)
        cout_total, montant_fse = cout_et_fse(self.alea, total, lot.chances_fse)
        par_an = total // len(montants)
        return LigneDemo(
            numero=0,
            axe=lot.axe.numero,
            organisme=self.annuaire.organisme(self.alea.choice(theme.genres), parts[0][0]),
            intitule=self._intitule(theme, parts),
            sous_type=theme.sous_type,
            parts=parts,
            allocataires_prevus=max(3, par_an * 100 // (theme.cout_par_an * EURO * self.alea.randint(70, 140))),
            cout_total=cout_total,
            montants=montants,
            montant_fse=montant_fse,
            deliberation=f"DLES/2016/{PREMIERE_DELIBERATION + lot.axe.numero}",
            date_deliberation=VOTE_LE,
        )

    def _theme(self, themes: tuple[Theme, ...], total: int) -> Theme:
        """Un thème à la mesure de l’action."""
        return self.alea.choice(
            [theme for theme in themes if theme.ampleur[0] * 1000 * EURO <= total <= theme.ampleur[1] * 1000 * EURO]
        )

    def _intitule(self, theme: Theme, parts: tuple[tuple[str, int], ...]) -> str:
        """Un intitulé que personne ne porte encore ; un rang le distingue quand les mots n’y suffisent plus."""
        base = ""
        for _ in range(60):
            base = self._composer(theme, parts)
            if base not in self.intitules:
                break
        intitule, rang = base, 1
        while intitule in self.intitules:
            rang += 1
            intitule = f"{base}, groupe {rang}"
        self.intitules.add(intitule)
        return intitule

    def _composer(self, theme: Theme, parts: tuple[tuple[str, int], ...]) -> str:
        objet, complement = self.alea.choice(theme.objets), self.alea.choice(theme.complements)
        if theme is ACI:
            objet = f"Atelier et chantier d’insertion, {objet}"
        territoires = [code for code, _ in parts]
        if len(territoires) > 1:
            liaison = ", " if " dans " in complement else " "
            return f"{objet}{complement}{liaison}{dire_les_territoires(territoires)}"
        communes = self.villes[territoires[0]][: VILLES_D_APPUI if theme is IOD else None]
        return f"{objet}{complement} {a_commune(tirer_ville(self.alea, communes).nom)}"


def generer_programme(graine: int = 2016, facteur: int = 1) -> list[LigneDemo]:
    """Les actions de démonstration, par axe, numérotées à partir de 1.

    `facteur` multiplie le nombre d’actions et les crédits de chaque axe (10 : 9 880 actions, pour les mesures).
    Rend 988 × `facteur` lignes dont les totaux par axe sont ceux publiés × `facteur`, au centime.
    """
    tirage = Tirage(graine)
    for lot in lots():
        tirage.tirer_lot(lot, facteur)
    return [replace(ligne, numero=rang) for rang, ligne in enumerate(tirage.lignes, start=1)]
