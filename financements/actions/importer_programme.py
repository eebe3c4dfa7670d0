"""Importer un programme voté : tout ou rien, sans effet la seconde fois."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Sum

from comptes.models import Organisme, Personne
from config.socle.journal import journaliser
from config.socle.lecture.erreurs import Releve
from config.socle.lecture.tableur import empreinte, lire_tableau
from config.socle.montants import en_euros, format_euros
from financements.imports.annuaire import Annuaire
from financements.imports.comparaison import trier
from financements.imports.compte_rendu import CompteRendu, totaliser
from financements.imports.lignes import Lecture, LigneProgramme, colonnes_du_programme
from financements.imports.programme import lire_programme
from financements.imports.referentiel import Referentiel
from financements.models import Action, ContrepartieFse, CreditAnnuel, Deliberation, Enveloppe, PartTranche, Tranche
from projets.models import AppelAProjets, ExerciceProjet, PartProjet, Projet
from projets.states import EtatAppel, EtatProjet
from territoires.models import Territoire
from territoires.rules.plus_forts_restes import repartir

TABLES_ECRITES = (Projet, PartProjet, ExerciceProjet, Action, Tranche, PartTranche, ContrepartieFse)
LOT = 500  # actions écrites puis contrôlées ensemble
LECTURE, COMPARAISON, ECRITURE, FIN = 5, 50, 55, 98  # pour cent d’avancement au début de chaque temps

Avancer = Callable[[int, str], None]


class ImportRefuse(Exception):
    """L’appel ne reçoit plus d’actions ; le message se montre tel quel."""


def _sans_suivi(_progression: int, _etape: str) -> None:
    """Pour la commande, qui ne montre pas de barre."""


def importer_programme(
    *,
    auteur: Personne | None,
    appel: AppelAProjets,
    chemin: Path,
    nom_fichier: str = "",
    simuler: bool = False,
    avancer: Avancer = _sans_suivi,
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
        erreurs=lecture.erreurs,
        avertissements=lecture.avertissements,
    )
    if lecture.erreurs:
        return rendu
    rendu = replace(rendu, totaux=totaliser(lecture.lignes))
    return _comparer_et_ecrire(auteur, appel, lecture, rendu, avancer)


@transaction.atomic
def _comparer_et_ecrire(
    auteur: Personne | None, appel: AppelAProjets, lecture: Lecture, rendu: CompteRendu, avancer: Avancer
) -> CompteRendu:
    """Sous le verrou de l’appel, puis de son enveloppe : deux imports du même appel se suivent."""
    avancer(COMPARAISON, "Comparaison avec les actions déjà enregistrées")
    if not rendu.est_simulation:
        AppelAProjets.objects.select_for_update(of=("self",)).get(pk=appel.pk)
        Enveloppe.objects.select_for_update(of=("self",)).filter(appel=appel).first()
    releve, avertissements = Releve(), Releve()
    annuaire = Annuaire(lecture.lignes, releve, avertissements)
    nouvelles = trier(appel, lecture.lignes, annuaire, releve)
    _avertir_des_depassements(appel, nouvelles, avertissements)
    rendu = replace(
        rendu,
        creees=len(nouvelles),
        inchangees=len(lecture.lignes) - len(nouvelles),
        organismes_crees=len(annuaire.nouveaux),
        organismes_completes=len(annuaire.a_completer),
        erreurs=releve.par_ligne(),
        avertissements=[*rendu.avertissements, *avertissements.par_ligne()],
    )
    if rendu.erreurs:
        return replace(rendu, creees=0, inchangees=0, organismes_crees=0, organismes_completes=0)
    if not rendu.est_simulation and (nouvelles or annuaire.a_completer):
        _ecrire(appel, nouvelles, annuaire, avancer)
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


def _pour_le_journal(rendu: CompteRendu) -> dict[str, object]:
    return {
        "fichier": rendu.fichier,
        "empreinte": rendu.empreinte,
        "actions": rendu.creees,
        "inchangees": rendu.inchangees,
        "organismes": rendu.organismes_crees,
        "total": str(rendu.total),
    }


@dataclass(frozen=True)
class _Cles:
    """Les clés étrangères dont les lignes ont besoin."""

    axes: Mapping[int, int]
    territoires: Mapping[str, int]
    deliberations: Mapping[tuple[str, date], Deliberation]


def _ecrire(appel: AppelAProjets, nouvelles: Sequence[LigneProgramme], annuaire: Annuaire, avancer: Avancer) -> None:
    Organisme.objects.bulk_create(annuaire.nouveaux, batch_size=LOT)
    Organisme.objects.bulk_update(annuaire.a_completer, ["siret", "rna"], batch_size=LOT)
    cles = _Cles(
        dict(appel.axes.values_list("numero", "pk")),
        dict(Territoire.objects.values_list("code", "pk")),
        {
            (reference, jour): Deliberation.objects.get_or_create(reference=reference, adoptee_le=jour)[0]
            for reference, jour in sorted({(ligne.deliberation, ligne.date_deliberation) for ligne in nouvelles})
        },
    )
    _declarer_les_controles()
    ecrites, a_mesurer = 0, LOT
    for lot in _par_lots(nouvelles):
        _ecrire_lot(appel, lot, annuaire, cles)
        ecrites += len(lot)
        if ecrites >= a_mesurer:
            _mesurer_les_tables()
            a_mesurer *= 2
        progression = ECRITURE + (FIN - ECRITURE) * ecrites // len(nouvelles)
        avancer(progression, f"Écriture : action {ecrites} sur {len(nouvelles)}")


def _declarer_les_controles() -> None:
    """Dire, pour cette transaction, qu’aucun déclencheur n’est mis de côté (liste vide).

    Chaque déclencheur lit ce réglage ; absent, il lève et rattrape une erreur, ce qui laisse une sous-transaction par
    contrôle : à dix mille actions, le temps devient quadratique (deux minutes au lieu de quinze secondes).
    """
    with connection.cursor() as curseur:
        curseur.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")


def _mesurer_les_tables() -> None:
    """Dire à PostgreSQL que les tables ont grandi : les plans des contrôles, faits sur du vide, se refont."""
    with connection.cursor() as curseur:
        curseur.execute(f"ANALYZE {', '.join(modele._meta.db_table for modele in TABLES_ECRITES)}")


def _par_lots(lignes: Sequence[LigneProgramme]) -> Iterator[list[LigneProgramme]]:
    suite = iter(lignes)
    while lot := list(islice(suite, LOT)):
        yield lot


def _ecrire_lot(appel: AppelAProjets, lot: Sequence[LigneProgramme], annuaire: Annuaire, cles: _Cles) -> None:
    """Les contraintes différées sont contrôlées à chaque lot : l’avancement dit vrai et la mémoire reste plate."""
    projets = Projet.objects.bulk_create(
        Projet(
            appel=appel,
            numero=ligne.numero,
            axe_id=cles.axes[ligne.axe],
            organisme=annuaire.organisme(ligne),
            intitule=ligne.intitule,
            sous_type=ligne.sous_type or "",
            etat=EtatProjet.RETENU,
            allocataires_prevus=ligne.allocataires_prevus,
        )
        for ligne in lot
    )
    PartProjet.objects.bulk_create(
        PartProjet(projet=projet, territoire_id=cles.territoires[code], pourcentage=en_euros(part))
        for projet, ligne in zip(projets, lot, strict=True)
        for code, part in ligne.parts
    )
    ExerciceProjet.objects.bulk_create(
        exercice for projet, ligne in zip(projets, lot, strict=True) for exercice in _exercices(projet, ligne)
    )
    actions = Action.objects.bulk_create(
        Action(projet=projet, deliberation=cles.deliberations[ligne.deliberation, ligne.date_deliberation])
        for projet, ligne in zip(projets, lot, strict=True)
    )
    ContrepartieFse.objects.bulk_create(
        ContrepartieFse(action=action, montant_fse=en_euros(ligne.montant_fse))
        for action, ligne in zip(actions, lot, strict=True)
        if ligne.montant_fse
    )
    _ecrire_tranches(actions, lot, cles)
    with connection.cursor() as curseur:
        curseur.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


def _exercices(projet: Projet, ligne: LigneProgramme) -> Iterator[ExerciceProjet]:
    """Le coût total réparti entre les années au prorata des montants : chaque année couvre ainsi son montant."""
    couts = repartir(ligne.cout_total, {str(annee): montant for annee, montant in ligne.montants})
    for annee, montant in ligne.montants:
        yield ExerciceProjet(
            projet=projet, annee=annee, cout=en_euros(couts[str(annee)]), montant_demande=en_euros(montant)
        )


def _ecrire_tranches(actions: Sequence[Action], lot: Sequence[LigneProgramme], cles: _Cles) -> None:
    """Une tranche par année financée, et ses parts par territoire, au centime."""
    par_tranche = [
        (Tranche(action=action, annee=annee, montant=en_euros(montant)), repartir(montant, dict(ligne.parts)))
        for action, ligne in zip(actions, lot, strict=True)
        for annee, montant in ligne.montants
    ]
    Tranche.objects.bulk_create(tranche for tranche, _ in par_tranche)
    PartTranche.objects.bulk_create(
        PartTranche(tranche=tranche, territoire_id=cles.territoires[code], montant=en_euros(centimes))
        for tranche, parts in par_tranche
        for code, centimes in parts.items()
    )
