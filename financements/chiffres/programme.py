"""Les chiffres d’un périmètre : PostgreSQL somme une fois le cube année × axe × territoire, le reste en découle."""

from collections import defaultdict
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Sum, TextField
from django.db.models.functions import Cast

from comptes.models import Organisme
from comptes.states import FormeJuridique
from financements.chiffres.budgets import Budgets, lire_budgets
from financements.chiffres.cube import Compte, Cube, lire_cube
from financements.chiffres.perimetre import Perimetre
from financements.chiffres.tableaux import (
    ZERO,
    Croisement,
    LigneAxe,
    LigneForme,
    LigneFse,
    LigneOrganisme,
    LigneTerritoire,
    Partage,
    Synthese,
    TotalAnnuel,
    pourcent,
)
from financements.models import CreditAnnuel, Dotation, Enveloppe, Repartition
from projets.models import Axe
from projets.states import Volet
from territoires.models import Territoire

_ACTION = "tranche__action"
CONTOUR_EN_TEXTE = Cast("contour", TextField())


class Programme:
    """Lecture d’un périmètre, paresseuse : chaque tableau coûte au plus une requête, faite une seule fois.

    `avec_contours` : pour une page qui en dessine la carte, chaque territoire porte son contour, lu avec lui.
    """

    def __init__(self, perimetre: Perimetre, *, avec_contours: bool = False) -> None:
        self.perimetre = perimetre
        self.avec_contours = avec_contours and perimetre.territoire is None
        self.appel = perimetre.appel
        self.annees = list(perimetre.annees)

    # --- La matière ---------------------------------------------------------------------------------------
    @cached_property
    def _cube(self) -> Cube:
        """Sommes et comptes, en une requête."""
        return lire_cube(self.perimetre)

    @cached_property
    def budgets(self) -> Budgets:
        """Coûts, aides du FSE et allocataires des projets financés, en une requête."""
        return lire_budgets(self.perimetre)

    @cached_property
    def axes(self) -> list[Axe]:
        """Les axes du périmètre, par numéro."""
        if self.perimetre.axe:
            return [self.perimetre.axe]
        return list(Axe.objects.filter(appel=self.appel).order_by("numero"))

    @cached_property
    def territoires(self) -> list[Territoire]:
        """Les territoires du périmètre, par ordre alphabétique ; avec leur contour, son GeoJSON est en `texte`."""
        if self.perimetre.territoire:
            return [self.perimetre.territoire]
        tous = Territoire.objects.defer("contour").order_by("nom_tri")
        return list(tous.annotate(texte=CONTOUR_EN_TEXTE) if self.avec_contours else tous)

    @property
    def est_hypothese(self) -> bool:
        """Vrai si le périmètre d’un territoire n’est pas officiel : à dire partout où il se montre."""
        return any(territoire.est_hypothese for territoire in self.territoires)

    @cached_property
    def dotations(self) -> list[Dotation]:
        """Les dotations de la répartition courante, par année puis code : tous territoires, toutes années."""
        courantes = Dotation.objects.courantes(self.appel).select_related("territoire").defer("territoire__contour")
        return list(courantes.order_by("annee", "territoire__code"))

    @property
    def repartition(self) -> Repartition | None:
        """La version courante de la répartition au prorata ; une répartition a toujours des dotations."""
        return self.dotations[0].repartition if self.dotations else None

    @cached_property
    def credits(self) -> list[CreditAnnuel]:
        """Les crédits de paiement de l’enveloppe, par année. Ils ne valent que pour le programme entier."""
        if not self.perimetre.est_entier:
            return []
        return list(CreditAnnuel.objects.filter(enveloppe__appel=self.appel).select_related("enveloppe"))

    @property
    def enveloppe(self) -> Enveloppe | None:
        """L’enveloppe du programme entier ; ses crédits font toujours l’AE, elle ne va pas sans eux."""
        return self.credits[0].enveloppe if self.credits else None

    @property
    def ensemble(self) -> Compte:
        """Ce que le périmètre compte d’actions et d’organismes."""
        return self._cube.ensemble

    # --- Les tableaux -------------------------------------------------------------------------------------
    @cached_property
    def total(self) -> Decimal:
        """Tout ce qui est voté dans le périmètre (euros)."""
        return sum((somme.vote for somme in self._cube.sommes), ZERO)

    @cached_property
    def par_axe(self) -> list[LigneAxe]:
        """Une ligne par axe."""
        sommes: dict[int, dict[int, Decimal]] = defaultdict(lambda: dict.fromkeys(self.annees, ZERO))
        for somme in self._cube.sommes:
            sommes[somme.axe][somme.annee] += somme.vote
        comptes = self._cube.par_axe
        return [
            LigneAxe(
                axe=axe,
                actions=comptes.get(axe.pk, Compte()).actions,
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
        for somme in self._cube.sommes:
            sommes[somme.territoire][somme.annee] += somme.vote
        comptes = self._cube.par_territoire
        lignes = []
        for territoire in self.territoires:
            vote = sum(sommes[territoire.pk].values(), ZERO)
            dotations = self._dotations_du_perimetre.get(territoire.pk, [])
            lignes.append(
                LigneTerritoire(
                    territoire=territoire,
                    actions=comptes.get(territoire.pk, Compte()).actions,
                    par_annee=sommes[territoire.pk],
                    vote=vote,
                    part=pourcent(vote, self.total),
                    allocataires=max((dotation.poids for dotation in dotations), default=None),
                    prorata=sum((dotation.montant for dotation in dotations), ZERO) if dotations else None,
                )
            )
        return lignes

    @cached_property
    def _dotations_du_perimetre(self) -> dict[int, list[Dotation]]:
        """Territoire → ses dotations des années du périmètre. Rien pour un axe : l’enveloppe n’y est pas répartie."""
        rangees: dict[int, list[Dotation]] = defaultdict(list)
        for dotation in self.dotations:
            if dotation.annee in self.annees and not self.perimetre.axe:
                rangees[dotation.territoire_id].append(dotation)
        return rangees

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
        ouverts = {credit.annee: credit.montant_cp for credit in self.credits}
        votes = dict.fromkeys(self.annees, ZERO)
        for somme in self._cube.sommes:
            votes[somme.annee] += somme.vote
        return [TotalAnnuel(annee, ouverts.get(annee), votes[annee]) for annee in self.annees]

    @cached_property
    def croisement(self) -> Croisement:
        """Matrice axe × territoire de la période."""
        valeurs = {axe.pk: {t.pk: ZERO for t in self.territoires} for axe in self.axes}
        for somme in self._cube.sommes:
            valeurs[somme.axe][somme.territoire] += somme.vote
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
        for somme in self._cube.sommes:
            for cle in (somme.annee, None):
                tout[cle] += somme.vote
                pro[cle] += somme.vote if volets[somme.axe] == Volet.PROFESSIONNEL else ZERO
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
    def fse_par_axe(self) -> list[LigneFse]:
        """Une ligne par axe cofinancé par le FSE."""
        votes: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for somme in self._cube.sommes:
            votes[somme.axe] += somme.vote_fse
        lignes = [
            LigneFse(
                axe,
                self._cube.par_axe.get(axe.pk, Compte()).actions_fse,
                self.budgets.fse_par_axe.get(axe.pk, ZERO),
                votes[axe.pk],
            )
            for axe in self.axes
        ]
        return [ligne for ligne in lignes if ligne.actions or ligne.montant_fse]

    @cached_property
    def synthese(self) -> Synthese:
        """Les chiffres clés. Coût, FSE et allocataires d’un territoire : à hauteur de sa part de chaque projet."""
        ensemble = self.partages[-1] if self.total else None
        return Synthese(
            vote=self.total,
            ae=self.enveloppe.montant_ae if self.enveloppe else None,
            actions=self.ensemble.actions,
            organismes=self.ensemble.organismes,
            allocataires_accompagnes=self.budgets.allocataires,
            cout_total=self.budgets.cout,
            actions_fse=self.ensemble.actions_fse,
            montant_fse=self.budgets.montant_fse,
            vote_fse=sum((somme.vote_fse for somme in self._cube.sommes), ZERO),
            part_pro=ensemble.part_pro if ensemble else None,
            part_social=ensemble.part_social if ensemble else None,
        )

    def premiers_organismes(self, combien: int = 20) -> list[LigneOrganisme]:
        """Les organismes qui reçoivent le plus, par montant décroissant puis par nom."""
        lignes = list(
            self.perimetre.parts()
            .filter(montant__gt=0)
            .values("tranche__action__projet__organisme")
            .annotate(somme=Sum("montant"), n=Count(_ACTION, distinct=True))
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
