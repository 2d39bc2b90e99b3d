# Everything that is run in this project, by name. `make help` lists it.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export CARGO_TERM_COLOR ?= auto
export EMAIL DATA

TOOLS := .tools
CARGO_DENY := 0.20.2
BULLETIN := target/release/bulletin
INFRA := infra-cdk/node_modules/.package-lock.json
# What the Lambdas run on, and settings of a deployment: SETTINGS="-c stage=dev" (infra-cdk/README.md lists them).
ARCH := x86_64
SETTINGS :=
SETTINGS_OF_ARCH = -c architecture=$(ARCH) $(SETTINGS)
RUN_INFRA = cd infra-cdk && NODE_NO_WARNINGS=1 node --import tsx

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: build ## play eleven days of sample bulletins and print the alerts two watchers would get
	@tools/demo $(BULLETIN)

.PHONY: build
build: ## build the `bulletin` command, optimised
	@cargo build --release --locked -p cli

.PHONY: emulators
emulators: ## install what the tests of the AWS side run against, into .tools
	@tools/install-emulators

.PHONY: test
test: emulators $(INFRA) ## run every test (those on real pages need ../shared, and say when they are skipped)
	cargo test --workspace --locked --no-fail-fast
	cargo test --release --locked -p bulletin-html --test cost
	cd infra-cdk && npm run --silent test

.PHONY: bench
bench: ## measure speed, memory and sizes beside what is wanted, and write docs/BENCHMARKS.md
	@tools/bench

.PHONY: lint
lint: $(TOOLS)/bin/cargo-deny $(INFRA) ## check format, lints, docs, licences, the layers of the crates and the prose
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
	$(TOOLS)/bin/cargo-deny --log-level error check bans licenses sources
	tools/check-layers
	tools/lint-prose
	tools/lint-infra

.PHONY: lambdas
lambdas: ## build the Lambdas, small, into target/lambdas (ARCH=arm64 needs cargo-lambda)
	@tools/lambdas $(ARCH)

.PHONY: synth
synth: $(INFRA) ## write the CloudFormation templates into infra-cdk/cdk.out
	@$(RUN_INFRA) tools/synth.ts $(SETTINGS_OF_ARCH)

.PHONY: deploy
deploy: $(INFRA) ## build and deploy to AWS; alarms go to EMAIL=you@example.com
	@$(RUN_INFRA) tools/check-email.ts
	@tools/lambdas $(ARCH)
	@$(RUN_INFRA) tools/deploy.ts $(SETTINGS_OF_ARCH)

.PHONY: diff
diff: $(INFRA) lambdas ## show what a deployment would change
	@$(RUN_INFRA) tools/diff.ts $(SETTINGS_OF_ARCH)

.PHONY: destroy
destroy: $(INFRA) ## remove the deployment; DATA=delete removes the tables too
	@$(RUN_INFRA) tools/destroy.ts $(SETTINGS)

.PHONY: local
local: ## deploy to an emulator on this machine, play the sample bulletins, and show the alerts
	@$(MAKE) --no-print-directory -j3 lambdas-local emulators $(INFRA)
	@$(RUN_INFRA) tools/local/start.ts

.PHONY: lambdas-local
lambdas-local:
	@tools/lambdas local

.PHONY: local-stop
local-stop: $(INFRA) ## end what `make local` has started
	@$(RUN_INFRA) tools/local/stop.ts

.PHONY: fmt
fmt: ## format the code
	cargo fmt --all

.PHONY: clean
clean: ## remove what was built and installed here
	cargo clean
	rm -rf $(TOOLS) demo infra-cdk/node_modules infra-cdk/cdk.out infra-cdk/.local

$(TOOLS)/bin/cargo-deny:
	@echo "building cargo-deny $(CARGO_DENY) into $(TOOLS); this takes some minutes, once"
	cargo install cargo-deny --version $(CARGO_DENY) --locked --quiet --root $(TOOLS) --target-dir $(TOOLS)/build
	rm -rf $(TOOLS)/build

# Writes this file last; the time of the lock file may lie before or after it.
$(INFRA): infra-cdk/package-lock.json
	cd infra-cdk && npm ci --no-audit --no-fund --silent
	@touch $@
