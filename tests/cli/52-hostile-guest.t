#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# What runs in a guest wants a pass that it does not deserve (tests/hostile/guest/README.md):
# each attack gets the verdict that its first comment expects. Names as arguments: only those.
. "$(dirname "$0")/lib.sh"
cd "$top/tests/hostile/guest" || exit 1

# want KEY - of the attack's expectation.
want() {
	sed -n "s/^$1=//p" "$scratch/expect"
}

# judge FILE WORD...: 'kmlab run' with these words gives the verdict that FILE expects.
judge() {
	expectation "$1" >"$scratch/expect"
	name=$(basename "$1" .c)
	shift
	run "$KMLAB" run -q --json -k "$k" "$@"
	says "^      \"outcome\": \"$(want outcome)\"" "$name on $k: $(want outcome)"
	[ -z "$(want says)" ] || says "$(want says)" "and why"
}

[ $# -gt 0 ] || set -- leaky/client/*.c modules/*.c
for k in $(printf '%s\n' "$kernel" "$newest" | uniq); do
	for file; do
		case $file in
		leaky/*) judge "$file" leaky -- "$(basename "$file" .c)" ;;
		*) judge "$file" "$file" ;;
		esac
	done
done
is "$(guests)" 0 "no guest is left"
done_testing
