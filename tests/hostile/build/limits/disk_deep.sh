#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# A directory in a directory, deeper than any path can be long.
i=0
while [ $i -lt 5000 ]; do
	mkdir -p d/d/d/d/d/d/d/d/d/d || break
	cd -P d/d/d/d/d/d/d/d/d/d || break
	i=$((i + 10))
done 2>/dev/null
sleep 10
