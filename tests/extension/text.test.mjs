/** What the extension reads of an answer is what a person reads: each formula, cell and line once, and nothing else. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { address, bundle } from "../browser/lib/bundle.mjs";
import { openBrowser } from "../browser/lib/chromium.mjs";
import { hostOf, LAYOUTS, openLayout, turnsOf } from "./lib/layouts.mjs";

const { rulesFor } = await bundle("www/extension/src/sites.ts");

let browser;
let page;
let module;
let finding;

before(async () => {
  module = await address("www/extension/src/page/text.ts");
  finding = await address("www/extension/src/page/find.ts");
  browser = await openBrowser();
  page = await browser.context.newPage();
  await page.evaluate(async (url) => {
    globalThis.reading = await import(url);
  }, module);
});
after(() => browser.close());

/** The text of an answer with that markup. */
const read = (html, limit = 4000) =>
  page.evaluate(
    ([markup, most]) => {
      document.body.innerHTML = `<main>${markup}</main>`;
      return globalThis.reading.textOf(document.querySelector("main"), most);
    },
    [html, limit],
  );

async function reads(table) {
  for (const [html, want] of table) assert.equal(await read(html), want, html);
}

const mathml = (inside, annotation = "") =>
  `<math xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow>${inside}</mrow>${annotation}</semantics></math>`;
const tex = (source) => `<annotation encoding="application/x-tex">${source}</annotation>`;
const AREA = "<mi>A</mi><mo>=</mo><mi>π</mi><msup><mi>r</mi><mn>2</mn></msup>";
const glyphs = "<span class='base'><span class='mord'>A</span><span class='mrel'>=</span>πr<span>\u200b2</span></span>";

test("a formula of KaTeX is read once, as its source", async () => {
  const both = `<span class="katex-mathml">${mathml(AREA, tex("A=\\pi r^2"))}</span><span class="katex-html" aria-hidden="true">${glyphs}</span>`;
  await reads([
    [`<p>The area is <span class="katex">${both}</span>, or so.</p>`, "The area is A=\\pi r^2, or so."],
    [
      `<p>This:<span class="katex-display"><span class="katex">${both}</span></span>holds.</p>`,
      "This:\nA=\\pi r^2\nholds.",
    ],
    // For the eye only, and for screen readers only.
    [`<p>Is <span class="katex"><span class="katex-html" aria-hidden="true">${glyphs}</span></span>.</p>`, "Is A=πr2."],
    [`<p>Is <span class="katex">${mathml(AREA, tex("A=\\pi r^2"))}</span>.</p>`, "Is A=\\pi r^2."],
    [`<p>Is <span class="katex">${mathml(AREA)}</span>.</p>`, "Is A=πr^2."],
  ]);
});

test("so is one of MathJax, Wikipedia, or the browser's own", async () => {
  const assistive = `<mjx-assistive-mml unselectable="on" display="inline">${mathml(AREA)}</mjx-assistive-mml>`;
  const old = '<span class="MathJax_Preview">A = ...</span><span class="MathJax" id="MathJax-Element-1-Frame">';
  const nobr = `<nobr aria-hidden="true">${glyphs}</nobr><span class="MJX_Assistive_MathML">${mathml(AREA)}</span></span>`;
  const wiki = `<span class="mwe-math-mathml-inline" style="display: none">${mathml(AREA, tex("{\\displaystyle A=\\pi r^{2}}"))}</span><img class="mwe-math-fallback-image-inline" aria-hidden="true" alt="{\\displaystyle A=\\pi r^{2}}">`;
  await reads([
    [
      `<p>Is <mjx-container><mjx-math aria-hidden="true"><mjx-c class="mjx-c41"></mjx-c></mjx-math>${assistive}</mjx-container>.</p>`,
      "Is A=πr^2.",
    ],
    [`<p>Is <mjx-container><svg><g>A</g></svg>${assistive}</mjx-container>.</p>`, "Is A=πr^2."],
    [
      '<p>Is <mjx-container><mjx-math><mjx-mi><mjx-c class="mjx-c1D434 TEX-I"></mjx-c></mjx-mi><mjx-mo><mjx-c class="mjx-c3D"></mjx-c></mjx-mo></mjx-math></mjx-container>.</p>',
      "Is A=.",
    ],
    [`<p>Is ${old}${nobr}<script type="math/tex">A=\\pi r^2</script>.</p>`, "Is A=\\pi r^2."],
    [`<p>Is <span class="mwe-math-element">${wiki}</span>.</p>`, "Is A=\\pi r^{2}."],
    [`<p>Is ${mathml("<mfrac><mi>a</mi><mrow><mi>b</mi><mo>+</mo><mn>1</mn></mrow></mfrac>")}.</p>`, "Is a/(b+1)."],
    [`<p>Is <math alttext="x^2"><mi>x</mi></math>.</p>`, "Is x^2."],
  ]);
});

test("cells stay apart, and rows are lines", async () => {
  await reads([
    [
      "<table><thead><tr><th>Country</th><th>Capital</th></tr></thead><tbody><tr><td>France</td><td>Paris</td></tr><tr><td>Peru</td><td></td></tr></tbody></table>after",
      "Country\tCapital\nFrance\tParis\nPeru\t\nafter",
    ],
    ["<table><tr><td><p>a</p><p>b</p></td><td>c</td></tr></table>", "a b\tc"],
    [
      "<div role='table'><div role='row'><span role='cell'>1</span><span role='cell'>2</span></div><div role='row'><span role='cell'>3</span></div></div>",
      "1\t2\n3",
    ],
  ]);
});

test("lines, lists and spaces are as the page shows them", async () => {
  await reads([
    ["One<br>two<p>three</p><span style='display: block'>four</span>five", "One\ntwo\nthree\nfour\nfive"],
    ["<ol start='3'><li>c</li><li><p>d</p></li></ol><ul><li>x</li></ul>", "3. c\n4. d\nx"],
    ["<ol reversed><li>z</li><li value='7'>y</li></ol>", "2. z\n7. y"],
    ["<ol style='list-style: none'><li>plain</li></ol>", "plain"],
    ["<div style='white-space: pre-wrap'>a\n  b</div>", "a\n  b"],
    ["<p>hy\u00adphen\u200b and\u00a0 space</p>", "hyphen and space"],
    ["<p>10<sup>6</sup>, x<sup>-1</sup>, 1<sup>st</sup>, H<sub>2</sub>O</p>", "10^6, x^(-1), 1st, H2O"],
    ["<ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby> <q>so</q>", "漢(kan) “so”"],
  ]);
});

test("nobody reads what is not shown, what works the page, and where it comes from", async () => {
  const hidden = "position: absolute; width: 1px; height: 1px; overflow: hidden";
  await reads([
    ["a<span class='sr-only'>no</span><span hidden>no</span><span style='display: none'>no</span>b", "ab"],
    ["a<span style='visibility: hidden'>no</span><i aria-hidden='true' class='icon'>check</i>b", "ab"],
    [`a<span style='${hidden}'>no</span><span style='position: absolute; clip: rect(0, 0, 0, 0)'>no</span>b`, "ab"],
    ["a<span style='clip-path: inset(50%)'>no</span><style>no</style><noscript>no</noscript>b", "ab"],
    ["a<template>no</template><script>no()</script><div role='button'>no</div><textarea>no</textarea>b", "ab"],
    ["<details><summary>Thought</summary>no</details>b", "Thought\nb"],
    ["<details open><summary>Thought</summary>yes</details>b", "Thought\nyes\nb"],
    ["Paris<sup><a href='#1'>[1]</a></sup> is<sup>[2]</sup> old<a href='#3'><sup>3</sup></a>.", "Paris is old."],
    [
      "<p>So:</p><pre><div><span>python</span><span>Copy code</span></div><code>a = 1\n\n  b = 2\n</code></pre><p>Done.</p>",
      "So:\na = 1\n\n  b = 2\nDone.",
    ],
    ["<img alt='$x^2$'> <img alt='\\alpha'> <span role='math' aria-label='y'></span>", "$x^2$ \\alpha y"],
    [
      "<p>x <span role='button'>Copy</span> <span role='button'>Rome</span> <i class='cursor-text'>4</i><i class='caret'>|</i></p>",
      "x Rome 4",
    ],
    ["<div role='status'>Searching…</div><time>2 minutes ago</time><time>1879</time>", "1879"],
    ["<i aria-hidden='true'>x</i><p><b aria-hidden='true'>½</b><b class='sr-only'>one half</b> cup</p>", "½ cup"],
    ["<img alt='A house'><img alt='😀'><img class='latex' alt='x^2'>", "😀x^2"],
  ]);
});

test("an open shadow tree is read with what it lets through", async () => {
  const text = await page.evaluate(() => {
    document.body.innerHTML = "<main><div><b>inside</b></div></main>";
    const tree = document.querySelector("main > div").attachShadow({ mode: "open" });
    tree.innerHTML = "<p>around <slot></slot></p>";
    return globalThis.reading.textOf(document.querySelector("main"), 4000);
  });
  assert.equal(text, "around inside");
});

test("a selection is read alike, a formula as a whole", async () => {
  const text = await page.evaluate(
    (formula) => {
      document.body.innerHTML = `<main><p id="a">It is said that</p><p>x is <span class="katex">${formula}</span><b>!</b></p></main>`;
      const range = document.createRange();
      range.setStart(document.getElementById("a").firstChild, 6);
      range.setEnd(document.querySelector("mi").firstChild, 1);
      return globalThis.reading.selectedText(range, 4000);
    },
    `<span class="katex-mathml">${mathml(AREA, tex("A=\\pi r^2"))}</span><span class="katex-html" aria-hidden="true">${glyphs}</span>`,
  );
  assert.equal(text, "said that\nx is A=\\pi r^2");
});

test("a selection reaches into shadow trees, and is read within them", async () => {
  const texts = await page.evaluate(() => {
    document.body.innerHTML = "<main><p>Before it.</p><x-part>light</x-part><p>After it.</p></main>";
    const [main, host] = [document.querySelector("main"), document.querySelector("x-part")];
    host.attachShadow({ mode: "open" }).innerHTML = "<p>In <b>there</b></p><p><slot></slot></p>";
    const read = (start, from, end, to) => {
      const range = document.createRange();
      range.setStart(start, from);
      range.setEnd(end, to);
      return globalThis.reading.selectedText(range, 4000);
    };
    const word = host.shadowRoot.querySelector("b").firstChild;
    return [
      read(main.firstChild.firstChild, 7, main.lastChild.firstChild, 5),
      read(word, 1, word, 3),
      read(host.shadowRoot, 0, host.shadowRoot, 2),
    ];
  });
  assert.deepEqual(texts, ["it.\nIn there\nlight\nAfter", "he", "In there\nlight"]);
});

test("marks of sources go with their brackets and spaces, and nothing else does", async () => {
  const pill = "display: inline-flex; border-radius: 9px; background: #eee";
  await reads([
    [
      "<p>Old [<a href='#1'>1</a>, <a href='#2'>2</a>] walls<a href='#1'>1</a>–<a href='#3'>3</a>; new</p>",
      "Old walls; new",
    ],
    [
      "<p>Old <a class='citation' href='#1'>a.example</a>, new <span class='cite'><a href='#'>b</a></span>!</p>",
      "Old, new!",
    ],
    [`<p>Old <a href='#' style='${pill}; font-size: 10px'>Wikipedia</a>.</p>`, "Old."],
    [`<p>A tag: <a href='#' style='${pill}'>important</a></p>`, "A tag: important"],
    [
      "<p>See <a href='#'>[Smith 2020]</a>, page <a href='#'>7</a>, H<a href='#'>2</a>O</p>",
      "See [Smith 2020], page 7, H2O",
    ],
    ["<p>In <span class='citation'>Smith (2020)</span>, <cite>Hamlet</cite></p>", "In Smith (2020), Hamlet"],
    [
      "<p>By <a class='reference external' href='#'>the manual</a><sup class='reference'>2</sup><sup>[a]</sup>.</p>",
      "By the manual.",
    ],
    ["<p class='source'>Source: <a href='#'>NASA</a></p>", "Source: NASA"],
    ["<div class='sources'>Paris is in <a href='#'>France</a>.</div>", "Paris is in France."],
    ["<p>x</p><div class='sources'><h3>Sources</h3><a href='#'>a</a></div>", "x"],
    ["<p>one <a class='cite' href='#'>a</a>;</p><p>two</p>", "one;\ntwo"],
  ]);
});

test("what was thought is told from what looks like it", async () => {
  await reads([
    ["<button aria-expanded='false'>Thought for 5s</button><div>yes</div>", "yes"],
    ["<button aria-expanded='true'>Thought for 1m 5s</button><div>no</div><div>yes</div>", "yes"],
    ["<div>Thought for a few seconds</div><p>yes</p>", "yes"],
    [
      "<p>Thinking for a while, I said yes.</p><h3>Reasoning</h3><p>yes</p>",
      "Thinking for a while, I said yes.\nReasoning\nyes",
    ],
    ["<details open><summary>Show reasoning</summary>no</details>yes", "yes"],
    [
      "<button>▸ Thought for 5 s ›</button><div class='ds-think-content'>no</div><div class='thinking-done'>yes</div>",
      "yes",
    ],
    [
      "<div class='Reasoning_panel__x3d'>no</div><ms-thought-chunk>no</ms-thought-chunk><p class='is-thinking'>yes</p>",
      "yes",
    ],
  ]);
});

test("a bar above code is told from a line of text", async () => {
  const code = "<pre><code>x = 1</code></pre>";
  await reads([
    [`<div>python</div>${code}`, "x = 1"],
    [`<div><b>main.py</b><button>Copy</button></div>${code}`, "x = 1"],
    [`<div>klingon</div><pre><code class='language-klingon'>x = 1</code></pre>`, "x = 1"],
    [`<div><span>python</span><span class='copy'>Copy code</span></div>${code}`, "x = 1"],
    ["<pre><ol class='linenums'><li>x = 1</li><li>y = 2</li></ol></pre>", "x = 1\ny = 2"],
    ["<pre><div>json<button>Copy</button></div>{}</pre>", "{}"],
    [`<div>Output</div>${code}`, "Output\nx = 1"],
    [`<div>Yes.</div><div>${code}<div><button>Copy</button></div></div>`, "Yes.\nx = 1"],
    [`<p>python</p>${code}`, "python\nx = 1"],
  ]);
});

test("what stands side by side has a gap if the page shows one", async () => {
  await reads([
    ["<div style='display: flex; gap: 4px'><span>Price</span><span>90 €</span></div>", "Price 90 €"],
    [
      "<div style='display: flex; justify-content: space-between'><span>Price</span><span>90 €</span></div>",
      "Price 90 €",
    ],
    ["<span style='display: inline-flex'><span>Pa</span><span>ris</span></span> it is", "Paris it is"],
    ["<div style='display: flex; flex-direction: column'><span>a</span><span>b</span></div>", "a\nb"],
  ]);
});

test("scripts around a base, words in a formula, and cells that reach down on both sides", async () => {
  await reads([
    [
      "<math><mmultiscripts><mi>C</mi><mn>6</mn><none/><mprescripts/><none/><mn>14</mn></mmultiscripts></math>",
      "^14C_6",
    ],
    ["<p>f<sup>′</sup>(x) and x<sup>(2)</sup></p>", "f′(x) and x^(2)"],
    ["<math><mn>1</mn><mtext>if</mtext><mi>x</mi></math>", "1 if x"],
    [
      "<table><tr><td rowspan='2'>a</td><td>b</td><td rowspan='0'>c</td></tr><tr><td>d</td></tr><tr><td>e</td><td>f</td></tr></table>",
      "a\tb\tc\na\td\tc\ne\tf\tc",
    ],
  ]);
});

test("no more is read than was asked for, however deep or long", async () => {
  assert.ok((await read(`<p>${"word ".repeat(10_000)}</p>`.repeat(3), 100)).length <= 110);
  assert.equal(await read("<b>".repeat(1000)), "");
});

for (const layout of LAYOUTS) {
  test(`the saved layout ${layout} is read as a person reads it`, async () => {
    const opened = await openLayout(browser.context, layout);
    const found = await opened.evaluate(
      async ([text, find, rules]) => {
        const [{ textOf }, { findTurns }] = await Promise.all([import(text), import(find)]);
        return findTurns(rules).map(({ question, answer }) => ({ question, answer: textOf(answer, 4000) }));
      },
      [module, finding, rulesFor(hostOf(layout), [])],
    );
    await opened.close();
    assert.deepEqual(found, turnsOf(layout));
  });
}
