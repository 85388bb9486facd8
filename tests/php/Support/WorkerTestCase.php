<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

/**
 * A test of code that PHP workers run for a real server.
 */
abstract class WorkerTestCase extends ProjectTestCase
{
    /**
     * Starts a server whose workers run this code.
     *
     * @param string                $code          classes of the namespace App, without an opening tag
     * @param string                $configuration what config/websocket.php returns, as PHP
     * @param array<string, string> $variables     of the environment
     */
    protected function serverWith(string $code, string $configuration, int $workers = 1, array $variables = []): WorkerProject
    {
        $project = $this->projectWithServer();
        $project->environment = $variables + $project->environment;

        $project->write('app.php', "<?php\nnamespace App;\n" . $code);
        $project->write('config/websocket.php', "<?php\nrequire_once __DIR__ . '/../app.php';\nreturn " . $configuration . ';');

        return new WorkerProject($project, $workers);
    }
}
