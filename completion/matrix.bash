# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Bash completion for matrix: commands, options and guests come from the program itself.

_matrix() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]:-}

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(matrix --list-commands | sed 's/:.*//') help" -- "$word")
		return
	fi
	case $before in
	-p | --policy)
		mapfile -t COMPREPLY < <(compgen -W "stride eevdf lottery strict-io ticks" -- "$word")
		return
		;;
	--kick)
		mapfile -t COMPREPLY < <(compgen -W "imm sigmask" -- "$word")
		return
		;;
	--profile)
		mapfile -t COMPREPLY < <(compgen -W "matrix course course16" -- "$word")
		return
		;;
	esac
	if [ "${word#-}" != "$word" ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"$(matrix --list-commands | sed -n "s/^$command: //p") --help" -- "$word")
	elif [ "$command" = ctl ] && [ "$COMP_CWORD" -eq 3 ]; then
		mapfile -t COMPREPLY < <(compgen -W \
			"list json add weight cap pause resume stop dump" -- "$word")
	elif [ "$command" = run ] || [ "$command" = dump ] || [ "$command" = simulate ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(matrix guests | sed 's/ .*//')" -f -- "$word")
	else
		mapfile -t COMPREPLY < <(compgen -f -- "$word")
	fi
}

complete -o filenames -F _matrix matrix
