/* SPDX-License-Identifier: GPL-2.0-only */
/* The few lines of TAP that a unit test needs. */
#ifndef KMLAB_TEST_TAP_H
#define KMLAB_TEST_TAP_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_count, tap_failed;

static inline bool tap_report(bool good, const char *name, const char *file, int line)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_count, name);
	if (!good) {
		tap_failed++;
		printf("# at %s:%d\n", file, line);
	}
	return good;
}

#define ok(cond, name) tap_report(!!(cond), name, __FILE__, __LINE__)

#define is_int(got, want, name)                                                          \
	({                                                                               \
		long long _g = (got), _w = (want);                                       \
		bool _ok = tap_report(_g == _w, name, __FILE__, __LINE__);               \
		if (!_ok)                                                                \
			printf("# got %lld, want %lld\n", _g, _w);                       \
		_ok;                                                                     \
	})

#define is_str(got, want, name)                                                          \
	({                                                                               \
		const char *_g = (got), *_w = (want);                                    \
		bool _ok = tap_report(_g && _w ? !strcmp(_g, _w) : _g == _w, name,       \
				      __FILE__, __LINE__);                               \
		if (!_ok)                                                                \
			printf("# got '%s'\n# want '%s'\n", _g ? _g : "(null)",          \
			       _w ? _w : "(null)");                                      \
		_ok;                                                                     \
	})

/* Every test program ends with: return tap_done(); */
static inline int tap_done(void)
{
	printf("1..%d\n", tap_count);
	return tap_failed ? 1 : 0;
}

#endif
