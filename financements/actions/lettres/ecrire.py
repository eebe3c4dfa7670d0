"""Écrire les lettres d’un lot de décisions : textes et avis lus une fois pour toutes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from comptes.models import Adhesion
from config.socle.execution import EchecDit
from financements.models import Decision, ModeleDeLettre, Tranche
from financements.notifications.decision import contenu_de
from financements.notifications.lettre import ecrire_la_lettre
from financements.rules.lettres import Texte
from financements.rules.textes_des_lettres import FOURNIS
from financements.rules.variables import TexteRefuse
from projets.models import AppelAProjets, AvisInstruction


@dataclass(frozen=True, slots=True)
class Apercu:
    """Une décision réelle, et la lettre qu’elle recevrait."""

    decision: Decision
    lettre: dict[str, Any]


def texte_de(appel: AppelAProjets, sens: str) -> Texte:
    """Le texte du département pour cet appel, sinon celui qui est fourni."""
    modele = ModeleDeLettre.objects.filter(appel=appel, sens=sens).first()
    return modele.texte if modele else FOURNIS[sens]


class Ecrivain:
    """`decisions` : celles du lot, `projet__appel`, `projet__axe`, `projet__organisme__commune` chargés."""

    def __init__(self, decisions: Sequence[Decision]) -> None:
        self._textes: dict[tuple[int, str], Texte] = {}
        projets = [decision.projet_id for decision in decisions]
        avis = AvisInstruction.objects.filter(projet__in=projets).order_by("projet", "version")
        self._avis = {un.projet_id: un for un in avis}  # le dernier l’emporte
        organismes = {decision.projet.organisme_id for decision in decisions}
        ouverts = Adhesion.objects.filter(organisme__in=organismes, personne__is_active=True)
        self._avec_compte = set(ouverts.values_list("organisme", flat=True))

    def contenu(self, decision: Decision, tranches: Iterable[Tranche]) -> dict[str, Any]:
        """Ce que la notification fige, sa lettre comprise. Lève `EchecDit` si le texte ne se compose pas.

        `a_un_compte` : une personne au compte ouvert agit pour l’organisme ; elle seule peut lire sur le portail.
        """
        contenu = contenu_de(decision, tranches)
        try:
            lettre = self.lettre(decision, contenu, self._texte(decision))
        except TexteRefuse as refus:
            sens = decision.get_sens_display()
            raise EchecDit(f"Le modèle de lettre «\u00a0{sens}\u00a0» est à corriger. {refus}") from refus
        return contenu | {"a_un_compte": decision.projet.organisme_id in self._avec_compte, "lettre": lettre}

    def lettre(self, decision: Decision, contenu: dict[str, Any], texte: Texte) -> dict[str, Any]:
        """La lettre de cette décision avec ce texte. Lève `TexteRefuse`."""
        return ecrire_la_lettre(decision, contenu, texte, self._avis.get(decision.projet_id))

    def _texte(self, decision: Decision) -> Texte:
        cle = decision.projet.appel_id, str(decision.sens)
        if cle not in self._textes:
            self._textes[cle] = texte_de(decision.projet.appel, cle[1])
        return self._textes[cle]


def apercu_de(appel: AppelAProjets, sens: str, texte: Texte, numero: int | None = None) -> Apercu | None:
    """La lettre d’une décision réelle avec ce texte : celle du projet `numero`, sinon la première de ce sens.

    None s’il n’y en a pas. Lève `TexteRefuse`.
    """
    decisions = Decision.objects.filter(deliberation__appel=appel, sens=sens)
    if numero is not None:
        decisions = decisions.filter(projet__numero=numero)
    lies = ("projet__organisme__commune", "projet__appel", "projet__axe", "deliberation__scenario")
    decision = decisions.select_related(*lies).order_by("-deliberation", "projet__numero").first()
    if decision is None:
        return None
    tranches = Tranche.objects.filter(action__projet=decision.projet_id).order_by("annee")
    contenu = contenu_de(decision, tranches)
    return Apercu(decision, Ecrivain([decision]).lettre(decision, contenu, texte))
