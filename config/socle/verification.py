"""Vérifier le journal contre ses sceaux : quel jour, quelle ligne, et ce qui n’y est plus comme le jour dit."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db.models import Q

from config.socle.models import Journal, SceauDuJournal
from config.socle.sceaux import (
    GENESE,
    REPERE,
    UN_JOUR,
    bornes,
    composer,
    dernier_jour_a_sceller,
    empreinte_de_la_ligne,
    jour_de,
    lignes_du_jour,
)

RETARD_ADMIS = timedelta(days=1)  # un acte long, un service arrêté la nuit : la nuit d’après l’a rattrapé


@dataclass(frozen=True, slots=True)
class Anomalie:
    """Ce qui ne va pas un jour ; `ligne` : l’identifiant de la première ligne fautive, s’il y en a une."""

    jour: date
    ligne: int | None
    phrase: str

    def __str__(self) -> str:
        return f"{self.jour:%d/%m/%Y} : {self.phrase}"


@dataclass(slots=True)
class Constat:
    """`lignes` : celles que les sceaux couvrent ; `a_sceller` : celles des jours pas encore scellés."""

    sceaux: int = 0
    lignes: int = 0
    a_sceller: int = 0
    dernier: SceauDuJournal | None = None
    anomalies: list[Anomalie] = field(default_factory=list)


def verifier_le_journal(*, instant: datetime, temoin: str = "") -> Constat:
    """Refait chaque sceau d’après le journal présent. `temoin` : une empreinte gardée ailleurs, qui doit s’y trouver.

    Qui est maître de la base peut refaire tout le journal et tous ses sceaux : seule une empreinte gardée hors de la
    base (celle d’un export) le montre. C’est à quoi sert le témoin.
    """
    constat = Constat()
    precedent: SceauDuJournal | None = None
    temoin_vu = False
    for sceau in SceauDuJournal.objects.order_by("jour").iterator(chunk_size=100):
        constat.anomalies += _chaine(precedent, sceau)
        constat.anomalies += _contenu(sceau)
        constat.sceaux += 1
        constat.lignes += sceau.nombre
        temoin_vu = temoin_vu or sceau.empreinte == temoin
        precedent = sceau
    constat.dernier = precedent
    constat.anomalies += _hors_des_sceaux(constat, instant)
    if temoin and not temoin_vu:
        jour = precedent.jour if precedent else jour_de(instant)
        constat.anomalies.append(Anomalie(jour, None, f"aucun sceau ne porte l’empreinte témoin {temoin}."))
    return constat


def _chaine(precedent: SceauDuJournal | None, sceau: SceauDuJournal) -> Iterator[Anomalie]:
    """Un sceau par jour, sans trou, et chacun dit l’empreinte de celui d’avant."""
    if precedent and sceau.jour != precedent.jour + UN_JOUR:
        manque = precedent.jour + UN_JOUR
        yield Anomalie(manque, None, "le sceau de ce jour manque, alors qu’un jour suivant est scellé.")
    elif sceau.precedente != (precedent.empreinte if precedent else GENESE):
        avant = f"celui du {precedent.jour:%d/%m/%Y}" if precedent else "le début du journal"
        yield Anomalie(sceau.jour, None, f"la chaîne est rompue : ce sceau ne suit pas {avant}.")


def _contenu(sceau: SceauDuJournal) -> Iterator[Anomalie]:
    """Les lignes du jour sont celles qui ont été scellées."""
    refait = composer(sceau.jour, sceau.precedente, lignes_du_jour(sceau.jour))
    if refait.empreinte == sceau.empreinte:
        if (refait.nombre, refait.premier_id, refait.dernier_id) != (sceau.nombre, sceau.premier_id, sceau.dernier_id):
            yield Anomalie(sceau.jour, None, "le sceau a été modifié : son nombre de lignes ou ses bornes sont faux.")
        return
    ligne, phrase = _premiere_faute(sceau)
    yield Anomalie(sceau.jour, ligne, phrase)


def _premiere_faute(sceau: SceauDuJournal) -> tuple[int | None, str]:
    """La première ligne qui n’est pas celle du relevé, dans l’ordre des identifiants."""
    attendues = dict(REPERE.iter_unpack(bytes(sceau.releve)))
    for ligne in lignes_du_jour(sceau.jour):
        prochaine = next(iter(attendues), ligne.pk)
        if prochaine < ligne.pk:
            return prochaine, _disparue(prochaine)
        attendue = attendues.pop(ligne.pk, None)
        if attendue is None:
            return ligne.pk, f"la ligne {ligne.pk} (« {ligne.acte} ») a été ajoutée après le sceau."
        if empreinte_de_la_ligne(ligne)[:8] != attendue:
            return ligne.pk, f"la ligne {ligne.pk} (« {ligne.acte} ») a été modifiée après le sceau."
    for pk in attendues:
        return pk, _disparue(pk)
    return None, "le sceau a été modifié : son empreinte n’est pas celle des lignes de ce jour."


def _disparue(pk: int) -> str:
    return f"la ligne {pk} a été supprimée, ou sa date changée, après le sceau."


def _hors_des_sceaux(constat: Constat, instant: datetime) -> Iterator[Anomalie]:
    """Les lignes d’avant le premier sceau, et les jours que la nuit n’a pas scellés."""
    premier = SceauDuJournal.objects.defer("releve").first()
    if premier is None or constat.dernier is None:
        constat.a_sceller = Journal.objects.count()
        plus_vieille = Journal.objects.order_by("quand").first()
    else:
        debut, fin = bornes(premier.jour)[0], bornes(constat.dernier.jour)[1]
        dehors = Journal.objects.filter(Q(quand__lt=debut) | Q(quand__gte=fin))
        avant = dehors.filter(quand__lt=debut).order_by("pk").first()
        if avant:
            phrase = f"la ligne {avant.pk} (« {avant.acte} ») est d’avant le premier sceau : elle a été ajoutée."
            yield Anomalie(jour_de(avant.quand), avant.pk, phrase)
        constat.a_sceller = dehors.filter(quand__gte=fin).count()
        plus_vieille = dehors.filter(quand__gte=fin).order_by("quand").first()
    attendu = dernier_jour_a_sceller(instant) - RETARD_ADMIS
    suivant = constat.dernier.jour + UN_JOUR if constat.dernier else None
    if suivant is None and plus_vieille:
        suivant = jour_de(plus_vieille.quand)
    if suivant and suivant <= attendu:
        ligne = plus_vieille.pk if plus_vieille else None
        yield Anomalie(
            suivant, ligne, "ce jour fini n’est pas scellé : la nuit ne l’a pas fait, ou on a retiré le sceau."
        )
