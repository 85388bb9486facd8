/* SPDX-License-Identifier: MIT */
/*
 * The one list of errors: every function of the engine that can fail returns 0 or one of these
 * negative codes, and puts the details into the caller's ody_error where it takes one.
 * Stateless; any thread.
 */
#ifndef ODY_ERROR_H
#define ODY_ERROR_H

/* X(name, value, text): the text is the sentence shown when nothing more exact is known. */
#define ODY_ERRORS(X)                                                                              \
    X(MEMORY, -1, "out of memory")                                                                 \
    X(INVALID, -2, "invalid argument")                                                             \
    X(SYSTEM, -3, "a system call failed")                                                          \
    X(CONFIGURATION, -4, "invalid configuration")                                                  \
    X(ADDRESS_IN_USE, -5, "address already in use")                                                \
    X(CERTIFICATE, -6, "unusable certificate or private key")                                      \
    X(NO_SERVER, -7, "no server answers on the socket")                                            \
    X(TIMEOUT, -8, "timed out")                                                                    \
    X(DISCONNECTED, -9, "the connection was closed")                                               \
    X(OUTCOME_UNKNOWN, -10,                                                                        \
      "the connection was lost after the request was sent; "                                       \
      "whether it was carried out is unknown")                                                     \
    X(VERSION, -11, "the server and this client speak versions that are too far apart")            \
    X(PROTOCOL, -12, "the other side broke the protocol")                                          \
    X(CHANNEL_NOT_FOUND, -13, "channel does not exist: it has no subscribers")                     \
    X(CHANNEL_NAME, -14, "invalid channel name")                                                   \
    X(EVENT_NAME, -15, "invalid event name")                                                       \
    X(PAYLOAD_SIZE, -16, "payload too large")                                                      \
    X(ENCODING, -17, "text is not valid UTF-8")                                                    \
    X(JSON, -18, "invalid JSON")                                                                   \
    X(DEPTH, -19, "JSON is nested too deeply")                                                     \
    X(OVERLOADED, -20, "the server is overloaded")                                                 \
    X(NOT_SUBSCRIBED, -21, "not subscribed to the channel")                                        \
    X(LIMIT, -22, "a limit is reached")                                                            \
    X(SIGNATURE, -23, "invalid signature")                                                         \
    X(NO_CLIENT, -24, "no such client is connected")                                               \
    X(RATE, -25, "rate limit exceeded")                                                            \
    X(DRAINING, -26, "the server is shutting down")                                                \
    X(PERMISSION, -27, "not permitted")                                                            \
    X(WORKER, -28, "the application could not handle it")

enum ody_error_code {
#define ODY_ERROR_ENUM(name, value, text) ODY_E##name = value,
    ODY_ERRORS(ODY_ERROR_ENUM)
#undef ODY_ERROR_ENUM
};

/** Details of one failure, in the caller's memory. Only valid when the call that took it failed. */
typedef struct ody_error {
    int code;          /* 0 or one of enum ody_error_code */
    char message[256]; /* one clear sentence for a person, NUL-terminated, never a secret */
} ody_error;

/**
 * Fills error (may be NULL) with a formatted sentence. Any thread.
 * @return code, so that a caller can write `return ody_error_set(error, ODY_EJSON, "…");`
 */
int ody_error_set(ody_error *error, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** The general text of a code; "unknown error" for a number not in the list. Static memory. */
const char *ody_error_text(int code);

/** The name of a code without its prefix, such as "CHANNEL_NOT_FOUND". Static memory. */
const char *ody_error_name(int code);

#endif
