#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loaded and unloaded again and again, nothing adds up.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

kos=${KMLAB_KOS:-/lab/refcount.ko /lab/refcount_plugin.ko}
core_ko=${kos%% *}
plugin_ko=${kos##* }
core=$(basename "$core_ko" .ko | tr - _)
plugin=$(basename "$plugin_ko" .ko | tr - _)
dev=/dev/refcount

pair()
{
	for _ in $(seq 10); do
		rmmod "$plugin" && rmmod "$core" && insmod "$core_ko" && insmod "$plugin_ko" ||
			return 1
	done
}

plan 4

ok "200 times the plug-in unloaded and loaded" reloads 200
ok "10 times both, in order" pair
ok "the device keeps its promises under every odd call" hammer --seconds 1 --read --write $dev
is "no reference is left over" "$(cat "/sys/module/$core/refcnt")" 1
