#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Takes memory in the files of /tmp and /run.
for i in 1 2 3 4 5 6; do
	dd if=/dev/zero of=/tmp/$i bs=1M count=100
	dd if=/dev/zero of=/run/$i bs=1M count=100
done
sleep 10
