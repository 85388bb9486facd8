/* SPDX-License-Identifier: MIT */
/* Private to this room: what libmicrohttpd calls, from inside of MHD_run only. */
#ifndef ODY_HTTP_CALLBACKS_H
#define ODY_HTTP_CALLBACKS_H

#include <sys/socket.h>
#include <microhttpd.h>
#include "http/room.h"

/** A connection comes or goes. @see MHD_NotifyConnectionCallback */
void ody__http_on_connection(void *daemon, struct MHD_Connection *mhd, void **context,
                             enum MHD_ConnectionNotificationCode code);
/** The first line of a request has come. @return the exchange, or NULL without memory. */
void *ody__http_on_target(void *daemon, const char *target, struct MHD_Connection *mhd);
/** Its head has come, a piece of its body, or all of it. @see MHD_AccessHandlerCallback */
enum MHD_Result ody__http_on_request(void *daemon, struct MHD_Connection *mhd, const char *url,
                                     const char *method, const char *version, const char *data,
                                     size_t *size, void **context);
/** It is answered, or its connection has ended. @see MHD_RequestCompletedCallback */
void ody__http_on_completed(void *daemon, struct MHD_Connection *mhd, void **context,
                            enum MHD_RequestTerminationCode code);

#endif
