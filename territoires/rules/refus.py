"""Ce qu’une répartition refuse de calculer, et pourquoi. Chaque message est montré tel quel à l’écran."""

from config.socle.montants import en_euros, format_euros, format_nombre


def euros(centimes: int) -> str:
    """Centimes entiers → « 1 234,56 € »."""
    return format_euros(en_euros(centimes))


class RepartitionRefusee(ValueError):
    """Mère de tous les refus : `except RepartitionRefusee` suffit à un formulaire."""


class PoidsAbsents(RepartitionRefusee):
    """Aucune clé entre qui répartir."""

    def __init__(self) -> None:
        super().__init__("Répartition impossible : aucun poids n’est donné.")


class PoidsTousNuls(RepartitionRefusee):
    """Σ poids = 0. On ne divise pas également en silence : l’égalité serait une décision."""

    def __init__(self) -> None:
        super().__init__("Répartition impossible : tous les poids sont nuls, le prorata n’est pas défini.")


class PoidsNegatif(RepartitionRefusee):
    """Un poids (un effectif) est inférieur à zéro."""

    def __init__(self, cle: str, poids: int) -> None:
        super().__init__(
            f"Poids négatif pour « {cle} » : {format_nombre(poids)}. Un effectif est un entier positif ou nul."
        )
        self.cle = cle


class ValeurNonEntiere(RepartitionRefusee):
    """Un montant ou un poids n’est pas un `int` : un flottant perdrait des centimes."""

    def __init__(self, quoi: str, valeur: object) -> None:
        super().__init__(f"{quoi} : un nombre entier est attendu, {valeur!r} a été donné.")


class UniteInvalide(RepartitionRefusee):
    """L’unité de répartition (en centimes) n’est pas strictement positive."""

    def __init__(self, unite: int) -> None:
        super().__init__(f"Unité de répartition invalide : {euros(unite)}. Attendu : un centime, un euro…")


class TotalIndivisible(RepartitionRefusee):
    """Le total n’est pas un multiple de l’unité : le répartir perdrait `reliquat` centimes."""

    def __init__(self, total: int, unite: int) -> None:
        self.reliquat = abs(total) % unite
        super().__init__(
            f"Le total {euros(total)} n’est pas un multiple de {euros(unite)} : "
            f"{euros(self.reliquat)} ne pourraient être attribués."
        )


class TotalNegatif(RepartitionRefusee):
    """Planchers et plafonds n’ont de sens que pour un total positif ou nul."""

    def __init__(self, total: int) -> None:
        super().__init__(f"Le total à répartir entre planchers et plafonds est négatif : {euros(total)}.")


class CleInconnue(RepartitionRefusee):
    """Une borne, un départ ou une cible désigne une clé sans poids, ou l’inverse."""

    def __init__(self, quoi: str, cles: set[str]) -> None:
        self.cles = cles
        super().__init__(f"{quoi} : aucune correspondance pour {', '.join(f'« {cle} »' for cle in sorted(cles))}.")


class BorneNegative(RepartitionRefusee):
    """Un plancher, un plafond ou un montant précédent est inférieur à zéro."""

    def __init__(self, quoi: str, cle: str, centimes: int) -> None:
        super().__init__(f"{quoi} négatif pour « {cle} » : {euros(centimes)}.")
        self.cle = cle


class PlancherAuDessusDuPlafond(RepartitionRefusee):
    """Pour une même clé, aucun montant de l’unité choisie ne tient entre le plancher et le plafond (centimes)."""

    def __init__(self, cle: str, plancher: int, plafond: int) -> None:
        super().__init__(
            f"Plancher au-dessus du plafond pour « {cle} » : au moins {euros(plancher)}, au plus {euros(plafond)}."
        )
        self.cle = cle


class PlancherIntenable(RepartitionRefusee):
    """Σ planchers > total ; `manque` en centimes."""

    def __init__(self, total: int, planchers: int) -> None:
        self.manque = planchers - total
        super().__init__(
            f"Plancher intenable : il manque {euros(self.manque)} "
            f"(planchers {euros(planchers)}, total à répartir {euros(total)})."
        )


class PlafondsTropBas(RepartitionRefusee):
    """Σ plafonds < total ; `surplus` en centimes. Une clé de poids nul ne reçoit rien au-delà de son plancher."""

    def __init__(self, total: int, plafonds: int) -> None:
        self.surplus = total - plafonds
        super().__init__(
            f"Plafonds trop bas : {euros(self.surplus)} ne peuvent être attribués "
            f"(plafonds {euros(plafonds)}, total à répartir {euros(total)})."
        )


class PerteHorsBornes(RepartitionRefusee):
    """La perte maximale n’est pas une fraction exacte entre 0 et 1."""

    def __init__(self, perte: object) -> None:
        super().__init__(f"Perte maximale invalide : {perte}. Attendu : une fraction exacte entre 0 et 1.")


class EtapeHorsConvergence(RepartitionRefusee):
    """L’année k n’est pas comprise entre 1 et N."""

    def __init__(self, etape: int, duree: int) -> None:
        super().__init__(f"Année {etape} hors de la convergence : attendu de 1 à {duree}, sur au moins un an.")
