#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what loading and unloading do to /proc/get_pgfaults, also while it is in use.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/get_pgfaults.ko}
name=${KMLAB_MODULE:-get_pgfaults}
file=/proc/get_pgfaults

first_line() { head -n 1 "$file"; }

plan 8

rmmod "$name"
why "the exit function must remove the entry, or it points into memory that is gone"
ok "gone after unload" test ! -e "$file"
insmod "$ko"
like "there again after a load" "$(first_line)" '^[0-9]+$'
fails "a second load is refused" insmod "$ko"
# shellcheck disable=SC2154 # fails sets $said
has "because it exists" "$said" "File exists"
like "and the first goes on" "$(first_line)" '^[0-9]+$'

why "open files must not lead into a module that is gone: proc_remove() sees to it, a" \
	"release function that frees twice, or never, does not"
ok "unloading while it is open is refused, or the open file ends" stays_or_ends "$file"
ok "unloading under readers on both CPUs does no harm" reload_under_readers 3 "$file"

ok "200 times unloaded and loaded" reloads 200
