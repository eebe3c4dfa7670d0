"""Ce qui entoure les cases d’un ODS : espaces de noms, styles, largeurs, volets figés, manifeste."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

from config.socle.classeur import Feuille
from config.socle.ecriture import Genre

_ESPACES_DE_NOMS = " ".join(
    f'xmlns:{prefixe}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"'
    for prefixe, nom in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("number", "datastyle"),
        ("fo", "xsl-fo-compatible"),
        ("config", "config"),
    )
)
_ESPACES_DE_NOMS += ' xmlns:of="urn:oasis:names:tc:opendocument:xmlns:of:1.2"'
_TETE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_CM_PAR_CARACTERE = 0.19
_BARRE = "<number:text>/</number:text>"
_JOUR = _BARRE.join(f'<number:{partie} number:style="long"/>' for partie in ("day", "month", "year"))
_HEURE = (
    '<number:text> </number:text><number:hours number:style="long"/><number:text>:</number:text>'
    '<number:minutes number:style="long"/>'
)
_FORMES = {
    Genre.ENTIER: '<number:number-style style:name="n-entier"><number:number number:decimal-places="0" '
    'number:min-integer-digits="1"/></number:number-style>',
    Genre.MONTANT: '<number:number-style style:name="n-montant"><number:number number:decimal-places="2" '
    'number:min-decimal-places="2" number:min-integer-digits="1" number:grouping="true"/></number:number-style>',
    Genre.NOMBRE: '<number:number-style style:name="n-nombre"><number:number number:decimal-places="2" '
    'number:min-decimal-places="2" number:min-integer-digits="1"/></number:number-style>',
    Genre.JOUR: f'<number:date-style style:name="n-jour">{_JOUR}</number:date-style>',
    Genre.INSTANT: f'<number:date-style style:name="n-instant">{_JOUR}{_HEURE}</number:date-style>',
    Genre.TEXTE: '<number:text-style style:name="n-texte"><number:text-content/></number:text-style>',
}
_BORD_BAS = 'fo:border-bottom="0.75pt solid #000000"'
_BORD_HAUT = 'fo:border-top="0.75pt solid #000000"'
_GRAS = '<style:text-properties fo:font-weight="bold"/>'

STYLES = (
    f'{_TETE}<office:document-styles {_ESPACES_DE_NOMS} office:version="1.3"><office:styles>'
    '<style:default-style style:family="table-cell"><style:text-properties fo:language="fr" fo:country="FR" '
    'fo:font-size="10pt"/></style:default-style></office:styles></office:document-styles>'
)
_M = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
MANIFESTE = (
    f'{_TETE}<manifest:manifest xmlns:manifest="{_M}" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
    'manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{nom}.xml" manifest:media-type="text/xml"/>'
        for nom in ("content", "styles", "settings")
    )
    + "</manifest:manifest>"
)


def nom_de_largeur(largeur: int) -> str:
    """Le style d’une colonne de `largeur` caractères."""
    return f"large-{largeur}"


def debut(feuilles: Sequence[Feuille]) -> str:
    """De l’en-tête XML à la première feuille : styles de case, de nombre et de colonne."""
    largeurs = sorted({champ.largeur for feuille in feuilles for champ in feuille.champs})
    colonnes = "".join(
        f'<style:style style:name="{nom_de_largeur(largeur)}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{largeur * _CM_PAR_CARACTERE:.2f}cm"/></style:style>'
        for largeur in largeurs
    )
    cases = "".join(
        _style(genre.name.lower(), genre) + _style(f"pied-{genre.name.lower()}", genre, _BORD_HAUT, _GRAS)
        for genre in Genre
    )
    entete = _style("entete", Genre.TEXTE, f'{_BORD_BAS} fo:wrap-option="wrap" style:vertical-align="top"', _GRAS)
    return (
        f'{_TETE}<office:document-content {_ESPACES_DE_NOMS} office:version="1.3"><office:automatic-styles>'
        f"{''.join(_FORMES.values())}{colonnes}{cases}{entete}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
    )


def _style(nom: str, genre: Genre, proprietes: str = "", texte: str = "") -> str:
    bords = f"<style:table-cell-properties {proprietes}/>" if proprietes else ""
    return (
        f'<style:style style:name="{nom}" style:family="table-cell" style:data-style-name="n-{genre.name.lower()}">'
        f"{bords}{texte}</style:style>"
    )


def reglages(feuilles: Sequence[Feuille]) -> str:
    """L’en-tête et les premières colonnes restent à l’écran."""
    tables = "".join(_volets(feuille) for feuille in feuilles)
    return (
        f'{_TETE}<office:document-settings {_ESPACES_DE_NOMS} office:version="1.3"><office:settings>'
        '<config:config-item-set config:name="ooo:view-settings"><config:config-item-map-indexed config:name="Views">'
        '<config:config-item-map-entry><config:config-item config:name="ViewId" config:type="string">view1'
        f'</config:config-item><config:config-item-map-named config:name="Tables">{tables}'
        "</config:config-item-map-named></config:config-item-map-entry></config:config-item-map-indexed>"
        "</config:config-item-set></office:settings></office:document-settings>"
    )


def _volets(feuille: Feuille) -> str:
    fige, lignes = 2, 1
    valeurs = {
        "HorizontalSplitMode": ("short", fige if feuille.figees else 0),
        "HorizontalSplitPosition": ("int", feuille.figees),
        "PositionRight": ("int", feuille.figees),
        "VerticalSplitMode": ("short", fige),
        "VerticalSplitPosition": ("int", lignes),
        "PositionBottom": ("int", lignes),
        "ActiveSplitRange": ("short", 3 if feuille.figees else 2),
    }
    items = "".join(
        f'<config:config-item config:name="{nom}" config:type="{genre}">{valeur}</config:config-item>'
        for nom, (genre, valeur) in valeurs.items()
    )
    nom = escape(feuille.nom, {'"': "&quot;"})
    return f'<config:config-item-map-entry config:name="{nom}">{items}</config:config-item-map-entry>'
