<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Worker\WorkerCommand;
use Symfony\Component\Console\Command\Command;

/**
 * Every command of the package. They need no arguments to be made, so any console can run them.
 *
 * @internal
 */
final class Commands
{
    /** @var array<string, class-string<Command>> name => class */
    public const CLASSES = [
        StartCommand::NAME => StartCommand::class,
        StopCommand::NAME => StopCommand::class,
        ReloadCommand::NAME => ReloadCommand::class,
        RestartCommand::NAME => RestartCommand::class,
        ConfigurationCommand::NAME => ConfigurationCommand::class,
        StatusCommand::NAME => StatusCommand::class,
        KeysCommand::NAME => KeysCommand::class,
        InstallCommand::NAME => InstallCommand::class,
        DoctorCommand::NAME => DoctorCommand::class,
        PublishCommand::NAME => PublishCommand::class,
        ChannelsCommand::NAME => ChannelsCommand::class,
        WorkerCommand::NAME => WorkerCommand::class,
    ];
}
