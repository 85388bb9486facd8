/* SPDX-License-Identifier: MIT */
/* The pages: who gets them, what protects whoever shows them, and that they are not sent in vain.
 */
#include <stdlib.h>
#include <unistd.h>
#include "http/pages.h"
#include "live_http.h"

#define LOCAL "Host: localhost:9502\r\n"
#define PASSWORD "correct horse battery"
#define NOTHING "There is nothing at this path"

static live_http live;

/* Asks as from that address. */
static live_answer get(const char *address, const char *target, const char *headers)
{
    int descriptor = live_connect_from(&live, address);
    char request[1024];
    live_answer answer;

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n%s\r\n", target, headers);
    live_send_text(&live, descriptor, request);
    answer = live_read(&live, descriptor);
    close(descriptor);
    return answer;
}

static void check_page(live_answer answer, const ody_page *page)
{
    CHECK_EQUAL(answer.status, 200);
    CHECK_VIEW(((ody_view){answer.body, answer.length}), page->text);
    live_check_header(&answer, "Content-Type", "text/html; charset=utf-8");
    live_check_header(&answer, "Content-Security-Policy", page->policy);
    live_check_header(&answer, "ETag", page->tag);
    live_check_header(&answer, "Cache-Control", "no-cache");
    live_check_header(&answer, "X-Content-Type-Options", "nosniff");
    live_check_header(&answer, "X-Frame-Options", "DENY");
    live_check_header(&answer, "Referrer-Policy", "no-referrer");
    live_check_header(&answer, "Cross-Origin-Opener-Policy", "same-origin");
    live_check_header(&answer, "Cross-Origin-Resource-Policy", "same-origin");
    free(answer.body);
}

static void check_status(const char *address, const char *target, const char *headers, int status)
{
    live_check(get(address, target, headers), status, status == 404 ? NOTHING : NULL);
}

TEST(a_server_without_debug_and_password_has_no_pages)
{
    static const char *const paths[] = {"/test", "/inspector", "/inspector/",
                                        "/inspector/api/overview", "/inspector/api/x"};
    live_answer answer;

    live_open_pages(&live, false, NULL);
    for (size_t index = 0; index < sizeof(paths) / sizeof(paths[0]); index++) {
        answer = get("127.0.0.1", paths[index], LOCAL "X-Inspector: page\r\n");
        live_check_header(&answer, "Content-Security-Policy", NULL);
        live_check_header(&answer, "Content-Type", "text/plain; charset=utf-8");
        live_check(answer, 404, NOTHING);
    }
    live_close(&live);
}

TEST(no_method_and_no_body_tells_that_there_could_be_pages)
{
    static const char *const requests[] = {
        "POST /test",      "OPTIONS /test",     "PUT /inspector",
        "POST /inspector", "HEAD /inspector/",  "OPTIONS /inspector/api/login",
        "PATCH /nowhere",  "DELETE /inspector",
    };
    static const char *const rests[] = {"Content-Length: 0\r\n\r\n",
                                        "Content-Length: 2000000\r\n\r\n"};

    live_open_pages(&live, false, NULL);
    for (size_t index = 0; index < 2 * sizeof(requests) / sizeof(requests[0]); index++) {
        int descriptor = live_connect_from(&live, "127.0.0.1");
        bool head = strncmp(requests[index / 2], "HEAD", 4) == 0;
        char request[256];
        live_answer answer;

        snprintf(request, sizeof(request), "%s HTTP/1.1\r\n" LOCAL "%s", requests[index / 2],
                 rests[index % 2]);
        live_send_text(&live, descriptor, request);
        answer = head ? live_read_head(&live, descriptor) : live_read(&live, descriptor);
        close(descriptor);
        live_check_header(&answer, "Allow", NULL);
        live_check_header(&answer, "Content-Security-Policy", NULL);
        live_check(answer, 404, head ? NULL : NOTHING);
    }
    live_close(&live);
}

TEST(with_debug_anybody_gets_the_test_page)
{
    live_open_pages(&live, true, NULL);
    check_page(get("127.0.0.1", "/test", LOCAL), &ody__page_test);
    check_page(get("192.0.2.1", "/test", "Host: ws.example.com\r\n"), &ody__page_test);
    live_close(&live);
}

TEST(a_password_gives_nobody_the_test_page)
{
    live_open_pages(&live, false, PASSWORD);
    check_status("127.0.0.1", "/test", LOCAL, 404);
    live_close(&live);
}

TEST(with_debug_the_inspector_is_for_this_machine_and_trusted_networks)
{
    static const char *const near[] = {
        LOCAL,
        "Host: 127.0.0.1\r\n",
        "Host: [::1]:9502\r\n",
        LOCAL "Origin: http://localhost:9502\r\n",
        LOCAL "Sec-Fetch-Site: same-origin\r\n",
        LOCAL "Sec-Fetch-Site: cross-site\r\n", /* a link that leads here */
    };
    static const char *const far[] = {
        "Host: rebound.example\r\n",
        LOCAL "X-Forwarded-For: 127.0.0.1\r\n",
        LOCAL "Via: 1.1 proxy\r\n",
    };

    live_open_pages(&live, true, NULL);
    for (size_t index = 0; index < sizeof(near) / sizeof(near[0]); index++) {
        check_page(get("127.0.0.1", "/inspector", near[index]), &ody__page_inspector);
    }
    for (size_t index = 0; index < sizeof(far) / sizeof(far[0]); index++) {
        check_status("127.0.0.1", "/inspector", far[index], 403);
        check_status("10.1.2.3", "/inspector", far[index], 403);
    }
    check_page(get("10.1.2.3", "/inspector/", LOCAL), &ody__page_inspector);
    check_page(get("10.1.2.3", "/inspector", "Host: 10.0.0.1:9502\r\n"), &ody__page_inspector);
    check_status("192.0.2.1", "/inspector", LOCAL, 403);
    check_status("192.0.2.1", "/inspector", "Host: 192.0.2.2\r\n", 403);
    /* As proxies speak that say nothing of themselves. */
    live_ask(&live, "127.0.0.1", "GET /inspector HTTP/1.0\r\n" LOCAL "\r\n", 403, NULL);
    live_ask(&live, "10.1.2.3", "GET /inspector HTTP/1.0\r\n" LOCAL "\r\n", 403, NULL);
    live_close(&live);
}

TEST(with_a_password_everybody_gets_the_page_of_the_inspector)
{
    live_open_pages(&live, false, PASSWORD);
    check_page(get("192.0.2.1", "/inspector", "Host: ws.example.com\r\n"), &ody__page_inspector);
    live_close(&live);
}

TEST(a_page_that_the_browser_has_is_not_sent_again)
{
    char headers[256];
    live_answer answer;

    live_open_pages(&live, true, NULL);
    snprintf(headers, sizeof(headers), LOCAL "If-None-Match: \"x\", W/%s\r\n", ody__page_test.tag);
    answer = get("127.0.0.1", "/test", headers);
    live_check_header(&answer, "ETag", ody__page_test.tag);
    live_check_header(&answer, "Content-Security-Policy", ody__page_test.policy);
    live_check(answer, 304, "");
    check_page(get("127.0.0.1", "/test", LOCAL "If-None-Match: \"x\"\r\n"), &ody__page_test);
    live_close(&live);
}

TEST(pages_are_looked_at_only)
{
    live_open_pages(&live, true, NULL);
    live_ask(&live, "127.0.0.1", "POST /test HTTP/1.1\r\n" LOCAL "Content-Length: 0\r\n\r\n", 405,
             NULL);
    live_ask(&live, "127.0.0.1", "POST /inspector HTTP/1.1\r\n" LOCAL "Content-Length: 0\r\n\r\n",
             405, NULL);
    live_close(&live);
}

TEST(policies_are_strict)
{
    static const ody_page *const pages[] = {&ody__page_test, &ody__page_inspector};
    static const char *const wanted[] = {"default-src 'none'", "frame-ancestors 'none'"};
    static const char *const unwanted[] = {"unsafe", "'self' 'sha", "script-src *"};

    for (size_t page = 0; page < 2; page++) {
        for (size_t index = 0; index < 2; index++) {
            CHECK(strstr(pages[page]->policy, wanted[index]));
        }
        for (size_t index = 0; index < 3; index++) {
            CHECK(!strstr(pages[page]->policy, unwanted[index]));
        }
    }
}
