<?php

declare(strict_types=1);

namespace Ody\Websocket\Tests\Support;

use PHPUnit\Framework\TestCase;

/**
 * A test with projects of its own, which are gone when it ends.
 */
abstract class ProjectTestCase extends TestCase
{
    /** @var list<Project> */
    private array $projects = [];

    protected function project(): Project
    {
        return $this->projects[] = new Project();
    }

    protected function projectWithServer(): Project
    {
        return $this->projects[] = Project::withServer();
    }

    protected function tearDown(): void
    {
        foreach ($this->projects as $project) {
            $project->remove();
        }
    }
}
