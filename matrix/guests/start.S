/* SPDX-License-Identifier: GPL-2.0-only */
/* The first instructions: call main() and hand its result to the host. */
	.section .text.start, "ax"
	.globl _start
_start:
	xor	%ebp, %ebp
	sub	$64, %rsp		/* leave some space at the end of memory, too */
	call	main
	mov	$0x60a, %edx		/* MATRIX_EXIT */
	out	%eax, %dx
	hlt
	.section .note.GNU-stack, "", @progbits
