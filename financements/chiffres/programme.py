"""Les chiffres d’un périmètre : PostgreSQL somme une fois le cube année × axe × territoire, le reste en découle."""

from collections import defaultdict
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import cast

from django.db.models import Count, F, Max, Q, Sum
from django.db.models.functions import Round

from comptes.models import Organisme
from comptes.states import FormeJuridique
from financements.chiffres.cube import Cube, Ensemble, lire_cube, lire_ensemble
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import (
    ZERO,
    Croisement,
    LigneAxe,
    LigneForme,
    LigneOrganisme,
    LigneTerritoire,
    Partage,
    Synthese,
    TotalAnnuel,
    pourcent,
)
from financements.models import ContrepartieFse, CreditAnnuel, Dotation, Enveloppe, Repartition
from projets.models import Axe, ExerciceProjet
from projets.states import Volet
from territoires.models import Territoire

_ACTION = "tranche__action"


class Programme:
    """Lecture d’un périmètre, paresseuse : chaque tableau coûte au plus une requête, faite une seule fois."""

    def __init__(self, perimetre: Perimetre) -> None:
        self.perimetre = perimetre
        self.appel = perimetre.appel
        self.annees = list(perimetre.annees)

    # --- La matière ---------------------------------------------------------------------------------------
    @cached_property
    def _cube(self) -> Cube:
        """Sommes et comptes, en une requête."""
        return lire_cube(self.perimetre)

    @cached_property
    def axes(self) -> list[Axe]:
        """Les axes du périmètre, par numéro."""
        axes = Axe.objects.filter(appel=self.appel).order_by("numero")
        return list(axes.filter(pk=self.perimetre.axe.pk) if self.perimetre.axe else axes)

    @cached_property
    def territoires(self) -> list[Territoire]:
        """Les territoires du périmètre, par ordre alphabétique (sans leur contour)."""
        territoires = Territoire.objects.defer("contour").order_by("nom_tri")
        return list(territoires.filter(pk=self.perimetre.territoire.pk) if self.perimetre.territoire else territoires)

    @property
    def est_hypothese(self) -> bool:
        """Vrai si le périmètre d’un territoire n’est pas officiel : à dire partout où il se montre."""
        return any(territoire.est_hypothese for territoire in self.territoires)

    @cached_property
    def repartition(self) -> Repartition | None:
        """La version courante de la répartition au prorata."""
        return Repartition.objects.courante(self.appel)

    @cached_property
    def _dotations(self) -> dict[int, tuple[Decimal, int]]:
        """Territoire → (dotation des années du périmètre, allocataires)."""
        if self.repartition is None or self.perimetre.axe:
            return {}
        lignes = (
            Dotation.objects.filter(repartition=self.repartition, annee__in=self.annees)
            .values_list("territoire")
            .annotate(somme=Sum("montant"), allocataires=Max("poids"))
            .order_by()
        )
        return {territoire: (somme, allocataires) for territoire, somme, allocataires in lignes}

    @cached_property
    def ensemble(self) -> Ensemble:
        """Ce que le périmètre compte, sans rien de plus : moins cher que la synthèse."""
        return lire_ensemble(self.perimetre)

    # --- Les tableaux -------------------------------------------------------------------------------------
    @cached_property
    def total(self) -> Decimal:
        """Tout ce qui est voté dans le périmètre (euros)."""
        return sum((somme for *_, somme in self._cube.sommes), ZERO)

    @cached_property
    def par_axe(self) -> list[LigneAxe]:
        """Une ligne par axe."""
        sommes: dict[int, dict[int, Decimal]] = defaultdict(lambda: dict.fromkeys(self.annees, ZERO))
        for annee, axe, _, somme in self._cube.sommes:
            sommes[axe][annee] += somme
        comptes = self._cube.actions_par_axe
        return [
            LigneAxe(
                axe=axe,
                actions=comptes.get(axe.pk, 0),
                par_annee=sommes[axe.pk],
                total=(total := sum(sommes[axe.pk].values(), ZERO)),
                part=pourcent(total, self.total),
            )
            for axe in self.axes
        ]

    @cached_property
    def par_territoire(self) -> list[LigneTerritoire]:
        """Une ligne par territoire, face à sa dotation au prorata."""
        sommes: dict[int, dict[int, Decimal]] = defaultdict(lambda: dict.fromkeys(self.annees, ZERO))
        for annee, _, cle, somme in self._cube.sommes:
            sommes[cle][annee] += somme
        comptes = self._cube.actions_par_territoire
        lignes = []
        for territoire in self.territoires:
            vote = sum(sommes[territoire.pk].values(), ZERO)
            dotation = self._dotations.get(territoire.pk)
            lignes.append(
                LigneTerritoire(
                    territoire=territoire,
                    actions=comptes.get(territoire.pk, 0),
                    par_annee=sommes[territoire.pk],
                    vote=vote,
                    part=pourcent(vote, self.total),
                    allocataires=dotation[1] if dotation else None,
                    prorata=dotation[0] if dotation else None,
                )
            )
        return lignes

    @cached_property
    def total_territoires(self) -> LigneTerritoire | None:
        """La ligne de total du tableau des territoires ; None s’il n’y en a aucun."""
        lignes = self.par_territoire
        if not lignes:
            return None
        connus = [ligne for ligne in lignes if ligne.prorata is not None]
        return LigneTerritoire(
            territoire=Territoire(nom="Total"),
            actions=self.ensemble.actions,
            par_annee={annee: sum((ligne.par_annee[annee] for ligne in lignes), ZERO) for annee in self.annees},
            vote=self.total,
            part=pourcent(self.total, self.total),
            allocataires=sum(ligne.allocataires or 0 for ligne in connus) if connus else None,
            prorata=sum((ligne.prorata or ZERO for ligne in connus), ZERO) if connus else None,
        )

    @cached_property
    def par_annee(self) -> list[TotalAnnuel]:
        """Une ligne par année : crédits ouverts et voté. Les crédits ne valent que pour le programme entier."""
        ouverts: dict[int, Decimal] = {}
        if self.perimetre.est_entier:
            ouverts = dict(CreditAnnuel.objects.filter(enveloppe__appel=self.appel).values_list("annee", "montant_cp"))
        votes = dict.fromkeys(self.annees, ZERO)
        for annee, *_, somme in self._cube.sommes:
            votes[annee] += somme
        return [TotalAnnuel(annee, ouverts.get(annee), votes[annee]) for annee in self.annees]

    @cached_property
    def croisement(self) -> Croisement:
        """Matrice axe × territoire de la période."""
        valeurs = {axe.pk: {t.pk: ZERO for t in self.territoires} for axe in self.axes}
        for _, axe, territoire, somme in self._cube.sommes:
            valeurs[axe][territoire] += somme
        return Croisement(
            axes=self.axes,
            territoires=self.territoires,
            valeurs=valeurs,
            par_axe={ligne.axe.pk: ligne.total for ligne in self.par_axe},
            par_territoire={ligne.territoire.pk: ligne.vote for ligne in self.par_territoire},
            total=self.total,
        )

    @cached_property
    def partages(self) -> list[Partage]:
        """Partage professionnel / social : l’année de comparaison s’il y en a une, chaque année, puis l’ensemble."""
        volets = {axe.pk: axe.volet for axe in self.axes}
        pro: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        tout: dict[int | None, Decimal] = defaultdict(lambda: ZERO)
        for annee, axe, _, somme in self._cube.sommes:
            for cle in (annee, None):
                tout[cle] += somme
                pro[cle] += somme if volets[axe] == Volet.PROFESSIONNEL else ZERO
        partages = []
        appel = self.appel
        if appel.annee_reference is not None and appel.part_pro_reference is not None:
            reference = appel.part_pro_reference
            partages.append(Partage(appel.annee_reference, reference, 100 - reference, est_reference=True))
        for cle in (*self.annees, None):
            part = pourcent(pro[cle], tout[cle])
            if part is not None:
                partages.append(Partage(cle, part, 100 - part, pro[cle], tout[cle] - pro[cle]))
        return partages

    @cached_property
    def _cout_total(self) -> Decimal:
        """Coût des actions pour les années du périmètre ; pour un territoire, à hauteur de sa part du projet."""
        exercices = ExerciceProjet.objects.filter(projet__action__in=self.perimetre.actions(), annee__in=self.annees)
        if self.perimetre.territoire is None:
            return cast(Decimal, exercices.aggregate(s=Sum("cout", default=ZERO))["s"])
        part = F("cout") * F("projet__parts__pourcentage") / 100
        du_territoire = exercices.filter(projet__parts__territoire=self.perimetre.territoire)
        return cast(Decimal, du_territoire.aggregate(s=Round(Sum(part, default=ZERO), 2))["s"])

    @cached_property
    def _fse(self) -> tuple[int, Decimal, Decimal]:
        """(actions cofinancées, aide du FSE à ces actions en entier, voté pour elles dans le périmètre)."""
        aides = ContrepartieFse.objects.filter(action__in=self.perimetre.actions())
        fse = aides.aggregate(n=Count("pk"), s=Sum("montant_fse", default=ZERO))
        cofinancees = self.perimetre.parts().filter(tranche__action__contrepartie_fse__isnull=False)
        return fse["n"], fse["s"], cofinancees.aggregate(s=Sum("montant", default=ZERO))["s"]

    @cached_property
    def synthese(self) -> Synthese:
        """Les chiffres clés. Allocataires : moyenne des années, une action compte celles où elle est financée."""
        comptes = self.ensemble
        actions_fse, montant_fse, vote_fse = self._fse
        ensemble = self.partages[-1] if self.total else None
        enveloppe = Enveloppe.objects.filter(appel=self.appel).first() if self.perimetre.est_entier else None
        return Synthese(
            vote=self.total,
            ae=enveloppe.montant_ae if enveloppe else None,
            actions=comptes.actions,
            organismes=comptes.organismes,
            allocataires_accompagnes=round(Fraction(comptes.allocataires, len(self.annees))),
            cout_total=self._cout_total,
            actions_fse=actions_fse,
            montant_fse=montant_fse,
            vote_fse=vote_fse,
            part_pro=ensemble.part_pro if ensemble else None,
            part_social=ensemble.part_social if ensemble else None,
        )

    def premiers_organismes(self, combien: int = 20) -> list[LigneOrganisme]:
        """Les organismes qui reçoivent le plus, par montant décroissant puis par nom."""
        lignes = list(
            self.perimetre.parts()
            .values("tranche__action__projet__organisme")
            .annotate(somme=Sum("montant"), n=Count(_ACTION, distinct=True, filter=Q(montant__gt=0)))
            .order_by("-somme", "tranche__action__projet__organisme__nom_tri")[:combien]
        )
        organismes = Organisme.objects.select_related("commune").in_bulk(
            [ligne["tranche__action__projet__organisme"] for ligne in lignes]
        )
        return [
            LigneOrganisme(
                organismes[ligne["tranche__action__projet__organisme"]],
                ligne["n"],
                ligne["somme"],
                pourcent(ligne["somme"], self.total),
            )
            for ligne in lignes
        ]

    @cached_property
    def par_forme(self) -> list[LigneForme]:
        """Une ligne par forme juridique des porteurs, par montant décroissant."""
        forme, organisme = "tranche__action__projet__organisme__forme_juridique", "tranche__action__projet__organisme"
        lignes = (
            self.perimetre.parts()
            .filter(montant__gt=0)
            .values_list(forme)
            .annotate(o=Count(organisme, distinct=True), a=Count(_ACTION, distinct=True), somme=Sum("montant"))
            .order_by("-somme")
        )
        return [LigneForme(FormeJuridique(f).label, o, a, s, pourcent(s, self.total)) for f, o, a, s in lignes]
