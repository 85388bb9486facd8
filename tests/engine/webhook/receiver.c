/* SPDX-License-Identifier: MIT */
#include "receiver.h"

#include <arpa/inet.h>
#include <errno.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include "test.h"

#define REQUEST_SIZE (4 << 20)
#define PATIENCE 20 /* ms between two looks at whether it is to stop */

/* One connection, plain or not. */
typedef struct line {
    receiver *owner;
    int fd;
    SSL *ssl;
} line;

static bool is_stopping(receiver *self)
{
    bool stopping;

    pthread_mutex_lock(&self->lock);
    stopping = self->stopping;
    pthread_mutex_unlock(&self->lock);
    return stopping;
}

/* @return false when the receiver stops. */
static bool await_readable(receiver *self, int fd)
{
    struct pollfd watched = {.fd = fd, .events = POLLIN};

    while (poll(&watched, 1, PATIENCE) <= 0) {
        if (is_stopping(self)) {
            return false;
        }
    }
    return !is_stopping(self);
}

static ssize_t line_read(line *self, char *data, size_t size)
{
    if (self->ssl) {
        return SSL_read(self->ssl, data, (int)size);
    }
    return recv(self->fd, data, size, 0);
}

static bool line_write(line *self, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = self->ssl ? SSL_write(self->ssl, data, (int)size)
                                 : send(self->fd, data, size, MSG_NOSIGNAL);

        if (sent <= 0) {
            return false;
        }
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}

static bool line_say(line *self, const char *text)
{
    return line_write(self, text, strlen(text));
}

/* Reads until `text` holds what is wanted. @return false when there is nothing more. */
static bool line_fill(line *self, char *text, size_t *length, size_t size, size_t wanted)
{
    while (*length < wanted) {
        ssize_t got;

        if (!(self->ssl && SSL_pending(self->ssl) > 0) && !await_readable(self->owner, self->fd)) {
            return false;
        }
        got = line_read(self, text + *length, size - *length - 1);
        if (got <= 0) {
            return false;
        }
        *length += (size_t)got;
        text[*length] = '\0';
    }
    return true;
}

static void keep(receiver *self, const char *text, size_t head, size_t length)
{
    pthread_mutex_lock(&self->lock);
    if (self->requests < RECEIVER_REQUESTS) {
        self->heads[self->requests] = strndup(text, head);
        self->bodies[self->requests] = strndup(text + head, length - head);
    }
    self->requests++;
    pthread_mutex_unlock(&self->lock);
}

/* Reads one request, with one read in the usual case. */
static bool read_request(line *self)
{
    char *text = calloc(1, REQUEST_SIZE);
    size_t length = 0;
    char *end = NULL;
    const char *field;
    size_t head;
    bool whole;

    while (!end && line_fill(self, text, &length, REQUEST_SIZE, length + 1)) {
        end = strstr(text, "\r\n\r\n");
    }
    if (!end) {
        free(text);
        return false;
    }
    head = (size_t)(end + 4 - text);
    field = strcasestr(text, "content-length: ");
    CHECK(field != NULL && field < end);
    whole = line_fill(self, text, &length, REQUEST_SIZE, head + strtoul(field + 16, NULL, 10));
    if (whole) {
        keep(self->owner, text, head, length);
    }
    free(text);
    return whole;
}

static void talk_without_end(line *self, const char *piece)
{
    while (!is_stopping(self->owner) && line_say(self, piece)) {
    }
}

static void dawdle(line *self)
{
    while (!is_stopping(self->owner) && line_say(self, ".")) {
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    }
}

/* @return whether the connection goes on. */
static bool answer(line *self)
{
    receiver *owner = self->owner;
    receiver_manner manner;
    char text[400];
    int status;

    pthread_mutex_lock(&owner->lock);
    manner = owner->manner;
    status = owner->status;
    pthread_mutex_unlock(&owner->lock);
    switch (manner) {
    case RECEIVER_ANSWERS:
        snprintf(text, sizeof(text), "HTTP/1.1 %d Whatever\r\nContent-Length: 2\r\n\r\nok", status);
        return line_say(self, text);
    case RECEIVER_REDIRECTS:
        snprintf(text, sizeof(text),
                 "HTTP/1.1 %d Moved\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", status,
                 owner->elsewhere);
        return line_say(self, text);
    case RECEIVER_IS_SILENT:
        await_readable(owner, self->fd);
        return false;
    case RECEIVER_HANGS_UP:
        return false;
    case RECEIVER_TALKS_WITHOUT_END:
        snprintf(text, sizeof(text), "HTTP/1.1 %d Whatever\r\n\r\n", status);
        line_say(self, text);
        talk_without_end(self, "............................................................");
        return false;
    case RECEIVER_HEADS_WITHOUT_END:
        line_say(self, "HTTP/1.1 ");
        talk_without_end(self, "500 Whatever\r\nX-A: ....................................");
        return false;
    case RECEIVER_DAWDLES:
        snprintf(text, sizeof(text), "HTTP/1.1 %d Whatever\r\nContent-Length: 99999\r\n\r\n",
                 status);
        line_say(self, text);
        dawdle(self);
        return false;
    }
    return false;
}

static void *serve(void *context)
{
    line *self = context;

    if (!self->ssl || (await_readable(self->owner, self->fd) && SSL_accept(self->ssl) == 1)) {
        while (read_request(self) && answer(self)) {
        }
    }
    SSL_free(self->ssl);
    close(self->fd);
    free(self);
    return NULL;
}

static void *accept_all(void *context)
{
    receiver *self = context;

    while (await_readable(self, self->listener)) {
        line *made = calloc(1, sizeof(*made));

        made->owner = self;
        made->fd = accept4(self->listener, NULL, NULL, SOCK_CLOEXEC);
        CHECK(made->fd >= 0 && self->connections < RECEIVER_CONNECTIONS);
        if (self->tls) {
            made->ssl = SSL_new(self->tls);
            SSL_set_fd(made->ssl, made->fd);
        }
        CHECK_EQUAL(pthread_create(&self->threads[self->connections], NULL, serve, made), 0);
        pthread_mutex_lock(&self->lock);
        self->connections++;
        pthread_mutex_unlock(&self->lock);
    }
    return NULL;
}

static int listen_on(uint16_t port)
{
    struct sockaddr_in address = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    CHECK(fd >= 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){1}, sizeof(int));
    CHECK_EQUAL(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    CHECK_EQUAL(listen(fd, 64), 0);
    return fd;
}

static uint16_t port_of(int fd)
{
    struct sockaddr_in address;
    socklen_t size = sizeof(address);

    CHECK_EQUAL(getsockname(fd, (struct sockaddr *)&address, &size), 0);
    return ntohs(address.sin_port);
}

uint16_t receiver_free_port(void)
{
    int fd = listen_on(0);
    uint16_t port = port_of(fd);

    close(fd);
    return port;
}

void receiver_start(receiver *self, uint16_t port, const char *folder)
{
    *self = (receiver){.manner = RECEIVER_ANSWERS, .status = 200};
    pthread_mutex_init(&self->lock, NULL);
    self->listener = listen_on(port);
    self->port = port_of(self->listener);
    snprintf(self->url, sizeof(self->url), "%s://127.0.0.1:%u/hook?a=b", folder ? "https" : "http",
             self->port);
    if (folder) {
        char file[700];

        self->tls = SSL_CTX_new(TLS_server_method());
        snprintf(file, sizeof(file), "%s/certificate.pem", folder);
        CHECK_EQUAL(SSL_CTX_use_certificate_chain_file(self->tls, file), 1);
        snprintf(file, sizeof(file), "%s/key.pem", folder);
        CHECK_EQUAL(SSL_CTX_use_PrivateKey_file(self->tls, file, SSL_FILETYPE_PEM), 1);
    }
    CHECK_EQUAL(pthread_create(&self->acceptor, NULL, accept_all, self), 0);
}

void receiver_stop(receiver *self)
{
    pthread_mutex_lock(&self->lock);
    self->stopping = true;
    pthread_mutex_unlock(&self->lock);
    pthread_join(self->acceptor, NULL);
    for (unsigned index = 0; index < self->connections; index++) {
        pthread_join(self->threads[index], NULL);
    }
    close(self->listener);
    SSL_CTX_free(self->tls);
    for (unsigned index = 0; index < RECEIVER_REQUESTS; index++) {
        free(self->heads[index]);
        free(self->bodies[index]);
    }
    pthread_mutex_destroy(&self->lock);
}

void receiver_behave(receiver *self, receiver_manner manner, int status)
{
    pthread_mutex_lock(&self->lock);
    self->manner = manner;
    self->status = status;
    pthread_mutex_unlock(&self->lock);
}

static unsigned look(receiver *self, const unsigned *number)
{
    unsigned value;

    pthread_mutex_lock(&self->lock);
    value = *number;
    pthread_mutex_unlock(&self->lock);
    return value;
}

unsigned receiver_requests(receiver *self)
{
    return look(self, &self->requests);
}

unsigned receiver_connections(receiver *self)
{
    return look(self, &self->connections);
}

const char *receiver_head(receiver *self, unsigned index)
{
    CHECK(index < receiver_requests(self));
    return self->heads[index];
}

const char *receiver_body(receiver *self, unsigned index)
{
    CHECK(index < receiver_requests(self));
    return self->bodies[index];
}
