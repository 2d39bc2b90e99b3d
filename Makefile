# Everything that is run in this project, by name. `make help` lists it.

.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
export CARGO_TERM_COLOR ?= auto

TOOLS := .tools
CARGO_DENY := 0.20.2
BULLETIN := target/release/bulletin

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
test: emulators ## run every test (those on real pages need ../shared, and say when they are skipped)
	cargo test --workspace --locked --no-fail-fast

.PHONY: lint
lint: $(TOOLS)/bin/cargo-deny ## check format, lints, docs, licences and the layers of the crates
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
	$(TOOLS)/bin/cargo-deny --log-level error check bans licenses sources
	tools/check-layers

.PHONY: fmt
fmt: ## format the code
	cargo fmt --all

.PHONY: clean
clean: ## remove what was built and installed here
	cargo clean
	rm -rf $(TOOLS) demo

$(TOOLS)/bin/cargo-deny:
	@echo "building cargo-deny $(CARGO_DENY) into $(TOOLS); this takes some minutes, once"
	cargo install cargo-deny --version $(CARGO_DENY) --locked --quiet --root $(TOOLS) --target-dir $(TOOLS)/build
	rm -rf $(TOOLS)/build
