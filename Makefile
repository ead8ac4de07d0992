# Herald. `make run` shows what it does, `make test` proves it.

GO    ?= go
SPEED ?= 60
SCALE ?= small
LISTEN ?= 127.0.0.1:8080
FUZZTIME ?= 2m
GOFLAGS += -buildvcs=false
export GOFLAGS

.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

.PHONY: build
build: ## build bin/herald
	@$(GO) build -trimpath -o bin/herald ./cmd/herald

.PHONY: run
run: build ## show the main job: a made night, published and served (NIGHT=DIR, SCALE=full, SPEED=60)
	@bin/herald demo --listen $(LISTEN) --scale $(SCALE) --speed $(SPEED) $(if $(NIGHT),--night '$(NIGHT)') $(DEMO)

.PHONY: test
test: tools ## everything that must pass, on real parts
	$(GO) vet ./...
	$(GO) test -timeout 20m ./...

.PHONY: race
race: tools ## the same under the race detector
	$(GO) test -race -timeout 40m ./...

.PHONY: test-feeds
test-feeds: ## read real files and play real recorded nights (FEEDS=DIR)
	@test -d "$(FEEDS)" || { echo "make test-feeds needs FEEDS=DIR, the folder of real files"; exit 2; }
	FEEDS='$(abspath $(FEEDS))' $(GO) test -tags feeds -timeout 60m -count=1 ./fixtures/coverage ./fixtures/nights

.PHONY: bench
bench: ## Go benchmarks and whole-process runs; prints tables, never passes or fails on time
	$(GO) test -run '^$$' -bench . -benchtime 300ms ./diff/feed/... ./templates ./publish/shard ./publish/store/s3store ./cdn/edge ./publish
	$(GO) run ./fixtures/bench
	$(GO) test -run ABatchWindow -count=1 -v ./fixtures/hall

.PHONY: fuzz
fuzz: ## look for new inputs, two minutes a target (FUZZTIME=2m)
	@$(GO) list -f '{{.Dir}}' ./... | while read -r d; do \
	  grep -ho '^func Fuzz[A-Za-z0-9_]*' $$d/*_test.go 2>/dev/null | sed 's/func //' | while read -r f; do \
	    echo "$$d $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 20x "$$d" || exit 1; done || exit 1; done

.PHONY: coverage
coverage: ## write docs/formats-coverage.md from real files (FEEDS=DIR)
	@test -d "$(FEEDS)" || { echo "make coverage needs FEEDS=DIR, the folder of real files"; exit 2; }
	@FEEDS='$(abspath $(FEEDS))' $(GO) run ./fixtures/coverage > docs/formats-coverage.md

.PHONY: golden
golden: ## write the golden files again; read that diff
	$(GO) test ./templates -update

.PHONY: lint
lint: ## vet, staticcheck and known vulnerabilities
	$(GO) vet ./...
	$(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2 ./...
	$(GO) run golang.org/x/vuln/cmd/govulncheck@v1.1.4 ./...

.PHONY: gallery
gallery: tools ## photograph every kind and state of page into .gallery (FEEDS=DIR: real nights, ONLY=TEXT: some)
	@fc-list :lang=zh-tw 2>/dev/null | grep -q . || echo "no font here has Chinese letters: apt-get install fonts-wqy-microhei"
	$(GO) run ./fixtures/gallery -out .gallery -only '$(ONLY)' $(if $(FEEDS),-feeds '$(abspath $(FEEDS))')

# What the tests start beside Go programs: name of the program, Debian package.
TOOLS = chromium:chromium nginx:nginx-light varnishd:varnish node:nodejs npm:npm

.PHONY: tools
tools:
	@missing=; for t in $(TOOLS); do \
	  PATH="$$PATH:/usr/sbin" command -v "$${t%%:*}" >/dev/null || missing="$$missing $${t##*:}"; done; \
	test -z "$$missing" && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  echo "installing$$missing"; \
	  { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends $$missing; } >/dev/null; \
	else \
	  echo "The tests need these Debian packages, install them first: apt-get install$$missing"; exit 1; fi
