/* SPDX-License-Identifier: MIT */
/*
 * What goes over the Unix socket. All numbers are little-endian.
 *
 *   message  u32 length of what follows, u16 type, u16 flags (0, ignored), u32 request number,
 * fields field    u16 tag, u32 length, that many bytes
 *
 * A number in a field has 1 to 8 bytes. Unknown tags are skipped, so a newer side may say more to
 * an older one. The client begins with a hello (ipc/hello.h); then each of its requests
 * (ipc/request.h) gets one answer (ipc/answer.h) with the same number, not always in the order of
 * the requests. A server that ends says farewell where nothing is unanswered, and hangs up. Types
 * from 0x8000 on are requests of the server: it calls those who registered as
 * PHP workers (ipc/worker_message.h), one call at a time.
 *
 * Everything here is pure and checks its input: any bytes may come in. Any thread.
 */
#ifndef ODY_IPC_PROTOCOL_H
#define ODY_IPC_PROTOCOL_H

#include "base/bytes.h"
#include "ody/error.h"

/** The newest version spoken; the one before it is understood too. */
#define ODY_IPC_VERSION 1

#define ODY_IPC_HEADER_SIZE 12
/** A whole message, header included; a longer one breaks the protocol. */
#define ODY_IPC_MESSAGE_MAX (64u << 20)
/** A whole hello, welcome or refusal. */
#define ODY_IPC_HELLO_MAX 4096u

enum ody_ipc_type {
    ODY_IPC_HELLO = 1,
    ODY_IPC_WELCOME = 2,
    ODY_IPC_REFUSED = 3,
    ODY_IPC_FAREWELL = 4, /* the server: it has carried out nothing that it has not answered, and
                             hangs up */
    ODY_IPC_PUBLISH = 16,
    ODY_IPC_WHISPER = 17,
    ODY_IPC_SUBSCRIBERS = 18,
    ODY_IPC_IS_SUBSCRIBED = 19,
    ODY_IPC_CHANNEL_EXISTS = 20,
    ODY_IPC_CHANNELS = 21,
    ODY_IPC_STATUS = 22,
    ODY_IPC_SUBSCRIBE = 23,
    ODY_IPC_UNSUBSCRIBE = 24,
    ODY_IPC_USERS = 25,
    ODY_IPC_REGISTER = 32, /* a PHP worker says what it handles (ipc/worker_message.h) */
    ODY_IPC_RESULT = 33,   /* it answers the call of that number */
    ODY_IPC_LEAVE = 34,    /* it wants no more calls: the server hangs up when none is under way */
    ODY_IPC_ANSWER = 64,
    ODY_IPC_CALL = 0x8001, /* the server calls a PHP worker */
};

enum ody_ipc_tag {
    ODY_IPC_TAG_OLDEST = 1,     /* number: oldest version spoken */
    ODY_IPC_TAG_NEWEST = 2,     /* number: newest version spoken */
    ODY_IPC_TAG_VERSION = 3,    /* number: the version chosen */
    ODY_IPC_TAG_PROGRAM = 4,    /* text: version of the program */
    ODY_IPC_TAG_CODE = 5,       /* number: an error's code without its sign */
    ODY_IPC_TAG_MESSAGE = 6,    /* text: a sentence for a person */
    ODY_IPC_TAG_CHANNEL = 16,   /* text: a channel's name; several in a publish */
    ODY_IPC_TAG_EVENT = 17,     /* text */
    ODY_IPC_TAG_DATA = 18,      /* text */
    ODY_IPC_TAG_SOCKET_ID = 19, /* text; in a publish: who does not get it; a list in an answer */
    ODY_IPC_TAG_SKIP_MISSING = 20, /* number: not 0 for true */
    ODY_IPC_TAG_PREFIX = 21,       /* text */
    ODY_IPC_TAG_REACHED = 32,      /* number */
    ODY_IPC_TAG_TRUTH = 33,        /* number: 1 for yes, 0 for no */
    ODY_IPC_TAG_ENTRY = 34,        /* fields: one channel of a listing */
    ODY_IPC_TAG_CHANNEL_TYPE = 35, /* text, in an entry */
    ODY_IPC_TAG_SUBSCRIBERS = 36,  /* number, in an entry */
    ODY_IPC_TAG_USERS = 37,        /* number, in an entry */
    ODY_IPC_TAG_JSON = 38,         /* text: the status, or a list of users */
    ODY_IPC_TAG_KIND = 48,         /* number: enum ody_call_kind */
    ODY_IPC_TAG_ADDRESS = 49,      /* text */
    ODY_IPC_TAG_USER_ID = 50,      /* text */
    ODY_IPC_TAG_HEAD = 51,         /* bytes: an HTTP request */
    ODY_IPC_TAG_VERDICT = 52,      /* number: enum ody_verdict */
    ODY_IPC_TAG_HANDSHAKES = 53,   /* number: not 0 for true */
    ODY_IPC_TAG_MESSAGES = 54,     /* number: not 0 for true */
    ODY_IPC_TAG_NOTICES = 55,      /* number: bits */
    ODY_IPC_TAG_HANDLER = 56,      /* text: a type of channels; several in a registration */
};

/** The head of a message. */
typedef struct ody_ipc_header {
    size_t size; /* of the whole message, header included */
    uint16_t type;
    uint16_t flags;
    uint32_t number;
} ody_ipc_header;

/** One field; its value is borrowed from the message. Its data is never NULL. */
typedef struct ody_ipc_field {
    uint16_t tag;
    ody_view value;
} ody_ipc_field;

/**
 * Reads the head of the message that bytes begin with.
 * @return 1; 0 while more bytes are needed; ODY_EPROTOCOL for a length below the header's or over
 *         ODY_IPC_MESSAGE_MAX.
 */
int ody__ipc_header_read(ody_view bytes, ody_ipc_header *header);

/** Appends a farewell. @return 0 or ODY_EMEMORY. */
int ody__ipc_farewell_write(ody_bytes *out);
/** Whether bytes are a farewell, or the beginning of one. */
bool ody__ipc_farewell_begins(ody_view bytes);

/**
 * Takes the next field off the front of rest.
 * @return 1; 0 at the end; ODY_EPROTOCOL when the field is cut off.
 */
int ody__ipc_field_read(ody_view *rest, ody_ipc_field *field);

/** Reads a number. @return false unless value has 1 to 8 bytes. */
bool ody__ipc_number_read(ody_view value, uint64_t *number);

/**
 * Begins a message at the end of out.
 * @return where it begins, for ody__ipc_message_end.
 */
size_t ody__ipc_message_begin(ody_bytes *out, uint16_t type, uint32_t number);
/**
 * Completes the message that begins at start.
 * @return 0; ODY_EMEMORY or, over ODY_IPC_MESSAGE_MAX, ODY_EPAYLOAD_SIZE: then out ends at start
 *         again and has not failed.
 */
int ody__ipc_message_end(ody_bytes *out, size_t start);

/** Appends a field of bytes. A value of 4 GiB or more makes out fail. */
void ody__ipc_field_write(ody_bytes *out, uint16_t tag, ody_view value);
/** Appends a field that holds a number. */
void ody__ipc_number_write(ody_bytes *out, uint16_t tag, uint64_t number);
/** Begins a field whose value is fields. @return where it begins, for ody__ipc_fields_end. */
size_t ody__ipc_fields_begin(ody_bytes *out, uint16_t tag);
/** Completes the field that begins at start. */
void ody__ipc_fields_end(ody_bytes *out, size_t start);

/**
 * Copies text from the other side into error, control characters replaced.
 * @return code.
 */
int ody__ipc_error_copy(ody_error *error, int code, ody_view text);

#endif
