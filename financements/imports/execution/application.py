"""Appliquer un retour aux versements, titres et engagements de l’appel, en mémoire ; puis tout écrire, ou rien."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from comptes.models import Personne
from config.socle.journal import journaliser_en_lot
from config.socle.lecture.erreurs import Releve
from config.socle.montants import format_euros
from config.socle.transitions import PassageRefuse
from financements.imports.echeances import ramener_au_du
from financements.imports.execution.lecture import LigneDeRetour
from financements.imports.execution.numeros import Numeros
from financements.imports.execution.passages import (
    RetourRefuse,
    constater_sur_le_titre,
    constater_sur_le_versement,
    est_deja_su,
    titre_deja_su,
)
from financements.models import ImportDExecution, LigneDExecution, TitreDeRecette, Versement
from financements.states.echanges import StatutDExecution
from financements.states.execution import EtatVersement
from projets.models import AppelAProjets

LOT = 500
COMPTES = {
    StatutDExecution.EMIS: "emis",
    StatutDExecution.PAYE: "payes",
    StatutDExecution.REJETE: "rejetes",
    StatutDExecution.ANNULE: "annules",
}
CHAMPS: dict[Any, tuple[str, ...]] = {
    Versement: ("etat", "numero_de_mandat", "numero_de_bordereau", "mandate_le", "paye_le", "motif"),
    TitreDeRecette: ("etat", "numero", "emis_le", "recouvre_le"),
}
Objet = Versement | TitreDeRecette
Valeurs = dict[str, Any]


class Application:
    """L’état de l’appel, et ce que les lignes y changent ; quelques requêtes, quel que soit leur nombre.

    `sous_verrou` : les versements et les titres de l’appel le restent jusqu’à la fin de la transaction, pris dans
    l’ordre de leur clé.
    """

    def __init__(self, appel: AppelAProjets, releve: Releve, *, sous_verrou: bool) -> None:
        self._releve = releve
        self.comptes: Counter[str] = Counter()
        self.montant_paye = Decimal("0.00")
        self.numeros = Numeros(appel)
        objets: list[Objet] = [
            un for modele in (Versement, TitreDeRecette) for un in _de_l_appel(modele, appel, sous_verrou=sous_verrou)
        ]
        self._objets = {un.reference: un for un in objets}
        self._par_engagement: dict[tuple[int, int], list[Versement]] = defaultdict(list)
        for un in objets:
            if isinstance(un, Versement):
                self._par_engagement[un.action_id, un.exercice].append(un)
        faites = LigneDExecution.objects.filter(import_d_execution__appel=appel)
        self._connues = set(faites.values_list("empreinte", flat=True))
        self._avant: dict[str, Valeurs] = {}
        self._ecrites: list[tuple[LigneDeRetour, Objet | None, str]] = []

    def appliquer(self, lignes: Sequence[LigneDeRetour]) -> None:
        """Chaque ligne, dans l’ordre du fichier ; ce qui ne convient pas est relevé."""
        for ligne in lignes:
            try:
                self._appliquer(ligne)
            except RetourRefuse as refus:
                self._relever(ligne, refus.colonne, refus.attendu)
            except PassageRefuse as refus:
                self._relever(ligne, "statut", str(refus))

    def _relever(self, ligne: LigneDeRetour, colonne: str, attendu: str) -> None:
        lue = getattr(ligne, colonne)
        valeur = format_euros(lue) if isinstance(lue, Decimal) else str(lue or "")
        self._releve.ajouter(ligne.ligne, colonne, valeur, attendu)

    def _appliquer(self, ligne: LigneDeRetour) -> None:
        if self.numeros.est_un_engagement(ligne.id_externe):
            est_nouveau = self.numeros.noter(ligne)
            self.comptes["numerotes" if est_nouveau else "deja_connues"] += 1
            return
        objet = self._objet(ligne)
        empreinte = ligne.empreinte(objet.reference)
        if empreinte in self._connues or _est_deja_su(ligne, objet):
            self.comptes["deja_connues"] += 1
            return
        if ligne.montant != objet.montant:
            raise RetourRefuse("montant", f"{format_euros(objet.montant)}, le montant enregistré ici")
        avant = _valeurs(objet)
        try:
            _constater(ligne, objet)
        except (PassageRefuse, RetourRefuse):
            _remettre(objet, avant)
            raise
        self._avant.setdefault(objet.reference, avant)
        self._connues.add(empreinte)
        self._ecrites.append((ligne, objet, empreinte))
        self._compter(ligne, objet)

    def _compter(self, ligne: LigneDeRetour, objet: Objet) -> None:
        if isinstance(objet, TitreDeRecette):
            self.comptes["titres"] += 1
            return
        self.comptes[COMPTES[StatutDExecution(ligne.statut)]] += 1
        if ligne.statut == StatutDExecution.PAYE:
            self.montant_paye += objet.montant

    def _objet(self, ligne: LigneDeRetour) -> Objet:
        """Celui que l’identifiant désigne ; sans identifiant, le versement de cet engagement, s’il n’y en a qu’un."""
        if not ligne.statut:
            raise RetourRefuse("id_externe", "l’identifiant d’un engagement, puisque la ligne n’a pas de statut")
        if ligne.id_externe:
            objet = self._objets.get(ligne.id_externe)
            if objet is None:
                raise RetourRefuse("id_externe", "la référence d’un versement ou d’un titre de cet appel")
            return objet
        versements = self._par_engagement.get(self.numeros.engagement(ligne.numero_engagement) or (0, 0), [])
        if not versements:
            raise RetourRefuse("numero_engagement", "un numéro d’engagement connu ici, ou l’identifiant du versement")
        return _le_seul(ligne, versements)

    def ecrire(self, auteur: Personne | None, import_: ImportDExecution) -> None:
        """Tout, par lots : objets, numéros, lignes appliquées, journal ; un rejet dégage ce qui n’est plus dû."""
        changes = [self._objets[reference] for reference in self._avant]
        for modele, champs in CHAMPS.items():
            siens: list[Any] = [objet for objet in changes if type(objet) is modele]
            for objet in siens:
                objet.version += 1
            modele._default_manager.bulk_update(siens, [*champs, "version"], batch_size=LOT)
        self.numeros.ecrire()
        LigneDExecution.objects.bulk_create(
            (
                LigneDExecution(
                    import_d_execution=import_,
                    versement=objet if isinstance(objet, Versement) else None,
                    titre=objet if isinstance(objet, TitreDeRecette) else None,
                    statut=ligne.statut,
                    contenu=ligne.contenu,
                    empreinte=empreinte,
                )
                for ligne, objet, empreinte in self._ecrites
            ),
            batch_size=LOT,
        )
        journaliser_en_lot(
            auteur=auteur,
            acte="constater_l_execution",
            lignes=(
                (objet.action, _en_clair(objet, self._avant[objet.reference]), _en_clair(objet, _valeurs(objet)))
                for objet in changes
            ),
        )
        for objet in changes:
            if isinstance(objet, Versement) and objet.etat == EtatVersement.REJETE:
                ramener_au_du(objet.action, [objet.annee], auteur)


def _de_l_appel(modele: type[Objet], appel: AppelAProjets, *, sous_verrou: bool) -> Any:
    tous = modele._default_manager.filter(action__projet__appel=appel).select_related("action__projet").order_by("pk")
    return tous.select_for_update(of=("self",)) if sous_verrou else tous


def _valeurs(objet: Objet) -> Valeurs:
    return {champ: getattr(objet, champ) for champ in CHAMPS[type(objet)]}


def _remettre(objet: Objet, valeurs: Valeurs) -> None:
    for champ, valeur in valeurs.items():
        setattr(objet, champ, valeur)


def _en_clair(objet: Objet, valeurs: Valeurs) -> Valeurs:
    return {"reference": objet.reference, **{champ: str(valeur) for champ, valeur in valeurs.items() if valeur}}


def _est_deja_su(ligne: LigneDeRetour, objet: Objet) -> bool:
    if ligne.montant != objet.montant:
        return False
    return est_deja_su(ligne, objet) if isinstance(objet, Versement) else titre_deja_su(ligne, objet)


def _constater(ligne: LigneDeRetour, objet: Objet) -> None:
    if isinstance(objet, Versement):
        constater_sur_le_versement(ligne, objet)
    else:
        constater_sur_le_titre(ligne, objet)


def _le_seul(ligne: LigneDeRetour, versements: list[Versement]) -> Versement:
    """Celui de ce mandat ; à défaut, celui de ce montant qui attend le sien."""
    du_mandat = [v for v in versements if ligne.numero_mandat and v.numero_de_mandat == ligne.numero_mandat]
    en_attente = (EtatVersement.LIQUIDE, EtatVersement.REJETE)
    trouves = du_mandat or [v for v in versements if v.montant == ligne.montant and v.etat in en_attente]
    if len(trouves) != 1:
        combien = (
            f"{len(trouves)} versements de ce montant l’attendent" if trouves else "aucun de ce montant ne l’attend"
        )
        raise RetourRefuse("numero_engagement", f"un seul versement de cet engagement\u00a0: {combien}")
    return trouves[0]
