//! Calculations: expressions, shares, roots, conversions, and stories that end in "how many".

use super::pattern::{has, is_number, is_year};
use super::text::Text;

const WORDS: &str = "
    % off
    half/third/quarter/fifth/tenth/double/twice/thrice/triple of? a/an? #/half/third/quarter/dozen
    times/plus/minus/over/by ~ ~ equal/equals/make/makes/give/gives $
    # ~ plus/minus
    plus/minus #
    how many ~ ~ do/does/would/will/are/can/make/makes/equal/equals/have # _
    how many ~ ~ ~ in/are/to/from/into/between ## _
    number/integer ~ ~ between #
    left of #
    to the _ power
    how many seconds/minutes/hours ~ ~ in a/an/one? week/month/year/decade/century/lifetime/day
    how old ~ ~ ~ ~ born in #
    # ~ ~ altogether/total
    ^ what comes next/after/before ##
    ^ what comes next
    twice/times/double as old/many/much/long/fast/big/tall/heavy as
    # squared/cubed
    log/ln/sin/cos/tan/sqrt/logarithm base? #? of? #
    ^ solve ~ for/equation/x/#
    find/solve/for x/y/n
    value of x/y/n
    derivative/integral/antiderivative/limit/determinant/roots of
    ^ differentiate/integrate/calculate/compute/subtract/multiply/divide/factor/factorise/factorize
    sum/product/difference/average/mean/median/lcm/gcd/gcf/hcf/remainder/quotient of/when/between/and ~ ~ #
    greatest/highest/least/lowest common divisor/factor/multiple/denominator
    remainder when/of
    convert #
    ^ convert ~ ~ to/into decimal/binary/fraction/percent/percentage/hexadecimal/celsius/fahrenheit/kilometers/miles
    area/perimeter/volume/circumference/hypotenuse/surface ~ of a/an ~ ~ ~ #
    round # to
    binary/hex/hexadecimal/octal/factorial/square/cube/sqrt/root/reciprocal/double/triple/factors/multiples/\
        factorization/divisors of/for #
    roman numeral/numerals for #
    how many days/weeks/months/hours/minutes/years ~ ~ between/until/till/from
    its/the area/perimeter/volume/circumference/diameter/radius $
    of/times/plus a number
    a/the number is/times/plus/minus
    consecutive numbers/integers
    probability/chance/chances/odds of/that rolling/getting/drawing/flipping/heads/tails/both/two
    % increase/decrease/discount/off/tip/interest/tax
    simplify/expand/evaluate #
    how many zeros/digits
    # take away
    what do you get if/when ~ add/multiply/divide/subtract
    and a half
    ^ split/divide/share #
    angle/angles ~ triangle with
    in # minutes/hours/days
    how much for #
    what is # in roman
    next number
    interest on #
    tip on/for a? #
";

/// What those stories ask.
const HOW: &str = "
    how many/much/long/far/fast/old
    what is the? total/cost/price/area/speed/average/distance/perimeter/change/probability/sum
    what ~ fraction/percent/percentage
    what time/speed
    when will
    do ~ have left
    what does/do/is one/each
    what is its
";

/// Numbers of another kind.
const PARTS: &str = " one half third quarter fifth twice double triple pair both each ";

/// Whether a text is a calculation.
pub fn is(text: &Text) -> bool {
    is_expression(text.raw) || text.says(WORDS) || is_story(text) || is_counted(text)
}

/// Signs and shares in words, and units: beside a number, they calculate.
const SIGNS: &str = " \
    plus minus times divided multiplied add added subtract subtracted sum product difference average mean median \
    power squared cubed square cube root factor factors factorial multiple percent percentage % half halves third \
    thirds quarter quarters fourth fifth fifths sixth seventh eighth ninth tenth double twice triple thrice equal \
    equals remainder prime primes decimal fraction digits dozen fives tens twos threes altogether total seconds \
    minutes hours days weeks months years decades feet inches yards meters metres miles kilometers kilometres pounds \
    ounces grams kilograms kilos liters litres gallons foot cups lbs odd even divisible binary hexadecimal hex halve \
    modulo choose dollars cents euros pennies dimes nickels degrees fahrenheit celsius km kg cm ";

/// What stands between them.
const BETWEEN: &str = " \
    a an the of to by in on at from with and or if is are was it itself be do does you i me as one what how many much \
    which number numbers next left more less fewer bigger larger smaller greater each over ways way get make makes made \
    give take have has there than then when after before into between below above until till equal go goes same \
    value whole halfway please calculate work out long old far not its ";

/// Whether there are more numbers, signs and units than words that are none of these. Who, when, where and why ask for
/// no calculation.
fn is_counted(text: &Text) -> bool {
    let (mut numbers, mut signs, mut others) = (0, 0, 0);
    for word in &text.words {
        // `5g` is none.
        let name = word.as_bytes().first().is_some_and(u8::is_ascii_digit)
            && word.ends_with(|c: char| c.is_alphabetic() && c != 'x');
        if is_number(word) && !name {
            numbers += 1;
        } else if has(SIGNS, word) {
            signs += 1;
        } else if !has(BETWEEN, word) {
            others += 1;
        }
    }
    numbers > 0 && numbers + signs > 1.max(others) && !text.says("who/when/where/why/called/happens")
}

/// Numbers and a sign between them, with nothing that is no number around but `what is` and its like.
fn is_expression(raw: &str) -> bool {
    let text = raw.trim().to_lowercase() + " ";
    let text = [
        "what is",
        "what's",
        "whats",
        "calculate",
        "compute",
        "solve",
        "evaluate",
        "how much is",
        "simplify",
        "work out",
    ]
    .iter()
    .find_map(|ask| text.strip_prefix(ask))
    .unwrap_or(&text);
    let allowed = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-−–*×·/÷^=().,?!x%√π²³".contains(c);
    let count = |of: fn(char) -> bool| text.chars().filter(|&c| of(c)).count();
    let signs = count(|c| "+-−–*×·/÷^=x%√²³!".contains(c)) - usize::from(text.trim_start().starts_with(['+', '-']));
    let unknowns = count(|c| matches!(c, 'x' | 'y'));
    let digits = count(|c| c.is_ascii_digit());
    let equation =
        text.contains('=') && unknowns > 0 && digits > 0 && text.chars().filter(|c| c.is_alphabetic()).count() < 10
            || text
                .as_bytes()
                .windows(3)
                .any(|at| at[0] == b'=' && (at[1].is_ascii_digit() || at[1] == b' ' && at[2].is_ascii_digit()));
    equation
        || digits > 0 && signs > 0 && text.chars().all(allowed)
        || text.split(|c: char| c.is_alphabetic() && c != 'x').any(spaced)
}

/// `17 × 23` within other words: two numbers around one sign that no date or score has.
fn spaced(part: &str) -> bool {
    let signs = part.match_indices(['+', '*', '×', '÷', '^', '√']);
    let digit = |text: &str| text.trim().starts_with(|c: char| c.is_ascii_digit() || c == '(');
    signs.into_iter().any(|(at, sign)| {
        let before = part[..at].trim_end();
        digit(&part[at + sign.len()..]) && (before.ends_with(|c: char| c.is_ascii_digit() || c == ')'))
    }) || [" / ", " x "].iter().any(|sign| {
        part.split_once(sign)
            .is_some_and(|(before, after)| digit(after) && before.ends_with(|c: char| c.is_ascii_digit()))
    })
}

/// Two numbers that are no years, and a question of how many.
fn is_story(text: &Text) -> bool {
    let numbers = text.words.iter().filter(|word| is_number(word) && !is_year(word) || has(PARTS, word)).count();
    numbers > 1 && text.says(HOW)
}
