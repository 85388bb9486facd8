// The test page in one file: template, style, script, and the client as it is shipped. The Content-Security-Policy names
// the very scripts and the style that are in it, so nothing else can run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const folder = resolve(dirname(fileURLToPath(import.meta.url)), '../page');

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The policy. Pages of Chromium take no text for HTML at all. */
function policy(scripts, style) {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    'connect-src ws: wss: http: https:',
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}

/** What stands between two tags must not look like the end of them. */
function inline(text, tag) {
  if (text.toLowerCase().includes(`</${tag}`)) {
    throw new Error(`the text of <${tag}> holds its own end`);
  }
  return text;
}

async function script() {
  const { outputFiles } = await build({
    absWorkingDir: folder,
    entryPoints: ['main.ts'],
    bundle: true,
    format: 'iife',
    minify: true,
    target: 'es2022',
    charset: 'utf8',
    write: false,
    logLevel: 'warning',
  });
  return outputFiles[0].text.trim();
}

/** @param client the script of the client, as built */
export async function page(client, version) {
  const style = await transform(readFileSync(join(folder, 'page.css'), 'utf8'), { loader: 'css', minify: true });
  const parts = {
    client: inline(client.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '').trim(), 'script'),
    script: inline(await script(), 'script'),
    style: inline(style.code.trim(), 'style'),
    version,
  };
  parts.csp = policy([parts.client, parts.script], parts.style);
  const template = readFileSync(join(folder, 'page.html'), 'utf8').replace(
    />\s*(%\w+%)\s*<\/(script|style)>/g,
    '>$1</$2>',
  );
  return template.replace(/%(csp|client|script|style|version)%/g, (_, name) => parts[name]);
}
