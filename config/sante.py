"""`/sante/` : l’état de la base, de la file et du travailleur, en JSON, sans détail. Public."""

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from config.celery import CLE_DU_BATTEMENT, client_de_la_file

BON, EN_PANNE = "ok", "en panne"


@login_not_required
@never_cache
@require_safe
def sante(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 (signature imposée par Django)
    """Rend `{"base": "ok", "file": "ok", "worker": "ok"}` : 200 si tout va, 503 sinon, en moins d’une seconde."""
    etat = {"base": etat_de_la_base(), **etat_de_la_file()}
    tout_va = set(etat.values()) == {BON}
    return JsonResponse(etat, status=200 if tout_va else 503)


def etat_de_la_base() -> str:
    """Une requête sans table : la base répond-elle ?"""
    try:
        with connection.cursor() as curseur:
            curseur.execute("SELECT 1")
    except DatabaseError:
        return EN_PANNE
    return BON


def etat_de_la_file() -> dict[str, str]:
    """La file répond-elle, et porte-t-elle le battement récent d’un travailleur ?"""
    try:
        with client_de_la_file(settings.CELERY_BROKER_URL) as client:
            bat = client.exists(CLE_DU_BATTEMENT)
    except redis.RedisError:
        return {"file": EN_PANNE, "worker": EN_PANNE}
    return {"file": BON, "worker": BON if bat else EN_PANNE}
