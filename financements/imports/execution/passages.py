"""Ce qu’une ligne de retour fait à un versement ou à un titre : ses passages, et ce qu’il en garde."""

from datetime import date

from financements.imports.execution.lecture import LigneDeRetour
from financements.models import TitreDeRecette, Versement
from financements.states.echanges import StatutDExecution
from financements.states.execution import CYCLE_TITRE, CYCLE_VERSEMENT, EtatTitre, EtatVersement

MANDAT_ANNULE = "Mandat annulé\u00a0: "
_ACTES_DU_VERSEMENT = {
    StatutDExecution.EMIS: "mandater",
    StatutDExecution.PAYE: "payer",
    StatutDExecution.REJETE: "rejeter",
    # Le mandat annulé, pas le versement : il redevient « rejeté », à reprendre ou à annuler ici.
    StatutDExecution.ANNULE: "rejeter",
}


class RetourRefuse(Exception):
    """La ligne contredit ce qui est enregistré. `colonne`, et `attendu`, prêt à montrer."""

    def __init__(self, colonne: str, attendu: str) -> None:
        super().__init__(attendu)
        self.colonne, self.attendu = colonne, attendu


def est_deja_su(ligne: LigneDeRetour, versement: Versement) -> bool:
    """Vrai si le versement porte déjà ce que la ligne dit, parce qu’on l’a saisi ou qu’un fichier suivant l’a dit."""
    if ligne.numero_mandat and ligne.numero_mandat != versement.numero_de_mandat:
        return False
    if ligne.statut == StatutDExecution.EMIS:
        su = versement.etat in (EtatVersement.MANDATE, EtatVersement.PAYE)
        return su and ligne.date_emission == versement.mandate_le
    if ligne.statut == StatutDExecution.PAYE:
        return versement.etat == EtatVersement.PAYE and ligne.date_paiement == versement.paye_le
    return versement.etat == EtatVersement.REJETE and versement.motif.removeprefix(MANDAT_ANNULE) == ligne.motif


def constater_sur_le_versement(ligne: LigneDeRetour, versement: Versement) -> None:
    """Fait les passages en mémoire. Lève `PassageRefuse` ou `RetourRefuse` ; le versement est alors à oublier."""
    statut = StatutDExecution(ligne.statut)
    if statut == StatutDExecution.PAYE and versement.etat == EtatVersement.LIQUIDE:
        _mandater_d_abord(ligne, versement)
    _meme_mandat(ligne, versement, statut)
    versement.etat = CYCLE_VERSEMENT.franchir(_ACTES_DU_VERSEMENT[statut], versement.etat)
    if statut == StatutDExecution.EMIS:
        _numeroter(ligne, versement)
        versement.motif, versement.paye_le = "", None
    elif statut == StatutDExecution.PAYE:
        _apres_l_emission(ligne, versement.mandate_le)
        versement.paye_le = ligne.date_paiement
    else:
        versement.motif = (MANDAT_ANNULE if statut == StatutDExecution.ANNULE else "") + ligne.motif


def _mandater_d_abord(ligne: LigneDeRetour, versement: Versement) -> None:
    """Payé sans que l’émission ait été dite : la ligne doit porter son mandat."""
    for colonne in ("numero_mandat", "date_emission"):
        if not getattr(ligne, colonne):
            raise RetourRefuse(colonne, "une valeur\u00a0: ce versement n’a pas encore de mandat ici")
    versement.etat = CYCLE_VERSEMENT.franchir("mandater", versement.etat)
    _numeroter(ligne, versement)


def _numeroter(ligne: LigneDeRetour, versement: Versement) -> None:
    versement.numero_de_mandat = ligne.numero_mandat
    versement.numero_de_bordereau = ligne.numero_bordereau or versement.numero_de_bordereau
    versement.mandate_le = ligne.date_emission


def _meme_mandat(ligne: LigneDeRetour, versement: Versement, statut: StatutDExecution) -> None:
    """Sauf une émission, qui en donne un nouveau, une ligne parle du mandat que porte le versement."""
    connu = versement.numero_de_mandat
    if statut != StatutDExecution.EMIS and ligne.numero_mandat and connu and ligne.numero_mandat != connu:
        raise RetourRefuse("numero_mandat", f"« {connu} », le mandat de ce versement")


def _apres_l_emission(ligne: LigneDeRetour, emis_le: date | None) -> None:
    if ligne.date_paiement and emis_le and ligne.date_paiement < emis_le:
        raise RetourRefuse("date_paiement", f"une date qui suit l’émission ({emis_le:%d/%m/%Y})")


def titre_deja_su(ligne: LigneDeRetour, titre: TitreDeRecette) -> bool:
    """Vrai si le titre porte déjà ce que la ligne dit."""
    if ligne.numero_mandat and ligne.numero_mandat != titre.numero:
        return False
    if ligne.statut == StatutDExecution.EMIS:
        return titre.etat in (EtatTitre.EMIS, EtatTitre.RECOUVRE) and ligne.date_emission == titre.emis_le
    if ligne.statut == StatutDExecution.PAYE:
        return titre.etat == EtatTitre.RECOUVRE and ligne.date_paiement == titre.recouvre_le
    return ligne.statut == StatutDExecution.ANNULE and titre.etat == EtatTitre.ANNULE


def constater_sur_le_titre(ligne: LigneDeRetour, titre: TitreDeRecette) -> None:
    """Comme pour un versement ; « payé » se dit recouvré. Un titre ne se rejette pas."""
    if ligne.statut == StatutDExecution.REJETE:
        raise RetourRefuse("statut", "« émis », « payé » ou « annulé »\u00a0: c’est un titre de recette")
    if ligne.statut == StatutDExecution.ANNULE:
        titre.etat = CYCLE_TITRE.franchir("annuler", titre.etat)
        return
    if ligne.statut == StatutDExecution.EMIS or titre.etat == EtatTitre.A_EMETTRE:
        for colonne in ("numero_mandat", "date_emission"):
            if not getattr(ligne, colonne):
                raise RetourRefuse(colonne, "une valeur\u00a0: ce titre n’est pas encore émis ici")
        titre.etat = CYCLE_TITRE.franchir("emettre", titre.etat)
        titre.numero, titre.emis_le = ligne.numero_mandat, ligne.date_emission
    if ligne.statut == StatutDExecution.PAYE:
        _apres_l_emission(ligne, titre.emis_le)
        titre.etat = CYCLE_TITRE.franchir("recouvrer", titre.etat)
        titre.recouvre_le = ligne.date_paiement
