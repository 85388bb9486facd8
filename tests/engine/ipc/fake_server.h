/* SPDX-License-Identifier: MIT */
/*
 * A server of raw bytes for tests of the client: a thread accepts connections one after the other
 * and runs a script on each. The script does what a server must never do.
 */
#ifndef ODY_TESTS_FAKE_SERVER_H
#define ODY_TESTS_FAKE_SERVER_H

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include "ipc/protocol.h"

typedef struct fake_server fake_server;

/** Runs on the fake's thread; fd is closed after it. @param nth connection, from 0. */
typedef void (*fake_script)(fake_server *fake, int fd, int nth);

struct fake_server {
    char directory[64];
    char path[96];
    int listen_fd;
    fake_script script;
    int connections; /* to accept before the thread ends; 0: until fake_stop */
    pthread_t thread;
    sem_t reached; /* for scripts: posted to the test … */
    sem_t proceed; /* … and posted by the test */
    sem_t closed;  /* posted after each connection is closed */
    atomic_int requests;
};

/** A fresh directory under the temporary one, and a path for a socket in it. */
void fake_place(char *directory, size_t directory_size, char *path, size_t path_size);
/** Listens and begins to accept so many connections; 0 for any number until fake_stop. */
void fake_start(fake_server *fake, fake_script script, int connections);
/** Waits for the script to end and removes the socket. */
void fake_stop(fake_server *fake);

/** Sends all bytes; a client that is gone does not matter. */
void fake_send(int fd, ody_view bytes);
/** Reads one whole message. @return false when the client has closed. */
bool fake_read(int fd, ody_ipc_header *header, ody_bytes *message);
/** Reads the hello and welcomes. */
void fake_greet(int fd);
/** Reads a request and counts it. @return its number; fails the test at the end of the file. */
uint32_t fake_request(fake_server *fake, int fd);
/** Appends an answer that a publish reached so many. */
void fake_write_reached(ody_bytes *out, uint32_t number, uint64_t reached);
/** Sends that. */
void fake_answer_reached(int fd, uint32_t number, uint64_t reached);
/** Sends an answer of yes. */
void fake_answer_yes(int fd, uint32_t number);
/** Waits for a semaphore. */
void fake_await(sem_t *semaphore);

#endif
