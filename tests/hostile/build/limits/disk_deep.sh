#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A directory in a directory, deeper than any path can be long.
i=0
while [ $i -lt 5000 ]; do
	mkdir -p dir/dir/dir/dir/dir/dir/dir/dir/dir/dir && cd -P dir/dir/dir/dir/dir/dir/dir/dir/dir/dir || break
	i=$((i + 10))
done 2>/dev/null
sleep 10
