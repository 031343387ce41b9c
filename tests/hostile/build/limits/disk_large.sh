#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# One large file.
dd if=/dev/zero of=large bs=1M count=200
sleep 10
