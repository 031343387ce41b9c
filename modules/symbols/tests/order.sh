#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: who holds whom, in which order the two load and unload, and that the work is
# done by the provider. The provider is the first of the modules loaded, the consumer the
# last.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

kos=${KMLAB_KOS:-/lab/symbols_provider.ko /lab/symbols_consumer.ko}
provider_ko=${kos%% *}
consumer_ko=${kos##* }
provider=$(basename "$provider_ko" .ko | tr - _)
consumer=$(basename "$consumer_ko" .ko | tr - _)

param() { cat "/sys/module/$1/parameters/$2"; }
refcnt() { cat "/sys/module/$1/refcnt"; }
holders() { ls "/sys/module/$1/holders"; }

plan 32

# The files say who needs whom, before anything is loaded: modprobe goes by that.
has "the consumer depends on the provider, says its file" \
	"$(strings "$consumer_ko" | grep ^depends=)" "$provider"

why "a consumer that brings a copy of the code does not use the provider's symbols"
is "the consumer holds the provider" "$(holders "$provider")" "$consumer"
is "that is one reference" "$(refcnt "$provider")" 1
is "nobody holds the consumer" "$(holders "$consumer")" ""
is "it has no reference" "$(refcnt "$consumer")" 0
like "lsmod says so" "$(lsmod)" "^$provider +[0-9]+ +1 $consumer\$"

fails "the provider cannot be unloaded" rmmod "$provider"
# shellcheck disable=SC2154 # fails sets $said
like "because it is in use" "$said" "temporarily unavailable|in use"
if [ ! -d "/sys/module/$provider" ]; then
	diag "the provider is gone; what the consumer does now is anybody's guess"
	exit 1
fi
is "it is as live as before" "$(cat "/sys/module/$provider/initstate")" live
fails "nor by force" rmmod -f "$provider"
like "for the same reason" "$said" "temporarily unavailable|in use"

# 3 and 2 are the defaults.
calls=$(param "$provider" calls)
is "the sum" "$(param "$consumer" sum)" 5
is "the difference" "$(param "$consumer" difference)" 1
is "the product" "$(param "$consumer" product)" 6
why "each of the three is the provider's work, and it counts"
is "the provider was called three times" "$(param "$provider" calls)" $((calls + 3))
echo 2147483647 >"/sys/module/$consumer/parameters/a"
echo -2147483648 >"/sys/module/$consumer/parameters/b"
is "the sum of other numbers" "$(param "$consumer" sum)" -1
is "their difference" "$(param "$consumer" difference)" 4294967295
is "and their product" "$(param "$consumer" product)" -4611686016279904256

ok "the consumer unloads" rmmod "$consumer"
is "nobody holds the provider then" "$(holders "$provider")" ""
is "it has no reference" "$(refcnt "$provider")" 0
ok "the provider unloads" rmmod "$provider"

klog_mark
why "its symbols should come from the provider, which is not there"
if fails "the consumer alone does not load" insmod "$consumer_ko"; then
	like "the errno is ENOENT" "$said" "[Uu]nknown symbol|No such file"
	like "the log names the symbol" "$(klog_since)" "$consumer: Unknown symbol [a-z_]+ \(err -2\)"
else
	skip "the errno is ENOENT" "it was loaded"
	skip "the log names the symbol" "it was loaded"
	rmmod "$consumer"
fi
ok "nothing of it is left" test ! -e "/sys/module/$consumer"

ok "the provider loads" insmod "$provider_ko"
is "nobody holds it yet" "$(refcnt "$provider")" 0
fails "a second time it is refused" insmod "$provider_ko"
ok "the consumer loads" insmod "$consumer_ko" a=40
is "and works" "$(param "$consumer" sum)" 42
fails "a second time it is refused" insmod "$consumer_ko"
