#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: the kernel is locked down while the module is loaded. There is no way back
# but a reboot: this test is the last one, and the module stays loaded.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

lockdown=/sys/kernel/security/lockdown

[ -e $lockdown ] || mount -t securityfs none /sys/kernel/security
[ -e $lockdown ] || skip_all "this kernel cannot be locked down"
command -v physmemctl >/dev/null || skip_all "no physmemctl here"

plan 4

ok "before: the program of the document works" physmemctl demo
exec 3<>/dev/physmem
echo integrity >$lockdown
has "the kernel is locked down" "$(cat $lockdown)" "[integrity]"
why "memory below the kernel's protection is what lockdown is about:" \
	"security_locked_down(LOCKDOWN_DEV_MEM), when the file is opened and at each call"
fails "now it does not" physmemctl demo
# shellcheck disable=SC2154 # fails sets $said
has "and says why" "$said" "lockdown"
