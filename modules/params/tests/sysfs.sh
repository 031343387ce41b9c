#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: the files under /sys/module/params/parameters, their modes, and writing them.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/params.ko}
name=${KMLAB_MODULE:-params}
dir=/sys/module/$name/parameters

put() { echo "$2" >"$dir/$1"; }
get() { cat "$dir/$1"; }

plan 34

is "files" "$(cd "$dir" && echo *)" "my_bool my_percent myint mylong myshort"
is "mode of myshort" "$(stat -c %a "$dir/myshort")" 660
is "mode of myint" "$(stat -c %a "$dir/myint")" 644
is "mode of mylong" "$(stat -c %a "$dir/mylong")" 400
is "mode of my_bool" "$(stat -c %a "$dir/my_bool")" 644
is "mode of my_percent" "$(stat -c %a "$dir/my_percent")" 644
ok "mystring has no file" test ! -e "$dir/mystring"
ok "myintArray has no file" test ! -e "$dir/myintArray"

# modinfo shows the same from outside: NAME:DESCRIPTION and NAME:TYPE.
info=$(strings "$ko" | grep -E '^parm(type)?=')
for p in myshort:short myint:int mylong:long mystring:charp "myintArray:array of int" my_bool:bool; do
	has "type of ${p%%:*}" "$info" "parmtype=$p"
	like "description of ${p%%:*}" "$info" "^parm=${p%%:*}:."
done

is "short reads" "$(get myshort)" 1
put myshort -5
is "short written" "$(get myshort)" -5
fails "short out of range" put myshort 40000
is "short unchanged" "$(get myshort)" -5
put myint 77
is "int written" "$(get myint)" 77
is "long reads" "$(get mylong)" 3
put my_bool y
is "bool written" "$(get my_bool)" Y

put my_percent 99
is "checked value written" "$(get my_percent)" 99
klog_mark
fails "checked value refused" put my_percent 101
# shellcheck disable=SC2154 # fails sets $said
has "with EINVAL" "$said" "Invalid argument"
is "and unchanged" "$(get my_percent)" 99
has "and says why" "$(klog_since)" "$name: my_percent: 101 is more than 100"
fails "text refused" put my_percent half

klog_mark
rmmod "$name"
has "the module sees what was written" "$(klog_since)" "$name: myint 77"
