"""Du périmètre au fichier PDF balisé (PDF/UA-1) d’un volume."""

import gc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.html import UA, UA_COUNTER_STYLE

from financements.chiffres import Perimetre
from financements.pdf.contexte import Contexte, Edition
from financements.pdf.decoupage import Contenu
from financements.pdf.progression import Rappel, ecouter
from projets.pdf.page import LECTEUR, feuilles_de, pour_l_impression

STYLE = Path(__file__).with_name("style.css")
OPTIONS: dict[str, Any] = {"pdf_variant": "pdf/ua-1"}
SEUIL_DU_RAMASSE_MIETTES = 200_000  # objets créés entre deux passages, au lieu de 700
# Une espace avant la fin d’un bloc fait passer le dernier mot d’une ligne pleine seul à la suivante (WeasyPrint 70).
_FIN_DE_BLOC = re.compile(r"[ \t\r\n]+(?=</(?:p|li|td|th|dt|dd|h[1-6]|caption)>)")


class _Page(HTML):  # type: ignore[misc]
    """Une page sans les règles du navigateur que le rapport n’emploie pas.

    WeasyPrint calcule six pseudo-éléments (notes, appels, puces) pour chacun des dix mille éléments d’une liste :
    un quart de la mémoire et un dixième du temps. Si elle changeait, seule la vitesse s’en ressentirait.
    """

    def _ua_stylesheets(self, forms: bool = False) -> list[CSS]:  # noqa: ARG002, FBT001, FBT002 (signature de WeasyPrint)
        return [_NAVIGATEUR]


_NAVIGATEUR = CSS(
    string="\n".join(regle for regle in UA.splitlines() if not regle.startswith("::")), counter_style=UA_COUNTER_STYLE
)


@contextmanager
def photographie() -> Iterator[None]:
    """Toutes les lectures du bloc voient le même état de la base, même si un import se valide entre-temps."""
    imbriquee = connection.in_atomic_block
    with transaction.atomic():
        if not imbriquee:
            with connection.cursor() as curseur:
                curseur.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def composer(perimetre: Perimetre, contenu: Contenu, edition: Edition) -> str:
    """Le HTML d’un volume. Lit la base : à appeler dans une `photographie`."""
    contexte = Contexte(perimetre, contenu).construire(edition)
    return render_to_string("financements/pdf/rapport.html", contexte)


def imprimer(page: str, cible: Path, rappel: Rappel, style: Path = STYLE, *, regles: str = "") -> int:
    """Met en page `page` dans le fichier `cible`, sans accès au réseau. Rend le nombre de pages.

    `regles` : du CSS propre à ce document, après celui de `style`. `rappel` reçoit chaque étape ; ce qu’il lève arrête
    la mise en page et remonte.
    """
    with ecouter(rappel), _ramasse_miettes_espace():
        return _mettre_en_page(page, cible, style, regles)


def _mettre_en_page(page: str, cible: Path, style: Path, regles: str) -> int:
    """À part : ce que la mise en page a créé n’a plus de nom quand le ramasse-miettes repasse."""
    polices, communes = feuilles_de(style)
    propres = [CSS(string=regles, font_config=polices, url_fetcher=LECTEUR)] if regles else []
    html = _Page(string=_FIN_DE_BLOC.sub("", pour_l_impression(page)), base_url=str(STYLE), url_fetcher=LECTEUR)
    document = html.render(stylesheets=[*communes, *propres], font_config=polices, **OPTIONS)
    document.write_pdf(cible, **OPTIONS)
    return len(document.pages)


@contextmanager
def _ramasse_miettes_espace() -> Iterator[None]:
    """La mise en page crée des millions d’objets qui vivent jusqu’à sa fin : les relire sans cesse coûte un quart.

    Ce qui vivait avant elle est mis de côté, puis repris : à la fin, seul ce qu’elle a créé se relit. Relire tout le
    programme deux fois prenait presque la moitié du temps d’une convention de quatre pages.
    """
    seuils, deja = gc.get_threshold(), gc.get_freeze_count()  # mis de côté par qui nous appelle : on n’y touche pas
    if not deja:
        gc.freeze()
    gc.set_threshold(SEUIL_DU_RAMASSE_MIETTES, *seuils[1:])
    try:
        yield
    finally:
        gc.set_threshold(*seuils)
        gc.collect()
        if not deja:
            gc.unfreeze()
