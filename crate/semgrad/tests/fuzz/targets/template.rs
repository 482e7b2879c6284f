//! Chat templates, rendered with a conversation: a template alone, or with messages behind it, `== ROLE` each.

use super::{Target, files, speak, tokenizer};
use semgrad::text::{Message, TextSource};

/// A template may write 16 MB, of which several renderings are compared; values that it builds have no limit of their own.
const MUCH: usize = 256 << 20;

/// See [`Target`].
pub const TARGET: Target = Target { name: "template", run, seeds, words: WORDS, anyway: MUCH, inputs: 4_000 };

const WORDS: &[&str] = &[
    "{{",
    "}}",
    "{%",
    "%}",
    "{%-",
    "-%}",
    "{#",
    "#}",
    "{% for m in messages %}",
    "{% endfor %}",
    "{% if true %}",
    "{% else %}",
    "{% endif %}",
    "{% set x = x ~ x %}",
    "{% set ns = namespace(x='ab') %}",
    "{% set ns.x = ns.x + ns.x %}",
    "{% for i in range(100000) %}",
    "{% macro f(a, b=f) %}",
    "{% endmacro %}",
    "{{ f(f) }}",
    "{% raw %}",
    "{% endraw %}",
    "{% filter upper %}",
    "{% endfilter %}",
    "{% generation %}",
    "{% endgeneration %}",
    "{% include 'chat template' %}",
    "{% break %}",
    "{% continue %}",
    "{% call(x) f() %}",
    "{% endcall %}",
    "messages",
    "messages[::-1]",
    "[1:-1:2]",
    "loop.index0",
    "bos_token",
    "add_generation_prompt",
    "|tojson(indent=4)",
    "|trim",
    "|length",
    "|join('x')",
    "|replace('', 'xx')",
    "|format(1, 2)",
    "'%s %5d' % (1, 2)",
    "'%99999d' % 1",
    "|indent(99999)",
    "|center(99999)",
    "|batch(2)",
    "|slice(3)",
    "|map('upper')",
    "|selectattr('role', 'equalto', 'user')",
    "|groupby('role')",
    "|sort",
    "|unique|list",
    "|dictsort",
    "|items",
    "|default('a', true)",
    ".split('')",
    ".split(' ', -1)",
    ".strip()",
    ".replace('', 'y')",
    ".startswith('a')",
    ".format(1)",
    ".items()",
    ".upper()",
    ".count('')",
    ".find('a')",
    "* 99999",
    "** 99",
    "// 0",
    "% 0",
    "is defined",
    "is not none",
    "is mapping",
    "not",
    "and",
    "in",
    "raise_exception('no')",
    "strftime_now('%d %b %Y')",
    "namespace()",
    "dict(a=1)",
    "cycler(1)",
    "'\\N{x}'",
    "'\\x4'",
    "'\\ud83d'",
    "[]",
    "{}",
    "()",
    "((((((((",
    "[[[[[[[[",
    "\n== user\n",
    "\n== assistant\n",
    "\n== tool\n",
    "<e>",
    "<s>",
];

fn run(data: &[u8]) -> bool {
    let mut parts = files::split(data, "template").into_iter();
    let template = parts.next().map(|(_, text)| text);
    let message =
        |(role, content): (String, Vec<u8>)| Message { role, content: String::from_utf8_lossy(&content).into_owned() };
    let said: Vec<Message> = parts.map(message).collect();
    let messages = if said.is_empty() { speak::conversation() } else { said };
    let source = TextSource {
        tokenizer_json: Some(tokenizer::small().into_bytes()),
        tokenizer_config_json: Some(br#"{"bos_token":"<s>","eos_token":"<e>"}"#.to_vec()),
        chat_template_jinja: template,
        ..TextSource::default()
    };
    speak::speak(&source, &messages)
}

fn seeds() -> Vec<Vec<u8>> {
    let published = ["gemma", "inst", "llama3", "qwen2.5", "smollm2", "think"];
    let mut seeds: Vec<_> = published.iter().map(|name| files::read(&format!("text/templates/{name}.jinja"))).collect();
    seeds.push(b"{% macro turn(m, end='<e>') %}{{ '%s: ' % m.role }}{{ m.content|trim }}{{ end }}{% endmacro %}{% for m in messages[::-1] %}{{ turn(m) }}{% endfor %}{{ [1, 2, 3][0:2]|tojson }}".to_vec());
    let talk = [
        ("template", files::read("text/templates/smollm2.jinja")),
        ("user", b"Hi <e>".to_vec()),
        ("assistant", b"<s>".to_vec()),
    ];
    seeds.push(files::join(&talk));
    seeds
}
