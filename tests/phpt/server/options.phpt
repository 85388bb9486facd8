--TEST--
The table of configuration keys
--EXTENSIONS--
ody_websocket
--FILE--
<?php
foreach (Ody\Websocket\Server::options() as $key => $option) {
    if ($key === 'additional.worker_num') {
        $cores = (int) shell_exec('getconf _NPROCESSORS_ONLN');
        $option['default'] = $option['default'] === min($cores, 64) ? 'cores' : $option['default'];
    }
    echo str_pad($key, 34), json_encode($option, JSON_PRESERVE_ZERO_FRACTION), "\n";
}
?>
===DONE===
--EXPECT--
host                              {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":"127.0.0.1","reloadable":false}
port                              {"type":"integer","unit":null,"min":1,"max":65535,"choices":null,"default":9502,"reloadable":false}
path                              {"type":"text","unit":"bytes","min":0,"max":255,"choices":null,"default":"","reloadable":true}
additional.worker_num             {"type":"integer","unit":"shards","min":1,"max":1024,"choices":null,"default":"cores","reloadable":false}
app_id                            {"type":"text","unit":"bytes","min":1,"max":64,"choices":null,"default":"1","reloadable":true}
api_key                           {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
secret_key                        {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
previous_api_key                  {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
previous_secret_key               {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
app_enabled                       {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":true,"reloadable":true}
ssl.ssl_cert_file                 {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":true}
ssl.ssl_key_file                  {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":true}
socket.path                       {"type":"path","unit":"bytes","min":1,"max":107,"choices":null,"default":null,"reloadable":false}
socket.group                      {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":false}
connection                        {"type":"text","unit":"bytes","min":0,"max":2047,"choices":null,"default":"","reloadable":true}
connect_timeout                   {"type":"number","unit":"seconds","min":0.001,"max":600.0,"choices":null,"default":1.0,"reloadable":true}
timeout                           {"type":"number","unit":"seconds","min":0.001,"max":600.0,"choices":null,"default":5.0,"reloadable":true}
missing_channel                   {"type":"choice","unit":null,"min":null,"max":null,"choices":["throw","ignore"],"default":"throw","reloadable":true}
client_events                     {"type":"choice","unit":null,"min":null,"max":null,"choices":["members","private","none"],"default":"members","reloadable":true}
user_authentication               {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":true,"reloadable":true}
watchlist                         {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":true,"reloadable":true}
subscription_count                {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":false,"reloadable":true}
authorized_time                   {"type":"number","unit":"seconds","min":0.0,"max":86400.0,"choices":null,"default":0.0,"reloadable":true}
cache_time                        {"type":"number","unit":"seconds","min":1.0,"max":604800.0,"choices":null,"default":1800.0,"reloadable":true}
allowed_origins                   {"type":"origins","unit":"patterns","min":0,"max":256,"choices":null,"default":[],"reloadable":true}
webhooks                          {"type":"webhooks","unit":"webhooks","min":0,"max":32,"choices":null,"default":[],"reloadable":true}
apps                              {"type":"apps","unit":"apps","min":0,"max":255,"choices":null,"default":[],"reloadable":true}
activity_timeout                  {"type":"number","unit":"seconds","min":1.0,"max":86400.0,"choices":null,"default":120.0,"reloadable":true}
pong_timeout                      {"type":"number","unit":"seconds","min":1.0,"max":86400.0,"choices":null,"default":30.0,"reloadable":true}
drain_time                        {"type":"number","unit":"seconds","min":0.0,"max":3600.0,"choices":null,"default":5.0,"reloadable":true}
trusted_proxies                   {"type":"networks","unit":null,"min":null,"max":null,"choices":null,"default":[],"reloadable":true}
http_api.enabled                  {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":true,"reloadable":false}
http_api.listen                   {"type":"text","unit":"bytes","min":1,"max":261,"choices":null,"default":null,"reloadable":false}
http_api.port                     {"type":"integer","unit":null,"min":0,"max":65535,"choices":null,"default":0,"reloadable":false}
http_api.broadcast_key            {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
http_api.metrics_token            {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
http_api.trusted                  {"type":"networks","unit":null,"min":null,"max":null,"choices":null,"default":[],"reloadable":true}
http_api.request_size             {"type":"integer","unit":"bytes","min":0,"max":1073741824,"choices":null,"default":0,"reloadable":true}
redis.url                         {"type":"text","unit":"bytes","min":1,"max":2047,"choices":null,"default":null,"reloadable":true}
redis.prefix                      {"type":"text","unit":"bytes","min":0,"max":255,"choices":null,"default":"","reloadable":true}
redis.channel                     {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":"websocket.broadcast","reloadable":true}
inspector.password                {"type":"text","unit":"bytes","min":12,"max":255,"choices":null,"default":null,"reloadable":true}
php_workers.num                   {"type":"integer","unit":"processes","min":0,"max":256,"choices":null,"default":0,"reloadable":true}
php_workers.max_messages          {"type":"integer","unit":"calls","min":0,"max":1000000000,"choices":null,"default":100000,"reloadable":true}
php_workers.timeout               {"type":"number","unit":"seconds","min":0.01,"max":3600.0,"choices":null,"default":5.0,"reloadable":true}
php_workers.queue                 {"type":"integer","unit":"calls","min":1,"max":10000000,"choices":null,"default":10000,"reloadable":true}
php_workers.command               {"type":"texts","unit":"texts","min":1,"max":256,"choices":null,"default":null,"reloadable":true}
limits.connections                {"type":"integer","unit":"connections","min":0,"max":10000000,"choices":null,"default":0,"reloadable":true}
limits.connections_per_address    {"type":"integer","unit":"connections","min":0,"max":10000000,"choices":null,"default":1000,"reloadable":true}
limits.app_connections            {"type":"integer","unit":"connections","min":0,"max":10000000,"choices":null,"default":0,"reloadable":true}
limits.channels_per_connection    {"type":"integer","unit":"channels","min":1,"max":100000,"choices":null,"default":1000,"reloadable":true}
limits.event_data_size            {"type":"integer","unit":"bytes","min":1,"max":67108864,"choices":null,"default":102400,"reloadable":true}
limits.client_event_data_size     {"type":"integer","unit":"bytes","min":1,"max":67108864,"choices":null,"default":10240,"reloadable":true}
limits.event_name_length          {"type":"integer","unit":"bytes","min":1,"max":1024,"choices":null,"default":200,"reloadable":true}
limits.channel_name_length        {"type":"integer","unit":"bytes","min":1,"max":1024,"choices":null,"default":200,"reloadable":true}
limits.channels_per_publish       {"type":"integer","unit":"channels","min":1,"max":10000,"choices":null,"default":100,"reloadable":true}
limits.events_per_batch           {"type":"integer","unit":"events","min":1,"max":10000,"choices":null,"default":10,"reloadable":true}
limits.events_per_second          {"type":"integer","unit":"events","min":0,"max":1000000,"choices":null,"default":0,"reloadable":true}
limits.client_events_per_second   {"type":"integer","unit":"events","min":0,"max":1000000,"choices":null,"default":10,"reloadable":true}
limits.presence_members           {"type":"integer","unit":"users","min":1,"max":1000000,"choices":null,"default":100,"reloadable":true}
limits.presence_user_id_length    {"type":"integer","unit":"bytes","min":1,"max":1024,"choices":null,"default":128,"reloadable":true}
limits.presence_user_info_size    {"type":"integer","unit":"bytes","min":1,"max":1048576,"choices":null,"default":1024,"reloadable":true}
limits.watchlist_length           {"type":"integer","unit":"users","min":1,"max":10000,"choices":null,"default":100,"reloadable":true}
limits.json_depth                 {"type":"integer","unit":"levels","min":1,"max":512,"choices":null,"default":32,"reloadable":true}
limits.message_size               {"type":"integer","unit":"bytes","min":256,"max":67108864,"choices":null,"default":65536,"reloadable":true}
limits.outbound_soft              {"type":"integer","unit":"bytes","min":1024,"max":1073741824,"choices":null,"default":262144,"reloadable":true}
limits.outbound_soft_time         {"type":"integer","unit":"milliseconds","min":1,"max":3600000,"choices":null,"default":10000,"reloadable":true}
limits.outbound_hard              {"type":"integer","unit":"bytes","min":4096,"max":1073741824,"choices":null,"default":1048576,"reloadable":true}
limits.outbound_shard             {"type":"integer","unit":"bytes","min":65536,"max":1099511627776,"choices":null,"default":268435456,"reloadable":true}
limits.mailbox_size               {"type":"integer","unit":"bytes","min":65536,"max":1099511627776,"choices":null,"default":67108864,"reloadable":false}
limits.handshake_time             {"type":"integer","unit":"milliseconds","min":100,"max":600000,"choices":null,"default":10000,"reloadable":true}
log.level                         {"type":"choice","unit":null,"min":null,"max":null,"choices":["debug","info","warning","error"],"default":"info","reloadable":true}
log.format                        {"type":"choice","unit":null,"min":null,"max":null,"choices":["auto","readable","colour","json"],"default":"auto","reloadable":false}
log.file                          {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":false}
pid_file                          {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":false}
debug                             {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":false,"reloadable":true}
configuration_command             {"type":"texts","unit":"texts","min":1,"max":256,"choices":null,"default":null,"reloadable":true}
apps.*.id                         {"type":"text","unit":"bytes","min":1,"max":64,"choices":null,"default":null,"reloadable":true}
apps.*.key                        {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
apps.*.secret                     {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
apps.*.previous_key               {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
apps.*.previous_secret            {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":true}
apps.*.enabled                    {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":true,"reloadable":true}
webhooks.*.url                    {"type":"text","unit":"bytes","min":1,"max":2047,"choices":null,"default":null,"reloadable":true}
webhooks.*.events                 {"type":"choices","unit":"events","min":1,"max":7,"choices":["channel_occupied","channel_vacated","member_added","member_removed","client_event","cache_miss","subscription_count"],"default":null,"reloadable":true}
webhooks.*.channels               {"type":"prefixes","unit":"prefixes","min":1,"max":64,"choices":null,"default":null,"reloadable":true}
===DONE===
