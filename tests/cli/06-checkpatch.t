#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The kernel's own style checker has nothing to say about our modules.
. "$(dirname "$0")/lib.sh"

everything "checkpatch" || done_testing
run "$top/ci/checkpatch"
if [ $status -eq 77 ]; then
	skip "checkpatch" "$(tail -n 1 "$scratch/err")"
	done_testing
fi
exits 0 "checkpatch --strict finds nothing"
is "$(cat "$scratch/out")" "" "not a word"

# A mistake would be found.
printf '// SPDX-License-Identifier: GPL-2.0-only\nint f(void)\n{\n  return (0) ;\n}\n' >"$scratch/bad.c"
run "$top/ci/checkpatch" "$scratch/bad.c"
exits 1 "a file in bad style is noticed"
done_testing
