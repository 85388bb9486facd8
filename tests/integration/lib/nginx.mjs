// Debian's nginx on a free port, in a folder of its own.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './project.mjs';
import { start } from './server.mjs';
import { accepts, eventually, within } from './wait.mjs';

const configuration = (folder, port, { http = '', location }) => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log ${folder}/error.log;
events { worker_connections 256; }
http {
    access_log off;
    client_body_temp_path ${folder}/body;
    proxy_temp_path ${folder}/proxy;
    fastcgi_temp_path ${folder}/fastcgi;
    uwsgi_temp_path ${folder}/uwsgi;
    scgi_temp_path ${folder}/scgi;
    ${http}
    server {
        listen 127.0.0.1:${port};
        location / {
            ${location}
        }
    }
}
`;

export class Nginx {
  /** Starts it. `http` is for the http block, `location` for the location /. */
  static async start(parts) {
    const nginx = new Nginx();
    nginx.folder = mkdtempSync(join(tmpdir(), 'ody-nginx-'));
    chmodSync(nginx.folder, 0o755);
    nginx.port = await freePort();
    const file = join(nginx.folder, 'nginx.conf');
    writeFileSync(file, configuration(nginx.folder, nginx.port, parts));
    nginx.process = start('nginx', ['-p', nginx.folder, '-c', file, '-e', join(nginx.folder, 'error.log')], {
      env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
    });
    await eventually(() => accepts(nginx.port), 'a listening nginx');
    return nginx;
  }

  async stop() {
    this.process.child.kill('SIGTERM');
    await within(this.process.exited, 'the end of nginx');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
