"""Les colonnes de la file d’instruction : des données, parmi lesquelles chacun choisit."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache, partial

from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from config.socle.colonnes import Colonne
from config.socle.montants import format_euros_ronds, format_nombre
from projets.chiffres.file import LigneDeFile
from projets.rules.delais import ALERTE
from projets.rules.depot import reference
from projets.states import A_INSTRUIRE, NON_DECIDES, NOTABLES, TONS, EtatProjet

ColonneDeFile = Colonne[LigneDeFile]
TOUJOURS = ("intitule",)
PAR_DEFAUT = (
    "numero",
    "intitule",
    "organisme",
    "axe",
    "territoires",
    "montant",
    "etat",
    "rejet",
    "notes",
    "instructeurs",
)
LIBELLES = dict(EtatProjet.choices)
CASE = '<input type="checkbox" name="projets" value="{}" aria-label="Cocher {}">'


def colonnes_possibles(file: str = "") -> tuple[ColonneDeFile, ...]:
    """Toutes. `file` : les filtres et le tri, que le lien de chaque projet emporte pour aller de l’un à l’autre."""
    suite = f"?{urlencode({'file': file})}" if file else ""
    return (
        ColonneDeFile("numero", "N°", _reference, "nombre", tri="numero"),
        ColonneDeFile("intitule", "Projet", partial(_intitule, suite), "large", tri="intitule", est_entete=True),
        ColonneDeFile("organisme", "Organisme", lambda ligne: ligne.organisme, tri="organisme"),
        ColonneDeFile("axe", "Axe", lambda ligne: _axe(ligne.axe), tri="axe"),
        ColonneDeFile("territoires", "Territoires", lambda ligne: ligne.territoires or ""),
        ColonneDeFile("montant", "Demandé", _montant, "nombre", tri="montant", decroissant=True),
        ColonneDeFile("etat", "État", _etat, tri="etat"),
        ColonneDeFile("rejet", "Rejet implicite", partial(_rejet, timezone.localdate()), tri="rejet"),
        ColonneDeFile("notes", "Notes rendues", _notes),
        ColonneDeFile("instructeurs", "Instructeurs", _instructeurs),
        ColonneDeFile("depose", "Déposé le", _depose, tri="depose"),
        ColonneDeFile(
            "allocataires", "Allocataires par an", _allocataires, "nombre", "allocataires", decroissant=True
        ),
    )


def cles_choisies(texte: str) -> list[str]:
    """Les colonnes nommées (« numero,etat ») qui existent, l’intitulé toujours ; sans aucune, celles par défaut."""
    voulues = {cle for cle in texte.split(",") if cle}
    choisies = [c.cle for c in colonnes_possibles() if c.cle in voulues or (voulues and c.cle in TOUJOURS)]
    return choisies if voulues & set(choisies) else list(PAR_DEFAUT)


def colonnes_de_la_file(cles: Sequence[str], file: str) -> list[ColonneDeFile]:
    """La case à cocher, puis les colonnes choisies, dans l’ordre de la table."""
    case = ColonneDeFile("case", "", lambda ligne: format_html(CASE, ligne.pk, _reference(ligne)))
    return [case, *(colonne for colonne in colonnes_possibles(file) if colonne.cle in cles)]


def _intitule(suite: str, ligne: LigneDeFile) -> SafeString:
    """L’adresse est relative à celle de la file : sur cinquante lignes, cela se sent."""
    return format_html('<a href="{}/{}">{}</a>', ligne.pk, suite, ligne.intitule)


@lru_cache
def _axe(numero: int) -> SafeString:
    return format_html('<span class="axe axe-{}">{}</span>', numero, numero)


def _reference(ligne: LigneDeFile) -> str:
    return reference(ligne.prefixe, ligne.numero) if ligne.prefixe else str(ligne.numero)


def _montant(ligne: LigneDeFile) -> str:
    return format_euros_ronds(ligne.montant or Decimal(0))


def _etat(ligne: LigneDeFile) -> SafeString:
    return _pastille(LIBELLES[ligne.etat], TONS.get(ligne.etat, ""))


@lru_cache
def _pastille(texte: str, ton: str) -> SafeString:
    return format_html('<span class="etat{}">{}</span>', f" etat-{ton}" if ton else "", texte)


def _instructeurs(ligne: LigneDeFile) -> str | SafeString:
    if ligne.instructeurs:
        return ligne.instructeurs
    return format_html('<span class="discret">{}</span>', "personne" if ligne.etat in A_INSTRUIRE else "–")


def _notes(ligne: LigneDeFile) -> str:
    """« à noter » : par cette personne, ou par tous si elle lit toutes les notes."""
    if not ligne.notes_rendues:
        return "à noter" if ligne.etat in NOTABLES else "–"
    return f"{ligne.notes_rendues} sur {ligne.notes_attendues}"


def _depose(ligne: LigneDeFile) -> str:
    return timezone.localtime(ligne.depose_le).strftime("%d/%m/%Y") if ligne.depose_le else "–"


def _allocataires(ligne: LigneDeFile) -> str:
    return format_nombre(ligne.allocataires)


def _rejet(aujourd_hui: date, ligne: LigneDeFile) -> str | SafeString:
    """Le jour et ce qu’il en reste, en mots ; un complément attendu, ou qui n’est pas venu, se dit avec."""
    if ligne.rejet_le is None or ligne.etat not in NON_DECIDES:
        return "–"
    jours = (ligne.rejet_le - aujourd_hui).days
    reste = _en_mots(jours)
    texte = _pastille(reste, "defavorable" if jours < 0 else "attente") if jours <= ALERTE else reste
    return format_html(
        '{} <small class="discret">{}{}</small>', texte, f"{ligne.rejet_le:%d/%m/%Y}", _complement(ligne, aujourd_hui)
    )


def _en_mots(jours: int) -> str:
    """« dans 12 jours », « demain », « aujourd’hui », « passé de 3 jours »."""
    if jours in (0, 1):
        return ("aujourd’hui", "demain")[jours]
    if jours < 0:
        return f"passé de {-jours}\u00a0jour{'s' if jours < -1 else ''}"
    return f"dans {jours}\u00a0jours"


def _complement(ligne: LigneDeFile, aujourd_hui: date) -> str:
    if ligne.complement_le is None:
        return ""
    if ligne.complement_le < aujourd_hui:
        return f", complément attendu depuis le {ligne.complement_le:%d/%m/%Y}"
    return f", complément attendu le {ligne.complement_le:%d/%m/%Y}"
