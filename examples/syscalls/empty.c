// SPDX-License-Identifier: GPL-2.0-only
/* Does nothing. Whatever strace shows of it is the price of being a process at all. */
int main(void)
{
	return 0;
}
