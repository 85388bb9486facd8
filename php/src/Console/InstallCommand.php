<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Ody\Websocket\Configuration\ProjectRoot;
use Ody\Websocket\Configuration\Variables;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Helper\QuestionHelper;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Question\ConfirmationQuestion;

/**
 * websocket:install
 */
final class InstallCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:install';

    private const PACKAGED = __DIR__ . '/../../config/websocket.php';

    /** What .env gets besides the keys, so that it is easy to find and change. */
    private const SETTINGS = ['host', 'port'];

    /**
     *     $console->add(new InstallCommand('/srv/app'));
     *
     * @param string|null $root the project; null: Composer's root package
     */
    public function __construct(private readonly ?string $root = null)
    {
        parent::__construct();
    }

    protected function configure(): void
    {
        $this
            ->setName(self::NAME)
            ->setDescription('Sets the project up: .env, configuration file, folders')
            ->addOption('force', 'f', InputOption::VALUE_NONE, 'Write config/websocket.php anew when it exists; asks before')
            ->setHelp(<<<'HELP'
                Makes what the server needs and the project does not have yet: keys, host and port in .env, the file
                config/websocket.php and the folders of socket and log. What is set already stays as it is, so the
                command may be run again at any time. In the end it shows how to go on.

                  <info>php artisan websocket:install</info>
                  <info>php artisan websocket:install --force</info>      replaces config/websocket.php
                  <info>php artisan websocket:install -n</info>           for scripts: never asks
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $root = $this->root ?? ProjectRoot::find();
        $progress = new Progress($output);
        $progress->show('Reading the configuration …');
        $configuration = Configuration::ofRoot($root);
        if (!$configuration->isComplete()) {
            throw new CommandException(sprintf('%s/.env exists, but this user may not read it.', $root));
        }
        $progress->clear();
        $done = [
            ...self::writeEnvironment($root, $configuration),
            ...$this->copyConfiguration($root, $input, $output),
            ...self::makeFolders($configuration),
        ];
        foreach ($done as $sentence) {
            $output->writeln('<info>✓</info> ' . PlainText::escaped($sentence));
        }
        if ($done === []) {
            $output->writeln('Everything is in place already.');
        }
        (new NextSteps(Configuration::ofRoot($root)))->show($output);

        return self::SUCCESS;
    }

    /**
     * @return list<string> what was done
     */
    private static function writeEnvironment(string $root, Configuration $configuration): array
    {
        $foreign = ForeignVariables::find(Environment::ofRoot($root));
        if ($foreign !== null) {
            self::refusePlaceholders($foreign, $configuration);

            return [];
        }
        $path = $root . '/.env';
        $file = EnvironmentFile::open($path);
        $new = [];
        foreach (self::SETTINGS as $key) {
            $name = Variables::OF_KEYS[$key];
            // The value that counts already: a variable wins over the configuration file.
            $value = $configuration->text($key);
            if ($file->get($name) === null && Environment::ofProcess($name) === null && preg_match('/\A[\w.:-]+\z/', $value) === 1) {
                $file->set($name, $value);
                $new[] = $name;
            }
        }
        $missing = self::missingKeys($configuration);
        KeyPair::renew($file, $missing, $path);
        $new = [...$new, ...$missing];
        if ($new === []) {
            return [];
        }
        $file->save();

        return [sprintf('%s now has %s.', $path, implode(', ', $new))];
    }

    /**
     * One variable of ours would let none of the other server's count, so .env stays as it is.
     */
    private static function refusePlaceholders(ForeignVariables $foreign, Configuration $configuration): void
    {
        foreach (['api_key', 'secret_key'] as $key) {
            if (KeyPair::isPlaceholder($configuration->text($key, ''))) {
                $sentence = 'The configuration comes from the variables of %s, and they have no key that protects: set %s.';
                throw new CommandException(sprintf($sentence, $foreign->server, (string) $foreign->variableOf($key)));
            }
        }
    }

    /**
     * @return list<string>
     */
    private static function missingKeys(Configuration $configuration): array
    {
        $missing = [];
        foreach (['api_key' => KeyPair::API_KEY, 'secret_key' => KeyPair::SECRET_KEY] as $key => $name) {
            $value = $configuration->get($key);
            if ($value !== null && !is_string($value)) {
                continue;
            }
            if (!KeyPair::isPlaceholder($value)) {
                continue;
            }
            if (Environment::ofProcess($name) !== null) {
                throw new CommandException(sprintf('%s is set in the environment to no key, and wins over .env: unset it there first.', $name));
            }
            $missing[] = $name;
        }

        return $missing;
    }

    /**
     * @return list<string> what was done
     */
    private function copyConfiguration(string $root, InputInterface $input, OutputInterface $output): array
    {
        $target = $root . '/config/websocket.php';
        $content = (string) file_get_contents(self::PACKAGED);
        if (is_file($target)) {
            $same = @file_get_contents($target) === $content;
            if ($same || $input->getOption('force') !== true || !$this->confirm($target, $input, $output)) {
                return [];
            }
        }
        self::makeFolder(dirname($target));
        $temporary = $target . '.' . bin2hex(random_bytes(6));
        if (@file_put_contents($temporary, $content) !== strlen($content) || !@rename($temporary, $target)) {
            @unlink($temporary);
            throw new CommandException(sprintf('%s cannot be written.', $target));
        }

        return [sprintf('%s is a copy of the packaged configuration.', $target)];
    }

    private function confirm(string $target, InputInterface $input, OutputInterface $output): bool
    {
        if (!$input->isInteractive()) {
            return true;
        }
        $question = sprintf('%s exists. Replace it, with all changes that were made to it? [y/N] ', PlainText::escaped($target));

        return (bool) (new QuestionHelper())->ask($input, $output, new ConfirmationQuestion($question, false));
    }

    /**
     * @return list<string> what was done
     */
    private static function makeFolders(Configuration $configuration): array
    {
        $done = [];
        foreach (['socket.path', 'pid_file', 'log.file'] as $key) {
            $folder = dirname($configuration->text($key));
            if (!is_dir($folder)) {
                self::makeFolder($folder);
                $done[] = sprintf('%s was made.', $folder);
            }
        }

        return $done;
    }

    private static function makeFolder(string $folder): void
    {
        // The mode that was meant, whatever the umask: the server refuses a folder that others may write.
        $mask = umask(0o022);
        $made = @mkdir($folder, 0o755, true);
        umask($mask);
        if (!$made && !is_dir($folder)) {
            throw new CommandException(sprintf('The folder %s cannot be made.', $folder));
        }
    }
}
