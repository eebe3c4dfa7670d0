"""Un comité face à l’ordre des notes : écarts à justifier, écarts justifiés, ex æquo que le scénario départage."""

from dataclasses import dataclass
from decimal import Decimal

from comptes.models import Personne
from config.socle.montants import en_centimes, en_euros
from financements.models import Comite, EcartALaNote, LigneDeScenario, PointDuComite
from financements.models.deports import projets_fermes_a
from financements.rules import comite as regles
from financements.states import PROJETS_ARBITRABLES, Choix
from projets.models import Projet


@dataclass(frozen=True)
class EcartLu:
    """Un écart, en clair. `justification` : vide tant qu’elle manque."""

    projet: Projet
    note: Decimal
    retenu: Projet
    note_retenue: Decimal
    axe: int
    territoire: str
    justification: str = ""
    justifie_par: str = ""


@dataclass(frozen=True)
class OrdreDesNotes:
    """Ce que la clôture demande : rien dans `a_justifier`, et une règle s’il y a des ex æquo départagés."""

    a_justifier: list[EcartLu]
    justifies: list[EcartLu]
    ex_aequo: list[list[Projet]]

    def ouvert_a(self, personne: Personne) -> "OrdreDesNotes":
        """Sans ce qui touche un projet dont elle s’est déportée ; des ex æquo le sont à deux au moins. Une requête."""
        fermes = set(projets_fermes_a(personne).values_list("projet", flat=True))

        def ouverts(ecarts: list[EcartLu]) -> list[EcartLu]:
            return [ecart for ecart in ecarts if not {ecart.projet.pk, ecart.retenu.pk} & fermes]

        egaux = ([projet for projet in liste if projet.pk not in fermes] for liste in self.ex_aequo)
        return OrdreDesNotes(
            ouverts(self.a_justifier), ouverts(self.justifies), [liste for liste in egaux if len(liste) > 1]
        )


def juges_du_comite(comite: Comite) -> list[regles.Juge]:
    """Les projets de l’ordre du jour encore en course : deux requêtes."""
    lignes = LigneDeScenario.objects.filter(scenario=comite.scenario_id, projet__etat__in=PROJETS_ARBITRABLES)
    lues = {projet: (note, choix) for projet, note, choix in lignes.values_list("projet", "note", "choix")}
    points = PointDuComite.objects.filter(comite=comite).order_by("rang")
    return [
        regles.Juge(projet, (axe, code), None if note is None else en_centimes(note), choix == Choix.RETENU)
        for projet, axe, code in points.values_list("projet", "axe__numero", "territoire__code")
        if projet in lues
        for note, choix in [lues[projet]]
    ]


def ordre_des_notes(comite: Comite) -> OrdreDesNotes:
    """Cinq requêtes, quel que soit le nombre de projets."""
    juges = juges_du_comite(comite)
    trouves, egaux = regles.ecarts(juges), regles.ex_aequo(juges)
    dits = {
        ecart.projet_id: ecart for ecart in EcartALaNote.objects.filter(comite=comite).select_related("justifie_par")
    }
    voulus = {pk for ecart in trouves for pk in (ecart.projet, ecart.retenu)} | {pk for liste in egaux for pk in liste}
    projets = Projet.objects.select_related("appel", "organisme").in_bulk(sorted(voulus))
    noms = dict(
        PointDuComite.objects.filter(comite=comite)
        .order_by()
        .values_list("territoire__code", "territoire__nom")
        .distinct()
    )
    lus = [_lu(ecart, projets, noms, dits) for ecart in trouves]
    return OrdreDesNotes(
        a_justifier=[lu for lu in lus if not lu.justification],
        justifies=[lu for lu in lus if lu.justification],
        ex_aequo=[[projets[pk] for pk in liste] for liste in egaux],
    )


def _lu(
    ecart: regles.Ecart, projets: dict[int, Projet], noms: dict[str, str], dits: dict[int, EcartALaNote]
) -> EcartLu:
    dit = dits.get(ecart.projet)
    return EcartLu(
        projet=projets[ecart.projet],
        note=en_euros(ecart.note),
        retenu=projets[ecart.retenu],
        note_retenue=en_euros(ecart.note_retenue),
        axe=ecart.groupe[0],
        territoire=noms[ecart.groupe[1]],
        justification=dit.justification if dit else "",
        justifie_par=str(dit.justifie_par) if dit else "",
    )
