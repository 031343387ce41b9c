#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Files without content: they are entries of directories and inodes.
mkdir small && cd small || exit 1
seq 1 400000 | sed 's/$/-a-rather-long-name-so-that-a-directory-grows-quickly/' | xargs touch
sleep 10
