/* SPDX-License-Identifier: MIT */
/* Places in lists: what is written can be read, and nothing else. */
#include "http/place.h"
#include "test.h"

static void check_round(const ody_browse_entry *entry, const char *wanted)
{
    ody_bytes text = {0};
    ody_browse_entry read;

    ody_place_write(&text, entry);
    CHECK_VIEW(ody_bytes_view(&text), ody_view_of(wanted));
    CHECK(ody_place_read(ody_bytes_view(&text), entry->id.first != 0, &read));
    CHECK_EQUAL(read.weight, entry->weight);
    CHECK_EQUAL(read.id.first, entry->id.first);
    CHECK_EQUAL(read.id.second, entry->id.second);
    if (entry->id.first == 0) {
        CHECK_VIEW(read.name, entry->name);
    }
    ody_bytes_fini(&text);
}

TEST(places_are_read_as_they_are_written)
{
    check_round(&(ody_browse_entry){.weight = 7, .id = {1, 2}}, "7:1.2");
    check_round(&(ody_browse_entry){.weight = UINT32_MAX, .name = ODY_VIEW("a:b\n")},
                "4294967295:a:b\n");
    check_round(&(ody_browse_entry){.name = ODY_VIEW("")}, "0:");
}

TEST(other_texts_are_no_places)
{
    static const char *const texts[] = {
        "",      "7",    ":1.2", "x:1.2",  "7x:1.2", "-1:1.2",         "7:1.2.3",
        "7:0.1", "7:1.", "7:",   "+7:1.2", " 7:1.2", "4294967296:1.2", "7:01.2"};
    ody_browse_entry place;

    for (size_t index = 0; index < sizeof(texts) / sizeof(texts[0]); index++) {
        if (ody_place_read(ody_view_of(texts[index]), true, &place)) {
            FAIL("\"%s\" is a place", texts[index]);
        }
    }
    CHECK(!ody_place_read(ODY_VIEW_NONE, false, &place));
}
