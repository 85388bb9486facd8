// Texts that want to be HTML: each calls fired() where it becomes that.

export const CORPUS = [
  '<img src=x onerror=fired()>',
  '<svg onload=fired()>',
  '<svg><animate onbegin=fired() attributeName=x dur=1s>',
  '<iframe srcdoc="<script>parent.fired()</script>"></iframe>',
  '<script>fired()</script>',
  '</pre></details><img src=x onerror=fired()>',
  '"><img src=x onerror=fired()>',
  "'><img src=x onerror=fired()>",
  '<details open ontoggle=fired()>',
  '<input autofocus onfocus=fired()>',
  '<style>@keyframes x{}</style><b style="animation-name:x" onanimationstart=fired()>x</b>',
  '<video><source onerror=fired()></video>',
  '<audio src=x onerror=fired()>',
  '<object data=x onerror=fired()></object>',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=fired()&gt;">',
  '<noscript><p title="</noscript><img src=x onerror=fired()>">',
  '<template><img src=x onerror=fired()></template>',
  '<a href="javascript:fired()">x</a>',
  'javascript:fired()',
  '{{constructor.constructor("fired()")()}}',
  '&lt;img src=x onerror=fired()&gt;',
  '\u003cimg src=x onerror=fired()\u003e',
  '<img src=x onerror\u0000=fired()>',
  '<IMG SRC=x ONERROR=fired()>',
  '<svg/onload=fired()//',
  '<form><button formaction=javascript:fired() autofocus onfocus=fired()>x',
];

/** The page does with texts what it must not. */
export function plant() {
  Object.defineProperty(Node.prototype, 'textContent', {
    set(text) {
      this.innerHTML = text;
    },
  });
  Element.prototype.append = function append(...parts) {
    for (const part of parts) {
      typeof part === 'string' ? this.insertAdjacentHTML('beforeend', part) : this.appendChild(part);
    }
  };
}
