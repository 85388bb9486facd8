<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Configuration;

use Ody\Websocket\Configuration\Processors;
use Ody\Websocket\Tests\Support\ProjectTestCase;

/**
 * A configuration that a framework has read.
 */
final class GivenValuesTest extends ProjectTestCase
{
    private const USE = 'use Ody\Websocket\Configuration; ';

    public function testValuesAreCompletedAndTheProjectsFilesPlayNoPart(): void
    {
        $project = $this->project();
        $project->write('.env', "WEBSOCKET_API_KEY=of-env\n");
        $project->write('config/websocket.php', '<?php return ["secret_key" => "of-file"];');
        $code = self::USE . '$c = Configuration::ofValues("/somewhere/", ["port" => 9600, "socket" => ["group" => "www-data"], "routes" => true]);
            echo json_encode([$c->root(), $c->isComplete(), $c->get("port"), $c->get("host"), $c->get("socket"), $c->get("log.file"),
                $c->get("routes"), $c->get("api_key"), $c->get("secret_key"), $c->get("additional.worker_num")]);';
        $socket = ['path' => '/somewhere/storage/websocket/ody.sock', 'group' => 'www-data'];
        $expected = ['/somewhere', true, 9600, '127.0.0.1', $socket, '/somewhere/storage/logs/websocket.log', null, null, null, Processors::count()];
        self::assertSame($expected, $project->php($code, '-n')->json());
    }

    public function testEarlierNamesAreUnderstood(): void
    {
        $code = self::USE . '$c = Configuration::ofValues("/", ["additional" => ["ssl_cert_file" => "cert.pem"]]); echo json_encode($c->get("ssl.ssl_cert_file"));';
        self::assertSame('/cert.pem', $this->project()->php($code, '-n')->json());
    }

    public function testTheConfigurationInUseIsTheOneOfTheProcess(): void
    {
        $code = self::USE . '$port = 1; Configuration::use(function () use (&$port) { return Configuration::ofValues("/", ["port" => $port++]); });
            $read = fn() => Configuration::load()->get("port"); $ports = [$read(), $read(), Configuration::reload()->get("port"), $read()];
            Configuration::use(Configuration::ofValues("/", ["port" => 9])); $ports = [...$ports, $read(), Configuration::reload()->get("port")];
            Configuration::use(null); echo json_encode([...$ports, $read()]);';
        self::assertSame([1, 1, 2, 2, 9, 9, 9502], $this->project()->php($code, '-n')->json());
    }

    public function testRoutesInAFileAreNoMatterOfTheServer(): void
    {
        $project = $this->projectWithServer();
        $project->write('config/websocket.php', '<?php return ["routes" => true];');
        $project->artisan('websocket:start', '-d')->succeeded();
        $project->artisan('websocket:status', '--json')->succeeded();
    }
}
