/* SPDX-License-Identifier: MIT */
/* No value ends with an opening brace: texts end with a quote. */
#include "wire/object.h"

#include "wire/encode.h"

void ody_object_name(ody_bytes *out, const char *name)
{
    bool begun = out->length > 0 && out->data[out->length - 1] == '{';

    ody_bytes_append_view(out, begun ? ODY_VIEW("\"") : ODY_VIEW(",\""));
    ody_bytes_append_view(out, ody_view_of(name));
    ody_bytes_append_literal(out, "\":");
}

void ody_object_begin(ody_bytes *out, const char *name)
{
    ody_object_name(out, name);
    ody_bytes_append_byte(out, '{');
}

void ody_object_number(ody_bytes *out, const char *name, uint64_t number)
{
    ody_object_name(out, name);
    ody_bytes_append_number(out, number);
}

void ody_object_text(ody_bytes *out, const char *name, ody_view text)
{
    ody_object_name(out, name);
    ody_encode_string(out, text);
}

void ody_object_text_or_null(ody_bytes *out, const char *name, ody_view text)
{
    ody_object_name(out, name);
    if (text.length > 0) {
        ody_encode_string(out, text);
    } else {
        ody_bytes_append_literal(out, "null");
    }
}

void ody_object_truth(ody_bytes *out, const char *name, bool truth)
{
    ody_object_name(out, name);
    ody_bytes_append_view(out, truth ? ODY_VIEW("true") : ODY_VIEW("false"));
}
