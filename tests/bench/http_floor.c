/* SPDX-License-Identifier: MIT */
/*
 * The floor of the HTTP API: libmicrohttpd with one thread, which takes any request with its body
 * and answers {}.
 *
 *   http_floor PORT
 */
#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static enum MHD_Result handle(void *context, struct MHD_Connection *connection, const char *url,
                              const char *method, const char *version, const char *upload,
                              size_t *upload_size, void **state)
{
    static int seen;
    struct MHD_Response *response = context;

    (void)url;
    (void)method;
    (void)version;
    (void)upload;
    if (!*state) {
        *state = &seen;
        return MHD_YES;
    }
    if (*upload_size > 0) {
        *upload_size = 0;
        return MHD_YES;
    }
    return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Response *response =
        MHD_create_response_from_buffer(2, "{}", MHD_RESPMEM_PERSISTENT);

    if (argc != 2) {
        fprintf(stderr, "usage: http_floor PORT\n");
        return 2;
    }
    MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "application/json");
    address.sin_port = htons((uint16_t)atoi(argv[1]));
    if (!MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, handle, response,
                          MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_END)) {
        fprintf(stderr, "http_floor: cannot listen\n");
        return 1;
    }
    puts("ready");
    fflush(stdout);
    pause();
    return 0;
}
