"""Lire le tableau d’un programme : chaque ligne est jugée, toutes les erreurs sont relevées."""

import re
from collections.abc import Callable, Mapping, Sequence

from config.socle.lecture.cellules import lire_booleen, lire_entier, lire_montant, lire_texte
from config.socle.lecture.entetes import Colonne, Correspondance, normaliser_entete, rapprocher
from config.socle.lecture.erreurs import LecteurDeLigne, Releve
from config.socle.lecture.identifiants import lire_rna, lire_siret
from config.socle.lecture.tableau import Cellule, CelluleFusionnee, Tableau, en_texte
from config.socle.montants import en_centimes, en_euros, format_euros
from financements.imports.deja_vus import DejaVus
from financements.imports.lignes import Lecture, LigneProgramme, colonnes_du_programme
from financements.imports.referentiel import Referentiel, lire_forme_juridique

AUTRE_ANNEE = re.compile(r"montant_\d{4}")
DIT_L_ACTION = ("numero", "organisme", "siret", "rna", "intitule", "deliberation")
TOTAL = re.compile(r"\s*(?:sous[\s-]*)?total\b", re.IGNORECASE)
PAS = 250  # lignes entre deux nouvelles de l’avancement

Avancer = Callable[[int], None]


def lire_programme(tableau: Tableau, referentiel: Referentiel, avancer: Avancer = lambda _lues: None) -> Lecture:
    """Toutes les lignes du tableau, ou toutes ses erreurs. `avancer(lignes lues)` est appelé de temps en temps."""
    attendues = colonnes_du_programme(referentiel.annees)
    colonnes = rapprocher(tableau.entetes, attendues)
    releve, avertissements = Releve(), Releve()
    _juger_les_entetes(tableau, colonnes, referentiel, releve)
    lignes: list[LigneProgramme] = []
    vus, lues = DejaVus(), 0
    if _est_un_programme(colonnes, attendues):
        positions = {nom: rang for nom, rang in colonnes.positions.items() if nom not in colonnes.doublons}
        for lues, ligne in enumerate(tableau.lignes(), start=1):
            lecteur = LecteurDeLigne(ligne, positions, releve)
            lecteur.refuser_ce_qui_deborde(tableau)
            if _est_un_total(lecteur):
                lecteur.refuser("numero", "une action : cette ligne semble être un total, retirez-la")
            else:
                lignes += _lire_ligne(lecteur, referentiel, vus, avertissements)
            if lues % PAS == 0:
                avancer(lues)
            if releve.est_plein:
                break
        if not lues:
            releve.ajouter(tableau.ligne_entetes, "", "", "au moins une action sous la ligne d’en-têtes")
    return Lecture(lignes, releve.par_ligne(), avertissements.par_ligne(), colonnes.inconnues, lues, vus.rna_du_siret)


def _est_un_programme(colonnes: Correspondance, attendues: Sequence[Colonne]) -> bool:
    """Vrai si le fichier a la moitié des colonnes obligatoires : en deçà, juger ses lignes ne dirait rien d’utile."""
    obligatoires = sum(colonne.est_obligatoire for colonne in attendues)
    return 2 * len(colonnes.manquantes) <= obligatoires


def _juger_les_entetes(tableau: Tableau, colonnes: Correspondance, referentiel: Referentiel, releve: Releve) -> None:
    ligne, periode = tableau.ligne_entetes, f"{referentiel.annees[0]} à {referentiel.annees[-1]}"
    for nom in colonnes.manquantes:
        releve.ajouter(ligne, nom, "", "cette colonne est obligatoire et le fichier ne l’a pas")
    for nom, entetes in colonnes.doublons.items():
        releve.ajouter(ligne, nom, ", ".join(entetes), "une seule colonne de ce nom")
    for entete in colonnes.inconnues:
        if AUTRE_ANNEE.fullmatch(normaliser_entete(entete)):
            releve.ajouter(ligne, entete, "", f"une année de l’appel ({periode}) : retirez cette colonne")


def _est_un_total(lecteur: LecteurDeLigne) -> bool:
    """Vrai si rien n’y nomme une action, hormis peut-être le mot « total », et qu’il reste des montants."""
    cellules = map(lecteur.cellule, DIT_L_ACTION)
    textes = [cellule for cellule in cellules if cellule is not None and not isinstance(cellule, CelluleFusionnee)]
    dit_total = any(isinstance(texte, str) and TOTAL.match(texte) for texte in textes)
    return len(textes) == dit_total and lecteur.cellule("cout_total") is not None


def _lire_ligne(
    lecteur: LecteurDeLigne, referentiel: Referentiel, vus: DejaVus, avertissements: Releve
) -> list[LigneProgramme]:
    """La ligne dans une liste, ou une liste vide si elle a une erreur (déjà relevée)."""
    valeurs = {
        "numero": lecteur.lire("numero", _lire_numero),
        "axe": lecteur.lire("axe", referentiel.lire_axe),
        "organisme": lecteur.lire("organisme", _texte(200)),
        "siret": _lire_identifiant(lecteur, "siret", lire_siret),
        "rna": _lire_identifiant(lecteur, "rna", lire_rna),
        "forme_juridique": lecteur.lire_si_dit("forme_juridique", lire_forme_juridique, ""),
        "intitule": lecteur.lire("intitule", _texte(300)),
        "parts": lecteur.lire("territoires", referentiel.lire_territoires),
        "allocataires_prevus": lecteur.lire("allocataires_prevus", lire_entier),
        "cout_total": lecteur.lire("cout_total", _lire_centimes),
        "montants": _lire_montants(lecteur, referentiel),
        "montant_fse": _lire_fse(lecteur),
        "deliberation": lecteur.lire("deliberation", _texte(60)),
        "date_deliberation": lecteur.lire("date_deliberation", referentiel.lire_date_deliberation),
        "sous_type": lecteur.lire_si_dit("sous_type", _texte(40), ""),
    }
    if valeurs["siret"] == "" and valeurs["rna"] == "":
        lecteur.refuser("siret", "un SIRET ou un numéro RNA : l’organisme doit être reconnu")
        valeurs["siret"] = None
    juste = _verifier_les_montants(lecteur, valeurs, referentiel) & vus.sont_coherents(lecteur, valeurs)
    juste &= lecteur.lire_si_dit("commune", en_texte, "") is not None
    if not juste or any(valeur is None for valeur in valeurs.values()):
        return []
    commune = _lire_commune(lecteur, referentiel, avertissements)
    for identifiant in ("siret", "rna"):
        valeurs[identifiant] = valeurs[identifiant] or None
    if not lecteur.a_la_colonne("sous_type"):
        valeurs["sous_type"] = None
    return [LigneProgramme(ligne=lecteur.numero, commune=commune, **valeurs)]  # type: ignore[arg-type]


def _lire_numero(cellule: Cellule) -> int:
    return lire_entier(cellule, minimum=1)


def _lire_centimes(cellule: Cellule) -> int:
    return en_centimes(lire_montant(cellule))


def _texte(maximum: int) -> Callable[[Cellule], str]:
    return lambda cellule: lire_texte(cellule, maximum=maximum)


def _lire_identifiant(lecteur: LecteurDeLigne, colonne: str, lire: Callable[[Cellule], str]) -> str | None:
    """Vide si la cellule l’est ; `None` si elle est refusée, ou si la colonne manque."""
    return lecteur.lire_si_dit(colonne, lire, "") if lecteur.a_la_colonne(colonne) else None


def _lire_montants(lecteur: LecteurDeLigne, referentiel: Referentiel) -> tuple[tuple[int, int], ...] | None:
    """Les années financées ; une cellule vide ou zéro : pas de crédit cette année-là. `None` si l’une manque."""
    lus = [(annee, lecteur.lire_si_dit(f"montant_{annee}", _lire_centimes, 0)) for annee in referentiel.annees]
    if any(montant is None or not lecteur.a_la_colonne(f"montant_{annee}") for annee, montant in lus):
        return None
    return tuple((annee, montant) for annee, montant in lus if montant)


def _lire_fse(lecteur: LecteurDeLigne) -> int | None:
    """L’aide du FSE en centimes ; « oui » va avec un montant, « non » ou rien sans montant."""
    est_fse = lecteur.lire_si_dit("fse", lire_booleen, vide=False)
    montant = lecteur.lire_si_dit("montant_fse", _lire_centimes, 0)
    if est_fse is None or montant is None or not (lecteur.a_la_colonne("fse") and lecteur.a_la_colonne("montant_fse")):
        return None
    if est_fse and not montant:
        lecteur.refuser("montant_fse", "le montant de l’aide du FSE, puisque la colonne fse dit « oui »")
        return None
    if montant and not est_fse:
        lecteur.refuser("fse", "« oui », puisque la colonne montant_fse porte un montant")
        return None
    return montant


def _verifier_les_montants(lecteur: LecteurDeLigne, valeurs: Mapping[str, object], referentiel: Referentiel) -> bool:
    """Quelque chose est attribué, et l’aide (FSE compris) ne dépasse pas le coût."""
    montants, cout, fse = valeurs["montants"], valeurs["cout_total"], valeurs["montant_fse"]
    if not isinstance(montants, tuple):
        return False
    attribue = sum(montant for _, montant in montants)
    if not attribue:
        premiere = lecteur.premiere(f"montant_{annee}" for annee in referentiel.annees)
        lecteur.refuser(premiere, "au moins un montant positif parmi les années")
    elif isinstance(cout, int) and attribue > cout:
        lecteur.refuser("cout_total", f"un coût total au moins égal au montant attribué ({_euros(attribue)})")
    elif isinstance(cout, int) and isinstance(fse, int) and attribue + fse > cout:
        total = _euros(attribue + fse)
        lecteur.refuser("cout_total", f"un coût total au moins égal au montant attribué plus l’aide du FSE ({total})")
    else:
        return True
    return False


def _euros(centimes: int) -> str:
    return format_euros(en_euros(centimes))


def _lire_commune(lecteur: LecteurDeLigne, referentiel: Referentiel, avertissements: Releve) -> int | None:
    """La commune du siège ; inconnue, elle est laissée vide avec un avertissement (le siège peut être ailleurs)."""
    cellule = lecteur.cellule("commune")
    if cellule is None:
        return None
    commune = referentiel.chercher_commune(cellule)
    if not commune:
        raison = "plusieurs communes portent ce nom (écrire le code Insee)" if commune == 0 else "commune inconnue"
        avertissements.ajouter(lecteur.numero, "commune", str(cellule), f"{raison} : laissée vide")
    return commune or None
