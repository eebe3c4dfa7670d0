"""Charger les territoires, les communes et le relevé d’effectifs (inventé) du Nord."""

from typing import Any

from django.db import transaction

from config.socle.journal import journaliser
from territoires.imports.nord import OBSERVE_LE, SOURCE_EFFECTIFS, lire_communes, lire_effectifs, lire_territoires
from territoires.models import Commune, Effectif, ReleveEffectifs, Territoire


@transaction.atomic
def charger_nord(*, auteur: Any) -> ReleveEffectifs:
    """Crée ce qui manque des huit territoires, des 648 communes et du relevé daté du 29/02/2016 ; rend le relevé.

    Ce qui existe n’est pas touché : un périmètre corrigé depuis reste corrigé. `auteur` : la personne, ou None.
    """
    connus = set(Territoire.objects.values_list("code", flat=True))
    Territoire.objects.bulk_create(
        Territoire(code=lu.code, nom=lu.nom, contour=lu.contour, est_hypothese=True)
        for lu in lire_territoires()
        if lu.code not in connus
    )
    territoires = {territoire.code: territoire for territoire in Territoire.objects.all()}
    _charger_communes(territoires)
    return _charger_effectifs(territoires, auteur)


def _charger_communes(territoires: dict[str, Territoire]) -> None:
    connues = set(Commune.objects.values_list("code_insee", flat=True))
    Commune.objects.bulk_create(
        Commune(
            code_insee=lue.code_insee,
            nom=lue.nom,
            codes_postaux=lue.codes_postaux,
            arrondissement=lue.arrondissement,
            epci=lue.epci,
            population=lue.population,
            territoire=territoires[lue.territoire],
        )
        for lue in lire_communes()
        if lue.code_insee not in connues
    )


def _charger_effectifs(territoires: dict[str, Territoire], auteur: Any) -> ReleveEffectifs:
    releve, est_nouveau = ReleveEffectifs.objects.get_or_create(
        observe_le=OBSERVE_LE,
        unite=ReleveEffectifs.Unite.FOYERS,
        source=SOURCE_EFFECTIFS,
        defaults={"est_fictif": True},
    )
    if est_nouveau:
        effectifs = lire_effectifs()
        Effectif.objects.bulk_create(
            Effectif(releve=releve, territoire=territoires[code], nombre=nombre) for code, nombre in effectifs.items()
        )
        journaliser(auteur=auteur, acte="charger_nord", objet=releve, apres={"effectifs": effectifs})
    return releve
