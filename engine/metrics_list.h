/* SPDX-License-Identifier: MIT */
/*
 * Every metric that the server has. docs/metrics.md says what each is good for; a check compares
 * the two. No label has values that users of the server choose: apps are those of the
 * configuration.
 */
#ifndef ODY_METRICS_LIST_H
#define ODY_METRICS_LIST_H

/* X(ID, kind, "name", "label" or "", "help"). A name ends in _total exactly where the kind is
 * COUNTER; units are seconds and bytes. */
#define ODY_METRICS(X)                                                                             \
    X(BUILD, GAUGE, "ody_build_info", "version", "1, with the versions in use as labels.")         \
    X(STARTED, GAUGE, "ody_start_time_seconds", "", "When the engine was started (Unix time).")    \
    X(LOADED, GAUGE, "ody_configuration_time_seconds", "",                                         \
      "When its configuration was loaded last (Unix time).")                                       \
    X(UPTIME, GAUGE, "ody_uptime_seconds", "", "For how long the engine runs.")                    \
    X(MEMORY, GAUGE, "ody_memory_resident_bytes", "", "Memory of the engine's process.")           \
    X(CPU, COUNTER, "ody_cpu_seconds_total", "", "Processor time of the engine's process.")        \
    X(FILES_LIMIT, GAUGE, "ody_open_files_limit", "", "Files that the engine may have open.")      \
    X(CONNECTION_LIMIT, GAUGE, "ody_connection_limit", "",                                         \
      "Connections that the server takes, by configuration and open files.")                       \
    X(DRAINING, GAUGE, "ody_draining", "", "1 while the engine stops, or makes room for another.") \
    X(APP_CONNECTIONS, GAUGE, "ody_app_connections", "app", "Open connections of the app.")        \
    X(APP_CHANNELS, GAUGE, "ody_app_channels", "app", "Channels with subscribers.")                \
    X(APP_SUBSCRIPTIONS, GAUGE, "ody_app_subscriptions", "app", "Subscriptions of connections.")   \
    X(APP_USERS, GAUGE, "ody_app_users", "app", "Users with a connection that is signed in.")      \
    X(APP_RECEIVED, COUNTER, "ody_app_messages_received_total", "app", "Messages from clients.")   \
    X(APP_RECEIVED_BYTES, COUNTER, "ody_app_received_bytes_total", "app",                          \
      "Bytes of messages from clients.")                                                           \
    X(APP_PUBLISHED, COUNTER, "ody_app_messages_published_total", "app",                           \
      "Messages that got a number in their channel, client events included.")                      \
    X(APP_DELIVERIES, COUNTER, "ody_app_deliveries_total", "app",                                  \
      "Messages to clients, each client counted.")                                                 \
    X(APP_DELIVERED_BYTES, COUNTER, "ody_app_delivered_bytes_total", "app",                        \
      "Bytes of messages to clients, frame headers included.")                                     \
    X(CONNECTIONS, GAUGE, "ody_connections", "shard", "Open connections.")                         \
    X(CHANNELS, GAUGE, "ody_channels", "shard", "Channels with subscribers, at their homes.")      \
    X(SUBSCRIPTIONS, GAUGE, "ody_subscriptions", "shard", "Subscriptions of connections.")         \
    X(HANDSHAKES, GAUGE, "ody_handshakes", "shard", "Accepted sockets that are not upgraded yet.") \
    X(OUTBOUND, GAUGE, "ody_outbound_bytes", "shard", "Memory of messages that wait for clients.") \
    X(SIGNED_IN, GAUGE, "ody_signed_in", "shard", "Connections that are signed in as a user.")     \
    X(ACCEPTED, COUNTER, "ody_accepted_total", "shard", "Sockets that were accepted.")             \
    X(HANDED_OVER, COUNTER, "ody_handed_over_total", "shard",                                      \
      "Sockets that went to the HTTP API.")                                                        \
    X(RECEIVED, COUNTER, "ody_messages_received_total", "shard", "Messages from clients.")         \
    X(RECEIVED_BYTES, COUNTER, "ody_received_bytes_total", "shard",                                \
      "Bytes from clients, after TLS.")                                                            \
    X(PUBLISHED, COUNTER, "ody_messages_published_total", "shard",                                 \
      "Messages that got a number in their channel, client events included.")                      \
    X(DELIVERIES, COUNTER, "ody_deliveries_total", "shard",                                        \
      "Messages to clients, each client counted.")                                                 \
    X(SENT_BYTES, COUNTER, "ody_sent_bytes_total", "shard", "Bytes to clients, before TLS.")       \
    X(SENDS, COUNTER, "ody_sends_total", "shard", "System calls that sent them.")                  \
    X(TURNS, COUNTER, "ody_turns_total", "shard", "Turns of the shard's loop.")                    \
    X(BUSY, COUNTER, "ody_busy_seconds_total", "shard",                                            \
      "How long the shard worked; its rate is its load, 1 is all that a thread can do.")           \
    X(CLIENT_ERRORS, COUNTER, "ody_client_errors_total", "shard",                                  \
      "Messages pusher:error to clients.")                                                         \
    X(MAILBOX, GAUGE, "ody_mailbox_bytes", "shard", "Bytes that wait for the shard's thread.")     \
    X(API_MAILBOX, GAUGE, "ody_api_mailbox_bytes", "", "Bytes that wait for the API thread.")      \
    X(LOSSES, COUNTER, "ody_losses_total", "reason",                                               \
      "What was refused, dropped, evicted or failed.")                                             \
    X(LATENCY, HISTOGRAM, "ody_publish_latency_seconds", "le",                                     \
      "From the moment a message is accepted until a shard has handed it to its sockets.")         \
    X(REQUESTS, GAUGE, "ody_requests_pending", "", "Requests of all APIs without an answer yet.")  \
    X(PROCESSES, GAUGE, "ody_processes", "", "Processes that are connected to the Unix socket.")   \
    X(HTTP_CONNECTIONS, GAUGE, "ody_http_connections", "", "Connections of the HTTP API.")         \
    X(HTTP_REQUESTS, GAUGE, "ody_http_requests", "", "Requests of the HTTP API under way.")        \
    X(HTTP_ANSWERS, COUNTER, "ody_http_answers_total", "status",                                   \
      "Answers of the HTTP API, by the first digit of their status.")                              \
    X(HTTP_RECEIVED_BYTES, COUNTER, "ody_http_received_bytes_total", "",                           \
      "Bytes of bodies of its requests.")                                                          \
    X(HTTP_SENT_BYTES, COUNTER, "ody_http_sent_bytes_total", "",                                   \
      "Bytes of bodies of its answers.")                                                           \
    X(HTTP_LOST, COUNTER, "ody_http_connections_lost_total", "reason",                             \
      "Connections of the HTTP API that the server ended.")                                        \
    X(PHP_WORKERS, GAUGE, "ody_php_workers", "", "PHP workers that are connected.")                \
    X(PHP_BUSY, GAUGE, "ody_php_workers_busy", "", "PHP workers that work on a call.")             \
    X(PHP_QUEUE, GAUGE, "ody_php_queue_calls", "", "Calls that wait for a PHP worker.")            \
    X(PHP_QUEUE_LIMIT, GAUGE, "ody_php_queue_limit", "", "How many may wait.")                     \
    X(PHP_CALLS, COUNTER, "ody_php_calls_total", "outcome",                                        \
      "Calls and notices to PHP workers, by what became of them.")                                 \
    X(PHP_LOST, COUNTER, "ody_php_workers_lost_total", "",                                         \
      "PHP workers that ended in the middle of a call, or were killed.")                           \
    X(REDIS_CONNECTED, GAUGE, "ody_redis_connected", "", "1 while messages come from Redis.")      \
    X(REDIS_CONNECTS, COUNTER, "ody_redis_connects_total", "", "Subscriptions at Redis.")          \
    X(REDIS_FAILURES, COUNTER, "ody_redis_failures_total", "",                                     \
      "Connections to Redis that were lost or never came to be.")                                  \
    X(REDIS_MESSAGES, COUNTER, "ody_redis_messages_total", "", "Messages that came from Redis.")   \
    X(REDIS_IN_FLIGHT, GAUGE, "ody_redis_messages_in_flight", "",                                  \
      "Messages from Redis that are being published.")                                             \
    X(REDIS_REJECTED, COUNTER, "ody_redis_messages_rejected_total", "reason",                      \
      "Messages from Redis that were not published.")                                              \
    X(WEBHOOKS, GAUGE, "ody_webhooks", "", "Webhooks of the configuration.")                       \
    X(WEBHOOKS_FAILING, GAUGE, "ody_webhooks_failing", "", "Webhooks whose last request failed.")  \
    X(WEBHOOK_QUEUE, GAUGE, "ody_webhook_queue_events", "",                                        \
      "Events that wait for receivers or are on the way.")                                         \
    X(WEBHOOK_BYTES, GAUGE, "ody_webhook_queue_bytes", "", "Memory that they take.")               \
    X(WEBHOOK_HELD, GAUGE, "ody_webhook_held_events", "", "Events that may still be undone.")      \
    X(WEBHOOK_IN_FLIGHT, GAUGE, "ody_webhook_requests_in_flight", "", "Requests on the way.")      \
    X(WEBHOOK_SENT, COUNTER, "ody_webhook_events_sent_total", "", "Events that were delivered.")   \
    X(WEBHOOK_SMOOTHED, COUNTER, "ody_webhook_events_smoothed_total", "",                          \
      "Events that undid each other before they were sent.")                                       \
    X(WEBHOOK_DROPPED, COUNTER, "ody_webhook_events_dropped_total", "reason",                      \
      "Events that were given up.")                                                                \
    X(WEBHOOK_REQUESTS, COUNTER, "ody_webhook_requests_total", "outcome", "Requests to receivers.")

#endif
