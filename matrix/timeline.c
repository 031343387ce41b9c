// SPDX-License-Identifier: GPL-2.0-only
/* Which guest ran when; see timeline.h. */
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "timeline.h"

#define FIRST_BIN_NS 250000u /* a quarter of the usual slice */

void timeline_init(struct timeline *t, uint64_t start_ns)
{
	*t = (struct timeline){.start_ns = start_ns, .bin_ns = FIRST_BIN_NS};
}

void timeline_deinit(struct timeline *t)
{
	for (unsigned int i = 0; i < TIMELINE_LANES; i++)
		free(t->ran[i]);
	memset(t, 0, sizeof(*t));
}

static void halve(struct timeline *t)
{
	for (unsigned int lane = 0; lane < t->lanes; lane++) {
		uint64_t *ran = t->ran[lane];

		if (!ran)
			continue;
		for (unsigned int i = 0; i < TIMELINE_BINS / 2; i++)
			ran[i] = ran[2 * i] + ran[2 * i + 1];
		memset(ran + TIMELINE_BINS / 2, 0, TIMELINE_BINS / 2 * sizeof(*ran));
	}
	t->bin_ns *= 2;
}

void timeline_add(struct timeline *t, unsigned int lane, uint64_t from, uint64_t to)
{
	if (lane >= TIMELINE_LANES || from < t->start_ns || to <= from)
		return;
	from -= t->start_ns;
	to -= t->start_ns;
	if (!t->ran[lane])
		t->ran[lane] = xcalloc(TIMELINE_BINS, sizeof(*t->ran[lane]));
	if (lane >= t->lanes)
		t->lanes = lane + 1;
	while (to > t->bin_ns * TIMELINE_BINS)
		halve(t);
	while (from < to) {
		uint64_t bin = from / t->bin_ns, end = (bin + 1) * t->bin_ns;

		end = end < to ? end : to;
		t->ran[lane][bin] += end - from;
		from = end;
	}
}

enum { LEFT = 130, LANE = 34, BAR = 24, TOP = 30, WIDTH = TIMELINE_BINS };

static void escape(struct text *svg, const char *s)
{
	for (; *s; s++) {
		if (*s == '<' || *s == '&')
			text_printf(svg, "&#%d;", *s);
		else
			text_add(svg, s, 1);
	}
}

/* One path for each guest: a bar for each bin, as high as the part of it that it ran. */
static void draw_lane(const struct timeline *t, unsigned int lane, unsigned int bins,
		      struct text *svg)
{
	double width = (double)WIDTH / bins;
	unsigned int bottom = TOP + lane * LANE + BAR;

	text_printf(svg, "<path fill=\"hsl(%u,60%%,45%%)\" d=\"", lane * 137 % 360);
	for (unsigned int i = 0; i < bins; i++) {
		double part = (double)t->ran[lane][i] / (double)t->bin_ns;

		if (t->ran[lane][i])
			text_printf(svg, "M%.1f %uh%.2fv-%.1fh-%.2fz", LEFT + i * width,
				    bottom, width, BAR * (part > 1 ? 1 : part), width);
	}
	text_puts(svg, "\"/>\n");
}

static void draw_axis(double seconds, unsigned int bottom, struct text *svg)
{
	for (unsigned int i = 0; i <= 10; i++)
		text_printf(
			svg,
			"<path stroke=\"#ccc\" d=\"M%u %dV%u\"/>"
			"<text x=\"%u\" y=\"%u\" text-anchor=\"middle\">%.*f s</text>\n",
			LEFT + i * WIDTH / 10, TOP - 4, bottom, LEFT + i * WIDTH / 10,
			bottom + 16, seconds < 10 ? 2 : 0, seconds * i / 10);
}

void timeline_svg(const struct timeline *t, const char *const *names, uint64_t end_ns,
		  struct text *svg)
{
	uint64_t length = end_ns > t->start_ns ? end_ns - t->start_ns : 1;
	unsigned int bins = (unsigned int)((length + t->bin_ns - 1) / t->bin_ns);
	unsigned int bottom = TOP + t->lanes * LANE;

	if (bins > TIMELINE_BINS)
		bins = TIMELINE_BINS;
	text_printf(
		svg,
		"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%u\" "
		"font-family=\"sans-serif\" font-size=\"12\">\n"
		"<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n"
		"<text x=\"%d\" y=\"18\">who ran when: the height of a bar is the part "
		"of its %.2f ms</text>\n",
		LEFT + WIDTH + 40, bottom + 30, LEFT, (double)t->bin_ns / 1e6);
	draw_axis((double)bins * (double)t->bin_ns / 1e9, bottom, svg);
	for (unsigned int lane = 0; lane < t->lanes; lane++) {
		text_printf(svg, "<text x=\"%d\" y=\"%u\" text-anchor=\"end\">", LEFT - 8,
			    TOP + lane * LANE + BAR - 7);
		escape(svg, names[lane]);
		text_puts(svg, "</text>\n");
		if (t->ran[lane])
			draw_lane(t, lane, bins, svg);
	}
	text_puts(svg, "</svg>\n");
}
