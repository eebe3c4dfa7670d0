"""Rendre un fichier privé à qui y a droit : à télécharger, ou dans un cadre de la page s’il ne peut rien y faire."""

from urllib.parse import quote

from django.conf import settings
from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from config.socle.fichiers.formats import TYPES_MIME

SECURITE = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, no-store",
}

# Montrés dans un cadre de nos pages : un PDF ou une image, dont le contenu a été reconnu à l’envoi, jamais du texte.
MONTRABLES = frozenset({"pdf", "jpg", "png"})
RIEN_D_AUTRE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'"
SECURITE_DANS_LA_PAGE = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


def dans_la_page(fichier: FieldFile, nom: str, format_: str) -> HttpResponseBase:
    """La réponse à montrer dans un cadre de même origine ; `format_` : celui que le contenu a révélé, pas l’extension.

    Tout autre format se télécharge. Une image est mise au bac à sable ; un PDF non, la visionneuse du navigateur s’y
    refuserait, mais rien ne s’y charge ni ne s’y exécute hors d’elle.
    """
    reponse = telechargement(fichier, nom)
    if format_ not in MONTRABLES:
        return reponse
    reponse["Content-Type"] = TYPES_MIME[format_]
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=nom) or "inline"
    reponse["Content-Security-Policy"] = RIEN_D_AUTRE if format_ == "pdf" else f"{RIEN_D_AUTRE}; sandbox"
    for cle, valeur in SECURITE_DANS_LA_PAGE.items():
        reponse[cle] = valeur
    return reponse


def telechargement(fichier: FieldFile, nom: str) -> HttpResponseBase:
    """La réponse ; `nom` : celui que verra la personne. Lève `Http404` si le fichier n’est pas là.

    Avec `FICHIERS_X_ACCEL`, le mandataire lit le fichier lui-même, sous ce préfixe qu’il ne sert à personne d’autre.
    """
    if not fichier:
        raise Http404
    genre = TYPES_MIME.get(nom.rpartition(".")[2].lower(), "application/octet-stream")
    reponse: HttpResponseBase
    if settings.FICHIERS_X_ACCEL:
        reponse = HttpResponse(content_type=genre)
        reponse["X-Accel-Redirect"] = f"{settings.FICHIERS_X_ACCEL.rstrip('/')}/{quote(fichier.name or '')}"
    else:
        try:
            reponse = FileResponse(fichier.open("rb"), content_type=genre)
        except FileNotFoundError as absence:
            raise Http404 from absence
    reponse["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=nom) or "attachment"
    for cle, valeur in SECURITE.items():
        reponse[cle] = valeur
    return reponse
