#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Never ends, and is busy.
while :; do :; done
