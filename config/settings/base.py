"""Réglages communs. Tout ce qui vient de l’environnement est lu ici, et seulement ici."""

import sys
from pathlib import Path

import django_stubs_ext
from environs import Env

from config.settings.periodiques import PERIODIQUES

django_stubs_ext.monkeypatch()

RACINE = Path(__file__).resolve().parents[2]
env = Env()

# --- Environnement -----------------------------------------------------------------------------------------
VAR = Path(env.str("MILLE_ACTIONS_VAR", "") or RACINE / "var")
DEBUG = env.bool("DEBUG", False)
SECRET_KEY = env.str("SECRET_KEY", "")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
REDIS_URL = env.str("REDIS_URL", "redis://localhost:6379/0")
DATABASES = {"default": env.dj_db_url("DATABASE_URL", "postgresql:///mille_actions", conn_max_age=60)}
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", False)
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Mille actions <ne-pas-repondre@exemple.fr>")
# Registre public des entreprises (format de l’API Recherche d’entreprises) ; vide : éteint, tout se tape à la main.
REGISTRE_URL = env.str("REGISTRE_URL", "").rstrip("/")
REGISTRE_DELAI = env.float("REGISTRE_DELAI", 3.0)  # secondes, réponse entière comprise
# Prestataire de signature (docs/signature-externe.md) ; adresse ou clé vide : éteint, on signe sur papier.
SIGNATURE_URL = env.str("SIGNATURE_URL", "").rstrip("/")
SIGNATURE_CLE = env.str("SIGNATURE_CLE", "")  # partagée avec lui : elle scelle les échanges dans les deux sens
SIGNATURE_DELAI = env.float("SIGNATURE_DELAI", 20.0)  # secondes, réponse entière comprise
SIGNATURE_JOURS = env.int("SIGNATURE_JOURS", 60)  # au-delà, une demande que personne n’a signée expire
# Antivirus ClamAV : « hôte:port » ou le chemin d’un socket unix ; vide : éteint, et l’écran le dit.
CLAMAV_ADRESSE = env.str("CLAMAV_ADRESSE", "")
CLAMAV_DELAI = env.float("CLAMAV_DELAI", 60.0)  # secondes de silence admises, connexion comprise

# --- Le produit --------------------------------------------------------------------------------------------
MODE_DEMONSTRATION = False
ADRESSE_PUBLIQUE = env.str("ADRESSE_PUBLIQUE", "").rstrip("/")  # celle qu’écrivent les courriels
NOM_DEPARTEMENT = env.str("NOM_DEPARTEMENT", "Département du Nord")
# Celui qui attribue, dans les données ouvertes ; vide : elles ne se publient pas, et l’écran le dit.
SIRET_DEPARTEMENT = "".join(env.str("SIRET_DEPARTEMENT", "").split())
COURRIELS_SENSIBLES_JOURS = env.int("COURRIELS_SENSIBLES_JOURS", 7)  # puis leur texte s’efface
IMPORT_TAILLE_MAXIMALE = 20 * 1024 * 1024  # octets
FICHIERS_PRIVES = VAR / "fichiers"
# Au-delà, le rapport vient en volumes (un fichier balisé ne se joint pas). Mesuré, Django compris : 251 Mio pour 988
# actions, 295 pour 1 400, 362 pour 2 000 (0,11 par action : boîtes de WeasyPrint, puis balises) ; borne : 300 Mio.
ACTIONS_PAR_VOLUME = 1_400
FICHES_PAR_FICHIER = 200  # au-delà, un cahier est une archive de plusieurs PDF

# --- Django ------------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "config.apps.AdministrationConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "django_htmx",
    "pgtrigger",
    "config.socle",
    "territoires",
    "comptes",
    "projets",
    "financements",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "config.connexion.ConnexionObligatoire",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.erreurs.PageMethodeNonPermise",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [RACINE / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "config.navigation.navigation",
            ],
        },
    }
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "fr"
TIME_ZONE = "Europe/Paris"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False
FORMAT_MODULE_PATH: list[str] = []

# --- Comptes -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "comptes.Personne"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "comptes.adaptateur.AdaptateurComptes"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "mandatory"  # de qui s’inscrit lui-même : voir comptes.adaptateur.EtapeConfirmation
ACCOUNT_LOGIN_ON_EMAIL_CONFIRMATION = True  # seulement dans le navigateur où l’on vient de s’inscrire
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[Mille actions] "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https"
ACCOUNT_FORMS = {
    "signup": "comptes.forms.InscriptionForm",
    "login": "comptes.forms.ConnexionForm",
    "change_password": "comptes.forms.ChangerMotDePasseForm",
    "reset_password": "comptes.forms.MotDePasseOublieForm",
    "reset_password_from_key": "comptes.forms.NouveauMotDePasseForm",
}
ACCOUNT_EMAIL_NOTIFICATIONS = True  # un mot de passe changé s’annonce à son titulaire
# Derrière un mandataire, l’adresse qui compte pour les limites de débit est celle qu’il transmet.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("MANDATAIRES_DE_CONFIANCE", 0)
# Les sessions se lisent en base, pas dans le cache : le courtier garderait de quoi se faire passer pour quelqu’un, sa
# panne fermerait chaque page, une session supprimée en base vivrait encore : trop pour une requête de moins.
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"

# --- Fichiers ----------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATICFILES_DIRS = [RACINE / "static"]
STATIC_ROOT = VAR / "statiques"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FICHIERS_PRIVES}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_HANDLERS = [
    "config.socle.fichiers.arrivee.Plafond",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024  # octets, hors fichiers
DATA_UPLOAD_MAX_NUMBER_FILES = 20
DATA_UPLOAD_MAX_NUMBER_FIELDS = 4000  # un budget de dix ans avec tous ses financeurs
ENVOI_TAILLE_MAXIMALE = 120 * 1024 * 1024  # octets, tous fichiers d’un envoi ; le mandataire doit en admettre autant
# Préfixe interne sous lequel le mandataire lit les fichiers privés (X-Accel-Redirect) ; vide : l’application les rend.
FICHIERS_X_ACCEL = env.str("FICHIERS_X_ACCEL", "")

# --- Cache et file d’attente -------------------------------------------------------------------------------
# Le même serveur sert la file et le cache ; les serveurs embarqués donnent une adresse à chacun (socket unix).
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": env.str("CACHE_URL", "") or REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}
CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", "") or REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 900}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True  # l’avancement et le résultat vivent dans nos propres lignes
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 20
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = PERIODIQUES

# --- Formulaires -------------------------------------------------------------------------------------------
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Sécurité ----------------------------------------------------------------------------------------------
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "style-src": ["'self'"],
        "script-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

# --- Journaux ----------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"ligne": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "filters": {"sans_jeton": {"()": "config.socle.jetons.SansJeton"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "stream": sys.stderr,
            "formatter": "ligne",
            "filters": ["sans_jeton"],
        }
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "fontTools": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "weasyprint": {"level": "ERROR"},
    },
}
