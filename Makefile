# SPDX-License-Identifier: GPL-2.0-only

include META

# A kernel tree of the user's own, configured and built, for the targets that
# say so.
KDIR ?= /lib/modules/$(shell uname -r)/build

.PHONY: help
help:
	@echo 'mmguard $(MMGUARD_VERSION), for Linux $(KERNEL_OLDEST) to $(KERNEL_NEWEST)'
	@echo
	@echo 'Everything is set up, fetched and built as needed:'
	@echo '  make run              show a live process through the guards, in a VM'
	@echo '  make test             run every test there is'
	@echo '  make test-matrix      run the tests on more kernels, configurations and architectures;'
	@echo '                        CELL=arm64-debug, say, runs one of them'
	@echo '  make kdir             make a KDIR, to build modules for a kernel of Debian'
	@echo '  make dkms             make a package for Debian, by which DKMS builds mmscope'
	@echo '  make dkms-test        install it on a Debian, upgrade the kernel, boot that, remove it'
	@echo '  make kunit            run the suites and examples by the kernel'\''s kunit.py'
	@echo '  make model            explore the model of the VMA lock and of page-table teardown'
	@echo '  make mutants          loosen what the crate asks for, one thing at a time, and see a test'
	@echo '                        notice each; PART=vma/lock.rs, say, takes those of a file,'
	@echo '                        PART=checks those of checks at run time, PART=types the others'
	@echo '  make series           make the patch series, in build/series'
	@echo '  make prove            prove each patch of it by itself, which takes an hour;'
	@echo '                        COMMITS='\''guards crate'\'', say, or 7, proves some'
	@echo '  make bench            count the instructions that the guards cost'
	@echo '  make bless            write the messages of the UI tests anew'
	@echo '  make rules            check the rule table against the last test run'
	@echo '  make clean-cache      remove the kernels, tools and sources'
	@echo 'KERNEL= names the kernel of run, kdir and bench: $(KERNEL_NEWEST), $(KERNEL_OLDEST), rt, cloud, what uname -r prints on'
	@echo 'Debian, or one of scripts/config.'
	@echo
	@echo 'For a kernel tree of your own, configured and built (KDIR=):'
	@echo '  make probe            is the tree fit, and what does it give to modules'
	@echo '  make modules          build the crate and the samples'
	@echo '  make modules_install  install the samples'
	@echo '  make clippy           lint with the kernel'\''s lints'
	@echo '  make doc              document the crate, in build/doc'
	@echo '  make rust-analyzer    write rust-project.json'
	@echo '  make fmtcheck         check the format of the Rust files'
	@echo '  make clean            remove what was built'

# Each script stands on a line of its own, with no shell between it and make
# (hence the exec), so that it ends when make is killed.
.PHONY: run
run:
	@exec scripts/run $(KERNEL)

.PHONY: test
test:
	@exec scripts/test

.PHONY: test-matrix
test-matrix:
	@scripts/matrix $(CELL)

# For the kernel that runs here, where none is named.
.PHONY: kdir
kdir: KERNEL ?= $(shell uname -r)
kdir:
	@exec scripts/kernel $(KERNEL)

.PHONY: dkms
dkms:
	@exec scripts/dkms

.PHONY: dkms-test
dkms-test:
	@exec scripts/dkms-test

.PHONY: model
model:
	@exec scripts/model

# It goes on where it stopped.
.PHONY: mutants
mutants:
	@exec scripts/mutants $(PART)

.PHONY: kunit
kunit:
	@exec scripts/kunit

# For the commit that is checked out in KDIR, where that is given.
.PHONY: series
series:
	@exec scripts/series $(if $(filter command line environment,$(origin KDIR)),$(KDIR))

.PHONY: prove
prove: series
	@exec scripts/prove $(COMMITS)

.PHONY: bench
bench:
	@exec scripts/bench $(KERNEL)

.PHONY: bless
bless:
	@scripts/build x86_64-debug
	@scripts/ui x86_64-debug --bless
	@exec scripts/kernel x86_64-intree > /dev/null
	@scripts/ui x86_64-intree --bless

.PHONY: rules
rules:
	@scripts/rules

.PHONY: clean-cache
clean-cache:
	@scripts/clean-cache

MMGUARD := $(CURDIR)
include scripts/Makefile.kdir

.PHONY: doc
doc: modules
	@scripts/doc $(MO)

.PHONY: fmtcheck
fmtcheck:
	@scripts/fmtcheck

.PHONY: clean
clean:
	rm -rf build rust-project.json
