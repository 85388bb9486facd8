/* SPDX-License-Identifier: MIT */
/* What logs and the status may show of a webhook's URL. Stateless; any thread. */
#ifndef ODY_WEBHOOK_ORIGIN_H
#define ODY_WEBHOOK_ORIGIN_H

/** Bytes of the text, with its NUL. */
#define ODY_WEBHOOK_ORIGIN 128

/**
 * Takes scheme, host and port out of a URL. Names and passwords, the path and the query may be
 * secrets. What is too long is cut.
 */
void ody_webhook_origin(const char *url, char out[ODY_WEBHOOK_ORIGIN]);

#endif
