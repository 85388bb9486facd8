/* SPDX-License-Identifier: MIT */
#include "base/memory.h"
#include "test.h"
#include "wire/object.h"

TEST(members_have_commas_between_them)
{
    ody_bytes out = {0};

    ody_bytes_append_byte(&out, '{');
    ody_object_text(&out, "text", ODY_VIEW("a\"{"));
    ody_object_number(&out, "number", UINT64_MAX);
    ody_object_begin(&out, "inner");
    ody_object_truth(&out, "yes", true);
    ody_object_truth(&out, "no", false);
    ody_bytes_append_byte(&out, '}');
    ody_object_text_or_null(&out, "nothing", ODY_VIEW_NONE);
    ody_object_text_or_null(&out, "something", ODY_VIEW("{"));
    ody_object_name(&out, "list");
    ody_bytes_append_literal(&out, "[]}");
    CHECK_VIEW(ody_bytes_view(&out),
               ODY_VIEW("{\"text\":\"a\\\"{\",\"number\":18446744073709551615,"
                        "\"inner\":{\"yes\":true,\"no\":false},"
                        "\"nothing\":null,\"something\":\"{\",\"list\":[]}"));
    ody_bytes_fini(&out);
}

TEST(members_without_memory_mark_what_they_are_written_to)
{
    ody_bytes out = {0};

    ody_memory_fail_at(1);
    ody_object_text(&out, "text", ODY_VIEW("a"));
    ody_object_number(&out, "number", 1);
    ody_memory_fail_at(0);
    CHECK(out.failed);
    ody_bytes_fini(&out);
}
