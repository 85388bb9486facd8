// The reference of the API as Markdown, from the declarations and their comments.
import ts from 'typescript';

const TITLE = `# Reference of OdyWebSocketClient

Made of the comments in [js/src](../js/src) by \`npm run build\`. How to begin: [js/README.md](../js/README.md).
`;

/** What most people look for comes first; everything else follows in the order of the declarations. */
const FIRST = [
  'OdyWebSocketClient',
  'ClientOptions',
  'SomeOptions',
  'Asked',
  'ClientEvents',
  'ConnectionState',
  'Channel',
  'ChannelEvents',
  'Members',
  'User',
];

/** Base classes that are named nowhere else: what they offer is told with those that extend them. */
const INLINED = ['Connection', 'Wish'];

/** The comment of a declaration: its text, and its tags as [name, parameter, text]. */
function comment(node) {
  const doc = (node.jsDoc ?? []).at(-1);
  const words = (value) => (typeof value === 'string' ? value : (value ?? []).map((part) => part.text).join('')).trim();
  const tags = (doc?.tags ?? []).map((tag) => [tag.tagName.text, tag.name?.text ?? '', words(tag.comment)]);
  return { text: words(doc?.comment), tags };
}

/** A declaration without its comments, in one line where it is short. */
function signature(node, file) {
  const text = node
    .getText(file)
    .replace(/\/\*\*[^]*?\*\/\s*/g, '')
    .replace(/^export declare /, '');
  return text
    .replace(/\s*\n\s*/g, ' ')
    .replace(/;$/, '')
    .replace(/"/g, "'");
}

const cell = (text) => text.replace(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');

function table(members, file) {
  const rows = members.map((member) => {
    const name = `${member.name.getText(file)}${member.questionToken ? '?' : ''}`;
    const type = member.type ? signature(member.type, file) : '';
    return `| \`${name}\` | \`${cell(type)}\` | ${cell(comment(member).text)} |`;
  });
  return ['| name | type | meaning |', '|---|---|---|', ...rows].join('\n');
}

function tagLine([tag, name, text]) {
  const label = { param: `\`${name}\``, returns: 'Returns', throws: 'Throws' }[tag] ?? tag;
  return `- ${label}: ${text.replace(/^-\s*/, '').replace(/\s*\n\s*/g, ' ')}`;
}

function method(member, file) {
  const { text, tags } = comment(member);
  return [
    '```ts',
    signature(member, file),
    '```',
    '',
    text,
    ...(tags.length > 0 ? ['', ...tags.map(tagLine)] : []),
  ].join('\n');
}

/** What a class offers, with what it has from base classes that nobody sees. */
function membersOf(node, classes) {
  const base = node.heritageClauses?.flatMap(({ types }) => types.map(({ expression }) => expression.getText())) ?? [];
  const inherited = base
    .filter((name) => INLINED.includes(name))
    .flatMap((name) => membersOf(classes.get(name), classes));
  return [...node.members, ...inherited].filter((member) => member.name && !ts.isPrivateIdentifier(member.name));
}

function classSection(node, file, classes) {
  const members = membersOf(node, classes);
  const constructor = node.members.filter((member) => ts.isConstructorDeclaration(member) && comment(member).text);
  const fields = members.filter((member) => ts.isPropertyDeclaration(member) || ts.isGetAccessor(member));
  const methods = members.filter((member) => ts.isMethodDeclaration(member) && ts.isIdentifier(member.name));
  const emits = node.name.text !== 'Emitter' && /extends (Emitter|Connection|Wish)\b/.test(node.getText(file));
  return [
    ...(emits ? ['It has `on()`, `once()` and `off()`: see [Emitter](#emitter).'] : []),
    ...constructor.map((member) => method(member, file).replace('constructor(', `new ${node.name.text}(`)),
    ...(fields.length > 0 ? [table(fields, file)] : []),
    ...methods.map((member) => method(member, file)),
  ];
}

function section(node, file, classes) {
  const body = [`## ${node.name.text}`, comment(node).text];
  if (ts.isClassDeclaration(node)) {
    body.push(...classSection(node, file, classes));
  } else if (ts.isInterfaceDeclaration(node)) {
    body.push(
      table(
        node.members.filter((member) => member.name),
        file,
      ),
    );
  } else {
    body.push(`\`\`\`ts\n${signature(node, file)}\n\`\`\``);
  }
  return body.filter(Boolean).join('\n\n');
}

/** @param declarations the text of the declarations, as shipped */
export function reference(declarations) {
  const file = ts.createSourceFile('api.d.ts', declarations, ts.ScriptTarget.ES2022, true);
  const nodes = file.statements.filter((node) => node.name && !INLINED.includes(node.name.text));
  const classes = new Map(file.statements.filter(ts.isClassDeclaration).map((node) => [node.name.text, node]));
  const exported = nodes.filter((node) => node.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword));
  const rank = ({ name }) => FIRST.indexOf(name.text) + 1 || FIRST.length + 1;
  const sorted = exported.map((node, index) => [rank(node), index, node]).sort(([a, b], [c, d]) => a - c || b - d);
  return `${[TITLE, ...sorted.map(([, , node]) => section(node, file, classes))].join('\n\n').replace(/\n{3,}/g, '\n\n')}\n`;
}
