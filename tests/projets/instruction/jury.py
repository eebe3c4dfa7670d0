"""Un projet recevable à noter, sa grille, ses instructeurs ; noter et rendre d’un trait."""

from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction

from comptes.models import Personne
from projets.actions.noter import Saisie, rendre_la_notation
from projets.actions.rendre_un_avis import Contenu, Proposition, rendre_un_avis
from projets.models import AppelAProjets, AvisInstruction, Notation, Projet
from projets.states import EtatAppel, EtatProjet, SensDeLAvis
from tests.comptes.fabriques import PersonneFactory
from tests.projets.fabriques import AppelFactory, AxeFactory, CritereFactory, ProjetFactory
from tests.territoires.fabriques import TerritoireFactory

GRILLE = ((5, "60", None), (5, "40", None))


def appel_en_instruction(grille=GRILLE, **champs: object) -> AppelAProjets:
    """Un appel en instruction, avec un axe et une grille : (note maximale, poids, plancher)."""
    appel = AppelFactory(**{"etat": EtatAppel.INSTRUCTION, **champs})
    AxeFactory(appel=appel, numero=1)
    for ordre, (maximum, poids, plancher) in enumerate(grille, 1):
        CritereFactory(
            appel=appel,
            ordre=ordre,
            intitule=f"Critère {ordre}",
            note_maximale=maximum,
            poids=Decimal(poids),
            note_plancher=plancher,
        )
    appel.refresh_from_db()
    return appel


@transaction.atomic
def projet_a_noter(appel: AppelAProjets | None = None, **champs: object) -> Projet:
    """Un projet recevable."""
    appel = appel or appel_en_instruction()
    return ProjetFactory(**{"axe": appel.axes.first(), "etat": EtatProjet.RECEVABLE, **champs})


def instructeur_de(projet: Projet, **champs: object) -> Personne:
    """Un instructeur du premier territoire du projet."""
    personne = PersonneFactory(instructeur=True, **champs)
    personne.territoires.add(projet.parts.first().territoire)
    return personne


def saisie(projet: Projet, *valeurs: int | None, texte: str = "Parce que.") -> Saisie:
    """Une note par critère, dans l’ordre, toutes justifiées de même."""
    criteres = projet.appel.criteres.order_by("ordre")
    return Saisie({c.pk: (v, texte) for c, v in zip(criteres, valeurs, strict=True)})


def rendre(projet: Projet, auteur: Personne | None = None, valeurs: tuple[int, ...] = (4, 3)) -> Notation:
    """Une notation rendue, par un nouvel instructeur s’il n’est pas donné."""
    auteur = auteur or instructeur_de(projet)
    return rendre_la_notation(auteur=auteur, projet=projet, saisie=saisie(projet, *valeurs), version=0)


def contenu(projet: Projet, sens: str = "favorable", montants: Mapping[int, str] | None = None, **champs) -> Contenu:
    """Un avis qui propose tout ce qui est demandé, ou rien s’il est défavorable."""
    propositions = {
        e.annee: Proposition(
            Decimal((montants or {}).get(e.annee, 0 if sens == "defavorable" else e.montant_demande)), e.cout
        )
        for e in projet.exercices.all()
    }
    return Contenu(SensDeLAvis(sens), **{"motif": "Projet solide.", "propositions": propositions, **champs})


def avis_rendu(projet: Projet, auteur: Personne | None = None, **champs) -> AvisInstruction:
    """Un avis sur un projet noté autant qu’il faut."""
    auteur = auteur or instructeur_de(projet)
    dernier = projet.avis.order_by("version").last()
    version = dernier.version if dernier else 0
    return rendre_un_avis(auteur=auteur, projet=projet, contenu=contenu(projet, **champs), version=version)


def projet_instruit(appel: AppelAProjets | None = None, **champs: object) -> Projet:
    """Noté une fois, avis favorable rendu."""
    projet = projet_a_noter(appel, **champs)
    rendre(projet)
    avis_rendu(projet)
    projet.refresh_from_db()
    return projet


def ailleurs() -> Personne:
    """Un instructeur d’un territoire étranger au projet."""
    personne = PersonneFactory(instructeur=True)
    personne.territoires.add(TerritoireFactory())
    return personne
