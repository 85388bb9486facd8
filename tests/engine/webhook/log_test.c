/* SPDX-License-Identifier: MIT */
/* What the log says of webhooks: each thing once, and never a secret. */
#include <unistd.h>
#include "office.h"
#include "ody/log.h"
#include "webhook/report.h"

static int log_pipe[2];

static void open_log(void)
{
    CHECK_EQUAL(pipe(log_pipe), 0);
    ody_log_setup(log_pipe[1], ODY_LOG_INFO, ODY_LOG_JSON);
}

/* Reads all lines since the last time. Returns how many there were. */
static int read_log(char *text, size_t size)
{
    ssize_t length;
    int lines = 0;

    CHECK_EQUAL(write(log_pipe[1], "", 1), 1);
    length = read(log_pipe[0], text, size);
    CHECK(length > 0 && (size_t)length < size && text[length - 1] == '\0');
    for (const char *at = text; (at = strchr(at, '\n')); at++) {
        lines++;
    }
    return lines;
}

TEST(a_failing_webhook_is_named_once_until_it_works_again)
{
    office self;
    ody_webhook_request request;
    char text[8000];

    office_prepare(&self);
    self.hooks[0].url = "https://user:PASSWORD@shop.test/PATH?QUERY";
    office_open(&self);
    open_log();
    office_whisper(&self, "c", "client-1", "1");
    for (int i = 0; i < 5; i++) {
        office_await(&self, &request);
        office_end(&self, &request, "status 503");
    }
    CHECK_EQUAL(read_log(text, sizeof(text)), 1);
    CHECK(strstr(text, "\"a webhook fails, it will be tried again\",\"app\":\"shop\","
                       "\"webhook\":0,\"receiver\":\"https://shop.test\","
                       "\"reason\":\"status 503\"") != NULL);
    CHECK(strstr(text, "PASSWORD") == NULL && strstr(text, "PATH") == NULL &&
          strstr(text, "QUERY") == NULL && strstr(text, "secret") == NULL);
    office_await(&self, &request);
    office_end(&self, &request, NULL);
    CHECK_EQUAL(read_log(text, sizeof(text)), 1);
    CHECK(strstr(text, "\"a webhook works again\"") != NULL);
    CHECK(strstr(text, "\"failures\":5") != NULL);
    office_close(&self);
}

TEST(dropped_events_are_named_once_for_each_reason_and_then_now_and_again)
{
    ody_webhook_report report = {0};
    ody_webhook_numbers numbers = {0};
    char text[8000];

    open_log();
    ody__webhook_report(&report, &numbers, 0, false, 1000);
    CHECK_EQUAL(read_log(text, sizeof(text)), 0);
    numbers.dropped_full = 3;
    numbers.dropped_expired = 1;
    ody__webhook_report(&report, &numbers, 0, false, 1000);
    CHECK_EQUAL(read_log(text, sizeof(text)), 2);
    CHECK(strstr(text, "\"reason\":\"the queue is full\",\"events\":3,\"since_start\":3") != NULL);
    numbers.dropped_full = 10;
    ody__webhook_report(&report, &numbers, 2, false, 60999);
    CHECK_EQUAL(read_log(text, sizeof(text)), 1);
    CHECK(strstr(text, "they came faster than they could be taken") != NULL);
    ody__webhook_report(&report, &numbers, 2, false, 61000);
    CHECK_EQUAL(read_log(text, sizeof(text)), 1);
    CHECK(strstr(text, "\"events\":7,\"since_start\":10") != NULL);
    numbers.dropped_full = 11;
    ody__webhook_report(&report, &numbers, 2, true, 61001);
    CHECK_EQUAL(read_log(text, sizeof(text)), 1);
    ody__webhook_report(&report, &numbers, 2, true, 61001);
    CHECK_EQUAL(read_log(text, sizeof(text)), 0);
}
