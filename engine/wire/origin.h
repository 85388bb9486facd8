/* SPDX-License-Identifier: MIT */
/*
 * Which pages may connect: the Origin that a browser sends, against the patterns of an app. Pure;
 * any thread. Source: RFC 6454, "The Web Origin Concept".
 */
#ifndef ODY_WIRE_ORIGIN_H
#define ODY_WIRE_ORIGIN_H

#include "ody/view.h"

/**
 * Whether a page of that origin may connect.
 *
 * A pattern is [scheme://]host[:port], where * stands for any text, dots included. Case does not
 * matter. Without a scheme and without a port any will do; with a scheme, a missing port is the
 * scheme's own one. "*" alone lets everything in; "null" is the origin of pages that have none,
 * such as files.
 *
 * @param patterns separated by spaces; "" lets everything in.
 * @param origin as it was sent. ODY_VIEW_NONE, no origin, is let in: browsers always send one, and
 *        other programs can send what they like. What is no origin is let in by "*" alone.
 */
bool ody_origin_allowed(const char *patterns, ody_view origin);

#endif
