"""Ce que le rapport de l’élu ajoute : les principales actions d’un territoire, et ce qui reste à faire."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from financements.chiffres.cube import lire
from financements.chiffres.execution.cube import CENTIME, GRANDEURS, REPARTIS, bornes
from financements.chiffres.execution.tableaux import Chiffres
from financements.chiffres.perimetre import Perimetre
from financements.models import Bilan, Convention, Versement
from financements.states.execution import EtatBilan, EtatConvention, EtatVersement

COMBIEN = 10
_PRINCIPALES = f"""{REPARTIS}
SELECT p.numero, p.intitule, o.nom, x.numero, {", ".join(f"sum(r.{nom}) / 100" for nom in GRANDEURS)}
  FROM repartis r JOIN lie l ON l.action = r.action JOIN projets_projet p ON p.id = l.projet
  JOIN projets_axe x ON x.id = l.axe JOIN comptes_organisme o ON o.id = l.organisme
 WHERE (%(debut)s::int IS NULL OR r.exercice >= %(debut)s) AND (%(fin)s::int IS NULL OR r.exercice <= %(fin)s)
   AND (%(territoire)s::bigint IS NULL OR r.territoire = %(territoire)s)
 GROUP BY p.numero, p.intitule, o.nom, x.numero
HAVING sum(r.attribue) > 0
 ORDER BY sum(r.attribue) DESC, p.numero LIMIT %(combien)s
"""  # noqa: S608 (du SQL écrit dans le code)


@dataclass(frozen=True)
class ActionPrincipale:
    """Une action, à hauteur de la part du territoire."""

    numero: int
    intitule: str
    organisme: str
    axe: int
    chiffres: Chiffres


@dataclass(frozen=True)
class AFaire:
    """Ce qui attend quelqu’un : nombres d’actions, de bilans, de versements du territoire."""

    conventions_a_signer: int
    bilans_en_retard: int
    bilans_a_valider: int
    versements_en_retard: int
    versements_suspendus: int

    @property
    def est_vide(self) -> bool:
        """Vrai si rien n’attend."""
        return not any(vars(self).values())


def principales(perimetre: Perimetre, combien: int = COMBIEN) -> list[ActionPrincipale]:
    """Les actions les plus dotées du périmètre. Une requête."""
    return [
        ActionPrincipale(numero, intitule, organisme, axe, Chiffres(*(somme.quantize(CENTIME) for somme in sommes)))
        for numero, intitule, organisme, axe, *sommes in lire(
            _PRINCIPALES, perimetre, **bornes(perimetre), combien=combien
        )
    ]


def a_faire(perimetre: Perimetre, *, au: date) -> AFaire:
    """Trois requêtes."""
    actions = perimetre.actions()
    bilans = Bilan.objects.filter(action__in=actions).aggregate(
        retards=Count("pk", filter=Q(etat__in=(EtatBilan.A_REMPLIR, EtatBilan.A_CORRIGER), du_le__lt=au)),
        a_valider=Count("pk", filter=Q(etat=EtatBilan.DEPOSE)),
    )
    attendus = Q(etat__in=(EtatVersement.PREVU, EtatVersement.REJETE), prevu_le__lt=au)
    versements = Versement.objects.filter(action__in=actions).aggregate(
        retards=Count("pk", filter=attendus), suspendus=Count("pk", filter=Q(etat=EtatVersement.SUSPENDU))
    )
    a_signer = (EtatConvention.PREPARATION, EtatConvention.EDITEE)
    return AFaire(
        conventions_a_signer=Convention.objects.filter(action__in=actions, etat__in=a_signer).count(),
        bilans_en_retard=bilans["retards"],
        bilans_a_valider=bilans["a_valider"],
        versements_en_retard=versements["retards"],
        versements_suspendus=versements["suspendus"],
    )
