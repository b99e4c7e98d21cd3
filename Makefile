# A few targets, each what the automatic checks run too.
BIN := .venv/bin

.PHONY: test test-spark fuzz fuzz-lint fuzz-hostile lint docs site picture golden bench bench-spark mutation lock

test:
	$(BIN)/pytest -n auto

# `infer trail --spark` on a real Spark, in an environment of its own (half a gigabyte): needs Java 17 or later.
test-spark:
	python3 -m venv .venv-spark
	.venv-spark/bin/pip install --quiet -c requirements-dev.lock -e ".[spark]" \
		pytest pytest-asyncio pytest-xdist hypothesis "moto[s3,glue,athena]"
	.venv-spark/bin/pytest -n 0 -m spark tests/infer/trail/engines

# Property tests alone, with 3000 examples each, and 100,000 attacks on answers.
fuzz:
	HYPOTHESIS_PROFILE=nightly $(BIN)/pytest -n auto -m "hypothesis or attacks"

# Texts that coverage finds, fed to every reader and rule for ten minutes.
fuzz-lint:
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group fuzz
	$(BIN)/python tests/fuzz/fuzz_lint.py -max_total_time=600 -max_len=6000 -timeout=30 -rss_limit_mb=2000

# Hostile inputs for every reader, made by a seed: tests/fuzz/hostile.py. A quarter of an hour.
fuzz-hostile:
	$(BIN)/python tests/fuzz/hostile.py 25000

lint:
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy

docs:
	PYTHONPATH=tests $(BIN)/python -m docs.write_docs

# The documentation site, in build/site.
site:
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict -q -f docs/site/mkdocs.yml

# The picture of the HTML report in the README; needs chromium.
picture:
	$(BIN)/python tests/docs/report_picture.py

golden:
	$(BIN)/python tests/golden.py

bench:
	$(BIN)/python tests/bench/run.py
	$(BIN)/python tests/bench/decisions.py
	$(BIN)/python tests/bench/compaction.py
	$(BIN)/python tests/bench/algebra.py
	$(BIN)/python tests/bench/nasty.py
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group bench
	$(BIN)/python tests/bench/z3_pairs.py
	$(BIN)/python tests/bench/lint.py
	$(BIN)/python tests/bench/audit.py
	$(BIN)/python tests/bench/graph.py
	$(BIN)/python tests/bench/infer.py
	$(BIN)/python tests/bench/trail.py
	$(BIN)/python tests/bench/audit_live.py

# Spark against this process, after `make test-spark`.
bench-spark:
	.venv-spark/bin/python tests/bench/trail_engines.py

# Whether the rules' tests notice changes to the rules: half an hour of one core or more. It goes on where it was stopped;
# `mutmut results` names what the tests let pass.
mutation:
	$(BIN)/uv pip install --quiet --python $(BIN)/python --group mutation
	$(BIN)/mutmut run --max-children 1

# All extras but `spark`.
LOCKED_EXTRAS := --extra javascript --extra lsp --extra mcp --extra terraform --extra trail
lock:
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-emit-index-url \
		--custom-compile-command "make lock" --group dev $(LOCKED_EXTRAS) pyproject.toml -o requirements-dev.lock
# With hashes, for the release and the image. The lock above has none: pip refuses `-e .` beside hashes.
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-emit-index-url --generate-hashes \
		--custom-compile-command "make lock" .github/locks/build.in -o .github/locks/build.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade --no-emit-index-url --generate-hashes \
		--custom-compile-command "make lock" --extra javascript -c requirements-dev.lock \
		pyproject.toml -o .github/locks/image.lock
