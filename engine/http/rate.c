/* SPDX-License-Identifier: MIT */
/* A bucket that fills at the limit, and may be overdrawn once. */
#include "http/rate.h"

bool ody_http_rate_take(ody_http_rate *rate, uint32_t limit, uint32_t events, uint64_t now)
{
    int64_t most = (int64_t)limit * 1000;
    uint64_t passed = now - rate->at;

    if (limit == 0) {
        return true;
    }
    if (rate->at == 0 || passed > 1000000 || rate->left + (int64_t)(passed * limit) > most) {
        rate->left = most;
    } else {
        rate->left += (int64_t)(passed * limit);
    }
    rate->at = now;
    if (rate->left < 1000) {
        return false;
    }
    rate->left -= (int64_t)events * 1000;
    return true;
}
