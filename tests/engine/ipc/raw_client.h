/* SPDX-License-Identifier: MIT */
/* A client by hand, for what the real client never does. Any thread. */
#ifndef ODY_TESTS_RAW_CLIENT_H
#define ODY_TESTS_RAW_CLIENT_H

#include "ipc/protocol.h"
#include "live_server.h"

/** Appends a publish of {} to a channel. */
void raw_write_publish(ody_bytes *out, uint32_t number, const char *channel);
/** Appends a request of that type. @param channel NULL for none. */
void raw_write_question(ody_bytes *out, uint32_t number, uint16_t type, const char *channel);
/** Sends a publish. */
void raw_send_publish(int fd, uint32_t number, const char *channel);
/** Reads an answer. @param number set to that of its request. @return its code. */
int raw_read_answer(int fd, uint32_t *number);
/** Reads the greeting of a server that refuses. @return its code. */
int raw_read_refusal(int fd);
/** Whether the server has closed; waits for that or for a byte. */
bool raw_ended(int fd);
/** Bytes of answers that wait in the server, over all connections. */
size_t raw_unsent(live_server *live);

#endif
