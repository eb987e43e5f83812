# make demo    everything running with demo data, on the embedded database
# make test    the one test command; ends with "N passed, N failed, N skipped"
# make fuzz    hostile input for every fuzz function, FUZZTIME each (30s); FUZZ=word takes only some
# make lint    vet, staticcheck, golangci-lint, generated SQL up to date
# make bench   the bars of doc/performance.md, as ratios
# make assets  styles, fonts and scripts from the npm registry into web/assets/dist

GO ?= go
export CGO_ENABLED = 0
PACKAGES ?= ./...

.PHONY: demo build test test-long fuzz lint bench assets sql clean

build:
	$(GO) build -trimpath -o bin/seteli ./cmd/seteli

demo: setup-run assets build
	./bin/seteli demo --data-dir "$$(tools/demo-dir)"

assets:
	tools/assets

.PHONY: setup-run setup-test
setup-run:
	@tools/setup run
setup-test:
	@tools/setup test

# The packages that take longest begin first, so that no core waits for the last of them.
FIRST = $(if $(filter ./...,$(PACKAGES)),./web/browser ./reliability ./cmd/seteli)

# One private cluster serves all packages; every test has its own database in it.
test: setup-test assets
	$(GO) build -o bin/testcount ./internal/testcount
	$(GO) run ./platform/postgres/postgrestest/testcluster $(GO) test -json -timeout 14m $(FIRST) $(PACKAGES) | bin/testcount

# The full forms of the reliability tests: hours on a small machine.
test-long: setup-test assets
	$(GO) build -o bin/testcount ./internal/testcount
	SETELI_LONG=1 $(GO) run ./platform/postgres/postgrestest/testcluster $(GO) test -json -timeout 180m $(FIRST) $(PACKAGES) | bin/testcount

# Two functions at a time with one worker each; what breaks one is kept in the package's testdata/fuzz and tried by every make test.
FUZZTIME ?= 30s
FUZZ ?=
fuzz: setup-test assets
	$(GO) run ./platform/postgres/postgrestest/testcluster $(GO) run ./internal/fuzzall -time $(FUZZTIME) -only '$(FUZZ)' $(PACKAGES)

lint:
	$(GO) vet ./...
	tools/sqlc diff
	$(GO) tool -modfile=tools/go.mod staticcheck ./...
	$(GO) tool -modfile=tools/go.mod golangci-lint run ./...

bench: setup-run
	$(GO) run ./bench

sql:
	tools/sqlc
	$(GO) generate ./platform/postgres

clean:
	rm -rf bin web/assets/dist assets/node_modules
