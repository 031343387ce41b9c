#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: loaded and unloaded again and again, nothing adds up.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

kos=${KMLAB_KOS:-/lab/symbols_provider.ko /lab/symbols_consumer.ko}
provider_ko=${kos%% *}
consumer_ko=${kos##* }
provider=$(basename "$provider_ko" .ko | tr - _)
consumer=$(basename "$consumer_ko" .ko | tr - _)
results=/sys/module/$consumer/parameters

pair()
{
	for _ in $(seq 10); do
		rmmod "$consumer" && rmmod "$provider" || return 1
		insmod "$provider_ko" && insmod "$consumer_ko" || return 1
	done
}

plan 5

ok "200 times the consumer unloaded and loaded" reloads 200
is "leaves one reference to the provider" "$(cat "/sys/module/$provider/refcnt")" 1
ok "10 times both, in order" pair
is "the result is right" "$(cat "$results/sum")" 5
ok "and keeps its promises under every odd call" hammer --seconds 1 --read --stable "$results/product"
