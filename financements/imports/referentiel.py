"""Ce que l’import connaît d’avance : l’appel, ses axes, les territoires, les communes."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from django.utils import timezone

from comptes.states import FormeJuridique
from config.socle.lecture.cellules import ValeurRefusee, lire_date, lire_entier, lire_pourcentage, lire_texte
from config.socle.lecture.entetes import normaliser_entete
from config.socle.lecture.tableau import Cellule, en_texte
from projets.models import AppelAProjets
from territoires.models import Commune, Territoire

CENT_POUR_CENT = 10_000  # en centièmes de pour cent
UN_POUR_CENT = 100  # ce que font « 0,6 » et « 0,4 », écrits pour 60 % et 40 %
AVANT_L_APPEL = timedelta(days=2 * 366)
FORMES = {
    normaliser_entete(mot): str(valeur) for valeur, libelle in FormeJuridique.choices for mot in (valeur, str(libelle))
}


@dataclass(frozen=True)
class Referentiel:
    """Tout ce qu’il faut pour juger une ligne sans toucher la base.

    `axes` : numéro → clé de l’axe ; `territoires` : nom ou code normalisé → code ; `noms_territoires` : ceux à citer
    dans les messages ; `communes` : code Insee ou nom normalisé → clé (0 quand deux communes portent ce nom).
    """

    annees: tuple[int, ...]
    axes: Mapping[int, int]
    territoires: Mapping[str, str]
    noms_territoires: tuple[str, ...]
    communes: Mapping[str, int]
    aujourd_hui: date

    @classmethod
    def de_l_appel(cls, appel: AppelAProjets) -> "Referentiel":
        """Trois requêtes : axes, territoires, communes."""
        territoires = list(Territoire.objects.values_list("code", "nom"))
        communes = list(Commune.objects.values_list("pk", "code_insee", "nom"))
        noms = Counter(normaliser_entete(nom) for _, _, nom in communes)
        return cls(
            annees=tuple(appel.annees),
            axes=dict(appel.axes.values_list("numero", "pk")),
            territoires={normaliser_entete(mot): code for code, nom in territoires for mot in (code, nom)},
            noms_territoires=tuple(nom for _, nom in territoires),
            communes={cle: pk if noms[cle] == 1 else 0 for pk, _, nom in communes for cle in [normaliser_entete(nom)]}
            | {code.lower(): pk for pk, code, _ in communes},
            aujourd_hui=timezone.localdate(),
        )

    def lire_axe(self, cellule: Cellule) -> int:
        """Numéro d’un axe de l’appel : « 3 », « Axe 3 »."""
        connus = ", ".join(map(str, self.axes))
        try:
            numero = lire_entier(en_texte(cellule).lower().removeprefix("axe").strip())
        except ValeurRefusee:
            numero = 0
        if numero not in self.axes:
            raise ValeurRefusee(f"un axe de l’appel : {connus}")
        return numero

    def lire_territoires(self, cellule: Cellule) -> tuple[tuple[str, int], ...]:
        """Parts par territoire, en centièmes de pour cent : « Valenciennois=60|Douaisis=40 », ou un nom seul."""
        morceaux = [morceau.strip() for morceau in en_texte(cellule).split("|") if morceau.strip()]
        if not morceaux:
            raise ValeurRefusee("un territoire, ou des parts comme Valenciennois=60|Douaisis=40")
        if len(morceaux) == 1 and "=" not in morceaux[0]:
            return ((self._territoire(morceaux[0]), CENT_POUR_CENT),)
        parts: dict[str, int] = {}
        for morceau in morceaux:
            nom, _, part = morceau.partition("=")
            code = self._territoire(nom.strip())
            if code in parts:
                raise ValeurRefusee(f"chaque territoire une seule fois : « {nom.strip()} » revient")
            parts[code] = _part(part)
        total = sum(parts.values())
        if total != CENT_POUR_CENT:
            indice = " ; écrivez 60 pour 60 %, et non 0,6" if total == UN_POUR_CENT else ""
            raise ValeurRefusee(f"des parts qui font 100 % : celles-ci font {_en_pourcent(total)} %{indice}")
        return tuple(sorted(parts.items()))

    def _territoire(self, nom: str) -> str:
        code = self.territoires.get(normaliser_entete(nom))
        if code is None:
            raise ValeurRefusee(f"un territoire connu ({', '.join(self.noms_territoires)}), pas « {nom} »")
        return code

    def lire_date_deliberation(self, cellule: Cellule) -> date:
        """Une date déjà passée, depuis deux ans avant l’appel."""
        lue = lire_date(cellule)
        plus_tot = date(self.annees[0], 1, 1) - AVANT_L_APPEL
        if not plus_tot <= lue <= self.aujourd_hui:
            raise ValeurRefusee(f"une date de délibération plausible, entre le {plus_tot:%d/%m/%Y} et aujourd’hui")
        return lue

    def chercher_commune(self, cellule: Cellule) -> int | None:
        """La clé de la commune, 0 si plusieurs portent ce nom, `None` si aucune."""
        return self.communes.get(normaliser_entete(en_texte(cellule)))


def _part(texte: str) -> int:
    part = lire_pourcentage(texte)
    if not part:
        raise ValeurRefusee("des parts supérieures à 0 %")
    return int(part * 100)


def _en_pourcent(centiemes: int) -> str:
    return f"{(Decimal(centiemes) / 100).normalize():f}".replace(".", ",")


def lire_forme_juridique(cellule: Cellule) -> str:
    """Une forme juridique connue, par sa valeur ou son libellé."""
    forme = FORMES.get(normaliser_entete(lire_texte(cellule)))
    if forme is None:
        raise ValeurRefusee(f"une forme juridique connue : {', '.join(FormeJuridique.values)}")
    return forme
