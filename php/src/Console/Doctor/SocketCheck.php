<?php

declare(strict_types=1);

namespace Ody\Websocket\Console\Doctor;

use Ody\Websocket\Configuration;

/**
 * Can the server put its Unix socket where it is to be, and may this user connect to it?
 *
 * @internal
 */
final class SocketCheck implements Check
{
    private const WRITABLE_BY_OTHERS = 0o022;

    /**
     * @return list<Finding>
     */
    public function findings(Configuration $configuration): array
    {
        $path = $configuration->text('socket.path');
        // To publish through the socket of another user's server only its own rights matter.
        $foreign = @filetype($path) === 'socket' && fileowner($path) !== Mend::userId();
        $problems = $foreign
            ? array_filter([self::file($path)])
            : array_filter([self::folder(dirname($path)) ?? self::file($path), self::group($configuration)]);

        return $problems === [] ? [self::state($path)] : array_values($problems);
    }

    private static function folder(string $folder): ?Finding
    {
        $quoted = Mend::quote($folder);
        if (!file_exists($folder)) {
            return Finding::warning(sprintf('The folder of the socket, %s, does not exist yet.', $folder), 'mkdir -p -m 755 ' . $quoted);
        }
        if (!is_dir($folder)) {
            return Finding::failure(sprintf('%s is not a folder.', $folder), sprintf('mv %1$s %1$s.old && mkdir -m 755 %1$s', $quoted));
        }
        if (!in_array(fileowner($folder), [0, Mend::userId()], true)) {
            $sentence = sprintf('The folder of the socket, %s, belongs to another user, so a server of %s does not use it.', $folder, Mend::user());

            return Finding::failure($sentence, Mend::asRoot(sprintf('chown %s %s', Mend::quote(Mend::user()), $quoted)));
        }
        if ((fileperms($folder) & self::WRITABLE_BY_OTHERS) !== 0) {
            $sentence = sprintf('Others than its owner can write to the folder of the socket, %s, so the server does not use it.', $folder);

            return Finding::failure($sentence, 'chmod go-w ' . $quoted);
        }

        return null;
    }

    private static function file(string $path): ?Finding
    {
        if (!file_exists($path)) {
            return null;
        }
        if (filetype($path) !== 'socket') {
            return Finding::failure(sprintf('%s is in the way: it is not a socket.', $path), sprintf('mv %1$s %1$s.old', Mend::quote($path)));
        }
        if (!is_writable($path)) {
            $sentence = sprintf('%s may not connect to %s; set "socket.group" to a group of this user to keep it so after a restart.', Mend::user(), $path);

            return Finding::failure($sentence, Mend::asRoot(sprintf('chgrp %s %s', Mend::group(), Mend::quote($path))));
        }

        return null;
    }

    private static function group(Configuration $configuration): ?Finding
    {
        $name = $configuration->get('socket.group');
        if (!is_string($name) || $name === '' || !function_exists('posix_getgrnam')) {
            return null;
        }
        $group = posix_getgrnam($name);
        if ($group === false) {
            return Finding::failure(sprintf('"socket.group" is "%s", and this machine has no such group.', $name), Mend::asRoot('groupadd ' . Mend::quote($name)));
        }
        $groups = [posix_getegid(), ...(array) posix_getgroups()];
        if (Mend::userId() !== 0 && !in_array($group['gid'], $groups, true)) {
            $sentence = sprintf('%s is not in the group "%s" of "socket.group"; it counts after the next login.', Mend::user(), $name);

            return Finding::failure($sentence, Mend::asRoot(sprintf('usermod -aG %s %s', Mend::quote($name), Mend::quote(Mend::user()))));
        }

        return null;
    }

    private static function state(string $path): Finding
    {
        return Finding::good(file_exists($path) ? sprintf('This user may connect to %s.', $path) : sprintf('The socket can be made: %s.', $path));
    }
}
