"""L’argent : euros `Decimal` en base, centimes entiers dans les règles, texte français à l’écran."""

from decimal import ROUND_HALF_UP, Decimal

FINE = "\u202f"  # espace fine insécable : milliers
INSECABLE = "\u00a0"  # espace insécable : avant € et %
MOINS = "\u2212"
CENTIME = Decimal("0.01")
MILLION = Decimal(1_000_000)


def en_centimes(euros: Decimal) -> int:
    """Euros (deux décimales au plus) → centimes entiers. `ValueError` si le montant a des fractions de centime."""
    centimes = euros * 100
    if centimes != centimes.to_integral_value():
        raise ValueError(f"{euros} a plus de deux décimales")
    return int(centimes)


def en_euros(centimes: int) -> Decimal:
    """Centimes entiers → euros à deux décimales."""
    return Decimal(centimes).scaleb(-2)


def _grouper(entier: str) -> str:
    """« 1234567 » → « 1 234 567 » (espaces fines insécables)."""
    return f"{int(entier):,}".replace(",", FINE)


def format_nombre(valeur: int | Decimal | None, decimales: int = 0) -> str:
    """Nombre à la française ; vide si None. Arrondi au plus proche, demi vers le haut."""
    if valeur is None:
        return ""
    arrondi = Decimal(valeur).quantize(Decimal(1).scaleb(-decimales), rounding=ROUND_HALF_UP)
    entier, _, fraction = f"{abs(arrondi):f}".partition(".")
    signe = MOINS if arrondi < 0 else ""
    return f"{signe}{_grouper(entier)}{',' + fraction if fraction else ''}"


def format_euros(euros: Decimal | None) -> str:
    """« 1 234,56 € », au centime."""
    return "" if euros is None else f"{format_nombre(euros, 2)}{INSECABLE}€"


def format_euros_ronds(euros: Decimal | None) -> str:
    """« 1 235 € », à l’euro : pour les chiffres par personne et les libellés de dessin."""
    return "" if euros is None else f"{format_nombre(euros)}{INSECABLE}€"


def format_meuros(euros: Decimal | None) -> str:
    """« 74,28 M€ », en millions arrondis : pour les chiffres clés seulement."""
    return "" if euros is None else f"{format_nombre(euros / MILLION, 2)}{INSECABLE}M€"


def format_pourcent(pourcentage: Decimal | None, decimales: int = 1) -> str:
    """Pourcentage (59.03 → « 59,0 % »)."""
    return "" if pourcentage is None else f"{format_nombre(pourcentage, decimales)}{INSECABLE}%"


def format_pourcent_signe(pourcentage: Decimal | None, decimales: int = 1) -> str:
    """Écart en pour cent, signe toujours écrit sauf pour zéro (« +2,4 % », « −18,0 % »)."""
    if pourcentage is None:
        return ""
    texte = format_pourcent(pourcentage, decimales)
    est_nul = not any(c in "123456789" for c in texte)
    if est_nul:
        return texte.removeprefix(MOINS)
    return texte if texte.startswith(MOINS) else f"+{texte}"


def format_euros_signe(euros: Decimal | None) -> str:
    """Écart en euros, signe toujours écrit sauf pour zéro."""
    if euros is None:
        return ""
    return f"+{format_euros(euros)}" if euros > 0 else format_euros(euros)


def format_points_signes(points: Decimal | None, decimales: int = 1) -> str:
    """Écart en points, signe toujours écrit sauf pour zéro (« +2,4 », « −18,0 »)."""
    return format_pourcent_signe(points, decimales).removesuffix(f"{INSECABLE}%")
