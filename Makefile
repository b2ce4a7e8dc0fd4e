# Short forms of `python -m tools <command>`; each first makes sure that .venv is up to date.
#
#   make up [PORT=4567] [CLOUD=localstack]    run everything on this machine, with demo data
#   make logs [F=thumbnail] | demo | down     follow the functions | add demo data | stop, clean up
#   make test [ARGS="-k feed"]                everything a change must pass
#   make lint | format | e2e                  parts of it
#   make screenshots                          take the pictures of the documentation again
#   make bench [B=imports]                    measure
#   make bench B=fan_out AGAINST=main [PAIRS=3]   measure here and at another commit, in turns
#   make waiting [STAGE=prod]                 what stands in the queues, here or in AWS
#   make redrive [Q=uploads] [STAGE=prod]     send dead letters back to their queues
#   make reconcile [STAGE=prod]               look at every post on its way now
#   make collect [STAGE=prod]                 show what would be removed; removes nothing
#   make audit [REPAIR=yes] [STAGE=prod]      hold what is stored against what is recorded
#   make reindex [STAGE=prod]               build the search index again, with no gap
#   make search-check [REPAIR=yes] [STAGE=prod]   hold the search index against the table
#   make opensearch [PORT=9200]               run an OpenSearch node, without Docker
#   make layers [TARGET=cp313-aarch64]        build the third-party layers
#   make lock [UPGRADE="boto3 …"]             write the lock files from pyproject.toml
#   make site                                 build the web client
#   make openapi                              write the OpenAPI document from the routes
#   make deploy [REGION=…] [CONTEXT="stage=prod …"]      deploy to AWS; first once: make bootstrap
#   make destroy [CONTEXT=…] [ORIGINALS=delete]          delete from AWS; asks first
#   make clean                                delete everything that was built or installed

CLOUD ?= ministack
ORIGINALS ?= keep

# An environment variable of this name may mean anything; only `make up PYTHON=…` is for us.
ifneq ($(origin PYTHON),command line)
PYTHON :=
endif

TOOLS := .venv/bin/python -m tools

ifdef REGION
export AWS_REGION := $(REGION)
export AWS_DEFAULT_REGION := $(REGION)
endif

.DEFAULT_GOAL := help
.PHONY: help ready up down logs demo test lint format e2e bench waiting redrive reconcile collect audit \
	reindex search-check opensearch layers lock site screenshots openapi synth bootstrap \
	deploy destroy clean

help:
	@sed -n 's/^#   //p' Makefile

ready:
	@python=$$(sh tools/find_python.sh "$(PYTHON)") && "$$python" -m tools.bootstrap

up: ready
	@$(TOOLS) up --cloud $(CLOUD) $(if $(PORT),--port $(PORT))

down: ready
	@$(TOOLS) down

logs: ready
	@$(TOOLS) logs $(F)

demo: ready
	@$(TOOLS) demo

test: ready
	@$(TOOLS) test -- $(ARGS)

lint: ready
	@$(TOOLS) lint

format: ready
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format .

e2e: ready
	@$(TOOLS) e2e -- $(ARGS)

screenshots: ready
	@$(TOOLS) e2e -- -k pictures_in_the_documentation
	@cp build/screenshots/*.jpg docs/images/

bench: ready
	@$(TOOLS) bench $(B) $(if $(AGAINST),--against $(AGAINST)) $(if $(PAIRS),--pairs $(PAIRS))

waiting redrive reconcile collect reindex: ready
	@$(TOOLS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter redrive,$@),$(Q))

audit: ready
	@PYTHONPATH=layers/shared/python $(TOOLS) audit $(if $(STAGE),--stage $(STAGE)) \
		$(if $(filter yes,$(REPAIR)),--repair)

search-check: ready
	@$(TOOLS) search-check $(if $(STAGE),--stage $(STAGE)) $(if $(filter yes,$(REPAIR)),--repair)

opensearch: ready
	@$(TOOLS) opensearch $(if $(PORT),--port $(PORT))

layers: ready
	@$(TOOLS) layers $(TARGET)

# Without `ready`: what is locked may be what cannot be installed.
lock:
	@python=$$(sh tools/find_python.sh "$(PYTHON)") && "$$python" -m tools lock $(UPGRADE)

site: ready
	@$(TOOLS) site

openapi: ready
	@PYTHONPATH=functions:layers/shared/python .venv/bin/python -m tools.openapi

synth: ready
	@$(TOOLS) synth $(CONTEXT)

bootstrap: ready
	@$(TOOLS) bootstrap

deploy: ready
	@$(TOOLS) deploy $(CONTEXT)

destroy: ready
	@$(TOOLS) destroy --originals $(ORIGINALS) $(CONTEXT)

clean: ready
	@$(TOOLS) down
	@rm -rf .venv .venv-cloud .venv-clients build web/node_modules web/dist web/build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
