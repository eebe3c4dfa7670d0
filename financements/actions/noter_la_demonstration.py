"""Noter des projets inventés et rendre leurs avis, comme leurs instructeurs l’auraient fait. Démonstration."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from django.db import connection, transaction

from comptes.models import Personne
from comptes.states import Role
from config.socle.montants import en_centimes
from config.socle.statistiques import mesurer_les_tables
from financements.actions.ecrire_projets_deposes import Contexte, Ecrit, instructeur_de
from financements.actions.inserer import inserer
from financements.demonstration.instruction.avis import COMMENTAIRES, CONDITIONS, JUSTIFICATIONS, MOTIFS
from projets.models import AvisInstruction, Critere, ExerciceProjet, Notation, Note, PropositionAnnuelle
from projets.rules.notation import Ligne, ecart, moyenne, requises, total
from projets.states import NOTABLES, EtatProjet, SensDeLAvis

GRAINE = 2026
MAINS = (0, -1, 0, 1)  # ce que chacun ajoute d’habitude à ses notes : un sévère, un généreux
DISCORDE = 7  # un projet sur sept divise ses instructeurs
FAVORABLE, RESERVE = 5_500, 4_000  # centièmes de point
PART_PROPOSEE = {SensDeLAvis.FAVORABLE: 90, SensDeLAvis.RESERVE: 60, SensDeLAvis.DEFAVORABLE: 0}  # % du demandé

Proposer = Callable[[AvisInstruction, ExerciceProjet], Decimal]  # ce qu’un avis propose pour une année, en euros


@dataclass(frozen=True)
class Jury:
    """Un projet, ceux qui le notent, dans l’ordre, leurs notes par critère et leurs totaux, en centièmes de point."""

    ecrit: Ecrit
    notes: Mapping[Personne, Sequence[int]]
    totaux: Sequence[int]


@transaction.atomic
def noter_les_projets(contexte: Contexte, ecrits: Sequence[Ecrit]) -> None:
    """Deux notations, ou trois, et un avis pour chaque projet instruit ; de zéro à deux pour un projet recevable."""
    criteres = list(contexte.appel.criteres.order_by("ordre"))
    instructeurs = list(Personne.objects.filter(role=Role.INSTRUCTEUR, is_active=True).order_by("pk"))
    if not (criteres and instructeurs):
        return
    alea = Random(GRAINE)  # noqa: S311 (des données inventées, toujours les mêmes)
    notables = (ecrit for ecrit in ecrits if ecrit.projet.etat in NOTABLES)
    jurys = [_jury(alea, contexte, ecrit, criteres, instructeurs) for ecrit in notables]
    ecrire_les_notations(alea, jurys, criteres)
    ecrire_les_avis(contexte, [jury for jury in jurys if jury.ecrit.projet.etat == EtatProjet.INSTRUIT])


def _jury(
    alea: Random, contexte: Contexte, ecrit: Ecrit, criteres: Sequence[Critere], instructeurs: Sequence[Personne]
) -> Jury:
    ordre = dans_l_ordre(contexte, ecrit, instructeurs)
    est_instruit = ecrit.projet.etat == EtatProjet.INSTRUIT
    appel, niveau = contexte.appel, alea.choice((2, 3, 3, 4, 4))
    notes: dict[Personne, Sequence[int]] = {}
    totaux: list[int] = []
    for place, personne in enumerate(ordre):
        voulues = requises(appel.notations_attendues, _centiemes(appel.ecart_de_troisieme_avis), totaux)
        if place >= (voulues if est_instruit else alea.randrange(3)):
            break
        divise = place == 1 and (ecrit.projet.numero or 0) % DISCORDE == 0
        main = MAINS[instructeurs.index(personne) % len(MAINS)] - (2 if divise else 0)
        notes[personne] = [_note(alea, critere, niveau + main) for critere in criteres]
        totaux.append(total_des_notes(criteres, notes[personne]))
    return Jury(ecrit, notes, totaux)


def dans_l_ordre(contexte: Contexte, ecrit: Ecrit, instructeurs: Sequence[Personne]) -> list[Personne]:
    """Qui note d’abord : celui du territoire du projet, puis ses collègues."""
    premier = instructeur_de(contexte, ecrit)
    rang = instructeurs.index(premier) if premier in instructeurs else 0
    return [*instructeurs[rang:], *instructeurs[:rang]]


def _centiemes(points: Decimal | None) -> int | None:
    return None if points is None else en_centimes(points)


def _note(alea: Random, critere: Critere, niveau: int) -> int:
    return min(max(niveau + alea.choice((-1, 0, 0, 1)), 0), critere.note_maximale)


def total_des_notes(criteres: Sequence[Critere], notes: Sequence[int]) -> int:
    """Le total pondéré d’une note par critère, en centièmes de point."""
    paires = zip(criteres, notes, strict=True)
    return total([Ligne(c.note_maximale, en_centimes(c.poids), valeur) for c, valeur in paires])


def ecrire_les_notations(alea: Random, jurys: Sequence[Jury], criteres: Sequence[Critere]) -> None:
    """Les notations : ouvertes, puis notées, puis rendues : la base n’accepte une notation rendue que complète."""
    notations = {(jury.ecrit.projet.pk, p.pk): _notation(jury, p) for jury in jurys for p in jury.notes}
    Notation.objects.bulk_create(notations.values())
    notes = [
        {
            "notation_id": notations[jury.ecrit.projet.pk, personne.pk].pk,
            "critere_id": critere.pk,
            "valeur": valeur,
            "justification": alea.choice(JUSTIFICATIONS[valeur]),
        }
        for jury in jurys
        for personne, notees in jury.notes.items()
        for critere, valeur in zip(criteres, notees, strict=True)
    ]
    inserer(Note, notes)
    rendues = {
        notations[jury.ecrit.projet.pk, personne.pk].pk: _quand(jury.ecrit, rang)
        for jury in jurys
        for rang, personne in enumerate(jury.notes)
    }
    with connection.cursor() as curseur:
        curseur.execute(
            """
            UPDATE projets_notation n SET rendue_le = rendues.le
              FROM unnest(%s::bigint[], %s::timestamptz[]) AS rendues (id, le) WHERE n.id = rendues.id
            """,
            [list(rendues), list(rendues.values())],
        )


def _notation(jury: Jury, personne: Personne) -> Notation:
    commentaire = COMMENTAIRES[(jury.ecrit.projet.numero or 0) % len(COMMENTAIRES)]
    return Notation(projet=jury.ecrit.projet, instructeur=personne, commentaire=commentaire)


def _quand(ecrit: Ecrit, rang: int) -> datetime:
    """Quelques heures avant l’avis, ou peu après que le projet a été déclaré recevable."""
    parcours = ecrit.demo.parcours
    if parcours.avis is not None:
        return ecrit.instant(parcours.avis - timedelta(hours=20 - 3 * rang))
    return ecrit.instant((parcours.quand or timedelta(days=20)) + timedelta(hours=4 + 2 * rang))


def ecrire_les_avis(contexte: Contexte, jurys: Sequence[Jury], proposer: Proposer | None = None) -> None:
    """Un avis par projet, selon la moyenne de ses notes, et ce qu’il propose chaque année."""
    avis = {jury.ecrit.projet.pk: _avis(contexte, jury) for jury in jurys}
    colonnes = [champ.attname for champ in AvisInstruction._meta.concrete_fields if not champ.primary_key]
    cles = inserer(AvisInstruction, [{nom: getattr(rendu, nom) for nom in colonnes} for rendu in avis.values()])
    for rendu, cle in zip(avis.values(), cles, strict=True):
        rendu.pk = cle
    exercices = ExerciceProjet.objects.filter(projet__in=avis)
    PropositionAnnuelle.objects.bulk_create(_propositions(avis, exercices.iterator(), proposer or _part_proposee))
    mesurer_les_tables((Notation, Note, AvisInstruction, PropositionAnnuelle))


def _avis(contexte: Contexte, jury: Jury) -> AvisInstruction:
    points, numero = moyenne(jury.totaux) or 0, jury.ecrit.projet.numero or 0
    sens = SensDeLAvis.DEFAVORABLE
    if points >= RESERVE:
        sens = SensDeLAvis.FAVORABLE if points >= FAVORABLE else SensDeLAvis.RESERVE
    motifs = MOTIFS[sens]
    return AvisInstruction(
        projet=jury.ecrit.projet,
        sens=sens,
        motif=motifs[numero % len(motifs)],
        conditions=CONDITIONS[numero % len(CONDITIONS)] if sens == SensDeLAvis.RESERVE or ecart(jury.totaux) else "",
        rendu_par=instructeur_de(contexte, jury.ecrit),
        rendu_le=jury.ecrit.instant(jury.ecrit.demo.parcours.avis or timedelta()),
    )


def _propositions(
    avis: Mapping[int, AvisInstruction], exercices: Iterator[ExerciceProjet], proposer: Proposer
) -> Iterator[PropositionAnnuelle]:
    for exercice in exercices:
        rendu = avis[exercice.projet_id]
        yield PropositionAnnuelle(
            avis=rendu,
            annee=exercice.annee,
            montant=proposer(rendu, exercice),
            montant_demande=exercice.montant_demande,
            cout_eligible=exercice.cout,
        )


def _part_proposee(rendu: AvisInstruction, exercice: ExerciceProjet) -> Decimal:
    """La part proposée de ce qui est demandé, arrondie à cent euros vers le bas."""
    part = PART_PROPOSEE[SensDeLAvis(rendu.sens)]
    montant = exercice.montant_demande * part // 10_000 * 100
    return montant or (exercice.montant_demande if part else Decimal(0))
