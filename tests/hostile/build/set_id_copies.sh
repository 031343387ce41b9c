#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Brings a set-id bit into the cache by copies: of a program of the build root, of a file of
# the source's own that has the bit (its copy up would keep it), and out of an archive.
through=0
cd "$SOURCE" || exit 1
mkdir copies
cp -p /usr/bin/su /bin/mount /usr/bin/passwd copies/ 2>/dev/null
cp -a /usr/bin/su copies/su-a 2>/dev/null
install -m 4755 /bin/sh copies/sh 2>/dev/null
install -d -m 2755 copies/dir 2>/dev/null
cp /bin/sh copies/sh2 && chmod u+s copies/sh2 2>/dev/null
# The user's own set-id program: changed here it would still have the bit.
if [ -u set-id-program ]; then
	mv set-id-program copies/moved 2>/dev/null
	ln copies/moved copies/linked 2>/dev/null
	cp /bin/sh copies/moved 2>/dev/null
	printf x >>copies/moved
fi
# An archive of one file with mode 4755.
mkdir archive && cp /bin/sh archive/a && (cd archive && tar cf ../a.tar --mode=4755 a) 2>/dev/null
tar xpf a.tar -C copies 2>/dev/null
find . -perm /6000 -newer Kbuild | grep . && through=1
find copies -perm /6000 -type f | grep . && through=1
[ $through = 0 ] || echo "got through by copies"
rm -rf copies archive a.tar
echo "tried 10 ways"
[ $through = 1 ]
