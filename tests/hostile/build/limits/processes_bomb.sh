#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The fork bomb, and one that catches what kills it.
trap '' HUP INT TERM
bomb() { bomb | bomb & }
bomb
while :; do (sleep 1000 &); done
