"""Conduire l’import d’un programme : lire, juger, comparer, écrire ; tout ou rien, sans effet la seconde fois."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from django.db import transaction
from django.db.models import Sum

from comptes.models import Personne
from config.socle.journal import journaliser
from config.socle.lecture.erreurs import Releve
from config.socle.lecture.tableur import empreinte, lire_tableau
from config.socle.montants import en_euros, format_euros
from financements.imports.annuaire import Annuaire
from financements.imports.comparaison import trier
from financements.imports.compte_rendu import CompteRendu, totaliser
from financements.imports.credits import affecter_ce_qui_est_vote, besoin_d_affectation
from financements.imports.ecriture import OrganismesDisputes, ecrire
from financements.imports.lignes import Lecture, LigneProgramme, colonnes_du_programme
from financements.imports.programme import lire_programme
from financements.imports.referentiel import Referentiel
from financements.models import CreditAnnuel, Enveloppe, Tranche
from projets.models import AppelAProjets
from projets.states import EtatAppel

LECTURE, COMPARAISON, ECRITURE, FIN = 5, 50, 55, 98  # pour cent d’avancement au début de chaque temps
ESSAIS = 3  # comparaisons refaites quand un autre import crée les mêmes organismes

Avancer = Callable[[int, str], None]


class ImportRefuse(Exception):
    """L’import ne peut pas se faire, quel que soit le fichier ; le message se montre tel quel."""


def sans_suivi(_progression: int, _etape: str) -> None:
    """Pour la commande, qui ne montre pas de barre."""


def conduire_import(
    *,
    auteur: Personne | None,
    appel: AppelAProjets,
    chemin: Path,
    nom_fichier: str = "",
    simuler: bool = False,
    avancer: Avancer = sans_suivi,
) -> CompteRendu:
    """Lit le fichier, juge toutes ses lignes et, s’il n’y a aucune erreur ni simulation, crée les actions nouvelles.

    Une action est reconnue par (appel, numéro) : identique, elle est inchangée ; différente, c’est une erreur.
    `avancer(pourcentage, étape)` peut lever une exception pour tout annuler. Lève `FichierIllisible`, `ImportRefuse`.
    """
    avancer(0, "Ouverture du fichier")
    if appel.etat in {EtatAppel.SOLDE, EtatAppel.ARCHIVE}:
        raise ImportRefuse(f"L’appel est {appel.get_etat_display()} : il ne reçoit plus d’actions.")
    colonnes = {forme for c in colonnes_du_programme(appel.annees) for forme in (c.nom, *c.synonymes)}
    tableau = lire_tableau(chemin, nom=nom_fichier or None, attendues=colonnes)
    total = sum(1 for _ in tableau.lignes()) or 1

    def lire(lues: int) -> None:
        avancer(LECTURE + (COMPARAISON - LECTURE) * lues // total, f"Lecture : ligne {lues} sur {total}")

    lecture = lire_programme(tableau, Referentiel.de_l_appel(appel), lire)
    rendu = CompteRendu(
        est_simulation=simuler,
        fichier=tableau.nom,
        format=tableau.format,
        feuille=tableau.feuille,
        empreinte=empreinte(chemin),
        annees=tuple(appel.annees),
        lues=lecture.lues,
        colonnes_ignorees=lecture.colonnes_ignorees,
        totaux={} if lecture.erreurs else totaliser(lecture.lignes),
    )
    for _ in range(ESSAIS):
        try:
            return _comparer_et_ecrire(auteur, appel, lecture, rendu, avancer)
        except OrganismesDisputes:
            continue
    raise ImportRefuse(
        "D’autres imports créent en ce moment les mêmes organismes : rien n’a été importé. Recommencez dans quelques "
        "minutes."
    )


@transaction.atomic
def _comparer_et_ecrire(
    auteur: Personne | None, appel: AppelAProjets, lecture: Lecture, rendu: CompteRendu, avancer: Avancer
) -> CompteRendu:
    """Sous le verrou de l’appel, puis de son enveloppe : deux imports du même appel se suivent.

    Les lignes justes d’un fichier qui a des erreurs sont comparées aussi : tout se dit en une fois, rien ne s’écrit.
    """
    avancer(COMPARAISON, "Comparaison avec les actions déjà enregistrées")
    if not rendu.est_simulation and not lecture.erreurs:
        AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        Enveloppe.objects.select_for_update(of=("self",)).filter(appel=appel).first()
    releve, avertissements = Releve(lecture.erreurs), Releve(lecture.avertissements)
    annuaire = Annuaire(lecture, releve, avertissements)
    nouvelles = trier(appel, lecture.lignes, annuaire, releve)
    if not lecture.erreurs:
        _avertir_des_depassements(appel, nouvelles, avertissements)
    rendu = replace(
        rendu,
        creees=len(nouvelles),
        inchangees=len(lecture.lignes) - len(nouvelles),
        organismes_crees=len(annuaire.nouveaux),
        organismes_completes=len(annuaire.a_completer),
        erreurs=releve.par_ligne(),
        avertissements=avertissements.par_ligne(),
    )
    if rendu.erreurs:
        return replace(rendu, creees=0, inchangees=0, organismes_crees=0, organismes_completes=0)
    if not rendu.est_simulation and (nouvelles or annuaire.a_completer):

        def ecrites(nombre: int) -> None:
            progression = ECRITURE + (FIN - ECRITURE) * nombre // len(nouvelles)
            avancer(progression, f"Écriture : action {nombre} sur {len(nouvelles)}")

        ecrire(appel, nouvelles, annuaire, ecrites)
        affecter_ce_qui_est_vote(auteur=auteur, appel=appel, motif=f"Import de {rendu.fichier}"[:300])
        journaliser(auteur=auteur, acte="importer_programme", objet=appel, apres=_pour_le_journal(rendu))
    return rendu


def _avertir_des_depassements(
    appel: AppelAProjets, nouvelles: Sequence[LigneProgramme], avertissements: Releve
) -> None:
    """Signale les années dont les crédits de paiement seraient dépassés : le vote existe, l’enveloppe est à revoir."""
    ajouts: Counter[int] = Counter()
    for ligne in nouvelles:
        ajouts.update(dict(ligne.montants))
    tranches = Tranche.objects.filter(action__projet__appel=appel).order_by()
    deja = dict(tranches.values_list("annee").annotate(somme=Sum("montant")))
    for annee, credits_ in CreditAnnuel.objects.filter(enveloppe__appel=appel).values_list("annee", "montant_cp"):
        somme = en_euros(ajouts[annee]) + deja.get(annee, 0)
        if ajouts[annee] and somme > credits_:
            attendu = f"au plus les crédits de paiement de {annee} ({format_euros(credits_)})"
            avertissements.ajouter(0, f"montant_{annee}", format_euros(somme), attendu)
    _avertir_de_l_affectation(appel, nouvelles, avertissements)


def _avertir_de_l_affectation(
    appel: AppelAProjets, nouvelles: Sequence[LigneProgramme], avertissements: Releve
) -> None:
    """Les actions s’importent ; leurs crédits ne s’affectent que si l’AE les couvre, et c’est dit."""
    axes = dict(appel.axes.values_list("numero", "pk"))
    ajouts: Counter[int] = Counter()
    for ligne in nouvelles:
        ajouts[axes[ligne.axe]] += sum(montant for _, montant in ligne.montants)
    besoin = besoin_d_affectation(appel, {axe: en_euros(centimes) for axe, centimes in ajouts.items()})
    if besoin.par_axe and not besoin.est_couvert:
        laisse = f"({format_euros(besoin.libre)})" if besoin.libre is not None else "(aucune AE n’est votée)"
        attendu = f"au plus ce que l’AE laisse à affecter {laisse} : rien n’est affecté"
        avertissements.ajouter(0, "affectation", format_euros(besoin.total), attendu)


def _pour_le_journal(rendu: CompteRendu) -> dict[str, object]:
    return {
        "fichier": rendu.fichier,
        "empreinte": rendu.empreinte,
        "actions": rendu.creees,
        "inchangees": rendu.inchangees,
        "organismes": rendu.organismes_crees,
        "total": str(rendu.total),
    }
