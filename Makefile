# SPDX-License-Identifier: GPL-2.0-only
# The front door. Meson does the building; this installs what is missing and names the
# few things that a user types.

BUILD ?= build
KERNEL ?= debian/6.1
KMLAB = $(BUILD)/bin/kmlab

# The kernels that the project promises to work on.
KERNELS = debian/5.10 debian/6.1 debian/6.12 debian/7.2

.PHONY: all demo check unit lint bench install clean help deps kernels

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD) --quiet
	@mkdir -p $(BUILD)/bin
	@ln -sf ../cli/kmlab $(BUILD)/bin/kmlab

$(BUILD)/build.ninja: | deps
	@meson setup $(BUILD) >$(BUILD).log 2>&1 || { cat $(BUILD).log >&2; exit 1; }
	@mv $(BUILD).log $(BUILD)/setup.log

deps:
	@ci/install-deps build

demo: all
	@ci/demo $(KMLAB) $(KERNEL)

check: all
	@ci/install-deps check
	@ci/check $(BUILD) $(KERNELS)

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

install: all
	@meson install -C $(BUILD) --quiet

clean:
	@rm -rf $(BUILD) $(BUILD).log

help:
	@echo "make          build $(KMLAB)"
	@echo "make demo     install what is missing, get a kernel, judge a module"
	@echo "make check    all tests, on $(KERNELS)"
	@echo "make unit     only the tests that need no guest"
	@echo "make lint     both compilers, format, spelling, shell"
	@echo "make bench    speed, as ratios; also bench/results.json"
	@echo "make install  into \$$DESTDIR/usr/local"
	@echo "make clean    remove $(BUILD); 'kmlab clean' is for the cache"
