"""Réglages de production : refusent de démarrer avec un secret par défaut, DEBUG ou un hôte absent."""

from django.core.exceptions import ImproperlyConfigured
from stdnum.fr import siret

from config.settings.base import *  # noqa: F403
from config.settings.base import ADRESSE_PUBLIQUE as ADRESSE
from config.settings.base import (
    ALLOWED_HOSTS,
    DEBUG,
    REGISTRE_URL,
    SECRET_KEY,
    SIGNATURE_CLE,
    SIGNATURE_URL,
    SIRET_DEPARTEMENT,
    env,
)

LONGUEUR_MINIMALE_DU_SECRET = 50
LONGUEUR_MINIMALE_DE_LA_CLE = 32

if DEBUG:
    raise ImproperlyConfigured("DEBUG doit être absent ou faux en production.")
if len(SECRET_KEY) < LONGUEUR_MINIMALE_DU_SECRET or "demonstration" in SECRET_KEY or "django-insecure" in SECRET_KEY:
    raise ImproperlyConfigured(
        "SECRET_KEY doit être une valeur tirée au hasard d’au moins 50 caractères : "
        "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
    )
if not ALLOWED_HOSTS:
    raise ImproperlyConfigured("ALLOWED_HOSTS doit nommer le ou les domaines servis.")
if not env.str("DATABASE_URL", "") or not env.str("REDIS_URL", ""):
    raise ImproperlyConfigured("DATABASE_URL et REDIS_URL sont obligatoires en production.")
if REGISTRE_URL and not REGISTRE_URL.startswith("https://"):
    raise ImproperlyConfigured("REGISTRE_URL doit être une adresse https.")
if SIGNATURE_URL and not SIGNATURE_URL.startswith("https://"):
    raise ImproperlyConfigured("SIGNATURE_URL doit être une adresse https.")
if SIGNATURE_URL and len(SIGNATURE_CLE) < LONGUEUR_MINIMALE_DE_LA_CLE:
    raise ImproperlyConfigured("SIGNATURE_CLE doit être une valeur tirée au hasard d’au moins 32 caractères.")
if SIRET_DEPARTEMENT and not siret.is_valid(SIRET_DEPARTEMENT):
    raise ImproperlyConfigured("SIRET_DEPARTEMENT doit être un SIRET : quatorze chiffres, clé comprise.")

MODE_DEMONSTRATION = False
ADRESSE_PUBLIQUE = ADRESSE or f"https://{ALLOWED_HOSTS[0]}"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SECURE_REDIRECT_EXEMPT = [r"^sante/$"]
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
