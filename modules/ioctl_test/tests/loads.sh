#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loaded once at a time, and as often as one likes.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/ioctl_test.ko}

plan 4

fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "as already loaded" "$said" "File exists"
ok "200 times unloaded and loaded" reloads 200
ok "the file is there once more" test -r /proc/ioctl_test
