<?php

declare(strict_types=1);

namespace Ody\Websocket\Console;

use Ody\Websocket\Configuration;
use Ody\Websocket\Configuration\Environment;
use Ody\Websocket\Configuration\ForeignVariables;
use Ody\Websocket\Configuration\ProjectRoot;
use Symfony\Component\Console\Command\Command;
use Symfony\Component\Console\Helper\QuestionHelper;
use Symfony\Component\Console\Input\InputInterface;
use Symfony\Component\Console\Input\InputOption;
use Symfony\Component\Console\Output\OutputInterface;
use Symfony\Component\Console\Question\ConfirmationQuestion;

/**
 * websocket:keys
 */
final class KeysCommand extends Command
{
    use TypedHelp;

    public const NAME = 'websocket:keys';

    /**
     *     $console->add(new KeysCommand('/srv/app'));
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
            ->setDescription('Makes new random keys in .env')
            ->addOption('force', 'f', InputOption::VALUE_NONE, 'Replace keys without asking')
            ->addOption('show', null, InputOption::VALUE_NONE, 'Change nothing; print the API key in use, and only that')
            ->setHelp(<<<'HELP'
                Puts a new WEBSOCKET_API_KEY and a new WEBSOCKET_SECRET_KEY into the project's .env. Everything
                else in the file stays as it is. Clients with the old key are refused from the next start on.

                  <info>php artisan websocket:keys</info>
                  <info>php artisan websocket:keys --force</info>         for scripts: replaces keys without asking
                  <info>php artisan websocket:keys --show</info>          prints the API key that browsers connect with

                The secret key is never printed.
                HELP);
    }

    protected function execute(InputInterface $input, OutputInterface $output): int
    {
        $root = $this->root ?? ProjectRoot::find();
        if ($input->getOption('show') === true) {
            return self::show($root, $output);
        }
        $path = $root . '/.env';
        $file = EnvironmentFile::open($path);
        if (self::holdsKeys($file) && $input->getOption('force') !== true && !$this->confirm($path, $input, $output)) {
            $output->writeln('Nothing was changed.');

            return self::FAILURE;
        }
        $foreign = ForeignVariables::find(Environment::ofRoot($root));
        $keys = KeyPair::renew($file, KeyPair::NAMES, $path);
        $file->save();
        $output->writeln(sprintf('New keys are in %s. The API key is %s.', $path, $keys[KeyPair::API_KEY]));
        $output->writeln('A server that is running uses them after a restart.');
        self::warn($output);
        if ($foreign !== null) {
            $sentence = 'The variables of %s do not count any more, because variables of this server are set now.';
            $output->writeln(sprintf('<comment>' . $sentence . '</comment>', $foreign->server));
        }

        return self::SUCCESS;
    }

    private static function show(string $root, OutputInterface $output): int
    {
        $key = Configuration::ofRoot($root)->get('api_key');
        if (!is_string($key) || $key === '') {
            throw new CommandException(sprintf('There is no API key yet: %s makes one.', CommandLine::typed('websocket:keys')));
        }
        $output->writeln($key, OutputInterface::OUTPUT_RAW);

        return self::SUCCESS;
    }

    private static function holdsKeys(EnvironmentFile $file): bool
    {
        foreach (KeyPair::NAMES as $name) {
            if (!KeyPair::isPlaceholder($file->get($name))) {
                return true;
            }
        }

        return false;
    }

    private function confirm(string $path, InputInterface $input, OutputInterface $output): bool
    {
        if (!$input->isInteractive()) {
            throw new CommandException(sprintf('%s holds keys already; --force replaces them.', $path));
        }
        $question = new ConfirmationQuestion(
            sprintf('%s holds keys already. Clients that use them will be refused. Replace them? [y/N] ', $path),
            false,
        );

        return (bool) (new QuestionHelper())->ask($input, $output, $question);
    }

    /**
     * A variable of the environment would hide the new key.
     */
    private static function warn(OutputInterface $output): void
    {
        foreach (KeyPair::NAMES as $name) {
            if (Environment::ofProcess($name) !== null) {
                $output->writeln(sprintf('<comment>%s is set in the environment, which wins over .env.</comment>', $name));
            }
        }
    }
}
