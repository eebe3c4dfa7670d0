"""Réglages de la démonstration et du poste de développement : serveurs embarqués, comptes d’essai, HTTP local."""

from config.settings.base import *  # noqa: F403
from config.settings.base import ADRESSE_PUBLIQUE as ADRESSE
from config.settings.base import ALLOWED_HOSTS as HOTES
from config.settings.base import SECRET_KEY as CLE
from config.settings.base import SIRET_DEPARTEMENT as SIRET
from config.settings.base import VAR, env

MODE_DEMONSTRATION = True
SECRET_KEY = CLE or "demonstration-seulement-jamais-en-production"  # refusée par les réglages de production
SIRET_DEPARTEMENT = SIRET or "22590001800014"  # sa clé est juste ; en production, à confirmer puis à régler
ALLOWED_HOSTS = HOTES or ["localhost", "127.0.0.1", "[::1]"]
ADRESSE_PUBLIQUE = ADRESSE or f"http://127.0.0.1:{env.str('PORT', '') or 8000}"
# Les courriels de la démonstration sont gardés dans un dossier, personne ne les reçoit.
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR / "courriels"
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http"
# Une démonstration n’a pas de HTTPS devant elle : ces avertissements ne concernent que la production.
SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W009", "security.W012", "security.W016"]
