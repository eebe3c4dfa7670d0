"""Les crédits de 2015 par territoire : inventés. Seul leur partage est publié, 34 % à l’insertion professionnelle."""

from decimal import Decimal

ANNEE = 2015
SOURCE = "Territoire par territoire, inventé d’après le partage publié : 34 % professionnel, 66 % social."
# Code → (en tout, dont insertion professionnelle), en euros : 24 millions, dont 34 % exactement.
CREDITS_DE_2015: dict[str, tuple[Decimal, Decimal]] = {
    code: (Decimal(tout), Decimal(pro))
    for code, tout, pro in (
        ("AVE", 2_350_000, 700_000),
        ("CAM", 1_350_000, 400_000),
        ("DOU", 2_450_000, 850_000),
        ("FLI", 550_000, 160_000),
        ("FLM", 2_200_000, 800_000),
        ("MLI", 7_200_000, 2_700_000),
        ("MRT", 4_600_000, 1_500_000),
        ("VAL", 3_300_000, 1_050_000),
    )
}
