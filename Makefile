# A few targets, each what the automatic checks run too.
BIN := .venv/bin

.PHONY: test lint docs golden bench lock

test:
	$(BIN)/pytest -n auto

lint:
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

docs:
	$(BIN)/python tests/docs/write_docs.py

golden:
	$(BIN)/python tests/golden.py

bench:
	$(BIN)/python tests/bench/run.py

lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-emit-index-url \
		--custom-compile-command "make lock" --group dev --all-extras pyproject.toml -o requirements-dev.lock
