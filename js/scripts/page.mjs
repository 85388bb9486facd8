// Pages in one file each: template, the style that both share and its own, script and, in the test page, the client as it is shipped. The
// Content-Security-Policy names the very scripts and the style that are in it, so nothing else can run.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, transform } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

const hash = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The policy. Pages of Chromium take no text for HTML at all. */
function policy(scripts, style, connect) {
  return [
    "default-src 'none'",
    `script-src ${scripts.map(hash).join(' ')}`,
    `style-src ${hash(style)}`,
    `connect-src ${connect}`,
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

async function script(folder) {
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

/** Puts the parts of a folder into its template. @param texts what else the template wants */
async function assemble(name, connect, texts) {
  const folder = join(root, name);
  const sheets = [join(root, 'shared', 'base.css'), join(folder, `${name}.css`)];
  const style = await transform(sheets.map((sheet) => readFileSync(sheet, 'utf8')).join('\n'), {
    loader: 'css',
    minify: true,
  });
  const parts = {
    ...texts,
    script: inline(await script(folder), 'script'),
    style: inline(style.code.trim(), 'style'),
  };
  parts.csp = policy([parts.client, parts.script].filter(Boolean), parts.style, connect);
  const template = readFileSync(join(folder, `${name}.html`), 'utf8').replace(
    />\s*(%\w+%)\s*<\/(script|style)>/g,
    '>$1</$2>',
  );
  return template.replace(/%(csp|client|script|style|version)%/g, (_, part) => parts[part]);
}

/** The test page, which may ask any server. @param client the script of the client, as built */
export function page(client, version) {
  const text = client.replace(/\n\/\/# sourceMappingURL=.*\s*$/, '').trim();
  return assemble('page', 'ws: wss: http: https:', { client: inline(text, 'script'), version });
}

/** The inspector, which asks the server that it came from. */
export function inspector() {
  return assemble('inspector', "'self'", {});
}
