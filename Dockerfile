# Image de production : web, worker et beat. Les réglages viennent tous de l’environnement (.env.example).
FROM python:3.11-slim-bookworm AS construction
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /app
COPY requirements/production.txt requirements/
RUN pip install --require-hashes -r requirements/production.txt
COPY . .
# Rassembler les fichiers statiques ne lit ni la base ni la file : ces valeurs ne servent qu’ici et ne restent pas.
RUN DJANGO_SETTINGS_MODULE=config.settings.production \
    SECRET_KEY="$(python -c 'import secrets; print(secrets.token_urlsafe(64))')" \
    ALLOWED_HOSTS=construction DATABASE_URL=postgresql:///construction REDIS_URL=redis://construction \
    MILLE_ACTIONS_VAR=/app/var python manage.py collectstatic --no-input

FROM python:3.11-slim-bookworm
# Mise en page des PDF (WeasyPrint). Les polices sont celles du projet.
RUN apt-get update \
    && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --create-home --uid 10001 mille
COPY --from=construction /opt/venv /opt/venv
COPY --from=construction --chown=root:root /app /app
RUN install -d -o mille -g mille -m 0700 /app/var/fichiers
WORKDIR /app
USER mille
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DJANGO_SETTINGS_MODULE=config.settings.production \
    MILLE_ACTIONS_VAR=/app/var \
    ADRESSE=0.0.0.0 \
    PORT=8000
VOLUME /app/var/fichiers
EXPOSE 8000
CMD ["gunicorn", "-c", "config/gunicorn.py", "config.wsgi"]
