"""Makes jinja.json: constructs of published chat templates, and what Jinja2 makes of them.

    python ../regenerate.py text

Each construct is one that templates on the hub use (Python's text methods, `%`, slices, filters, tests, name spaces,
white-space control, loops …), written here in a line or two of its own. The environment is that of
`transformers.apply_chat_template`: trimmed blocks, loop controls, its `tojson`, `raise_exception` and `strftime_now`.
A construct that Jinja2 refuses has no text: it must be refused here as well.
"""

import datetime
import json
import pathlib
import random
import re

import jinja2
import jinja2.ext
from jinja2.sandbox import ImmutableSandboxedEnvironment

HERE = pathlib.Path(__file__).parent
USER = [{"role": "user", "content": "  Hi <b> & \"c\" é  "}]
CHAT = [
    {"role": "system", "content": "Be brief."},
    {"role": "user", "content": "One, two\nthree"},
    {"role": "assistant", "content": "<think>\nhm\n</think>\n\nFour."},
    {"role": "user", "content": "Five?"},
]

# Put before each construct: `m` is the last message, `c` its content, and `u` is not defined.
PREFIX = "{% set m = messages[-1] %}{% set c = m.content %}\n"

# Constructs by what they are about.
CONSTRUCTS = {
    "undefined": [
        "{{ u }}", "[{{ u | length }}]", "{{ m.functions | length }}", "{{ m['functions'] | length == 0 }}", "{{ u | trim }}|", "{{ u | upper }}|",
        "{{ u | string }}|", "{{ u | default('d') }}", "{{ m.x | default('d') }}", "{{ none | default('d') }}", "{{ none | default('d', true) }}",
        "{{ '' | default('d', true) }}", "{% for x in u %}a{% else %}b{% endfor %}", "{% for x in m.tools %}a{% endfor %}b", "{{ u is defined }}",
        "{{ u is undefined }}", "{{ m.x is none }}", "{{ u is none }}", "{{ not u }}", "{% if u %}a{% else %}b{% endif %}", "{{ u == none }}",
        "{{ u == '' }}", "{{ u == u2 }}", "{{ u != 'x' }}", "{{ 'a' in u }}", "{{ u in ['a'] }}", "{{ u | list }}", "{{ u | join(',') }}|", "{{ u | first }}|",
        "{{ u.x }}", "{{ u['x'] }}", "{{ m.x.y }}", "{{ u + 'x' }}", "{{ 'x' + u }}", "{{ 'x' ~ u }}", "{{ u() }}", "{{ m.f() }}", "{{ u | tojson }}",
        "{{ u > 1 }}", "{{ u | int }}", "{{ u | reverse | list }}", "{{ u is string }}", "{{ u is mapping }}", "{{ u is iterable }}", "{{ u is sequence }}",
        "{{ u or 'a' }}", "{{ u and 'a' }}|", "{{ none | length }}", "{{ 3 | length }}", "{{ [] | first }}|", "{{ [] | last }}|", "{{ u | replace('a', 'b') }}|",
        "{{ u | lower }}|", "{{ u | map('upper') | list }}", "{{ u | selectattr('a') | list }}", "{{ u | items | list }}", "{{ none | items | list }}",
        "{{ u | unique | list }}", "{{ u | sort }}", "{{ u | count }}", "{{ u[0] }}", "{{ u[1:] }}", "{{ messages[9] }}|", "{{ messages[9].content }}",
        "{{ messages[9] is defined }}", "{{ messages[-1].role }}", "{{ messages[0].nothing or 'else' }}", "{{ u | abs }}", "{{ u | title }}|", "{{ -u }}",
        "{{ u if u is defined else 'e' }}", "{{ 'a' if u }}|", "{{ ('a' if u) is defined }}", "{{ u | indent(2) }}|", "{{ u | safe }}|", "{{ u | capitalize }}|",
        "{{ u | sum }}", "{{ u | max }}|", "{{ none }}", "{{ true }}", "{{ false }}", "{{ none ~ 'x' }}", "{{ true ~ 1.0 }}",
    ],
    "text methods": [
        "{{ c.strip() }}|", "{{ c.lstrip() }}|", "{{ c.rstrip() }}|", "{{ 'xaxbx'.strip('x') }}", "{{ '\\n\\na\\n'.strip('\\n') }}|", "{{ 'abc'.lstrip('ab') }}", "{{ 'abc'.rstrip('cb') }}",
        "{{ 'a,b,,c'.split(',') }}", "{{ 'a,b,c'.split(',', 1) }}", "{{ 'a,b,c'.split(',')[-1] }}", "{{ ' a  b '.split() }}", "{{ 'a b c'.split(None, 1) }}", "{{ 'a,b,c'.split(',', maxsplit=1) }}", "{{ 'a,b,c'.split(sep=',') }}",
        "{{ 'a,b,c'.rsplit(',', 1) }}", "{{ 'a,b,c'.rsplit(',', 1)[0] }}", "{{ 'a b  c'.rsplit() }}", "{{ 'a,b,c'.rsplit(',') }}", "{{ 'a b  c '.rsplit(None, 1) }}", "{{ 'a=b=c'.partition('=') }}", "{{ 'a=b=c'.rpartition('=')[2] }}", "{{ 'abc'.partition('=') }}", "{{ 'abc'.rpartition('=') }}",
        "{{ 'a\\nb\\r\\nc\\n'.splitlines() }}", "{{ 'a\\nb\\n'.splitlines(true) }}", "{{ ''.splitlines() }}", "{{ 'a\\n\\nb'.splitlines() }}", "{{ 'a\\rb'.splitlines() }}", "{{ 'a\\x0bb\\u2028c'.splitlines() }}",
        "{{ 'Abc'.startswith('A') }}", "{{ 'Abc'.startswith(('x', 'A')) }}", "{{ 'Abc'.endswith('bc') }}", "{{ 'Abc'.endswith(('x',)) }}", "{{ 'Abc'.startswith('b', 1) }}", "{{ 'Abc'.startswith('') }}",
        "{{ 'aXbX'.replace('X', '') }}", "{{ 'aXbX'.replace('X', 'y', 1) }}", "{{ 'ab'.replace('', '-') }}", "{{ 'aXbX'.replace('X', 'y', count=1) if false else 'n' }}", "{{ 'abcabc'.find('c') }}", "{{ 'éabc'.find('c') }}", "{{ 'abc'.find('z') }}", "{{ 'abcabc'.rfind('c') }}", "{{ 'abcabc'.find('c', 3) }}", "{{ 'abcabc'.index('c') }}", "{{ 'abc'.index('z') }}", "{{ 'abcabc'.rindex('c') }}",
        "{{ 'abcabc'.count('bc') }}", "{{ 'aaaa'.count('aa') }}", "{{ 'abc'.count('') }}", "{{ 'aBc dE'.title() }}", "{{ \"they're bill's\".title() }}", "{{ 'aBc'.upper() }}", "{{ 'aBc'.lower() }}", "{{ 'aBC d'.capitalize() }}", "{{ 'aBc'.swapcase() }}", "{{ 'ÄßI'.casefold() }}", "{{ 'straße'.upper() }}", "{{ 'ΑΣ'.lower() }}",
        "{{ 'a'.center(5) }}|", "{{ 'a'.ljust(3) }}|", "{{ 'a'.rjust(3, '.') }}|", "{{ '7'.zfill(3) }}", "{{ '-7'.zfill(4) }}", "{{ 'ab'.center(5, '*') }}|", "{{ 'abc'.ljust(2) }}|",
        "{{ 'abc'.removeprefix('ab') }}", "{{ 'abc'.removesuffix('bc') }}", "{{ 'abc'.removeprefix('x') }}", "{{ ', '.join(['a', 'b']) }}", "{{ ''.join([]) }}|", "{{ ','.join([1, 2]) }}", "{{ '-'.join('abc') }}",
        "{{ '12'.isdigit() }}", "{{ '1a'.isdigit() }}", "{{ ''.isdigit() }}", "{{ '½'.isdigit() }}", "{{ '½'.isnumeric() }}", "{{ '²'.isdigit() }}", "{{ '²'.isdecimal() }}", "{{ '٣'.isdecimal() }}", "{{ 'ab'.isalpha() }}", "{{ 'a1'.isalnum() }}", "{{ ' '.isspace() }}", "{{ 'ab'.islower() }}", "{{ 'a1'.islower() }}", "{{ '1'.islower() }}", "{{ 'AB'.isupper() }}", "{{ 'Ab Cd'.istitle() }}", "{{ 'a_1'.isidentifier() }}", "{{ 'é'.isascii() }}", "{{ 'a\\n'.isprintable() }}",
        "{{ 'a\\tb'.expandtabs(4) }}|", "{{ '{} and {}'.format('a', 1) }}", "{{ '{0}{1}{0}'.format('a', 'b') }}", "{{ '{x}'.format(x=1) }}", "{{ '{:>5}|{:.2f}|{:05d}'.format('a', 3.14159, 42) }}", "{{ '{{}}'.format() }}", "{{ '{!r}'.format('a') }}", "{{ '{:,}'.format(1234567) }}", "{{ '{a.role}'.format(a=m) }}",
        "{{ 'abc'[0] }}", "{{ 'abc'[-1] }}", "{{ 'abc'[1:] }}", "{{ 'abc'[:-1] }}", "{{ 'abc'[::-1] }}", "{{ ''[::-1] }}|", "{{ [][::-1] }}", "{{ 'abc'[2:0:-1] }}", "{{ 'abc'[0:2:-1] }}|", "{{ 'abcdef'[-2::-2] }}", "{{ 'abcdef'[:-4:-1] }}", "{{ 'abc'[9:-9:-1] }}", "{{ 'abc'[-9:9:2] }}", "{{ messages[1::-1][0].role }}", "{{ messages[::-1][:1] | length }}", "{{ (messages | list)[::2] | length }}", "{{ 'abc'[::0] }}", "{{ u[::-1] }}", "{{ {'a': [1, 2, 3]}['a'][::-1] }}", "{% for m in messages[::-1] if m.role == 'user' %}{{ m.role }}{% endfor %}", "{{ 'a:b'.split(':')[::-1] }}", "{{ messages[{'a': 0}['a']::1] | length }}", "{{ 'abcdef'[1:5:2] }}", "{{ 'abc'[5:] }}|", "{{ 'éab'[1:] }}", "{{ 'abc'[9] }}|", "{{ 'abc' * 2 }}", "{{ 2 * 'ab' }}", "{{ 'a' + 'b' }}", "{{ 'a' + 1 }}", "{{ 'b' in 'abc' }}", "{{ 'z' not in 'abc' }}", "{{ 'a' < 'b' }}", "{{ 'a' == 'a' }}", "{{ 'abc' | length }}", "{{ 'é🙂' | length }}", "{{ 'a'.nothing() }}", "{{ 'a'.translate({}) }}",
        "{{ 'a</think>b</think>c'.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') }}", "{{ c.strip().split(' ')[0].lower() }}", "{{ (c | trim).startswith('Hi') }}",
    ],
    "percent": [
        "{{ '%s is %d' % ('a', 3) }}", "{{ '%s' % 'a' }}", "{{ '%d%%' % 5 }}", "{{ '%.2f' % 3.14159 }}", "{{ '%05d|%-5s|%5s|%+d' % (42, 'a', 'b', 7) }}", "{{ '%x %X %o %e' % (255, 255, 8, 12345.678) }}", "{{ '%(a)s' % {'a': 'b'} }}", "{{ '%s' % ['a', 1] }}", "{{ '%s %s' % ('a',) }}", "{{ '%s' % none }}", "{{ '%r' % 'a' }}", "{{ '%c' % 'a' }}", "{{ 'no' % () }}", "{{ '%d' % 3.9 }}", "{{ '%s' % true }}", "{{ '%d' % true }}", "{{ '%5.1f|' % 2.25 }}", "{{ '%g %g' % (0.0001, 1e20) }}", "{{ '%i' % 3 }}", "{{ '%s' % 1.0 }}", "{{ '%q' % 1 }}", "{{ '%s' % m.role }}",
        "{{ '%s and %s' | format('a', 'b') }}", "{{ '%s' | format(1) }}", "{{ '%(x)s' | format(x=1) }}", "{{ 7 % 3 }}", "{{ -7 % 3 }}", "{{ 7 % -3 }}", "{{ 7.5 % 2 }}", "{{ -7.5 % 2 }}", "{{ loop_index % 2 == 0 }}", "{{ 7 // 2 }}", "{{ -7 // 2 }}", "{{ 7 / 2 }}", "{{ 4 / 2 }}", "{{ 2 ** 10 }}", "{{ 2 ** -1 }}", "{{ 1 % 0 }}", "{{ 1 / 0 }}", "{{ 7.0 // 2 }}",
    ],
    "numbers": [
        "{{ 1.0 }}", "{{ 1e3 }}", "{{ 1e16 }}", "{{ 1e22 }}", "{{ 1e-5 }}", "{{ 0.1 + 0.2 }}", "{{ 1_000 }}", "{{ 10 | string }}", "{{ '7' | int + 1 }}", "{{ 'x' | int }}", "{{ 'x' | int(5) }}", "{{ '1.5' | float }}", "{{ 'x' | float }}", "{{ 3.7 | int }}", "{{ 3.5 | round }}", "{{ 2.5 | round }}", "{{ 3.14159 | round(2) }}", "{{ 3.1 | round(0, 'ceil') }}", "{{ 3.9 | round(method='floor') }}", "{{ -3 | abs }}", "{{ (-3) | abs }}", "{{ 3 | abs }}", "{{ true + 1 }}", "{{ 1 == 1.0 }}", "{{ 1 == true }}", "{{ 3 > 2 > 1 }}", "{{ 1 < 2 and 2 < 3 }}", "{{ 9223372036854775807 + 1 }}", "{{ 3 | string ~ 'a' }}", "{{ '0x1f' | int(base=16) }}", "{{ 1 is odd }}", "{{ 2 is even }}", "{{ 6 is divisibleby(3) }}", "{{ 6 is divisibleby 3 }}", "{{ 1 is number }}", "{{ 1 is integer }}", "{{ 1.0 is float }}", "{{ true is number }}", "{{ true is integer }}", "{{ true is boolean }}", "{{ 1 is true }}", "{{ 5 is gt 3 }}", "{{ 5 is ge(5) }}", "{{ 5 is eq 5 }}", "{{ 5 is ne 5 }}", "{{ 5 is lt 3 }}", "{{ 5 is le 5 }}", "{{ 5 is equalto 5 }}", "{{ range(3) | list }}", "{{ range(1, 10, 3) | list }}", "{{ range(5, 0, -2) | list }}", "{{ range(3) }}", "{{ [1, 2.5] | sum }}", "{{ [3, 1, 2] | max }}", "{{ [] | sum }}", "{{ 1234567.891 }}", "{{ 100000000000000000000.0 }}", "{{ 5 | float }}",
    ],
    "lists and maps": [
        "{{ [1, 'a', none, true, 1.5] }}", "{{ {'a': 1, 'b': [2]} }}", "{{ (1, 2) }}", "{{ (1,) }}", "{{ () }}", "{{ {} }}", "{{ ['it\\'s', 'say \"x\"'] }}", "{{ ['a\\nb', 'é', '\\\\'] }}", "{{ {'a': {'b': (1,)}} }}", "{{ messages[0] }}", "{{ [1, 2] + [3] }}", "{{ [1, 2, 3][1:] }}", "{{ [1, 2, 3][::-1] }}", "{{ [1, 2, 3][-1] }}", "{{ messages[1:] | length }}", "{{ messages[:-1] | length }}", "{{ messages[::2] | length }}", "{{ [1] * 3 }}", "{{ 1 in [1, 2] }}", "{{ 'a' in {'a': 1} }}", "{{ [1, 2] == [1, 2] }}", "{{ (1, 2) == [1, 2] }}", "{{ [1, [2, 3]] }}",
        "{{ {'a': 1}.get('a') }}", "{{ {'a': 1}.get('b') }}", "{{ {'a': 1}.get('b', 'd') }}", "{{ m.get('role') }}", "{{ m.get('tool_calls', []) | length }}", "{{ {'a': 1, 'b': 2}.items() | list }}", "{% for k, v in {'a': 1, 'b': 2}.items() %}{{ k }}={{ v }};{% endfor %}", "{% for k in {'a': 1, 'b': 2} %}{{ k }}{% endfor %}", "{{ {'a': 1}.keys() | list }}", "{{ {'a': 1}.values() | list }}", "{% for k, v in {'b': 1, 'a': 2} | dictsort %}{{ k }}{% endfor %}", "{% for k, v in {'b': 1, 'a': 2} | items %}{{ k }}{% endfor %}", "{{ {'a': 1}['a'] }}", "{{ {'a': 1}['b'] }}|", "{{ {'a': 1}.a }}", "{{ {'items': 1}['items'] }}", "{{ {1: 'a'}[1] }}", "{{ dict(a=1, b='x') }}", "{{ {'a': 1}.update({'b': 2}) }}", "{% set x = {'a': 1} %}{% set _ = x.update({'b': 2}) %}{{ x }}", "{% set x = [] %}{{ x.append(1) }}", "{% set x = [1] %}{% do x.append(2) %}{{ x }}", "{{ [1, 2].index(2) }}", "{{ [1, 1].count(1) }}", "{{ {'a': 1}.pop('a') }}", "{{ [3, 1] | sort }}", "{{ ['b', 'A'] | sort }}", "{{ ['b', 'A'] | sort(case_sensitive=true) }}", "{{ [3, 1] | sort(reverse=true) }}", "{{ [{'a': 2}, {'a': 1}] | sort(attribute='a') }}", "{{ [1, 2] | join }}", "{{ [1, 2] | join(', ') }}", "{{ messages | join(', ', attribute='role') }}", "{{ messages | map(attribute='role') | list }}", "{{ messages | map(attribute='x', default='d') | list }}", "{{ ['a'] | map('upper') | list }}", "{{ messages | selectattr('role', 'equalto', 'user') | list | length }}", "{{ messages | selectattr('role', '==', 'user') | list | length }}", "{{ messages | rejectattr('role', 'equalto', 'system') | list | length }}", "{{ messages | selectattr('role', 'in', ['user', 'system']) | list | length }}", "{{ messages | selectattr('x', 'defined') | list | length }}", "{{ [1, 2, 3] | select('odd') | list }}", "{{ [1, 2, 3] | reject('odd') | list }}", "{{ ['', 'a'] | select | list }}", "{{ [1, 2, 2] | unique | list }}", "{{ [1, 2, 3] | reverse | list }}", "{{ 'abc' | reverse }}", "{{ [1, 2, 3] | batch(2) | list }}", "{{ [1, 2, 3] | first }}", "{{ [1, 2, 3] | last }}", "{{ 'abc' | first }}", "{{ 'abc' | last }}", "{{ 'abc' | list }}", "{{ messages | groupby('role') | length }}", "{{ [1, 2] | string }}", "{{ [1] is sequence }}", "{{ 'a' is sequence }}", "{{ messages[1:] is sequence }}", "{{ messages | map(attribute='role') is sequence }}", "{{ messages[:1] is iterable }}", "{{ messages[1:] == [] }}", "{{ messages[1:] + [1] | length }}", "{{ (messages[1:] + messages[:1]) | length }}", "{{ messages[1:] | tojson }}", "{{ messages[1:] }}", "{{ {} is mapping }}", "{{ [1] is iterable }}", "{{ 'a' is iterable }}", "{{ 'a' is string }}", "{{ 1 is string }}", "{{ none is none }}", "{{ m.content is string }}", "{{ m is mapping }}", "{{ [1] is mapping }}", "{{ {} is sequence }}", "{{ 'a' is in ['a'] }}", "{{ 'a' is not in ['a'] }}", "{{ 1 is not none }}", "{{ 'A' is upper }}", "{{ 'a' is lower }}", "{{ range is callable }}", "{{ m is sameas m }}", "{{ none is sameas none }}", "{{ [[1, 2], [3, 4]] | map('first') | list }}", "{{ [1, 2, 3] | slice(2) | list }}", "{{ [0, 1] | min }}", "{{ 1 is filter }}", "{{ 'trim' is filter }}", "{{ {'a': 1} | length }}", "{{ {'a': 1} | list }}", "{{ {'a': 1} == {'a': 1} }}",
    ],
    "json": [
        "{{ messages | tojson }}", "{{ m | tojson }}", "{{ m | tojson(indent=2) }}", "{{ m | tojson(indent=4) }}", "{{ m | tojson(ensure_ascii=true) }}", "{{ m | tojson(ensure_ascii=False) }}", "{{ [1, 2] | tojson(separators=(',', ':')) }}", "{{ {'b': 1, 'a': 2} | tojson(sort_keys=true) }}", "{{ {'b': {'d': 1, 'c': 2}} | tojson(sort_keys=True, indent=1) }}", "{{ 'é\\u2028</s>\\x7f\\n' | tojson }}", "{{ 1.0 | tojson }}", "{{ 1e22 | tojson }}", "{{ 1e-7 | tojson }}", "{{ none | tojson }}", "{{ true | tojson }}", "{{ {} | tojson }}", "{{ [] | tojson }}", "{{ [] | tojson(indent=2) }}", "{{ {'a': []} | tojson(indent=2) }}", "{{ {1: 2, none: 3, true: 4} | tojson }}", "{{ 'a' | tojson }}", "{{ (1, 2) | tojson }}", "{{ '🙂' | tojson(ensure_ascii=true) }}", "{{ [1, {'a': 'b'}] | tojson(indent=none) }}", "{{ m | tojson(indent='  ') }}", "{{ c | tojson | safe }}", "{{ '/' | tojson }}", "{{ [1] | tojson(indent=0) }}", "{{ [1, 2] | tojson(indent=2, separators=(',', ': ')) }}", "{{ range(2) | list | tojson }}",
    ],
    "filters": [
        "{{ c | trim }}|", "{{ 'xax' | trim('x') }}", "{{ c | trim | length }}", "{{ 'a b' | upper }}", "{{ 'a b' | title }}", "{{ \"they're x-y\" | title }}", "{{ 'aB' | lower }}", "{{ 'aB c' | capitalize }}", "{{ 'a-b-c' | replace('-', '_') }}", "{{ 'a-b-c' | replace('-', '_', 1) }}", "{{ 'a\\nb' | indent }}", "{{ 'a\\nb' | indent(2) }}", "{{ 'a\\nb' | indent(2, true) }}", "{{ 'a\\nb' | indent(2, first=true) }}", "{{ 'a\\n\\nb' | indent(2) }}|", "{{ 'a\\n\\nb' | indent(2, blank=true) }}|", "{{ 'a\\nb' | indent('> ') }}", "{{ '<b>' | escape }}", "{{ '<b>' | e }}", "{{ '<b>' | safe }}", "{{ 'a b  c' | wordcount }}", "{{ 'abc def' | truncate(5) }}", "{{ 'abcdefgh ijklmnop' | truncate(9, true, '') }}", "{{ 'a' | center(5) }}|", "{{ '<p>a</p>' | striptags }}", "{{ 'a b' | urlencode }}", "{{ 1234567 | filesizeformat }}", "{{ 'aaa bbb' | wordwrap(3) }}", "{{ [1, 2] | pprint }}", "{{ {'a': 1} | xmlattr }}", "{{ 'abc' | string | length }}", "{{ 'a' | nothing }}", "{{ m | attr('role') }}|", "{{ 'a,b' | split(',') }}", "{{ {'b': 2, 'a': 1} | dictsort(false, 'value') }}", "{{ 'a' | default('b') | upper }}", "{{ '%s' | e }}", "{% filter upper %}a{{ 'b' }}{% endfilter %}", "{{ 'x' | forceescape }}", "{{ [1, 2, 3] | random is number }}", "{{ '5' | int | string | length }}", "{{ 'true' | bool }}", "{{ [1] | lines }}", "{{ [1] | chain([2]) | list }}", "{{ [1] | zip([2]) | list }}",
    ],
    "statements": [
        "{% set a = 1 %}{{ a }}", "{% set a, b = 1, 2 %}{{ a }}{{ b }}", "{% set a %}x{{ 1 }}{% endset %}{{ a }}|{{ a | length }}", "{% set a | upper %}x{% endset %}{{ a }}", "{% set ns = namespace(x=0) %}{% for i in [1, 2] %}{% set ns.x = ns.x + i %}{% endfor %}{{ ns.x }}", "{% set ns = namespace() %}{% set ns.a = [] %}{% set ns.a = ns.a + [1] %}{{ ns.a }}", "{% set x = 0 %}{% for i in [1, 2] %}{% set x = i %}{% endfor %}{{ x }}", "{% if true %}{% set x = 1 %}{% endif %}{{ x }}", "{% for i in [1, 2] %}{{ loop.index }}{{ loop.index0 }}{{ loop.first }}{{ loop.last }}{{ loop.length }}{{ loop.revindex }}{{ loop.revindex0 }};{% endfor %}", "{% for i in [1, 2, 3] %}{{ loop.previtem }}{{ loop.nextitem }};{% endfor %}", "{% for i in [1, 2, 3] %}{{ loop.previtem is defined }}{% endfor %}", "{% for i in [1, 2] %}{{ loop.cycle('a', 'b') }}{% endfor %}", "{% for i in [1, 1, 2] %}{{ loop.changed(i) }}{% endfor %}", "{% for i in [1, 2, 3] if i > 1 %}{{ i }}{{ loop.index }}{% endfor %}", "{% for i in [1, 2, 3] %}{% if i == 2 %}{% continue %}{% endif %}{{ i }}{% endfor %}", "{% for i in [1, 2, 3] %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}", "{% for i in [] %}a{% else %}b{% endfor %}", "{% for a, b in [(1, 2)] %}{{ a }}{{ b }}{% endfor %}", "{% for a, (b, c) in [(1, (2, 3))] %}{{ a }}{{ b }}{{ c }}{% endfor %}", "{% for i in [[1, [2]]] recursive %}{{ i if i is number else loop(i) }}{% endfor %}", "{% for i in [1, 2] %}{% for j in [3] %}{{ loop.index }}{{ loop.depth }}{% endfor %}{% endfor %}", "{% for i in 'ab' %}{{ i }}.{% endfor %}", "{% for i in range(2) %}{{ i }}{% endfor %}", "{% for i in 3 %}x{% endfor %}", "{% for i in none %}x{% endfor %}", "{% macro f(a, b='d') %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}{{ f(1, b=2) }}", "{% macro f(a) %}{{ a }}{% endmacro %}{{ f() }}|", "{% macro f() %}{{ varargs }}{{ kwargs }}{% endmacro %}{{ f(1, x=2) }}", "{% macro f(a) %}{{ caller() }}{{ a }}{% endmacro %}{% call f(1) %}x{% endcall %}", "{% macro f() %}{{ messages | length }}{% endmacro %}{{ f() }}", "{%- macro f(x) -%} {{ x }} {%- endmacro -%}[{{ f(1) }}]", "{% macro f() %} a {% endmacro %}{{ f() | trim }}|", "{% macro f() %}{{ ns }}{% endmacro %}{% set ns = 3 %}{{ f() }}", "{% macro f(n) %}{{ n }}{% if n %}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(2) }}", "{{ f(2) }}{% macro f(n) %}{{ n }}{% endmacro %}", "{% with a = 1 %}{{ a }}{% endwith %}", "{% raw %}{{ a }}{% endraw %}", "{# c #}a", "{% if 1 %}a{% elif 2 %}b{% else %}c{% endif %}", "{% include 'x' %}", "{% extends 'x' %}", "{% import 'x' as y %}", "{% block a %}x{% endblock %}", "{% set x = 1 if false %}{{ x }}|", "{% generation %}a{{ m.role }}{% endgeneration %}", "{%- generation -%} a {%- endgeneration -%}", "{{ raise_exception('no') }}", "{% if false %}{{ raise_exception('no') }}{% endif %}ok", "{{ strftime_now('%Y-%m-%d') }}", "{{ strftime_now('%d %b %Y') }}", "{{ strftime_now('%A, %B %d, %Y') }}", "{% if strftime_now is defined %}d{% endif %}", "{% if tools %}a{% else %}b{% endif %}", "{% if tools is not none and tools is defined %}a{% endif %}b", "{{ tools is defined }}", "{{ documents is defined }}", "{{ enable_thinking is defined }}", "{{ add_generation_prompt }}", "{{ bos_token }}{{ eos_token }}", "{{ pad_token is defined }}", "{{ 'a' 'b' }}", "{{ a.b.c is defined }}", "{% autoescape true %}{{ '<' }}{% endautoescape %}", "{% unknown %}", "{{ }}", "{{ 'a", "{% for %}", "{% if %}{% endif %}", "{% endif %}", "{{ lipsum is defined }}", "{{ cycler('a', 'b').next() }}", "{{ joiner(', ')() }}|", "{% set j = joiner(', ') %}{{ j() }}a{{ j() }}b", "{% set ns = namespace(a={'x': 1}) %}{{ ns.a.x }}", "{% set ns = namespace(a=1) %}{{ ns['a'] }}", "{% set m.x = 1 %}", "{% set messages = messages[1:] %}{{ messages | length }}", "{% set loop_messages = messages %}{% for m in loop_messages %}{{ m.role }}{% endfor %}", "{{ messages is not string and messages is iterable }}", "{% for message in messages %}{{ '<' + message['role'] + '>' + message['content'] | trim }}{% endfor %}", "{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}x{% endif %}{% endfor %}", "{{ messages[0]['role'] == 'system' and messages | length > 1 }}", "{{ (messages | last).role }}", "{{ messages[(messages | length) - 1].role }}", "{{ messages[loop_index | default(0)].role }}", "{{ m['content'] if m['content'] is string else '' }}", "{{ not (a and b) }}", "{{ not a and not b }}", "{{ 1 if 2 else 3 if 4 else 5 }}", "{{ -1 | abs }}", "{{ 'a' ~ 1 ~ none }}", "{{ 1 + 2 ~ 3 }}", "{{ 'x' if m.role == 'user' and m.content else 'y' }}", "{{ m.role in ['user', 'tool'] }}", "{{ m.role not in ['user'] }}", "{{ (m.role == 'user') | string }}", "{{ [m.role, 'x'] | join(':') }}", "{% set x = messages | map(attribute='role') | join(',') %}{{ x }}", "{% set ns = namespace(last=-1) %}{% for m in messages %}{% if m.role == 'user' %}{% set ns.last = loop.index0 %}{% endif %}{% endfor %}{{ ns.last }}", "{% for m in messages[::-1] %}{{ m.role[0] }}{% endfor %}", "{% for m in messages | reverse %}{{ loop.index0 }}{{ m.role[0] }}{% endfor %}", "{% if m.tool_calls is defined and m.tool_calls %}a{% endif %}b", "{% if m.content is defined and m.content is not none %}a{% endif %}", "{% if m['tool_calls'] %}a{% endif %}b", "{{ m.content[0] }}", "{% if m.content is iterable and m.content is not string %}a{% else %}b{% endif %}", "{{ {'user': 'U', 'assistant': 'A'}[m.role] }}", "{{ {'user': 'U'}.get(m.role, m.role) | upper }}",
    ],
    "scopes": [
        "{% set x = 1 %}{% set y %}{% set x = 2 %}{% endset %}{{ x }}", "{% set x = 1 %}{% filter upper %}{% set x = 2 %}a{% endfilter %}{{ x }}", "{% set x = 1 %}{% generation %}{% set x = 2 %}a{% endgeneration %}{{ x }}", "{% set y -%}\n a {%- endset %}[{{ y }}]", "{% set y %}\n a\n{% endset %}[{{ y }}]", "  {% set y %}\n  a\n  {% endset %}\n[{{ y }}]", "{%- set y %} a {% endset -%} [{{ y }}]", "{% filter trim %}\n a\n{% endfilter %}|", "{%- filter upper -%} a {%- endfilter -%} b", "{% set y = 'a=b' %}{{ y }}", "{% set y=1==1 %}{{ y }}", "{% set a, b = 1, 2 %}{{ b }}", "{% set y | trim %} a {% endset %}[{{ y }}]",
        "{% macro f(a, b=a) %}{{ b }}{% endmacro %}{{ f(1) }}", "{% macro f(a, b='a') %}{{ a }}{{ b }}{% endmacro %}{{ f(1) }}", "{% set x = 1 %}{% with x = 2, y = x %}{{ y }}{% endwith %}", "{% with x = 2, y = 'x' %}{{ x }}{{ y }}{% endwith %}", "{% with %}{% set q = 1 %}{{ q }}{% endwith %}{{ q is defined }}",
    ],
    "asked of none": [
        "{{ none is iterable }}", "{% if tools is iterable and tools | length > 0 %}T{% else %}N{% endif %}", "{% if tools is not iterable %}N{% endif %}", "{{ u is iterable }}", "{{ [none, 'a'] | select('iterable') | list }}", "{{ none is sequence }}", "{{ none is mapping }}", "{{ none is string }}", "{{ none is defined }}", "{% if documents is iterable %}D{% endif %}x",
        "{{ '' | default('x', boolean=true) }}", "{{ u | default(default_value='x') }}", "{{ u | d }}|", "{{ 0 | default('x', true) }}", "{{ ' 12\\n' | int }}", "{{ ' 1.5 ' | float }}", "{{ '1_0' | int }}", "{{ \"don't stop-me\" | wordcount }}", "{{ ' a b '.split(none, 1) }}", "{{ ' a b '.rsplit(none, 1) }}", "{{ ' a '.split(none, 1) }}", "{{ ' a '.split(none, 0) }}", "{{ 'a b c'.split(none, 5) }}", "{{ '  '.split(none, 0) }}",
        "{{ strftime_now('%x %R %c') }}", "{{ strftime_now('%u %w %f %X') }}", "{{ strftime_now('%-j %-e %e %-I %p') }}", "{{ strftime_now('%U %W') }}", "{{ strftime_now('%_d') }}",
    ],
    "white space": [
        "a\n", "a\n\n", "\na", "{% if true %}\na\n{% endif %}\nb\n", "  {% if true %}\n  a\n  {% endif %}\nb", "a {%- if true %} b {%- endif %} c", "a {% if true -%} b {% endif -%} c", "{{ 'a' -}}\n  b", "b\n  {{- 'a' }}", "  {%+ if true %}a{% endif %}", "{% if true +%}\na{% endif %}", "{# c #}\na", "  {# c #}\na", "a {#- c -#} b", "{%- for m in messages -%}\n x \n{%- endfor -%}", "{% for m in messages %}\n{{ m.role }}\n{% endfor %}", "a\r\nb\r\n", "a\rb", "{% if true %}\r\na\r\n{% endif %}\r\nb", "{{ 'x\r\ny' }}", "{{ 'x\\r\\ny' }}", "{% set a = 'x\r\ny' %}{{ a | length }}", "{{ 'x\ny' }}", "{% raw %}\r\n{{ a }}\r\n{% endraw %}", "\t{% if true %}\tx{% endif %}\t", "x  {% if true %}y{% endif %}", "x\n \t {% if true %}y{% endif %}", "{{- '\\n' -}} a", "{% if true %}a{% endif %}\n\n\nb", "{{ 'a\\tb\\\\n\\'' }}", "{{ \"a\\\"b\" }}", "{{ '\\x41\\u00e9\\U0001f642' }}", "{{ '\\101\\0' }}", "{{ '\\N{BULLET}' }}", "{{ '\\q\\/' }}", "{{ '\\a\\b\\f\\v' }}|", "{{ 'line\\\ncontinued' }}", "{{ '\\\r\n' }}", "{{ a }}{# unclosed", "{{ '{{' }}{{ '}}' }}{{ '{%' }}", "{ { a } }", "{{'a'}}", "{%if true%}a{%endif%}", "{%-if true-%} a {%-endif-%}", "{{ \n'a'\n }}", "\ufeffa", "a\u00a0{%- if true %}b{% endif %}", "\u2028{% if true %}\u2028a{% endif %}",
    ],
}


def random_constructs():
    """Chains of what templates do to texts and lists, drawn at random; the same each time."""
    draw = random.Random(11)
    texts = ["c", "messages[0].content", "m['role']", "'a,b,,c'", "' x '", "'<think>p</think>q'", "'a\\n\\nb\\n'", "u", "''", "bos_token"]
    lists = ["messages", "messages[1:]", "messages[::-1]", "[]", "[1, 2, 3]", "c.split()", "'a-b-c'.split('-')", "range(4)", "u"]
    to_text = [
        ".strip()", ".lstrip('\\n')", ".rstrip()", ".upper()", ".lower()", ".title()", ".replace('a', 'bb')", ".replace('e', '', 1)", ".split('</think>')[-1]",
        ".split('<think>')[0]", ".rsplit(' ', 1)[-1]", ".partition(',')[2]", ".rpartition(' ')[0]", ".removeprefix(' ')", ".removesuffix('?')", "[1:]", "[:-1]", "[-3:]",
        "[::-1]", " | trim", " | upper", " | replace('i', '1')", " | default('d')", " | default('d', true)", " | indent(2)", " | string", " | capitalize", " | tojson",
        ".center(9, '*')", ".zfill(4)", " ~ 'z'", " + 'z'", " * 2", " | first", " | last", ".splitlines() | join('/')", ".split(',') | join('+')", ".format(1)",
    ]
    from_text = ["", " | length", ".split()", ".splitlines()", ".count('a')", ".find('e')", ".startswith('<')", ".endswith(('?', '>'))", " | list | length", " is string", " == 'a'", ".isdigit()", " in 'a<think>b'"]
    from_list = [" | length", " | list | length", " | first", " | last", " | reverse | list | length", " | join(',') | length", " | map(attribute='role') | join(' ')", " | selectattr('role', 'equalto', 'user') | list | length", " is sequence", " is iterable", " is mapping"]
    for _ in range(700):
        if draw.random() < 0.75:
            expression = draw.choice(texts) + "".join(draw.choice(to_text) for _ in range(draw.randint(0, 3))) + draw.choice(from_text)
        else:
            expression = draw.choice(lists) + draw.choice(from_list)
        # A filter ends an operand, so that what follows would belong to the last one alone.
        shape = draw.choice(["{{ (%s) }}", "{{ %s }}|", "{%% if %s %%}a{%% else %%}b{%% endif %%}", "{%% set x = %s %%}\n[{{ x }}]", "{%% for x in [%s] %%}\n  {{- x }},\n{%% endfor %%}", "{{ '<%%s>' %% (%s) }}", "{%%- if (%s) -%%}\n yes {%% endif +%%}\n."])
        yield shape % expression


def render(source, messages):
    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, jinja2.ext.loopcontrols])
    environment.filters["tojson"] = lambda x, ensure_ascii=False, indent=None, separators=None, sort_keys=False: json.dumps(
        x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    def refuse(message):
        raise jinja2.TemplateError(message)

    day = datetime.datetime(2025, 1, 1)
    environment.globals.update(raise_exception=refuse, strftime_now=day.strftime)
    return environment.from_string(PREFIX + source).render(
        messages=messages, add_generation_prompt=True, tools=None, documents=None, bos_token="<bos>", eos_token="<eos>")


class Generation(jinja2.ext.Extension):
    """`{% generation %}` prints what is in it."""

    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return jinja2.nodes.CallBlock(self.call_method("inside"), [], [], body).set_lineno(line)

    def inside(self, caller):
        return caller()


def main():
    cases = []
    for kind, constructs in [*CONSTRUCTS.items(), ("random", random_constructs())]:
        for source in constructs:
            for messages in [USER, CHAT] if re.search(r"\b(m|c|messages)\b", source) else [USER]:
                case = {"kind": kind, "template": source, "chat": messages is CHAT}
                try:
                    case["text"] = render(source, messages)
                except Exception as error:
                    case["error"] = type(error).__name__
                cases.append(case)
    line = lambda value: json.dumps(value, ensure_ascii=False)
    # One case a line, so that a difference shows the case.
    lines = ",\n".join(line(case) for case in cases)
    head = f'{{"chats": {line([USER, CHAT])}, "prefix": {line(PREFIX)}, "cases": ['
    (HERE / "jinja.json").write_text(f"{head}\n{lines}\n]}}\n")
    print(len(cases), "cases,", sum("error" in case for case in cases), "refused")


main()
