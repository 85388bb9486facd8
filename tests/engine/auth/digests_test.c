/* SPDX-License-Identifier: MIT */
/* Digests that share their contexts are those of contexts of their own. */
#include "auth/digests.h"
#include <stdlib.h>
#include "base/memory.h"
#include "guard.h"
#include "ody/auth.h"

TEST(md5_of_the_vectors_of_rfc_1321)
{
    static const char *const rows[][2] = {
        {"", "d41d8cd98f00b204e9800998ecf8427e"},
        {"a", "0cc175b9c0f1b6a831c399e269772661"},
        {"message digest", "f96b697d7cb7938d525a2f31aaf161d0"},
        {"12345678901234567890123456789012345678901234567890123456789012345678901234567890",
         "57edf4a22be3c955ac49da2e2107b67a"},
    };
    ody_digests *digests = ody_digests_new();
    char out[ODY_MD5_HEX];

    for (size_t index = 0; index < sizeof(rows) / sizeof(rows[0]); index++) {
        CHECK_EQUAL(ody_digests_md5(digests, ody_test_guarded(ody_view_of(rows[index][0])), out),
                    0);
        CHECK_VIEW(((ody_view){out, ODY_MD5_HEX}), ody_view_of(rows[index][1]));
    }
    CHECK_EQUAL(ody_digests_md5(digests, ODY_VIEW_NONE, out), 0);
    CHECK_VIEW(((ody_view){out, ODY_MD5_HEX}), ody_view_of(rows[0][1]));
    ody_digests_free(digests);
}

/* Keys of any length come after each other, the empty one and those longer than a block too. */
TEST(no_signature_has_to_do_with_the_one_before)
{
    ody_digests *digests = ody_digests_new();
    char text[200];

    memset(text, 'k', sizeof(text));
    for (size_t length = 0; length < sizeof(text); length = length * 2 + 1) {
        for (size_t other = 0; other < sizeof(text); other = other * 3 + 1) {
            ody_view secret = ody_test_guarded((ody_view){text, length});
            ody_view parts[] = {{text, other}, ODY_VIEW_NONE, ODY_VIEW("x")};
            char expected[ODY_SIGNATURE_HEX + 1], made[ODY_SIGNATURE_HEX + 1];

            CHECK_EQUAL(ody_hmac_sha256_hex(secret, parts, 3, expected), 0);
            CHECK_EQUAL(ody_digests_hmac(digests, secret, parts, 3, made), 0);
            CHECK_VIEW(ody_view_of(made), ody_view_of(expected));
        }
    }
    ody_digests_free(digests);
}

TEST(freeing_no_digests_is_fine)
{
    ody_digests_free(NULL);
}
