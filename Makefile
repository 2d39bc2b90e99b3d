# The commands of this project. `make help` lists them.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export CARGO_TERM_COLOR ?= auto
export EMAIL DATA

TOOLS := .tools
CARGO_DENY := 0.20.2
TARGET := $(or $(CARGO_TARGET_DIR),target)
BULLETIN := $(TARGET)/release/bulletin
# Without AWS.
DEMO_BULLETIN := $(TARGET)/demo/bulletin
INFRA := infra-cdk/node_modules/.package-lock.json
# The architecture of the Lambdas, and the settings of a deployment: SETTINGS="-c stage=dev". infra-cdk/README.md lists
# the settings.
ARCH := x86_64
SETTINGS :=
SETTINGS_OF_ARCH = -c architecture=$(ARCH) $(SETTINGS)
RUN_INFRA = cd infra-cdk && NODE_NO_WARNINGS=1 node --import tsx

.PHONY: help
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: demo
demo: ## play six months of sample bulletins and print the alerts for two watches
	@tools/build-demo
	@tools/demo $(DEMO_BULLETIN)

.PHONY: build
build: ## build the `bulletin` command in release mode
	@cargo build --release --locked -p visa-bulletin

.PHONY: install-emulators
install-emulators: ## install the emulators for the AWS tests into .tools
	@tools/install-emulators

.PHONY: test
test: install-emulators $(INFRA) ## run all tests (those on real pages are skipped without ../shared)
	@tools/test

.PHONY: test-fast
test-fast: ## run the tests that need no emulator, in about a minute
	@tools/test --fast

.PHONY: bench
bench: ## measure speed, memory and sizes, and write docs/BENCHMARKS.md
	@tools/bench

.PHONY: pictures
pictures: build ## draw the pictures of the README from the sample bulletins
	@tools/draw-pictures $(BULLETIN)

# DB is a database of `bulletin`, ACCEPT=yes accepts cells that differ from the present file. data/README.md explains it.
.PHONY: history
history: build ## write data/cutoffs.csv from your database, or from DB=FILE
	@tools/write-history $(BULLETIN) $(if $(DB),--db "$(DB)") $(if $(filter yes,$(ACCEPT)),--accept-differences)

.PHONY: lint
lint: $(TOOLS)/bin/cargo-deny $(INFRA) ## check format, lints, docs, licences, layers, sizes, import cycles and prose
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	cargo clippy -p visa-bulletin --no-default-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
	$(TOOLS)/bin/cargo-deny --log-level error check bans licenses sources
	tools/check-layers
	tools/check-size
	tools/test-check-size
	tools/lint-prose
	tools/lint-infra

.PHONY: lambdas
lambdas: ## build the optimised Lambdas in target/lambdas (ARCH=arm64 needs cargo-lambda)
	@tools/lambdas $(ARCH)

.PHONY: synth
synth: $(INFRA) ## write the CloudFormation templates to infra-cdk/cdk.out
	@$(RUN_INFRA) tools/synth.ts $(SETTINGS_OF_ARCH)

.PHONY: deploy
deploy: $(INFRA) ## build and deploy to AWS; EMAIL=you@example.com receives alarms
	@$(RUN_INFRA) tools/check-email.ts
	@tools/lambdas $(ARCH)
	@$(RUN_INFRA) tools/deploy.ts $(SETTINGS_OF_ARCH)

.PHONY: diff
diff: $(INFRA) lambdas ## show what a deployment would change
	@$(RUN_INFRA) tools/diff.ts $(SETTINGS_OF_ARCH)

.PHONY: destroy
destroy: $(INFRA) ## remove the deployment; DATA=delete also deletes the tables
	@$(RUN_INFRA) tools/destroy.ts $(SETTINGS)

.PHONY: emulator
emulator: ## deploy to an emulator on this machine, play the sample bulletins and print the alerts
	@$(MAKE) --no-print-directory -j3 lambdas-emulator install-emulators $(INFRA)
	@$(RUN_INFRA) tools/emulator/start.ts

.PHONY: lambdas-emulator
lambdas-emulator:
	@tools/lambdas emulator

.PHONY: emulator-stop
emulator-stop: $(INFRA) ## stop the emulator that `make emulator` started
	@$(RUN_INFRA) tools/emulator/stop.ts

.PHONY: package
package: ## build a Python wheel and a .deb in target/package
	@tools/package release

.PHONY: test-packages
test-packages: ## package the binary of the demo, install the packages into a new folder, and run them
	@tools/test-packages

.PHONY: man
man: ## write the man pages of `bulletin` to target/man
	@cargo run --quiet --locked -p visa-bulletin --example write-man-pages -- target/man

.PHONY: fmt
fmt: ## format the code
	cargo fmt --all

.PHONY: clean
clean: ## remove all build outputs and installed tools
	cargo clean
	rm -rf $(TOOLS) demo infra-cdk/node_modules infra-cdk/cdk.out infra-cdk/.emulator

$(TOOLS)/bin/cargo-deny:
	@echo "building cargo-deny $(CARGO_DENY) into $(TOOLS); this takes a few minutes the first time"
	cargo install cargo-deny --version $(CARGO_DENY) --locked --quiet --root $(TOOLS) --target-dir $(TOOLS)/build
	rm -rf $(TOOLS)/build

# npm writes this file last, but not with a newer time than the lock file.
$(INFRA): infra-cdk/package-lock.json
	cd infra-cdk && npm ci --no-audit --no-fund --silent
	@touch $@
