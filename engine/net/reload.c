/* SPDX-License-Identifier: MIT */
/* How a shard takes over other options and another certificate, in its own thread. */
#include "base/clock.h"
#include "base/options.h"
#include "net/client.h"

static void take_over(ody_shard *shard, const ody_options *take_options,
                      ody_certificate *take_certificate)
{
    ody_reload *reload = &shard->reload;
    const ody_options *before = reload->held;

    ody_certificate_free(shard->certificate);
    shard->certificate = take_certificate;
    shard->options = reload->held = take_options;
    ody_hub_reload(shard->hub, take_options, ody_clock_ms());
    ody_options_unref(before);
    atomic_store(&reload->in_force, take_options);
    if (shard->setup.reloaded) {
        shard->setup.reloaded(shard->setup.context);
    }
}

static void on_reload(struct ev_loop *loop, ev_async *watcher, int events)
{
    ody_shard *shard = watcher->data;
    ody_reload *reload = &shard->reload;
    const ody_options *options;
    ody_certificate *certificate;

    (void)loop;
    (void)events;
    pthread_mutex_lock(&reload->lock);
    options = reload->next;
    certificate = reload->next_certificate;
    reload->next = NULL;
    reload->next_certificate = NULL;
    pthread_mutex_unlock(&reload->lock);
    if (options) {
        take_over(shard, options, certificate);
    }
}

void ody_shard_reload(ody_shard *shard, const ody_options *options,
                      ody_certificate *take_certificate)
{
    ody_reload *reload = &shard->reload;

    pthread_mutex_lock(&reload->lock);
    ody_options_unref(reload->next);
    ody_certificate_free(reload->next_certificate);
    reload->next = ody_options_ref(options);
    reload->next_certificate = take_certificate;
    pthread_mutex_unlock(&reload->lock);
    ev_async_send(shard->loop, &reload->wake);
}

const ody_options *ody_shard_options(const ody_shard *shard)
{
    return atomic_load(&shard->reload.in_force);
}

void ody__reload_init(ody_shard *shard)
{
    pthread_mutex_init(&shard->reload.lock, NULL);
    shard->options = shard->setup.shared->options;
    atomic_init(&shard->reload.in_force, shard->options);
}

void ody__reload_start(ody_shard *shard)
{
    ev_async_init(&shard->reload.wake, on_reload);
    shard->reload.wake.data = shard;
    ev_async_start(shard->loop, &shard->reload.wake);
}

void ody__reload_fini(ody_shard *shard)
{
    ody_options_unref(shard->reload.held);
    ody_options_unref(shard->reload.next);
    ody_certificate_free(shard->reload.next_certificate);
    ody_certificate_free(shard->certificate);
    pthread_mutex_destroy(&shard->reload.lock);
}
