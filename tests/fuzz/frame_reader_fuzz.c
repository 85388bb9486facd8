/* SPDX-License-Identifier: MIT */
/* Any bytes as a stream of frames: wherever it is cut, the same messages come out of it. */
#include <string.h>
#include "base/bytes.h"
#include "fuzz.h"
#include "net/frame_reader.h"
#include "ody/error.h"

/* What a stream says, without where its pieces end. */
typedef struct story {
    ody_bytes data;     /* of messages */
    ody_bytes controls; /* opcode and payload of each control frame */
    size_t messages;
    int result;
} story;

static void note(story *told, const ody_frame_event *event)
{
    if (event->opcode >= 8) {
        MUST(event->first && event->last && event->data.length <= ODY_CONTROL_MAX);
        ody_bytes_append_byte(&told->controls, (char)event->opcode);
        ody_bytes_append_view(&told->controls, event->data);
        return;
    }
    MUST(event->opcode == 1 || event->opcode == 2);
    MUST(event->data.length > 0 || event->last);
    ody_bytes_append_view(&told->data, event->data);
    told->messages += event->last;
}

static story read_stream(const uint8_t *bytes, size_t size, size_t step)
{
    story told = {0};
    ody_frame_reader reader = {0};
    char *copy = malloc(size ? size : 1);

    memcpy(copy, bytes, size);
    for (size_t at = 0; at < size && told.result >= 0; at += step) {
        char *data = copy + at;
        size_t length = size - at < step ? size - at : step;
        ody_frame_event event;

        while ((told.result = ody_frame_reader_next(&reader, &data, &length, &event)) > 0) {
            note(&told, &event);
        }
        MUST(told.result < 0 || length == 0);
    }
    ody_frame_reader_fini(&reader);
    free(copy);
    return told;
}

static void story_end(story *told)
{
    ody_bytes_fini(&told->data);
    ody_bytes_fini(&told->controls);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    story whole = read_stream(data, size, size ? size : 1);

    for (size_t step = 1; step < 20; step += 3) {
        story cut = read_stream(data, size, step);

        MUST(cut.result == whole.result);
        MUST(cut.messages == whole.messages);
        MUST(ody_view_equal(ody_bytes_view(&cut.data), ody_bytes_view(&whole.data)));
        MUST(ody_view_equal(ody_bytes_view(&cut.controls), ody_bytes_view(&whole.controls)));
        story_end(&cut);
    }
    story_end(&whole);
    return 0;
}
