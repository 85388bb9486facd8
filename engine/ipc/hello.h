/* SPDX-License-Identifier: MIT */
/*
 * The first exchange on a connection. The client says which versions it speaks; the server answers
 * with the one chosen, or with a refusal and a sentence. A program of version n speaks n - 1 and n,
 * so programs that are one version apart understand each other. Pure; any thread.
 */
#ifndef ODY_IPC_HELLO_H
#define ODY_IPC_HELLO_H

#include "ipc/protocol.h"

/** What a client says of itself. */
typedef struct ody_ipc_hello {
    uint32_t oldest; /* version spoken, 1 or more */
    uint32_t newest;
    ody_view program; /* version of the program, borrowed */
} ody_ipc_hello;

/** What a server answers. */
typedef struct ody_ipc_greeting {
    int code;         /* 0: welcome; else why not */
    uint32_t version; /* welcome: the version to speak */
    ody_view message; /* refused: a sentence, borrowed */
} ody_ipc_greeting;

/** The oldest version that a program of version newest speaks. */
uint32_t ody__ipc_oldest(uint32_t newest);

/** Appends the hello of a program of that version. @return 0 or ODY_EMEMORY. */
int ody__ipc_hello_write(ody_bytes *out, uint32_t newest);
/** Reads the fields of a hello. @return 0, or ODY_EPROTOCOL when fields are broken or missing. */
int ody__ipc_hello_read(ody_view fields, ody_ipc_hello *hello);

/**
 * Chooses the newest version that both speak.
 * @param newest the server's.
 * @param error filled when there is none: says both programs' versions and what to do.
 * @return 0 with *version set, or ODY_EVERSION.
 */
int ody__ipc_hello_choose(const ody_ipc_hello *hello, uint32_t newest, uint32_t *version,
                          ody_error *error);

/** Appends a welcome. @return 0 or ODY_EMEMORY. */
int ody__ipc_welcome_write(ody_bytes *out, uint32_t version);
/** Appends a refusal. @param code negative. @return 0 or ODY_EMEMORY. */
int ody__ipc_refusal_write(ody_bytes *out, int code, const char *message);
/** Reads a welcome or a refusal. @return 0, or ODY_EPROTOCOL. */
int ody__ipc_greeting_read(uint16_t type, ody_view fields, ody_ipc_greeting *greeting);

#endif
