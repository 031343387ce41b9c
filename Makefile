# SPDX-License-Identifier: GPL-2.0-only
# The front door. Meson does the building; this installs what is missing and names the
# few things that a user types.

BUILD ?= build
KERNEL ?= debian/6.1
KMLAB = $(BUILD)/bin/kmlab

# The kernels that the project promises to work on, and the oldest and the newest of them.
KERNELS = debian/5.10 debian/6.1 debian/6.12 debian/7.2
ENDS = $(firstword $(KERNELS)) $(lastword $(KERNELS))

.PHONY: all demo check check-all unit lint bench fuzz install clean help deps kernels

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@mkdir -p $(BUILD)/bin
	@ln -sf ../cli/kmlab $(BUILD)/bin/kmlab
	@ln -sf ../matrix/cmd/matrix $(BUILD)/bin/matrix
	@ln -sf ../matrix/cmd/matrix-static $(BUILD)/bin/matrix-static

$(BUILD)/build.ninja: | deps
	@meson setup $(SETUP) $(BUILD) >$(BUILD).log 2>&1 || { cat $(BUILD).log >&2; exit 1; }
	@mv $(BUILD).log $(BUILD)/setup.log

deps:
	@ci/install-deps build

demo: all
	@ci/demo $(KMLAB) $(KERNEL)

check:
	@ci/check $(MAKE) $(BUILD) $(ENDS)

check-all:
	@KMLAB_TEST_ALL=yes ci/check $(MAKE) $(BUILD) $(KERNELS)

unit: all
	@ci/install-deps check
	@prove --exec '' $$(find $(BUILD)/tests/unit -maxdepth 1 -name 'test-*' -perm -1 -type f | sort)

kernels: all
	@$(KMLAB) kernel add $(KERNELS)

lint: all
	@ci/install-deps lint
	@ci/lint

bench: all
	@ci/install-deps bench
	@bench/run $(KMLAB) $(KERNEL)
	@QUICK=1 bench/channel/run $(KMLAB) $(KERNEL)
	@bench/tasks/run $(KMLAB) $(KERNEL)
	@bench/memory/run $(KMLAB) $(KERNEL)
	@QUICK=1 bench/matrix/run $(KMLAB) native $(KERNEL)

# Not part of check: it has no end. SECONDS_EACH=60 by default.
fuzz: all
	@ci/install-deps check
	@tests/fuzz/run

install: all
	@meson install -C $(BUILD) --quiet

clean:
	@rm -rf $(BUILD) $(BUILD)-sanitized $(BUILD).log

help:
	@echo "make          build $(KMLAB)"
	@echo "make demo     install what is missing, get a kernel, judge a module"
	@echo "make check    all that a change can break, on $(ENDS)"
	@echo "make check-all  all tests, on $(KERNELS)"
	@echo "make unit     only the tests that need no guest"
	@echo "make lint     both compilers, format, spelling, shell"
	@echo "make bench    speed, as ratios; also bench/results.json"
	@echo "make fuzz     fuzz the hypervisor's loader and hypercalls for a while"
	@echo "make install  into \$$DESTDIR/usr/local"
	@echo "make clean    remove $(BUILD); 'kmlab clean' is for the cache"
