#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Black box: values given at load, and what the module says of them.
# shellcheck source=/dev/null
. "${KMLAB_KTAP:-/lab/ktap.sh}"

ko=${KMLAB_KO:-/lab/params.ko}
name=${KMLAB_MODULE:-params}

# reload PARAM=VALUE... - load anew; the log of it is in $log, insmod's words in $said.
reload()
{
	[ ! -d "/sys/module/$name" ] || rmmod "$name" || return 1
	klog_mark
	said=$(insmod "$ko" "$@" 2>&1)
	status=$?
	log=$(klog_since)
	return $status
}

# gives NAME WANT PARAM=VALUE... - loaded so, the log has the line.
gives()
{
	what=$1 want=$2
	shift 2
	if reload "$@"; then
		has "$what" "$log" "$name: $want"
	else
		result 1 "$what: $said"
	fi
}

# refused NAME WHY PARAM=VALUE - load fails, insmod and the log say why. The log names the
# value, of an array only what its parser has not cut off yet.
refused()
{
	what=$1 why=$2
	shift 2
	reload "$@"
	result $((status == 0)) "$what is refused"
	has "$what: insmod says why" "$said" "$why"
	has "$what: so does the log" "$log" "' invalid for parameter \`${1%%=*}'"
	ok "$what: not loaded" test ! -d "/sys/module/$name"
}

plan 58

ok "loads without parameters" reload
reload
for want in "myshort 1" "myint 2" "mylong 3" 'mystring "four"' "myintArray[0] 5 (default)" \
	"myintArray[3] 8 (default)" "arr_argc 0" "my_bool N" "my_percent 50"; do
	has "default: $want" "$log" "$name: $want"
done

gives "short" "myshort -32768" myshort=-32768
gives "int" "myint 2147483647" myint=2147483647
gives "long" "mylong -9223372036854775808" mylong=-9223372036854775808
gives "hexadecimal" "myint 31" myint=0x1f
gives "octal" "myint 8" myint=010
gives "string" 'mystring "abc"' mystring=abc
gives "empty string" 'mystring ""' mystring=
gives "string with spaces, in double quotes" 'mystring "a b  c"' 'mystring="a b  c"'
gives "quotes around name and value" 'mystring "a b"' '"mystring=a b"'
long=$(printf '%1024s' '' | tr ' ' x)
ok "string of 1024 bytes" reload mystring="$long"
gives "string that looks like a parameter" 'mystring "myint=9"' 'mystring="myint=9"'
gives "the last of two counts" "myint 4" myint=3 myint=4
gives "bool: yes" "my_bool Y" my_bool=1
gives "bool: the name alone means yes" "my_bool Y" my_bool
gives "bool: no" "my_bool N" my_bool=n
gives "a dash in the name is an underscore" "my_bool Y" my-bool=Y
gives "checked: lowest" "my_percent 0" my_percent=0
gives "checked: highest, with a dash" "my_percent 100" my-percent=100

reload myshort=7 mylong=8 'mystring="x y"' myint=9
like "several at once: short" "$log" "$name: myshort 7\$"
like "several at once: int" "$log" "$name: myint 9\$"
like "several at once: long" "$log" "$name: mylong 8\$"
has "several at once: string" "$log" "$name: mystring \"x y\""

reload myintArray=10,-20
has "array: first" "$log" "$name: myintArray[0] 10"
has "array: second" "$log" "$name: myintArray[1] -20"
has "array: the rest keeps its default" "$log" "$name: myintArray[2] 7 (default)"
has "array: two were given" "$log" "$name: arr_argc 2"
gives "array: full" "arr_argc 4" myintArray=1,2,3,4

refused "one array element too many" "Invalid argument" myintArray=1,2,3,4,5
has "the array's size is named" "$log" "can only take 4 arguments"
fails "string of 1025 bytes is refused" reload mystring="x$long"
has "and the log says why" "$(klog_since)" "mystring: string parameter too long"
refused "short out of range" "Numerical result out of range" myshort=32768
refused "not a number" "Invalid argument" myint=seven

reload my_percent=101
result $((status == 0)) "the check refuses 101"
has "the check says why" "$log" "$name: my_percent: 101 is more than 100"

# The version the module was built for is the one that runs: it would not load otherwise.
reload
has "UTS_RELEASE" "$log" "$name: UTS_RELEASE $(uname -r)"
version=$(uname -r | sed -E 's/^([0-9]+)\.([0-9]+).*/\1, \2,/')
has "KERNEL_VERSION" "$log" "= KERNEL_VERSION($version "
code=$(printf '%s\n' "$log" |
	sed -n 's/.*LINUX_VERSION_CODE \([0-9]*\) = KERNEL_VERSION(\(.*\), \(.*\), \(.*\)).*/\1 \2 \3 \4/p' |
	awk '$1 == $2 * 65536 + $3 * 256 + $4 { print "agree" }')
is "LINUX_VERSION_CODE agrees with its parts" "$code" agree

ok "200 times unloaded and loaded, with parameters" reloads 200 myint=7 'mystring="a b"'

rmmod "$name"
