# How Daemun is started, tested and kept. `make` alone prints what there is. Needs python3.11+ and make; brings the rest itself.
# Daemun을 켜고, 시험하고, 가꾸는 법입니다. `make`만 치면 목록이 나옵니다. python3.11 이상과 make만 있으면 됩니다.

MAKEFLAGS += --no-print-directory --no-builtin-rules
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run test check format bench crash clauses docs reference pictures lock clean

ARGS ?=
PYTHON ?= $(shell for each in python3.13 python3.12 python3.11 python3; do \
	"$$each" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$each" && break; done)
BIN := .venv/bin
UV := $(BIN)/uv --quiet
COMPILE := $(UV) pip compile --universal --generate-hashes --upgrade --custom-compile-command 'make lock'
say = @printf '▸ %s\n'

help: ## 이 목록 · this list
	@echo 'Daemun: 파이썬 팀의 대문 · the gate of a Python team'
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/\1|\2/p' Makefile | while IFS='|' read -r name text; do printf '  make %-9s %s\n' "$$name" "$$text"; done
	@echo '  ARGS는 뒤에 덧붙는 말입니다 · ARGS adds words:  make run ARGS="--port 8123 --data /some/dir"'

run: .make/run ## 서버를 켭니다 · starts the server (daemun serve)
	@$(BIN)/daemun serve $(ARGS) || test $$? = 130 # stopped by Ctrl+C

test: check .make/browser .make/streamlit/installed .make/peers/installed ## 점검한 뒤 모든 시험을 돌립니다 · checks, then runs every test
	@$(BIN)/python -m pytest -n auto --dist worksteal $(ARGS)

check: .make/dev ## 문체, 타입, 화살표를 점검합니다 · style, types and arrows between rooms
	$(say) 'ruff'
	@$(BIN)/ruff check --quiet
	@$(BIN)/ruff format --check --quiet
	$(say) 'mypy --strict'
	@$(BIN)/mypy --no-error-summary
	$(say) 'lint-imports'
	@$(BIN)/lint-imports --no-cache

format: .make/dev ## 코드를 다듬습니다 · formats, and mends what a machine can
	@$(BIN)/ruff check --fix --quiet || true
	@$(BIN)/ruff format --quiet

bench: .make/dev .make/peers/installed ## 다른 제품과 나란히 잽니다 · measures beside peers
	@PEERS_PYTHON=.make/peers/bin/python $(BIN)/python -m bench $(ARGS)

crash: .make/dev ## 감사 기록에 쓰는 프로세스를 1,000번 죽여 봅니다 · kills writers of the audit log, 1,000 times a database
	@DAEMUN_TEST_CRASHES=1000 $(BIN)/python -m pytest -q --timeout 1800 tests/features/audit/test_crashing.py $(ARGS)

clauses: .make/dev .make/browser ## 조항마다 어떤 시험이 보이는지 적습니다 · writes which tests show which clause
	@$(BIN)/python -m pytest -n auto --dist worksteal --write-clauses alone -q $(ARGS)

docs: .make/dev ## 문서 사이트를 짓습니다(ARGS=serve로 엽니다) · builds the docs site (ARGS=serve shows it)
	@$(BIN)/python -m scripts.site $(ARGS)

pictures: .make/dev .make/browser ## README의 그림을 다시 찍습니다 · takes the READMEs' pictures anew
	@$(BIN)/python -m scripts.pictures

reference: .make/dev ## 코드에서 나오는 쪽을 다시 씁니다 · writes the pages that come from code
	@$(BIN)/python -m scripts.reference

# Run takes its versions from dev, so that what runs is what was tested. The peers want an older SQLAlchemy: locked and kept apart.
lock: .make/run ## 의존성 잠금을 새로 고칩니다 · refreshes the locks: hashes, no addresses
	@$(BIN)/python -c "import tomllib; print('uv', *tomllib.load(open('pyproject.toml', 'rb'))['build-system']['requires'], sep='\n')" \
		| $(COMPILE) --no-annotate - -o requirements-build.lock
	@$(COMPILE) pyproject.toml --all-extras --group dev -o requirements-dev.lock
	@$(COMPILE) pyproject.toml --all-extras --constraints requirements-dev.lock -o requirements.lock
	@$(COMPILE) --group bench -o requirements-bench.lock
	@$(COMPILE) --group streamlit -o requirements-streamlit.lock

clean: ## 만들어 낸 것을 지웁니다, 데이터는 둡니다 · removes what was made, keeps data
	@rm -rf .venv .make .pytest_cache .mypy_cache .ruff_cache .hypothesis .schemathesis build dist
	@find src tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} +

# --clear: a .venv without its python is half made, or its python was uninstalled.
$(BIN)/python:
	@test -n "$(PYTHON)" || { echo 'Python 3.11 이상을 찾지 못했습니다. · No Python 3.11 or newer found; PYTHON=/path/to/it names one.' >&2; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { $(bring_venv); }
	$(say) "$(PYTHON) -m venv .venv"
	@"$(PYTHON)" -m venv --clear .venv

.make/run: requirements-build.lock requirements.lock pyproject.toml $(BIN)/python
	$(call install,requirements.lock)
	@touch $@

.make/dev: requirements-build.lock requirements-dev.lock pyproject.toml $(BIN)/python
	$(call install,requirements-dev.lock)
	@touch .make/run $@

# Pages are tested in a real browser. Brought where that is allowed (root on Debian); elsewhere those tests say that they are skipped.
.make/browser:
	@mkdir -p .make
	@command -v chromium >/dev/null || test "$$(id -u)" != 0 || ! command -v apt-get >/dev/null || { \
		echo '▸ apt-get install chromium'; apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
		|| echo '▸ chromium: 설치하지 못했습니다 · could not be installed'
	@touch $@

.make/peers/installed: requirements-bench.lock .make/run
	$(say) 'requirements-bench.lock ▸ .make/peers'
	@$(BIN)/python -m venv --clear .make/peers
	@$(UV) pip install --python .make/peers/bin/python --require-hashes -r $<
	@touch $@

# What Streamlit brings would hide what our own code lacks: so it lives apart, as it does at its users'.
.make/streamlit/installed: requirements-streamlit.lock .make/run
	$(say) 'requirements-streamlit.lock ▸ .make/streamlit'
	@$(BIN)/python -m venv --clear .make/streamlit
	@$(UV) pip install --python .make/streamlit --require-hashes -r $<
	@touch $@

# Debian keeps venv in a package of its own.
define bring_venv
	package=$$("$(PYTHON)" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])'); \
	command -v apt-get >/dev/null || { echo "이 파이썬에는 venv가 없습니다. · This Python has no venv: $(PYTHON)" >&2; exit 1; }; \
	test "$$(id -u)" = 0 || { echo "먼저 실행해 주세요 · First run:  sudo apt-get install $$package" >&2; exit 1; }; \
	echo "▸ apt-get install $$package"; apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -y -qq "$$package" >/dev/null
endef

# uv is quick; pip reads mirrors that only pip is told of. Both take exactly what the lock names, by hash.
define install
	$(say) '$(1) ▸ .venv'
	@mkdir -p .make
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-build.lock
	@$(UV) pip install --python $(BIN)/python --require-hashes -r $(1) \
		|| $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r $(1)
	@$(UV) pip install --python $(BIN)/python --no-deps --no-build-isolation -e .
endef
