/* SPDX-License-Identifier: MIT */
/* The small parts: socket ids, frames, batches, outbound queues, shared counts, mail. */
#include <pthread.h>
#include <stdlib.h>
#include "base/memory.h"
#include "hub/mail.h"
#include "hub/outbound.h"
#include "hub/shared.h"
#include "ody/error.h"
#include "test.h"
#include "world.h"

TEST(socket_id_round_trip)
{
    char text[ODY_SOCKET_ID_TEXT];
    ody_socket_id id = {1 + 3 + 64 * 17, (UINT64_C(1) << 52) - 1};
    ody_socket_id back;

    CHECK_TEXT(ody_socket_id_format(id, text), "1092.4503599627370495");
    CHECK(ody_socket_id_parse(ody_view_of(text), &back));
    CHECK(ody_socket_id_equal(id, back));
    CHECK_EQUAL(ody_socket_id_shard(id), 3);
}

TEST(socket_id_refuses_other_texts)
{
    static const char *const bad[] = {"",
                                      ".",
                                      "1",
                                      "1.",
                                      ".1",
                                      "1.2.3",
                                      " 1.2",
                                      "1.2 ",
                                      "-1.2",
                                      "1.-2",
                                      "a.b",
                                      "01.2",
                                      "1.02",
                                      "18446744073709551616.1",
                                      "1.99999999999999999999999",
                                      "1,2",
                                      "1.0000000000000000000000000000000000000000"};
    ody_socket_id id;

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        if (ody_socket_id_parse(ody_view_of(bad[i]), &id)) {
            FAIL("\"%s\" was taken", bad[i]);
        }
    }
    CHECK(!ody_socket_id_parse(ODY_VIEW_NONE, &id));
    CHECK(ody_socket_id_parse(ODY_VIEW("0.0"), &id));
}

TEST(frame_comes_home_from_its_last_owner)
{
    ody_frame_home home = {NULL};
    ody_frame *frame = ody_frame_new(&home, 1, ODY_VIEW("hello"));

    CHECK_EQUAL(frame->length, 7);
    CHECK_VIEW(((ody_view){(char *)frame->bytes, 7}), ODY_VIEW("\x81\x05hello"));
    ody_frame_ref(frame);
    ody_frame_unref(frame);
    CHECK(!atomic_load(&home.returned));
    ody_frame_unref(frame);
    CHECK(atomic_load(&home.returned) == frame);
    ody_frame_home_collect(&home);
    CHECK(!atomic_load(&home.returned));
    ody_frame_unref(NULL);
    ody_memory_fail_at(1);
    CHECK(!ody_frame_new(&home, 1, ODY_VIEW("x")));
    ody_memory_fail_at(0);
}

enum { FRAMES = 2000, THREADS = 3 };
static ody_frame *many[FRAMES];

static void *let_go(void *unused)
{
    for (int i = 0; i < FRAMES; i++) {
        ody_frame_unref(many[i]);
    }
    return unused;
}

TEST(frames_come_home_from_many_threads)
{
    ody_frame_home home = {NULL};
    pthread_t threads[THREADS];

    for (int i = 0; i < FRAMES; i++) {
        many[i] = ody_frame_new(&home, 1, ODY_VIEW("x"));
        for (int j = 1; j < THREADS; j++) {
            ody_frame_ref(many[i]);
        }
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, let_go, NULL), 0);
    }
    for (int i = 0; i < 100; i++) {
        ody_frame_home_collect(&home);
    }
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
    ody_frame_home_collect(&home);
    CHECK(!atomic_load(&home.returned));
}

TEST(batch_counts_its_memory)
{
    ody_frame_home home = {NULL};
    uint64_t unique = 0;
    ody_batch *batch = ody_batch_new(&unique, 4);
    ody_frame *frame = ody_frame_new(&home, 1, ODY_VIEW("0123456789"));
    ody_batch *wrapped = ody_batch_wrap(&unique, frame);

    CHECK_EQUAL(unique, 2 * sizeof(ody_batch) + 4 + 12);
    CHECK_EQUAL(ody_batch_append(batch, frame->bytes, 12), 0);
    CHECK_EQUAL(batch->length, 12);
    CHECK_EQUAL(unique, 2 * sizeof(ody_batch) + 12 + 12);
    CHECK(!ody_batch_takes(wrapped, 1));
    CHECK(ody_batch_takes(batch, ODY_BATCH_SIZE_MAX - 12));
    CHECK(!ody_batch_takes(batch, ODY_BATCH_SIZE_MAX - 11));
    CHECK(!ody_batch_takes(batch, UINT32_MAX));
    ody_frame_unref(frame);
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_batch_append(batch, (const uint8_t *)"abc", 3), ODY_EMEMORY);
    CHECK_EQUAL(batch->length, 12);
    ody_memory_fail_at(2);
    CHECK(!ody_batch_new(&unique, 4));
    ody_memory_fail_at(1);
    CHECK(!ody_batch_wrap(&unique, wrapped->shared));
    ody_memory_fail_at(0);
    ody_batch_ref(batch);
    ody_batch_unref(batch);
    ody_batch_unref(batch);
    ody_batch_unref(wrapped);
    ody_batch_unref(NULL);
    CHECK_EQUAL(unique, 0);
    ody_frame_home_collect(&home);
}

static const uint8_t two_frames[] = "\x81\x03"
                                    "abc"
                                    "\x81\x02"
                                    "de";

TEST(outbound_melts_neighbours_of_one_batch)
{
    uint64_t unique = 0;
    ody_batch *batch = ody_batch_new(&unique, 16);
    ody_outbound outbound = {0};
    struct iovec vectors[4];

    CHECK_EQUAL(ody_batch_append(batch, two_frames, 9), 0);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 5), 0);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 5, 4), 0);
    CHECK_EQUAL(outbound.count, 1);
    CHECK_EQUAL(outbound.bytes, 9);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 5), 0);
    CHECK_EQUAL(outbound.count, 2);
    CHECK_EQUAL(ody_outbound_gather(&outbound, vectors, 1), 1);
    CHECK_EQUAL(ody_outbound_gather(&outbound, vectors, 4), 2);
    CHECK_EQUAL(vectors[0].iov_len, 9);
    CHECK_EQUAL(vectors[1].iov_len, 5);
    ody_outbound_consume(&outbound, 0);
    ody_outbound_consume(&outbound, 14);
    CHECK_EQUAL(outbound.count, 0);
    CHECK_EQUAL(batch->references, 1);
    ody_outbound_fini(&outbound);
    ody_batch_unref(batch);
    CHECK_EQUAL(unique, 0);
}

TEST(outbound_finds_the_rest_of_a_broken_frame)
{
    uint64_t unique = 0;
    ody_batch *batch = ody_batch_new(&unique, 16);
    ody_outbound outbound = {0};

    CHECK_EQUAL(ody_outbound_broken_frame(&outbound).length, 0);
    CHECK_EQUAL(ody_batch_append(batch, two_frames, 9), 0);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 9), 0);
    CHECK_EQUAL(ody_outbound_broken_frame(&outbound).length, 0);
    ody_outbound_consume(&outbound, 1);
    CHECK_TEXT(ody_outbound_broken_frame(&outbound), "\x03"
                                                     "abc");
    ody_outbound_consume(&outbound, 3);
    CHECK_TEXT(ody_outbound_broken_frame(&outbound), "c");
    ody_outbound_consume(&outbound, 1);
    CHECK_EQUAL(ody_outbound_broken_frame(&outbound).length, 0);
    ody_outbound_consume(&outbound, 3);
    CHECK_TEXT(ody_outbound_broken_frame(&outbound), "e");
    ody_outbound_fini(&outbound);
    ody_batch_unref(batch);
}

TEST(outbound_keeps_order_through_growth)
{
    uint64_t unique = 0;
    ody_outbound outbound = {0};
    uint8_t next_in = 0, next_out = 0;

    srand(3);
    for (int step = 0; step < 20000; step++) {
        if (rand() % 100 < (step / 2000 % 2 ? 40 : 55)) {
            const uint8_t frame[3] = {0x81, 1, next_in++};
            ody_batch *batch = ody_batch_new(&unique, 3);

            CHECK_EQUAL(ody_batch_append(batch, frame, 3), 0);
            CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 3), 0);
            ody_batch_unref(batch);
        } else if (outbound.count > 0) {
            struct iovec vector;

            CHECK_EQUAL(ody_outbound_gather(&outbound, &vector, 1), 1);
            CHECK_EQUAL(((uint8_t *)vector.iov_base)[2], next_out);
            next_out++;
            ody_outbound_consume(&outbound, 3);
        }
        CHECK_EQUAL(outbound.bytes, 3 * outbound.count);
    }
    ody_outbound_fini(&outbound);
    CHECK_EQUAL(unique, 0);
}

TEST(outbound_push_without_memory_changes_nothing)
{
    uint64_t unique = 0;
    ody_batch *batch = ody_batch_new(&unique, 16);
    ody_outbound outbound = {0};

    CHECK_EQUAL(ody_batch_append(batch, two_frames, 9), 0);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 5), 0);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 5), 0);
    ody_memory_fail_at(1);
    CHECK_EQUAL(ody_outbound_push(&outbound, batch, 0, 5), ODY_EMEMORY);
    ody_memory_fail_at(0);
    CHECK_EQUAL(outbound.bytes, 10);
    CHECK_EQUAL(batch->references, 3);
    ody_outbound_fini(&outbound);
    ody_batch_unref(batch);
}

TEST(shared_counts_addresses)
{
    ody_options options;
    ody_shared *shared;
    uint8_t a[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 1};
    uint8_t b[16] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 2};
    uint8_t c[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1};
    uint8_t same_network[16] = {0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 9, 9, 9, 9, 9, 9, 9, 9};

    ody_hash_seed();
    world_defaults(&options);
    options.limits.connections = 10;
    shared = ody_shared_new(&options);
    CHECK_EQUAL(shared->connection_limit, 10);
    CHECK_EQUAL(ody_shared_address_enter(shared, a, 2), 0);
    CHECK_EQUAL(ody_shared_address_enter(shared, a, 2), 0);
    CHECK_EQUAL(ody_shared_address_enter(shared, a, 2), ODY_ELIMIT);
    CHECK_EQUAL(ody_shared_address_enter(shared, b, 2), 0);
    ody_shared_address_leave(shared, a);
    CHECK_EQUAL(ody_shared_address_enter(shared, a, 2), 0);
    CHECK_EQUAL(ody_shared_address_enter(shared, c, 2), 0);
    CHECK_EQUAL(ody_shared_address_enter(shared, same_network, 2), 0);
    CHECK_EQUAL(ody_shared_address_enter(shared, c, 2), ODY_ELIMIT);
    CHECK_EQUAL(ody_shared_address_enter(shared, c, 0), 0);
    ody_shared_limit(shared, 5);
    CHECK_EQUAL(shared->connection_limit, 5);
    ody_shared_free(shared);
    options.limits.connections = 0;
    shared = ody_shared_new(&options);
    CHECK(shared->connection_limit > 0);
    ody_shared_free(shared);
    ody_memory_fail_at(1);
    CHECK(!ody_shared_new(&options));
    ody_memory_fail_at(0);
}

TEST(mail_holds_its_texts)
{
    ody_frame_home home = {NULL};
    const ody_mail_texts texts = {.channel = ODY_VIEW("c"),
                                  .event = ODY_VIEW("e"),
                                  .data = ODY_VIEW(""),
                                  .user_id = ODY_VIEW("u"),
                                  .user_info = ODY_VIEW("i")};
    ody_mail *mail = ody_mail_new(ODY_MAIL_JOIN, 3, &texts);

    CHECK_TEXT(mail->channel, "c");
    CHECK_TEXT(mail->event, "e");
    CHECK(mail->data.data && mail->data.length == 0);
    CHECK_TEXT(mail->user_id, "u");
    CHECK_TEXT(mail->user_info, "i");
    CHECK_EQUAL(mail->origin, 3);
    mail->frame = ody_frame_new(&home, 1, ODY_VIEW("12345"));
    ody_mail_weigh(mail);
    CHECK_EQUAL(mail->node.cost, sizeof(ody_mail) + 4 + 7);
    ody_mail_free(mail);
    ody_mail_free(NULL);
    ody_frame_home_collect(&home);
    mail = ody_mail_new(ODY_MAIL_LEAVE, 0, &(ody_mail_texts){.channel = ODY_VIEW("c")});
    CHECK(!mail->event.data);
    ody_mail_free(mail);
}
