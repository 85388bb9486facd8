/* SPDX-License-Identifier: MIT */
/* Certificates for a test, made by the openssl command in a folder of their own. */
#ifndef ODY_TEST_TLS_FILES_H
#define ODY_TEST_TLS_FILES_H

#include <stdlib.h>
#include <sys/stat.h>
#include "test.h"

/** Files of one test, in a folder of their own below tests/out. */
typedef struct tls_files {
    char folder[512];
    char certificate[600];
    char key[600];
} tls_files;

/** Runs a command of the shell in the folder; fails the test when it fails. */
static inline void tls_files_run(const tls_files *self, const char *command)
{
    char line[2048];

    snprintf(line, sizeof(line), "cd '%s' && { %s; } > log 2>&1", self->folder, command);
    if (system(line) != 0) {
        FAIL("failed: %s", line);
    }
}

/** Makes a self-signed certificate and its key. */
static inline void tls_files_make(tls_files *self)
{
    const char *folder = strstr(__FILE__, "/engine/tls_files.h");

    CHECK(folder != NULL);
    snprintf(self->folder, sizeof(self->folder), "%.*s/out", (int)(folder - __FILE__), __FILE__);
    mkdir(self->folder, 0777);
    strcat(self->folder, "/tls-XXXXXX");
    CHECK(mkdtemp(self->folder) != NULL);
    snprintf(self->certificate, sizeof(self->certificate), "%s/certificate.pem", self->folder);
    snprintf(self->key, sizeof(self->key), "%s/key.pem", self->folder);
    tls_files_run(self, "openssl req -x509 -newkey rsa:2048 -nodes -subj /CN=localhost -days 2 "
                        "-keyout key.pem -out certificate.pem");
}

/** Removes the folder. */
static inline void tls_files_remove(const tls_files *self)
{
    char line[1024];

    snprintf(line, sizeof(line), "rm -r '%s'", self->folder);
    CHECK_EQUAL(system(line), 0);
}

#endif
