# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Bash completion for kmlab: commands and options come from the program itself, kernel
# names from its cache.

_kmlab_options() {
	kmlab --list-commands | sed -n "s/^$1: //p"
}

_kmlab() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]:-}

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(kmlab --list-commands | sed 's/[ :].*//' | sort -u) help" -- "$word")
		return
	fi
	if [ "$command" = kernel ]; then
		if [ "$COMP_CWORD" -eq 2 ]; then
			mapfile -t COMPREPLY < <(compgen -W "add list show remove" -- "$word")
			return
		fi
		command="kernel ${COMP_WORDS[2]}"
	fi
	case $before in
	-k | --kernel | add | show | remove)
		if [ "${word#-}" = "$word" ]; then
			mapfile -t COMPREPLY < <(compgen -W \
				"$(kmlab kernel list 2>/dev/null | awk 'NR > 1 { print $1 }')" \
				-- "$word")
			return
		fi
		;;
	--format)
		mapfile -t COMPREPLY < <(compgen -W "text json ktap junit" -- "$word")
		return
		;;
	esac
	if [ "${word#-}" != "$word" ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(_kmlab_options "$command") --help" -- "$word")
		return
	fi
	mapfile -t COMPREPLY < <(compgen -f -- "$word")
}

complete -o filenames -F _kmlab kmlab
