"""Réglages des essais : vrai PostgreSQL, mots de passe rapides, tâches exécutées sur place sauf demande contraire."""

import os

from config.embarque.essais import viser_les_serveurs_des_essais

# Avant « base » : pytest-django lit ces réglages avant tout conftest. Les serveurs démarrent dans tests/conftest.py.
viser_les_serveurs_des_essais(os.environ)

from config.settings.base import *  # noqa: E402, F403
from config.settings.base import DATABASES, VAR  # noqa: E402

# Les essais hors transaction vident les tables : eux seuls ont le droit de vider le journal (config.socle.models).
# Un fil du serveur d’essai qui garderait sa connexion empêcherait d’effacer la base à la fin.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"].setdefault("OPTIONS", {})["options"] = "-c mille_actions.remise_a_zero=oui"

MODE_DEMONSTRATION = True
SECRET_KEY = "essais-seulement"  # noqa: S105
SIRET_DEPARTEMENT = "22590001800014"
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
ADRESSE_PUBLIQUE = "http://testserver"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
FICHIERS_PRIVES = VAR / "essais"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FICHIERS_PRIVES}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
ACCOUNT_RATE_LIMITS = False
CELERY_TASK_ALWAYS_EAGER = "ESSAIS_TRAVAILLEUR" not in os.environ  # le vrai travailleur des essais met en file
CELERY_TASK_EAGER_PROPAGATES = True
WHITENOISE_AUTOREFRESH = True
