#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: what lsmod, rmmod and /sys/module show of references. The core is the first
# of the modules loaded, the plug-in the last.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

kos=${KMLAB_KOS:-/lab/refcount.ko /lab/refcount_plugin.ko}
core_ko=${kos%% *}
plugin_ko=${kos##* }
core=$(basename "$core_ko" .ko | tr - _)
plugin=$(basename "$plugin_ko" .ko | tr - _)
dev=/dev/refcount

refcnt() { cat "/sys/module/$1/refcnt"; }

plan 21

ok "the device is there" test -c $dev
is "the core is held by the plug-in" "$(ls "/sys/module/$core/holders")" "$plugin"
like "lsmod says by whom" "$(lsmod)" "^$core +[0-9]+ +1 $plugin\$"
is "the core has one reference" "$(refcnt "$core")" 1
is "the plug-in has none" "$(refcnt "$plugin")" 0
fails "the core cannot be unloaded" rmmod "$core"
# shellcheck disable=SC2154 # fails sets $said
like "because it is in use" "$said" "temporarily unavailable|in use"

exec 3<>$dev
ok "an open file holds the core" test "$(refcnt "$core")" -gt 1
why "the core takes a reference to the plug-in that it is going to call"
echo "$plugin" >&3
is "an attached file is one to the plug-in" "$(refcnt "$plugin")" 1
like "the plug-in speaks" "$(cat <&3)" .
fails "the plug-in cannot be unloaded" rmmod "$plugin"
# shellcheck disable=SC2154 # fails sets $said
like "because it is in use" "$said" "temporarily unavailable|in use"
exec 3<&-
is "the closed file gives back one" "$(refcnt "$plugin")" 0
is "and the other" "$(refcnt "$core")" 1

ok "the plug-in unloads" rmmod "$plugin"
is "nobody holds the core" "$(ls "/sys/module/$core/holders")" ""
ok "so it unloads, too" rmmod "$core"
ok "and its device goes" test ! -e $dev
fails "the plug-in alone does not load: its symbols are missing" insmod "$plugin_ko"

ok "the core loads again" insmod "$core_ko"
ok "and the plug-in" insmod "$plugin_ko"
