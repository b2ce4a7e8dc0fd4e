# Short forms of `python -m tools <command>` and, for operators, of `python -m operations <command>`;
# each command first brings .venv up to date.
#
#   make up [PORT=4567] [CLOUD=localstack]    run everything on this machine, with demo data
#   make logs [F=thumbnail]                   show the functions' logs as they come
#   make demo                                 add the demo data
#   make down                                 stop everything and delete its state
#   make test [ARGS="-k feed"]                run every check that a change must pass
#   make unit [ARGS="-k feed"]                run the pure tests: no cloud, no codecs, under a minute
#   make check                                check style, types, imports and the API document
#   make format                               format the code
#   make e2e [ARGS="-k feed"]                 run the end-to-end tests
#   make screenshots                          take the pictures for the documentation again
#   make bench [B=imports]                    run all benchmarks, or one
#   make bench B=fan_out AGAINST=main [PAIRS=3]   compare a benchmark with another commit
#   make waiting [STAGE=prod]                 show what waits in the queues, here or in AWS
#   make redrive [Q=ingest] [STAGE=prod]      send dead letters back to their queues
#   make reconcile [STAGE=prod]               check every unpublished post now
#   make collect [STAGE=prod]                 show what would be removed; remove nothing
#   make audit [REPAIR=yes] [STAGE=prod]      compare stored files with the table
#   make screen LIST=known [DAYS=7] [STAGE=prod]
#                                             say what a list would find in the last days
#   make reindex [STAGE=prod]                 build the search index again while it is in use
#   make search-check [REPAIR=yes] [STAGE=prod]   compare the search index with the table
#   make sign-out HANDLE=maya [STAGE=prod]    end all sessions of a user
#   make moderator HANDLE=maya [OUT=yes] [STAGE=prod]   let a user moderate, or no longer
#   make moderation-log [VERIFY=yes] [STAGE=prod]       show what moderators have done; is it whole?
#   make explain VIEWER=maya POST=… [STAGE=prod]        say why somebody sees a post, or does not
#   make close USER=maya [ERASE=now] [STAGE=prod]   close a user's account, or erase it at once
#   make deny ID=… [STAGE=prod]               show nobody a post's media, a medium or a content
#   make allow ID=… [STAGE=prod]              show it again
#   make denied [STAGE=prod]                  list what is denied
#   make erase POST=… [STAGE=prod]            erase a post at once, which cannot be undone
#   make smoke [STAGE=prod] [CLEAN=…]         ask a stage some questions, as people would, and clean up
#   make erasure-scan USER=maya [DEEP=yes] [STAGE=prod]   look for a person in everything that is stored
#   make erasure-receipts [TO=folder] [DEEP=yes] [STAGE=prod]   give those who were erased a receipt
#   make erase-again [STAGE=prod]             erase what a restored table has again
#   make receipt-key [STAGE=prod]             print the key with which receipts are checked
#   make verify-receipt FILE=receipt.txt [KEY=…] [STAGE=prod]   check a receipt
#   make export-accounts TO=accounts.jsonl [STAGE=prod]   write all accounts into a file
#   make restore-data TABLE=… [REGION=…] [CONTEXT=…]     make a stack of a restored table and of originals
#   make restore-service ACCOUNTS=accounts.jsonl [STAGE=prod]   bring in accounts, renditions and search index
#   make restore-drill                        lose a region and restore it, on two local clouds
#   make opensearch [PORT=9200]               run an OpenSearch node, without Docker
#   make layers [TARGET=cp313-aarch64]        build the third-party layers
#   make lock [UPGRADE="boto3 …"]             write the lock files from pyproject.toml
#   make site                                 build the web client
#   make openapi                              write the OpenAPI document, and README's table, from the routes
#   make events                               write the sample batches from the classes of the messages
#   make rights                               write every function's rights from the template, for the tests
#   make visibility                           write docs/visibility.md from the rules of who may see what
#   make costs                                write README's costs of an idle month from the table of workers
#   make synth [CONTEXT="stage=prod …"]       write the CloudFormation templates
#   make bootstrap [REGION=…]                 prepare an AWS account and region, once
#   make doctor [REGION=…] [CONTEXT=…]        look at the account before a deployment
#   make diff [REGION=…] [CONTEXT=…]          print what a deployment would change
#   make deploy [REGION=…] [CONTEXT="stage=prod …"]      deploy to AWS
#   make rotate-media-keys [REGION=…] [CONTEXT="stage=prod …"]   replace the key of links to media
#   make destroy [CONTEXT=…] [ORIGINALS=delete]          delete from AWS, after asking
#   make clean                                delete everything that was built or installed

CLOUD ?= ministack
ORIGINALS ?= keep

# An environment variable PYTHON may have another meaning, so only `make up PYTHON=…` counts.
ifneq ($(origin PYTHON),command line)
PYTHON :=
endif

TOOLS := .venv/bin/python -m tools
OPERATIONS := PYTHONPATH=layers/shared/python .venv/bin/python -m operations

ifdef REGION
export AWS_REGION := $(REGION)
export AWS_DEFAULT_REGION := $(REGION)
endif

# Images of Python set this. Hundreds of processes would each compile all that they import.
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: help ready up down logs demo test unit check format e2e bench waiting redrive reconcile collect erase audit screen \
	reindex search-check sign-out close moderator moderation-log explain deny allow denied smoke \
	erasure-scan erasure-receipts receipt-key verify-receipt erase-again \
	export-accounts restore-data restore-service restore-drill opensearch \
	layers lock site screenshots openapi events rights visibility costs synth bootstrap doctor diff deploy rotate-media-keys \
	destroy clean

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

unit: ready
	@$(TOOLS) unit -- $(ARGS)

check: ready
	@$(TOOLS) check

format: ready
	@.venv/bin/ruff check --fix --quiet . ; .venv/bin/ruff format . ; $(TOOLS) format-site

e2e: ready
	@$(TOOLS) e2e -- $(ARGS)

screenshots: ready
	@SHUTTERFEED_SCREENSHOTS=1 $(TOOLS) e2e -- -k pictures_in_the_documentation
	@cp build/screenshots/*.jpg docs/images/

bench: ready
	@$(TOOLS) bench $(B) $(if $(AGAINST),--against $(AGAINST)) $(if $(PAIRS),--pairs $(PAIRS))

waiting redrive reconcile collect reindex: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter redrive,$@),$(Q))

audit search-check: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter yes,$(REPAIR)),--repair)

screen: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(DAYS),--days $(DAYS)) $(LIST)

sign-out: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(HANDLE)

# The shell has a variable of this name, which is not meant.
close: ready
	$(if $(filter command,$(firstword $(origin USER))),,$(error Say whose account: make close USER=maya))
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter now,$(ERASE)),--erase-now) $(USER)

deny allow: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(ID)

moderator: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(HANDLE) $(if $(filter yes,$(OUT)),--out)

moderation-log: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter yes,$(VERIFY)),--verify)

explain: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(VIEWER) $(POST)

denied: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE))

erase: ready
	$(if $(POST),,$(error Say which post: make erase POST=<id>))
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(POST)

smoke: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(CLEAN),--clean $(CLEAN))

erasure-scan: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter yes,$(DEEP)),--deep) $(if $(findstring command,$(origin USER)),$(USER))

erasure-receipts: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(filter yes,$(DEEP)),--deep) $(or $(TO),build/receipts)

erase-again receipt-key: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE))

verify-receipt: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(if $(KEY),--key $(KEY)) $(FILE)

export-accounts: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(TO)

restore-data: ready
	@$(OPERATIONS) $@ $(if $(TABLE),--table $(TABLE)) $(CONTEXT)

restore-service: ready
	@$(OPERATIONS) $@ $(if $(STAGE),--stage $(STAGE)) $(ACCOUNTS)

restore-drill: ready
	@$(OPERATIONS) $@

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

events: ready
	@$(TOOLS) events

rights: ready
	@$(TOOLS) rights

visibility: ready
	@$(TOOLS) visibility

costs: ready
	@$(TOOLS) costs

synth: ready
	@$(TOOLS) synth $(CONTEXT)

bootstrap doctor diff deploy rotate-media-keys: ready
	@$(TOOLS) $@ $(CONTEXT)

destroy: ready
	@$(TOOLS) destroy --originals $(ORIGINALS) $(CONTEXT)

clean: ready
	@$(TOOLS) down
	@rm -rf .venv .venv-cloud .venv-clients build web/node_modules web/dist web/build .mypy_cache .pytest_cache .ruff_cache .import_linter_cache
