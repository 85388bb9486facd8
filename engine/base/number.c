/* SPDX-License-Identifier: MIT */
#include "base/number.h"

bool ody_number_parse(ody_view text, uint64_t most, uint64_t *number)
{
    *number = 0;
    for (size_t index = 0; index < text.length; index++) {
        if (text.data[index] < '0' || text.data[index] > '9' || *number > most) {
            return false;
        }
        *number = *number * 10 + (uint64_t)(text.data[index] - '0');
    }
    return text.length > 0 && *number <= most;
}
