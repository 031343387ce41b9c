#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# docs/adding-a-module.md is true: the files in it build, pass their test, and the test
# fails after the change that the page says it must notice.
# Environment: KMLAB the program, KMLAB_TEST_KERNELS the kernels; the first one is used.
kmlab=${KMLAB:-kmlab}
kernel=${KMLAB_TEST_KERNELS:-debian/6.1}
kernel=${kernel%% *}
page=$(cd "$(dirname "$0")/../.." && pwd)/docs/adding-a-module.md
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' INT TERM
cd "$tmp" || exit 1
number=0
failed=0

check()
{
	number=$((number + 1))
	if [ "$1" -eq "$2" ]; then
		echo "ok $number - $3"
		return
	fi
	failed=1
	echo "not ok $number - $3"
	echo "# status $1, want $2"
	sed 's/^/# /' out
}

# A file is a line that is nothing but its path in backquotes and a colon, then a code block.
extract()
{
	mkdir -p modules/answer/tests
	awk '
	/^`modules\/.*`:$/ { path = $0; gsub(/[`:]/, "", path); next }
	/^```/ && path != "" && !inside { inside = 1; next }
	/^```/ && inside { inside = 0; close(path); path = ""; next }
	inside { print > path }
	' "$page"
}

echo 1..4
extract
find modules -type f | wc -l >out
check "$(cat out)" 3 "the page has three files"
"$kmlab" run --quiet --kernel "$kernel" --werror modules/answer >out 2>&1
check $? 0 "the module passes"
"$kmlab" test --quiet --kernel "$kernel" modules/answer >out 2>&1
check $? 0 "so does its test"
sed -i 's/, number)/, number + 9)/' modules/answer/answer.c
"$kmlab" test --quiet --kernel "$kernel" modules/answer >out 2>&1
check $? 1 "and it notices a mistake"
exit $failed
