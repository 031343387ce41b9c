/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a guest program needs: the hypercalls as functions. A guest is freestanding C: no
 * library, no operating system, one CPU in 64-bit mode, memory from 0 on, mapped one to
 * one. main() is called on a stack at the end of memory; what it returns is the guest's
 * status.
 */
#ifndef MATRIX_GUEST_H
#define MATRIX_GUEST_H

#include <stddef.h>
#include <stdint.h>

#include "../abi.h"

static inline void out8(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline void out16(uint16_t port, uint16_t value)
{
	__asm__ volatile("outw %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "d"(port) : "memory");
}

static inline uint8_t in8(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline uint16_t in16(uint16_t port)
{
	uint16_t value;

	__asm__ volatile("inw %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "d"(port) : "memory");
	return value;
}

static inline uint32_t low(const void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static inline void print(const char *text)
{
	out32(MATRIX_PRINT_STRING, low(text));
}

static inline void print_number(uint32_t n)
{
	out32(MATRIX_PRINT32, n);
}

static inline uint32_t exits(void)
{
	return in32(MATRIX_EXITS);
}

static inline const char *exits_by_type(void)
{
	return (const char *)(uintptr_t)in32(MATRIX_EXITS_BY_TYPE);
}

static inline struct matrix_translation translate(const volatile void *gva)
{
	struct matrix_translation t = {.gva = (uintptr_t)gva};

	out32(MATRIX_TRANSLATE, low(&t));
	return t;
}

static inline uint64_t now_ns(void)
{
	uint64_t now = 0;

	out32(MATRIX_TIME, low(&now));
	return now;
}

static inline void yield(void)
{
	out32(MATRIX_YIELD, 0);
}

/* Sleeps for at least so long; other guests have the CPU meanwhile. */
static inline void sleep_us(uint32_t us)
{
	out32(MATRIX_ALARM, us);
	__asm__ volatile("hlt" : : : "memory");
}

static inline uint64_t memory_size(void)
{
	return (uint64_t)in32(MATRIX_MEMORY) << 10;
}

int main(void);

#endif
