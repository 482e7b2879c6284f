//! Calculations: expressions, shares, roots, conversions, and stories that end in "how many".

use super::pattern::{has, is_number};
use super::text::Text;

const WORDS: &str = "
    # plus/minus/times/x #
    # divided/multiplied/subtracted/added by/from/to #
    # % of/off #
    % off
    percent/percentage of # $
    # percent of/off #
    what is # % of
    what percent/percentage of # is
    what ~ half/third/quarter/double/twice/tenth of #
    half/third/quarter/double/twice of? #
    twice/times/double as old/many/much/long/fast/big/tall/heavy as
    square/cube/cubed root of #
    # squared/cubed
    # ^ #
    to the power of #
    to the # power
    # factorial
    factorial of #
    log/ln/sin/cos/tan/sqrt/logarithm base? #? of? #
    ^ solve ~ for/equation/x
    ^ solve #
    solve for x/y/n
    find/solve x/y/n
    value of x/y/n
    derivative/integral/antiderivative/limit/determinant/roots of
    ^ differentiate/integrate/calculate/compute/subtract/multiply/divide/factor/factorise/factorize
    ^ add #
    sum/product/difference/average/mean/median/lcm/gcd/gcf/hcf/remainder/quotient of/when/between/and ~ ~ #
    greatest/highest/least/lowest common divisor/factor/multiple/denominator
    remainder when/of
    how many/much/long ~ ~ in/is/are/make # hours/hour/minutes/days/weeks/months/years/seconds/miles/feet/foot/\
        meters/metres/inches/pounds/kilograms/kilometers/kilometres/cups/gallons/liters/litres/dozen/ounces/\
        centuries/km/kg/cm/quarts/pints/yards/grams/fortnights
    how many ~ ~ in a/an? # hour/minute/day/week
    convert #
    ^ convert ~ ~ to/into decimal/binary/fraction/percent/percentage/hexadecimal/celsius/fahrenheit/kilometers/miles
    # miles/feet/foot/meters/metres/inches/pounds/kilograms/kilometers/kilometres/cups/gallons/liters/litres/ounces/\
        km/kg/cm/lbs/degrees/celsius/fahrenheit/usd/dollars/euros/hours/minutes/acres/stone in/to/into/as feet/\
        meters/metres/inches/pounds/kilograms/kilometers/kilometres/cups/gallons/liters/litres/ounces/km/kg/cm/lbs/\
        celsius/fahrenheit/miles/euros/dollars/usd/minutes/seconds/hours/days/hectares
    area/perimeter/volume/circumference/hypotenuse/surface ~ of a/an ~ ~ ~ #
    round # to
    is # a? prime/even/odd/divisible/bigger/greater/larger/less/equal/smaller
    which ~ larger/bigger/greater/smaller/more/less #
    binary/hex/hexadecimal/octal/factorial/square/cube/sqrt/root/reciprocal/double/triple/factors/multiples/\
        factorization/divisors of/for #
    roman numeral/numerals for #
    what is # ~ #
    how many days/weeks/months/hours/minutes/years ~ ~ between/until/till/from
    its/the area/perimeter/volume/circumference/diameter/radius $
    of/times/plus a number
    a/the number is/times/plus/minus
    consecutive numbers/integers
    # hours/minutes/days/weeks/months after/before/from/later
    probability/chance/chances/odds of/that rolling/getting/drawing/flipping/heads/tails/both/two
    % increase/decrease/discount/off/tip/interest/tax
    simplify/expand/evaluate #
    how many zeros/digits
    # take away
    what do you get if/when ~ add/multiply/divide/subtract
    # into #
    root #
    # of #
    and a half
    ^ split/divide/share #
    born in # ~ in/by #
    angle/angles ~ triangle with
    # less/more than # $
    how many # in #
    in # minutes/hours/days
    how much for #
    # mod/modulo/choose #
    fraction/decimal of #
    # as a fraction/decimal/percent/percentage
    < # in binary/hexadecimal/hex/roman
    what is # in roman
    next number
    interest on #
    tip on/for a? #
";

/// Verbs of those stories.
const STORY: &str = "
    has/have/had/having/buys/bought/buy/gives/gave/give/eats/ate/sells/sold/sell/costs/cost/travels/traveled/\
        travelled/travel/drives/left/each/total/altogether/remaining/spends/spent/spend/earns/earned/earn/saves/\
        share/shared/shares/split/divided/picks/picked/hold/holds/per/made/makes/read/reads/works/need/baked/baking/\
        going/leaves/runs/walks/older/rate/paint/fill/contains/received/collected
";
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
    is_expression(text.raw) || text.says(WORDS) || is_story(text)
}

/// Numbers and a sign between them, with nothing that is no number around but `what is` and its like.
fn is_expression(raw: &str) -> bool {
    let text: String = raw.trim().to_lowercase();
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
    let allowed = |c: char| c.is_ascii_digit() || c.is_whitespace() || "+-−–*×·/÷^=().,?x%√π²³".contains(c);
    let count = |of: fn(char) -> bool| text.chars().filter(|&c| of(c)).count();
    let signs = count(|c| "+-−–*×·/÷^=x%√²³".contains(c));
    let unknowns = count(|c| matches!(c, 'x' | 'y'));
    let digits = count(|c| c.is_ascii_digit());
    let equation =
        text.contains('=') && unknowns > 0 && digits > 0 && text.chars().filter(|c| c.is_alphabetic()).count() < 10;
    digits > 0 && signs > 0 && (text.chars().all(allowed) || equation)
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

/// Two numbers that are no years, somebody who has or gives, and a question of how many.
fn is_story(text: &Text) -> bool {
    let year = |word: &String| word.len() == 4 && word.bytes().all(|b| b.is_ascii_digit()) && word.as_str() > "1000";
    let numbers = text.words.iter().filter(|word| is_number(word) && !year(word) || has(PARTS, word)).count();
    numbers > 1 && text.says(STORY) && text.says(HOW)
}
