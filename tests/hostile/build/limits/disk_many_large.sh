#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Several files, each of which is small enough.
for i in 1 2 3 4 5 6 7 8; do
	dd if=/dev/zero of=large$i bs=1M count=15
done
sleep 10
