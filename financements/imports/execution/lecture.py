"""Lire un retour d’exécution : chaque ligne est jugée, toutes les erreurs sont relevées."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone

from config.socle.lecture.cellules import ValeurRefusee, lire_date, lire_montant, lire_texte
from config.socle.lecture.entetes import Colonne, Correspondance, normaliser_entete, rapprocher
from config.socle.lecture.erreurs import ErreurLigne, LecteurDeLigne, Releve
from config.socle.lecture.tableau import Cellule, Tableau, en_texte
from financements.models import ProfilDExport
from financements.states.echanges import FormatDeMontant, StatutDExecution

SYNONYMES: dict[str, tuple[str, ...]] = {
    "id_externe": ("identifiant", "reference", "reference_externe", "id", "n_de_versement"),
    "numero_engagement": ("n_engagement", "n_d_engagement", "engagement", "numero_d_engagement"),
    "numero_mandat": (
        "mandat",
        "n_mandat",
        "n_de_mandat",
        "numero_de_mandat",
        "numero_de_piece",
        "n_de_titre",
        "titre",
    ),
    "numero_bordereau": ("bordereau", "n_bordereau", "n_de_bordereau", "numero_de_bordereau"),
    "date_emission": ("emis_le", "date_d_emission", "date_de_mandat", "date_mandat"),
    "date_paiement": ("paye_le", "date_de_paiement", "date_de_reglement"),
    "montant": ("montant_mandate", "montant_paye", "montant_ttc"),
    "statut": ("etat", "situation"),
    "motif": ("motif_de_rejet", "motif_du_rejet", "observations"),
}
_STATUTS = {
    StatutDExecution.EMIS: ("emis", "emise", "mandate", "mandatee", "emission", "pris_en_charge"),
    StatutDExecution.REJETE: ("rejete", "rejetee", "rejet"),
    StatutDExecution.PAYE: ("paye", "payee", "regle", "reglee", "recouvre", "recouvree"),
    StatutDExecution.ANNULE: ("annule", "annulee", "annulation"),
}
_PAR_MOT = {mot: statut for statut, mots in _STATUTS.items() for mot in mots}
PAS = 250
SANS_MONTANT = Decimal(-1)
Avancer = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class LigneDeRetour:
    """Une ligne lue et juste. Montant en euros ; `statut` vide pour une ligne qui ne fait que numéroter."""

    ligne: int
    id_externe: str
    numero_engagement: str
    numero_mandat: str
    numero_bordereau: str
    date_emission: date | None
    date_paiement: date | None
    montant: Decimal | None
    statut: str
    motif: str

    @property
    def contenu(self) -> dict[str, Any]:
        """Ce qu’elle dit, sans sa place dans le fichier."""
        return {nom: str(valeur or "") for nom, valeur in asdict(self).items() if nom != "ligne"}

    def empreinte(self, objet: str) -> str:
        """SHA-256 de ce qu’elle dit de cet objet."""
        return hashlib.sha256("\x1f".join([objet, *self.contenu.values()]).encode()).hexdigest()


@dataclass(frozen=True)
class LectureDuRetour:
    """Les lignes justes, les erreurs, ce que le fichier a de plus ; `lues` : ses lignes."""

    lignes: Sequence[LigneDeRetour]
    erreurs: Sequence[ErreurLigne]
    colonnes_ignorees: tuple[str, ...] = ()
    lues: int = 0


def colonnes_du_retour(profil: ProfilDExport | None) -> tuple[Colonne, ...]:
    """Les colonnes connues, sous leurs noms courants et celui que le profil leur donne."""
    du_profil = {cle: normaliser_entete(entete) for cle, entete in (profil.colonnes if profil else [])}
    pris = set(du_profil.values())
    return tuple(
        Colonne(
            nom,
            est_obligatoire=nom in {"statut", "montant"},
            synonymes=(
                *([du_profil[nom]] if nom in du_profil else []),
                *(mot for mot in autres if mot not in pris),
            ),
        )
        for nom, autres in SYNONYMES.items()
    )


def lire_retour(
    tableau: Tableau, profil: ProfilDExport | None, avancer: Avancer = lambda _lues: None
) -> LectureDuRetour:
    """Toutes les lignes justes et toutes les erreurs. `avancer(lignes lues)` est appelé de temps en temps."""
    colonnes, releve = rapprocher(tableau.entetes, colonnes_du_retour(profil)), Releve()
    _juger_les_entetes(tableau, colonnes, releve)
    lignes: list[LigneDeRetour] = []
    lues = 0
    if not releve.erreurs:
        en_centimes = profil is not None and profil.format_montant == FormatDeMontant.CENTIMES
        for lues, ligne in enumerate(tableau.lignes(), start=1):
            lecteur = LecteurDeLigne(ligne, colonnes.positions, releve)
            lecteur.refuser_ce_qui_deborde(tableau)
            lignes += _lire_ligne(lecteur, en_centimes=en_centimes)
            if lues % PAS == 0:
                avancer(lues)
            if releve.est_plein:
                break
        if not lues:
            releve.ajouter(tableau.ligne_entetes, "", "", "au moins une ligne sous celle d’en-têtes")
    return LectureDuRetour(lignes, releve.par_ligne(), colonnes.inconnues, lues)


def _juger_les_entetes(tableau: Tableau, colonnes: Correspondance, releve: Releve) -> None:
    ligne = tableau.ligne_entetes
    for nom in colonnes.manquantes:
        releve.ajouter(ligne, nom, "", "cette colonne est obligatoire et le fichier ne l’a pas")
    for nom, entetes in colonnes.doublons.items():
        releve.ajouter(ligne, nom, ", ".join(entetes), "une seule colonne de ce nom")
    if not {"id_externe", "numero_engagement"} & colonnes.positions.keys():
        releve.ajouter(ligne, "id_externe", "", "l’identifiant externe, ou le numéro d’engagement")


def _lire_ligne(lecteur: LecteurDeLigne, *, en_centimes: bool) -> list[LigneDeRetour]:
    """La ligne dans une liste, ou une liste vide si elle a une erreur (déjà relevée)."""
    textes = {
        nom: lecteur.lire_si_dit(nom, _texte(maximum), "")
        for nom, maximum in (
            ("id_externe", 40), ("numero_engagement", 30), ("numero_mandat", 30), ("numero_bordereau", 30),
            ("motif", 2000),
        )
    }  # fmt: skip
    statut = lecteur.lire_si_dit("statut", _statut, "")
    montant = lecteur.lire_si_dit("montant", _centimes if en_centimes else lire_montant, SANS_MONTANT)
    dates = {nom: lecteur.lire_si_dit(nom, _jour_venu, date.min) for nom in ("date_emission", "date_paiement")}
    if None in (statut, montant, *textes.values(), *dates.values()):
        return []
    if not textes["id_externe"] and not textes["numero_engagement"]:
        lecteur.refuser("id_externe", "l’identifiant externe, ou le numéro d’engagement")
        return []
    lues: dict[str, Any] = {
        **{nom: None if jour == date.min else jour for nom, jour in dates.items()},
        **textes,
        "statut": statut,
        "montant": None if montant == SANS_MONTANT else montant,
    }
    ligne = LigneDeRetour(ligne=lecteur.numero, **lues)
    return [ligne] if _est_complete(lecteur, ligne) else []


def _jour_venu(cellule: Cellule) -> date:
    jour = lire_date(cellule)
    if jour > timezone.localdate():
        raise ValeurRefusee("une date d’aujourd’hui au plus tard")
    return jour


def _est_complete(lecteur: LecteurDeLigne, ligne: LigneDeRetour) -> bool:
    """Un statut vient avec ce qu’il suppose ; sans statut, la ligne donne son numéro à un engagement."""
    besoins: dict[str, tuple[str, ...]] = {
        StatutDExecution.EMIS: ("montant", "numero_mandat", "date_emission"),
        StatutDExecution.PAYE: ("montant", "date_paiement"),
        StatutDExecution.REJETE: ("montant", "motif"),
        StatutDExecution.ANNULE: ("montant", "motif"),
        "": ("id_externe", "numero_engagement"),
    }
    manques = [nom for nom in besoins[ligne.statut] if getattr(ligne, nom) in (None, "")]
    for nom in manques:
        dit = f"une valeur, puisque la ligne dit « {StatutDExecution(ligne.statut).label} »" if ligne.statut else ""
        lecteur.refuser(nom, dit or "un statut, ou le numéro d’un engagement et son identifiant")
    return not manques


def _texte(maximum: int) -> Callable[[Cellule], str]:
    return lambda cellule: lire_texte(cellule, maximum=maximum)


def _statut(cellule: Cellule) -> str:
    statut = _PAR_MOT.get(normaliser_entete(en_texte(cellule)))
    if statut is None:
        raise ValeurRefusee("un statut : « émis », « rejeté », « payé » ou « annulé »")
    return str(statut)


def _centimes(cellule: Cellule) -> Decimal:
    return lire_montant(cellule) / 100
