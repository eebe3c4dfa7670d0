"""Ce qui entoure un texte ODT : espaces de noms, styles, pages portrait et paysage, propriétés, manifeste."""

from collections.abc import Sequence

_ESPACES_DE_NOMS = " ".join(
    f'xmlns:{prefixe}="urn:oasis:names:tc:opendocument:xmlns:{nom}:1.0"'
    for prefixe, nom in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("svg", "svg-compatible"),
        ("meta", "meta"),
    )
)
_ESPACES_DE_NOMS += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
_TETE = '<?xml version="1.0" encoding="UTF-8"?>\n'
_POLICE = (
    '<office:font-face-decls><style:font-face style:name="Texte" svg:font-family="\'Liberation Sans\', Arial"'
    ' style:font-family-generic="swiss"/></office:font-face-decls>'
)
_FILET = 'fo:border-bottom="0.5pt solid #76849c"'
FIN = "</office:text></office:body></office:document-content>"
_M = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
MANIFESTE = (
    f'{_TETE}<manifest:manifest xmlns:manifest="{_M}" manifest:version="1.3">'
    '<manifest:file-entry manifest:full-path="/" manifest:version="1.3" '
    'manifest:media-type="application/vnd.oasis.opendocument.text"/>'
    + "".join(
        f'<manifest:file-entry manifest:full-path="{nom}.xml" manifest:media-type="text/xml"/>'
        for nom in ("content", "styles", "meta")
    )
    + "</manifest:manifest>"
)


def style_de_colonne(largeur: int) -> str:
    """Le style d’une colonne de `largeur` millimètres."""
    return f"colonne-{largeur}"


def debut(colonnes: Sequence[int], tableaux: Sequence[int]) -> str:
    """De l’en-tête XML au corps du texte : largeurs (mm), cases, titres qui tournent la page."""
    larges = "".join(
        f'<style:style style:name="{style_de_colonne(largeur)}" style:family="table-column">'
        f'<style:table-column-properties style:column-width="{largeur}mm"/></style:style>'
        for largeur in colonnes
    )
    entiers = "".join(
        f'<style:style style:name="tableau-{largeur}" style:family="table"><style:table-properties '
        f'style:width="{largeur}mm" table:align="left" fo:margin-bottom="4mm"/></style:style>'
        for largeur in tableaux
    )
    cases = "".join(_case(nom, fort) for nom, fort in (("entete", True), ("case", False), ("fort", True)))
    pages = "".join(
        f'<style:style style:name="titre-{nom.lower()}" style:family="paragraph" '
        f'style:parent-style-name="Titre_1" style:master-page-name="{nom}"><style:paragraph-properties '
        'fo:break-before="auto"/></style:style>'
        for nom in ("Portrait", "Paysage")
    )
    rangee = (
        '<style:style style:name="rangee" style:family="table-row"><style:table-row-properties '
        'fo:keep-together="always"/></style:style>'
    )
    return (
        f'{_TETE}<office:document-content {_ESPACES_DE_NOMS} office:version="1.3">{_POLICE}'
        f"<office:automatic-styles>{larges}{entiers}{cases}{rangee}{pages}</office:automatic-styles>"
        "<office:body><office:text>"
    )


def _case(nom: str, est_gras: bool) -> str:  # noqa: FBT001 (une table de trois styles)
    gras = '<style:text-properties fo:font-weight="bold"/>' if est_gras else ""
    paragraphes = "".join(
        f'<style:style style:name="{nom}-{sorte}" style:family="paragraph" style:parent-style-name="Case">'
        f'<style:paragraph-properties fo:text-align="{cote}"/>{gras}</style:style>'
        for sorte, cote in (("texte", "start"), ("nombre", "end"))
    )
    return (
        f'<style:style style:name="{nom}" style:family="table-cell"><style:table-cell-properties {_FILET} '
        f'fo:padding="0.8mm" style:vertical-align="top"/></style:style>{paragraphes}'
    )


def metadonnees(titre: str, auteur: str, quand: str) -> str:
    """Le titre et l’auteur, déjà échappés ; `quand` : date et heure ISO."""
    return (
        f'{_TETE}<office:document-meta {_ESPACES_DE_NOMS} office:version="1.3"><office:meta>'
        f"<dc:title>{titre}</dc:title><meta:initial-creator>{auteur}</meta:initial-creator>"
        f"<dc:language>fr-FR</dc:language><meta:creation-date>{quand}</meta:creation-date>"
        "</office:meta></office:document-meta>"
    )


def _titre(niveau: int, taille: int) -> str:
    return (
        f'<style:style style:name="Titre_{niveau}" style:display-name="Titre {niveau}" style:family="paragraph" '
        f'style:parent-style-name="Corps" style:next-style-name="Corps" style:default-outline-level="{niveau}">'
        '<style:paragraph-properties fo:margin-top="5mm" fo:margin-bottom="2mm" fo:keep-with-next="always"/>'
        f'<style:text-properties fo:font-size="{taille}pt" fo:font-weight="bold"/></style:style>'
    )


def _page(nom: str, largeur: int, hauteur: int, sens: str) -> str:
    return (
        f'<style:page-layout style:name="page-{nom}"><style:page-layout-properties fo:page-width="{largeur}mm" '
        f'fo:page-height="{hauteur}mm" style:print-orientation="{sens}" fo:margin="15mm"/>'
        "<style:footer-style/></style:page-layout>"
    )


def _maitresse(nom: str) -> str:
    return (
        f'<style:master-page style:name="{nom}" style:page-layout-name="page-{nom}"><style:footer>'
        '<text:p text:style-name="Pied"><text:page-number text:select-page="current">1</text:page-number> / '
        "<text:page-count>1</text:page-count></text:p></style:footer></style:master-page>"
    )


def _paragraphe(nom: str, paragraphe: str, texte: str = "") -> str:
    return (
        f'<style:style style:name="{nom}" style:family="paragraph"><style:paragraph-properties {paragraphe}/>'
        f"<style:text-properties {texte}/></style:style>"
    )


STYLES = (
    f'{_TETE}<office:document-styles {_ESPACES_DE_NOMS} office:version="1.3">{_POLICE}<office:styles>'
    '<style:default-style style:family="paragraph"><style:text-properties style:font-name="Texte" fo:font-size="10pt" '
    'fo:language="fr" fo:country="FR"/></style:default-style>'
    + _paragraphe("Corps", 'fo:margin-bottom="2mm" fo:orphans="2" fo:widows="2"')
    + _paragraphe("En_tete", 'fo:margin-bottom="4mm"', 'fo:font-size="18pt" fo:font-weight="bold"')
    + _paragraphe("Legende", 'fo:margin-top="3mm" fo:keep-with-next="always"', 'fo:font-weight="bold"')
    + _paragraphe("Case", 'fo:margin-bottom="0mm"', 'fo:font-size="7.5pt"')
    + _paragraphe("Pied", 'fo:text-align="end"', 'fo:font-size="8pt"')
    + "".join(_titre(niveau, taille) for niveau, taille in ((1, 14), (2, 12), (3, 10)))
    + '<text:list-style style:name="Puces"><text:list-level-style-bullet text:level="1" text:bullet-char="–">'
    '<style:list-level-properties text:space-before="4mm" text:min-label-width="4mm"/>'
    "</text:list-level-style-bullet></text:list-style>"
    "</office:styles><office:automatic-styles>"
    + _page("Portrait", 210, 297, "portrait")
    + _page("Paysage", 297, 210, "landscape")
    + "</office:automatic-styles><office:master-styles>"
    + _maitresse("Portrait").replace('style:name="Portrait"', 'style:name="Standard"', 1)
    + _maitresse("Portrait")
    + _maitresse("Paysage")
    + "</office:master-styles></office:document-styles>"
)
