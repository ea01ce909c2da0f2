# `make help` lists what there is. Everything goes through ./wakala, which makes its own environment.
.DEFAULT_GOAL := help
.PHONY: help up test unit journeys browser check train doctor bench soak pins clean

help: ## Show this list
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

up: ## Set up and run the whole product
	./wakala up

test: ## Pass the tests
	./wakala test

unit: ## Only the fast tests that need no servers
	./wakala test tests/unit

journeys: ## Only the conversations in tests/journeys
	./wakala test tests/journeys

browser: ## Only the purchase in Chromium
	./wakala test tests/browser

check: ## Lint, types, import contracts
	./wakala check

train: ## Train the model
	./wakala train

doctor: ## Say what is wrong with this machine
	./wakala doctor

bench: ## Measure turns, growth and ingress (docs/performance.md), understanding, and the tenants' layer
	.venv/bin/python -m bench.turns
	.venv/bin/python -m bench.stages
	.venv/bin/python -m bench.growth
	.venv/bin/python -m bench.ingress
	.venv/bin/python -m bench.understanding
	.venv/bin/python -m bench.tenant_layer

soak: ## Ten minutes of the whole product at half capacity, then count
	.venv/bin/python -m bench.soak

pins: ## Resolve the dependencies anew and write the hash-pinned lists (needs uv)
	uv lock --upgrade
	uv export --no-emit-project --no-annotate --no-header --no-dev -q -o requirements.txt
	uv export --no-emit-project --no-annotate --no-header --only-dev -q -o requirements-dev.txt
	echo uv | uv pip compile -q --upgrade --generate-hashes --no-header --no-annotate - -o requirements-tools.txt

clean: ## Stop nothing, forget everything: embedded data, logs, caches
	rm -rf .wakala .pytest_cache .mypy_cache .ruff_cache .hypothesis .rasa
