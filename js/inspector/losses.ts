/**
 * What the server has refused or lost, in words, and the setting that it has to do with. A reason that is not here is shown by its
 * name.
 */

export const LOSSES: Record<string, [string, string?]> = {
  refused_app: ['Clients with an unknown key, or of an app that is off'],
  refused_protocol: ['Clients that speak another protocol'],
  refused_path: ['Clients that asked for another path', 'path'],
  refused_tls: ['Clients without TLS where it is needed'],
  refused_connections: ['Connections beyond the limit of the server or of an app', 'limits.connections'],
  refused_address: ['Connections beyond the limit of one address', 'limits.connections_per_address'],
  refused_origin: ['Pages of an origin that may not connect', 'allowed_origins'],
  refused_http: ['Requests that were none the server understands'],
  handshake_timeouts: ['Clients that did not finish their handshake in time', 'limits.handshake_time'],
  accept_failures: ['Connections that could not be accepted: no more open files?'],
  tls_failures: ['TLS handshakes that failed', 'ssl'],
  refused_channels: ['Subscriptions beyond the channels of one connection', 'limits.channels_per_connection'],
  refused_signatures: ['Subscriptions and sign-ins with a wrong token'],
  refused_by_application: ['What the application itself refused'],
  refused_calls: ['Calls to PHP workers that found no room in the queue', 'php_workers.queue'],
  failed_calls: ['Calls that PHP workers did not answer', 'php_workers.timeout'],
  dropped_notices: ['Notices that PHP workers did not get', 'php_workers.queue'],
  dropped_webhooks: ['Notices that webhooks did not get'],
  refused_client_events: ['Client events that are not allowed', 'client_events'],
  rate_limited_client_events: ['Client events beyond so many a second', 'limits.client_events_per_second'],
  evicted_unauthorised: ['Clients that did not sign in or join in time', 'authorized_time'],
  terminated: ['Clients that the application, or somebody here, disconnected'],
  evicted_pong: ['Clients that were silent and did not answer', 'activity_timeout'],
  evicted_outbound: ['Clients that read too slowly', 'limits.outbound_soft'],
  evicted_size: ['Clients that sent too large a message', 'limits.message_size'],
  dropped_mailbox: ['Messages refused because a thread was overloaded', 'limits.mailbox_size'],
  dropped_memory: ['Clients disconnected because memory was short'],
};
