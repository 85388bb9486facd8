/* SPDX-License-Identifier: MIT */
/* Signatures: the protocol's vectors, RFC 4231, and OpenSSL without memory. */
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdlib.h>
#include "guard.h"
#include "ody/auth.h"
#include "test.h"

#define SECRET ODY_VIEW("7ad3773142a6692b25b8")

/* Calls of OpenSSL's allocator until one fails; 0: none does. */
static long openssl_allocations_until_fault;

static bool openssl_fault_is_due(void)
{
    return openssl_allocations_until_fault > 0 && --openssl_allocations_until_fault == 0;
}

static void *openssl_malloc(size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return openssl_fault_is_due() ? NULL : malloc(size);
}

static void *openssl_realloc(void *block, size_t size, const char *file, int line)
{
    (void)file, (void)line;
    return openssl_fault_is_due() ? NULL : realloc(block, size);
}

static void openssl_free(void *block, const char *file, int line)
{
    (void)file, (void)line;
    free(block);
}

TEST(signs_the_vectors_of_the_protocol)
{
    char out[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(ody_channel_sign(SECRET, ODY_VIEW("1234.1234"), ODY_VIEW("private-foobar"),
                                 ODY_VIEW_NONE, out),
                0);
    CHECK_TEXT(ody_view_of(out),
               "58df8b0c36d6982b82c3ecf6b4662e34fe8c25bba48f5369f135bf843651c3a4");
    CHECK_EQUAL(ody_channel_sign(SECRET, ODY_VIEW("1234.1234"), ODY_VIEW("presence-foobar"),
                                 ODY_VIEW("{\"user_id\":10,\"user_info\":{\"name\":\"Mr. "
                                          "Channels\"}}"),
                                 out),
                0);
    CHECK_TEXT(ody_view_of(out),
               "31935e7d86dba64c2a90aed31fdc61869f9b22ba9d8863bba239c03ca481bc80");
    CHECK_EQUAL(ody_user_sign(SECRET, ODY_VIEW("1234.1234"), ODY_VIEW("{\"id\":\"12345\"}"), out),
                0);
    CHECK_TEXT(ody_view_of(out),
               "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba");
}

TEST(signs_the_request_vector_of_the_protocol)
{
    ody_view parts[] = {
        ODY_VIEW("POST\n/apps/3/events\n"),
        ODY_VIEW_NONE,
        ODY_VIEW("auth_key=278d425bdf160c739803&auth_timestamp=1353088179&auth_version=1.0&"),
        ODY_VIEW("body_md5=ec365a775a4cd0599faeb73354201b6f"),
    };
    char out[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(ody_hmac_sha256_hex(SECRET, parts, 4, out), 0);
    CHECK_TEXT(ody_view_of(out),
               "da454824c97ba181a32ccc17a72625ba02771f50b50e1e7430e47a1f3f457e6c");
}

/* RFC 4231, test cases 2 and 6 (a key longer than a block), and HMAC of nothing under no key. */
TEST(signs_with_keys_of_any_length)
{
    char key[131];
    char out[ODY_SIGNATURE_HEX + 1];
    ody_view what = ODY_VIEW("what do ya want for nothing?");
    ody_view larger = ODY_VIEW("Test Using Larger Than Block-Size Key - Hash Key First");

    CHECK_EQUAL(ody_hmac_sha256_hex(ODY_VIEW("Jefe"), &what, 1, out), 0);
    CHECK_TEXT(ody_view_of(out),
               "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof(key));
    CHECK_EQUAL(ody_hmac_sha256_hex((ody_view){key, sizeof(key)}, &larger, 1, out), 0);
    CHECK_TEXT(ody_view_of(out),
               "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    CHECK_EQUAL(ody_hmac_sha256_hex(ODY_VIEW_NONE, NULL, 0, out), 0);
    CHECK_TEXT(ody_view_of(out),
               "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(empty_channel_data_is_signed_absent_is_not)
{
    char empty[ODY_SIGNATURE_HEX + 1], absent[ODY_SIGNATURE_HEX + 1], joined[ODY_SIGNATURE_HEX + 1];

    ody_channel_sign(SECRET, ODY_VIEW("1.1"), ODY_VIEW("private-a"), ODY_VIEW(""), empty);
    ody_channel_sign(SECRET, ODY_VIEW("1.1"), ODY_VIEW("private-a"), ODY_VIEW_NONE, absent);
    ody_channel_sign(SECRET, ODY_VIEW("1.1"), ODY_VIEW("private-a:"), ODY_VIEW_NONE, joined);
    CHECK(strcmp(empty, absent) != 0);
    CHECK(strcmp(empty, joined) == 0);
}

TEST(reads_no_byte_past_its_inputs)
{
    char out[ODY_SIGNATURE_HEX + 1];

    CHECK_EQUAL(ody_channel_sign(ody_test_guarded(SECRET), ody_test_guarded(ODY_VIEW("1234.1234")),
                                 ody_test_guarded(ODY_VIEW("private-foobar")), ODY_VIEW_NONE, out),
                0);
    CHECK(ody_secret_equal(ody_test_guarded(ODY_VIEW("abc")), ody_test_guarded(ODY_VIEW("abc"))));
    CHECK(!ody_secret_equal(ody_test_guarded(ODY_VIEW("abc")), ody_test_guarded(ODY_VIEW("a"))));
    CHECK(!ody_secret_equal(ody_test_guarded(ODY_VIEW("a")), ody_test_guarded(ODY_VIEW("abc"))));
}

TEST(compares_secrets)
{
    CHECK(ody_secret_equal(ODY_VIEW("abc"), ODY_VIEW("abc")));
    CHECK(ody_secret_equal(ODY_VIEW_NONE, ODY_VIEW("")));
    CHECK(!ody_secret_equal(ODY_VIEW_NONE, ODY_VIEW("a")));
    CHECK(!ody_secret_equal(ODY_VIEW("a"), ODY_VIEW_NONE));
    CHECK(!ody_secret_equal(ODY_VIEW("abc"), ODY_VIEW("abd")));
    CHECK(!ody_secret_equal(ODY_VIEW("abc"), ODY_VIEW("bbc")));
    CHECK(!ody_secret_equal(ODY_VIEW("abc"), ODY_VIEW("abcd")));
    CHECK(!ody_secret_equal(ODY_VIEW("a\0b"), ODY_VIEW("a\0c")));
}

/* OpenSSL sets itself up at its first use, and does not survive a failure there. */
static void plant_openssl_faults(void)
{
    char out[ODY_SIGNATURE_HEX + 1];

    CHECK(CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free));
    CHECK_EQUAL(ody_hmac_sha256_hex(SECRET, NULL, 0, out), 0);
}

/* OpenSSL may do without some of what it asks for; then the signature must be right. */
TEST(survives_every_failed_allocation_of_openssl)
{
    long failures = 0;
    bool fired = true;

    plant_openssl_faults();
    for (long n = 1; fired; n++) {
        char out[ODY_SIGNATURE_HEX + 1];
        int result;

        openssl_allocations_until_fault = n;
        result = ody_hmac_sha256_hex(SECRET, NULL, 0, out);
        fired = openssl_allocations_until_fault == 0;
        openssl_allocations_until_fault = 0;
        if (result == 0) {
            CHECK_TEXT(ody_view_of(out),
                       "f92b07dd13def8d24fb329693d44d5c046b416b553728fde26a187adfa9a1987");
        } else {
            CHECK_EQUAL(result, ODY_EMEMORY);
            failures++;
        }
        ERR_clear_error();
    }
    CHECK(failures > 0);
}

TEST(verifying_without_memory_is_not_a_refusal)
{
    ody_error error;
    int result = ODY_ESIGNATURE;

    plant_openssl_faults();
    for (long n = 1; result == ODY_ESIGNATURE; n++) {
        CHECK(n < 10);
        openssl_allocations_until_fault = n;
        result = ody_channel_verify(ODY_VIEW("k"), SECRET, ODY_VIEW("1.1"), ODY_VIEW("private-a"),
                                    ODY_VIEW_NONE, ODY_VIEW("k:00"), &error);
    }
    CHECK_EQUAL(result, ODY_EMEMORY);
    CHECK_TEXT(ody_view_of(error.message), "out of memory");
}

static void *sign_often(void *unused)
{
    (void)unused;
    for (int i = 0; i < 500; i++) {
        char out[ODY_SIGNATURE_HEX + 1];

        CHECK_EQUAL(
            ody_user_sign(SECRET, ODY_VIEW("1234.1234"), ODY_VIEW("{\"id\":\"12345\"}"), out), 0);
        CHECK_TEXT(ody_view_of(out),
                   "4708d583dada6a56435fb8bc611c77c359a31eebde13337c16ab43aa6de336ba");
    }
    return NULL;
}

TEST(threads_sign_at_the_same_time)
{
    pthread_t threads[4];

    for (int i = 0; i < 4; i++) {
        CHECK_EQUAL(pthread_create(&threads[i], NULL, sign_often, NULL), 0);
    }
    for (int i = 0; i < 4; i++) {
        CHECK_EQUAL(pthread_join(threads[i], NULL), 0);
    }
}
