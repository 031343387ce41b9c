// SPDX-License-Identifier: GPL-2.0-only
/* Does nothing. The calls that strace shows are those that every process needs. */
int main(void)
{
	return 0;
}
