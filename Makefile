# Deux commandes suffisent : « make demo » et « make test ». Chemins relatifs : le projet peut vivre n’importe où.
VERSION_ASSEZ_RECENTE = import sys; sys.exit(sys.version_info < (3, 11))
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(VERSION_ASSEZ_RECENTE)' 2>/dev/null && echo $$p && break; done)
endif
PY = .venv/bin/python
APPS = config territoires comptes projets financements
VERROUILLER = $(PY) -m uv pip compile --quiet --python-version 3.11 --generate-hashes --no-emit-index-url \
	--custom-compile-command "make verrous"

# Les travailleurs, les serveurs et les commandes que lancent les essais relisent le code déjà compilé.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := aide
.PHONY: aide demo test essais recette check format verrous bench propre neuf verifier-python preparer-demo preparer-dev

aide:  ## affiche cette aide
	@echo "Mille actions : cibles de make"
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{ printf "%-15s %s\n", $$1, $$2 }'
	@echo "Variables : PORT=8001 (port de la démonstration), PYTHON=/chemin/python3.11, MILLE_ACTIONS_VAR=dossier d’état"

demo: preparer-demo  ## installe ce qu’il faut et lance l’application ; Ctrl-C arrête tout
	@MILLE_ACTIONS_SOUS_MAKE=1 exec $(PY) -m config.embarque demo

test: check essais  ## tous les contrôles, puis toute la suite avec couverture

essais: preparer-dev  ## la suite seule : make essais ARGS="tests/projets -x"
	@echo "→ pytest"
	@if [ -n "$$SANS_NAVIGATEUR" ]; then \
		exec $(PY) -m pytest -n 2 --dist worksteal --cov --cov-report=term -m "not navigateur" $(ARGS); \
	elif [ -n "$(ARGS)" ]; then exec $(PY) -m pytest $(ARGS); \
	else exec $(PY) -m pytest -n 2 --dist worksteal --cov --cov-report=term; fi

recette: preparer-dev  ## mène 1 350 projets du vote au solde payé, dans Chromium ; plusieurs minutes, hors de make test
	@exec $(PY) -m pytest tests/navigateur/recette_du_vote_au_solde.py $(ARGS)

CONTROLES = format lint gabarits couches types migrations production dependances
check: preparer-dev  ## format, lint, gabarits, couches, types, migrations, production, dépendances
	@$(MAKE) --no-print-directory --keep-going $(addprefix controle-,$(CONTROLES)) || \
		{ echo "Erreur : au moins un contrôle échoue (voir ci-dessus) ; « make format » en corrige une partie."; exit 1; }

controle-format:
	@echo "→ ruff format" && $(PY) -m ruff format --check --quiet .
controle-lint:
	@echo "→ ruff check" && $(PY) -m ruff check --quiet .
controle-gabarits:
	@echo "→ djangofmt" && .venv/bin/djangofmt --check templates && .venv/bin/djangofmt check templates
	@echo "→ djlint" && $(PY) -m djlint --quiet --lint templates
controle-couches:
	@echo "→ import-linter" && $(PY) -c "from importlinter.cli import lint_imports_command as c; c()" --no-logo
controle-types:
	@echo "→ mypy" && $(PY) -m mypy --no-error-summary $(APPS) manage.py
controle-migrations:
	@echo "→ migrations" && MILLE_ACTIONS_VAR="$${MILLE_ACTIONS_VAR:-var/tests}" $(PY) manage.py makemigrations --check --dry-run
controle-production:
	@echo "→ réglages de production" && DJANGO_SETTINGS_MODULE=config.settings.production ALLOWED_HOSTS=exemple.fr \
		SECRET_KEY="$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(64))')" \
		DATABASE_URL=postgresql:///absente REDIS_URL=redis://localhost $(PY) manage.py check --deploy --fail-level WARNING
controle-dependances:
	@echo "→ deptry" && $(PY) -m deptry --config requirements/deptry.toml .

format: preparer-dev  ## met en forme le code et les gabarits
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format . ; .venv/bin/djangofmt check --fix templates; .venv/bin/djangofmt templates

verrous: preparer-dev  ## recompile requirements/*.txt (UPGRADE=1 make verrous : versions les plus récentes)
	@for nom in amorce production demo dev; do \
		case $$nom in \
			amorce|production) base="" ;; demo) base="-c requirements/production.txt" ;; dev) base="-c requirements/demo.txt" ;; \
		esac; \
		echo "→ requirements/$$nom.txt"; \
		$(VERROUILLER) $${UPGRADE:+--upgrade} $$base requirements/$$nom.in -o requirements/$$nom.txt || exit 1; \
	done

bench: preparer-dev  ## mesure le rapport, les pages, le dépôt, l’instruction, la sélection, l’exécution et les exports (temps, mémoire, rapports aux références)
	@$(PY) -m tests.mesures

propre:  ## efface les caches et l’état des essais (garde la démonstration)
	@rm -rf .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .coverage* htmlcov var/tests
	@find . -name __pycache__ -type d -not -path "./.venv/*" -prune -exec rm -rf {} +

neuf:  ## efface tout, DONNÉES DE DÉMONSTRATION COMPRISES, et l’environnement
	@if [ -x $(PY) ]; then $(PY) -m config.embarque effacer; fi
	@$(MAKE) --no-print-directory propre
	@rm -rf .venv var

verifier-python:
	@"$(PYTHON)" -c '$(VERSION_ASSEZ_RECENTE)' 2>/dev/null || { \
		echo "Erreur : il faut Python 3.11 ou plus récent$(if $(PYTHON), ; « $(PYTHON) » ne convient pas)."; \
		echo "Installez-le, ou indiquez-le :  make demo PYTHON=/chemin/vers/python3.11"; exit 1; }
preparer-demo: verifier-python
	@"$(PYTHON)" config/embarque/preparation.py demo
preparer-dev: verifier-python
	@"$(PYTHON)" config/embarque/preparation.py dev
