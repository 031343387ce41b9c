#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A QEMU at work has no privileges, no way to get any, and filtered system calls.
. "$(dirname "$0")/lib.sh"

# field NAME: of the status of the QEMU that runs
field() {
	sed -n "s/^$1:[[:space:]]*//p" "$scratch/status"
}

mkfifo "$scratch/hold"
"$KMLAB" run -k "$kernel" -- sh -c 'echo ready; cat' \
	<"$scratch/hold" >"$scratch/out" 2>"$scratch/err" &
kmlab=$!
exec 9>"$scratch/hold"
wait_for ready 1
result "a guest runs" $?
qemu=$(pgrep -P "$kmlab" qemu-system | head -n 1)
cat "/proc/$qemu/status" >"$scratch/status"
"$KMLAB" doctor >"$scratch/doctor" || true
is "$(field NoNewPrivs)" 1 "its QEMU gets no new privileges"
is "$(field CapPrm) $(field CapEff)" "0000000000000000 0000000000000000" "and has none"
if grep -q '^ok.*qemu filter' "$scratch/doctor"; then
	is "$(field Seccomp)" 2 "its system calls are filtered"
else
	skip "its system calls are filtered" "this QEMU cannot"
fi
if [ "$(id -u)" = 0 ]; then
	[ "$(readlink "/proc/$qemu/ns/net")" != "$(readlink /proc/self/ns/net)" ]
	result "root's is in a network of its own" $?
else
	skip "root's is in a network of its own" "not root"
fi
exec 9>&-
status=0
wait "$kmlab" || status=$?
exits 0 "and ends well"

# One whose build has no filter: guests run all the same, and 'kmlab doctor' says so.
real=$(command -v qemu-system-x86_64)
mkdir "$scratch/bin" "$scratch/cache"
cat >"$scratch/bin/qemu-system-x86_64" <<POOR
#!/bin/sh
case " \$* " in
*" -sandbox "*) echo "There is no option group 'sandbox'" >&2; exit 1 ;;
esac
exec $real "\$@"
POOR
chmod +x "$scratch/bin/qemu-system-x86_64"
export PATH="$scratch/bin:$PATH" KMLAB_CACHE="$scratch/cache"
run "$KMLAB" doctor
says '^weak *qemu filter .*no seccomp filter' "a QEMU without a filter is named"
done_testing
