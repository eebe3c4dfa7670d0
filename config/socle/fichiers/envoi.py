"""Rendre un fichier privé à qui y a droit : toujours à télécharger, jamais dans la page."""

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
