#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# The kernel is locked down while the module is loaded: from then on no probe is attached
# and no address shown. There is no way back but a reboot: this test is the last one, and
# the module stays loaded. For implementations that have /dev/probes.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

lockdown=/sys/kernel/security/lockdown

[ -e /dev/probes ] || skip_all "there is no /dev/probes, which is not asked for"
[ -e $lockdown ] || mount -t securityfs none /sys/kernel/security
[ -e $lockdown ] || skip_all "this kernel cannot be locked down"

rmmod "${KMLAB_MODULE:-probes}"
insmod "${KMLAB_KO:-/lab/probes.ko}" symbol=__x64_sys_sync lookup=tasklist_lock

plan 7

unlike "before: /proc/probes shows the address" "$(cat /proc/probes)" '^symbol .* 0+$'
echo confidentiality >$lockdown
has "the kernel is locked down" "$(cat $lockdown)" "[confidentiality]"

why "register_kprobe() does not ask: security_locked_down(LOCKDOWN_KPROBES) has to."
fails "no probe is attached any more" probectl __x64_sys_swapoff -- true
# shellcheck disable=SC2154 # fails sets $said
has "and it says that lockdown may be why" "$said" "lockdown"
fails "no symbol is looked up any more" probectl --lookup tasklist_lock
why "The address was found before; showing it is what helps an attacker."
like "/proc/probes shows no address any more" "$(cat /proc/probes)" '^symbol tasklist_lock 0+$'
sync
like "the probe that was there goes on counting" "$(cat /proc/probes)" \
	'^probe __x64_sys_sync pre 1 post 1 '
