/* SPDX-License-Identifier: MIT */
/*
 * Reads the frames of one client out of a stream of bytes (RFC 6455, section 5). Pure: it keeps
 * what has come of a header or a control frame, unmasks in place, and hands out pieces of messages
 * as they come. Strict: an unmasked frame, a reserved bit or opcode, a fragmented or long control
 * frame and a wrong continuation end the connection. One thread.
 */
#ifndef ODY_NET_FRAME_READER_H
#define ODY_NET_FRAME_READER_H

#include <stdint.h>
#include "ody/view.h"

#define ODY_CONTROL_MAX 125
#define ODY_CLOSE_PROTOCOL_ERROR 1002

/** A zeroed struct is a reader at the beginning of a stream. */
typedef struct ody_frame_reader {
    uint64_t rest;      /* payload of this frame that has not come yet */
    uint8_t header[14]; /* as much of it as has come */
    uint8_t header_length;
    uint8_t opcode; /* of the message, also during its continuations; 0: between messages */
    uint8_t mask_index;
    uint8_t control_length;
    bool begun;    /* a piece of the message has been handed out */
    char *control; /* of a control frame that came in parts; ODY_CONTROL_MAX bytes, or NULL */
} ody_frame_reader;

typedef struct ody_frame_event {
    uint8_t opcode; /* 1 text, 2 binary, 8 close, 9 ping, 10 pong */
    bool first;     /* this piece begins a message */
    bool last;      /* this piece ends it; control frames always come whole */
    ody_view data;  /* unmasked; valid until the next call or the end of the input */
} ody_frame_event;

/** Frees what it keeps of a control frame. */
void ody_frame_reader_fini(ody_frame_reader *reader);

/**
 * Takes the next event off the front of the input.
 * @param data moved past what was read. The bytes are unmasked in place.
 * @return 1 with an event; 0 when the input is used up; ODY_EPROTOCOL when the client breaks the
 *         protocol; ODY_EMEMORY. After an error the reader is of no more use.
 */
int ody_frame_reader_next(ody_frame_reader *reader, char **data, size_t *length,
                          ody_frame_event *event);

#endif
