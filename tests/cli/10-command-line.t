#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Grammar, help, and that help, man pages and completion know the same commands.
. "$(dirname "$0")/lib.sh"

run "$KMLAB"
exits 2 "no command at all"
says 'usage: kmlab COMMAND' "shows how to use it"

run "$KMLAB" --help
exits 0 "help"
says 'kmlab run modules/hello' "help has an example"

run "$KMLAB" --version
exits 0 "version"

run "$KMLAB" rnu
exits 2 "a misspelt command"
says "did you mean 'run'" "suggests the right one"

run "$KMLAB" frobnicate
exits 2 "an unknown command"
says "'kmlab --help' lists them" "says where they are listed"

run "$KMLAB" kernel
exits 2 "a noun without a verb"
run "$KMLAB" kernel ad debian/6.1
exits 2 "a misspelt verb"
says "did you mean 'kernel add'" "suggests the right verb"

run "$KMLAB" run --kernle x
exits 2 "a misspelt option"
says "did you mean '--kernel'" "suggests the right option"
run "$KMLAB" run --timeout
exits 2 "an option without its value"
run "$KMLAB" run --timeout soon x.c
exits 2 "a number that is none"
run "$KMLAB" run --format yaml x.c
exits 2 "an unknown format"

run sh -c '"$1" --help >/dev/full' sh "$KMLAB"
exits 1 "a full standard output is noticed"

"$KMLAB" --list-commands >"$scratch/table"
while IFS=: read -r command options; do
	# shellcheck disable=SC2086 # a command is one or two words
	run "$KMLAB" $command --help
	[ "$status" -eq 0 ] && grep -q "^  kmlab $command" "$scratch/out"
	result "'$command --help' has an example" $?
	page=$top/man/kmlab-$(echo "$command" | cut -d' ' -f1).1.scd
	missing=
	for option in $options; do
		grep -q -e "\\*$option\\*" "$page" 2>/dev/null || missing="$missing $option"
	done
	is "$missing" "" "man page of '$command' has every option"
	is "$(missing_in "$(completed "$KMLAB" "$command")" "$options")" "" \
		"completion of '$command' has every option"
done <"$scratch/table"

done_testing
