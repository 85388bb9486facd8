// The declarations of the client in one file, without what is marked as internal.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { generateDtsBundle } from 'dts-bundle-generator';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');

export function declarations() {
  const entry = { filePath: join(root, 'src/index.ts'), output: { noBanner: true, exportReferencedTypes: false } };
  const [text] = generateDtsBundle([entry], { preferredConfigPath: join(root, 'tsconfig.json') });
  return text;
}
