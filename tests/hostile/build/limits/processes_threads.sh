#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# As many sleeping processes as there may be, and one more.
i=0
while [ $i -lt 150 ]; do
	sleep 1000 &
	i=$((i + 1))
done
wait
