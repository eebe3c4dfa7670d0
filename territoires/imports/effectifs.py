"""Lire un tableau d’effectifs par territoire : un ou plusieurs relevés, chacun complet."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils import timezone

from config.socle.lecture.cellules import ValeurRefusee, lire_date, lire_entier, lire_texte
from config.socle.lecture.entetes import Colonne, Correspondance, normaliser_entete, rapprocher
from config.socle.lecture.erreurs import ErreurLigne, LecteurDeLigne, Releve
from config.socle.lecture.tableau import Cellule, Tableau, en_texte
from territoires.models import ReleveEffectifs, Territoire

COLONNES = (
    Colonne("code", est_obligatoire=False, synonymes=("code_territoire", "code_du_territoire")),
    Colonne("territoire", est_obligatoire=False, synonymes=("nom", "nom_du_territoire")),
    Colonne("allocataires", est_obligatoire=False, synonymes=("effectif", "effectifs", "nombre")),
    Colonne("allocataires_fictif", est_obligatoire=False, synonymes=("effectif_fictif",)),
    Colonne("date", est_obligatoire=False, synonymes=("date_d_observation", "observe_le")),
    Colonne("unite", est_obligatoire=False),
    Colonne("source", est_obligatoire=False),
)
NOMBRES = ("allocataires", "allocataires_fictif")
UNITES = {
    normaliser_entete(mot): str(valeur)
    for valeur, libelle in ReleveEffectifs.Unite.choices
    for mot in (valeur, str(libelle))
}
PAS_A_VENIR = "une date d’observation qui n’est pas à venir"
ATTENDUES = frozenset(forme for colonne in COLONNES for forme in (colonne.nom, *colonne.synonymes))


@dataclass(frozen=True)
class Defauts:
    """Ce qui est dit à côté du fichier, pour les cellules absentes ou vides. `est_fictif` : valeurs inventées."""

    jour: date | None = None
    unite: str = ""
    source: str = ""
    est_fictif: bool = False


@dataclass
class ReleveLu:
    """Un relevé du fichier. `nombres` : code de territoire → effectif ; `lignes` : code → ligne du fichier."""

    observe_le: date
    unite: str
    source: str
    est_fictif: bool
    nombres: dict[str, int] = field(default_factory=dict)
    lignes: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class LectureEffectifs:
    """Ce que la lecture rend. S’il y a des erreurs, `releves` (leurs lignes justes) n’est pas à écrire."""

    releves: Sequence[ReleveLu]
    erreurs: Sequence[ErreurLigne]
    colonnes_ignorees: tuple[str, ...] = ()


def lire_effectifs_du_tableau(tableau: Tableau, defauts: Defauts) -> LectureEffectifs:
    """Tous les relevés du tableau, ou toutes ses erreurs : celles des en-têtes et celles des lignes."""
    colonnes, releve = rapprocher(tableau.entetes, COLONNES), Releve()
    _juger_les_entetes(tableau, colonnes, defauts, releve)
    positions = _colonnes_a_lire(colonnes)
    complets = _de_quoi_juger(defauts, positions)
    lus: dict[tuple[date, str, str], ReleveLu] = {}
    noms = dict(Territoire.objects.values_list("code", "nom"))
    chercher = _chercheur(noms)
    aux_entetes, lues = len(releve.erreurs), 0
    for ligne in tableau.lignes() if _est_un_releve(colonnes) else ():
        lues += 1
        lecteur = LecteurDeLigne(ligne, positions, releve)
        lecteur.refuser_ce_qui_deborde(tableau)
        _ranger(lecteur, chercher, complets, lus)
    if len(releve.erreurs) == aux_entetes:  # une ligne fausse n’est pas un territoire oublié
        for lu in lus.values():
            quel = f"le relevé du {lu.observe_le:%d/%m/%Y}" if complets == defauts else "le relevé"
            _verifier_complet(lu, noms, quel, releve)
    if not lues and _est_un_releve(colonnes):
        releve.ajouter(tableau.ligne_entetes, "", "", "au moins un territoire sous la ligne d’en-têtes")
    releves = list(lus.values()) if complets == defauts else []
    return LectureEffectifs(releves, releve.par_ligne(), colonnes.inconnues)


def _est_un_releve(colonnes: Correspondance) -> bool:
    """Vrai si le fichier a des territoires ou des nombres : sinon, juger ses lignes ne dirait rien d’utile."""
    return bool(colonnes.positions.keys() & {"code", "territoire", *NOMBRES})


def _colonnes_a_lire(colonnes: Correspondance) -> dict[str, int]:
    """Sans celles qui reviennent, ni les deux colonnes de nombres à la fois : on ne sait pas laquelle croire."""
    ecartees = set(colonnes.doublons)
    if colonnes.positions.keys() >= set(NOMBRES):
        ecartees |= set(NOMBRES)
    return {nom: rang for nom, rang in colonnes.positions.items() if nom not in ecartees}


def _de_quoi_juger(defauts: Defauts, positions: Mapping[str, int]) -> Defauts:
    """Une date, une unité, une source de fortune là où rien ne les dit : ce manque n’empêche pas de juger les lignes.

    Rend `defauts` lui-même si rien ne manque.
    """
    unite, source = ReleveEffectifs.Unite.values[0], "à dire"
    return replace(
        defauts,
        jour=defauts.jour or (None if "date" in positions else timezone.localdate()),
        unite=defauts.unite or ("" if "unite" in positions else unite),
        source=defauts.source or ("" if "source" in positions else source),
    )


def _juger_les_entetes(tableau: Tableau, colonnes: Correspondance, defauts: Defauts, releve: Releve) -> None:
    ligne, lues = tableau.ligne_entetes, colonnes.positions
    if not lues.keys() & {"code", "territoire"}:
        releve.ajouter(ligne, "territoire", "", "une colonne territoire ou code")
    if len(lues.keys() & set(NOMBRES)) != 1:
        releve.ajouter(
            ligne, "allocataires", "", "une colonne allocataires, ou allocataires_FICTIF pour des valeurs inventées"
        )
    for nom, valeur in (("date", defauts.jour), ("unite", defauts.unite), ("source", defauts.source)):
        if nom not in lues and not valeur:
            releve.ajouter(ligne, nom, "", f"une colonne {nom}, ou cette information donnée à côté du fichier")
    if defauts.jour and defauts.jour > timezone.localdate():
        releve.ajouter(0, "date", f"{defauts.jour:%d/%m/%Y}", PAS_A_VENIR)
    for nom, entetes in colonnes.doublons.items():
        releve.ajouter(ligne, nom, ", ".join(entetes), "une seule colonne de ce nom")


def _chercheur(noms: Mapping[str, str]) -> Callable[[Cellule], str]:
    codes = {normaliser_entete(mot): code for code, nom in noms.items() for mot in (code, nom)}

    def chercher(cellule: Cellule) -> str:
        code = codes.get(normaliser_entete(en_texte(cellule)))
        if code is None:
            raise ValeurRefusee(f"un territoire connu : {', '.join(noms.values())}")
        return code

    return chercher


def _ranger(
    lecteur: LecteurDeLigne,
    chercher: Callable[[Cellule], str],
    defauts: Defauts,
    lus: dict[tuple[date, str, str], ReleveLu],
) -> None:
    """Lit la ligne et la met dans son relevé ; une ligne fausse n’entre nulle part, ses erreurs sont relevées."""
    colonne = NOMBRES[0] if lecteur.a_la_colonne(NOMBRES[0]) else NOMBRES[1]
    code = _lire_territoire(lecteur, chercher)
    nombre = lecteur.lire(colonne, lire_entier)
    jour = lecteur.lire("date", _lire_jour) if _est_dit(lecteur, "date", defauts.jour) else defauts.jour
    unite = lecteur.lire("unite", lire_unite) if _est_dit(lecteur, "unite", defauts.unite) else defauts.unite
    source = lecteur.lire("source", lire_texte) if _est_dit(lecteur, "source", defauts.source) else defauts.source
    if code is None or nombre is None or jour is None or unite is None or source is None:
        return
    fictif = defauts.est_fictif or colonne == NOMBRES[1]
    lu = lus.setdefault((jour, unite, source), ReleveLu(jour, unite, source, fictif))
    if code in lu.nombres:
        lecteur.refuser(
            "territoire" if lecteur.a_la_colonne("territoire") else "code",
            f"chaque territoire une seule fois par relevé : celui-ci est déjà à la ligne {lu.lignes[code]}",
        )
        return
    lu.nombres[code], lu.lignes[code] = nombre, lecteur.numero


def _est_dit(lecteur: LecteurDeLigne, colonne: str, defaut: object) -> bool:
    """Vrai s’il faut lire la cellule : elle est remplie, ou rien ne la remplace."""
    return lecteur.cellule(colonne) is not None or not defaut


def _lire_territoire(lecteur: LecteurDeLigne, chercher: Callable[[Cellule], str]) -> str | None:
    """Le code et le nom, quand les deux sont donnés, désignent le même territoire."""
    remplies = [colonne for colonne in ("code", "territoire") if lecteur.cellule(colonne) is not None]
    if not remplies:
        remplies = [colonne for colonne in ("code", "territoire") if lecteur.a_la_colonne(colonne)][:1]
    codes = [lecteur.lire(colonne, chercher) for colonne in remplies]
    if not codes:
        return None
    if None not in codes and len(set(codes)) > 1:
        lecteur.refuser("territoire", f"le territoire du code {codes[0]}")
        return None
    return codes[0] if None not in codes else None


def _lire_jour(cellule: Cellule) -> date:
    lue = lire_date(cellule)
    if lue > timezone.localdate():
        raise ValeurRefusee(PAS_A_VENIR)
    return lue


def lire_unite(cellule: Cellule) -> str:
    """Une unité connue, par sa valeur ou son libellé."""
    unite = UNITES.get(normaliser_entete(en_texte(cellule)))
    if unite is None:
        raise ValeurRefusee(f"une unité connue : {', '.join(ReleveEffectifs.Unite.values)}")
    return unite


def _verifier_complet(lu: ReleveLu, noms: Mapping[str, str], quel: str, releve: Releve) -> None:
    """Un prorata sur un relevé incomplet serait faux : chaque territoire doit y être, et le total être positif."""
    absents = [nom for code, nom in noms.items() if code not in lu.nombres]
    if absents:
        releve.ajouter(0, "territoire", "", f"tous les territoires dans {quel} ; il manque {', '.join(absents)}")
    elif not any(lu.nombres.values()):
        releve.ajouter(0, "allocataires", "0", f"au moins un effectif positif dans {quel}")
