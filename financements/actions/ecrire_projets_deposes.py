"""Écrire en bloc des projets déposés inventés, comme autant de dépôts les auraient laissés. Démonstration et mesures.

Chaque projet passe par l’état de brouillon, le seul où une pièce se joint, puis reçoit le sien.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from comptes.models import CompteBancaire, Document, Organisme, Personne
from config.socle.montants import en_euros
from config.socle.statistiques import mesurer_les_tables
from financements.demonstration.instruction import textes
from financements.demonstration.instruction.copie import ACopier, Copieur
from financements.demonstration.instruction.organismes import COMPTES_COMPLETS, COMPTES_SIMPLES, papiers_d_un_projet
from financements.demonstration.instruction.projets import ProjetDemo
from projets.models import (
    AppelAProjets,
    Axe,
    Cofinancement,
    DemandeDeComplement,
    Depot,
    ExerciceProjet,
    LigneBudget,
    PartProjet,
    PieceDemandee,
    PieceJointe,
    Projet,
    Question,
)
from projets.rules.budget import BudgetVerifie
from projets.rules.depot import empreinte
from projets.rules.fusion import Valeur
from projets.states import EtatProjet
from territoires.models import Territoire

LOT = 1000  # projets écrits ensemble
REDACTION = timedelta(days=12)  # du premier mot au dépôt


@dataclass
class Contexte:
    """Ce que la base a déjà, par clé. `instructeurs` : par code de territoire ; `documents` : par (SIRET, papier).

    `est_leger` : ce que lisent les listes seulement, sans pièces, copies figées ni lignes de budget (mesures).
    `est_repris` : les projets n’ont pas été déposés ici : sans date de dépôt, aucun délai n’y court.
    """

    appel: AppelAProjets
    organismes: Mapping[str, Organisme]
    comptes: Mapping[int, CompteBancaire]
    documents: Mapping[tuple[str, str], Document]
    instructeurs: Mapping[str, Personne]
    deposants: Mapping[int, Personne] = field(default_factory=dict)
    est_leger: bool = False
    est_repris: bool = False
    axes: Mapping[int, Axe] = field(init=False)
    territoires: Mapping[str, Territoire] = field(init=False)
    pieces: Mapping[str, PieceDemandee] = field(init=False)
    questions: Mapping[str, int] = field(init=False)

    def __post_init__(self) -> None:
        prefetch_related_objects([self.appel], "axes", "questions")  # chaque copie les relirait
        self.axes = {axe.numero: axe for axe in self.appel.axes.all()}
        for axe in self.axes.values():
            axe.appel = self.appel
        self.territoires = {t.code: t for t in Territoire.objects.defer("contour")}
        self.pieces = {piece.intitule: piece for piece in self.appel.pieces.all()}
        self.questions = dict(Question.objects.filter(appel=self.appel).values_list("intitule", "pk"))


@dataclass
class Ecrit:
    """Un projet et ce qui en a été écrit."""

    demo: ProjetDemo
    projet: Projet
    pieces: list[PieceJointe] = field(default_factory=list)
    rendues: list[PieceJointe] = field(default_factory=list)

    def instant(self, duree: timedelta) -> datetime:
        """L’instant, à partir de la clôture de l’appel."""
        return self.projet.appel.ferme_le + duree


def ecrire_les_projets(contexte: Contexte, projets: Sequence[ProjetDemo]) -> list[Ecrit]:
    """Les projets, leurs copies figées, leurs données et leurs demandes ; numérotés dans l’ordre donné."""
    ecrits: list[Ecrit] = []
    for debut in range(0, len(projets), LOT):
        ecrits += _ecrire_un_lot(contexte, projets[debut : debut + LOT], debut)
    mesurer_les_tables((Projet, PartProjet, ExerciceProjet, LigneBudget))
    return ecrits


def _ecrire_un_lot(contexte: Contexte, projets: Sequence[ProjetDemo], debut: int) -> list[Ecrit]:
    lignes = [Ecrit(demo, _projet(contexte, demo, debut + rang)) for rang, demo in enumerate(projets, 1)]
    Projet.objects.bulk_create(ligne.projet for ligne in lignes)
    PartProjet.objects.bulk_create(
        PartProjet(projet=ligne.projet, territoire=contexte.territoires[code], pourcentage=part)
        for ligne in lignes
        for code, part in ligne.demo.parts
    )
    if contexte.est_leger:
        ExerciceProjet.objects.bulk_create(un for ligne in lignes for un in _exercices(ligne.projet, ligne.demo))
    else:
        _figer(contexte, lignes)
    DemandeDeComplement.objects.bulk_create(
        demande for ligne in lignes if (demande := _demande(contexte, ligne)) is not None
    )
    _poser_les_etats(lignes)
    return lignes


def _projet(contexte: Contexte, demo: ProjetDemo, numero: int) -> Projet:
    depose_le = None if contexte.est_repris else contexte.appel.ferme_le + demo.parcours.depose
    nombres = demo.allocataires.values()
    return Projet(
        appel=contexte.appel,
        numero=numero,
        axe=contexte.axes[demo.axe],
        organisme=contexte.organismes[demo.siret],
        intitule=demo.intitule,
        sous_type=demo.sous_type,
        allocataires_prevus=-(-sum(nombres) // len(nombres)),
        depose_le=depose_le,
        modifie_le=depose_le,
    )


def _joindre(contexte: Contexte, lignes: Sequence[Ecrit]) -> None:
    """Les pièces du dépôt ; après un complément, les comptes ont été remplacés."""
    jointes: list[PieceJointe] = []
    for ligne in lignes:
        demo, projet = ligne.demo, ligne.projet
        numero = projet.numero or 0
        for papier in papiers_d_un_projet(demo.axe, numero, est_reconduit=demo.est_reconduit):
            document = contexte.documents[demo.siret, papier.cle]
            piece = contexte.pieces[papier.piece]
            le = ligne.instant(demo.parcours.depose) - timedelta(hours=2)
            ligne.pieces.append(PieceJointe(projet=projet, piece=piece, document=document, jointe_le=le))
        ligne.rendues = list(ligne.pieces)
        if demo.parcours.rendue is not None:
            le = ligne.instant(demo.parcours.rendue) - timedelta(hours=1)
            retiree = next(j for j in ligne.pieces if j.document.nom == COMPTES_SIMPLES.nom)
            retiree.retiree_le = le
            neuf = contexte.documents[demo.siret, COMPTES_COMPLETS.cle]
            nouvelle = PieceJointe(projet=projet, piece=retiree.piece, document=neuf, jointe_le=le)
            ligne.rendues = [*(j for j in ligne.pieces if j is not retiree), nouvelle]
            jointes.append(nouvelle)
        jointes += ligne.pieces
    PieceJointe.objects.bulk_create(jointes)


def _figer(contexte: Contexte, lignes: Sequence[Ecrit]) -> None:
    """Les pièces, les copies, et les données de la dernière."""
    _joindre(contexte, lignes)
    temoins = {ligne.projet.axe_id: ligne.projet.pk for ligne in lignes}
    copieur = Copieur(list(temoins.values()))
    Depot.objects.bulk_create(depot for ligne in lignes for depot in _depots(contexte, copieur, ligne))
    _ecrire_les_budgets(lignes)


def _depots(contexte: Contexte, copieur: Copieur, ligne: Ecrit) -> Iterator[Depot]:
    demo, parcours = ligne.demo, ligne.demo.parcours
    yield _depot(contexte, copieur, ligne, (demo, ligne.pieces, 1, parcours.depose))
    if demo.suite is not None and parcours.rendue is not None:
        yield _depot(contexte, copieur, ligne, (demo.suite, ligne.rendues, 2, parcours.rendue))


def _depot(
    contexte: Contexte, copieur: Copieur, ligne: Ecrit, quoi: tuple[ProjetDemo, list[PieceJointe], int, timedelta]
) -> Depot:
    demo, pieces, version, duree = quoi
    projet, instant = ligne.projet, ligne.instant(duree)
    organisme, compte = projet.organisme, contexte.comptes[projet.organisme_id]
    deposant = contexte.deposants.get(organisme.pk)
    qui = {"nom": organisme.representant_nom, "courriel": organisme.courriel}
    if deposant is not None:
        qui = {"nom": str(deposant), "courriel": deposant.email}
    valeurs: dict[str, Valeur] = {
        **demo.saisies,
        "axe": str(projet.axe_id),
        "contact_nom": qui["nom"],
        "contact_courriel": qui["courriel"],
        "contact_telephone": organisme.telephone,
        "compte_bancaire": str(compte.pk),
        **{f"question_{contexte.questions[q]}": reponse for q, reponse in demo.reponses.items()},
    }
    contenu = copieur.copier(projet, ACopier(valeurs, demo.budget, pieces, compte, qui), instant)
    return Depot(
        projet=projet,
        version=version,
        depose_le=instant,
        depose_par=deposant,
        contenu=contenu,
        empreinte=empreinte(contenu),
    )


def _ecrire_les_budgets(lignes: Sequence[Ecrit]) -> None:
    """Les tables typées sont celles de la dernière version ; les saisies se lisent dans la dernière copie."""
    par_modele: dict[type[Any], list[Any]] = defaultdict(list)
    for ligne in lignes:
        for objet in _budget(ligne.projet, ligne.demo.suite or ligne.demo):
            par_modele[type(objet)].append(objet)
    for modele, objets in par_modele.items():
        modele.objects.bulk_create(objets)
    with connection.cursor() as curseur:
        curseur.execute(
            """
            INSERT INTO projets_saisie (projet_id, champ, valeur, saisie_le, version)
            SELECT d.projet_id, s.key, s.value, d.depose_le, 1
              FROM projets_depot d, jsonb_each(d.contenu -> 'saisies') s
             WHERE d.projet_id = ANY(%s)
               AND d.version = (SELECT max(version) FROM projets_depot a WHERE a.projet_id = d.projet_id)
            """,
            [[ligne.projet.pk for ligne in lignes]],
        )


def _budget(projet: Projet, demo: ProjetDemo) -> Iterator[Any]:
    verifie = demo.budget.verifie()
    yield from _exercices(projet, demo)
    for li in verifie.lignes:
        yield LigneBudget(
            projet=projet,
            annee=li.annee,
            cote=li.cote,
            compte=li.compte,
            rang=li.rang,
            precision=li.precision,
            montant=en_euros(li.montant),
        )
    yield from cofinancements(projet, verifie)


def cofinancements(projet: Projet, verifie: BudgetVerifie) -> Iterator[Cofinancement]:
    """Les autres financeurs du budget, pas encore enregistrés."""
    for cofinanceur in verifie.cofinancements:
        yield Cofinancement(
            projet=projet,
            financeur=cofinanceur.financeur,
            precision=cofinanceur.precision,
            montant=en_euros(cofinanceur.montant),
            est_acquis=cofinanceur.est_acquis,
        )


def _exercices(projet: Projet, demo: ProjetDemo) -> Iterator[ExerciceProjet]:
    for annee in demo.budget.annees:
        cout, demande = en_euros(demo.budget.cout(annee)), en_euros(demo.budget.demande(annee))
        if cout:
            yield ExerciceProjet(projet=projet, annee=annee, cout=cout, montant_demande=demande)


def _demande(contexte: Contexte, ligne: Ecrit) -> DemandeDeComplement | None:
    parcours = ligne.demo.parcours
    if parcours.demandee is None:
        return None
    cloture = timezone.localtime(ligne.projet.appel.ferme_le).date()
    return DemandeDeComplement(
        projet=ligne.projet,
        texte=textes.MANQUES[(ligne.projet.numero or 0) % len(textes.MANQUES)],
        echeance=cloture + timedelta(days=parcours.echeance),
        demandee_par=instructeur_de(contexte, ligne),
        demandee_le=ligne.instant(parcours.demandee),
        repondue_le=ligne.instant(parcours.rendue) if parcours.rendue is not None else None,
    )


def instructeur_de(contexte: Contexte, ligne: Ecrit) -> Personne:
    """Celui du territoire principal du projet."""
    return contexte.instructeurs[ligne.demo.parts[0][0]]


def _poser_les_etats(lignes: Iterable[Ecrit]) -> None:
    """Chacun le sien, et la date où il a été commencé."""
    par_etat: dict[str, list[int]] = defaultdict(list)
    for ligne in lignes:
        ligne.projet.etat = EtatProjet(ligne.demo.parcours.etat)
        par_etat[ligne.projet.etat].append(ligne.projet.pk)
    for etat, cles in par_etat.items():
        Projet.objects.filter(pk__in=cles).update(etat=etat)
    tous = [ligne.projet.pk for ligne in lignes]
    Projet.objects.filter(pk__in=tous, depose_le__isnull=False).update(cree_le=F("depose_le") - REDACTION)
