"""Les listes de la clôture d’un exercice en fichier : rattachements, restes, prévision des crédits."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, BinaryIO

from config.socle.classeur import Feuille, Formule
from config.socle.ecriture import Champ, Genre
from financements.chiffres.deports import dit_dans_un_fichier
from financements.chiffres.execution.cloture import Cloture
from financements.exports.feuille import au_compte, ecrire_la_feuille

PAR_LOT = 500
_ACTION = (
    Champ("Axe", Genre.ENTIER, 6),
    Champ("N°", Genre.ENTIER, 8),
    Champ("Organisme", Genre.TEXTE, 36),
    Champ("SIRET", Genre.TEXTE, 16),
    Champ("Intitulé", Genre.TEXTE, 48),
)


@dataclass(frozen=True)
class Liste:
    """Une liste exportable : son nom dans l’adresse, son titre, ses colonnes, ses rangées et combien elle en a.

    `est_par_action` : une ligne par action ou versement, donc sans ceux dont on s’est déporté.
    """

    nom: str
    titre: str
    champs: Callable[[Cloture], Sequence[Champ]]
    rangees: Callable[[Cloture], Iterable[Sequence[Any]]]
    nombre: Callable[[Cloture], int]
    est_par_action: bool = True

    def ecrire(self, fichier: BinaryIO, cloture: Cloture, extension: str) -> None:
        """Écrit dans `fichier`, montants sommés en formules, sans garder les rangées en mémoire.

        Lève `ExportIncomplet` si elles ne font pas le nombre annoncé : ce qui est écrit est à jeter.
        """
        ecrire_la_feuille(fichier, self._feuille(cloture), extension)

    def _feuille(self, cloture: Cloture) -> Feuille:
        champs, pied = self.champs(cloture), list[Any]()
        appel = cloture.execution.programme.appel
        notes = [f"{appel.intitule}. {self.titre}, clôture de l’exercice {cloture.exercice}."]
        if self.est_par_action:
            notes += [f"{titre} : {dit}." for titre, dit in dit_dans_un_fichier(len(cloture.fermes)).items()]
        if appel.est_fictif:
            notes.append("Données de démonstration.")
        return Feuille(self.titre, champs, self._au_fil(cloture, champs, pied), pied, notes, figees=1)

    def _au_fil(self, cloture: Cloture, champs: Sequence[Champ], pied: list[Any]) -> Iterator[Sequence[Any]]:
        """Les rangées une à une, puis leur total dans `pied`, que le classeur écrit après elles."""
        nombre = self.nombre(cloture)
        sommes = {colonne: Decimal(0) for colonne, champ in enumerate(champs) if champ.genre is Genre.MONTANT}
        for rangee in au_compte(self.rangees(cloture), nombre):
            for colonne in sommes:
                sommes[colonne] += rangee[colonne] or 0
            yield rangee
        if nombre:
            pied += ["Total", *[None] * (len(champs) - 1)]
            for colonne, somme in sommes.items():
                pied[colonne] = Formule("SUM", somme, (1, colonne), (nombre, colonne))


def _des_rattachements(_cloture: Cloture) -> Sequence[Champ]:
    return (
        *_ACTION,
        Champ("Référence", Genre.TEXTE, 20),
        Champ("Exercice", Genre.ENTIER, 10),
        Champ("Service fait le", Genre.JOUR, 14),
        Champ("Liquidé le", Genre.JOUR, 14),
        Champ("Montant à rattacher (€)", Genre.MONTANT, 18),
    )


def _rattachements(cloture: Cloture) -> Iterable[Sequence[Any]]:
    for versement in cloture.rattachements.iterator(PAR_LOT):
        projet = versement.action.projet
        yield (
            projet.axe.numero,
            projet.numero,
            projet.organisme.nom,
            projet.organisme.siret,
            projet.intitule,
            versement.reference,
            versement.exercice,
            versement.service_fait_le,
            versement.liquide_le,
            versement.montant,
        )


def _des_restes(cloture: Cloture) -> Sequence[Champ]:
    jusqu_a = f"jusqu’en {cloture.exercice}"
    return (
        *_ACTION,
        Champ(f"Engagé {jusqu_a} (€)", Genre.MONTANT, 18),
        Champ(f"Mandaté {jusqu_a} (€)", Genre.MONTANT, 18),
        Champ("Reste à mandater (€)", Genre.MONTANT, 18),
        Champ("Rattaché (€)", Genre.MONTANT, 18),
        Champ("Reste à réaliser (€)", Genre.MONTANT, 18),
    )


def _restes(cloture: Cloture) -> Iterable[Sequence[Any]]:
    for r in cloture.restes_au_fil():
        yield (
            r.axe, r.numero, r.organisme, r.siret, r.intitule, r.engage, r.mandate, r.reste, r.rattache, r.a_realiser,
        )  # fmt: skip


def _des_previsions(cloture: Cloture) -> Sequence[Champ]:
    return (
        Champ("Exercice", Genre.ENTIER, 10),
        Champ("Crédits ouverts (€)", Genre.MONTANT, 18),
        Champ("Déjà mandaté (€)", Genre.MONTANT, 18),
        *(Champ(f"À payer, axe {axe.numero} (€)", Genre.MONTANT, 18) for axe in cloture.axes),
        Champ(f"Retards de {cloture.exercice} et avant (€)", Genre.MONTANT, 18),
        Champ("Besoin (€)", Genre.MONTANT, 18),
        Champ("Crédits moins besoin (€)", Genre.MONTANT, 18),
        Champ("Engagé sans échéancier (€)", Genre.MONTANT, 18),
    )


def _previsions(cloture: Cloture) -> Iterable[Sequence[Any]]:
    for p in cloture.previsions:
        a_payer = [p.par_axe[axe.pk] for axe in cloture.axes]
        yield (p.exercice, p.cp, p.mandate, *a_payer, p.en_retard, p.besoin, p.ecart, p.sans_echeancier)


LISTES: dict[str, Liste] = {
    une.nom: une
    for une in (
        Liste(
            "rattachements",
            "Rattachements",
            _des_rattachements,
            _rattachements,
            lambda cloture: cloture.total_rattache.lus,
        ),
        Liste("restes", "Restes à mandater", _des_restes, _restes, lambda cloture: cloture.total_des_restes.lues),
        Liste(
            "prevision",
            "Prévision des CP",
            _des_previsions,
            _previsions,
            lambda cloture: len(cloture.previsions),
            est_par_action=False,
        ),
    )
}
