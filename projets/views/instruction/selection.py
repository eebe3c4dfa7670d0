"""Les projets qu’une adresse choisit (portée, filtres, état, tri) : la file les montre, la fiche les suit."""

from functools import cached_property

from django.db.models import Case, F, QuerySet, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.http import urlencode

from comptes.models import Personne
from comptes.states import Role
from config.socle.listes import trier
from projets.chiffres.file import MES, TERRITOIRE, TOUS, Comptes, Portee, compter, condition, portees_de
from projets.filters import InstructionFilter
from projets.models import Projet
from projets.states import NON_DECIDES

TRIS = {
    "numero": "numero",
    "intitule": "intitule_tri",
    "organisme": "organisme__nom_tri",
    "axe": "axe__numero",
    "montant": "montant_demande",
    "etat": "etat",
    "rejet": "rejet_attendu",
    "depose": "depose_le",
    "allocataires": "allocataires_prevus",
}
FILTRES = ("q", "appel", "axe", "territoire", "instructeur", "etat")
GARDES = (
    *FILTRES,
    "portee",
    "tri",
)  # ce que l’adresse emporte ; la page et les colonnes ne choisissent pas de projets


class Selection:
    """`donnees` : les paramètres d’une adresse. Ce qui n’existe pas est ignoré."""

    def __init__(self, personne: Personne, donnees: QueryDict) -> None:
        self.personne, self.donnees = personne, donnees
        visibles = Projet.objects.visibles_par(personne)
        self.filtre = InstructionFilter(donnees, queryset=visibles, personne=personne)

    @cached_property
    def comptes(self) -> Comptes:
        """Les projets que retiennent les filtres, par état et par portée."""
        return compter(self.filtre.sans_etat, self.personne)

    @cached_property
    def portee(self) -> str:
        """Celle de l’adresse ; sinon « mes projets » s’il y en a, « mon territoire » pour l’instructeur, tous."""
        demandee = self.donnees.get("portee", "")
        if demandee in [portee.cle for portee in portees_de(self.personne)]:
            return demandee
        if self.personne.role != Role.INSTRUCTEUR:
            return TOUS.cle
        return MES.cle if self.comptes.de_la_portee(MES.cle) else TERRITOIRE.cle

    @property
    def portees_montrees(self) -> list[Portee]:
        """Celles qui disent quelque chose de plus : pour un instructeur, « tous » double vite « mon territoire »."""
        offertes = portees_de(self.personne)
        if TERRITOIRE not in offertes:
            return offertes
        if self.comptes.de_la_portee(TOUS.cle) != self.comptes.de_la_portee(TERRITOIRE.cle):
            return offertes
        double = TERRITOIRE if self.portee == TOUS.cle else TOUS
        return [portee for portee in offertes if portee != double]

    @cached_property
    def etat_retenu(self) -> str:
        """L’état choisi, s’il existe."""
        return self.donnees.get("etat", "") if "etat" not in self.filtre.form.errors else ""

    @property
    def nombre(self) -> int:
        """Combien de projets, sans requête de plus."""
        return self.comptes.de_la_portee(self.portee, self.etat_retenu)

    @cached_property
    def tri(self) -> str:
        """Le tri retenu."""
        return self._triees[1]

    @property
    def cles(self) -> QuerySet[Projet, int]:
        """Les identifiants, dans l’ordre. Un montant ne se somme sur tous que si l’on trie par lui."""
        return self._triees[0].values_list("pk", flat=True)

    @property
    def requete(self) -> str:
        """Ce qui refait cette sélection, portée et tri dits : « portee=mes&tri=numero »."""
        choisis = [(nom, self.filtre.data.get(nom, "")) for nom in FILTRES]
        return urlencode([(n, v) for n, v in [*choisis, ("portee", self.portee), ("tri", self.tri)] if v])

    @cached_property
    def _triees(self) -> tuple[QuerySet[Projet], str]:
        portee = condition(self.portee, self.personne, timezone.localdate())
        lignes = self.filtre.qs.filter(portee) if portee is not None else self.filtre.qs
        demande = self.donnees.get("tri", "")
        if demande.removeprefix("-") == "montant":
            lignes = lignes.avec_montants()
        attendu = Case(When(etat__in=NON_DECIDES, then=F("rejet_implicite_le")))
        lignes = lignes.annotate(rejet_attendu=attendu)  # un projet décidé n’attend plus : il vient en dernier
        return trier(lignes, demande, TRIS, "rejet")
