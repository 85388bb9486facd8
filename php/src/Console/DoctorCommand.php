<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\ConfigurationFileException;
use Ody\Websocket\Configuration\ProjectRoot;
use Ody\Websocket\Console\Doctor\CertificateCheck;
use Ody\Websocket\Console\Doctor\Check;
use Ody\Websocket\Console\Doctor\ConfigurationCheck;
use Ody\Websocket\Console\Doctor\EnvironmentFileCheck;
use Ody\Websocket\Console\Doctor\ExtensionCheck;
use Ody\Websocket\Console\Doctor\Finding;
use Ody\Websocket\Console\Doctor\HttpCheck;
use Ody\Websocket\Console\Doctor\KeysCheck;
use Ody\Websocket\Console\Doctor\Level;
use Ody\Websocket\Console\Doctor\LogCheck;
use Ody\Websocket\Console\Doctor\Mend;
use Ody\Websocket\Console\Doctor\OpenFilesCheck;
use Ody\Websocket\Console\Doctor\PhpCheck;
use Ody\Websocket\Console\Doctor\PortCheck;
use Ody\Websocket\Console\Doctor\RedisCheck;
use Ody\Websocket\Console\Doctor\RunningServer;
use Ody\Websocket\Console\Doctor\ServerCheck;
use Ody\Websocket\Console\Doctor\SocketCheck;
use Ody\Websocket\Console\Doctor\WorkersCheck;
use Psr\Container\ContainerInterface;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;

/**
 * websocket:doctor
 */
final class DoctorCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:doctor';

    /** @var array<string, class-string<Check>> what it is called in the output => what looks */
    private const CHECKS = [
        'php' => PhpCheck::class,
        'extension' => ExtensionCheck::class,
        'configuration' => ConfigurationCheck::class,
        'keys' => KeysCheck::class,
        '.env' => EnvironmentFileCheck::class,
        'open files' => OpenFilesCheck::class,
        'port' => PortCheck::class,
        'certificate' => CertificateCheck::class,
        'socket' => SocketCheck::class,
        'log' => LogCheck::class,
        'redis' => RedisCheck::class,
        'server' => ServerCheck::class,
        'http api' => HttpCheck::class,
        'php workers' => WorkersCheck::class,
    ];

    /** What matters to the user who runs the server, and to nobody else. */
    private const OF_THE_SERVER = ['configuration', 'keys', '.env', 'open files', 'port', 'certificate', 'log', 'php workers'];

    private const MARKS = ['good' => '<info>✓</info>', 'warning' => '<comment>!</comment>', 'failure' => '<fg=red>✗</>'];

    /**
     *     $console->add(new DoctorCommand($container));
     *
     * @param ContainerInterface|null $container of the framework that the application is written for
     */
    public function __construct(private readonly ?ContainerInterface $container = null)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Finds out why something does not work')
            ->addOption('json', null, InputOption::VALUE_NONE, 'All findings as one JSON object')
            ->setHelp(<<<'HELP'
                Looks at everything that the server depends on and changes nothing. Each finding is one line: ✓ is
                well, ! could be better, ✗ cannot work. Below a problem stands the command that mends it, for a shell
                in the root of the project. When something cannot work the exit status is 1.

                  <info>php artisan websocket:doctor</info>
                  <info>php artisan websocket:doctor --json</info>

                Run it as the user who runs the server, or as the one who publishes.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $root = ProjectRoot::find();
        $findings = $this->findings($root, new Progress($output));
        if ($input->getOption('json') === true) {
            self::writeJson($findings, $output);
        } else {
            self::write($root, $findings, $output);
        }

        return self::count($findings, Level::Failure) > 0 ? self::FAILURE : self::SUCCESS;
    }

    /**
     * @return list<array{string, Finding}>
     */
    private function findings(string $root, Progress $progress): array
    {
        try {
            $configuration = Configuration::load();
        } catch (ConfigurationFileException $error) {
            $file = str_starts_with($error->getMessage(), $root . '/.env') ? $root . '/.env' : Mend::brokenFile($error, $root);

            return [['configuration', Finding::failure(rtrim($error->getMessage(), '.') . '.', Mend::edit($file))]];
        }
        $checks = self::CHECKS;
        $findings = [];
        $owner = self::otherOwner($configuration);
        if ($owner !== null) {
            $checks = array_diff_key($checks, array_flip(self::OF_THE_SERVER));
            $sentence = sprintf('The server runs as %s. For %s only what publishing needs is checked.', $owner, Mend::user());
            $findings[] = ['user', Finding::good($sentence)];
        }
        foreach ($checks as $name => $class) {
            $progress->show(sprintf('Checking: %s …', $name));
            $check = $class === WorkersCheck::class ? new WorkersCheck($this->container) : new $class();
            foreach (self::look($check, $configuration) as $finding) {
                $findings[] = [$name, $finding];
            }
        }
        $progress->clear();

        return $findings;
    }

    /**
     * Returns who runs the server, when that is another user.
     */
    private static function otherOwner(Configuration $configuration): ?string
    {
        $owner = RunningServer::userId($configuration);

        return $owner === null || $owner === Mend::userId() ? null : Mend::nameOf($owner);
    }

    /**
     * A value of the wrong type is a finding too, and must not hide the others.
     *
     * @return list<Finding>
     */
    private static function look(Check $check, Configuration $configuration): array
    {
        try {
            return $check->findings($configuration);
        } catch (ConfigurationFileException $error) {
            return [Finding::failure($error->getMessage(), Mend::edit($configuration->root() . '/config/websocket.php'))];
        }
    }

    /**
     * @param list<array{string, Finding}> $findings
     */
    private static function write(string $root, array $findings, OutputInterface $output): void
    {
        $last = null;
        foreach ($findings as [$name, $finding]) {
            $output->writeln(sprintf('%s %-14s%s', self::MARKS[$finding->level->value], $name, PlainText::escaped($finding->message)));
            // One command may mend several problems, and is typed once.
            if ($finding->command !== null && $finding->command !== $last) {
                $last = $finding->command;
                $output->writeln(sprintf('%16s<comment>%s</comment>', '', PlainText::escaped($finding->command)));
            }
        }
        $failures = self::count($findings, Level::Failure);
        $warnings = self::count($findings, Level::Warning);
        $output->writeln(['', match (true) {
            $failures === 0 && $warnings === 0 => 'All is well.',
            default => sprintf('%s, %s.', self::many($failures, 'failure'), self::many($warnings, 'warning')),
        }]);
        if ($last !== null) {
            $output->writeln(PlainText::escaped(sprintf('Run the commands in %s.', $root)));
        }
    }

    /**
     * @param list<array{string, Finding}> $findings
     */
    private static function writeJson(array $findings, OutputInterface $output): void
    {
        $rows = [];
        foreach ($findings as [$name, $finding]) {
            $rows[] = ['check' => $name, 'level' => $finding->level->value, 'message' => $finding->message, 'command' => $finding->command];
        }
        $answer = ['ok' => self::count($findings, Level::Failure) === 0, 'findings' => $rows];
        $flags = JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_INVALID_UTF8_SUBSTITUTE;
        $output->writeln(json_encode($answer, $flags), OutputInterface::OUTPUT_RAW);
    }

    /**
     * @param list<array{string, Finding}> $findings
     */
    private static function count(array $findings, Level $level): int
    {
        return count(array_filter($findings, static fn(array $row): bool => $row[1]->level === $level));
    }

    private static function many(int $count, string $word): string
    {
        return sprintf('%d %s%s', $count, $word, $count === 1 ? '' : 's');
    }
}
