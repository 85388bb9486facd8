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
path                              {"type":"text","unit":"bytes","min":0,"max":255,"choices":null,"default":"","reloadable":false}
additional.worker_num             {"type":"integer","unit":"shards","min":1,"max":1024,"choices":null,"default":"cores","reloadable":false}
app_id                            {"type":"text","unit":"bytes","min":1,"max":64,"choices":null,"default":"1","reloadable":false}
api_key                           {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":false}
secret_key                        {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":false}
ssl.ssl_cert_file                 {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":false}
ssl.ssl_key_file                  {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":false}
socket.path                       {"type":"path","unit":"bytes","min":1,"max":107,"choices":null,"default":null,"reloadable":false}
socket.group                      {"type":"text","unit":"bytes","min":1,"max":255,"choices":null,"default":null,"reloadable":false}
connection                        {"type":"text","unit":"bytes","min":0,"max":2047,"choices":null,"default":"","reloadable":true}
connect_timeout                   {"type":"number","unit":"seconds","min":0.001,"max":600.0,"choices":null,"default":1.0,"reloadable":true}
timeout                           {"type":"number","unit":"seconds","min":0.001,"max":600.0,"choices":null,"default":5.0,"reloadable":true}
missing_channel                   {"type":"choice","unit":null,"min":null,"max":null,"choices":["throw","ignore"],"default":"throw","reloadable":true}
client_events                     {"type":"choice","unit":null,"min":null,"max":null,"choices":["members","private","none"],"default":"members","reloadable":false}
activity_timeout                  {"type":"number","unit":"seconds","min":1.0,"max":86400.0,"choices":null,"default":120.0,"reloadable":false}
pong_timeout                      {"type":"number","unit":"seconds","min":1.0,"max":86400.0,"choices":null,"default":30.0,"reloadable":false}
cache_time                        {"type":"number","unit":"seconds","min":1.0,"max":604800.0,"choices":null,"default":1800.0,"reloadable":false}
drain_time                        {"type":"number","unit":"seconds","min":0.0,"max":3600.0,"choices":null,"default":5.0,"reloadable":false}
trusted_proxies                   {"type":"networks","unit":null,"min":null,"max":null,"choices":null,"default":[],"reloadable":false}
php_workers.num                   {"type":"integer","unit":"processes","min":0,"max":256,"choices":null,"default":0,"reloadable":false}
php_workers.timeout               {"type":"number","unit":"seconds","min":0.01,"max":3600.0,"choices":null,"default":5.0,"reloadable":false}
php_workers.queue                 {"type":"integer","unit":"calls","min":1,"max":10000000,"choices":null,"default":10000,"reloadable":false}
limits.connections                {"type":"integer","unit":"connections","min":0,"max":10000000,"choices":null,"default":0,"reloadable":false}
limits.connections_per_address    {"type":"integer","unit":"connections","min":0,"max":10000000,"choices":null,"default":1000,"reloadable":false}
limits.channels_per_connection    {"type":"integer","unit":"channels","min":1,"max":100000,"choices":null,"default":1000,"reloadable":false}
limits.message_size               {"type":"integer","unit":"bytes","min":256,"max":67108864,"choices":null,"default":65536,"reloadable":false}
limits.event_data_size            {"type":"integer","unit":"bytes","min":1,"max":67108864,"choices":null,"default":102400,"reloadable":false}
limits.client_event_data_size     {"type":"integer","unit":"bytes","min":1,"max":67108864,"choices":null,"default":10240,"reloadable":false}
limits.event_name_length          {"type":"integer","unit":"bytes","min":1,"max":1024,"choices":null,"default":200,"reloadable":false}
limits.channel_name_length        {"type":"integer","unit":"bytes","min":1,"max":1024,"choices":null,"default":200,"reloadable":false}
limits.channels_per_publish       {"type":"integer","unit":"channels","min":1,"max":10000,"choices":null,"default":100,"reloadable":false}
limits.client_events_per_second   {"type":"integer","unit":"events","min":0,"max":1000000,"choices":null,"default":10,"reloadable":false}
limits.presence_members           {"type":"integer","unit":"users","min":1,"max":1000000,"choices":null,"default":100,"reloadable":false}
limits.presence_user_id_length    {"type":"integer","unit":"bytes","min":1,"max":1024,"choices":null,"default":128,"reloadable":false}
limits.presence_user_info_size    {"type":"integer","unit":"bytes","min":1,"max":1048576,"choices":null,"default":1024,"reloadable":false}
limits.json_depth                 {"type":"integer","unit":"levels","min":1,"max":512,"choices":null,"default":32,"reloadable":false}
limits.outbound_soft              {"type":"integer","unit":"bytes","min":1024,"max":1073741824,"choices":null,"default":262144,"reloadable":false}
limits.outbound_soft_time         {"type":"integer","unit":"milliseconds","min":1,"max":3600000,"choices":null,"default":10000,"reloadable":false}
limits.outbound_hard              {"type":"integer","unit":"bytes","min":4096,"max":1073741824,"choices":null,"default":1048576,"reloadable":false}
limits.outbound_shard             {"type":"integer","unit":"bytes","min":65536,"max":1099511627776,"choices":null,"default":268435456,"reloadable":false}
limits.mailbox_size               {"type":"integer","unit":"bytes","min":65536,"max":1099511627776,"choices":null,"default":67108864,"reloadable":false}
limits.handshake_time             {"type":"integer","unit":"milliseconds","min":100,"max":600000,"choices":null,"default":10000,"reloadable":false}
log.level                         {"type":"choice","unit":null,"min":null,"max":null,"choices":["debug","info","warning","error"],"default":"info","reloadable":false}
log.format                        {"type":"choice","unit":null,"min":null,"max":null,"choices":["auto","readable","colour","json"],"default":"auto","reloadable":false}
log.file                          {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":false}
pid_file                          {"type":"path","unit":"bytes","min":1,"max":4095,"choices":null,"default":null,"reloadable":false}
debug                             {"type":"boolean","unit":null,"min":null,"max":null,"choices":null,"default":false,"reloadable":false}
===DONE===
