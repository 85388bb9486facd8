/* SPDX-License-Identifier: MIT */
/* The scripted server's thread and the bytes that it speaks. */
#include "fake_server.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "ipc/hello.h"
#include "test.h"

void fake_place(char *directory, size_t directory_size, char *path, size_t path_size)
{
    const char *base = getenv("TMPDIR");

    snprintf(directory, directory_size, "%s/ody-ipc-XXXXXX",
             base && strlen(base) < 32 ? base : "/tmp");
    CHECK(mkdtemp(directory) != NULL);
    snprintf(path, path_size, "%s/ody.sock", directory);
}

static void *run(void *context)
{
    fake_server *fake = context;

    for (int nth = 0; fake->connections == 0 || nth < fake->connections; nth++) {
        int fd = accept4(fake->listen_fd, NULL, NULL, SOCK_CLOEXEC);

        if (fd < 0 && fake->connections == 0) {
            break;
        }
        CHECK(fd >= 0);
        fake->script(fake, fd, nth);
        close(fd);
        sem_post(&fake->closed);
    }
    return NULL;
}

void fake_start(fake_server *fake, fake_script script, int connections)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    memset(fake, 0, sizeof(*fake));
    fake_place(fake->directory, sizeof(fake->directory), fake->path, sizeof(fake->path));
    memcpy(address.sun_path, fake->path, strlen(fake->path));
    fake->script = script;
    fake->connections = connections;
    sem_init(&fake->reached, 0, 0);
    sem_init(&fake->proceed, 0, 0);
    sem_init(&fake->closed, 0, 0);
    fake->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(fake->listen_fd >= 0);
    CHECK_EQUAL(bind(fake->listen_fd, (struct sockaddr *)&address, sizeof(address)), 0);
    CHECK_EQUAL(listen(fake->listen_fd, 16), 0);
    CHECK_EQUAL(pthread_create(&fake->thread, NULL, run, fake), 0);
}

void fake_stop(fake_server *fake)
{
    if (fake->connections == 0) {
        shutdown(fake->listen_fd, SHUT_RDWR);
    }
    pthread_join(fake->thread, NULL);
    close(fake->listen_fd);
    unlink(fake->path);
    CHECK_EQUAL(rmdir(fake->directory), 0);
}

void fake_send(int fd, ody_view bytes)
{
    while (bytes.length > 0) {
        ssize_t count = send(fd, bytes.data, bytes.length, MSG_NOSIGNAL);

        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return;
        }
        bytes.data += count;
        bytes.length -= (size_t)count;
    }
}

bool fake_read(int fd, ody_ipc_header *header, ody_bytes *message)
{
    size_t wanted = ODY_IPC_HEADER_SIZE;

    ody_bytes_clear(message);
    while (message->length < wanted) {
        ssize_t count;

        CHECK(ody_bytes_reserve(message, wanted - message->length));
        count = recv(fd, message->data + message->length, wanted - message->length, 0);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        if (count <= 0) {
            return false;
        }
        message->length += (size_t)count;
        if (wanted == ODY_IPC_HEADER_SIZE && message->length == wanted) {
            CHECK_EQUAL(ody__ipc_header_read(ody_bytes_view(message), header), 1);
            wanted = header->size;
        }
    }
    return true;
}

void fake_greet(int fd)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;

    CHECK(fake_read(fd, &header, &bytes));
    CHECK_EQUAL(header.type, ODY_IPC_HELLO);
    ody_bytes_clear(&bytes);
    CHECK_EQUAL(ody__ipc_welcome_write(&bytes, ODY_IPC_VERSION), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

uint32_t fake_request(fake_server *fake, int fd)
{
    ody_bytes bytes = {0};
    ody_ipc_header header;

    CHECK(fake_read(fd, &header, &bytes));
    ody_bytes_fini(&bytes);
    atomic_fetch_add(&fake->requests, 1);
    return header.number;
}

void fake_write_reached(ody_bytes *out, uint32_t number, uint64_t reached)
{
    size_t start = ody__ipc_message_begin(out, ODY_IPC_ANSWER, number);

    ody__ipc_number_write(out, ODY_IPC_TAG_REACHED, reached);
    CHECK_EQUAL(ody__ipc_message_end(out, start), 0);
}

void fake_answer_reached(int fd, uint32_t number, uint64_t reached)
{
    ody_bytes bytes = {0};

    fake_write_reached(&bytes, number, reached);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

void fake_answer_yes(int fd, uint32_t number)
{
    ody_bytes bytes = {0};
    size_t start = ody__ipc_message_begin(&bytes, ODY_IPC_ANSWER, number);

    ody__ipc_number_write(&bytes, ODY_IPC_TAG_TRUTH, 1);
    CHECK_EQUAL(ody__ipc_message_end(&bytes, start), 0);
    fake_send(fd, ody_bytes_view(&bytes));
    ody_bytes_fini(&bytes);
}

void fake_await(sem_t *semaphore)
{
    while (sem_wait(semaphore) < 0) {
        CHECK_EQUAL(errno, EINTR);
    }
}
