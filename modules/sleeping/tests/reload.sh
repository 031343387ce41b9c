#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loaded and unloaded again and again; everything odd that can be done.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

plan 2

ok "200 times unloaded and loaded" reloads 200
ok "the device keeps its promises under every odd call" hammer --seconds 2 --read --write /dev/sleeping
