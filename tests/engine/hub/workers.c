/* SPDX-License-Identifier: MIT */
/* Workers without processes. */
#include "workers.h"

static void copy(char *out, ody_view text)
{
    snprintf(out, WORKERS_TEXT, "%.*s", (int)text.length, text.length ? text.data : "");
}

static int on_send(void *context, ody_calls_worker *link, const ody_worker_call *call)
{
    test_worker *worker = ody_container_of(link, test_worker, link);

    (void)context;
    CHECK(!worker->asked && !worker->killed);
    if (worker->deaf) {
        return ODY_EMEMORY;
    }
    worker->asked = true;
    worker->taken++;
    worker->kind = call->kind;
    copy(worker->socket_id, call->socket_id);
    copy(worker->address, call->address);
    copy(worker->channel, call->channel);
    copy(worker->event, call->event);
    copy(worker->data, call->data);
    copy(worker->user_id, call->user_id);
    copy(worker->head, call->head);
    return 0;
}

static void on_kill(void *context, ody_calls_worker *link)
{
    test_worker *worker = ody_container_of(link, test_worker, link);

    (void)context;
    worker->killed = true;
    worker->asked = false;
}

world *workers_world(unsigned shards)
{
    const ody_calls_wire wire = {.send = on_send, .kill = on_kill};
    ody_options options;
    world *self;

    world_defaults(&options);
    options.php_worker_num = 2;
    self = world_start(&options, shards, 7);
    ody_calls_set_wire(self->calls, &wire);
    return self;
}

void workers_add(world *self, test_worker *worker, const ody_worker_interest *interest)
{
    worker->world = self;
    CHECK_EQUAL(ody_calls_worker_add(self->calls, &worker->link, interest, self->now), 0);
    world_settle(self);
}

void workers_handle(world *self, test_worker *worker, const char *first, const char *second)
{
    const ody_view types[] = {ody_view_of(first), ody_view_of(second)};

    workers_add(
        self, worker,
        &(ody_worker_interest){.handlers = types, .handler_count = second ? 2 : (first ? 1 : 0)});
}

void workers_answer(test_worker *worker, ody_verdict verdict, const char *message, uint32_t code,
                    const char *data)
{
    const ody_worker_answer answer = {
        .verdict = verdict,
        .message = ody_view_of(message),
        .code = code,
        .data = ody_view_of(data),
    };

    CHECK(worker->asked);
    worker->asked = false;
    CHECK_EQUAL(ody_calls_result(worker->world->calls, &worker->link, &answer, worker->world->now),
                0);
    world_settle(worker->world);
}

void workers_say(test_worker *worker, ody_verdict verdict)
{
    workers_answer(worker, verdict, NULL, 0, NULL);
}

void workers_remove(test_worker *worker)
{
    worker->asked = false;
    ody_calls_worker_remove(worker->world->calls, &worker->link, worker->world->now);
    world_settle(worker->world);
}

void workers_expect(const char *file, int line, test_worker *worker, int wanted)
{
    world_settle(worker->world);
    if (worker->asked != (wanted != 0) || (wanted && (int)worker->kind != wanted)) {
        ody_test_fail(file, line, "the worker is asked %d, wanted %d",
                      worker->asked ? (int)worker->kind : 0, wanted);
    }
}
