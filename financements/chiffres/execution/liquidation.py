"""Ce qui empêche chaque versement d’être liquidé : jugé en SQL pour une file, dit en français pour une page."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import reduce
from typing import cast

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    JSONField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast

from comptes.models import CompteBancaire
from config.socle.montants import en_centimes
from financements.chiffres.conventions import actions_obligees
from financements.models import (
    Bilan,
    Convention,
    CreditAnnuel,
    Decision,
    MouvementDEngagement,
    PieceDeVersement,
    ProcedureContradictoire,
    ReportDeCredits,
    SoldeArrete,
    Versement,
)
from financements.rules.liquidation import Situation, manques
from financements.states.execution import (
    PROCEDURES_EN_COURS,
    VERSEMENTS_COMPTES,
    EtatBilan,
    EtatConvention,
    EtatVersement,
    NatureDeVersement,
    SorteDeProcedure,
)
from projets.models import AppelAProjets, Saisie

# Nom de l’annotation → ce qu’on en dit dans la file, à filtrer.
OBSTACLES: dict[str, str] = {
    "attend_notification": "notification",
    "attend_convention": "convention",
    "est_finie": "convention résiliée ou caduque",
    "attend_bilan": "bilan",
    "attend_solde": "solde à arrêter",
    "attend_pieces": "pièces",
    "attend_compte": "RIB",
    "attend_procedure": "procédure en cours",
    "est_suspendu": "suspension",
}
_AUCUNE = Value(0)  # les crédits de paiement ne sont d’aucune action
SIGNEES = (EtatConvention.SIGNEE, EtatConvention.SOLDEE, EtatConvention.RESILIEE)  # résiliée : `est_finie` le dit
LIQUIDABLES = (EtatVersement.PREVU.value, EtatVersement.REJETE.value)
# À liquider dès que les crédits le permettent ; pour un versement passé par `avec_obstacles`. Un CASE se juge ligne à
# ligne, dans l’ordre : ces conditions prises à part donnent des jointures mal estimées, sept fois plus lentes.
_SANS_OBSTACLE = reduce(Q.__and__, (Q(**{nom: False}) for nom in OBSTACLES), Q(etat__in=LIQUIDABLES) & ~Q(montant=0))
EST_PRET = Case(When(_SANS_OBSTACLE, then=True), default=False)


def avec_obstacles(
    versements: QuerySet[Versement], appel: AppelAProjets, actions: Collection[int] | None = None
) -> QuerySet[Versement]:
    """Ajoute chaque obstacle (`OBSTACLES`), vrai ou faux ; `EST_PRET` dit s’il n’en reste aucun.

    `actions` : celles des versements, si on les connaît : seul le cumul de leurs organismes se lit.
    """
    muettes = Decision.objects.filter(projet=OuterRef("action__projet"), notification__isnull=True)
    siennes = Convention.objects.filter(action=OuterRef("action"))
    resiliees, caduques = siennes.filter(etat=EtatConvention.RESILIEE), siennes.filter(etat=EtatConvention.CADUQUE)
    soldes = SoldeArrete.objects.filter(action=OuterRef("action"), annee=OuterRef("annee"))
    signees = siennes.filter(etat__in=SIGNEES)
    bilans = Bilan.objects.filter(
        action=OuterRef("action"), annee=OuterRef("attend_le_bilan_de"), etat=EtatBilan.VALIDE
    )
    arretes = SoldeArrete.objects.filter(
        action=OuterRef("action"), annee=OuterRef("annee"), arrete_le__gte=OuterRef("valide_le")
    )
    du_bilan = Bilan.objects.filter(action=OuterRef("action"), annee=OuterRef("annee"), etat=EtatBilan.VALIDE)
    comptes = CompteBancaire.objects.filter(organisme=OuterRef("action__projet__organisme"), est_archive=False)
    procedures = ProcedureContradictoire.objects.filter(action=OuterRef("action"), etat__in=PROCEDURES_EN_COURS)
    obliges = actions_obligees(appel, actions).values("pk")
    return versements.annotate(
        attend_notification=Exists(muettes),
        # Dans cet ordre : les aides des organismes ne se cumulent que si une action attendue n’a rien de signé.
        attend_convention=_vrai(Q(attend_la_convention=True) & ~Exists(signees) & Q(action__in=obliges)),
        est_finie=_vrai(Exists(caduques) | Exists(resiliees) & ~Exists(soldes)),
        attend_bilan=_vrai(Q(attend_le_bilan_de__isnull=False) & ~Exists(bilans)),
        attend_solde=_vrai(Q(nature=NatureDeVersement.SOLDE) & ~Exists(du_bilan.filter(Exists(arretes)))),
        attend_pieces=Exists(PieceDeVersement.objects.filter(versement=OuterRef("pk"), verifiee_par__isnull=True)),
        attend_compte=~Exists(comptes),
        attend_procedure=Exists(procedures),
        est_suspendu=_vrai(Q(etat=EtatVersement.SUSPENDU)),
    )


def _vrai(condition: Q | Combinable) -> ExpressionWrapper[Q]:
    return ExpressionWrapper(cast(Q, condition), output_field=BooleanField())


def _en_json(champ: str) -> Func:
    """La valeur de ce champ, telle qu’une saisie la garde : un texte JSON."""
    texte = Cast(OuterRef(champ), CharField())
    return Func(texte, template="to_jsonb(%(expressions)s::text)", output_field=JSONField())


def avec_le_compte(versements: QuerySet[Versement]) -> QuerySet[Versement]:
    """Ajoute `compte_a_payer` : celui que le projet a choisi, sinon le plus ancien qui serve encore à l’organisme."""
    choisi = Saisie.objects.filter(
        projet=OuterRef(OuterRef("action__projet")), champ="compte_bancaire", valeur=_en_json("cle")
    )
    comptes = (
        CompteBancaire.objects.filter(organisme=OuterRef("action__projet__organisme"), est_archive=False)
        .annotate(cle=F("pk"), est_choisi=Exists(choisi))
        .order_by("-est_choisi", "pk")
    )
    return versements.annotate(compte_a_payer=Subquery(comptes.values("pk")[:1]))


def cp_libres(appel: AppelAProjets) -> dict[int, int]:
    """Exercice → centimes de crédits de paiement que rien n’a pris, reports compris. Une requête."""
    return credits_libres(appel, [])[0]


def credits_libres(
    appel: AppelAProjets, actions: Collection[int]
) -> tuple[dict[int, int], dict[tuple[int, int], int]]:
    """`cp_libres`, et (action, exercice) → centimes engagés que rien n’a pris. Une requête."""
    ouverts = CreditAnnuel.objects.filter(enveloppe__appel=appel).values_list(_AUCUNE, "annee", "montant_cp")
    reports = ReportDeCredits.objects.filter(enveloppe__appel=appel)
    cedes = reports.values_list(_AUCUNE, "de", -F("montant"))
    recus = reports.values_list(_AUCUNE, "vers", "montant")
    verses = Versement.objects.filter(etat__in=VERSEMENTS_COMPTES).order_by()
    pris = verses.filter(action__projet__appel=appel).values_list(_AUCUNE, "exercice").annotate(somme=-Sum("montant"))
    mouvements = MouvementDEngagement.objects.filter(action__in=actions).order_by()
    engages = mouvements.values_list("action", "exercice").annotate(somme=Sum("montant"))
    consommes = verses.filter(action__in=actions).values_list("action", "exercice").annotate(somme=-Sum("montant"))
    cp: dict[int, int] = defaultdict(int)
    libres: dict[tuple[int, int], int] = defaultdict(int)
    for action, exercice, euros in ouverts.union(cedes, recus, pris, engages, consommes, all=True):
        if action:
            libres[action, exercice] += en_centimes(euros)
        else:
            cp[exercice] += en_centimes(euros)
    return dict(cp), dict(libres)


def situations(
    versements: Iterable[Versement], cp: dict[int, int] | None, engages: dict[tuple[int, int], int] | None
) -> dict[int, list[str]]:
    """Versement → ce qui manque pour le liquider. `versements` : passés par `avec_obstacles`, pièces préchargées.

    `cp` et `engages` : ce qui reste libre ; un rejeté, déjà compté, se retrouve dans les siens. None : l’argent ne se
    juge pas, ce n’est pas à l’organisme d’y pourvoir.
    """
    lus = list(versements)
    attendent = {versement.action_id for versement in lus if _lu(versement, "attend_procedure")}
    en_cours = ProcedureContradictoire.objects.en_cours().filter(action__in=attendent)
    procedures = dict(en_cours.values_list("action", "sorte")) if attendent else {}
    libelles = {str(valeur): str(libelle) for valeur, libelle in SorteDeProcedure.choices}
    return {
        versement.pk: manques(
            _situation(versement, cp, engages, libelles.get(procedures.get(versement.action_id, ""), ""))
        )
        for versement in lus
    }


def _lu(versement: Versement, annotation: str) -> bool:
    return bool(getattr(versement, annotation))


def _situation(
    versement: Versement, cp: dict[int, int] | None, engages: dict[tuple[int, int], int] | None, procedure: str
) -> Situation:
    montant = en_centimes(versement.montant)
    rendu = montant if versement.etat in VERSEMENTS_COMPTES else 0
    pieces = [piece for piece in versement.pieces.all() if piece.verifiee_par_id is None]
    return Situation(
        montant=montant,
        est_notifiee=not _lu(versement, "attend_notification"),
        convention_manque=_lu(versement, "attend_convention"),
        convention_finie=_lu(versement, "est_finie"),
        bilan_attendu=versement.attend_le_bilan_de,
        est_bilan_valide=not _lu(versement, "attend_bilan"),
        pieces_attendues=tuple(piece.libelle for piece in pieces if piece.recue_le is None),
        pieces_a_verifier=tuple(piece.libelle for piece in pieces if piece.recue_le is not None),
        a_un_compte=not _lu(versement, "attend_compte"),
        est_suspendu=_lu(versement, "est_suspendu"),
        procedure=procedure,
        solde_a_arreter=_lu(versement, "attend_solde"),
        engage_libre=None if engages is None else engages.get((versement.action_id, versement.exercice), 0) + rendu,
        cp_libres=None if cp is None else cp.get(versement.exercice, 0) + rendu,
        exercice=versement.exercice,
    )
